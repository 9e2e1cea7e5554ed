//! What a Master's persistence engine can do. It is called, not told: Spark's engines are
//! synchronous, take time, and can fail in the middle of a handler. Engines are elsewhere.

use deploysim_protocol::record::{Record, RecordKey, Records};
use deploysim_protocol::text::Text;
use std::time::Duration;

/// A persistence engine as the world offers it. Spark: `PersistenceEngine`.
pub trait Store {
    /// Writes a new record. Spark: `persist`.
    fn add(&mut self, record: &Record) -> StoreCall<()>;
    /// Removes a record. Spark: `unpersist`.
    fn remove(&mut self, key: RecordKey) -> StoreCall<()>;
    /// Reads everything. Spark: `readPersistedData`.
    fn read_all(&mut self) -> StoreCall<Records>;
}

/// What one call of the store came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreCall<T> {
    /// How long the caller was blocked.
    pub took: Duration,
    /// What came of it.
    pub outcome: Result<T, StoreFailure>,
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

/// The engine that stores nothing, in no time. Spark: `BlackHolePersistenceEngine`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct NoStore;

impl Store for NoStore {
    fn add(&mut self, _record: &Record) -> StoreCall<()> {
        StoreCall {
            took: Duration::ZERO,
            outcome: Ok(()),
        }
    }

    fn remove(&mut self, _key: RecordKey) -> StoreCall<()> {
        StoreCall {
            took: Duration::ZERO,
            outcome: Ok(()),
        }
    }

    fn read_all(&mut self) -> StoreCall<Records> {
        StoreCall {
            took: Duration::ZERO,
            outcome: Ok(Records::default()),
        }
    }
}
