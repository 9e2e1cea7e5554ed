//! Decommissioning of this worker: a flag that nothing clears. What a master does with a
//! decommissioned worker is in the master's file of the same name. S-26: absent before 3.1.

use super::Worker;
use crate::turn::Turn;
use deploysim_protocol::address::Reference;
use deploysim_protocol::event::{IgnoredOrder, IgnoredReason, WorkerEvent};
use deploysim_protocol::message::ToMaster;

impl Worker {
    /// From here on no executor is started, unless the feature is off or this has happened
    /// already. Drivers are still started (RD-08). Spark: `Worker.decommissionSelf`.
    pub(super) fn decommission(&mut self, turn: &mut Turn<'_, Self>) {
        let reason = match (
            self.settings.shared.conf.decommission_enabled,
            self.decommissioned,
        ) {
            (true, false) => {
                self.decommissioned = true;
                turn.note(WorkerEvent::WorkerDecommissioned);
                return;
            }
            (true, true) => IgnoredReason::Redundant,
            (false, _) => IgnoredReason::Disabled,
        };
        turn.note(WorkerEvent::OrderIgnored {
            order: IgnoredOrder::Decommission,
            reason,
        });
    }

    /// The signal: as the order, and the master is told in every case.
    /// Spark: `Worker.receive`, `WorkerDecommissionSigReceived`.
    pub(super) fn handle_decommission_signal(&mut self, turn: &mut Turn<'_, Self>) {
        self.decommission(turn);
        let message = ToMaster::WorkerDecommissioning {
            worker_id: self.own_id(),
            worker: Reference::unbound(turn.me()),
        };
        self.send_to_master(message, turn);
    }
}
