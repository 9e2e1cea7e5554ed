//! What a master's notes of recoveries and of its store mean to the checkers.

use super::{Invariants, leadership};
use crate::ledger::{Books, Ledger};
use crate::trace::NodeId;
use deploysim_protocol::event::{MasterEvent, StoreAccess};
use deploysim_protocol::state::MasterState;
use deploysim_protocol::time::Time;

impl Invariants {
    /// A recovery goes on, or its consequences show.
    pub(super) fn read_recovery(
        &mut self,
        node: NodeId,
        at: Time,
        event: &MasterEvent,
        books: &Books,
        ledger: &Ledger,
    ) {
        let finding = if let MasterEvent::RecoveryBegan {
            applications,
            drivers,
            ..
        } = *event
        {
            self.identities.recovers(node, applications, drivers);
            self.failover.begins(node);
            None
        } else if let MasterEvent::UnknownExecutorKilled { executor, .. } = *event {
            self.failover.kills(node, &executor)
        } else if let MasterEvent::UnknownDriverKilled { id, .. } = *event {
            self.watch.noticed(node, id);
            self.failover.kills_driver(node, id)
        } else if let MasterEvent::DriverUnknown { id } = *event {
            // A worker's answer in a recovery names a driver of which there is no record (ND-02).
            if books.state() == MasterState::Recovering {
                self.watch.passed_over(node, id);
            }
            None
        } else {
            self.failover.completes(node);
            self.leadership.completed(node, ledger)
        };
        self.find(at, finding.map(|finding| finding.at(node)), ledger);
    }

    /// A master called its store.
    pub(super) fn read_store(&mut self, node: NodeId, at: Time, event: &MasterEvent) {
        // The turn is looked at when it is over: what is stored is not always entered before.
        self.batch.of(node, at);
        if let MasterEvent::RecordStored { record } = *event {
            self.stored.added(node, record);
        } else if let MasterEvent::RecordRemoved { record } = *event {
            self.stored.removed(node, record);
        } else if let MasterEvent::RecordsRead {
            applications,
            drivers,
            workers,
        } = *event
        {
            self.stored.was_read(node, [applications, drivers, workers]);
        } else if let MasterEvent::StoreFailed { call, reason } = *event {
            self.leadership.store_failed(node, call);
            self.notices.store_failed(node);
            if call == StoreAccess::Remove {
                self.stored.refuses(node);
                self.demand.freed(node, leadership::refusal(reason));
            }
        }
    }
}
