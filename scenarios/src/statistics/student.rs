//! Intervals for a mean by Student's t: W. S. Gosset (Student), *The Probable Error of a Mean*,
//! Biometrika 6(1), 1908. Right for independent numbers of a normal distribution, and nearly so
//! for many of another.

use super::interval::{Confidence, Estimate, Interval};
use super::summary::Summary;
use statrs::distribution::{ContinuousCDF, StudentsT};

/// The distribution with so many degrees of freedom.
///
/// # Panics
/// With none.
fn distribution(degrees: u64) -> StudentsT {
    StudentsT::new(0.0, 1.0, degrees as f64).expect("there are degrees of freedom")
}

/// The number that this share of Student's t with so many degrees of freedom does not exceed.
///
/// # Panics
/// Without degrees of freedom, or if the share is not between 0 and 1.
pub fn quantile(share: f64, degrees: u64) -> f64 {
    distribution(degrees).inverse_cdf(share)
}

/// How probable it is that Student's t with so many degrees of freedom is at least as far from
/// zero as `t`, on either side.
///
/// # Panics
/// Without degrees of freedom.
pub fn two_sided(t: f64, degrees: u64) -> f64 {
    (2.0 * distribution(degrees).sf(t.abs())).min(1.0)
}

/// The mean of a summary with its interval; `None` of fewer than two numbers.
pub fn of_summary(summary: &Summary, confidence: Confidence) -> Option<Estimate> {
    let (mean, error) = (summary.mean()?, summary.standard_error()?);
    let t = quantile(1.0 - confidence.risk() / 2.0, summary.count() - 1);
    Some(Estimate {
        count: summary.count(),
        mean,
        interval: Interval::around(mean, t * error),
    })
}

/// The mean of independent numbers with its interval; `None` of fewer than two.
pub fn mean(sample: &[f64], confidence: Confidence) -> Option<Estimate> {
    of_summary(&Summary::of(sample), confidence)
}
