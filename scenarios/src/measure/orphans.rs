//! Orphans: executor processes that run and that the leader's books do not have in the maps of
//! their application and their worker. Each is one from the moment it left the books, or began
//! without being in them, until its process ends or a leader's books have it again. While nobody
//! leads there are no books, and nothing is added.

use super::value::{Total, Unit, Value};
use crate::ledger::{Books, ExecutorKey, Ledger};
use crate::trace::{Child, NodeId};
use deploysim_protocol::event::ApplicationSlot;
use deploysim_protocol::id::ExecutorId;
use deploysim_protocol::time::Time;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;

/// An executor's process.
#[derive(Clone, Copy, Debug)]
struct Running {
    executor: ExecutorId,
    is_orphan: bool,
}

/// Executor processes, and which of them nobody's books have.
#[derive(Clone, Debug, Default)]
pub(super) struct Orphans {
    running: BTreeMap<NodeId, Running>,
    /// Looked up, never walked through.
    by_executor: FxHashMap<ExecutorId, NodeId>,
    orphans: u64,
    most: u64,
    since: Time,
    time_ns: u128,
}

impl Orphans {
    /// A child's process began.
    pub(super) fn started(&mut self, node: NodeId, at: Time, child: Child, ledger: &Ledger) {
        let Child::Executor(executor) = child else {
            return;
        };
        let is_orphan = false;
        let running = Running {
            executor,
            is_orphan,
        };
        self.running.insert(node, running);
        self.by_executor.insert(executor, node);
        self.look(node, at, ledger.leader_books());
    }

    /// A process ended.
    pub(super) fn ended(&mut self, node: NodeId, at: Time) {
        self.pass_to(at);
        if let Some(running) = self.running.remove(&node) {
            self.orphans -= u64::from(running.is_orphan);
            if self.by_executor.get(&running.executor) == Some(&node) {
                self.by_executor.remove(&running.executor);
            }
        }
    }

    /// The leader booked an executor, or took it out of a map.
    pub(super) fn booked(
        &mut self,
        at: Time,
        (application, number): (ApplicationSlot, u32),
        books: &Books,
    ) {
        let record = books.application(application);
        let executor = record.map(|record| record.executor_id(number));
        if let Some(node) = executor.and_then(|it| self.by_executor.get(&it)) {
            self.look(*node, at, Some(books));
        }
    }

    /// Another master leads, or none: looks for every process in its books.
    pub(super) fn take_over(&mut self, at: Time, ledger: &Ledger) {
        let nodes: Vec<NodeId> = self.running.keys().copied().collect();
        for node in nodes {
            self.look(node, at, ledger.leader_books());
        }
    }

    fn look(&mut self, node: NodeId, at: Time, books: Option<&Books>) {
        self.pass_to(at);
        if let Some(running) = self.running.get_mut(&node) {
            let is_orphan = books.is_some_and(|books| !has(books, running.executor));
            self.orphans -= u64::from(running.is_orphan);
            self.orphans += u64::from(is_orphan);
            running.is_orphan = is_orphan;
        }
    }

    /// Adds up what lasted until `at`.
    pub(super) fn pass_to(&mut self, at: Time) {
        let passed = at.since(self.since).as_nanos();
        if passed > 0 {
            self.time_ns += u128::from(self.orphans) * passed;
            self.most = self.most.max(self.orphans);
            self.since = at;
        }
    }

    pub(super) fn totals(&self) -> [Total; 2] {
        [
            Total {
                name: "executors_orphaned_max",
                value: Some(Value::Integer(self.most.into())),
                unit: Unit::Of("executors"),
            },
            Total {
                name: "executors_orphaned_time",
                value: Some(Value::Integer(self.time_ns)),
                unit: Unit::Nanoseconds,
            },
        ]
    }
}

/// Whether the books have an executor in both maps.
fn has(books: &Books, executor: ExecutorId) -> bool {
    let found = books.application_by_id(executor.application);
    let record = found.and_then(|(application, _)| {
        let number = executor.number;
        books.executor(ExecutorKey {
            application,
            number,
        })
    });
    record.is_some_and(|record| record.in_application && record.in_worker)
}
