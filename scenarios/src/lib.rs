//! The worlds.

pub mod world;
