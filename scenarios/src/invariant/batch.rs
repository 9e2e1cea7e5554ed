//! One turn of a master: what it touched, to be looked at when the turn is over. A turn's notes
//! and what it sends come in one piece.

use crate::ledger::ExecutorKey;
use crate::trace::{Entry, Fact, NodeId};
use deploysim_protocol::event::{ApplicationSlot, DriverSlot, WorkerSlot};
use deploysim_protocol::time::Time;

/// What the turn under way touched.
#[derive(Clone, Debug, Default)]
pub(super) struct Batch {
    pub(super) master: Option<NodeId>,
    pub(super) at: Time,
    pub(super) workers: Vec<WorkerSlot>,
    pub(super) applications: Vec<ApplicationSlot>,
    /// Applications of which abnormal ends were counted.
    pub(super) counted: Vec<ApplicationSlot>,
    pub(super) executors: Vec<ExecutorKey>,
    pub(super) drivers: Vec<DriverSlot>,
    /// Whether totals were asked for.
    pub(super) has_totals: bool,
    /// Whether who leads may have changed.
    pub(super) leads: bool,
}

impl Batch {
    /// Whether the turn under way is over with this entry: another node's, or one that does not
    /// belong to a turn.
    pub(super) fn is_over(&self, entry: &Entry<'_>) -> bool {
        self.master.is_some_and(|master| {
            entry.node != master || !matches!(entry.fact, Fact::Note(_) | Fact::Sent { .. })
        })
    }

    /// Whether no turn is under way.
    pub(super) const fn is_empty(&self) -> bool {
        self.master.is_none()
    }

    /// The turn of a master goes on.
    pub(super) fn of(&mut self, master: NodeId, at: Time) -> &mut Self {
        self.master = Some(master);
        self.at = at;
        self
    }

    /// Takes what was touched, each once, in order.
    pub(super) fn take(&mut self) -> Self {
        let mut taken = std::mem::take(self);
        taken.workers.sort_unstable();
        taken.workers.dedup();
        taken.applications.sort_unstable();
        taken.applications.dedup();
        taken.counted.sort_unstable();
        taken.counted.dedup();
        taken.executors.sort_unstable();
        taken.executors.dedup();
        taken.drivers.sort_unstable();
        taken.drivers.dedup();
        taken
    }
}
