//! The mean of many independent simulations of the same thing: each counts as one number, its mean
//! after its warm-up. A. M. Law, *Simulation Modeling and Analysis*, 5th edition, McGraw-Hill 2015,
//! section 9.5.2 (replication/deletion).

use super::interval::{Confidence, Estimate};
use super::student;
use super::summary::Summary;
use super::warmup;

/// The mean of each replication after the warm-up that [`warmup::mser5`] finds in it. `None` if
/// one of them has no observation.
pub fn means(replications: &[impl AsRef<[f64]>]) -> Option<Vec<f64>> {
    let kept = replications.iter().map(|one| warmup::without(one.as_ref()));
    kept.map(|kept| Summary::of(kept).mean()).collect()
}

/// The mean of the replications' means, and Student's interval of them. `None` of fewer than two
/// replications, or if one has no observation.
pub fn mean(replications: &[impl AsRef<[f64]>], confidence: Confidence) -> Option<Estimate> {
    student::mean(&means(replications)?, confidence)
}
