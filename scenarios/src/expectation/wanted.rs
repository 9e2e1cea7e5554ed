//! What a claim wants of one master, worker, submitted driver or application, and whether it has
//! that. States, cores and lists are the leader's books.

use crate::ledger::Ledger;
use crate::scenario::plan::{Claim, Quantity};
use deploysim_protocol::state::{ApplicationState, DriverState, MasterState, WorkerState};
use deploysim_protocol::text::Text;

/// What a claim wants of each thing.
#[derive(Clone, Debug)]
pub(super) enum Wanted {
    Master(Option<MasterState>),
    Worker(WantedWorker),
    Driver(WantedDriver),
    Application(WantedApplication),
}

#[derive(Clone, Debug)]
pub(super) struct WantedWorker {
    state: Option<WorkerState>,
    listed: Option<bool>,
    cores_used: Option<Quantity>,
    memory_used_mib: Option<Quantity>,
    executors: Option<Quantity>,
    drivers: Option<Quantity>,
}

#[derive(Clone, Debug)]
pub(super) struct WantedDriver {
    state: Option<DriverState>,
    worker: Option<Text>,
    ids: Option<Quantity>,
    copies: Option<Quantity>,
}

#[derive(Clone, Debug)]
pub(super) struct WantedApplication {
    state: Option<ApplicationState>,
    cores: Option<Quantity>,
    executors: Option<Quantity>,
    ids: Option<Quantity>,
}

impl Wanted {
    /// What a claim about things with names of their own wants of each.
    ///
    /// # Panics
    /// If the claim is another one: those have questions of their own.
    pub(super) fn new(claim: &Claim) -> Self {
        match claim {
            Claim::Master { state, .. } => Self::Master(*state),
            Claim::Worker {
                state,
                listed,
                cores_used,
                memory_used_mib,
                executors,
                drivers,
                ..
            } => Self::Worker(WantedWorker {
                state: *state,
                listed: *listed,
                cores_used: *cores_used,
                memory_used_mib: *memory_used_mib,
                executors: *executors,
                drivers: *drivers,
            }),
            Claim::Driver {
                state,
                worker,
                ids,
                copies,
                ..
            } => Self::Driver(WantedDriver {
                state: *state,
                worker: worker.as_deref().map(Text::new),
                ids: *ids,
                copies: *copies,
            }),
            Claim::Application {
                state,
                cores,
                executors,
                ids,
                ..
            } => Self::Application(WantedApplication {
                state: *state,
                cores: *cores,
                executors: *executors,
                ids: *ids,
            }),
            Claim::Executor { .. } | Claim::Message { .. } | Claim::Process { .. } => {
                unreachable!("these claims have questions of their own")
            }
        }
    }

    /// Whether the thing of this name has what is wanted.
    pub(super) fn fits(&self, name: Text, ledger: &Ledger) -> bool {
        match self {
            Self::Master(state) => {
                state.is_none_or(|state| master_state(name, ledger) == Some(state))
            }
            Self::Worker(wanted) => wanted.fits(name, ledger),
            Self::Driver(wanted) => wanted.fits(name, ledger),
            Self::Application(wanted) => wanted.fits(name, ledger),
        }
    }
}

/// What a master does; `None` while its process is gone.
pub(super) fn master_state(name: Text, ledger: &Ledger) -> Option<MasterState> {
    let node = ledger.node_named(name)?;
    let books = ledger.books(node)?;
    ledger.is_alive(node).then_some(books.state())
}

impl WantedWorker {
    fn fits(&self, name: Text, ledger: &Ledger) -> bool {
        let node = ledger.node_named(name);
        let books = ledger.leader_books();
        let record = books
            .zip(node)
            .and_then(|(books, node)| books.worker_of(node));
        let Some((_, record)) = record else {
            let asks_for_nothing = self.state.is_none()
                && self.cores_used.is_none()
                && self.memory_used_mib.is_none()
                && self.executors.is_none()
                && self.drivers.is_none();
            return books.is_some() && asks_for_nothing && self.listed != Some(true);
        };
        self.listed != Some(false)
            && self.state.is_none_or(|state| record.state == state)
            && within(self.cores_used, record.cores_used)
            && within(self.memory_used_mib, record.memory_used_mib)
            && counted(self.executors, record.executors.len())
            && counted(self.drivers, record.drivers.len())
    }
}

impl WantedDriver {
    fn fits(&self, name: Text, ledger: &Ledger) -> bool {
        let copies = ledger.driver_processes(name);
        let copies = copies.map_or(0, |family| family.living as usize);
        if !counted(self.copies, copies) || !counted(self.ids, ledger.driver_ids(name).len()) {
            return false;
        }
        if self.state.is_none() && self.worker.is_none() {
            return true;
        }
        let Some(books) = ledger.leader_books() else {
            return false;
        };
        let Some((_, record)) = books.driver_named(name) else {
            return false;
        };
        let worker = record.worker.and_then(|slot| books.worker(slot)?.node);
        let worker = worker.map(|node| ledger.name(node));
        self.state.is_none_or(|state| record.state == state)
            && (self.worker.is_none() || self.worker == worker)
    }
}

impl WantedApplication {
    fn fits(&self, name: Text, ledger: &Ledger) -> bool {
        if !counted(self.ids, ledger.application_ids(name).len()) {
            return false;
        }
        if self.state.is_none() && self.cores.is_none() && self.executors.is_none() {
            return true;
        }
        let books = ledger.leader_books();
        let Some((_, record)) = books.and_then(|books| books.application_named(name)) else {
            return false;
        };
        self.state.is_none_or(|state| record.state == state)
            && within(self.cores, record.cores_granted)
            && counted(self.executors, record.executors_booked as usize)
    }
}

/// A negative number is in no range.
pub(super) fn within(wanted: Option<Quantity>, found: i32) -> bool {
    wanted.is_none_or(|wanted| u64::try_from(found).is_ok_and(|found| wanted.holds(found)))
}

/// Whether a number of things is in the range, if one is asked for.
pub(super) fn counted(wanted: Option<Quantity>, found: usize) -> bool {
    wanted.is_none_or(|wanted| wanted.holds(found as u64))
}
