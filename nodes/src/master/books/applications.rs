//! The applications of a Master's books, active and completed, and how they are found. Granted
//! cores, targets and profiles are known to the scheduler.

use super::ExecutorSlot;
use super::slab::{Lookup, Slab};
use deploysim_protocol::address::{Address, Reference};
use deploysim_protocol::description::ApplicationDescription;
use deploysim_protocol::event::ApplicationSlot;
use deploysim_protocol::id::ApplicationId;
use deploysim_protocol::record::ApplicationRecord;
use deploysim_protocol::state::ApplicationState;
use deploysim_protocol::time::WallTime;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

/// One application, apart from its client. Spark: `ApplicationInfo`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::master) struct ApplicationInfo {
    /// Its id.
    pub(in crate::master) id: ApplicationId,
    /// What it is.
    pub(in crate::master) description: Arc<ApplicationDescription>,
    /// When it registered.
    pub(in crate::master) start_time: WallTime,
    /// The most cores, where the description names none.
    pub(in crate::master) cores_default: i32,
    /// Its state.
    pub(in crate::master) state: ApplicationState,
    /// Its executors by number; a completed application keeps those it had at its end.
    pub(in crate::master) executors: BTreeMap<u32, ExecutorSlot>,
    /// The number of its next executor.
    pub(in crate::master) executor_next: u32,
    /// Abnormal executor ends since any executor last reached RUNNING.
    pub(in crate::master) retry_count: i32,
    /// What is left of it once it is completed.
    pub(in crate::master) end: Option<End>,
    /// How many executors on workers' maps belong to it: its slot is not used again before
    /// they are gone, because removing them still speaks to its client.
    pub(in crate::master) executors_on_workers: u32,
    is_forgotten: bool,
}

/// What a completed application leaves behind, since the scheduler forgets it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::master) struct End {
    /// When it was removed; none until the kill orders are out.
    pub(in crate::master) time: Option<WallTime>,
    /// Cores granted at its end.
    pub(in crate::master) cores_granted: i32,
    /// Sum of its targets at its end.
    pub(in crate::master) executor_limit: i32,
}

impl ApplicationInfo {
    /// An application that waits and has no executor.
    pub(in crate::master) fn new(record: &ApplicationRecord) -> Self {
        Self {
            id: record.id,
            description: Arc::clone(&record.description),
            start_time: record.start_time,
            cores_default: record.cores_default,
            state: ApplicationState::Waiting,
            executors: BTreeMap::new(),
            executor_next: 0,
            retry_count: 0,
            end: None,
            executors_on_workers: 0,
            is_forgotten: false,
        }
    }

    /// The most cores it may hold at one time. Spark: `requestedCores`.
    pub(in crate::master) fn cores_requested(&self) -> i32 {
        self.description.cores_max.unwrap_or(self.cores_default)
    }
}

/// All applications. Spark's `apps` and `waitingApps` have the same members, so there is one
/// list, in order of registration.
///
/// Invariant: `clients` has one entry for each place. What is told to every client needs it
/// alone, so it is a row of its own; a vacant place keeps the client that it had.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::master) struct Applications {
    places: Slab<ApplicationInfo>,
    clients: Vec<Reference>,
    by_id: Lookup<ApplicationId, ApplicationSlot>,
    by_client: Lookup<Address, ApplicationSlot>,
    active: Vec<ApplicationSlot>,
    /// How many are UNKNOWN: a recovery asks after every answer.
    unknown: usize,
    completed: VecDeque<ApplicationSlot>,
}

impl Applications {
    /// No applications.
    pub(in crate::master) const fn new() -> Self {
        Self {
            places: Slab::new(),
            clients: Vec::new(),
            by_id: Lookup::new(),
            by_client: Lookup::new(),
            active: Vec::new(),
            unknown: 0,
            completed: VecDeque::new(),
        }
    }

    /// The application last registered under this id, unless one of this id was removed since.
    /// Spark: `idToApp`.
    pub(in crate::master) fn by_id(&self, id: ApplicationId) -> Option<ApplicationSlot> {
        self.by_id.find(&id)
    }

    /// The active application of the client at this address. Spark: `addressToApp`.
    pub(in crate::master) fn by_client(&self, address: Address) -> Option<ApplicationSlot> {
        self.by_client.find(&address)
    }

    /// The application at a slot.
    ///
    /// # Panics
    /// If the slot is vacant.
    pub(in crate::master) fn info(&self, slot: ApplicationSlot) -> &ApplicationInfo {
        self.places.find(slot.0).expect(VACANT)
    }

    /// The application at a slot.
    ///
    /// # Panics
    /// If the slot is vacant.
    pub(in crate::master) fn info_mut(&mut self, slot: ApplicationSlot) -> &mut ApplicationInfo {
        self.places.find_mut(slot.0).expect(VACANT)
    }

    /// Its client.
    pub(in crate::master) fn client(&self, slot: ApplicationSlot) -> Reference {
        self.clients[slot.index()]
    }

    /// Sets its state, and gives the one that it was in.
    ///
    /// # Panics
    /// If the slot is vacant.
    pub(in crate::master) fn set_state(
        &mut self,
        slot: ApplicationSlot,
        state: ApplicationState,
    ) -> ApplicationState {
        let before = std::mem::replace(&mut self.info_mut(slot).state, state);
        self.unknown -= usize::from(before == ApplicationState::Unknown);
        self.unknown += usize::from(state == ApplicationState::Unknown);
        before
    }

    /// Whether any application is UNKNOWN.
    pub(in crate::master) const fn is_any_unknown(&self) -> bool {
        self.unknown > 0
    }

    /// The applications that are not removed, in order of registration.
    pub(in crate::master) fn active(&self) -> &[ApplicationSlot] {
        &self.active
    }

    /// The applications that were removed, oldest first.
    pub(in crate::master) fn completed(&self) -> impl Iterator<Item = ApplicationSlot> {
        self.completed.iter().copied()
    }

    /// How many were removed and are remembered.
    pub(in crate::master) fn completed_count(&self) -> usize {
        self.completed.len()
    }

    /// Enters an application whose client is reached at `client`.
    pub(in crate::master) fn insert(
        &mut self,
        info: ApplicationInfo,
        client: Reference,
    ) -> ApplicationSlot {
        let id = info.id;
        let slot = ApplicationSlot(self.places.insert(info));
        match self.clients.get_mut(slot.index()) {
            Some(former) => *former = client,
            None => self.clients.push(client),
        }
        self.by_id.insert(id, slot);
        self.by_client.insert(client.address, slot);
        self.active.push(slot);
        slot
    }

    /// Strikes an application off the active ones: it is found no longer.
    pub(in crate::master) fn deactivate(&mut self, slot: ApplicationSlot) {
        let (id, client) = (self.info(slot).id, self.client(slot).address);
        self.active.retain(|other| *other != slot);
        self.by_id.remove(&id);
        self.by_client.remove(&client);
    }

    /// Remembers an application as the newest completed one.
    pub(in crate::master) fn complete(&mut self, slot: ApplicationSlot) {
        self.completed.push_back(slot);
    }

    /// Takes the oldest completed application off the list. Its place is vacated by
    /// [`Applications::vacate`].
    pub(in crate::master) fn forget_oldest(&mut self) -> Option<ApplicationSlot> {
        let slot = self.completed.pop_front()?;
        self.info_mut(slot).is_forgotten = true;
        Some(slot)
    }

    /// Vacates the place of a forgotten application of which nothing is left on any worker.
    pub(in crate::master) fn vacate(&mut self, slot: ApplicationSlot) {
        let info = self.info(slot);
        if info.is_forgotten && info.executors_on_workers == 0 {
            self.places.remove(slot.0);
        }
    }
}

const VACANT: &str = "the slot holds an application";
