//! The scenarios seen from outside, in one binary: the network of every simulated world against
//! answers worked out by hand, and a cluster against the theory of queues.

#![expect(
    clippy::unwrap_used,
    reason = "a test may unwrap: its panic is the failure"
)]

mod network;
mod queueing;
