//! Statistics of samples: summaries, confidence intervals, the warm-up of a simulation, and the
//! comparison of two samples. Pure functions of numbers, which know nothing of what was measured:
//! the same numbers in the same order give the same result, bit for bit.
//!
//! The numbers of a sample are finite; of others every result is one that is not finite either.
//! What a sample is too small for is `None`.

pub mod apart;
pub mod batches;
pub mod bootstrap;
pub mod difference;
pub mod holm;
pub mod interval;
pub mod paired;
pub mod quantiles;
pub mod replications;
pub mod student;
pub mod summary;
#[cfg(test)]
mod tests;
pub mod verdict;
pub mod warmup;

pub use difference::{Basis, Difference};
pub use interval::{Confidence, Estimate, Interval};
pub use quantiles::Quantiles;
pub use summary::Summary;
pub use verdict::{Comparison, Direction, Verdict};
