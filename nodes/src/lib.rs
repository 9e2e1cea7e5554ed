//! The behaviour.
