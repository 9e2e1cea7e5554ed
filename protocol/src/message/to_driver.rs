//! What a Driver receives: its application client's one-way messages, and the question with
//! which an executor registers at its scheduler backend.

use crate::address::{Address, Connection, Reference};
use crate::id::{ApplicationId, ExecutorId, ProfileId, WorkerId};
use crate::resource::Resources;
use crate::state::{ApplicationState, ExecutorState};
use crate::text::Text;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// One-way messages to a Driver's application client.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ToDriver {
    /// Registration accepted. Master → Driver.
    RegisteredApplication {
        /// The id the master gave.
        application: ApplicationId,
        /// The master.
        master: Reference,
    },
    /// An executor was ordered. Master → Driver.
    ExecutorAdded {
        /// Its number within the application.
        number: u32,
        /// On which worker.
        worker_id: WorkerId,
        /// The worker's host and port.
        worker_address: Address,
        /// Cores granted.
        cores: i32,
        /// Memory granted, in MiB.
        memory_mib: i32,
    },
    /// An executor's state changed. Master → Driver.
    ExecutorUpdated(Box<ExecutorUpdated>),
    /// The application was removed with an end state other than FINISHED. Master → Driver.
    ApplicationRemoved {
        /// The end state, whose name is the message.
        state: ApplicationState,
    },
    /// A worker was removed. Master → every active Driver.
    WorkerRemoved {
        /// Which worker.
        worker_id: WorkerId,
        /// Its host.
        host: Text,
        /// Why.
        message: Arc<str>,
    },
    /// There is a new leader. Master → Driver.
    MasterChanged {
        /// The new leader.
        master: Reference,
        /// Its web page.
        master_web_ui_url: Text,
    },
}

/// Fields of [`ToDriver::ExecutorUpdated`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ExecutorUpdated {
    /// The executor's number within the application.
    pub number: u32,
    /// Its new state.
    pub state: ExecutorState,
    /// In words, where there is something to say.
    pub message: Option<Arc<str>>,
    /// Its process's exit code, where it had one.
    pub exit_status: Option<i32>,
    /// The worker's host, where the whole worker is lost or decommissioned.
    pub worker_host: Option<Text>,
}

/// Questions to a Driver's scheduler backend.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AskDriver {
    /// An executor's process wants to work; answer: true, or a refusal thrown.
    /// Executor → Driver.
    RegisterExecutor(Box<RegisterExecutor>),
}

/// Fields of [`AskDriver::RegisterExecutor`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RegisterExecutor {
    /// Which executor.
    pub executor: ExecutorId,
    /// Its process.
    pub reference: Reference,
    /// The host it runs on.
    pub host: Text,
    /// Its cores.
    pub cores: i32,
    /// Addresses of named resources it holds.
    pub resources: Resources,
    /// Of which profile.
    pub profile: ProfileId,
}

impl ToDriver {
    /// The name of this kind of message, as in Spark.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::RegisteredApplication { .. } => "RegisteredApplication",
            Self::ExecutorAdded { .. } => "ExecutorAdded",
            Self::ExecutorUpdated(_) => "ExecutorUpdated",
            Self::ApplicationRemoved { .. } => "ApplicationRemoved",
            Self::WorkerRemoved { .. } => "WorkerRemoved",
            Self::MasterChanged { .. } => "MasterChanged",
        }
    }

    /// Binds the references in this message to the connection on which it came.
    pub fn bind(&mut self, connection: Connection) {
        match self {
            Self::RegisteredApplication { master, .. } | Self::MasterChanged { master, .. } => {
                master.bind(connection)
            }
            Self::ExecutorAdded { .. }
            | Self::ExecutorUpdated(_)
            | Self::ApplicationRemoved { .. }
            | Self::WorkerRemoved { .. } => {}
        }
    }
}

impl AskDriver {
    /// The name of this kind of question, as in Spark.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::RegisterExecutor(_) => "RegisterExecutor",
        }
    }

    /// Binds the references in this question to the connection on which it came.
    pub fn bind(&mut self, connection: Connection) {
        match self {
            Self::RegisterExecutor(ask) => ask.reference.bind(connection),
        }
    }
}
