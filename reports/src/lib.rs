//! From measurements to pages. [`measure`] runs the benchmarks and writes what they say as CSV
//! files; [`data`] reads those; [`page`] makes one HTML page of them, which depends on nothing
//! else: the same files give the same bytes. [`view`] writes the page of one run while it is played,
//! [`export`] hands a recorded trace to other tools, and [`compare`] puts two runs, sweeps or folders
//! of measurements side by side.

mod budgets;
mod charts;
pub mod compare;
pub mod data;
mod error;
pub mod export;
pub mod measure;
mod numbers;
pub mod page;
mod pairing;
mod subjects;
pub mod view;

pub use error::ReportError;
