//! From evidence to a page. [`evidence`] reads runs, tables of sweeps and measurements from
//! folders; [`report`] makes one HTML page of them, which depends on nothing else: the same files
//! give the same bytes. [`measure`] runs the benchmarks, and [`data`] keeps what they say as CSV
//! files.

mod budgets;
mod charts;
pub mod data;
mod error;
pub mod evidence;
pub mod measure;
mod metrics;
mod numbers;
pub mod report;
mod subjects;

pub use error::ReportError;
