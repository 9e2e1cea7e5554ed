//! `deploysim export`: writes the trace of a recorded run in the form of another tool.

use super::{Failure, Verdict};
use deploysim_reports::export::{self, ExportError, Form, SHIVIZ_PARSER};
use std::io::Write;
use std::path::PathBuf;

/// Write the trace of a recorded run in the form of another tool.
///
/// Perfetto (ui.perfetto.dev) and chrome://tracing open trace events: nodes as processes, drivers
/// and executors as slices, messages as flow arrows, faults as slices and instants.
/// ShiViz draws a space-time diagram from vector clocks, which follow from the messages;
/// heartbeats are left out.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  deploysim run scenario.toml --out runs/one
  deploysim export runs/one --to perfetto -o one.json
  deploysim export runs/one --to shiviz -o one.log")]
pub(crate) struct Export {
    /// The folder of the run, as `run --out` wrote it.
    dir: PathBuf,
    /// For which tool.
    #[arg(long, value_enum, value_name = "TOOL")]
    to: Tool,
    /// Where the result is written.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

/// Another tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Tool {
    /// Trace events as JSON.
    Perfetto,
    /// A log with vector clocks.
    Shiviz,
}

impl Export {
    /// Writes it.
    pub(crate) fn carry_out(&self) -> Result<Verdict, Failure> {
        let form = match self.to {
            Tool::Perfetto => Form::Perfetto,
            Tool::Shiviz => Form::Shiviz,
        };
        export::export(&self.dir, form, &self.output)?;
        let mut out = crate::terminal::results();
        writeln!(out, "{}", self.output.display())?;
        if self.to == Tool::Shiviz {
            writeln!(out, "parser: {SHIVIZ_PARSER}")?;
        }
        out.flush()?;
        Ok(Verdict::Held)
    }
}

impl From<ExportError> for Failure {
    fn from(error: ExportError) -> Self {
        let text = format!("error: {error}");
        match error {
            ExportError::Unreadable { .. } | ExportError::Wrong { .. } => Self::BadInput(text),
            ExportError::Unwritable { .. } => Self::Machine(text),
        }
    }
}
