//! How long a byte travels: a distribution of durations with an upper end, so that the bounds
//! of the invariants are finite. Queues, faults and streams are elsewhere (`link.rs`).

use rand::Rng;
use rand_distr::{Distribution, Exp1, OpenClosed01, StandardNormal};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

mod mean;
#[cfg(test)]
mod tests;

/// Draws longer than this many medians are clipped, unless a `max` is given (`design.md` §6).
const MEDIANS_TO_MAX: u64 = 20;

/// The form of a distribution, with parameters that nobody has checked yet.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// Always the same. Draws nothing from the stream.
    Constant(Duration),
    /// Every nanosecond from `low` to `high`, both included, is equally likely.
    Uniform {
        /// The shortest.
        low: Duration,
        /// The longest.
        high: Duration,
    },
    /// The bell curve; draws below zero count as zero.
    Normal {
        /// The mean, which is also the median.
        mean: Duration,
        /// The standard deviation.
        deviation: Duration,
    },
    /// Memoryless, positive mean.
    Exponential {
        /// The mean.
        mean: Duration,
    },
    /// The logarithm is normal.
    LogNormal {
        /// The median, positive.
        median: Duration,
        /// The standard deviation of the natural logarithm, at least 0.
        sigma: f64,
    },
    /// A power law above `scale`.
    Pareto {
        /// The shortest, positive.
        scale: Duration,
        /// The exponent of the tail, positive: the smaller, the heavier.
        shape: f64,
    },
    /// Times to a failure: with a `shape` below 1 they come in clusters, with 1 they are
    /// exponential, above 1 they are regular.
    Weibull {
        /// The time that a share of 1/e exceeds, positive.
        scale: Duration,
        /// The exponent, positive.
        shape: f64,
    },
    /// One of these measured samples, each equally likely; in ascending order.
    Empirical(Arc<[Duration]>),
}

/// Why a distribution cannot be.
#[derive(Clone, Debug, PartialEq)]
pub enum LatencyError {
    /// A uniform distribution whose low end is above its high end.
    Reversed {
        /// What was given as the low end.
        low: Duration,
        /// What was given as the high end.
        high: Duration,
    },
    /// A duration that has to be longer than zero is zero.
    Zero {
        /// The parameter's name.
        parameter: &'static str,
    },
    /// A number that is not finite, or not in its range.
    OutOfRange {
        /// The parameter's name.
        parameter: &'static str,
        /// What was given.
        value: f64,
        /// What is allowed.
        allowed: &'static str,
    },
    /// A duration of more than 2⁶⁴ nanoseconds (584 years).
    TooLong {
        /// The parameter's name.
        parameter: &'static str,
    },
    /// An empirical distribution without samples.
    NoSamples,
    /// The sample with this index is smaller than the one before it.
    Unsorted {
        /// Counted from 0.
        index: usize,
    },
    /// The given maximum would clip more than half of all draws.
    MaxBelowMedian {
        /// The given maximum.
        max: Duration,
        /// The distribution's median.
        median: Duration,
    },
    /// The median is zero, so 20 medians would clip every draw to zero: a `max` is needed.
    MaxMissing,
}

impl fmt::Display for LatencyError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Reversed { low, high } => {
                write!(
                    formatter,
                    "the low end {low:?} is above the high end {high:?}"
                )
            }
            Self::Zero { parameter } => write!(formatter, "the {parameter} must be longer than 0"),
            Self::OutOfRange {
                parameter,
                value,
                allowed,
            } => write!(
                formatter,
                "the {parameter} is {value}, it must be {allowed}"
            ),
            Self::TooLong { parameter } => {
                write!(formatter, "the {parameter} is longer than 584 years")
            }
            Self::NoSamples => write!(formatter, "there are no samples"),
            Self::Unsorted { index } => write!(
                formatter,
                "sample {index} (counted from 0) is smaller than the one before it: samples go in ascending order"
            ),
            Self::MaxBelowMedian { max, median } => write!(
                formatter,
                "the max {max:?} is below the median {median:?}, so more than half of all draws would be clipped"
            ),
            Self::MaxMissing => write!(
                formatter,
                "the median is 0, so the default max of {MEDIANS_TO_MAX} medians would make every draw 0: give a max"
            ),
        }
    }
}

impl std::error::Error for LatencyError {}

/// A checked distribution. Draws are whole nanoseconds between 0 and [`Self::max`].
#[derive(Clone, Debug, PartialEq)]
pub struct Latency {
    sampler: Sampler,
    median_nanos: u64,
    max_nanos: u64,
}

/// Parameters in the unit in which they are drawn: nanoseconds.
#[derive(Clone, Debug, PartialEq)]
enum Sampler {
    Constant,
    /// `count` is the number of possible values; 0 stands for 2⁶⁴.
    Uniform {
        low: u64,
        count: u64,
    },
    Normal {
        mean: f64,
        deviation: f64,
    },
    Exponential {
        mean: f64,
    },
    LogNormal {
        median: f64,
        sigma: f64,
    },
    Pareto {
        scale: f64,
        exponent: f64,
    },
    Weibull {
        scale: f64,
        exponent: f64,
    },
    Empirical(Arc<[Duration]>),
}

impl Latency {
    /// The distribution of this shape; draws above `max` (default: 20 medians) are clipped.
    pub fn new(shape: Shape, max: Option<Duration>) -> Result<Self, LatencyError> {
        let (sampler, median_nanos, longest_nanos) = check(shape)?;
        let limit_nanos = match max {
            Some(max) => {
                let limit_nanos = nanos(max, "max")?;
                if limit_nanos < median_nanos {
                    let median = Duration::from_nanos(median_nanos);
                    return Err(LatencyError::MaxBelowMedian { max, median });
                }
                limit_nanos
            }
            None if median_nanos == 0 && longest_nanos != 0 => {
                return Err(LatencyError::MaxMissing);
            }
            None => median_nanos.saturating_mul(MEDIANS_TO_MAX),
        };
        Ok(Self {
            sampler,
            median_nanos,
            max_nanos: limit_nanos.min(longest_nanos),
        })
    }

    /// Always `duration`. Fails above 584 years.
    pub fn constant(duration: Duration) -> Result<Self, LatencyError> {
        Self::new(Shape::Constant(duration), None)
    }

    /// Half of all draws are at most this long.
    pub const fn median(&self) -> Duration {
        Duration::from_nanos(self.median_nanos)
    }

    /// No draw is longer. Where the shape itself ends earlier than the clipping (a constant, a
    /// uniform distribution, samples), this is where the shape ends.
    pub const fn max(&self) -> Duration {
        Duration::from_nanos(self.max_nanos)
    }

    /// The next duration, in whole nanoseconds (rounded down).
    #[inline]
    pub fn draw(&self, rng: &mut impl Rng) -> Duration {
        let nanos = match &self.sampler {
            Sampler::Constant => return Duration::from_nanos(self.max_nanos),
            Sampler::Uniform { low, count } => low + below(*count, rng),
            Sampler::Normal { mean, deviation } => whole(mean + deviation * normal(rng)),
            Sampler::Exponential { mean } => {
                let unit: f64 = Exp1.sample(rng);
                whole(mean * unit)
            }
            Sampler::LogNormal { median, sigma } => whole(median * (sigma * normal(rng)).exp()),
            Sampler::Pareto { scale, exponent } => {
                let unit: f64 = OpenClosed01.sample(rng);
                whole(scale * unit.powf(*exponent))
            }
            Sampler::Weibull { scale, exponent } => {
                let unit: f64 = Exp1.sample(rng);
                whole(scale * unit.powf(*exponent))
            }
            Sampler::Empirical(samples) => {
                let index = below(samples.len() as u64, rng) as usize;
                samples[index].as_nanos() as u64
            }
        };
        Duration::from_nanos(nanos.min(self.max_nanos))
    }
}

/// The sampler, its median, and the longest draw that its shape allows (`u64::MAX`: no end).
fn check(shape: Shape) -> Result<(Sampler, u64, u64), LatencyError> {
    match shape {
        Shape::Constant(duration) => {
            let value = nanos(duration, "constant")?;
            Ok((Sampler::Constant, value, value))
        }
        Shape::Uniform { low, high } => {
            if low > high {
                return Err(LatencyError::Reversed { low, high });
            }
            let (low, high) = (nanos(low, "low end")?, nanos(high, "high end")?);
            let median = low + (high - low).div_ceil(2);
            let count = (high - low).wrapping_add(1);
            Ok((Sampler::Uniform { low, count }, median, high))
        }
        Shape::Normal { mean, deviation } => {
            let mean = nanos(mean, "mean")?;
            let deviation = nanos(deviation, "deviation")?;
            let longest = if deviation == 0 { mean } else { u64::MAX };
            let sampler = Sampler::Normal {
                mean: mean as f64,
                deviation: deviation as f64,
            };
            Ok((sampler, mean, longest))
        }
        Shape::Exponential { mean } => {
            let mean = positive(mean, "mean")? as f64;
            let median = whole(mean * std::f64::consts::LN_2);
            Ok((Sampler::Exponential { mean }, median, u64::MAX))
        }
        Shape::LogNormal { median, sigma } => {
            let median = positive(median, "median")?;
            if !(sigma.is_finite() && sigma >= 0.0) {
                return Err(out_of_range("sigma", sigma, "a number of at least 0"));
            }
            let sampler = Sampler::LogNormal {
                median: median as f64,
                sigma,
            };
            Ok((sampler, median, u64::MAX))
        }
        Shape::Pareto { scale, shape } => {
            let (scale, exponent) = power(scale, shape)?;
            let exponent = -exponent;
            let median = finite(scale * 0.5_f64.powf(exponent))?;
            Ok((Sampler::Pareto { scale, exponent }, median, u64::MAX))
        }
        Shape::Weibull { scale, shape } => {
            let (scale, exponent) = power(scale, shape)?;
            let median = finite(scale * std::f64::consts::LN_2.powf(exponent))?;
            Ok((Sampler::Weibull { scale, exponent }, median, u64::MAX))
        }
        Shape::Empirical(samples) => check_samples(samples),
    }
}

/// A scale in nanoseconds, and the power to which something is raised before it.
fn power(scale: Duration, shape: f64) -> Result<(f64, f64), LatencyError> {
    let scale = positive(scale, "scale")? as f64;
    if !(shape.is_finite() && shape > 0.0) {
        return Err(out_of_range("shape", shape, "a number above 0"));
    }
    Ok((scale, 1.0 / shape))
}

/// A median in whole nanoseconds that is not beyond all times.
fn finite(median: f64) -> Result<u64, LatencyError> {
    match whole(median) {
        u64::MAX => Err(LatencyError::TooLong {
            parameter: "median",
        }),
        nanos => Ok(nanos),
    }
}

fn check_samples(samples: Arc<[Duration]>) -> Result<(Sampler, u64, u64), LatencyError> {
    let Some(longest) = samples.last() else {
        return Err(LatencyError::NoSamples);
    };
    if let Some(index) = (1..samples.len()).find(|index| samples[*index] < samples[index - 1]) {
        return Err(LatencyError::Unsorted { index });
    }
    let longest = nanos(*longest, "longest sample")?;
    let median = nanos(samples[(samples.len() - 1) / 2], "median sample")?;
    Ok((Sampler::Empirical(samples), median, longest))
}

fn nanos(duration: Duration, parameter: &'static str) -> Result<u64, LatencyError> {
    u64::try_from(duration.as_nanos()).map_err(|_| LatencyError::TooLong { parameter })
}

fn positive(duration: Duration, parameter: &'static str) -> Result<u64, LatencyError> {
    match nanos(duration, parameter)? {
        0 => Err(LatencyError::Zero { parameter }),
        nanos => Ok(nanos),
    }
}

fn out_of_range(parameter: &'static str, value: f64, allowed: &'static str) -> LatencyError {
    LatencyError::OutOfRange {
        parameter,
        value,
        allowed,
    }
}

/// One of `count` numbers from 0, `count = 0` standing for 2⁶⁴. A plain multiplication: one draw
/// each time, and uneven by less than `count` / 2⁶⁴, which no run can see.
#[inline]
fn below(count: u64, rng: &mut impl Rng) -> u64 {
    let draw = rng.next_u64();
    if count == 0 {
        return draw;
    }
    ((u128::from(draw) * u128::from(count)) >> 64) as u64
}

fn normal(rng: &mut impl Rng) -> f64 {
    StandardNormal.sample(rng)
}

/// Whole nanoseconds. The conversion saturates: negative numbers become 0.
fn whole(nanos: f64) -> u64 {
    nanos as u64
}
