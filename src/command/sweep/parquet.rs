//! `--parquet`: the table of a sweep also as a Parquet file, if the program was built for it.

use crate::command::Failure;
use crate::command::existing::may_be_written;
use std::path::{Path, PathBuf};

/// What is said of a copy by a program that was built without the feature.
const WITHOUT: &str = "error: this program was built without Parquet: build it with \
    `cargo build --release --features parquet`";

/// Where a copy of a table goes.
#[derive(clap::Args)]
pub(super) struct ParquetCopy {
    /// Also write the table as a Parquet file; needs a program that was built with the feature
    /// `parquet`.
    #[arg(long, value_name = "FILE", requires = "output")]
    parquet: Option<PathBuf>,
}

impl ParquetCopy {
    /// There is none.
    pub(super) const NONE: Self = Self { parquet: None };

    /// Refuses, before anything is played, a copy that cannot be written or that would take the
    /// place of a file that is there.
    pub(super) fn check(&self, force: bool) -> Result<(), Failure> {
        let Some(target) = &self.parquet else {
            return Ok(());
        };
        if !cfg!(feature = "parquet") {
            return Err(Failure::BadInput(WITHOUT.to_owned()));
        }
        may_be_written(target, force)
    }

    /// Writes the copy of a table that is complete.
    pub(super) fn write(&self, table: &Path) -> Result<(), Failure> {
        match &self.parquet {
            Some(target) => write_copy(table, target),
            None => Ok(()),
        }
    }
}

#[cfg(feature = "parquet")]
fn write_copy(table: &Path, target: &Path) -> Result<(), Failure> {
    Ok(deploysim_reports::parquet::write_copy(table, target)?)
}

#[cfg(not(feature = "parquet"))]
fn write_copy(_: &Path, _: &Path) -> Result<(), Failure> {
    Err(Failure::BadInput(WITHOUT.to_owned()))
}
