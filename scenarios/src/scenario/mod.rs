//! Scenario files: reading, checking, and writing them back with every default filled in.
//!
//! A file is read into a tree with places (`table.rs`), checked by one reader per part
//! (`file.rs`) and becomes a [`plan::Plan`]; everything that is wrong is collected on the way
//! and reported at once (`error.rs`). Nothing here plays a scenario.

pub mod plan;
