//! What follows from a master's state documents: each is compared with the one before, and the
//! difference is told as the notes of which it must be the sum. A note that no document gives away
//! (why a worker was removed, for instance) is not told.

use super::documents::{Document, DriverRow, WorkerRow};
use deploysim_protocol::address::Address;
use deploysim_protocol::event::{DriverSlot, MasterEvent, WorkerSlot};
use deploysim_protocol::id::{DriverId, WorkerId};
use deploysim_protocol::state::{DriverState, MasterState, StateError, WorkerState};
use std::collections::{BTreeMap, BTreeSet};

/// What a document tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Told {
    /// The master was asked to run the driver of this name, which it will add next.
    Submitted(String),
    /// The master's books changed.
    Changed(MasterEvent),
    /// A driver has this id.
    Named {
        /// The scenario's name of it.
        name: String,
        /// The id.
        id: String,
    },
}

/// What one master's documents have told so far, from its start on.
#[derive(Clone, Debug, Default)]
pub(super) struct Reading {
    state: Option<MasterState>,
    workers: BTreeMap<String, KnownWorker>,
    drivers: BTreeMap<String, KnownDriver>,
    /// Slots given out. A record keeps its own.
    workers_seen: u32,
    drivers_seen: u32,
}

#[derive(Clone, Copy, Debug)]
struct KnownWorker {
    slot: WorkerSlot,
    state: WorkerState,
}

#[derive(Clone, Debug)]
struct KnownDriver {
    slot: DriverSlot,
    name: String,
    state: DriverState,
    worker: Option<WorkerSlot>,
    is_completed: bool,
    /// Whether another one goes on in its place.
    is_succeeded: bool,
}

impl Reading {
    /// What a document tells beyond those before it. `ids` are those of all drivers that any
    /// master has shown.
    ///
    /// # Errors
    /// If it has a state that there is not.
    pub(super) fn read(
        &mut self,
        document: &Document,
        ids: &mut BTreeSet<String>,
    ) -> Result<Vec<Told>, StateError> {
        let mut told = Vec::new();
        let state = document.status.parse()?;
        if self.state != Some(state) {
            self.state = Some(state);
            told.push(MasterEvent::MasterStateChanged { state }.into());
        }
        self.forget(document, &mut told);
        for row in &document.workers {
            self.read_worker(row, &mut told)?;
        }
        let completed = document.completed_drivers.iter().map(|row| (row, true));
        let active = document.active_drivers.iter().map(|row| (row, false));
        let mut drivers: Vec<_> = completed.chain(active).collect();
        // Ids rise: who is relaunched comes before who goes on in its place.
        drivers.sort_by(|(one, _), (other, _)| one.id.cmp(&other.id));
        for (row, is_completed) in drivers {
            if !self.drivers.contains_key(&row.id) {
                self.add_driver(row, ids, &mut told);
            }
            self.read_driver(row, is_completed, &mut told)?;
        }
        Ok(told)
    }

    /// Whatever the document does not list any more.
    fn forget(&mut self, document: &Document, told: &mut Vec<Told>) {
        let rows = &document.workers;
        self.workers.retain(|id, worker| {
            let is_listed = rows.iter().any(|row| row.id == *id);
            if !is_listed {
                let worker = worker.slot;
                told.push(MasterEvent::WorkerForgotten { worker }.into());
            }
            is_listed
        });
        let rows = (document.active_drivers.iter()).chain(&document.completed_drivers);
        let listed: BTreeSet<&str> = rows.map(|row| row.id.as_str()).collect();
        self.drivers.retain(|id, driver| {
            let is_listed = listed.contains(id.as_str());
            if !is_listed {
                let driver = driver.slot;
                told.push(MasterEvent::DriverForgotten { driver }.into());
            }
            is_listed
        });
    }

    fn read_worker(&mut self, row: &WorkerRow, told: &mut Vec<Told>) -> Result<(), StateError> {
        let state = row.state.parse()?;
        let seen = &mut self.workers_seen;
        let known = self.workers.entry(row.id.clone()).or_insert_with(|| {
            let worker = WorkerSlot(*seen);
            *seen += 1;
            let added = MasterEvent::WorkerAdded {
                worker,
                id: WorkerId::new(&row.id),
                address: Address::new(&row.host, row.port),
                cores: row.cores,
                memory_mib: row.memory_mib,
            };
            told.push(added.into());
            let state = WorkerState::Alive;
            KnownWorker {
                slot: worker,
                state,
            }
        });
        if known.state != state {
            known.state = state;
            let worker = known.slot;
            told.push(MasterEvent::WorkerStateChanged { worker, state }.into());
        }
        Ok(())
    }

    fn add_driver(&mut self, row: &DriverRow, ids: &mut BTreeSet<String>, told: &mut Vec<Told>) {
        let is_new = ids.insert(row.id.clone());
        let slot = DriverSlot(self.drivers_seen);
        self.drivers_seen += 1;
        let mut before = self.drivers.values_mut();
        let former = before.find(|driver| {
            is_new
                && driver.name == row.name
                && driver.state == DriverState::Relaunching
                && !driver.is_succeeded
        });
        if is_new && former.is_none() {
            told.push(Told::Submitted(row.name.clone()));
        }
        let added = MasterEvent::DriverAdded {
            driver: slot,
            id: DriverId::new(&row.id),
            cores: row.cores,
            memory_mib: row.memory_mib,
            // No document says it, and no expectation asks.
            supervise: false,
        };
        told.push(added.into());
        if let Some(former) = former {
            former.is_succeeded = true;
            let (old, new) = (former.slot, slot);
            told.push(MasterEvent::DriverRelaunched { old, new }.into());
        }
        told.push(Told::Named {
            name: row.name.clone(),
            id: row.id.clone(),
        });
        let driver = KnownDriver {
            slot,
            name: row.name.clone(),
            state: DriverState::Submitted,
            worker: None,
            is_completed: false,
            is_succeeded: false,
        };
        self.drivers.insert(row.id.clone(), driver);
    }

    fn read_driver(
        &mut self,
        row: &DriverRow,
        is_completed: bool,
        told: &mut Vec<Told>,
    ) -> Result<(), StateError> {
        let state = row.state.parse()?;
        let Some(known) = self.drivers.get_mut(&row.id) else {
            return Ok(());
        };
        let driver = known.slot;
        // A completed driver still names its worker, whose cores it has left.
        let worker = self.workers.get(&row.worker).filter(|_| !is_completed);
        let worker = worker.map(|worker| worker.slot);
        if known.worker != worker {
            let left = known
                .worker
                .map(|worker| MasterEvent::DriverLeftWorker { driver, worker });
            let placed = worker.map(|worker| MasterEvent::DriverPlaced { driver, worker });
            told.extend(left.into_iter().chain(placed).map(Told::from));
            known.worker = worker;
        }
        if is_completed && !known.is_completed {
            known.is_completed = true;
            told.push(MasterEvent::DriverRemoved { driver, state }.into());
        }
        if known.state != state {
            known.state = state;
            told.push(MasterEvent::DriverStateChanged { driver, state }.into());
        }
        Ok(())
    }
}

impl From<MasterEvent> for Told {
    fn from(event: MasterEvent) -> Self {
        Self::Changed(event)
    }
}

#[cfg(test)]
mod tests;
