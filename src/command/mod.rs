//! The subcommands: one short file each. Here are the list of them, and what each hands back.

mod run;

use deploysim_scenarios::scenario::plan::Plan;
use deploysim_scenarios::scenario::{self, ReadError};
use std::io;
use std::path::Path;

/// What to do.
#[derive(clap::Subcommand)]
pub enum Command {
    Run(run::Run),
}

impl Command {
    /// Does it.
    pub fn carry_out(&self) -> Result<Verdict, Failure> {
        match self {
            Self::Run(run) => run.carry_out(),
        }
    }
}

/// How it came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Everything held.
    Held,
    /// A property was violated.
    Violated,
}

/// Why there is no verdict.
#[derive(Debug)]
pub enum Failure {
    /// The arguments or a file are wrong; what to say.
    BadInput(String),
    /// The machine or the program failed; what to say.
    Machine(String),
}

impl From<ReadError> for Failure {
    fn from(error: ReadError) -> Self {
        match error {
            ReadError::Unreadable { .. } => Self::BadInput(format!("error: {error}")),
            ReadError::Wrong(wrong) => Self::BadInput(wrong.render(crate::terminal::MESSAGES)),
        }
    }
}

/// stdout could not be written.
fn unwritable(error: &io::Error) -> Failure {
    Failure::Machine(format!("error: the output cannot be written: {error}"))
}

/// Reads a scenario with the changes of `--set`.
fn read(path: &Path, changes: &[String]) -> Result<Plan, Failure> {
    Ok(scenario::read(path, changes)?)
}
