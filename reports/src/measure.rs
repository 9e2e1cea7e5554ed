//! Runs the benchmarks as a child process and reads what Criterion wrote. What the benchmarks
//! do is not known here, save that `memory/…` counts bytes and all others nanoseconds.

mod instructions;

pub use instructions::{Counted, count};

use crate::ReportError;
use crate::data::{Measurement, Unit};
use serde::Deserialize;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What is run. A name after it picks benchmarks, as the command of each row says.
const COMMAND: [&str; 4] = ["cargo", "bench", "-p", "deploysim-benches"];

/// Criterion's `benchmark.json`.
#[derive(Deserialize)]
struct Named {
    full_id: String,
    throughput: Option<Throughput>,
}

/// Criterion's throughput; only elements are looked at.
#[derive(Deserialize)]
struct Throughput {
    #[serde(rename = "Elements")]
    elements: Option<u64>,
}

/// Criterion's `estimates.json`.
#[derive(Deserialize)]
struct Estimates {
    median: Estimate,
}

#[derive(Deserialize)]
struct Estimate {
    point_estimate: f64,
    confidence_interval: Interval,
}

#[derive(Deserialize)]
struct Interval {
    lower_bound: f64,
    upper_bound: f64,
}

/// Runs every benchmark, and gives what was measured, by name. What the benchmarks say goes to
/// stderr.
///
/// # Errors
/// If they cannot be run or fail, or what they wrote cannot be read.
pub fn measure() -> Result<Vec<Measurement>, ReportError> {
    let home = tempfile::tempdir().map_err(ReportError::unusable(std::env::temp_dir()))?;
    let (machine, commit) = (machine(), commit());
    // A folder of its own, so that results of earlier runs are not taken for those of this one.
    let status = Command::new(COMMAND[0])
        .args(&COMMAND[1..])
        .env("CRITERION_HOME", home.path())
        .stdout(Stdio::from(std::io::stderr()))
        .status();
    let command = COMMAND.join(" ");
    let status = status.map_err(|reason| failure(&command, reason))?;
    if !status.success() {
        return Err(failure(&command, status));
    }
    let mut measurements = Vec::new();
    for folder in results(home.path())? {
        measurements.push(result(&folder, &machine, &commit)?);
    }
    measurements.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(measurements)
}

/// A command that could not be run, or failed.
fn failure(command: &str, reason: impl fmt::Display) -> ReportError {
    let what = format!("`{command}` failed: {reason}");
    ReportError::NotMeasured { what }
}

/// The folders that hold a result.
fn results(home: &Path) -> Result<Vec<PathBuf>, ReportError> {
    let mut found = Vec::new();
    let mut pending = vec![home.to_owned()];
    while let Some(folder) = pending.pop() {
        for entry in folder.read_dir().map_err(ReportError::unusable(&folder))? {
            let path = entry.map_err(ReportError::unusable(&folder))?.path();
            if path.ends_with("new") {
                found.push(path);
            } else if path.is_dir() {
                pending.push(path);
            }
        }
    }
    Ok(found)
}

fn result(folder: &Path, machine: &str, commit: &str) -> Result<Measurement, ReportError> {
    let named: Named = json(&folder.join("benchmark.json"))?;
    let Estimates { median } = json(&folder.join("estimates.json"))?;
    let unit = if named.full_id.starts_with("memory/") {
        Unit::Bytes
    } else {
        Unit::Nanoseconds
    };
    Ok(Measurement {
        median: rounded(median.point_estimate),
        lower: rounded(median.confidence_interval.lower_bound),
        upper: rounded(median.confidence_interval.upper_bound),
        unit,
        elements: named.throughput.and_then(|throughput| throughput.elements),
        machine: machine.to_owned(),
        command: format!("{} -- {}", COMMAND.join(" "), named.full_id),
        commit: commit.to_owned(),
        name: named.full_id,
    })
}

/// A tenth of a nanosecond is the finest that is kept.
fn rounded(value: f64) -> f64 {
    (value * 10.0).round() / 10.0
}

fn json<T: for<'de> Deserialize<'de>>(path: &Path) -> Result<T, ReportError> {
    let bytes = std::fs::read(path).map_err(ReportError::unusable(path))?;
    serde_json::from_slice(&bytes).map_err(|error| ReportError::Wrong {
        path: path.to_owned(),
        line: error.line() as u64,
        what: error.to_string(),
    })
}

/// The processor and its number of cores: no name of a host, no path.
fn machine() -> String {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let mut lines = text.lines();
    let model = lines.find_map(|line| line.strip_prefix("model name")?.split(':').nth(1));
    let model = model.map_or(std::env::consts::ARCH, str::trim);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    format!("{model}, {cores} cores")
}

/// The commit that is checked out, with `-dirty` if files differ from it.
fn commit() -> String {
    let arguments = [
        "describe",
        "--always",
        "--dirty",
        "--exclude=*",
        "--abbrev=12",
    ];
    let output = Command::new("git").args(arguments).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
    match text {
        Ok(text) if !text.is_empty() => text,
        Ok(_) | Err(_) => "unknown".to_owned(),
    }
}
