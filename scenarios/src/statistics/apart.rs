//! Two numbers that were measured independently, of which only an interval is known and not the
//! sample, as of two runs of a benchmark: G. W. Snedecor and W. G. Cochran, *Statistical Methods*,
//! 8th edition, Iowa State University Press 1989, chapter 6 (the variance of a difference is the sum
//! of the variances). Each interval is taken to be one of many numbers, so that its half width
//! is a multiple of the standard error by a quantile of the normal distribution. What differs
//! between the two occasions, as another load of the machine, is in no interval.

use super::difference::{Basis, Difference};
use super::interval::{Confidence, Interval};
use statrs::distribution::{ContinuousCDF, Normal};

/// A number and its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Known {
    /// The number.
    pub value: f64,
    /// Where the true one is.
    pub interval: Interval,
}

/// What differs; both intervals have this confidence.
pub fn difference(base: Known, new: Known, confidence: Confidence) -> Difference {
    let normal = Normal::standard();
    let quantile = normal.inverse_cdf(1.0 - confidence.risk() / 2.0);
    let half_width = base.interval.half_width().hypot(new.interval.half_width());
    let mean = new.value - base.value;
    let probability = if mean == 0.0 {
        1.0
    } else {
        // Without any width the difference is certain.
        2.0 * normal.sf(mean.abs() * quantile / half_width)
    };
    Difference {
        basis: Basis::Apart,
        mean,
        interval: Some(Interval::around(mean, half_width)),
        probability: Some(probability),
    }
}
