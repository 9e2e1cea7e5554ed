//! `deploysim child`, hidden: the process between a live worker and a child of its.

use deploysim_nodes::live::{ChildLimit, guard};
use std::ffi::OsString;

/// Run a program, and end it when the worker at the other end of standard input is gone.
#[derive(clap::Args)]
pub(crate) struct Child {
    /// What the program may use (repeatable).
    #[arg(long = "limit", value_name = "NAME=NUMBER")]
    limits: Vec<ChildLimit>,
    /// The program and its arguments.
    #[arg(required = true, last = true)]
    line: Vec<OsString>,
}

impl Child {
    /// Runs the program, and ends this process as it ended.
    pub(crate) fn carry_out(&self) -> ! {
        let code = match self.line.as_slice() {
            [program, arguments @ ..] => guard(&self.limits, program, arguments),
            [] => 2,
        };
        std::process::exit(i32::from(code))
    }
}
