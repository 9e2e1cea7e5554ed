//! What a Master's persistence engine can do, and the engines. An engine is called, not told:
//! Spark's are synchronous, take time, and can fail in the middle of a handler. Where an engine
//! keeps its bytes is behind [`Disk`] or [`Session`]; nothing here touches a real file.
//!
//! | Engine | A key that exists | A key that is missing | An unreadable record | Order |
//! |---|---|---|---|---|
//! | [`NoStore`] | nothing | nothing | nothing | nothing |
//! | [`FileStore`] | throws | only remarks | renamed, or throws (S-58) | the disk's |
//! | [`EmbeddedStore`] | overwritten | nothing | throws | by key |
//! | [`ServiceStore`] | throws | throws | deleted | the service's |

mod disk;
#[cfg(feature = "embedded")]
mod embedded;
mod files;
mod service;

pub use disk::{Disk, DiskCall, DiskFailure};
#[cfg(feature = "embedded")]
pub use embedded::EmbeddedStore;
pub use files::FileStore;
pub use service::{RecordService, ServiceStore, Session, Unreachable};

use deploysim_protocol::event::{MasterEvent, RecordFate};
use deploysim_protocol::record::{Record, RecordKey, Records};
use deploysim_protocol::text::Text;
use deploysim_protocol::wire;
use std::time::Duration;

/// A persistence engine as the world offers it. Spark: `PersistenceEngine`.
pub trait Store {
    /// Writes a new record. Spark: `persist`.
    fn add(&mut self, record: &Record) -> StoreCall<()>;
    /// Removes a record. Spark: `unpersist`.
    fn remove(&mut self, key: RecordKey) -> StoreCall<()>;
    /// Reads everything. Spark: `readPersistedData`.
    fn read_all(&mut self) -> StoreCall<Records>;
    /// Whether it keeps anything, so that its calls are worth a note.
    fn keeps_records(&self) -> bool {
        true
    }
}

/// What one call of the store came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreCall<T> {
    /// How long the caller was blocked.
    pub took: Duration,
    /// What the engine only logs, in order.
    pub remarks: Vec<Remark>,
    /// What came of it.
    pub outcome: Result<T, StoreFailure>,
}

impl<T> StoreCall<T> {
    /// A call about which there is nothing to remark.
    pub const fn new(took: Duration, outcome: Result<T, StoreFailure>) -> Self {
        Self {
            took,
            remarks: Vec::new(),
            outcome,
        }
    }
}

/// What an engine only logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Remark {
    /// A record was not removed.
    NotRemoved {
        /// Which one.
        record: RecordKey,
        /// Why.
        reason: Text,
    },
    /// A record could not be read.
    Unreadable {
        /// The name under which it was found.
        name: Text,
        /// What was done with it.
        fate: RecordFate,
        /// What is wrong with it.
        reason: Text,
    },
}

impl From<Remark> for MasterEvent {
    fn from(remark: Remark) -> Self {
        match remark {
            Remark::NotRemoved { record, reason } => Self::RecordNotRemoved { record, reason },
            Remark::Unreadable { name, fate, reason } => {
                Self::RecordUnreadable { name, fate, reason }
            }
        }
    }
}

/// Why a call of the store came to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum StoreFailure {
    /// The engine threw.
    Failed {
        /// In its own words.
        reason: Text,
    },
    /// The Master's process was ended during the call: nothing that it still does has any effect.
    Crashed,
}

impl StoreFailure {
    /// The engine threw, in these words.
    pub fn failed(reason: &str) -> Self {
        Self::Failed {
            reason: Text::new(reason),
        }
    }
}

/// Whether an engine waits until what it has written is safe from a loss of power.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Writes {
    /// It does. What the service keeps is always safe.
    #[default]
    Safe,
    /// It writes as Spark does and leaves the rest to the operating system.
    AsSpark,
}

/// The engine that stores nothing, in no time. Spark: `BlackHolePersistenceEngine`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct NoStore;

impl Store for NoStore {
    fn add(&mut self, _record: &Record) -> StoreCall<()> {
        StoreCall::new(Duration::ZERO, Ok(()))
    }

    fn remove(&mut self, _key: RecordKey) -> StoreCall<()> {
        StoreCall::new(Duration::ZERO, Ok(()))
    }

    fn read_all(&mut self) -> StoreCall<Records> {
        StoreCall::new(Duration::ZERO, Ok(Records::default()))
    }

    fn keeps_records(&self) -> bool {
        false
    }
}

/// What the names of records begin with, in the order in which Spark reads them.
const PREFIXES: [&str; 3] = ["app_", "driver_", "worker_"];

/// Reads the bytes that were found under a name. A record of another name counts as unreadable:
/// Spark would go on with it and fail later.
///
/// # Errors
/// What is wrong with them.
fn record_in(name: &str, bytes: &[u8]) -> Result<Record, String> {
    let record = wire::decode_record(bytes).map_err(|error| error.to_string())?;
    if record.key().to_string() == name {
        Ok(record)
    } else {
        Err(format!("it is the record {}", record.key()))
    }
}

/// Puts a record behind the others of its kind.
fn put(records: &mut Records, record: Record) {
    match record {
        Record::Application(application) => records.applications.push(application),
        Record::Driver(driver) => records.drivers.push(driver),
        Record::Worker(worker) => records.workers.push(worker),
    }
}
