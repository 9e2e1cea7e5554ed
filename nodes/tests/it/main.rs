//! Integration tests of the nodes, in one binary.

mod golden;
mod plain;
mod spark;
