//! The behaviour of the Spark standalone deploy protocol: Master, Worker, Driver, executor, submit
//! client and election service, each a plain value with one method.
//!
//! A node takes the time and one input, and pushes effects. It does no I/O, reads no clock and
//! hides no randomness; whoever runs it is called a world. Start reading at [`node`].

#[cfg(test)]
mod by_hand;
pub mod dice;
pub mod driver;
pub mod election;
pub mod executor;
#[cfg(feature = "gateway")]
pub mod gateway;
pub mod growth;
pub mod hosted;
#[cfg(feature = "live")]
pub mod live;
pub mod master;
pub mod node;
pub mod pattern;
pub mod process;
pub mod report;
pub mod settings;
#[cfg(feature = "shell")]
pub mod shell;
pub mod store;
pub mod submission;
pub mod turn;
pub mod watcher;
pub mod worker;
