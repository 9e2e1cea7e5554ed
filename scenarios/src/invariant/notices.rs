//! INV-A6: whom a master tells of the workers that it removes. Where the store takes time, a turn
//! comes in pieces with entries of others between them; what is still to be told is kept until the
//! master handles the next thing.

use super::violation::Finding;
use crate::ledger::Ledger;
use crate::trace::NodeId;
use deploysim_protocol::time::Time;
use std::collections::BTreeMap;

/// What a master does about removals in the turn under way.
#[derive(Clone, Copy, Debug, Default)]
struct Told {
    /// When a worker was removed last.
    at: Time,
    /// Workers that were removed.
    removals: u32,
    /// Notices that were sent.
    notices: u32,
    /// Applications that were in the books at each removal, added up.
    audience: u32,
    /// Whether the store failed since, which ends the turn before its time.
    is_cut_off: bool,
}

/// Removals in turns that are not over.
#[derive(Clone, Debug, Default)]
pub(super) struct Notices(BTreeMap<NodeId, Told>);

impl Notices {
    /// A master removes a worker while it has this many applications.
    pub(super) fn removes(&mut self, master: NodeId, at: Time, audience: u32) {
        let told = self.0.entry(master).or_default();
        told.at = at;
        told.removals += 1;
        told.audience += audience;
    }

    /// A master tells an application of a removal.
    pub(super) fn tells(&mut self, master: NodeId) {
        if let Some(told) = self.0.get_mut(&master) {
            told.notices += 1;
        }
    }

    /// A call of a master's store failed: what was to follow is not done.
    pub(super) fn store_failed(&mut self, master: NodeId) {
        if let Some(told) = self.0.get_mut(&master) {
            told.is_cut_off = true;
        }
    }

    /// A process began or ended: nobody goes on where it stopped.
    pub(super) fn forget(&mut self, master: NodeId) {
        self.0.remove(&master);
    }

    /// Whether a master is in the middle of it.
    pub(super) fn are_due(&self, master: NodeId) -> bool {
        !self.0.is_empty() && self.0.contains_key(&master)
    }

    /// A master's turn is over; when its last removal was, and what is missing.
    pub(super) fn over(&mut self, master: NodeId, ledger: &Ledger) -> Option<(Time, Finding)> {
        let told = self.0.remove(&master)?;
        if told.notices >= told.audience {
            return None;
        }
        let mark = if told.is_cut_off {
            "cut-off"
        } else {
            "not-told"
        };
        let sentence = format!(
            "{} removed {} worker(s), and sent {} of {} notices to applications",
            ledger.name(master),
            told.removals,
            told.notices,
            told.audience
        );
        let finding = Finding::new("INV-A6", sentence).at(master).mark(mark);
        Some((told.at, finding))
    }

    /// The run is over, and so is every turn.
    pub(super) fn rest(&mut self, ledger: &Ledger) -> Vec<(Time, Finding)> {
        let masters: Vec<NodeId> = self.0.keys().copied().collect();
        let over = |master| self.over(master, ledger);
        masters.into_iter().filter_map(over).collect()
    }
}
