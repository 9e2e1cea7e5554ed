//! How bytes travel in a scenario: latencies, links, and TCP's patience. Plain data; drawing
//! and queueing are the network's business.

use super::Target;
use crate::network::{Latency, Shape};
use std::time::Duration;

/// The network of a scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct NetworkPlan {
    /// One-way latency of every link that has none of its own.
    pub latency: LatencyPlan,
    /// Bytes per second of every link that has none of its own; `None`: unlimited.
    pub bandwidth: Option<u64>,
    /// How much later an answer is handled than it arrives, while the mailbox goes on.
    pub answer_delay: Duration,
    /// How old the oldest unacknowledged byte of a connection may become before it breaks.
    pub tcp_user_timeout: Duration,
    /// How long dialling may take.
    pub connect_timeout: Duration,
    /// Links with properties of their own, both directions alike; the last that fits counts.
    pub links: Vec<LinkPlan>,
}

/// A link with properties of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkPlan {
    /// The two ends.
    pub between: (Target, Target),
    /// One-way latency; `None`: as everywhere.
    pub latency: Option<LatencyPlan>,
    /// Bytes per second; `None`: as everywhere.
    pub bandwidth: Option<u64>,
}

/// A distribution of times.
#[derive(Clone, Debug, PartialEq)]
pub struct LatencyPlan {
    /// Its form.
    pub shape: Shape,
    /// The longest draw, larger ones are clipped; `None`: 20 × the median.
    pub max: Option<Duration>,
}

impl LatencyPlan {
    /// Always `duration`.
    pub const fn constant(duration: Duration) -> Self {
        Self {
            shape: Shape::Constant(duration),
            max: None,
        }
    }

    /// The distribution itself, as the network draws from it.
    ///
    /// # Panics
    /// If its parameters are impossible: reading the scenario has refused those.
    pub fn distribution(&self) -> Latency {
        Latency::new(self.shape.clone(), self.max)
            .expect("a checked scenario has possible distributions")
    }

    /// The distribution where nothing has to be bounded: only its own `max` clips.
    ///
    /// # Panics
    /// As [`Self::distribution`].
    pub fn unclipped(&self) -> Latency {
        let max = self.max.or(Some(Duration::from_nanos(u64::MAX)));
        Latency::new(self.shape.clone(), max)
            .expect("a checked scenario has possible distributions")
    }

    /// Equally likely from `low` to `high`.
    pub const fn uniform(low: Duration, high: Duration) -> Self {
        Self {
            shape: Shape::Uniform { low, high },
            max: None,
        }
    }
}
