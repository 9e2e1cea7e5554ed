//! `deploysim child`, hidden: the process between a live worker and a child of its.

use deploysim_nodes::live::guard;
use std::ffi::OsString;

/// Run a program, and end it when the worker at the other end of standard input is gone.
#[derive(clap::Args)]
pub(crate) struct Child {
    /// The program and its arguments.
    #[arg(required = true, last = true)]
    line: Vec<OsString>,
}

impl Child {
    /// Runs the program, and ends this process as it ended.
    pub(crate) fn carry_out(&self) -> ! {
        let code = match self.line.as_slice() {
            [program, arguments @ ..] => guard(program, arguments),
            [] => 2,
        };
        std::process::exit(i32::from(code))
    }
}
