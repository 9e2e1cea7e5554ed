//! What a Master receives: one-way messages and questions.

use crate::address::{Address, Connection, Reference};
use crate::description::{
    ApplicationDescription, DriverDescription, ExecutorDescription, ResourceProfile,
};
use crate::id::{ApplicationId, DriverId, ExecutorId, WorkerId};
use crate::resource::Resources;
use crate::state::{DriverState, ExecutorState};
use crate::text::Text;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// One-way messages to a Master.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ToMaster {
    /// A worker wants to be known. Worker → Master, at start and on reconnecting.
    RegisterWorker(Box<RegisterWorker>),
    /// A connected worker lives. Worker → Master, every heartbeat interval.
    Heartbeat {
        /// Who lives.
        worker_id: WorkerId,
        /// Where to answer.
        worker: Reference,
    },
    /// A submitted driver ended. Worker → Master; the Master also sends it to itself when a
    /// waiting driver is killed.
    DriverStateChanged {
        /// Which driver.
        driver: DriverId,
        /// How it ended.
        state: DriverState,
        /// Why, where there was an exception.
        exception: Option<Arc<str>>,
    },
    /// The answer to `MasterChanged`. Worker → Master.
    WorkerSchedulerStateResponse(Box<WorkerSchedulerStateResponse>),
    /// What a worker runs, right after every accepted registration. Worker → Master.
    WorkerLatestState(Box<WorkerLatestState>),
    /// A worker got its decommission signal. Worker → Master.
    WorkerDecommissioning {
        /// Which worker.
        worker_id: WorkerId,
        /// Where to answer.
        worker: Reference,
    },
    /// An application wants to be known. Driver → Master.
    RegisterApplication {
        /// What it is.
        description: Arc<ApplicationDescription>,
        /// Where to answer.
        driver: Reference,
    },
    /// An application ends. Driver → Master.
    UnregisterApplication {
        /// Which application.
        application: ApplicationId,
    },
    /// The answer to `MasterChanged`. Driver → Master.
    MasterChangeAcknowledged {
        /// Which application.
        application: ApplicationId,
    },
    /// The asynchronous part of `DecommissionWorkersOnHosts`. Master → itself.
    DecommissionWorkers {
        /// Which workers.
        worker_ids: Vec<WorkerId>,
    },
    /// The latch has changed: who leads has to be read anew. Election service → Master.
    LatchChanged,
    /// The Master's election agent says that it leads. Master → itself.
    ElectedLeader,
    /// The Master's election agent says that it leads no more. Master → itself.
    RevokedLeadership,
}

/// Fields of [`ToMaster::RegisterWorker`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RegisterWorker {
    /// Made by the worker at its start.
    pub worker_id: WorkerId,
    /// Host on which the worker listens.
    pub host: Text,
    /// Port on which the worker listens, not 0.
    pub port: u16,
    /// The worker.
    pub worker: Reference,
    /// Cores it offers.
    pub cores: i32,
    /// Memory it offers, in MiB.
    pub memory_mib: i32,
    /// Its web page.
    pub web_ui_url: Text,
    /// The master's address as the worker dialled it.
    pub master_address: Address,
    /// Named resources it offers.
    pub resources: Resources,
}

/// Fields of [`ToMaster::WorkerSchedulerStateResponse`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct WorkerSchedulerStateResponse {
    /// Which worker.
    pub worker_id: WorkerId,
    /// Its executors, each with the addresses it holds.
    pub executors: Vec<(ExecutorDescription, Resources)>,
    /// Its drivers, each with the addresses it holds.
    pub drivers: Vec<(DriverId, Resources)>,
}

/// Fields of [`ToMaster::WorkerLatestState`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct WorkerLatestState {
    /// Which worker.
    pub worker_id: WorkerId,
    /// Its executors.
    pub executors: Vec<ExecutorDescription>,
    /// Its drivers.
    pub drivers: Vec<DriverId>,
}

/// Questions to a Master.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AskMaster {
    /// An executor runs, ended, or could not be launched; answer: true. Worker → Master.
    ExecutorStateChanged(Box<ExecutorStateChanged>),
    /// New totals per profile; answer: whether the application is known. Driver → Master.
    RequestExecutors {
        /// Which application.
        application: ApplicationId,
        /// The total wanted of each profile named; the others keep theirs.
        totals: Vec<(Arc<ResourceProfile>, i32)>,
    },
    /// Kill these executors; answer: whether the application is known. Driver → Master.
    KillExecutors {
        /// Which application.
        application: ApplicationId,
        /// Executor numbers as text; what is not an integer is ignored.
        executors: Vec<Text>,
    },
    /// Run this driver on some worker. Submit client → Master.
    RequestSubmitDriver {
        /// What to run.
        description: Arc<DriverDescription>,
    },
    /// Kill this driver. Submit client → Master.
    RequestKillDriver {
        /// Which driver.
        driver: DriverId,
    },
    /// Kill every driver. Operator → Master.
    RequestKillAllDrivers,
    /// How is this driver? Submit client → Master.
    RequestDriverStatus {
        /// Which driver.
        driver: DriverId,
    },
    /// Forget completed drivers and applications; answer: true. Operator → Master.
    RequestClearCompletedDriversAndApps,
    /// Are you ready? Answer: whether the master is not STANDBY. Operator → Master.
    RequestReadyz,
    /// Everything the master's page shows. Operator → Master.
    RequestMasterState,
    /// Which ports did you get? Starter → Master.
    BoundPortsRequest,
    /// Decommission the workers on these hosts; answer: how many. Operator → Master.
    DecommissionWorkersOnHosts {
        /// Host names, compared without regard to case.
        hosts: Vec<Text>,
    },
}

/// Fields of [`AskMaster::ExecutorStateChanged`], and of the worker's message to itself.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ExecutorStateChanged {
    /// Which executor.
    pub executor: ExecutorId,
    /// Its new state.
    pub state: ExecutorState,
    /// In words, where there is something to say.
    pub message: Option<Arc<str>>,
    /// Its process's exit code, where it had one.
    pub exit_status: Option<i32>,
}

impl ToMaster {
    /// The name of this kind of message, as in Spark.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::RegisterWorker(_) => "RegisterWorker",
            Self::Heartbeat { .. } => "Heartbeat",
            Self::DriverStateChanged { .. } => "DriverStateChanged",
            Self::WorkerSchedulerStateResponse(_) => "WorkerSchedulerStateResponse",
            Self::WorkerLatestState(_) => "WorkerLatestState",
            Self::WorkerDecommissioning { .. } => "WorkerDecommissioning",
            Self::RegisterApplication { .. } => "RegisterApplication",
            Self::UnregisterApplication { .. } => "UnregisterApplication",
            Self::MasterChangeAcknowledged { .. } => "MasterChangeAcknowledged",
            Self::DecommissionWorkers { .. } => "DecommissionWorkers",
            Self::LatchChanged => "LatchChanged",
            Self::ElectedLeader => "ElectedLeader",
            Self::RevokedLeadership => "RevokedLeadership",
        }
    }

    /// Binds the references in this message to the connection on which it came.
    pub fn bind(&mut self, connection: Connection) {
        match self {
            Self::RegisterWorker(message) => message.worker.bind(connection),
            Self::Heartbeat { worker, .. } | Self::WorkerDecommissioning { worker, .. } => {
                worker.bind(connection)
            }
            Self::RegisterApplication { driver, .. } => driver.bind(connection),
            Self::DriverStateChanged { .. }
            | Self::WorkerSchedulerStateResponse(_)
            | Self::WorkerLatestState(_)
            | Self::UnregisterApplication { .. }
            | Self::MasterChangeAcknowledged { .. }
            | Self::DecommissionWorkers { .. }
            | Self::LatchChanged
            | Self::ElectedLeader
            | Self::RevokedLeadership => {}
        }
    }
}

impl AskMaster {
    /// The name of this kind of question, as in Spark.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::ExecutorStateChanged(_) => "ExecutorStateChanged",
            Self::RequestExecutors { .. } => "RequestExecutors",
            Self::KillExecutors { .. } => "KillExecutors",
            Self::RequestSubmitDriver { .. } => "RequestSubmitDriver",
            Self::RequestKillDriver { .. } => "RequestKillDriver",
            Self::RequestKillAllDrivers => "RequestKillAllDrivers",
            Self::RequestDriverStatus { .. } => "RequestDriverStatus",
            Self::RequestClearCompletedDriversAndApps => "RequestClearCompletedDriversAndApps",
            Self::RequestReadyz => "RequestReadyz",
            Self::RequestMasterState => "RequestMasterState",
            Self::BoundPortsRequest => "BoundPortsRequest",
            Self::DecommissionWorkersOnHosts { .. } => "DecommissionWorkersOnHosts",
        }
    }
}
