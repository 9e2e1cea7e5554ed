//! Benchmarks: one file per subject, each with one `define` function. Inputs come from
//! [`clusters`] and are named by their size; names never change, so that runs can be compared.
//! Each subject asserts its answer before it is timed.

pub mod by_hand;
pub mod clusters;
pub mod drivers;
pub mod events;
pub mod growth;
pub mod master;
pub mod placement;
mod plain;
mod processor_time;
pub mod queue;
pub mod recovery;
pub mod registration;
pub mod schedule;
pub mod wire;
pub mod world;

pub use processor_time::ProcessorTime;
