//! What a Master's persistence engine keeps: one record per worker, application and driver, with
//! the fields that Spark does not mark transient. Engines are elsewhere.

use crate::address::{Address, Reference};
use crate::description::{ApplicationDescription, DriverDescription};
use crate::id::{ApplicationId, DriverId, WorkerId};
use crate::resource::Resources;
use crate::text::Text;
use crate::time::WallTime;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// Where a record is found. Its text is Spark's: `worker_<id>`, `app_<id>`, `driver_<id>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum RecordKey {
    /// An application.
    Application(ApplicationId),
    /// A driver.
    Driver(DriverId),
    /// A worker.
    Worker(WorkerId),
}

impl fmt::Display for RecordKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Application(id) => write!(formatter, "app_{id}"),
            Self::Driver(id) => write!(formatter, "driver_{id}"),
            Self::Worker(id) => write!(formatter, "worker_{id}"),
        }
    }
}

/// A stored worker. Spark: `WorkerInfo` without its transient fields.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct WorkerRecord {
    /// Its id.
    pub id: WorkerId,
    /// Its host and port.
    pub address: Address,
    /// Cores it offers.
    pub cores: i32,
    /// Memory it offers, in MiB.
    pub memory_mib: i32,
    /// The worker, unbound: the master dials for what it reads back.
    pub endpoint: Reference,
    /// Its web page.
    pub web_ui_url: Text,
    /// Named resources it offers.
    pub resources: Resources,
}

/// A stored application. Spark: `ApplicationInfo` without its transient fields.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ApplicationRecord {
    /// When it registered.
    pub start_time: WallTime,
    /// Its id.
    pub id: ApplicationId,
    /// What it is.
    pub description: Arc<ApplicationDescription>,
    /// Its client, unbound.
    pub driver: Reference,
    /// The most cores, where the description names none.
    pub cores_default: i32,
}

/// A stored driver. Spark: `DriverInfo` without its transient fields.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DriverRecord {
    /// When it was submitted.
    pub start_time: WallTime,
    /// Its id.
    pub id: DriverId,
    /// What it is.
    pub description: Arc<DriverDescription>,
}

/// One record.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Record {
    /// A worker.
    Worker(WorkerRecord),
    /// An application.
    Application(ApplicationRecord),
    /// A driver.
    Driver(DriverRecord),
}

impl Record {
    /// Where it is found.
    pub const fn key(&self) -> RecordKey {
        match self {
            Self::Worker(record) => RecordKey::Worker(record.id),
            Self::Application(record) => RecordKey::Application(record.id),
            Self::Driver(record) => RecordKey::Driver(record.id),
        }
    }
}

/// Everything that was read back, each list in the engine's order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Records {
    /// Applications.
    pub applications: Vec<ApplicationRecord>,
    /// Drivers.
    pub drivers: Vec<DriverRecord>,
    /// Workers.
    pub workers: Vec<WorkerRecord>,
}

impl Records {
    /// Whether nothing was read.
    pub const fn is_empty(&self) -> bool {
        self.applications.is_empty() && self.drivers.is_empty() && self.workers.is_empty()
    }
}
