//! `deploysim schema`: the JSON Schema of scenario files.

use super::{Failure, Verdict};
use crate::terminal::results;
use deploysim_scenarios::scenario::schema;
use std::io::Write;

/// Print the JSON Schema of scenario files.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  deploysim schema > scenario.schema.json")]
pub(crate) struct Schema {}

impl Schema {
    /// Prints it.
    pub(crate) fn carry_out(&self) -> Result<Verdict, Failure> {
        let mut out = results();
        writeln!(out, "{:#}", schema())?;
        out.flush()?;
        Ok(Verdict::Held)
    }
}
