//! Who lives and to whom it belongs: the children of workers by what they run, by submission,
//! by worker and by machine; and some facts that the ledger forgets. Nothing is judged here.

use super::pending::Name;
use crate::ledger::{Books, Ledger};
use crate::trace::{Child, End, NodeId, Role, Start};
use deploysim_protocol::event::WorkerSlot;
use deploysim_protocol::id::{ApplicationId, DriverId};
use deploysim_protocol::state::ApplicationState;
use deploysim_protocol::text::Text;
use deploysim_protocol::time::Time;
use std::collections::{BTreeMap, BTreeSet};

/// A living child process.
#[derive(Clone, Copy, Debug)]
pub(super) struct ChildFacts {
    pub(super) child: Child,
    pub(super) name: Text,
    pub(super) machine: u32,
    /// The worker that started it, if that is known.
    pub(super) parent: Option<NodeId>,
    /// Whether that process lives.
    pub(super) has_parent: bool,
    /// Whether it had just started, or was starting, when its worker ended.
    pub(super) was_starting: bool,
    pub(super) cores: i32,
    pub(super) memory_mib: i32,
    pub(super) started: Time,
}

/// Living processes and what is remembered about ids.
#[derive(Clone, Debug, Default)]
pub(super) struct Watch {
    children: BTreeMap<NodeId, ChildFacts>,
    by_child: BTreeMap<(Name, u32), BTreeSet<NodeId>>,
    by_submission: BTreeMap<Name, BTreeSet<NodeId>>,
    by_parent: BTreeMap<NodeId, BTreeSet<NodeId>>,
    by_machine: BTreeMap<u32, BTreeSet<NodeId>>,
    /// What a machine's worker offers: cores and memory.
    sizes: BTreeMap<u32, (i32, i32)>,
    /// Children that were launched and have not started.
    launched: BTreeMap<Name, NodeId>,
    /// The first id of the submission that an id belongs to.
    roots: BTreeMap<Name, Name>,
    /// Applications that a master removed.
    removed: BTreeMap<Name, ApplicationState>,
    /// Applications that were in a master's books.
    booked: BTreeSet<Name>,
    /// The client's process of an application, and when it started.
    clients: BTreeMap<Name, (NodeId, Time)>,
    /// Workers that a master forgot while they lived.
    forgotten: BTreeSet<NodeId>,
    /// Workers that were acknowledged since they started.
    registered: BTreeSet<NodeId>,
    /// Drivers that run and that a master passed over in its recovery, and has not had killed.
    passed_over: BTreeSet<(NodeId, Name)>,
    /// Children that were told to end.
    signalled: BTreeSet<Name>,
    /// The slots that an id or an address of a worker has had at a master.
    slots: BTreeMap<(NodeId, Name), Vec<WorkerSlot>>,
    /// When a worker's report failed last, and how many executors' reports have failed.
    reports: BTreeMap<NodeId, (Time, BTreeSet<(Name, u32)>)>,
}

/// The key of what a child runs.
pub(super) fn key(child: Child) -> (Name, u32) {
    match child {
        Child::Driver(id) => (id.0.into(), u32::MAX),
        Child::Executor(id) => (id.application.0.into(), id.number),
    }
}

impl Watch {
    pub(super) fn child(&self, node: NodeId) -> Option<&ChildFacts> {
        self.children.get(&node)
    }

    /// The living processes of a driver's id.
    pub(super) fn copies(&self, driver: DriverId) -> Vec<NodeId> {
        self.living((driver.0.into(), u32::MAX))
    }

    /// The living processes that run this.
    pub(super) fn living(&self, child: (Name, u32)) -> Vec<NodeId> {
        let found = self.by_child.get(&child);
        found.map_or_else(Vec::new, |nodes| nodes.iter().copied().collect())
    }

    /// The living processes of an application's executors.
    pub(super) fn executors_of(&self, application: Name) -> Vec<NodeId> {
        let range = (application, 0)..(application, u32::MAX);
        let found = self.by_child.range(range);
        found.flat_map(|(_, nodes)| nodes.iter().copied()).collect()
    }

    /// The living processes of a submission.
    pub(super) fn submission(&self, root: Name) -> Vec<NodeId> {
        let found = self.by_submission.get(&root);
        found.map_or_else(Vec::new, |nodes| nodes.iter().copied().collect())
    }

    /// The living children of a worker.
    pub(super) fn of_worker(&self, worker: NodeId) -> Vec<NodeId> {
        let found = self.by_parent.get(&worker);
        found.map_or_else(Vec::new, |nodes| nodes.iter().copied().collect())
    }

    /// The living children on a machine.
    pub(super) fn on_machine(&self, machine: u32) -> Vec<NodeId> {
        let found = self.by_machine.get(&machine);
        found.map_or_else(Vec::new, |nodes| nodes.iter().copied().collect())
    }

    /// What a machine's worker offers: cores and memory.
    pub(super) fn size(&self, machine: u32) -> Option<(i32, i32)> {
        self.sizes.get(&machine).copied()
    }

    pub(super) fn root(&self, driver: DriverId) -> Name {
        let own = driver.0.into();
        self.roots.get(&own).copied().unwrap_or(own)
    }

    /// The end state of an application that a master removed.
    pub(super) fn removed(&self, application: ApplicationId) -> Option<ApplicationState> {
        self.removed.get(&application.0.into()).copied()
    }

    /// Whether an application was ever in a master's books.
    pub(super) fn was_booked(&self, application: ApplicationId) -> bool {
        self.booked.contains(&application.0.into())
    }

    /// The process of an application's client, if it still is the same process.
    pub(super) fn client(&self, application: ApplicationId, ledger: &Ledger) -> Option<NodeId> {
        let (node, started) = *self.clients.get(&application.0.into())?;
        let process = ledger.process(node)?;
        (process.started == started && process.is_alive()).then_some(node)
    }

    pub(super) fn is_forgotten(&self, worker: NodeId) -> bool {
        self.forgotten.contains(&worker)
    }

    /// Whether the master that leads passed over this driver in its recovery.
    pub(super) fn was_passed_over(&self, driver: DriverId, ledger: &Ledger) -> bool {
        let leader = ledger.leader();
        leader.is_some_and(|leader| self.passed_over.contains(&(leader, driver.0.into())))
    }

    pub(super) fn was_registered(&self, worker: NodeId) -> bool {
        self.registered.contains(&worker)
    }

    pub(super) fn is_signalled(&self, child: Text) -> bool {
        self.signalled.contains(&child.into())
    }

    /// When a report of this worker failed last, and how many executors' reports have failed.
    pub(super) fn failed_reports(&self, worker: NodeId) -> Option<(Time, u32)> {
        let (at, failing) = self.reports.get(&worker)?;
        Some((*at, u32::try_from(failing.len()).unwrap_or(u32::MAX)))
    }
}

/// What happens.
impl Watch {
    pub(super) fn launched(&mut self, worker: NodeId, name: Text) {
        self.launched.insert(name.into(), worker);
    }

    pub(super) fn lost(&mut self, name: Text) {
        self.launched.remove(&name.into());
    }

    pub(super) fn signalled(&mut self, name: Text) {
        self.signalled.insert(name.into());
    }

    /// The slots of the worker's id and host at a master, with this one.
    pub(super) fn slots(
        &mut self,
        master: NodeId,
        worker: WorkerSlot,
        books: &Books,
    ) -> Vec<WorkerSlot> {
        let Some(record) = books.worker(worker) else {
            return Vec::new();
        };
        let names = [record.id.0.into(), record.address.host.into()];
        let mut found = BTreeSet::new();
        for name in names {
            let slots = self.slots.entry((master, name)).or_default();
            found.extend(slots.iter().copied());
            slots.retain(|slot| books.worker(*slot).is_some_and(|record| record.listed));
            if !slots.contains(&worker) {
                // As a rule there is one, and there are two such lists per worker.
                slots.reserve_exact(1);
                slots.push(worker);
            }
        }
        found.into_iter().collect()
    }

    pub(super) fn offers(&mut self, worker: NodeId, cores: i32, memory_mib: i32, ledger: &Ledger) {
        if let Some(process) = ledger.process(worker) {
            self.sizes.insert(process.machine.0, (cores, memory_mib));
        }
    }

    pub(super) fn started(&mut self, node: NodeId, at: Time, start: &Start, ledger: &Ledger) {
        if start.role == Role::Worker {
            self.forgotten.remove(&node);
            self.registered.remove(&node);
            self.reports.remove(&node);
        }
        if start.role == Role::Master {
            self.passed_over.retain(|(master, _)| *master != node);
        }
        let Some(child) = start.child else { return };
        let launched = self.launched.remove(&start.name.into());
        let tables = start.parent.and_then(|parent| ledger.worker(parent));
        let (cores, memory_mib) = match child {
            Child::Driver(id) => tables
                .and_then(|tables| tables.driver(id))
                .map_or((0, 0), |held| (held.cores, held.memory_mib)),
            Child::Executor(id) => tables
                .and_then(|tables| tables.executor(id))
                .map_or((0, 0), |held| (held.cores, held.memory_mib)),
        };
        let facts = ChildFacts {
            child,
            name: start.name,
            machine: start.machine.0,
            parent: start.parent.or(launched),
            has_parent: start.parent.is_some(),
            was_starting: start.parent.is_none(),
            cores,
            memory_mib,
            started: at,
        };
        self.children.insert(node, facts);
        self.by_child.entry(key(child)).or_default().insert(node);
        self.by_machine
            .entry(facts.machine)
            .or_default()
            .insert(node);
        if let Some(parent) = facts.parent {
            self.by_parent.entry(parent).or_default().insert(node);
        }
        if let Child::Driver(id) = child {
            let root = self.root(id);
            self.by_submission.entry(root).or_default().insert(node);
        }
    }

    /// A child is gone; what it was.
    pub(super) fn ended(&mut self, node: NodeId) -> Option<ChildFacts> {
        let facts = self.children.remove(&node)?;
        remove(&mut self.by_child, key(facts.child), node);
        remove(&mut self.by_machine, facts.machine, node);
        if let Some(parent) = facts.parent {
            remove(&mut self.by_parent, parent, node);
        }
        if let Child::Driver(id) = facts.child {
            let root = self.root(id);
            remove(&mut self.by_submission, root, node);
        }
        Some(facts)
    }

    /// A worker's process is gone: its children have no parent.
    pub(super) fn worker_ended(&mut self, worker: NodeId, at: Time, starting: std::time::Duration) {
        self.forgotten.remove(&worker);
        for node in self.of_worker(worker) {
            if let Some(facts) = self.children.get_mut(&node)
                && facts.has_parent
            {
                facts.has_parent = false;
                facts.was_starting |= at.since(facts.started) <= starting;
            }
        }
    }

    pub(super) fn relaunched(&mut self, old: DriverId, new: DriverId) {
        if old != new {
            let root = self.root(old);
            self.roots.insert(new.0.into(), root);
        }
    }

    pub(super) fn application_booked(&mut self, id: ApplicationId) {
        self.booked.insert(id.0.into());
        self.removed.remove(&id.0.into());
    }

    pub(super) fn application_removed(&mut self, id: ApplicationId, state: ApplicationState) {
        self.removed.insert(id.0.into(), state);
    }

    pub(super) fn client_is(&mut self, id: ApplicationId, client: NodeId, ledger: &Ledger) {
        if let Some(process) = ledger.process(client) {
            self.clients.insert(id.0.into(), (client, process.started));
        }
    }

    pub(super) fn passed_over(&mut self, master: NodeId, driver: DriverId) {
        self.passed_over.insert((master, driver.0.into()));
    }

    /// The master orders a driver killed that it does not know.
    pub(super) fn noticed(&mut self, master: NodeId, driver: DriverId) {
        self.passed_over.remove(&(master, driver.0.into()));
    }

    pub(super) fn worker_forgotten(&mut self, worker: NodeId) {
        self.forgotten.insert(worker);
    }

    pub(super) fn worker_added(&mut self, worker: NodeId) {
        self.forgotten.remove(&worker);
    }

    pub(super) fn worker_registered(&mut self, worker: NodeId) {
        self.registered.insert(worker);
    }

    pub(super) fn report_failed(&mut self, worker: NodeId, at: Time, executor: (Name, u32)) {
        let (last, failing) = self
            .reports
            .entry(worker)
            .or_insert_with(|| (at, BTreeSet::new()));
        *last = at;
        failing.insert(executor);
    }
}

fn remove<K: Ord>(map: &mut BTreeMap<K, BTreeSet<NodeId>>, key: K, node: NodeId) {
    if let Some(nodes) = map.get_mut(&key) {
        nodes.remove(&node);
        if nodes.is_empty() {
            map.remove(&key);
        }
    }
}

/// Whether a process ended by itself with code 0.
pub(super) fn succeeded(end: End) -> bool {
    end == End::Exited(0)
}
