//! How old heartbeats get: for how long the books of a master go without hearing of a worker that
//! they list as ALIVE, held against `spark.worker.timeout`.

use super::value::{Total, Unit, Value};
use crate::trace::NodeId;
use deploysim_protocol::event::WorkerSlot;
use deploysim_protocol::time::Time;
use std::time::Duration;

/// When a worker was heard of last; none once it is removed.
type Heard = Option<Time>;

/// The ages of heartbeats in the books of all masters.
#[derive(Clone, Debug)]
pub(super) struct Heartbeats {
    timeout: Duration,
    /// By master and slot.
    heard: Vec<Vec<Heard>>,
    oldest: Option<Duration>,
}

impl Heartbeats {
    pub(super) const fn new(timeout: Duration) -> Self {
        Self {
            timeout,
            heard: Vec::new(),
            oldest: None,
        }
    }

    /// A master's process began, or ended: its books are gone.
    pub(super) fn forget(&mut self, master: NodeId) {
        if let Some(heard) = self.heard.get_mut(master.index()) {
            heard.clear();
        }
    }

    /// A worker is in a master's books, or a master wrote down that it heard of one.
    pub(super) fn heard(&mut self, master: NodeId, at: Time, worker: WorkerSlot) {
        if self.heard.len() <= master.index() {
            self.heard.resize_with(master.index() + 1, Vec::new);
        }
        let heard = &mut self.heard[master.index()];
        if heard.len() <= worker.index() {
            heard.resize(worker.index() + 1, None);
        }
        if let Some(former) = heard[worker.index()].replace(at) {
            self.oldest = self.oldest.max(Some(at.since(former)));
        }
    }

    /// A master removed a worker.
    pub(super) fn removed(&mut self, master: NodeId, at: Time, worker: WorkerSlot) {
        let heard = self.heard.get_mut(master.index());
        let heard = heard.and_then(|heard| heard.get_mut(worker.index()));
        if let Some(former) = heard.and_then(Option::take) {
            self.oldest = self.oldest.max(Some(at.since(former)));
        }
    }

    pub(super) fn totals(&self) -> [Total; 2] {
        let oldest = self.oldest.map(|oldest| oldest.as_nanos());
        let share = oldest.and_then(|oldest| Value::ratio(oldest, self.timeout.as_nanos()));
        [
            Total {
                name: "heartbeat_age_max",
                value: oldest.map(Value::Integer),
                unit: Unit::Nanoseconds,
            },
            Total {
                name: "heartbeat_age_share",
                value: share,
                unit: Unit::None,
            },
        ]
    }
}
