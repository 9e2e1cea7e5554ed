//! What a report is made of: runs, tables of sweeps and measurements of benchmarks, read from
//! folders. What is cut off, of a newer version or not ours is refused with its file and line, or,
//! leniently, left out and told of.

mod folder;
mod run;
mod sheet;
mod table;

pub use run::Run;
pub use table::{Row, Table};

use crate::ReportError;
use crate::data::Data;
use std::path::{Path, PathBuf};

/// What to do with what cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leniency {
    /// Make no report.
    Strict,
    /// Leave it out, and say so.
    Lenient,
}

/// A file that the report was made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// Its path as it was found below the folder that was named.
    pub file: String,
    /// BLAKE3 of its bytes.
    pub digest: String,
}

/// Everything that a report is made from.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// Runs, by path.
    pub runs: Vec<Run>,
    /// Tables of sweeps, by path.
    pub tables: Vec<Table>,
    /// Benchmarks.
    pub data: Data,
    /// By path.
    pub inputs: Vec<Input>,
    /// What was left out, each as a sentence with its file and line.
    pub skipped: Vec<String>,
}

impl Evidence {
    /// Reads everything below the folders; a path may also name one file.
    ///
    /// # Errors
    /// If there is nothing to report of, or, not leniently, if anything cannot be read.
    pub fn read(paths: &[PathBuf], leniency: Leniency) -> Result<Self, ReportError> {
        let mut evidence = Self::default();
        for path in paths {
            folder::read(path, leniency, &mut evidence)?;
        }
        if evidence.is_empty() {
            return Err(ReportError::NothingToReport {
                folders: paths.to_vec(),
                skipped: evidence.skipped,
            });
        }
        Ok(evidence)
    }

    fn is_empty(&self) -> bool {
        self.runs.is_empty() && self.tables.is_empty() && self.data.measurements.is_empty()
    }

    /// Leniently an error becomes a sentence; a machine that fails is never forgiven.
    fn forgive(&mut self, error: ReportError, leniency: Leniency) -> Result<(), ReportError> {
        match (leniency, error) {
            (Leniency::Lenient, ReportError::Wrong { path, line, what }) => {
                let path = shown(&path);
                self.skipped.push(format!("{path}:{line}: {what}"));
                Ok(())
            }
            (Leniency::Strict | Leniency::Lenient, error) => Err(error),
        }
    }
}

/// A path with the same separators on every machine.
fn shown(path: &Path) -> String {
    path.display().to_string().replace('\\', "/")
}
