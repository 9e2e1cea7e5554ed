//! Child processes as a Worker sees them: what it starts, and how that ends. How a process
//! behaves is the world's business.

use deploysim_protocol::address::Address;
use deploysim_protocol::description::{DriverDescription, ExecutorOrder};
use deploysim_protocol::id::DriverId;
use deploysim_protocol::resource::Resources;
use deploysim_protocol::text::Text;
use std::fmt;
use std::sync::Arc;

/// A child of one worker process; never given out again by that process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProcessId(pub u32);

/// A child to be started.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Process {
    /// The number by which its parent will know it.
    pub id: ProcessId,
    /// What it is.
    pub program: Program,
}

/// What a worker runs.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Program {
    /// A submitted driver. Spark: the process of `DriverRunner`.
    Driver(Box<DriverProgram>),
    /// An executor. Spark: the process of `ExecutorRunner`.
    Executor(Box<ExecutorProgram>),
}

/// Fields of [`Program::Driver`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DriverProgram {
    /// Which driver.
    pub driver: DriverId,
    /// What it is.
    pub description: Arc<DriverDescription>,
    /// Addresses of named resources that it holds.
    pub resources: Resources,
    /// The worker that it watches.
    pub worker: Address,
    /// 1 for the first process of this driver on this worker.
    pub attempt: u32,
}

/// Fields of [`Program::Executor`].
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ExecutorProgram {
    /// What it is.
    pub order: ExecutorOrder,
    /// The worker that it watches.
    pub worker: Address,
}

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Exit {
    /// With this code: the program's own, 143 after a polite signal, 137 after a forced one.
    Code(i32),
    /// It was never made.
    NotStarted {
        /// Why, in the system's words.
        reason: Text,
    },
}

impl fmt::Display for Exit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code(code) => write!(formatter, "exit code {code}"),
            Self::NotStarted { reason } => write!(formatter, "not started: {reason}"),
        }
    }
}
