//! A process's deadlines: its node's timers and the time-outs of its calls, in the order in
//! which they are due, and of one instant in the order in which they were armed.

use crate::hosted::AnyTimer;
use deploysim_protocol::time::Time;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// What is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Deadline {
    /// A timer of the node.
    Timer(AnyTimer),
    /// A call has waited long enough: its number.
    Call(u64),
}

/// All deadlines of a process. What is answered or disarmed is forgotten at once: a process that
/// catches up races with what is overdue, and what no longer waits must not race.
#[derive(Debug, Default)]
pub(super) struct Deadlines {
    due: BTreeMap<(Time, u64), Deadline>,
    /// Where each of them is. Looked up, never walked through.
    armed: FxHashMap<Deadline, (Time, u64)>,
    armings: u64,
}

impl Deadlines {
    /// Arms a deadline; a former instant of it is forgotten.
    pub(super) fn arm(&mut self, deadline: Deadline, at: Time) {
        self.disarm(deadline);
        let key = (at, self.armings);
        self.armings += 1;
        self.due.insert(key, deadline);
        self.armed.insert(deadline, key);
    }

    /// Forgets a deadline.
    pub(super) fn disarm(&mut self, deadline: Deadline) {
        if let Some(key) = self.armed.remove(&deadline) {
            self.due.remove(&key);
        }
    }

    /// When the first deadline is due.
    pub(super) fn first(&self) -> Option<Time> {
        self.due.first_key_value().map(|((at, _), _)| *at)
    }

    /// Takes the first deadline, with the instant at which it was due.
    pub(super) fn take(&mut self) -> Option<(Time, Deadline)> {
        let ((at, _), deadline) = self.due.pop_first()?;
        self.armed.remove(&deadline);
        Some((at, deadline))
    }
}
