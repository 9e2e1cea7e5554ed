//! What the report promises: it depends on its evidence alone, loads nothing, says the verdict
//! first, and names what is wrong with its evidence by file and line.

#![expect(
    clippy::unwrap_used,
    reason = "a test may unwrap: its panic is the failure"
)]

mod benchmarks;
mod evidence;
mod page;
mod studies;
mod sweeps;
mod theory;
