//! The command line as its users meet it: exit codes, messages, folders, series of seeds, and the
//! promise that a run is the same twice. Each test starts the program as a process.

#![expect(
    clippy::unwrap_used,
    reason = "a test may unwrap: its panic is the failure"
)]

mod bad_input;
mod compare;
mod exit_codes;
mod export;
mod folder;
mod ground;
mod live;
mod report;
mod series;
mod shown;
mod sweep;
mod twice;
mod worlds;
