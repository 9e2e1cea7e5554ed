//! RD-16: what masters add to their books from workers' recovery answers that come a second time,
//! or when the worker is known again. How much of a worker's use and of an application's grants
//! is from such answers tells their violations of INV-C1, INV-C3 and INV-C4 from others.

use crate::ledger::{Books, ExecutorKey, ExecutorRecord, Ledger};
use crate::trace::{NodeId, Unit};
use deploysim_protocol::event::{ApplicationSlot, DriverSlot, WorkerSlot};
use deploysim_protocol::message::to_master::WorkerSchedulerStateResponse;
use deploysim_protocol::message::{Message, ToMaster};
use deploysim_protocol::state::WorkerState;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::AddAssign;

/// Cores, and memory in MiB.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Share {
    pub(super) cores: i64,
    pub(super) memory_mib: i64,
}

impl Share {
    pub(super) fn new(cores: i32, memory_mib: i32) -> Self {
        Self {
            cores: cores.into(),
            memory_mib: memory_mib.into(),
        }
    }
}

impl AddAssign for Share {
    fn add_assign(&mut self, other: Self) {
        self.cores += other.cores;
        self.memory_mib += other.memory_mib;
    }
}

/// A late answer that a master handles.
#[derive(Clone, Debug)]
struct Late {
    master: NodeId,
    worker: WorkerSlot,
    /// What it names and is booked already.
    executors: Vec<(ExecutorKey, ExecutorRecord)>,
    drivers: Vec<DriverSlot>,
}

/// What late answers added at each master.
#[derive(Clone, Debug, Default)]
pub(super) struct Answers {
    handled: Option<Late>,
    /// The master that handles an answer, late or not.
    answered: Option<NodeId>,
    /// Executors that came with one.
    late: BTreeSet<(NodeId, ExecutorKey)>,
    /// What workers have in use twice.
    workers: BTreeMap<(NodeId, WorkerSlot), Share>,
    /// The cores that applications were granted twice.
    applications: BTreeMap<(NodeId, ApplicationSlot), i64>,
}

/// What happens.
impl Answers {
    /// A master began: its books are empty.
    pub(super) fn forget(&mut self, master: NodeId) {
        self.handled = None;
        self.answered = None;
        self.late.retain(|(own, _)| *own != master);
        self.workers.retain(|(own, _), _| *own != master);
        self.applications.retain(|(own, _), _| *own != master);
    }

    pub(super) fn worker_added(&mut self, master: NodeId, worker: WorkerSlot) {
        self.workers.remove(&(master, worker));
    }

    pub(super) fn application_added(&mut self, master: NodeId, application: ApplicationSlot) {
        self.applications.remove(&(master, application));
        self.late
            .retain(|(own, key)| (*own, key.application) != (master, application));
    }

    /// A node is handed something: perhaps a master an answer of a worker that it knows as
    /// answered or registered.
    pub(super) fn received(&mut self, node: NodeId, unit: &Unit<'_>, ledger: &Ledger) {
        self.handled.take_if(|late| late.master == node);
        self.answered.take_if(|master| *master == node);
        if let Unit::Message(Message::ToMaster(ToMaster::WorkerSchedulerStateResponse(answer))) =
            unit
            && let Some(books) = ledger.books(node)
        {
            self.handled = late(node, answer, books);
            self.answered = Some(node);
        }
    }

    /// Whether what a master books is what a worker answers that it runs.
    pub(super) fn is_adopting(&self, master: NodeId, books: &Books) -> bool {
        self.answered == Some(master) && !books.is_in_pass()
    }

    /// A master adds an executor.
    pub(super) fn adds(&mut self, master: NodeId, key: ExecutorKey, books: &Books) {
        let handled = self.handled.as_ref();
        let Some(late) = handled.filter(|late| late.master == master && !books.is_in_pass()) else {
            self.late.remove(&(master, key));
            return;
        };
        self.late.insert((master, key));
        let Some((_, before)) = late.executors.iter().find(|(known, _)| *known == key) else {
            return;
        };
        if before.in_application {
            let twice = self.applications.entry((master, key.application));
            *twice.or_default() += i64::from(before.cores);
        }
        if before.in_worker && before.worker == late.worker {
            let twice = self.workers.entry((master, late.worker)).or_default();
            *twice += Share::new(before.cores, before.memory_mib);
        }
    }

    /// A master books a driver on a worker.
    pub(super) fn places(&mut self, master: NodeId, driver: DriverSlot, books: &Books) {
        if let Some(late) = self.handled.as_ref()
            && late.master == master
            && !books.is_in_pass()
            && late.drivers.contains(&driver)
            && let Some(record) = books.driver(driver)
        {
            let twice = self.workers.entry((master, late.worker)).or_default();
            *twice += Share::new(record.cores, record.memory_mib);
        }
    }
}

/// What came of it.
impl Answers {
    /// What a worker has in use twice.
    pub(super) fn twice_on(&self, master: NodeId, worker: WorkerSlot) -> Share {
        let twice = self.workers.get(&(master, worker));
        twice.copied().unwrap_or_default()
    }

    /// The cores that an application was granted twice.
    pub(super) fn twice_for(&self, master: NodeId, application: ApplicationSlot) -> i64 {
        let twice = self.applications.get(&(master, application));
        twice.copied().unwrap_or_default()
    }

    /// What of a worker's use is from late answers.
    pub(super) fn late_on(&self, master: NodeId, worker: WorkerSlot, books: &Books) -> Share {
        let mut share = self.twice_on(master, worker);
        if self.late.is_empty() {
            return share;
        }
        let executors = books.worker(worker).map(|record| &record.executors);
        for key in executors.into_iter().flatten() {
            if let Some(own) = self.came_late(master, *key, books) {
                share += Share::new(own.cores, own.memory_mib);
            }
        }
        share
    }

    /// The cores that an application was granted because of late answers.
    pub(super) fn late_for(
        &self,
        master: NodeId,
        application: ApplicationSlot,
        books: &Books,
    ) -> i64 {
        let key = |number| ExecutorKey {
            application,
            number,
        };
        let range = (master, key(0))..=(master, key(u32::MAX));
        let late = self.late.range(range);
        let late = late.filter_map(|(_, key)| self.came_late(master, *key, books));
        let cores = late.filter(|own| own.in_application).map(|own| own.cores);
        self.twice_for(master, application) + cores.map(i64::from).sum::<i64>()
    }

    fn came_late<'a>(
        &self,
        master: NodeId,
        key: ExecutorKey,
        books: &'a Books,
    ) -> Option<&'a ExecutorRecord> {
        let came = self.late.contains(&(master, key));
        books.executor(key).filter(|_| came)
    }
}

/// What of an answer is booked already, if the worker is not waited for any more.
fn late(master: NodeId, answer: &WorkerSchedulerStateResponse, books: &Books) -> Option<Late> {
    let (worker, record) = books.worker_by_id(answer.worker_id)?;
    match record.state {
        WorkerState::Unknown | WorkerState::Dead => return None,
        WorkerState::Alive | WorkerState::Decommissioned => {}
    }
    let known = answer.executors.iter().filter_map(|(own, _)| {
        let id = own.executor;
        let (application, _) = books.application_by_id(id.application)?;
        let key = ExecutorKey {
            application,
            number: id.number,
        };
        Some((key, *books.executor(key)?))
    });
    let held = answer.drivers.iter().filter_map(|(id, _)| {
        let (driver, _) = books.driver_by_id(*id)?;
        record.drivers.contains(&driver).then_some(driver)
    });
    Some(Late {
        master,
        worker,
        executors: known.collect(),
        drivers: held.collect(),
    })
}
