//! The cluster over time: capacity, use, stranded cores and queues in the leader's books, each
//! times how long it lasted. While nobody leads nothing is added: there are no books then.

use super::fragmentation::Shapes;
use super::value::{Total, Unit, Value};
use crate::ledger::{Books, Kept, Ledger};
use crate::trace::NodeId;
use deploysim_protocol::event::{ApplicationSlot, DriverSlot, Field, MasterEvent, WorkerSlot};
use deploysim_protocol::state::{ApplicationState, WorkerState};
use deploysim_protocol::time::Time;

/// How many levels there are.
const LEVELS: usize = 8;

/// What is added up over time, as indices.
const CORES: usize = 0;
const CORES_USED: usize = 1;
const CORES_FREE: usize = 2;
const CORES_STRANDED: usize = 3;
const MEMORY: usize = 4;
const MEMORY_USED: usize = 5;
const APPLICATIONS_WAITING: usize = 6;
const DRIVERS_WAITING: usize = 7;

/// What one thing adds to each level.
type Share = [u64; LEVELS];

/// The levels of one master's books at a time.
#[derive(Clone, Debug, Default)]
pub(super) struct Levels {
    shapes: Shapes,
    /// Who leads, whose books these are.
    leader: Option<NodeId>,
    since: Time,
    now: Share,
    /// Level times nanoseconds.
    sums: [u128; LEVELS],
    /// The highest that lasted.
    most: Share,
    led_ns: u128,
    leaderless_ns: u128,
    /// What each worker, application and driver of the books adds, by slot.
    workers: Vec<Share>,
    applications: Vec<Share>,
    drivers: Vec<Share>,
}

impl Levels {
    pub(super) fn new(shapes: Shapes) -> Self {
        Self {
            shapes,
            ..Self::default()
        }
    }

    /// Whether the books are another master's than those that are looked at.
    pub(super) fn is_outdated(&self, ledger: &Ledger) -> bool {
        self.leader != ledger.leader()
    }

    /// Another master leads, or none: looks at all of its books.
    pub(super) fn take_over(&mut self, at: Time, ledger: &Ledger) {
        self.pass_to(at);
        self.leader = ledger.leader();
        self.now = Share::default();
        self.workers.clear();
        self.applications.clear();
        self.drivers.clear();
        let Some(books) = ledger.leader_books() else {
            return;
        };
        for (slot, _) in books.workers() {
            self.look_at_worker(slot, books);
        }
        for (slot, _) in books.applications() {
            self.look_at_application(slot, books);
        }
        for (slot, _) in books.drivers() {
            self.look_at_driver(slot, books);
        }
    }

    /// The leader noted something, and `books` are what it adds up to.
    pub(super) fn note(&mut self, at: Time, event: &MasterEvent, books: &Books) {
        let mut has_passed = false;
        event.fields(&mut |_, field| {
            if !std::mem::replace(&mut has_passed, true) {
                self.pass_to(at);
            }
            if let Field::Worker(slot) = field {
                self.look_at_worker(slot, books);
            } else if let Field::Application(slot) = field {
                self.look_at_application(slot, books);
            } else if let Field::Driver(slot) = field {
                self.look_at_driver(slot, books);
            }
        });
    }

    /// Adds up what lasted until `at`.
    pub(super) fn pass_to(&mut self, at: Time) {
        let passed = at.since(self.since).as_nanos();
        self.since = at;
        if passed == 0 {
            return;
        }
        if self.leader.is_none() {
            self.leaderless_ns += passed;
            return;
        }
        self.led_ns += passed;
        for (level, sum) in self.now.iter().zip(&mut self.sums) {
            *sum += u128::from(*level) * passed;
        }
        for (level, most) in self.now.iter().zip(&mut self.most) {
            *most = (*most).max(*level);
        }
    }

    fn look_at_worker(&mut self, slot: WorkerSlot, books: &Books) {
        let mut share = Share::default();
        let record = books.worker(slot);
        let alive = record.filter(|record| record.listed && record.state == WorkerState::Alive);
        if let Some(record) = alive {
            let (cores, memory) = (amount(record.cores), amount(record.memory_mib));
            let (used, memory_used) = (amount(record.cores_used), amount(record.memory_used_mib));
            let free = cores.saturating_sub(used);
            share[CORES] = cores;
            share[CORES_USED] = used;
            share[CORES_FREE] = free;
            share[CORES_STRANDED] = self
                .shapes
                .stranded(free, memory.saturating_sub(memory_used));
            share[MEMORY] = memory;
            share[MEMORY_USED] = memory_used;
        }
        replace(&mut self.now, &mut self.workers, slot.index(), share);
    }

    fn look_at_application(&mut self, slot: ApplicationSlot, books: &Books) {
        let waits = books.application(slot).is_some_and(|record| {
            record.kept == Kept::Active && record.state == ApplicationState::Waiting
        });
        let mut share = Share::default();
        share[APPLICATIONS_WAITING] = waits.into();
        replace(&mut self.now, &mut self.applications, slot.index(), share);
    }

    fn look_at_driver(&mut self, slot: DriverSlot, books: &Books) {
        let waits = books.driver(slot).is_some_and(|record| record.waiting);
        let mut share = Share::default();
        share[DRIVERS_WAITING] = waits.into();
        replace(&mut self.now, &mut self.drivers, slot.index(), share);
    }

    /// What it all adds up to.
    pub(super) fn totals(&self) -> Vec<Total> {
        let over = |above: usize, below: usize| Value::ratio(self.sums[above], self.sums[below]);
        let stranded_most = self.sums[CORES_FREE] * u128::from(self.shapes.weight());
        let mean = |level: usize| Value::ratio(self.sums[level], self.led_ns);
        let most = |level: usize| Some(Value::Integer(self.most[level].into()));
        let total = |name, value, unit| Total { name, value, unit };
        let nanoseconds = |name, value| total(name, Some(Value::Integer(value)), Unit::Nanoseconds);
        vec![
            total("cores_utilisation", over(CORES_USED, CORES), Unit::None),
            total("memory_utilisation", over(MEMORY_USED, MEMORY), Unit::None),
            total(
                "cores_fragmentation",
                Value::ratio(self.sums[CORES_STRANDED], stranded_most),
                Unit::None,
            ),
            total(
                "applications_waiting_mean",
                mean(APPLICATIONS_WAITING),
                Unit::None,
            ),
            total(
                "applications_waiting_max",
                most(APPLICATIONS_WAITING),
                Unit::Of("applications"),
            ),
            total("drivers_waiting_mean", mean(DRIVERS_WAITING), Unit::None),
            total(
                "drivers_waiting_max",
                most(DRIVERS_WAITING),
                Unit::Of("drivers"),
            ),
            nanoseconds("led", self.led_ns),
            nanoseconds("leaderless", self.leaderless_ns),
        ]
    }
}

/// An amount of a record; below nothing counts as nothing.
fn amount(number: i32) -> u64 {
    u64::try_from(number).unwrap_or(0)
}

/// Puts `share` in the place of what the thing at `slot` added.
fn replace(now: &mut Share, shares: &mut Vec<Share>, slot: usize, share: Share) {
    if shares.len() <= slot {
        shares.resize(slot + 1, Share::default());
    }
    let former = std::mem::replace(&mut shares[slot], share);
    for (level, (new, old)) in now.iter_mut().zip(share.iter().zip(former)) {
        *level = *level + new - old;
    }
}
