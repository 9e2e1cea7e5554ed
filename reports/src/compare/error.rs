//! Why two variants cannot be compared.

use std::fmt;
use std::path::{Path, PathBuf};

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompareError {
    path: PathBuf,
    /// From 1.
    line: Option<u64>,
    what: String,
}

impl CompareError {
    /// About a whole file or folder.
    pub(super) fn about(path: &Path, what: impl Into<String>) -> Self {
        Self {
            path: path.to_owned(),
            line: None,
            what: what.into(),
        }
    }

    /// About a line of a file.
    pub(super) fn at(path: &Path, line: u64, what: impl Into<String>) -> Self {
        Self {
            line: Some(line),
            ..Self::about(path, what)
        }
    }
}

impl fmt::Display for CompareError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}", self.path.display())?;
        if let Some(line) = self.line {
            write!(formatter, ":{line}")?;
        }
        write!(formatter, ": {}", self.what)
    }
}

impl std::error::Error for CompareError {}
