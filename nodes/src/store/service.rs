//! The engine that keeps its records with the election service, where all masters find them.
//! How far that service is, and whether it can be reached, is the world's business.
//! Spark: `ZooKeeperPersistenceEngine`.

use super::{PREFIXES, Remark, Store, StoreCall, StoreFailure, put, record_in};
use deploysim_protocol::event::RecordFate;
use deploysim_protocol::record::{Record, RecordKey, Records};
use deploysim_protocol::text::Text;
use deploysim_protocol::wire;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::Duration;

/// The records as the service has them: nodes of a path, by name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct RecordService {
    records: BTreeMap<String, Vec<u8>>,
}

impl RecordService {
    /// What is there, by name.
    pub const fn records(&self) -> &BTreeMap<String, Vec<u8>> {
        &self.records
    }

    /// As [`Self::records`], to damage it.
    pub const fn records_mut(&mut self) -> &mut BTreeMap<String, Vec<u8>> {
        &mut self.records
    }
}

/// A master's session with the service.
pub trait Session {
    /// One request and its answer: how long the caller was blocked.
    ///
    /// # Errors
    /// If there is no answer. The request has then done nothing.
    fn round_trip(&mut self) -> Result<Duration, Unreachable>;

    /// Puts names into the order in which the service lists them.
    fn order(&mut self, names: &mut [String]);
}

/// Why a request has no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreachable {
    /// How long the caller was blocked until it gave up.
    pub after: Duration,
    /// In the service's own words.
    pub reason: String,
}

/// The engine of one master.
#[derive(Debug)]
pub struct ServiceStore<S> {
    service: Rc<RefCell<RecordService>>,
    session: S,
    path: String,
    took: Duration,
}

impl<S: Session> ServiceStore<S> {
    /// An engine whose records are below `path`, as it is named in messages.
    pub const fn new(service: Rc<RefCell<RecordService>>, session: S, path: String) -> Self {
        Self {
            service,
            session,
            path,
            took: Duration::ZERO,
        }
    }

    fn ask(&mut self) -> Result<(), String> {
        match self.session.round_trip() {
            Ok(took) => {
                self.took += took;
                Ok(())
            }
            Err(Unreachable { after, reason }) => {
                self.took += after;
                Err(reason)
            }
        }
    }

    fn create(&mut self, record: &Record) -> Result<(), String> {
        self.ask()?;
        let name = record.key().to_string();
        let records = &mut self.service.borrow_mut().records;
        if records.contains_key(&name) {
            return Err(self.refusal("NodeExists", &name));
        }
        records.insert(name, wire::encode_record(record));
        Ok(())
    }

    fn delete(&mut self, name: &str) -> Result<(), String> {
        self.ask()?;
        match self.service.borrow_mut().records.remove(name) {
            Some(_) => Ok(()),
            None => Err(self.refusal("NoNode", name)),
        }
    }

    /// Spark: `ZooKeeperPersistenceEngine.read`, which lists the path for each kind of record.
    fn read(&mut self, remarks: &mut Vec<Remark>) -> Result<Records, String> {
        let mut found = Records::default();
        for prefix in PREFIXES {
            self.ask()?;
            let mut names: Vec<String> = self.service.borrow().records.keys().cloned().collect();
            self.session.order(&mut names);
            for name in names.iter().filter(|name| name.starts_with(prefix)) {
                self.ask()?;
                let bytes = self.service.borrow().records.get(name).cloned();
                // Another master may have removed it since it was listed.
                let bytes = bytes.ok_or_else(|| self.refusal("NoNode", name))?;
                match record_in(name, &bytes) {
                    Ok(record) => put(&mut found, record),
                    Err(reason) => {
                        self.delete(name)?;
                        remarks.push(Remark::Unreadable {
                            name: Text::new(name),
                            fate: RecordFate::Deleted,
                            reason: Text::new(&reason),
                        });
                    }
                }
            }
        }
        Ok(found)
    }

    /// Spark: the message of a `KeeperException`.
    fn refusal(&self, code: &str, name: &str) -> String {
        format!("KeeperErrorCode = {code} for {}/{name}", self.path)
    }

    fn call<T>(&mut self, outcome: Result<T, String>) -> StoreCall<T> {
        let outcome = outcome.map_err(|reason| StoreFailure::failed(&reason));
        StoreCall::new(std::mem::take(&mut self.took), outcome)
    }
}

impl<S: Session> Store for ServiceStore<S> {
    fn add(&mut self, record: &Record) -> StoreCall<()> {
        let created = self.create(record);
        self.call(created)
    }

    fn remove(&mut self, key: RecordKey) -> StoreCall<()> {
        let deleted = self.delete(&key.to_string());
        self.call(deleted)
    }

    fn read_all(&mut self) -> StoreCall<Records> {
        let mut remarks = Vec::new();
        let read = self.read(&mut remarks);
        StoreCall {
            remarks,
            ..self.call(read)
        }
    }
}
