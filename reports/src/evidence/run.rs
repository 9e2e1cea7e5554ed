//! One run in its folder: what it came to, what was measured of it, and what it was made of.

use super::folder::contents;
use super::sheet::Sheet;
use crate::ReportError;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::path::Path;

/// The files of a run that are read.
pub(super) const FILES: [&str; 3] = ["manifest.json", "summary.json", "metrics.csv"];

/// The newest versions that are understood.
const MANIFEST_VERSION: u64 = 1;
const SUMMARY_VERSION: u64 = 2;

/// A run.
#[derive(Clone, Debug)]
pub struct Run {
    /// Its folder.
    pub folder: String,
    /// The title of its scenario.
    pub title: String,
    /// Its seed.
    pub seed: u64,
    /// Whether everything held.
    pub held: bool,
    /// What was measured of the whole run, by the names of a table's columns.
    pub measured: BTreeMap<String, f64>,
    /// The command that made it.
    pub command: String,
    /// What its scenario is, with all defaults filled in.
    pub scenario_digest: String,
    /// What was measured of each application, by name, without its units.
    pub applications: BTreeMap<String, Vec<f64>>,
    /// Messages handled and bytes sent by kind.
    pub kinds: BTreeMap<String, [f64; 2]>,
}

/// What is read of `manifest.json`.
#[derive(Deserialize)]
struct Manifest {
    version: u64,
    scenario_digest: String,
    arguments: Vec<String>,
}

/// What is read of `summary.json`.
#[derive(Deserialize)]
struct Summary {
    format: String,
    version: u64,
    title: String,
    seed: u64,
    verdict: String,
    measured: BTreeMap<String, f64>,
}

impl Run {
    /// Reads a folder that holds a run.
    pub(super) fn read(folder: &Path, named: &str) -> Result<Self, ReportError> {
        let manifest: Manifest = json(&folder.join(FILES[0]))?;
        let path = folder.join(FILES[1]);
        let summary: Summary = json(&path)?;
        if summary.format != "deploysim-run" {
            let what = format!(
                "the format is \"{}\"; allowed: deploysim-run",
                summary.format
            );
            return Err(ReportError::wrong(&path, 1, what));
        }
        allow(&folder.join(FILES[0]), manifest.version, MANIFEST_VERSION)?;
        allow(&path, summary.version, SUMMARY_VERSION)?;
        let mut run = Self {
            folder: named.to_owned(),
            title: summary.title,
            seed: summary.seed,
            held: summary.verdict == "held",
            measured: summary.measured,
            command: command(&manifest.arguments),
            scenario_digest: manifest.scenario_digest,
            applications: BTreeMap::new(),
            kinds: BTreeMap::new(),
        };
        run.read_metrics(&folder.join(FILES[2]))?;
        Ok(run)
    }

    fn read_metrics(&mut self, path: &Path) -> Result<(), ReportError> {
        let bytes = contents(path)?;
        let mut sheet = Sheet::open(path, &bytes)?;
        let [name, labels, value] = sheet.columns(["name", "labels", "value"])?;
        while sheet.advance()? {
            let number = sheet.number(value)?.unwrap_or_default();
            let (name, labels) = (sheet.text(name), sheet.text(labels));
            if labels.starts_with("application=") {
                let numbers = self.applications.entry(name.to_owned());
                numbers.or_default().push(number);
            } else if let Some((_, kind)) = labels.split_once(";kind=")
                && let Some(place) = ["handled", "bytes"].iter().position(|it| *it == name)
            {
                self.kinds.entry(kind.to_owned()).or_default()[place] += number;
            }
        }
        Ok(())
    }
}

fn allow(path: &Path, found: u64, newest: u64) -> Result<(), ReportError> {
    if found <= newest {
        return Ok(());
    }
    let what = format!("it is of version {found}; this program understands up to {newest}");
    Err(ReportError::wrong(path, 1, what))
}

/// The command line, without the folders that the program was called from.
fn command(arguments: &[String]) -> String {
    let mut words = vec!["deploysim".to_owned()];
    words.extend(arguments.iter().map(|word| {
        if word.contains(' ') {
            format!("'{word}'")
        } else {
            word.clone()
        }
    }));
    words.join(" ")
}

fn json<T: DeserializeOwned>(path: &Path) -> Result<T, ReportError> {
    let bytes = contents(path)?;
    serde_json::from_slice(&bytes).map_err(|error| {
        let what = if error.is_eof() {
            format!("the file is cut off: {error}")
        } else {
            error.to_string()
        };
        ReportError::wrong(path, error.line() as u64, what)
    })
}
