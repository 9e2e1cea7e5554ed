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
    /// A file of measurements is wrong.
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
            Self::Wrong { path, line, what } => {
                write!(formatter, "{}:{line}: {what}", path.display())
            }
            Self::Unusable { path, reason } => write!(formatter, "{}: {reason}", path.display()),
            Self::NotMeasured { what } => formatter.write_str(what),
        }
    }
}

impl std::error::Error for ReportError {}
