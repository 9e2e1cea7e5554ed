//! Machines that fail and are repaired: how long they last, how long repairs take, and who fails
//! together. Plain data; the failures of a run are drawn in `failures.rs` of the crate.

use super::{Disk, FaultWord, LatencyPlan, Targets};
use deploysim_protocol::time::Time;

/// Machines that fail alike.
#[derive(Clone, Debug, PartialEq)]
pub struct FailuresPlan {
    /// Which, as the file says it: names, globs and roles.
    pub of: Vec<String>,
    /// All of them.
    pub machines: Targets,
    /// What happens to one that fails.
    pub breakdown: Breakdown,
    /// From a repair, or the beginning, to the next failure: its mean is the MTBF.
    pub up: LatencyPlan,
    /// From a failure to its repair: its mean is the MTTR.
    pub down: LatencyPlan,
    /// How many machines a rack has, in the order of their names in the file; `None`: there are
    /// no racks.
    pub rack: Option<u32>,
    /// What fails.
    pub unit: FailureUnit,
    /// From when on.
    pub from: Time,
    /// When one fails at the latest; `None`: the end of the fault phase.
    pub until: Option<Time>,
}

/// What happens to a machine that fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breakdown {
    /// It loses its power: nobody is told.
    PowerLoss,
    /// Its process ends, and peers see their connections close.
    Crash(Disk),
}

impl Breakdown {
    /// The fault that it is for these machines.
    pub const fn word(self, targets: Targets) -> FaultWord {
        match self {
            Self::PowerLoss => FaultWord::PowerLoss { targets },
            Self::Crash(disk) => FaultWord::Crash { targets, disk },
        }
    }
}

/// What fails by itself.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FailureUnit {
    /// Each machine, which takes its whole rack with it with this probability.
    Machine {
        /// From 0 to 1; 0 without racks.
        together: f64,
    },
    /// Each rack, with all its machines.
    Rack,
}

impl FailuresPlan {
    /// The name of the random stream of one machine or rack and one purpose.
    pub fn stream(&self, of: &str, purpose: &str) -> String {
        format!("failures {} {of} {purpose}", self.of.join(" "))
    }
}
