//! `deploysim program`, hidden: the program of a driver in a live run of a scenario.

use super::Failure;
use deploysim_scenarios::world::live::run_program;
use std::path::PathBuf;

/// Sleep and exit as the live run at the other end of a socket says.
#[derive(clap::Args)]
pub(crate) struct Program {
    /// Where the run listens.
    socket: PathBuf,
    /// The driver's name in the scenario.
    driver: String,
}

impl Program {
    /// Runs the program, and ends this process as it is told.
    pub(crate) fn carry_out(&self) -> Result<super::Verdict, Failure> {
        let code = run_program(&self.socket, &self.driver)?;
        std::process::exit(code)
    }
}
