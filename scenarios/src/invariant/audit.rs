//! The audit: what a node's books say against what its notes add up to, so that a wrong note
//! cannot hide a wrong book; and on the real books INV-C1, INV-C4, INV-W4 and INV-A4.

use super::answers::{Answers, Share};
use super::drivers::Drivers;
use super::violation::Finding;
use crate::ledger::{Books, Kept, Ledger, WorkerRecord};
use crate::trace::NodeId;
use deploysim_nodes::hosted::AnyNode;
use deploysim_nodes::master::scheduling::Capacity;
use deploysim_nodes::master::view::{ApplicationView, BooksView, DriverView, WorkerView};
use deploysim_nodes::worker::Worker;
use deploysim_protocol::event::{ApplicationSlot, DriverSlot, WorkerSlot};
use deploysim_protocol::id::WorkerId;
use deploysim_protocol::state::{DriverState, WorkerState};
use deploysim_protocol::text::Text;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// What a node's books and its notes do not agree on, or its books among themselves. The node
/// must not be in the middle of a turn.
pub(super) fn check(
    id: NodeId,
    node: &AnyNode,
    answers: &Answers,
    drivers: &Drivers,
    ledger: &Ledger,
) -> Vec<Finding> {
    let findings = match node {
        AnyNode::Master(master) => {
            let notes = ledger.books(id);
            let causes = Causes {
                master: id,
                answers,
                drivers,
            };
            notes.map_or_else(Vec::new, |notes| {
                check_master(master.books(), notes, causes)
            })
        }
        AnyNode::Worker(worker) => check_worker(id, worker, ledger),
        AnyNode::Driver(_) | AnyNode::Executor(_) | AnyNode::Client(_) | AnyNode::Election(_) => {
            Vec::new()
        }
    };
    let findings = findings.into_iter();
    findings.map(|finding| finding.at(id)).collect()
}

/// What may account for a surplus in a master's books.
#[derive(Clone, Copy)]
struct Causes<'a> {
    master: NodeId,
    answers: &'a Answers,
    drivers: &'a Drivers,
}

/// Collects differences between two values.
#[derive(Default)]
struct Differences(Vec<Finding>);

impl Differences {
    /// `what` is made into text only where the two differ: a big run is audited all the time.
    fn compare<T: PartialEq + fmt::Debug>(
        &mut self,
        what: impl fmt::Display,
        mark: &'static str,
        book: &T,
        notes: &T,
    ) {
        if book != notes {
            let sentence = format!("{what}: the books say {book:?}, the notes add up to {notes:?}");
            self.0.push(Finding::new("AUDIT", sentence).mark(mark));
        }
    }

    /// Compares what there is of something on both sides, in whatever order. Most workers of a big
    /// run have nothing on either side.
    fn compare_sets<T: Ord + fmt::Debug>(
        &mut self,
        what: impl fmt::Display,
        mark: &'static str,
        book: impl Iterator<Item = T>,
        notes: impl Iterator<Item = T>,
    ) {
        let (mut book, mut notes) = (book.peekable(), notes.peekable());
        if book.peek().is_some() || notes.peek().is_some() {
            let (book, notes): (BTreeSet<T>, BTreeSet<T>) = (book.collect(), notes.collect());
            self.compare(what, mark, &book, &notes);
        }
    }

    fn add(&mut self, finding: Option<Finding>) {
        self.0.extend(finding);
    }
}

/// One part of a record, for people.
#[derive(Clone, Copy)]
struct Part<'a> {
    name: &'a str,
    of: Text,
}

impl fmt::Display for Part<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} of {}", self.name, self.of)
    }
}

fn broken(invariant: &'static str, sentence: String) -> Finding {
    Finding::new(invariant, sentence).mark("in-the-books")
}

/// INV-C1: cores = free + Σ executors + Σ drivers, memory likewise; or how much more is in use,
/// if it is as much as something is known to account for.
pub(super) fn use_agrees(
    id: WorkerId,
    capacity: &Capacity,
    held: (i64, i64),
    explained: &[(Share, &'static str)],
) -> Option<Finding> {
    let used = (
        i64::from(capacity.cores_used),
        i64::from(capacity.memory_used_mib),
    );
    let sentence = || {
        format!(
            "{id} has {} cores and {} MiB in use of {} and {}, and its executors and drivers hold {} and {}",
            used.0, used.1, capacity.cores, capacity.memory_mib, held.0, held.1
        )
    };
    let surplus = Share {
        cores: used.0 - held.0,
        memory_mib: used.1 - held.1,
    };
    let mark = if let Some((_, mark)) = explained.iter().find(|(share, _)| *share == surplus) {
        mark
    } else if used.0 > held.0 || used.1 > held.1 {
        "too-much"
    } else {
        "too-little"
    };
    (used != held).then(|| broken("INV-C1", sentence()).mark(mark))
}

/// INV-C1: addresses of named resources that are taken are held.
pub(super) fn addresses_agree(id: WorkerId, taken: usize, held: usize) -> Option<Finding> {
    let sentence = || {
        format!(
            "{taken} addresses of named resources of {id} are taken, and its executors and drivers hold {held}"
        )
    };
    (taken != held).then(|| broken("INV-C1", sentence()))
}

/// INV-W4: a worker is found by its id and by its address exactly if it is not DEAD.
pub(super) fn look_up_agrees(
    id: WorkerId,
    state: WorkerState,
    found: (bool, bool),
) -> Option<Finding> {
    let is_there = state != WorkerState::Dead;
    let sentence = || {
        format!(
            "{id} is {state}; it is found by its id: {}, by its address: {}",
            found.0, found.1
        )
    };
    (found != (is_there, is_there)).then(|| broken("INV-W4", sentence()))
}

/// INV-A4: scheduling looks at the applications in the books.
pub(super) fn lists_agree(
    active: &[ApplicationSlot],
    waiting: &[ApplicationSlot],
) -> Option<Finding> {
    let sentence =
        || format!("applications {active:?} are in the books, and scheduling looks at {waiting:?}");
    (active != waiting).then(|| broken("INV-A4", sentence()))
}

/// INV-C4: requested = left + Σ executors.
pub(super) fn grants_agree(
    application: &ApplicationView,
    held: i64,
    twice: i64,
) -> Option<Finding> {
    let granted = i64::from(application.cores_granted);
    let sentence = || {
        format!(
            "application {} was granted {granted} of {} cores, and the executors in its map have {held}",
            application.id, application.cores_requested
        )
    };
    let mark = if granted - held == twice {
        "late-answer"
    } else {
        "sum"
    };
    (granted != held).then(|| broken("INV-C4", sentence()).mark(mark))
}

fn check_master(books: BooksView<'_>, notes: &Books, causes: Causes<'_>) -> Vec<Finding> {
    let mut found = Differences::default();
    found.compare(
        "the master's state",
        "master",
        &books.state(),
        &notes.state(),
    );
    let noted = || notes.workers().map(|(slot, _)| slot);
    if !books.worker_slots().eq(noted()) {
        let slots: Vec<WorkerSlot> = books.worker_slots().collect();
        let noted: Vec<WorkerSlot> = noted().collect();
        found.compare("workers", "workers", &slots, &noted);
    }
    let drivers: BTreeMap<_, _> = books.drivers().map(|own| (own.slot, own)).collect();
    for worker in books.workers() {
        if let Some(record) = notes.worker(worker.slot) {
            compare_worker(&mut found, &books, &worker, record, notes);
        }
        let twice = causes.answers.twice_on(causes.master, worker.slot);
        let [struck_off, waiting] = struck_off(&worker, &drivers, causes.drivers, notes);
        let explained = [
            (twice, "late-answer"),
            (struck_off, "struck-off"),
            (waiting, "still-waiting"),
        ];
        check_sums(&mut found, books, &worker, &drivers, &explained);
    }
    let active: Vec<_> = books.applications().map(|own| own.slot).collect();
    let waiting: Vec<_> = books.waiting_applications().collect();
    found.add(lists_agree(&active, &waiting));
    let mut sorted = active;
    sorted.sort_unstable();
    let noted = notes.applications();
    let noted = noted.filter(|(_, own)| own.kept == Kept::Active);
    let noted: Vec<_> = noted.map(|(slot, _)| slot).collect();
    found.compare("applications", "applications", &sorted, &noted);
    for application in books.applications() {
        let twice = causes.answers.twice_for(causes.master, application.slot);
        check_application(&mut found, books, &application, notes, twice);
    }
    check_drivers(&mut found, books, notes);
    found.0
}

fn compare_worker(
    found: &mut Differences,
    books: &BooksView<'_>,
    worker: &WorkerView,
    record: &WorkerRecord,
    notes: &Books,
) {
    let of = worker.id.0;
    let what = |name: &'static str| Part { name, of };
    found.compare("the id of a worker", "worker-id", &worker.id, &record.id);
    found.compare(
        what("the address"),
        "address",
        &worker.address,
        &record.address,
    );
    found.compare(
        what("the state"),
        "worker-state",
        &worker.state,
        &record.state,
    );
    let capacity = worker.capacity;
    let sizes = (capacity.cores, capacity.memory_mib);
    let noted = (record.cores, record.memory_mib);
    found.compare(what("cores and memory"), "worker-size", &sizes, &noted);
    let used = (capacity.cores_used, capacity.memory_used_mib);
    let noted = (record.cores_used, record.memory_used_mib);
    found.compare(what("cores and memory in use"), "worker-use", &used, &noted);
    found.compare(
        what("the last heartbeat"),
        "heartbeat",
        &Some(worker.last_heartbeat),
        &notes.last_heartbeat(worker.slot),
    );
    let executors = books.executors_on(worker.slot);
    let executors = executors.map(|own| (own.application, own.number));
    let noted = record.executors.iter();
    let noted = noted.map(|key| (key.application, key.number));
    found.compare_sets(what("executors"), "worker-executors", executors, noted);
    let (drivers, noted) = (worker.drivers.iter(), record.drivers.iter());
    found.compare_sets(what("drivers"), "worker-drivers", drivers, noted);
    for executor in books.executors_on(worker.slot) {
        let application = notes.application(executor.application);
        let known = application.and_then(|own| own.executors.get(&executor.number));
        if let Some(known) = known {
            let own = (executor.state, executor.cores, executor.memory_mib);
            let noted = (known.state, known.cores, known.memory_mib);
            let (number, id) = (executor.number, worker.id);
            found.compare(
                format_args!("executor {number} on {id}"),
                "executor",
                &own,
                &noted,
            );
        }
    }
    let found_by = (worker.is_found_by_id, worker.is_found_by_address);
    found.add(look_up_agrees(worker.id, worker.state, found_by));
}

/// INV-C1: cores = free + Σ executors + Σ drivers, memory likewise, and the same for addresses.
fn check_sums(
    found: &mut Differences,
    books: BooksView<'_>,
    worker: &WorkerView,
    drivers: &BTreeMap<DriverSlot, DriverView>,
    explained: &[(Share, &'static str)],
) {
    if worker.state == WorkerState::Dead {
        return;
    }
    let (mut cores, mut memory_mib, mut addresses) = (0_i64, 0_i64, 0);
    for executor in books.executors_on(worker.slot) {
        cores += i64::from(executor.cores);
        memory_mib += i64::from(executor.memory_mib);
        addresses += count(&executor.resources);
    }
    for driver in worker.drivers.iter().filter_map(|slot| drivers.get(slot)) {
        cores += i64::from(driver.cores);
        memory_mib += i64::from(driver.memory_mib);
        addresses += count(&driver.resources);
    }
    let held = (cores, memory_mib);
    found.add(use_agrees(worker.id, &worker.capacity, held, explained));
    let taken = count(&worker.resources_taken);
    found.add(addresses_agree(worker.id, taken, addresses));
}

/// What a worker has in use for drivers that have left the list of drivers: those that it keeps
/// (ND-04), and those that were launched because they went on waiting (ND-05).
fn struck_off(
    worker: &WorkerView,
    active: &BTreeMap<DriverSlot, DriverView>,
    drivers: &Drivers,
    notes: &Books,
) -> [Share; 2] {
    let mut shares = [Share::default(); 2];
    let gone = worker.drivers.iter();
    for slot in gone.filter(|slot| !active.contains_key(slot)) {
        if let Some(record) = notes.driver(*slot) {
            let share = &mut shares[usize::from(drivers.is_still_waiting(record.id))];
            *share += Share::new(record.cores, record.memory_mib);
        }
    }
    shares
}

fn count(resources: &deploysim_protocol::resource::Resources) -> usize {
    resources.0.iter().map(|own| own.addresses.len()).sum()
}

/// INV-C4: requested = left + Σ executors, and the notes.
fn check_application(
    found: &mut Differences,
    books: BooksView<'_>,
    application: &ApplicationView,
    notes: &Books,
    twice: i64,
) {
    let own: Vec<_> = books.executors_of(application.slot).collect();
    let cores: i64 = own.iter().map(|own| i64::from(own.cores)).sum();
    found.add(grants_agree(application, cores, twice));
    let Some(record) = notes.application(application.slot) else {
        return;
    };
    let of = application.id.0;
    let what = |name: &'static str| Part { name, of };
    found.compare(
        what("the id"),
        "application-id",
        &application.id,
        &record.id,
    );
    found.compare(
        what("the state"),
        "application-state",
        &application.state,
        &record.state,
    );
    let cores = (application.cores_requested, application.cores_granted);
    let noted = (record.cores_requested, record.cores_granted);
    found.compare(
        what("cores asked for and granted"),
        "granted",
        &cores,
        &noted,
    );
    let counted = (application.retry_count, record.retry_count);
    found.compare(what("abnormal ends"), "retries", &counted.0, &counted.1);
    let numbers: BTreeSet<u32> = own.iter().map(|own| own.number).collect();
    let mapped = record
        .executors
        .iter()
        .filter(|(_, own)| own.in_application);
    let noted: BTreeSet<u32> = mapped.map(|(number, _)| *number).collect();
    found.compare(what("executors"), "application-executors", &numbers, &noted);
    for (profile, target) in &record.targets {
        let own = books.target(application.slot, *profile);
        found.compare(what("a target"), "target", &own, target);
    }
}

fn check_drivers(found: &mut Differences, books: BooksView<'_>, notes: &Books) {
    let drivers: BTreeSet<_> = books.drivers().map(|own| own.slot).collect();
    let noted = notes.drivers().filter(|(_, own)| own.kept == Kept::Active);
    let noted: BTreeSet<_> = noted.map(|(slot, _)| slot).collect();
    found.compare("drivers", "drivers", &drivers, &noted);
    for driver in books.drivers() {
        compare_driver(found, &driver, notes);
    }
    let waiting: BTreeSet<_> = books.waiting_drivers().collect();
    let noted = notes.drivers().filter(|(_, own)| own.waiting);
    let noted: BTreeSet<_> = noted.map(|(slot, _)| slot).collect();
    found.compare("waiting drivers", "waiting-drivers", &waiting, &noted);
}

fn compare_driver(found: &mut Differences, driver: &DriverView, notes: &Books) {
    let Some(record) = notes.driver(driver.slot) else {
        return;
    };
    let of = driver.id.0;
    let what = |name: &'static str| Part { name, of };
    found.compare(what("the id"), "driver-id", &driver.id, &record.id);
    found.compare(
        what("the state"),
        "driver-state",
        &driver.state,
        &record.state,
    );
    if driver.state == DriverState::Running {
        found.compare(
            what("the worker"),
            "driver-worker",
            &driver.worker,
            &record.worker,
        );
    }
}

fn check_worker(id: NodeId, worker: &Worker, ledger: &Ledger) -> Vec<Finding> {
    let Some(notes) = ledger.worker(id) else {
        return Vec::new();
    };
    let mut found = Differences::default();
    found.compare("the worker's id", "worker-id", &worker.id(), &notes.id);
    let flags = (worker.is_connected(), worker.is_decommissioned());
    let noted = (notes.connected, notes.decommissioned);
    found.compare(
        "connected and decommissioned",
        "worker-flags",
        &flags,
        &noted,
    );
    let followed = worker.followed_master().map(|master| master.address);
    found.compare(
        "the followed master",
        "followed",
        &followed,
        &notes.followed,
    );
    let executors = worker.executors().map(|own| own.executor);
    let noted = notes.executors.iter().map(|held| held.executor);
    found.compare_sets("the worker's executors", "held-executors", executors, noted);
    for own in worker.executors() {
        if let Some(held) = notes.executor(own.executor) {
            let pair = (own.cores, own.memory_mib);
            let noted = (held.cores, held.memory_mib);
            let executor = own.executor;
            found.compare(
                format_args!("executor {executor}"),
                "held-executor",
                &pair,
                &noted,
            );
        }
    }
    let drivers = worker.drivers().map(|own| own.driver);
    let noted = notes.drivers.iter().map(|held| held.driver);
    found.compare_sets("the worker's drivers", "held-drivers", drivers, noted);
    found.0
}
