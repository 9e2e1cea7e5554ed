//! The nodes seen from outside, in one binary: decisions of real Spark, Spark's own numbers,
//! properties, and transcripts.

#![expect(
    clippy::unwrap_used,
    reason = "a test may unwrap: its panic is the failure"
)]

mod golden;
mod plain;
mod spark;
mod transcript;
