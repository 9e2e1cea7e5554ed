//! The worlds: what runs nodes and carries what they say. Each world is one module; the rules of
//! the protocol are in the nodes and are the same in all of them.

pub mod queue;
