//! The store of all masters: keeps nothing, or keeps records in memory as the file engine does,
//! and fails or loses them when told to.

use deploysim_nodes::store::{Remark, Store, StoreCall, StoreFailure};
use deploysim_protocol::event::RecordFate;
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
    spoilt: Vec<Text>,
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
        StoreCall::new(Duration::ZERO, outcome)
    }

    /// Damages a record, so that the next reading does not find it.
    ///
    /// # Panics
    /// If there is none.
    pub(super) fn spoil(&mut self, id: &str) {
        let is_of = |key: &&RecordKey| key.to_string().ends_with(&format!("_{id}"));
        let found = self.records.keys().find(is_of).copied();
        let found = found.unwrap_or_else(|| panic!("{id} is not stored"));
        self.records.remove(&found);
        self.spoilt.push(Text::new(&found.to_string()));
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
        let mut call = self.outcome(Access::Remove, ());
        if call.outcome.is_ok() && self.records.remove(&key).is_none() && self.keeps {
            call.remarks.push(Remark::NotRemoved {
                record: key,
                reason: Text::new("No such file or directory"),
            });
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
        let unreadable = self.spoilt.drain(..).map(|name| Remark::Unreadable {
            name,
            fate: RecordFate::Renamed,
            reason: Text::new("its checksum is wrong"),
        });
        let remarks = unreadable.collect();
        StoreCall {
            remarks,
            ..self.outcome(Access::Read, found)
        }
    }

    fn keeps_records(&self) -> bool {
        self.keeps
    }
}
