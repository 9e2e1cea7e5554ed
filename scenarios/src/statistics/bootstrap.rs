//! Intervals for any number that can be computed from a sample, by drawing samples from the
//! sample: B. Efron and R. J. Tibshirani, *An Introduction to the Bootstrap*, Chapman & Hall 1993,
//! chapters 13 (percentiles) and 14 (BCa: bias-corrected and accelerated). The draws come from a
//! named stream, so that they are the same each time and everywhere.

use super::interval::{Confidence, Interval};
use super::quantiles::Quantiles;
use super::summary::Summary;
use crate::stream::Seeds;
use rand::Rng;
use statrs::distribution::{ContinuousCDF, Normal};

/// How samples are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drawing<'a> {
    /// The seed of the streams.
    pub seed: u64,
    /// What the sample is of: samples of other names are drawn independently.
    pub name: &'a str,
    /// How many samples.
    pub samples: u32,
}

impl<'a> Drawing<'a> {
    /// The number of samples that Efron and Tibshirani, chapter 14, hold to be enough for the
    /// ends of an interval of 95 %.
    pub const SAMPLES: u32 = 2_000;

    /// As many samples as are enough.
    pub const fn named(seed: u64, name: &'a str) -> Self {
        Self {
            seed,
            name,
            samples: Self::SAMPLES,
        }
    }

    /// What `statistic` gives for each of the samples that are drawn.
    pub fn replicates(self, sample: &[f64], statistic: impl Fn(&[f64]) -> f64) -> Vec<f64> {
        let mut dice = Seeds::new(self.seed).chacha(&format!("bootstrap/{}", self.name));
        // The same number of bits on every machine.
        let count = sample.len() as u64;
        let mut drawn = sample.to_vec();
        let replicate = |_| {
            for number in &mut drawn {
                *number = sample[dice.random_range(0..count) as usize];
            }
            statistic(&drawn)
        };
        (0..self.samples).map(replicate).collect()
    }
}

/// The interval between the quantiles of what the statistic gives for the samples drawn; `None`
/// of an empty sample or of no draws.
pub fn percentile(
    sample: &[f64],
    statistic: impl Fn(&[f64]) -> f64,
    confidence: Confidence,
    drawing: Drawing<'_>,
) -> Option<Interval> {
    if sample.is_empty() {
        return None;
    }
    let replicates = Quantiles::of(drawing.replicates(sample, statistic))?;
    let tail = confidence.risk() / 2.0;
    Some(between(&replicates, tail, 1.0 - tail))
}

/// The interval BCa: as [`percentile`], with quantiles that make good for the bias of the statistic
/// and for an error that depends on its value. `None` of fewer than two numbers or of no draws.
pub fn bca(
    sample: &[f64],
    statistic: impl Fn(&[f64]) -> f64,
    confidence: Confidence,
    drawing: Drawing<'_>,
) -> Option<Interval> {
    if sample.len() < 2 {
        return None;
    }
    let replicates = drawing.replicates(sample, &statistic);
    let correction = Correction {
        bias: bias(statistic(sample), &replicates)?,
        acceleration: acceleration(sample, statistic),
    };
    Some(correction.interval(&Quantiles::of(replicates)?, confidence))
}

/// What BCa corrects for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Correction {
    /// z₀ of equation 14.14.
    pub(super) bias: f64,
    /// a of equation 14.15.
    pub(super) acceleration: f64,
}

impl Correction {
    /// Between the quantiles of equation 14.10.
    pub(super) fn interval(self, replicates: &Quantiles, confidence: Confidence) -> Interval {
        let tail = confidence.risk() / 2.0;
        between(replicates, self.share(tail), self.share(1.0 - tail))
    }

    /// The share in the place of this one.
    fn share(self, share: f64) -> f64 {
        let normal = Normal::standard();
        let away = self.bias + normal.inverse_cdf(share);
        normal.cdf(self.bias + away / (1.0 - self.acceleration * away))
    }
}

fn between(replicates: &Quantiles, low: f64, high: f64) -> Interval {
    Interval {
        low: replicates.at(low),
        high: replicates.at(high),
    }
}

/// The share of the replicates below the estimate, as a quantile of the normal distribution. One
/// that equals the estimate counts half, as it is on neither side. If all are on one side, the
/// share is taken to be half a replicate short of that, so that it has a quantile.
pub(super) fn bias(estimate: f64, replicates: &[f64]) -> Option<f64> {
    if replicates.is_empty() {
        return None;
    }
    let below = |replicate: &f64| match replicate.total_cmp(&estimate) {
        std::cmp::Ordering::Less => 1.0,
        std::cmp::Ordering::Equal => 0.5,
        std::cmp::Ordering::Greater => 0.0,
    };
    let count = replicates.len() as f64;
    let below: f64 = replicates.iter().map(below).sum();
    let share = below.clamp(0.5, count - 0.5) / count;
    Some(Normal::standard().inverse_cdf(share))
}

/// How the error of the statistic changes with its value, from what it gives without each number
/// of the sample in turn: equation 14.15. 0 if it is the same without any.
pub(super) fn acceleration(sample: &[f64], statistic: impl Fn(&[f64]) -> f64) -> f64 {
    let mut others = Vec::with_capacity(sample.len());
    let without = |left_out: usize| {
        others.clear();
        others.extend_from_slice(&sample[..left_out]);
        others.extend_from_slice(&sample[left_out + 1..]);
        statistic(&others)
    };
    let values: Vec<f64> = (0..sample.len()).map(without).collect();
    let mean = Summary::of(&values).mean().unwrap_or_default();
    let sum = |power: i32| -> f64 { values.iter().map(|one| (mean - one).powi(power)).sum() };
    let squares = sum(2);
    if squares == 0.0 {
        return 0.0;
    }
    sum(3) / (6.0 * squares.powf(1.5))
}
