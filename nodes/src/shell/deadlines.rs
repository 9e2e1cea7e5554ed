//! A process's deadlines: its node's timers and the time-outs of its calls, in the order in
//! which they are due, and of one instant in the order in which they were armed.

use crate::hosted::AnyTimer;
use deploysim_protocol::time::Time;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// What is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deadline {
    /// A timer of the node.
    Timer(AnyTimer),
    /// A call has waited long enough: its number.
    Call(u64),
}

/// All deadlines of a process.
#[derive(Debug, Default)]
pub(super) struct Deadlines {
    due: BTreeMap<(Time, u64), Deadline>,
    /// Where each armed timer is. Looked up, never walked through.
    armed: FxHashMap<AnyTimer, (Time, u64)>,
    armings: u64,
}

impl Deadlines {
    /// Arms a timer; a former deadline of it is forgotten.
    pub(super) fn arm(&mut self, timer: AnyTimer, at: Time) {
        self.disarm(timer);
        let key = self.put(at, Deadline::Timer(timer));
        self.armed.insert(timer, key);
    }

    /// Forgets a timer's deadline.
    pub(super) fn disarm(&mut self, timer: AnyTimer) {
        if let Some(key) = self.armed.remove(&timer) {
            self.due.remove(&key);
        }
    }

    /// A call times out at `at`, unless it has ended by then.
    pub(super) fn expect_answer(&mut self, call: u64, at: Time) {
        self.put(at, Deadline::Call(call));
    }

    /// When the first deadline is due.
    pub(super) fn first(&self) -> Option<Time> {
        self.due.first_key_value().map(|((at, _), _)| *at)
    }

    /// Takes the first deadline, with the instant at which it was due.
    pub(super) fn take(&mut self) -> Option<(Time, Deadline)> {
        let ((at, _), deadline) = self.due.pop_first()?;
        if let Deadline::Timer(timer) = deadline {
            self.armed.remove(&timer);
        }
        Some((at, deadline))
    }

    fn put(&mut self, at: Time, deadline: Deadline) -> (Time, u64) {
        let key = (at, self.armings);
        self.armings += 1;
        self.due.insert(key, deadline);
        key
    }
}
