//! Why there is no report.

use std::path::PathBuf;
use std::{fmt, io};

/// Why there is no report.
#[derive(Debug)]
pub enum ReportError {
    /// A folder holds no measurements.
    NoMeasurements {
        /// Which.
        folder: PathBuf,
    },
    /// Folders hold nothing that a report is made of.
    NothingToReport {
        /// Which.
        folders: Vec<PathBuf>,
        /// What they hold that could not be read.
        skipped: Vec<String>,
    },
    /// A file is wrong.
    Wrong {
        /// Which.
        path: PathBuf,
        /// On which line, counted from 1.
        line: u64,
        /// What is wrong.
        what: String,
    },
    /// A file or folder could not be read or written.
    Unusable {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: io::Error,
    },
    /// The benchmarks could not be run, or failed.
    NotMeasured {
        /// Why.
        what: String,
    },
}

impl ReportError {
    /// A file that is wrong on this line, counted from 1.
    pub(crate) fn wrong(path: impl Into<PathBuf>, line: u64, what: impl Into<String>) -> Self {
        Self::Wrong {
            path: path.into(),
            line,
            what: what.into(),
        }
    }

    /// Says which file or folder could not be used.
    pub(crate) fn unusable(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |reason| Self::Unusable { path, reason }
    }
}

impl fmt::Display for ReportError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoMeasurements { folder } => write!(
                formatter,
                "{} holds no measurements (*.csv); `deploysim report --measure` makes them",
                folder.display()
            ),
            Self::NothingToReport { folders, skipped } => {
                let folders: Vec<String> = folders
                    .iter()
                    .map(|folder| folder.display().to_string())
                    .collect();
                write!(
                    formatter,
                    "nothing to report of in {}: no run (`deploysim run --out`), no table of a sweep (`deploysim sweep -o`), no measurements (`deploysim report --measure`)",
                    folders.join(", ")
                )?;
                skipped
                    .iter()
                    .try_for_each(|one| write!(formatter, "\nleft out: {one}"))
            }
            Self::Wrong { path, line, what } => {
                write!(formatter, "{}:{line}: {what}", path.display())
            }
            Self::Unusable { path, reason } => write!(formatter, "{}: {reason}", path.display()),
            Self::NotMeasured { what } => formatter.write_str(what),
        }
    }
}

impl std::error::Error for ReportError {}
