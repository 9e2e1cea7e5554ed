//! What a handler can throw. Spark's handlers do, half-applied handlers are part of the system
//! under test, and the text travels to whoever asked.

use crate::id::{DriverId, ExecutorId};
use crate::state::{DriverState, ExecutorState};
use crate::text::Text;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A handler ended with an exception.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Thrown {
    /// An executor was reported RUNNING that was not LAUNCHING.
    /// Spark: the `assert` in `Master.receiveAndReply`, `ExecutorStateChanged`.
    IllegalStateTransfer {
        /// The executor.
        executor: ExecutorId,
        /// The state in the master's books.
        from: ExecutorState,
    },
    /// A driver was reported in a state that a worker may not report.
    /// Spark: `Received unexpected state update for driver`.
    UnexpectedDriverState {
        /// The driver.
        driver: DriverId,
        /// The reported state.
        state: DriverState,
    },
    /// The persistence engine failed.
    Store {
        /// The engine's own words.
        reason: Text,
    },
    /// The role has no handler for this kind of message.
    Unhandled {
        /// The kind, as in [`crate::message::Message::kind`].
        kind: Text,
    },
    /// The scheduler backend refuses an executor whose id is registered.
    DuplicateExecutor {
        /// The executor.
        executor: ExecutorId,
    },
    /// The scheduler backend refuses an executor on an excluded host.
    ExecutorExcluded {
        /// The executor.
        executor: ExecutorId,
    },
    /// A request that the receiver calls an error, in its words.
    IllegalArgument {
        /// The receiver's words.
        reason: Text,
    },
}

impl fmt::Display for Thrown {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::IllegalStateTransfer { executor, from } => {
                write!(
                    formatter,
                    "executor {executor} state transfer from {from} to RUNNING is illegal"
                )
            }
            Self::UnexpectedDriverState { driver, state } => {
                write!(
                    formatter,
                    "Received unexpected state update for driver {driver}: {state}"
                )
            }
            Self::Store { reason } | Self::IllegalArgument { reason } => {
                fmt::Display::fmt(reason, formatter)
            }
            Self::Unhandled { kind } => write!(formatter, "no handler for {kind}"),
            Self::DuplicateExecutor { executor } => {
                write!(formatter, "Duplicate executor ID: {}", executor.number)
            }
            Self::ExecutorExcluded { executor } => {
                write!(
                    formatter,
                    "Executor is excluded due to failures: {}",
                    executor.number
                )
            }
        }
    }
}

/// Why an ask has no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AskError {
    /// No answer within the ask's time-out.
    TimedOut,
    /// The connection could not be made, or ended before the answer came.
    Connection,
    /// The other side's handler threw.
    Remote(Thrown),
}

impl fmt::Display for AskError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TimedOut => formatter.write_str("timed out"),
            Self::Connection => formatter.write_str("connection failed"),
            Self::Remote(thrown) => write!(formatter, "remote: {thrown}"),
        }
    }
}
