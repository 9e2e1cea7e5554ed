//! The control plane: what its messages, passes and mistakes count to.

use super::value::{Total, Unit, Value};
use crate::ledger::Ledger;
use crate::trace::NodeId;
use deploysim_protocol::event::{MasterEvent, RemovalReason};
use deploysim_protocol::state::ExecutorState;

/// Counts of the control plane.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Control {
    /// Messages, questions and answers that nodes handled.
    pub(super) handled: u64,
    passes: u64,
    useful_passes: u64,
    drivers_placed: u64,
    executors_placed: u64,
    workers_removed: u64,
    false_removals: u64,
    executors_lost: u64,
}

impl Control {
    /// A master noted something, and the ledger knows it already.
    pub(super) fn note(&mut self, master: NodeId, event: &MasterEvent, ledger: &Ledger) {
        if let MasterEvent::ScheduleEnded { drivers, executors } = *event {
            self.passes += 1;
            self.useful_passes += u64::from(drivers + executors > 0);
            self.drivers_placed += u64::from(drivers);
            self.executors_placed += u64::from(executors);
        } else if let MasterEvent::WorkerRemoved { worker, reason, .. } = *event {
            self.workers_removed += 1;
            let books = ledger.books(master);
            let is_false = reason == RemovalReason::Silent
                && books
                    .and_then(|books| books.worker(worker))
                    .is_some_and(|record| ledger.is_living_worker(record));
            self.false_removals += u64::from(is_false);
        } else if let MasterEvent::ExecutorStateChanged { state, .. } = *event
            && state == ExecutorState::Lost
        {
            self.executors_lost += 1;
        }
    }

    /// The counts.
    pub(super) fn totals(&self) -> Vec<Total> {
        let counts = [
            ("messages_handled", self.handled, "messages"),
            ("passes", self.passes, "passes"),
            ("passes_useful", self.useful_passes, "passes"),
            ("drivers_placed", self.drivers_placed, "drivers"),
            ("executors_placed", self.executors_placed, "executors"),
            ("workers_removed", self.workers_removed, "workers"),
            ("workers_removed_falsely", self.false_removals, "workers"),
            ("executors_lost", self.executors_lost, "executors"),
        ];
        let total = |(name, count, things): (_, u64, _)| Total {
            name,
            value: Some(Value::Integer(count.into())),
            unit: Unit::Of(things),
        };
        counts.into_iter().map(total).collect()
    }
}
