//! The states of masters, workers, applications, drivers and executors, named and ordered as in
//! Spark. Which change of state is allowed when is the nodes' business.

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// A text that is none of an enumeration's names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateError {
    /// What was read.
    pub found: String,
    /// What is allowed.
    pub allowed: &'static [&'static str],
}

impl fmt::Display for StateError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "unknown state `{}`: expected one of {}",
            self.found,
            self.allowed.join(", ")
        )
    }
}

impl std::error::Error for StateError {}

macro_rules! states {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$variant_doc])* $variant,)* }

        impl $name {
            /// Every value, in Spark's order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];
            /// Every name, in Spark's order.
            pub const NAMES: &'static [&'static str] = &[$($text,)*];

            /// The name, spelt as Spark prints it.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.pad(self.name())
            }
        }

        impl FromStr for $name {
            type Err = StateError;
            fn from_str(text: &str) -> Result<Self, StateError> {
                match text {
                    $($text => Ok(Self::$variant),)*
                    other => Err(StateError { found: other.to_owned(), allowed: Self::NAMES }),
                }
            }
        }
    };
}

states! {
    /// What a master is doing. Spark: `RecoveryState`.
    MasterState {
        /// Not the leader: refuses.
        Standby = "STANDBY",
        /// The leader.
        Alive = "ALIVE",
        /// Elected, waiting for the answers of those it read from the store.
        Recovering = "RECOVERING",
        /// Deciding about those that did not answer; entered and left in one step.
        CompletingRecovery = "COMPLETING_RECOVERY",
    }
}

states! {
    /// A worker in a master's view. Spark: `WorkerState`.
    WorkerState {
        /// Usable.
        Alive = "ALIVE",
        /// Removed; remembered for some time so that it can be asked to reconnect.
        Dead = "DEAD",
        /// Will leave; takes no new work.
        Decommissioned = "DECOMMISSIONED",
        /// Read from the store, not heard of yet.
        Unknown = "UNKNOWN",
    }
}

states! {
    /// An application in a master's view. Spark: `ApplicationState`.
    ApplicationState {
        /// Registered, no executor granted yet.
        Waiting = "WAITING",
        /// Has been granted an executor.
        Running = "RUNNING",
        /// Unregistered, disconnected, or silent in recovery.
        Finished = "FINISHED",
        /// Too many executors ended abnormally.
        Failed = "FAILED",
        /// Removed by the operator.
        Killed = "KILLED",
        /// Read from the store, not heard of yet.
        Unknown = "UNKNOWN",
    }
}

impl ApplicationState {
    /// Neither waiting nor running, as Spark tests it: UNKNOWN counts as finished.
    /// Spark: `ApplicationInfo.isFinished`.
    pub const fn is_finished(self) -> bool {
        !matches!(self, Self::Waiting | Self::Running)
    }
}

states! {
    /// A submitted driver in a master's view. Spark: `DriverState`.
    DriverState {
        /// Accepted, not on a worker yet.
        Submitted = "SUBMITTED",
        /// Ordered to be launched on a worker (not confirmed).
        Running = "RUNNING",
        /// Ended with exit code 0.
        Finished = "FINISHED",
        /// Its worker was lost and a new driver was made from the same description: final for
        /// this id (S-06 keep_id: on the way to another worker under this id).
        Relaunching = "RELAUNCHING",
        /// Never set by the baseline; part of the enumeration.
        Unknown = "UNKNOWN",
        /// Killed on request.
        Killed = "KILLED",
        /// Ended with another exit code, and is not retried.
        Failed = "FAILED",
        /// Could not be run, or its worker was lost and it is not supervised.
        Error = "ERROR",
    }
}

impl DriverState {
    /// The states that a worker may report, all of them final.
    pub const fn is_reportable(self) -> bool {
        matches!(
            self,
            Self::Finished | Self::Killed | Self::Failed | Self::Error
        )
    }
}

states! {
    /// An executor in a master's or worker's view. Spark: `ExecutorState`.
    ExecutorState {
        /// Ordered, no process yet.
        Launching = "LAUNCHING",
        /// Its process has started.
        Running = "RUNNING",
        /// Killed on request.
        Killed = "KILLED",
        /// Could not be run.
        Failed = "FAILED",
        /// Lost with its worker.
        Lost = "LOST",
        /// Its process ended by itself.
        Exited = "EXITED",
        /// Its worker is being decommissioned.
        Decommissioned = "DECOMMISSIONED",
    }
}

impl ExecutorState {
    /// Whether the executor has ended. DECOMMISSIONED has not.
    /// Spark: `ExecutorState.isFinished`.
    pub const fn is_finished(self) -> bool {
        matches!(
            self,
            Self::Killed | Self::Failed | Self::Lost | Self::Exited
        )
    }
}
