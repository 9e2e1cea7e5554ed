//! From evidence to pages. [`evidence`] reads runs, tables of sweeps and measurements from folders;
//! [`report`] makes one HTML page of them, which depends on nothing else: the same files give the
//! same bytes. [`measure`] runs the benchmarks, and [`data`] keeps what they say as CSV files.
//! [`view`] writes the page of one run while it is played, [`export`] hands a recorded trace to
//! other tools, and [`compare`] puts two runs, sweeps or folders of measurements side by side.

mod budgets;
mod charts;
pub mod compare;
pub mod data;
mod error;
pub mod evidence;
pub mod export;
pub mod measure;
mod metrics;
mod numbers;
mod pairing;
// Its own tests are always built, with the library as a dependency of tests.
#[cfg(any(feature = "parquet", test))]
pub mod parquet;
pub mod report;
mod subjects;
pub mod view;

pub use error::ReportError;
