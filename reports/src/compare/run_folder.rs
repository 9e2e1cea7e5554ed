//! The folder of a run: what was measured and counted, and what the run was made of.

use super::CompareError;
use super::source::{Cell, Column, Kind, Source};
use super::table::{Table, number};
use deploysim_scenarios::output::folder::MANIFEST;
use deploysim_scenarios::output::summary;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::Path;

/// The file by which a run is known.
pub(super) const SUMMARY: &str = "summary.json";

const METRICS: &str = "metrics.csv";

/// The columns of `metrics.csv` in their order.
const COLUMNS: [&str; 6] = ["run", "time", "name", "labels", "value", "unit"];

/// What is looked at of `summary.json`.
#[derive(Deserialize)]
struct Summary {
    format: String,
    version: u32,
    seed: u64,
}

/// What is looked at of `manifest.json`.
#[derive(Deserialize)]
struct Manifest {
    world: String,
    scenario_digest: String,
    binary_digest: Option<String>,
}

/// Reads a run.
pub(super) fn read(folder: &Path) -> Result<Source, CompareError> {
    let path = folder.join(SUMMARY);
    let summary: Summary = json(&path)?;
    if summary.format != summary::FORMAT {
        let what = format!(
            "format is `{}`; allowed: {}",
            summary.format,
            summary::FORMAT
        );
        return Err(CompareError::about(&path, what));
    }
    if summary.version > summary::VERSION {
        let what = format!(
            "version {} of a run is newer than this program, which knows {}",
            summary.version,
            summary::VERSION
        );
        return Err(CompareError::about(&path, what));
    }
    let manifest: Manifest = json(&folder.join(MANIFEST))?;
    let seed = summary.seed.to_string();
    let made_by = manifest
        .binary_digest
        .map(|binary| vec![binary, manifest.scenario_digest, manifest.world, seed]);
    Ok(Source {
        path: folder.to_owned(),
        kind: Kind::Run,
        made_by,
        cells: vec![metrics(&folder.join(METRICS), summary.seed)?],
    })
}

fn json<T: for<'de> Deserialize<'de>>(path: &Path) -> Result<T, CompareError> {
    let bytes = std::fs::read(path);
    let bytes = bytes.map_err(|error| CompareError::about(path, error.to_string()))?;
    serde_json::from_slice(&bytes).map_err(|error| {
        let line = u64::try_from(error.line()).unwrap_or(u64::MAX);
        if error.is_eof() {
            CompareError::at(path, line, "the file is cut off here")
        } else {
            CompareError::at(path, line, error.to_string())
        }
    })
}

fn metrics(path: &Path, seed: u64) -> Result<Cell, CompareError> {
    let mut table = Table::open(path)?;
    if !table.header.iter().eq(COLUMNS) {
        let what = format!("the columns of a run are {}", COLUMNS.join(","));
        return Err(CompareError::at(path, 1, what));
    }
    let mut columns = Vec::new();
    while let Some((line, row)) = table.next()? {
        let (name, labels) = (&row[2], &row[3]);
        let name = if labels.is_empty() {
            name.to_owned()
        } else {
            format!("{name}{{{labels}}}")
        };
        let value = number(path, line, "value", &row[4])?;
        let value = value.ok_or_else(|| CompareError::at(path, line, "there is no value"))?;
        let values = BTreeMap::from([(seed, value)]);
        columns.push((name, Column::Seeds(values)));
    }
    Ok(Cell {
        name: String::new(),
        columns,
    })
}
