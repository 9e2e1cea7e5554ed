//! Finding files: a folder that holds a run is read as one; of all others each `*.csv` is looked
//! at, and what it is is told by its first line.

use super::run::{self, Run};
use super::sheet::Sheet;
use super::table::Table;
use super::{Evidence, Input, Leniency, shown};
use crate::ReportError;
use deploysim_scenarios::output::folder::MANIFEST;
use deploysim_scenarios::output::manifest::digest;
use std::fs;
use std::path::{Path, PathBuf};

/// How deep folders are looked into.
const DEPTH_MAX: usize = 8;

/// The largest file that is read.
const FILE_BYTES_MAX: u64 = 512 << 20;

/// How the tables begin that a report is made from.
const MEASUREMENTS: &str = "name,median,";
const RECORDED: &str = "name,low_ms,";
const SWEEP: &str = "sweep,runs,run";

/// Reads what is at `path`.
pub(super) fn read(
    path: &Path,
    leniency: Leniency,
    evidence: &mut Evidence,
) -> Result<(), ReportError> {
    let root = if path.is_dir() { path } else { Path::new("") };
    let mut pending = vec![(path.to_owned(), 0)];
    while let Some((path, depth)) = pending.pop() {
        let read = if path.is_dir() {
            look_into(&path, depth, root, &mut pending, evidence)
        } else {
            add_table(&path, root, leniency, evidence)
        };
        if let Err(error) = read {
            evidence.forgive(error, leniency)?;
        }
    }
    Ok(())
}

fn look_into(
    folder: &Path,
    depth: usize,
    root: &Path,
    pending: &mut Vec<(PathBuf, usize)>,
    evidence: &mut Evidence,
) -> Result<(), ReportError> {
    if folder.join(MANIFEST).is_file() {
        let run = Run::read(folder, &named(folder, root))?;
        for file in run::FILES {
            let path = folder.join(file);
            add_input(&path, root, &contents(&path)?, evidence);
        }
        evidence.runs.push(run);
        return Ok(());
    }
    if depth == DEPTH_MAX {
        return Ok(());
    }
    let mut paths = Vec::new();
    for entry in folder.read_dir().map_err(ReportError::unusable(folder))? {
        let path = entry.map_err(ReportError::unusable(folder))?.path();
        if path.is_dir() || path.extension().is_some_and(|end| end == "csv") {
            paths.push(path);
        }
    }
    // What is pushed last is read first.
    paths.sort_by(|one, other| other.cmp(one));
    pending.extend(paths.into_iter().map(|path| (path, depth + 1)));
    Ok(())
}

fn add_table(
    path: &Path,
    root: &Path,
    leniency: Leniency,
    evidence: &mut Evidence,
) -> Result<(), ReportError> {
    let bytes = contents(path)?;
    let begins = |with: &str| bytes.starts_with(with.as_bytes());
    if begins(MEASUREMENTS) {
        evidence.data.add_measurements(path, &bytes)?;
    } else if begins(RECORDED) {
        evidence.data.add_recorded(path, &bytes)?;
    } else if begins(SWEEP) {
        let mut sheet = Sheet::open(path, &bytes)?;
        let skipped = &mut evidence.skipped;
        let mut table = Table::read(&mut sheet, &named(path, root), leniency, skipped)?;
        add_scenario(path, root, &mut table, evidence)?;
        evidence.tables.push(table);
    } else {
        let line = bytes
            .split(|byte| *byte == b'\n')
            .next()
            .unwrap_or_default();
        let line = String::from_utf8_lossy(&line[..line.len().min(60)]);
        let what = format!(
            "this is no table of ours: it begins with \"{}\"; allowed: the table of a sweep (\"{SWEEP},…\"), measurements of benchmarks (\"{MEASUREMENTS}…\") or recorded times (\"{RECORDED}…\")",
            line.trim_end()
        );
        return Err(ReportError::wrong(path, 1, what));
    }
    add_input(path, root, &bytes, evidence);
    Ok(())
}

/// Looks for the scenario that was swept: beside its table, with the same name.
fn add_scenario(
    path: &Path,
    root: &Path,
    table: &mut Table,
    evidence: &mut Evidence,
) -> Result<(), ReportError> {
    let path = path.with_extension("toml");
    if !path.is_file() {
        return Ok(());
    }
    let bytes = contents(&path)?;
    let text = String::from_utf8_lossy(&bytes);
    let scenario: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        let before = error.span().map_or(0, |span| span.start);
        let line = text[..before].matches('\n').count() as u64 + 1;
        ReportError::wrong(&path, line, error.message())
    })?;
    let title = scenario.get("title").and_then(toml::Value::as_str);
    table.title = title.map(str::to_owned);
    table.scenario = Some(named(&path, root));
    add_input(&path, root, &bytes, evidence);
    Ok(())
}

fn add_input(path: &Path, root: &Path, bytes: &[u8], evidence: &mut Evidence) {
    evidence.inputs.push(Input {
        file: named(path, root),
        digest: digest(bytes),
    });
}

/// The path below the folder that was named; of what was named itself its last name.
fn named(path: &Path, root: &Path) -> String {
    let below = path.strip_prefix(root).unwrap_or(path);
    let is_itself = below.as_os_str().is_empty() || root.as_os_str().is_empty();
    match path.file_name().filter(|_| is_itself) {
        Some(name) => shown(Path::new(name)),
        None => shown(below),
    }
}

/// The bytes of a file that is not too large.
pub(super) fn contents(path: &Path) -> Result<Vec<u8>, ReportError> {
    let size = fs::metadata(path)
        .map_err(ReportError::unusable(path))?
        .len();
    if size > FILE_BYTES_MAX {
        let what = format!("the file has {size} bytes; allowed: at most {FILE_BYTES_MAX}");
        return Err(ReportError::wrong(path, 1, what));
    }
    fs::read(path).map_err(ReportError::unusable(path))
}
