//! What a run leaves for people and tools. Each form has a file; what happened is read from the
//! trace, and nothing here judges it.

pub mod timeline;
