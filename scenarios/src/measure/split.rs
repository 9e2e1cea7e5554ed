//! Split brain: for how long two or more masters were ALIVE at one time. A process that stands
//! still counts: it goes on as what it was.

use super::value::{Total, Unit, Value};
use crate::trace::NodeId;
use deploysim_protocol::state::MasterState;
use deploysim_protocol::time::Time;
use std::time::Duration;

/// The masters that are ALIVE.
#[derive(Clone, Debug, Default)]
pub(super) struct Split {
    alive: Vec<NodeId>,
    since: Time,
    lasted: Duration,
}

impl Split {
    /// A master's state changed.
    pub(super) fn changed(&mut self, master: NodeId, at: Time, state: MasterState) {
        self.leave(master, at);
        if state == MasterState::Alive {
            self.alive.push(master);
        }
    }

    /// A process is gone, or another one begins in its place.
    pub(super) fn leave(&mut self, node: NodeId, at: Time) {
        self.pass_to(at);
        self.alive.retain(|master| *master != node);
    }

    /// Adds up what lasted until `at`.
    pub(super) fn pass_to(&mut self, at: Time) {
        if self.alive.len() > 1 {
            self.lasted += at.since(self.since);
        }
        self.since = at;
    }

    pub(super) const fn total(&self) -> Total {
        Total {
            name: "split_brain",
            value: Some(Value::Integer(self.lasted.as_nanos())),
            unit: Unit::Nanoseconds,
        }
    }
}
