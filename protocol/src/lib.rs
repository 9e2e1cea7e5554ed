//! The words of the Spark standalone deploy protocol: identifiers, addresses, states, records,
//! configuration keys, messages and their bytes.
//!
//! No I/O, no async, no clock, no randomness: a message says what was said, never how it got
//! here. The table of messages with their Spark sources is in this package's `README.md`.

pub mod address;
pub mod behaviour;
pub mod conf;
pub mod description;
pub mod event;
pub mod id;
pub mod message;
pub mod record;
pub mod resource;
pub mod state;
pub mod text;
pub mod thrown;
pub mod time;
pub mod wire;
