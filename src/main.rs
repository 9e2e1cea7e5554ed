//! The one binary, `deploysim`: reads its arguments, hands over to the subcommand's file, and turns
//! what comes back into an exit code. Nothing about scenarios or runs is decided here.

mod command;
mod logs;
mod stopwatch;
mod terminal;

use clap::Parser;
use command::{Command, Failure, Verdict};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

/// A laboratory for the Apache Spark standalone deploy protocol.
///
/// Plays scenario files (a cluster, its work, what goes wrong and what must hold) on a
/// deterministic simulation of masters, workers, drivers and executors, and runs the same masters
/// and workers as live processes.
#[derive(Parser)]
#[command(
    name = "deploysim",
    version,
    after_help = "Exit codes: 0 all held, 1 a property was violated, 2 bad usage or bad input, \
                  3 the machine or the program failed."
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // A panic is a fault of the program, and its message is on stderr already.
    let outcome = catch_unwind(AssertUnwindSafe(|| arguments.command.carry_out()));
    match outcome {
        Ok(Ok(Verdict::Held)) => ExitCode::from(0),
        Ok(Ok(Verdict::Violated)) => ExitCode::from(1),
        Ok(Err(Failure::BadInput(text))) => {
            terminal::complain(&text);
            ExitCode::from(2)
        }
        Ok(Err(Failure::Machine(text))) => {
            terminal::complain(&text);
            ExitCode::from(3)
        }
        Err(_) => {
            terminal::complain("error: the program failed: this is a fault of deploysim");
            ExitCode::from(3)
        }
    }
}
