//! What the configuration says about scheduling. The rules themselves are in
//! `launch_drivers.rs`, `launch_executors.rs` and `placement.rs`.

use deploysim_protocol::conf::{Conf, WorkerSelectionPolicy};

/// Whether work is spread over many workers, or fills one worker before the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SpreadOut {
    /// Over as many workers as possible.
    Yes,
    /// Over as few workers as possible.
    No,
}

impl From<bool> for SpreadOut {
    fn from(spread_out: bool) -> Self {
        if spread_out { Self::Yes } else { Self::No }
    }
}

/// The part of a configuration that scheduling depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rules {
    /// `spark.deploy.spreadOutApps`
    pub spread_out_applications: SpreadOut,
    /// `spark.deploy.spreadOutDrivers`; [`SpreadOut::No`]: each driver goes to the first worker
    /// by id that can hold it.
    pub spread_out_drivers: SpreadOut,
    /// `spark.deploy.workerSelectionPolicy`
    pub worker_selection_policy: WorkerSelectionPolicy,
    /// `spark.deploy.maxDrivers`: how many drivers may be in the books without waiting.
    pub drivers_max: i32,
}

impl Rules {
    /// The rules that `conf` states.
    pub fn from_conf(conf: &Conf) -> Self {
        Self {
            spread_out_applications: conf.spread_out_applications.into(),
            spread_out_drivers: conf.spread_out_drivers.into(),
            worker_selection_policy: conf.worker_selection_policy,
            drivers_max: i32::try_from(conf.max_drivers).unwrap_or(i32::MAX),
        }
    }
}
