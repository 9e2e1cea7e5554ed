//! What comes back to those who ask a Master or a Worker: the answers of the submission
//! protocol and of the state pages.

use crate::address::{Address, Connection, Reference};
use crate::description::ApplicationDescription;
use crate::id::{ApplicationId, DriverId, ExecutorId, SessionId, WorkerId};
use crate::message::to_election::LatchResponse;
use crate::resource::{ResourceRequirement, Resources};
use crate::state::{ApplicationState, DriverState, ExecutorState, MasterState, WorkerState};
use crate::text::Text;
use crate::time::WallTime;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// How every refusal of a master that does not lead begins; clients recognise one by it.
/// Spark: `Utils.BACKUP_STANDALONE_MASTER_PREFIX`.
pub const BACKUP_STANDALONE_MASTER_PREFIX: &str = "Current state is not alive";

/// Answer to `RequestSubmitDriver`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SubmitDriverResponse {
    /// The answering master.
    pub master: Reference,
    /// Whether the driver was queued.
    pub success: bool,
    /// Its id, where it was.
    pub driver: Option<DriverId>,
    /// In words.
    pub message: Arc<str>,
}

/// Answer to `RequestKillDriver`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct KillDriverResponse {
    /// The answering master.
    pub master: Reference,
    /// Which driver.
    pub driver: DriverId,
    /// Whether the request was passed on.
    pub success: bool,
    /// In words.
    pub message: Arc<str>,
}

/// Answer to `RequestKillAllDrivers`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct KillAllDriversResponse {
    /// The answering master.
    pub master: Reference,
    /// Whether the requests were passed on.
    pub success: bool,
    /// In words.
    pub message: Arc<str>,
}

/// Answer to `RequestDriverStatus`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DriverStatusResponse {
    /// Whether the driver is known.
    pub found: bool,
    /// Its state.
    pub state: Option<DriverState>,
    /// Its worker.
    pub worker_id: Option<WorkerId>,
    /// Its worker's host and port.
    pub worker_address: Option<Address>,
    /// What went wrong, also why a master that does not lead refuses.
    pub exception: Option<Arc<str>>,
}

/// Answer to `BoundPortsRequest`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct BoundPortsResponse {
    /// Port of the protocol.
    pub rpc_endpoint_port: u16,
    /// Port of the web page.
    pub web_ui_port: u16,
    /// Port of the REST gateway, where it is on.
    pub rest_port: Option<u16>,
}

/// Answer to `RequestMasterState`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MasterStateResponse {
    /// Where the master listens.
    pub address: Address,
    /// Port of the REST gateway, where it is on.
    pub rest_port: Option<u16>,
    /// Every worker it remembers, also DEAD ones.
    pub workers: Vec<WorkerReport>,
    /// Applications that are not removed.
    pub active_applications: Vec<ApplicationReport>,
    /// Applications that were removed, oldest first.
    pub completed_applications: Vec<ApplicationReport>,
    /// Drivers that have not ended.
    pub active_drivers: Vec<DriverReport>,
    /// Drivers that have ended, oldest first.
    pub completed_drivers: Vec<DriverReport>,
    /// What the master is doing.
    pub status: MasterState,
}

/// A worker as a master's page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct WorkerReport {
    /// Its id.
    pub worker_id: WorkerId,
    /// Its host and port.
    pub address: Address,
    /// Its web page.
    pub web_ui_url: Text,
    /// Cores it offers.
    pub cores: i32,
    /// Cores in use.
    pub cores_used: i32,
    /// Memory it offers, in MiB.
    pub memory_mib: i32,
    /// Memory in use, in MiB.
    pub memory_used_mib: i32,
    /// Named resources it offers.
    pub resources: Resources,
    /// Named resources in use.
    pub resources_used: Resources,
    /// Its state.
    pub state: WorkerState,
    /// When it was last heard of.
    pub last_heartbeat: WallTime,
}

/// An application as a master's page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ApplicationReport {
    /// Its id.
    pub application: ApplicationId,
    /// When it registered.
    pub start_time: WallTime,
    /// What it is.
    pub description: Arc<ApplicationDescription>,
    /// Cores granted.
    pub cores_granted: i32,
    /// Sum of the targets of its profiles.
    pub executor_limit: i32,
    /// Its state.
    pub state: ApplicationState,
    /// When it was removed.
    pub end_time: Option<WallTime>,
    /// Its executors, by number: number, worker, cores, memory in MiB, state.
    pub executors: Vec<ExecutorReport>,
}

/// An executor as a master's or worker's page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ExecutorReport {
    /// Which executor.
    pub executor: ExecutorId,
    /// Its worker.
    pub worker_id: WorkerId,
    /// Cores granted.
    pub cores: i32,
    /// Memory granted, in MiB.
    pub memory_mib: i32,
    /// Addresses of named resources it holds.
    pub resources: Resources,
    /// Its application.
    pub description: Arc<ApplicationDescription>,
    /// Its state.
    pub state: ExecutorState,
}

/// A driver as a master's or worker's page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DriverReport {
    /// Its id.
    pub driver: DriverId,
    /// When it was submitted.
    pub start_time: WallTime,
    /// Its state.
    pub state: DriverState,
    /// Cores.
    pub cores: i32,
    /// Memory, in MiB.
    pub memory_mib: i32,
    /// Named resources it asks for.
    pub requirements: Vec<ResourceRequirement>,
    /// Addresses of named resources it holds.
    pub resources: Resources,
    /// Its worker.
    pub worker_id: Option<WorkerId>,
    /// Third argument of its command: the user's main class.
    pub main_class: Option<Text>,
}

/// Answer to `RequestWorkerState`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct WorkerStateResponse {
    /// Where the worker listens.
    pub address: Address,
    /// Its id.
    pub worker_id: WorkerId,
    /// Executors that have not ended.
    pub executors: Vec<ExecutorReport>,
    /// Executors that have ended, oldest first.
    pub finished_executors: Vec<ExecutorReport>,
    /// Drivers that have not ended.
    pub drivers: Vec<DriverReport>,
    /// Drivers that have ended, oldest first.
    pub finished_drivers: Vec<DriverReport>,
    /// The master it follows.
    pub master_url: Option<Address>,
    /// Cores it offers.
    pub cores: i32,
    /// Memory it offers, in MiB.
    pub memory_mib: i32,
    /// Cores in use.
    pub cores_used: i32,
    /// Memory in use, in MiB.
    pub memory_used_mib: i32,
    /// That master's web page.
    pub master_web_ui_url: Option<Text>,
    /// Named resources it offers.
    pub resources: Resources,
    /// Named resources in use.
    pub resources_used: Resources,
}

/// Any answer to a question.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Answer {
    /// Yes or no.
    Flag(bool),
    /// How many.
    Count(u32),
    /// To `RequestSubmitDriver`.
    SubmitDriver(Box<SubmitDriverResponse>),
    /// To `RequestKillDriver`.
    KillDriver(Box<KillDriverResponse>),
    /// To `RequestKillAllDrivers`.
    KillAllDrivers(Box<KillAllDriversResponse>),
    /// To `RequestDriverStatus`.
    DriverStatus(Box<DriverStatusResponse>),
    /// To `BoundPortsRequest`.
    BoundPorts(BoundPortsResponse),
    /// To `RequestMasterState`.
    MasterState(Box<MasterStateResponse>),
    /// To `RequestWorkerState`.
    WorkerState(Box<WorkerStateResponse>),
    /// To `OpenSession`: the session; none if it has expired.
    Session(Option<SessionId>),
    /// To `EnterLatch` and `ReadLatch`.
    Latch(LatchResponse),
}

impl Answer {
    /// The name of this kind of answer, as in Spark where it has one.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Flag(_) => "Boolean",
            Self::Count(_) => "Integer",
            Self::SubmitDriver(_) => "SubmitDriverResponse",
            Self::KillDriver(_) => "KillDriverResponse",
            Self::KillAllDrivers(_) => "KillAllDriversResponse",
            Self::DriverStatus(_) => "DriverStatusResponse",
            Self::BoundPorts(_) => "BoundPortsResponse",
            Self::MasterState(_) => "MasterStateResponse",
            Self::WorkerState(_) => "WorkerStateResponse",
            Self::Session(_) => "SessionResponse",
            Self::Latch(_) => "LatchResponse",
        }
    }

    /// Binds the references in this answer to the connection on which it came.
    pub fn bind(&mut self, connection: Connection) {
        match self {
            Self::SubmitDriver(answer) => answer.master.bind(connection),
            Self::KillDriver(answer) => answer.master.bind(connection),
            Self::KillAllDrivers(answer) => answer.master.bind(connection),
            Self::Flag(_)
            | Self::Count(_)
            | Self::DriverStatus(_)
            | Self::BoundPorts(_)
            | Self::MasterState(_)
            | Self::WorkerState(_)
            | Self::Session(_)
            | Self::Latch(_) => {}
        }
    }
}
