//! The store of all masters: keeps nothing, or keeps records in memory, and fails when told to.

use deploysim_nodes::store::{Store, StoreCall, StoreFailure};
use deploysim_protocol::record::{Record, RecordKey, Records};
use deploysim_protocol::text::Text;
use std::collections::BTreeMap;
use std::time::Duration;

/// A call of the store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    Add,
    Remove,
    Read,
}

/// One store, which masters share as they share a disk.
#[derive(Default)]
pub(super) struct MemoryStore {
    /// Whether it keeps anything. Recovery mode NONE keeps nothing.
    pub(super) keeps: bool,
    /// The call that fails next.
    pub(super) fails: Option<Access>,
    records: BTreeMap<RecordKey, Record>,
}

impl MemoryStore {
    fn outcome<T>(&mut self, access: Access, value: T) -> StoreCall<T> {
        let outcome = if self.fails == Some(access) {
            self.fails = None;
            Err(StoreFailure::Failed {
                reason: Text::new("java.io.IOException: No space left on device"),
            })
        } else {
            Ok(value)
        };
        StoreCall {
            took: Duration::ZERO,
            outcome,
        }
    }

    /// What is in it, by key.
    pub(super) fn keys(&self) -> impl Iterator<Item = String> {
        self.records.keys().map(ToString::to_string)
    }
}

impl Store for MemoryStore {
    fn add(&mut self, record: &Record) -> StoreCall<()> {
        let call = self.outcome(Access::Add, ());
        if self.keeps && call.outcome.is_ok() {
            self.records.insert(record.key(), record.clone());
        }
        call
    }

    fn remove(&mut self, key: RecordKey) -> StoreCall<()> {
        let call = self.outcome(Access::Remove, ());
        if call.outcome.is_ok() {
            self.records.remove(&key);
        }
        call
    }

    fn read_all(&mut self) -> StoreCall<Records> {
        let mut found = Records::default();
        for record in self.records.values().cloned() {
            match record {
                Record::Worker(worker) => found.workers.push(worker),
                Record::Application(application) => found.applications.push(application),
                Record::Driver(driver) => found.drivers.push(driver),
            }
        }
        self.outcome(Access::Read, found)
    }
}
