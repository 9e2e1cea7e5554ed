//! Recovery: how long after the end of a fault the cluster is whole again, and for how long it is
//! not. It is whole while a master leads that lists, ALIVE or decommissioned, the process of every
//! worker that there has to be, and no process that is gone. A worker has to be there from its
//! first start on, unless its process exits by itself or is told to end.

use super::spread::Spread;
use super::value::{Detail, Total, Unit, Value};
use crate::ledger::{Books, Ledger};
use crate::trace::{End, NodeId};
use deploysim_protocol::event::WorkerSlot;
use deploysim_protocol::state::WorkerState;
use deploysim_protocol::time::Time;
use std::collections::{BTreeMap, BTreeSet};

/// What a slot of the leader's books is to the cluster.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Listed {
    /// It takes no work: DEAD or forgotten.
    #[default]
    Nothing,
    /// It is a process that lives.
    Living,
    /// Its process is gone.
    Ghost,
}

/// The faults of a run, and what became of the cluster after them.
#[derive(Clone, Debug, Default)]
pub(super) struct Recovery {
    /// Workers that have to be there.
    expected: BTreeSet<NodeId>,
    leads: bool,
    listed: Vec<Listed>,
    living: usize,
    ghosts: usize,
    /// Whether the cluster has been whole already, and since when it is what it is.
    was_whole: bool,
    is_whole: bool,
    since: Time,
    broken_ns: u128,
    /// Ends of faults after which it has not been whole yet.
    pending: Vec<(u32, Time)>,
    all: Spread,
    by_fault: BTreeMap<u32, Spread>,
}

impl Recovery {
    /// A worker's process began.
    pub(super) fn worker_started(&mut self, node: NodeId, at: Time, ledger: &Ledger) {
        self.expected.insert(node);
        self.look_at_process(node, at, ledger);
    }

    /// A worker's process is gone.
    pub(super) fn worker_ended(&mut self, node: NodeId, at: Time, end: End, ledger: &Ledger) {
        match end {
            End::Exited(_) | End::Signalled(_) => {
                self.expected.remove(&node);
            }
            End::Crashed | End::PowerLost => {}
        }
        self.look_at_process(node, at, ledger);
    }

    /// The leader noted something about a worker.
    pub(super) fn noted(&mut self, at: Time, slot: WorkerSlot, books: &Books, ledger: &Ledger) {
        self.look(slot, books, ledger);
        self.settle(at);
    }

    /// Another master leads, or none.
    pub(super) fn take_over(&mut self, at: Time, ledger: &Ledger) {
        self.listed.clear();
        (self.living, self.ghosts) = (0, 0);
        self.leads = ledger.leader().is_some();
        if let Some(books) = ledger.leader_books() {
            for (slot, _) in books.workers() {
                self.look(slot, books, ledger);
            }
        }
        self.settle(at);
    }

    /// A fault is over.
    pub(super) fn fault_ended(&mut self, fault: u32, at: Time) {
        self.pending.push((fault, at));
        self.settle(at);
    }

    fn look_at_process(&mut self, node: NodeId, at: Time, ledger: &Ledger) {
        if let Some(books) = ledger.leader_books()
            && let Some((slot, _)) = books.worker_of(node)
        {
            self.look(slot, books, ledger);
        }
        self.settle(at);
    }

    fn look(&mut self, slot: WorkerSlot, books: &Books, ledger: &Ledger) {
        if self.listed.len() <= slot.index() {
            self.listed.resize(slot.index() + 1, Listed::Nothing);
        }
        let found = listed(slot, books, ledger);
        let former = std::mem::replace(&mut self.listed[slot.index()], found);
        self.living -= usize::from(former == Listed::Living);
        self.ghosts -= usize::from(former == Listed::Ghost);
        self.living += usize::from(found == Listed::Living);
        self.ghosts += usize::from(found == Listed::Ghost);
    }

    fn settle(&mut self, at: Time) {
        self.pass_to(at);
        self.is_whole = self.leads && self.ghosts == 0 && self.living == self.expected.len();
        if self.is_whole {
            self.was_whole = true;
            for (fault, ended) in self.pending.drain(..) {
                let took = at.since(ended).as_nanos();
                self.all.add(took);
                self.by_fault.entry(fault).or_default().add(took);
            }
        }
    }

    /// Adds up what lasted until `at`.
    pub(super) fn pass_to(&mut self, at: Time) {
        if self.was_whole && !self.is_whole {
            self.broken_ns += at.since(self.since).as_nanos();
        }
        self.since = at;
    }

    pub(super) fn totals(&self) -> Vec<Total> {
        let count = |name, number: u128| Total {
            name,
            value: Some(Value::Integer(number)),
            unit: Unit::Of("faults"),
        };
        let mut totals = vec![
            count("faults_recovered", self.all.count()),
            count("faults_unrecovered", self.pending.len() as u128),
        ];
        totals.extend(self.all.nanoseconds("recovery_mean", "recovery_max"));
        totals.push(Total {
            name: "broken",
            value: Some(Value::Integer(self.broken_ns)),
            unit: Unit::Nanoseconds,
        });
        totals
    }

    /// What there is to say about each fault, by its row in the scenario from 0.
    pub(super) fn details(&self, details: &mut Vec<Detail>) {
        for (fault, spread) in &self.by_fault {
            let [mean, most] = spread.nanoseconds("fault_recovery_mean", "fault_recovery_max");
            for total in [mean, most] {
                details.extend(total.value.map(|value| Detail {
                    name: total.name,
                    labels: format!("fault={fault}"),
                    value,
                    unit: total.unit,
                }));
            }
        }
    }
}

fn listed(slot: WorkerSlot, books: &Books, ledger: &Ledger) -> Listed {
    let Some(record) = books.worker(slot).filter(|record| record.listed) else {
        return Listed::Nothing;
    };
    match record.state {
        WorkerState::Dead | WorkerState::Unknown => return Listed::Nothing,
        WorkerState::Alive | WorkerState::Decommissioned => {}
    }
    if ledger.is_living_worker(record) {
        Listed::Living
    } else {
        Listed::Ghost
    }
}
