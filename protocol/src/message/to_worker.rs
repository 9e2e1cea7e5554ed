//! What a Worker receives: one-way messages and questions.

use crate::address::{Address, Connection, Reference};
use crate::description::{DriverDescription, ExecutorOrder};
use crate::id::{ApplicationId, DriverId, ExecutorId};
use crate::message::to_master::ExecutorStateChanged;
use crate::resource::Resources;
use crate::state::DriverState;
use crate::text::Text;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// One-way messages to a Worker.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ToWorker {
    /// Registration accepted, or the worker id is known already. Master → Worker.
    RegisteredWorker(Box<RegisteredWorker>),
    /// Registration refused. Master → Worker.
    RegisterWorkerFailed {
        /// Why.
        message: Arc<str>,
    },
    /// The master is not the leader. Master → Worker.
    MasterInStandby,
    /// A heartbeat came from a worker that is remembered only as DEAD. Master → Worker.
    ReconnectWorker {
        /// The sending master.
        master_url: Address,
    },
    /// Start an executor. Master → Worker.
    LaunchExecutor(Box<LaunchExecutor>),
    /// End an executor. Master → Worker.
    KillExecutor {
        /// The sending master.
        master_url: Address,
        /// Which executor.
        executor: ExecutorId,
    },
    /// Start a driver; carries no master URL. Master → Worker.
    LaunchDriver(Box<LaunchDriver>),
    /// End a driver; carries no master URL. Master → Worker.
    KillDriver {
        /// Which driver.
        driver: DriverId,
    },
    /// An application was removed. Master → every Worker, also DEAD ones.
    ApplicationFinished {
        /// Which application.
        application: ApplicationId,
    },
    /// Leave soon. Master → Worker.
    DecommissionWorker,
    /// There is a new leader. Master → Worker.
    MasterChanged {
        /// The new leader.
        master: Reference,
        /// Its web page.
        master_web_ui_url: Text,
    },
    /// An executor's runner has something to report. Worker → itself.
    ExecutorStateChanged(Box<ExecutorStateChanged>),
    /// A driver's runner ended. Worker → itself.
    DriverStateChanged {
        /// Which driver.
        driver: DriverId,
        /// How it ended.
        state: DriverState,
        /// Why, where there was an exception.
        exception: Option<Arc<str>>,
    },
}

/// Fields of [`ToWorker::RegisteredWorker`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RegisteredWorker {
    /// The master.
    pub master: Reference,
    /// Its web page.
    pub master_web_ui_url: Text,
    /// Echoed from `RegisterWorker`.
    pub master_address: Address,
    /// Whether the worker id was known already.
    pub duplicate: bool,
}

/// Fields of [`ToWorker::LaunchExecutor`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LaunchExecutor {
    /// The sending master.
    pub master_url: Address,
    /// What to start.
    pub order: ExecutorOrder,
}

/// Fields of [`ToWorker::LaunchDriver`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LaunchDriver {
    /// Which driver.
    pub driver: DriverId,
    /// What to start.
    pub description: Arc<DriverDescription>,
    /// Addresses of named resources granted.
    pub resources: Resources,
}

/// Questions to a Worker.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AskWorker {
    /// Everything the worker's page shows. Operator → Worker.
    RequestWorkerState,
}

impl ToWorker {
    /// The name of this kind of message, as in Spark.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::RegisteredWorker(_) => "RegisteredWorker",
            Self::RegisterWorkerFailed { .. } => "RegisterWorkerFailed",
            Self::MasterInStandby => "MasterInStandby",
            Self::ReconnectWorker { .. } => "ReconnectWorker",
            Self::LaunchExecutor(_) => "LaunchExecutor",
            Self::KillExecutor { .. } => "KillExecutor",
            Self::LaunchDriver(_) => "LaunchDriver",
            Self::KillDriver { .. } => "KillDriver",
            Self::ApplicationFinished { .. } => "ApplicationFinished",
            Self::DecommissionWorker => "DecommissionWorker",
            Self::MasterChanged { .. } => "MasterChanged",
            Self::ExecutorStateChanged(_) => "ExecutorStateChanged",
            Self::DriverStateChanged { .. } => "DriverStateChanged",
        }
    }

    /// Binds the references in this message to the connection on which it came.
    pub fn bind(&mut self, connection: Connection) {
        match self {
            Self::RegisteredWorker(message) => message.master.bind(connection),
            Self::MasterChanged { master, .. } => master.bind(connection),
            Self::RegisterWorkerFailed { .. }
            | Self::MasterInStandby
            | Self::ReconnectWorker { .. }
            | Self::LaunchExecutor(_)
            | Self::KillExecutor { .. }
            | Self::LaunchDriver(_)
            | Self::KillDriver { .. }
            | Self::ApplicationFinished { .. }
            | Self::DecommissionWorker
            | Self::ExecutorStateChanged(_)
            | Self::DriverStateChanged { .. } => {}
        }
    }
}

impl AskWorker {
    /// The name of this kind of question, as in Spark.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::RequestWorkerState => "RequestWorkerState",
        }
    }
}
