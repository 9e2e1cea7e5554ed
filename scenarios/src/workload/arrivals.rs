//! When jobs arrive: the instants of an arrival process, one after the other.

use super::Dice;
use crate::network::{Latency, Shape};
use crate::scenario::plan::{Arrivals, LatencyPlan, WorkloadPlan};
use crate::stream::Seeds;
use deploysim_protocol::time::Time;
use libm::cos;
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::f64::consts::TAU;
use std::time::Duration;

/// The instants of a workload, each at least the one before, whole multiples of its grain.
pub(super) struct Instants<'a> {
    process: Process<'a>,
    grain: Duration,
    last: Time,
}

enum Process<'a> {
    Even {
        gap: Duration,
        at: Time,
    },
    Poisson(Memoryless),
    Bursts {
        /// When bursts begin.
        begin: Memoryless,
        next: Time,
        sizes: Box<Dice<'a>>,
        within: Duration,
        /// Jobs of bursts that have begun.
        pending: BinaryHeap<Reverse<Time>>,
    },
    /// Candidates at the highest rate, of which each is kept with the probability that makes the
    /// rate of its instant of it (P. A. W. Lewis and G. S. Shedler, *Simulation of nonhomogeneous
    /// Poisson processes by thinning*, Naval Research Logistics Quarterly 26, 1979).
    Diurnal {
        candidates: Memoryless,
        amplitude: f64,
        period: Duration,
        peak: Duration,
    },
}

/// A Poisson process.
struct Memoryless {
    at: Time,
    gaps: Latency,
    dice: ChaCha8Rng,
}

impl Memoryless {
    fn new(from: Time, mean: Duration, dice: ChaCha8Rng) -> Self {
        let mean = mean.max(Duration::from_nanos(1));
        let gaps = LatencyPlan {
            shape: Shape::Exponential { mean },
            max: None,
        };
        Self {
            at: from,
            gaps: gaps.unclipped(),
            dice,
        }
    }

    fn advance(&mut self) -> Time {
        self.at += self.gaps.draw(&mut self.dice);
        self.at
    }
}

impl<'a> Instants<'a> {
    /// Up to `last`.
    pub(super) fn new(workload: &'a WorkloadPlan, last: Time, seeds: &Seeds) -> Self {
        let stream = |purpose: &str| seeds.chacha(&format!("workload {} {purpose}", workload.name));
        let (from, every) = (workload.from, workload.pace.every());
        let memoryless = |mean| Memoryless::new(from, mean, stream("arrivals"));
        let process = match &workload.arrivals {
            Arrivals::Poisson => Process::Poisson(memoryless(every)),
            Arrivals::Deterministic => Process::Even {
                gap: every,
                at: from,
            },
            Arrivals::Bursts { size, within } => {
                let mean = size.mean().unwrap_or(1.0).max(1.0);
                let mut begin = memoryless(longer(every, mean));
                Process::Bursts {
                    next: begin.advance(),
                    begin,
                    sizes: Box::new(Dice::new(Some(size), stream("bursts"))),
                    within: *within,
                    pending: BinaryHeap::new(),
                }
            }
            Arrivals::Diurnal {
                period,
                amplitude,
                peak,
            } => Process::Diurnal {
                candidates: memoryless(longer(every, 1.0 / (1.0 + amplitude))),
                amplitude: *amplitude,
                period: *period,
                peak: *peak,
            },
        };
        Self {
            process,
            grain: workload.grain,
            last,
        }
    }

    /// The next instant; `None` after the last one.
    pub(super) fn next(&mut self) -> Option<Time> {
        let at = self.process.next(self.last);
        let grains = at.since_start().as_nanos().div_ceil(self.grain.as_nanos());
        let nanos = u64::try_from(grains * self.grain.as_nanos()).unwrap_or(u64::MAX);
        Some(Time::from_nanos(nanos)).filter(|at| *at <= self.last)
    }
}

impl Process<'_> {
    /// The next instant, exactly. What comes after `last` need not be exact.
    fn next(&mut self, last: Time) -> Time {
        match self {
            Self::Even { gap, at } => {
                *at += *gap;
                *at
            }
            Self::Poisson(process) => process.advance(),
            Self::Bursts {
                begin,
                next,
                sizes,
                within,
                pending,
            } => {
                while *next <= last && pending.peek().is_none_or(|Reverse(at)| *next <= *at) {
                    let mut at = *next;
                    for _ in 0..sizes.throw().unwrap_or(1) {
                        // Whatever comes too late is not kept.
                        if at > last {
                            break;
                        }
                        pending.push(Reverse(at));
                        at += *within;
                    }
                    *next = begin.advance();
                }
                pending.pop().map_or(*next, |Reverse(at)| at)
            }
            Self::Diurnal {
                candidates,
                amplitude,
                period,
                peak,
            } => loop {
                let at = candidates.advance();
                if at > last {
                    return at;
                }
                let since_peak = at.since_start().as_secs_f64() - peak.as_secs_f64();
                let wave = cos(TAU * since_peak / period.as_secs_f64());
                let unit: f64 = candidates.dice.random();
                if unit * (1.0 + *amplitude) < 1.0 + *amplitude * wave {
                    return at;
                }
            },
        }
    }
}

/// So many times as long, as far as times go.
fn longer(duration: Duration, factor: f64) -> Duration {
    let seconds = duration.as_secs_f64() * factor;
    Duration::try_from_secs_f64(seconds)
        .unwrap_or(Duration::MAX)
        .min(Duration::from_nanos(u64::MAX))
}
