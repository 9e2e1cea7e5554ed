//! The mean of one long simulation: observations that follow each other depend on each other, the
//! means of long batches of them hardly do. R. W. Conway, *Some Tactical Problems in Digital
//! Simulation*, Management Science 10(1), 1963; that ten to thirty batches are enough: B. Schmeiser,
//! *Batch Size Effects in the Analysis of Simulation Output*, Operations Research 30(3), 1982.

use super::interval::{Confidence, Estimate};
use super::student;
use super::summary::Summary;
use std::num::NonZeroUsize;

/// As many batches as there is reason for.
pub const BATCHES: NonZeroUsize = NonZeroUsize::new(30).expect("thirty is not zero");

/// The means of so many batches of equal length. What does not fill them is left out at the
/// beginning, where a warm-up would be. `None` of fewer observations than batches.
pub fn means(observations: &[f64], batches: NonZeroUsize) -> Option<Vec<f64>> {
    let length = observations.len() / batches;
    if length == 0 {
        return None;
    }
    let left_out = observations.len() - length * batches.get();
    let batches = observations[left_out..].chunks_exact(length);
    batches.map(|batch| Summary::of(batch).mean()).collect()
}

/// The mean of the observations in batches, and Student's interval of the batches' means. `None`
/// of fewer observations than batches, or of one batch.
pub fn mean(
    observations: &[f64],
    batches: NonZeroUsize,
    confidence: Confidence,
) -> Option<Estimate> {
    student::mean(&means(observations, batches)?, confidence)
}

/// How much each number has of the one before it: the autocorrelation of lag one, from −1 to 1.
/// Near zero for batches that are long enough. `None` of fewer than two numbers, or if all are the
/// same.
pub fn autocorrelation(numbers: &[f64]) -> Option<f64> {
    let summary = Summary::of(numbers);
    let mean = summary.mean()?;
    let pairs = numbers.windows(2);
    let products: f64 = pairs.map(|pair| (pair[0] - mean) * (pair[1] - mean)).sum();
    (summary.squares() > 0.0).then(|| products / summary.squares())
}
