//! Scenario files and the worlds that play them.

pub mod scenario;
