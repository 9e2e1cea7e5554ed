//! What has to happen in time: obligations that arise, are met, or fall due. When one arises and
//! whether it is met is judged elsewhere, by looking at the ledger.

use super::calm::Calm;
use crate::ledger::ExecutorKey;
use crate::trace::NodeId;
use deploysim_protocol::event::{ApplicationSlot, DriverSlot, WorkerSlot};
use deploysim_protocol::id::{ApplicationId, DriverId};
use deploysim_protocol::text::Text;
use deploysim_protocol::time::Time;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Something that has to come about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Duty {
    /// INV-L1: a worker's process is ALIVE at the leader.
    Membership(NodeId),
    /// INV-L8: a worker whose process is gone is DEAD.
    Burial(NodeId, WorkerSlot),
    /// INV-L8: a DEAD worker is forgotten.
    Oblivion(NodeId, WorkerSlot),
    /// INV-W5: both sides agree whether a worker is decommissioned.
    Decommission(NodeId),
    /// INV-L3: a waiting driver is launched when there is room.
    Launch(NodeId, DriverSlot),
    /// INV-L3: a relaunched driver runs.
    Rerun(NodeId, DriverSlot),
    /// INV-L4: an application that wants an executor gets one when there is room.
    Grant(NodeId, ApplicationSlot),
    /// INV-X1: an executor leaves LAUNCHING.
    Start(NodeId, ExecutorKey),
    /// INV-C2: a booked executor is in its worker's tables.
    HeldExecutor(NodeId, ExecutorKey),
    /// INV-C2: a booked driver is in its worker's tables.
    HeldDriver(NodeId, DriverSlot),
    /// INV-D4: a driver that succeeded is FINISHED.
    Success(DriverId),
    /// INV-A2: the leader knows a client's id.
    Identity(NodeId),
    /// INV-L6: the leader has a client's application.
    Application(NodeId),
    /// INV-A5: a client is told that its application is over.
    Notice(NodeId),
    /// INV-A3: the processes of an application that is over are gone.
    Clearance(ApplicationId),
    /// INV-C2: what a worker holds is booked.
    BookedHere(NodeId),
    /// INV-G1: what runs is booked.
    Booked(NodeId),
    /// INV-D5: a driver's process has a record.
    Record(NodeId),
    /// INV-X5: an executor's driver knows it.
    Owner(NodeId),
    /// INV-G2: an executor's worker is not DEAD.
    Host(NodeId),
    /// INV-P1: a child does not outlive its worker.
    Parent(NodeId),
    /// INV-P2: a process that was told to end is gone.
    Obedience(Text),
    /// INV-D2: one process per submission.
    Single(Name),
    /// INV-D7: a killed driver's process is gone.
    Kill(DriverId),
    /// INV-W2: the processes of a machine fit.
    Fit(u32),
    /// INV-L5: a master has recovered.
    Recovery(NodeId),
    /// INV-R1: the leader's store has what its books have.
    Stored(NodeId),
    /// INV-L2: some master leads.
    Leader,
}

/// The number of a text: it compares faster than the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Name(pub(super) u32);

impl From<Text> for Name {
    fn from(text: Text) -> Self {
        Self(text.number())
    }
}

/// An obligation under way.
#[derive(Clone, Copy, Debug)]
struct Open {
    since: Time,
    bound: Duration,
    due: Time,
}

/// All obligations under way.
#[derive(Clone, Debug, Default)]
pub(super) struct Pending {
    open: BTreeMap<Duty, Open>,
    queue: BTreeSet<(Time, Duty)>,
    /// Obligations that fell due and were reported: they are not opened again before they were
    /// met.
    failed: BTreeSet<Duty>,
    next: Option<Time>,
}

impl Pending {
    /// The duty is not met at `at`; it has to be within `bound`. A duty that is open already
    /// keeps its clock.
    pub(super) fn open(&mut self, duty: Duty, at: Time, bound: Duration, calm: &Calm) {
        if self.open.contains_key(&duty) || self.failed.contains(&duty) {
            return;
        }
        let due = calm.due(at, bound);
        self.open.insert(
            duty,
            Open {
                since: at,
                bound,
                due,
            },
        );
        self.queue.insert((due, duty));
        self.find_next();
    }

    /// The duty is met, or is none any more.
    pub(super) fn close(&mut self, duty: Duty) {
        if let Some(open) = self.open.remove(&duty) {
            self.queue.remove(&(open.due, duty));
            self.find_next();
        } else if !self.failed.is_empty() {
            self.failed.remove(&duty);
        }
    }

    /// Whether the duty is under way.
    pub(super) fn is_open(&self, duty: Duty) -> bool {
        self.open.contains_key(&duty)
    }

    /// The applications of a master whose grants are under way.
    pub(super) fn grants(&self, master: NodeId) -> Vec<Duty> {
        let first = Duty::Grant(master, ApplicationSlot(0));
        let last = Duty::Grant(master, ApplicationSlot(u32::MAX));
        let open = self.open.range(first..=last);
        open.map(|(duty, _)| *duty).collect()
    }

    /// The duty may be met up to `due`, after all.
    pub(super) fn reopen(&mut self, duty: Duty, since: Time, due: Time) {
        self.failed.remove(&duty);
        let bound = due.since(since);
        self.open.insert(duty, Open { since, bound, due });
        self.queue.insert((due, duty));
        self.find_next();
    }

    /// Whether something may be due before `at`.
    pub(super) fn is_due(&self, at: Time) -> bool {
        self.next.is_some_and(|next| next < at)
    }

    /// Takes the next duty that fell due before `at`, and since when it is open. One whose time
    /// has been extended by a fault goes back into the queue.
    pub(super) fn overdue(&mut self, at: Time, calm: &Calm) -> Option<(Duty, Time)> {
        while let Some((due, duty)) = self.queue.first().copied()
            && due < at
        {
            self.queue.pop_first();
            let Some(open) = self.open.get_mut(&duty) else {
                continue;
            };
            let due = if calm.is_calm() {
                calm.due(open.since, open.bound)
            } else {
                calm.due(at, open.bound)
            };
            if due < at {
                let since = open.since;
                self.open.remove(&duty);
                self.failed.insert(duty);
                self.find_next();
                return Some((duty, since));
            }
            open.due = due;
            self.queue.insert((due, duty));
        }
        self.find_next();
        None
    }

    /// Everything that is open at the end of the run.
    pub(super) fn rest(&self) -> Vec<(Duty, Time)> {
        let open = self.open.iter();
        open.map(|(duty, open)| (*duty, open.since)).collect()
    }

    /// Whether nothing is open.
    pub(super) fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    fn find_next(&mut self) {
        self.next = self.queue.first().map(|(due, _)| *due);
    }
}
