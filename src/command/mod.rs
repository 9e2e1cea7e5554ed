//! The subcommands: one short file each. Here are the list of them, and what each hands back.

mod check;
mod child;
mod compare;
mod environment;
mod existing;
mod export;
mod import;
mod junit;
mod kept;
mod kill;
mod live;
mod master;
mod paths;
mod program;
mod replay;
mod report;
mod rest;
mod run;
mod schema;
mod status;
mod submit;
mod sweep;
mod test;
mod warnings;
mod worker;
mod world;

use deploysim_scenarios::output::folder::FolderError;
use deploysim_scenarios::run::RunError;
use deploysim_scenarios::scenario::ReadError;
use std::io;

/// What to do.
#[derive(clap::Subcommand)]
pub(crate) enum Command {
    Run(run::Run),
    Test(test::Test),
    Check(check::Check),
    Sweep(sweep::Sweep),
    Import(import::Import),
    Report(report::Report),
    Export(export::Export),
    Compare(compare::Compare),
    Schema(schema::Schema),
    Master(master::Master),
    Worker(worker::Worker),
    Submit(submit::Submit),
    Kill(kill::Kill),
    Status(status::Status),
    #[command(hide = true)]
    Child(child::Child),
    #[command(hide = true)]
    Program(program::Program),
}

impl Command {
    /// Does it.
    pub(crate) fn carry_out(&self) -> Result<Verdict, Failure> {
        match self {
            Self::Run(run) => run.carry_out(),
            Self::Test(test) => test.carry_out(),
            Self::Check(check) => check.carry_out(),
            Self::Sweep(sweep) => sweep.carry_out(),
            Self::Import(import) => import.carry_out(),
            Self::Report(report) => report.carry_out(),
            Self::Export(export) => export.carry_out(),
            Self::Compare(compare) => compare.carry_out(),
            Self::Schema(schema) => schema.carry_out(),
            Self::Master(master) => master.carry_out(),
            Self::Worker(worker) => worker.carry_out(),
            Self::Submit(submit) => submit.carry_out(),
            Self::Kill(kill) => kill.carry_out(),
            Self::Status(status) => status.carry_out(),
            Self::Child(child) => child.carry_out(),
            Self::Program(program) => program.carry_out(),
        }
    }
}

/// How it came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Everything held.
    Held,
    /// A property was violated.
    Violated,
}

/// From whether everything held.
impl From<bool> for Verdict {
    fn from(holds: bool) -> Self {
        if holds { Self::Held } else { Self::Violated }
    }
}

/// Why there is no verdict.
#[derive(Debug)]
pub(crate) enum Failure {
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

impl From<FolderError> for Failure {
    fn from(error: FolderError) -> Self {
        match error {
            FolderError::HoldsARun(path) => Self::BadInput(format!(
                "error: {} holds a run already; --force replaces it",
                path.display()
            )),
            FolderError::Unwritable(reason) => Self::from(reason),
        }
    }
}

impl From<RunError> for Failure {
    fn from(error: RunError) -> Self {
        match error {
            RunError::Refused(refusal) => Self::BadInput(format!("error: {refusal}")),
            RunError::Unwritten(error) => Self::from(error),
            RunError::Failed(what) => Self::Machine(format!("error: {what}")),
        }
    }
}

/// Something could not be written; the error names it.
impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Machine(format!("error: {error}"))
    }
}
