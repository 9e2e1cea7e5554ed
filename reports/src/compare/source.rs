//! What is compared, as numbers: cells (the combinations of values of a sweep; in all else there is
//! one), in each of them columns, in each a number for each seed, or one with its interval.

use super::{CompareError, measured_folder, run_folder, sweep_table};
use deploysim_scenarios::statistics::apart::Known;
use deploysim_scenarios::statistics::verdict::Values;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The numbers of one variant.
#[derive(Clone, Debug)]
pub(super) struct Source {
    pub(super) path: PathBuf,
    pub(super) kind: Kind,
    /// The program, the scenario, the world and the seed, if the files say so.
    pub(super) made_by: Option<Vec<String>>,
    pub(super) cells: Vec<Cell>,
}

/// What the files are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Run,
    Sweep,
    Measurements,
}

#[derive(Clone, Debug)]
pub(super) struct Cell {
    pub(super) name: String,
    /// In the order of the file.
    pub(super) columns: Vec<(String, Column)>,
}

#[derive(Clone, Debug)]
pub(super) enum Column {
    /// By seed; a seed for which there was nothing to measure is not there.
    Seeds(BTreeMap<u64, f64>),
    Known(Known),
}

impl Kind {
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::Run => "the folder of a run",
            Self::Sweep => "the table of a sweep",
            Self::Measurements => "a folder of measurements",
        }
    }
}

impl Column {
    /// The numbers of both that belong together.
    pub(super) fn beside(&self, other: &Self) -> Values {
        match (self, other) {
            (Self::Seeds(own), Self::Seeds(other)) => {
                let pairs = own
                    .iter()
                    .filter_map(|(seed, value)| Some((*value, *other.get(seed)?)));
                Values::Pairs(pairs.collect())
            }
            (Self::Known(own), Self::Known(other)) => Values::Apart(*own, *other),
            (Self::Seeds(_), Self::Known(_)) | (Self::Known(_), Self::Seeds(_)) => {
                Values::Pairs(Vec::new())
            }
        }
    }
}

impl Source {
    /// Reads what is at a path.
    pub(super) fn read(path: &Path) -> Result<Self, CompareError> {
        if path.is_file() {
            sweep_table::read(path)
        } else if path.join(run_folder::SUMMARY).exists() {
            run_folder::read(path)
        } else if path.is_dir() {
            measured_folder::read(path)
        } else {
            Err(CompareError::about(path, "there is no such file or folder"))
        }
    }
}
