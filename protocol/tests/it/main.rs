//! What the protocol promises about its bytes, seen from outside: vectors, round trips, rejected
//! bytes, mutated bytes, and the table of messages in the README.

#![expect(
    clippy::unwrap_used,
    reason = "a test may unwrap: its panic is the failure"
)]

mod mutated;
mod readme;
mod rejected;
mod round_trip;
mod samples;
mod wire;
