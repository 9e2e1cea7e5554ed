//! Counts instructions as a child process, where the programs that count are installed, and reads
//! what it says. What is counted is not known here.

#[cfg(test)]
mod tests;

use super::{commit, failure, machine};
use crate::ReportError;
use crate::data::{INSTRUCTIONS, Measurement, Unit};
use serde::Deserialize;
use serde_json::Value;
use std::path::Path;
use std::process::{Command, Stdio};

/// What is run.
const COMMAND: [&str; 8] = [
    "cargo",
    "bench",
    "-p",
    "deploysim-benches",
    "--bench",
    "instructions",
    "--features",
    "instructions",
];

/// The programs that count.
const NEEDED: [&str; 2] = ["valgrind", "gungraun-runner"];

/// Where the count is in what gungraun 0.20 says of a tool: `Ir` are instructions that were read.
const COUNT: &str = "/data/total/metrics/Ir/values/new";

/// What came of counting.
#[derive(Clone, Debug, PartialEq)]
pub enum Counted {
    /// What was counted, by name.
    Instructions(Vec<Measurement>),
    /// This program, which is needed, is not on the path.
    Without(&'static str),
}

/// What gungraun says of a benchmark, one to a line.
#[derive(Deserialize)]
struct Summary {
    function_name: String,
    profiles: Vec<Value>,
}

/// Counts the instructions of the subjects of `benches/instructions.rs`.
///
/// # Errors
/// If they cannot be run or fail, or what they say cannot be read.
pub fn count() -> Result<Counted, ReportError> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let is_there = |folder: &Path, program: &str| folder.join(program).is_file();
    let missing = NEEDED.into_iter().find(|program| {
        let mut folders = std::env::split_paths(&path);
        !folders.any(|folder| is_there(&folder, program))
    });
    if let Some(program) = missing {
        return Ok(Counted::Without(program));
    }
    // A folder of its own, so that nothing is compared with results of earlier runs.
    let home = tempfile::tempdir().map_err(ReportError::unusable(std::env::temp_dir()))?;
    let command = COMMAND.join(" ");
    let output = Command::new(COMMAND[0])
        .args(&COMMAND[1..])
        .env("GUNGRAUN_HOME", home.path())
        .env("GUNGRAUN_OUTPUT_FORMAT", "json")
        .stderr(Stdio::inherit())
        .output();
    let output = output.map_err(|reason| failure(&command, reason))?;
    if !output.status.success() {
        return Err(failure(&command, output.status));
    }
    let said = String::from_utf8_lossy(&output.stdout);
    let counts = read(&said).map_err(|what| failure(&command, what))?;
    let measurement = |(name, count): (String, u64)| Measurement {
        median: count as f64,
        lower: count as f64,
        upper: count as f64,
        unit: Unit::Instructions,
        elements: None,
        machine: machine(),
        command: format!("{command} -- {name}"),
        commit: commit(),
        name: format!("{INSTRUCTIONS}/{name}"),
    };
    let counted = counts.into_iter().map(measurement).collect();
    Ok(Counted::Instructions(counted))
}

/// The subjects and their counts, by name.
fn read(said: &str) -> Result<Vec<(String, u64)>, String> {
    let mut counts = Vec::new();
    for line in said.lines().filter(|line| line.starts_with('{')) {
        let summary: Summary = serde_json::from_str(line).map_err(|error| error.to_string())?;
        let mut profiles = summary.profiles.iter();
        let count = profiles.find_map(|profile| profile.pointer(COUNT)?.as_u64());
        let name = summary.function_name;
        match count {
            Some(count) => counts.push((name, count)),
            None => return Err(format!("it counted no instructions of {name}")),
        }
    }
    if counts.is_empty() {
        return Err("it counted nothing".to_owned());
    }
    counts.sort();
    Ok(counts)
}
