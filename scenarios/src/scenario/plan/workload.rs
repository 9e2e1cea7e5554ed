//! Jobs that arrive at random: when, of which class, and how large. Plain data; the jobs of a run
//! are drawn in `workload.rs` of the crate.

use super::{LatencyPlan, Supervision};
use crate::network::Shape;
use deploysim_protocol::time::Time;
use std::collections::BTreeMap;
use std::time::Duration;

/// More jobs of one workload than this are surely not meant.
pub const JOBS_MAX: u32 = 1_000_000;

/// Jobs that arrive by one process.
#[derive(Clone, Debug, PartialEq)]
pub struct WorkloadPlan {
    /// Its name, which its random streams bear.
    pub name: String,
    /// How they arrive.
    pub arrivals: Arrivals,
    /// How often.
    pub pace: Pace,
    /// From when on.
    pub from: Time,
    /// The last instant at which one may arrive; `None`: the end of the fault phase.
    pub until: Option<Time>,
    /// How many arrive at most; `None`: any number.
    pub jobs: Option<u32>,
    /// Times of arrival are rounded up to whole multiples of this, which is not zero.
    pub grain: Duration,
    /// What arrives, at least one class.
    pub classes: Vec<JobClass>,
}

/// How jobs arrive.
#[derive(Clone, Debug, PartialEq)]
pub enum Arrivals {
    /// Each whenever it likes: the gaps are exponential.
    Poisson,
    /// One after the other in equal gaps.
    Deterministic,
    /// Together: bursts arrive as a Poisson process.
    Bursts {
        /// How many jobs a burst has.
        size: AmountPlan,
        /// From one job of a burst to the next.
        within: Duration,
    },
    /// A Poisson process whose rate goes up and down like a cosine.
    Diurnal {
        /// From one peak to the next.
        period: Duration,
        /// How far the rate goes up and down, as a share of its mean: 0 to 1.
        amplitude: f64,
        /// When the first peak is.
        peak: Duration,
    },
}

/// How often jobs arrive on average.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pace {
    /// One in so much time.
    Every(Duration),
    /// So that they ask for this share of the cluster's cores.
    Load {
        /// The share; 1 is all of them.
        share: f64,
        /// The mean time from one job to the next that makes it so.
        every: Duration,
    },
}

impl Pace {
    /// The mean time from one job to the next.
    pub const fn every(self) -> Duration {
        match self {
            Self::Every(every) | Self::Load { every, .. } => every,
        }
    }
}

/// A kind of job.
#[derive(Clone, Debug, PartialEq)]
pub struct JobClass {
    /// Its name. Its jobs are called after it and their number among all arrivals: `small-17`.
    pub name: String,
    /// How often it is the one that arrives, beside the weights of the others.
    pub weight: f64,
    /// Most cores of its application; `None`: the master's default.
    pub cores_max: Option<AmountPlan>,
    /// Cores per executor; `None`: what a worker has free.
    pub cores_per_executor: Option<AmountPlan>,
    /// Memory per executor, in MiB.
    pub memory_per_executor_mib: AmountPlan,
    /// Named resources per executor: how many addresses of each.
    pub resources_per_executor: BTreeMap<String, u32>,
    /// When its application ends.
    pub length: JobLength,
    /// Where its application's driver runs.
    pub host: JobHost,
}

/// When the application of a job ends by itself, as
/// [`ApplicationEnd`](super::ApplicationEnd); draws are clipped only if the distribution says so.
#[derive(Clone, Debug, PartialEq)]
pub enum JobLength {
    /// So long after its process started.
    Run(LatencyPlan),
    /// So long after its first executor began to work.
    Service(LatencyPlan),
    /// After so much work of its cores.
    Work(LatencyPlan),
}

impl JobLength {
    /// The distribution, whatever it means.
    pub const fn distribution(&self) -> &LatencyPlan {
        match self {
            Self::Run(time) | Self::Service(time) | Self::Work(time) => time,
        }
    }
}

/// Where the driver of a job runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobHost {
    /// On a machine of its own (client mode).
    Client,
    /// On a worker: it is submitted to the master (cluster mode).
    Cluster {
        /// Cores of the driver.
        cores: u32,
        /// Memory of the driver, in MiB.
        memory_mib: u32,
        /// What follows when it fails.
        supervision: Supervision,
    },
}

/// A distribution of whole things, such as cores or MiB. It is kept as a distribution of times in
/// which each thing is a second, so that there is one family of distributions.
#[derive(Clone, Debug, PartialEq)]
pub struct AmountPlan(pub LatencyPlan);

impl AmountPlan {
    /// Always so many.
    pub const fn constant(amount: u32) -> Self {
        Self(LatencyPlan::constant(Duration::from_secs(amount as u64)))
    }

    /// The mean before rounding; `None` if there is none.
    pub fn mean(&self) -> Option<f64> {
        self.0.shape.mean_seconds(self.0.max)
    }

    /// The fewest and the most things between which all numbers are equally likely, if it is such
    /// a distribution.
    pub const fn range(&self) -> Option<(u64, u64)> {
        match self.0.shape {
            Shape::Uniform { low, high } => Some((low.as_secs(), high.as_secs())),
            Shape::Constant(_)
            | Shape::Normal { .. }
            | Shape::Exponential { .. }
            | Shape::LogNormal { .. }
            | Shape::Pareto { .. }
            | Shape::Weibull { .. }
            | Shape::Empirical(_) => None,
        }
    }
}
