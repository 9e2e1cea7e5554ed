//! `sweep merge`: joins the tables of shards.

use super::parquet::ParquetCopy;
use crate::command::existing::existing;
use crate::command::{Failure, Verdict};
use crate::terminal::complain;
use deploysim_scenarios::sweep::merge;
use std::path::PathBuf;

/// Join the tables of shards to the table of the whole sweep, byte for byte.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  deploysim sweep merge -o all.csv part-1.csv part-2.csv")]
pub(super) struct Merge {
    /// The tables; each run in one of them.
    #[arg(required = true, value_name = "TABLE")]
    parts: Vec<PathBuf>,
    /// Where the joined table is written.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Replace a table that is there already.
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    copy: ParquetCopy,
}

impl Merge {
    /// Joins them.
    pub(super) fn carry_out(&self) -> Result<Verdict, Failure> {
        self.copy.check(self.force)?;
        let rows = merge(&self.output, &self.parts, existing(self.force))?;
        self.copy.write(&self.output)?;
        complain(&format!("{}: {rows} runs", self.output.display()));
        Ok(Verdict::Held)
    }
}
