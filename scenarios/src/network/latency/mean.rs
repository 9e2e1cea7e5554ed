//! The mean of a distribution of times: in closed form where there is one, otherwise the integral
//! of what survives.

use super::Shape;
use libm::{erfc, exp, log, pow, tgamma};
use std::f64::consts::SQRT_2;
use std::time::Duration;

/// Steps of an integral, an even number.
const STEPS: u32 = 20_000;

/// An integral begins at this share of its end; below it nothing is lost that could be seen.
const BEGIN: f64 = 1e-12;

/// Beyond this many deviations above the mean nothing is left of a bell curve.
const DEVIATIONS_MAX: f64 = 10.0;

impl Shape {
    /// The mean in seconds of draws of which those above `max` are clipped. `None` if there is
    /// none: a power law whose tail is too heavy, without a `max`.
    pub fn mean_seconds(&self, max: Option<Duration>) -> Option<f64> {
        let max = max.map(|max| max.as_secs_f64());
        let clip = |time: &Duration| {
            let seconds = time.as_secs_f64();
            max.map_or(seconds, |max| seconds.min(max))
        };
        Some(match (self, max) {
            (Self::Constant(time), _) => clip(time),
            (Self::Empirical(samples), _) => {
                samples.iter().map(clip).sum::<f64>() / samples.len() as f64
            }
            (_, Some(max)) => self.integral(max),
            (Self::Uniform { low, high }, None) => (low.as_secs_f64() + high.as_secs_f64()) / 2.0,
            // What is below zero counts as zero.
            (Self::Normal { mean, deviation }, None) => {
                self.integral(mean.as_secs_f64() + DEVIATIONS_MAX * deviation.as_secs_f64())
            }
            (Self::Exponential { mean }, None) => mean.as_secs_f64(),
            (Self::LogNormal { median, sigma }, None) => {
                median.as_secs_f64() * exp(sigma * sigma / 2.0)
            }
            (Self::Pareto { shape, .. }, None) if *shape <= 1.0 => return None,
            (Self::Pareto { scale, shape }, None) => scale.as_secs_f64() * shape / (shape - 1.0),
            (Self::Weibull { scale, shape }, None) => {
                scale.as_secs_f64() * tgamma(1.0 + 1.0 / shape)
            }
        })
    }

    /// The mean of draws that are clipped at `end`: the integral of what survives up to there, by
    /// Simpson's rule over the logarithm of time.
    fn integral(&self, end: f64) -> f64 {
        let begin = match self {
            Self::Pareto { scale, .. } => scale.as_secs_f64().min(end),
            Self::Constant(_)
            | Self::Uniform { .. }
            | Self::Normal { .. }
            | Self::Exponential { .. }
            | Self::LogNormal { .. }
            | Self::Weibull { .. }
            | Self::Empirical(_) => end * BEGIN,
        };
        if begin >= end {
            return end;
        }
        let (from, to) = (log(begin), log(end));
        let step = (to - from) / f64::from(STEPS);
        let value = |index: u32| {
            let time = exp(from + step * f64::from(index));
            time * self.surviving(time)
        };
        let inner: f64 = (1..STEPS)
            .map(|index| value(index) * if index % 2 == 1 { 4.0 } else { 2.0 })
            .sum();
        begin + step / 3.0 * (value(0) + inner + value(STEPS))
    }

    /// The probability that a draw is longer than this, in seconds.
    fn surviving(&self, time: f64) -> f64 {
        match self {
            Self::Constant(_) | Self::Empirical(_) => unreachable!("their means are sums"),
            Self::Uniform { low, high } => {
                let (low, high) = (low.as_secs_f64(), high.as_secs_f64());
                ((high - time) / (high - low)).clamp(0.0, 1.0)
            }
            Self::Normal { mean, deviation } => {
                let above = time - mean.as_secs_f64();
                // Without any deviation nothing survives the mean itself: 0/0 counts as 0.
                (erfc(above / deviation.as_secs_f64() / SQRT_2) / 2.0).max(0.0)
            }
            Self::Exponential { mean } => exp(-time / mean.as_secs_f64()),
            Self::LogNormal { median, sigma } => {
                (erfc(log(time / median.as_secs_f64()) / (sigma * SQRT_2)) / 2.0).max(0.0)
            }
            Self::Pareto { scale, shape } => pow(scale.as_secs_f64() / time, *shape).min(1.0),
            Self::Weibull { scale, shape } => exp(-pow(time / scale.as_secs_f64(), *shape)),
        }
    }
}
