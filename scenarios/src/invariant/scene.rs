//! What a judge of obligations looks at, and the few questions that several of them ask.

use super::bounds::Bounds;
use super::calm::Calm;
use super::drivers::Drivers;
use super::shapes::Shapes;
use super::stored::Stored;
use super::watch::{ChildFacts, Watch};
use crate::ledger::{ApplicationRecord, Books, Kept, Ledger, WorkerRecord, WorkerTables};
use crate::trace::{Child, NodeId};
use deploysim_protocol::event::WorkerSlot;
use deploysim_protocol::id::ApplicationId;
use deploysim_protocol::state::WorkerState;
use std::time::Duration;

/// Everything that is known, to be read.
#[derive(Clone, Copy)]
pub(super) struct Scene<'a> {
    pub(super) ledger: &'a Ledger,
    pub(super) watch: &'a Watch,
    pub(super) bounds: &'a Bounds,
    pub(super) calm: &'a Calm,
    pub(super) shapes: &'a Shapes,
    pub(super) stored: &'a Stored,
    pub(super) drivers: &'a Drivers,
}

impl<'a> Scene<'a> {
    /// The books of this master, if it is the leader.
    pub(super) fn leading(&self, master: NodeId) -> Option<&'a Books> {
        if self.ledger.leader() == Some(master) {
            self.ledger.books(master)
        } else {
            None
        }
    }

    /// The tables of a worker whose process lives.
    pub(super) fn living_worker(&self, node: NodeId) -> Option<&'a WorkerTables> {
        let tables = self.ledger.worker(node)?;
        (self.ledger.is_alive(node) && tables.id.is_some()).then_some(tables)
    }

    /// The leader's record of a worker's process as it is, also as DEAD.
    pub(super) fn record(&self, worker: NodeId) -> Option<(WorkerSlot, &'a WorkerRecord)> {
        let id = self.ledger.worker(worker)?.id?;
        self.ledger.leader_books()?.worker_by_id(id)
    }

    /// The process of a worker in the books, if it lives and is still the one with that id.
    pub(super) fn living_process(
        &self,
        record: &WorkerRecord,
    ) -> Option<(NodeId, &'a WorkerTables)> {
        let node = record.node?;
        let tables = self.living_worker(node)?;
        (tables.id == Some(record.id)).then_some((node, tables))
    }

    /// The leader's application of this id, if it has not ended.
    pub(super) fn active(&self, id: ApplicationId) -> Option<&'a ApplicationRecord> {
        let (_, record) = self.ledger.leader_books()?.application_by_id(id)?;
        (record.kept == Kept::Active).then_some(record)
    }

    /// Whether the leader books a child on its worker, and that worker is not DEAD.
    pub(super) fn is_booked(&self, facts: &ChildFacts) -> bool {
        let booked = || {
            let (slot, worker) = self.record(facts.parent?)?;
            if worker.state == WorkerState::Dead {
                return None;
            }
            let books = self.ledger.leader_books()?;
            let on = match facts.child {
                Child::Driver(id) => books.driver_by_id(id)?.1.worker,
                Child::Executor(id) => {
                    let (_, application) = books.application_by_id(id.application)?;
                    let executor = application.executors.get(&id.number)?;
                    executor.in_worker.then_some(executor.worker)
                }
            };
            (on == Some(slot)).then_some(())
        };
        booked().is_some()
    }

    /// How long a report about an executor may be repeated, where faults may have hit one.
    pub(super) fn repeated(&self) -> Duration {
        if self.calm.was_troubled() {
            self.bounds.ask + 2 * self.bounds.delay
        } else {
            Duration::ZERO
        }
    }

    /// A kill takes effect: at once where the order cannot have been held up, else when the
    /// worker is back.
    pub(super) fn cleared(&self) -> Duration {
        if self.calm.was_troubled() {
            self.bounds.ghost
        } else {
            self.bounds.delay + self.bounds.kill
        }
    }
}

/// What a child is called in sentences.
pub(super) fn called(child: Child) -> String {
    match child {
        Child::Driver(id) => format!("driver {id}"),
        Child::Executor(id) => format!("executor {id}"),
    }
}

/// The id of a child, as evidence names it.
pub(super) fn id_of(child: Child) -> String {
    match child {
        Child::Driver(id) => id.to_string(),
        Child::Executor(id) => id.to_string(),
    }
}
