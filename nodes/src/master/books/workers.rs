//! The workers of a Master's books: who is known, who is remembered as DEAD, and how both are
//! found. What a worker has and uses is known to the scheduler; rules are elsewhere.

use super::ExecutorSlot;
use super::row::Row;
use super::slab::Lookup;
use crate::growth;
use deploysim_protocol::address::{Address, Reference};
use deploysim_protocol::event::{DriverSlot, WorkerSlot};
use deploysim_protocol::id::{DriverId, ExecutorId, WorkerId};
use deploysim_protocol::state::WorkerState;
use deploysim_protocol::text::Text;
use deploysim_protocol::time::WallTime;
use std::collections::{BTreeMap, BTreeSet};

/// One worker, apart from its state, last heartbeat and endpoint. Spark: `WorkerInfo`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::master) struct WorkerInfo {
    /// Its id.
    pub(in crate::master) id: WorkerId,
    /// Its host and port.
    pub(in crate::master) address: Address,
    /// Its web page.
    pub(in crate::master) web_ui_url: Text,
    /// Executors booked on it; a DEAD worker keeps them. Spark: `WorkerInfo.executors`.
    pub(in crate::master) executors: Row<ExecutorId, ExecutorSlot>,
    /// Drivers booked on it. Spark: `WorkerInfo.drivers`.
    pub(in crate::master) drivers: BTreeMap<DriverId, DriverSlot>,
    registration: u32,
}

impl WorkerInfo {
    /// A worker on which nothing is booked.
    pub(in crate::master) const fn new(id: WorkerId, address: Address, web_ui_url: Text) -> Self {
        Self {
            id,
            address,
            web_ui_url,
            executors: Row::new(),
            drivers: BTreeMap::new(),
            registration: 0,
        }
    }
}

/// A worker's record as an executor or driver holds it. Spark holds the object itself, which
/// outlives its place in `workers`; here [`Workers::slot_of`] tells whether the place still
/// holds that record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::master) struct Assignment {
    slot: WorkerSlot,
    registration: u32,
    /// The worker's id.
    pub(in crate::master) id: WorkerId,
    /// Its host and port.
    pub(in crate::master) address: Address,
    /// How it is spoken to.
    pub(in crate::master) endpoint: Reference,
}

/// All workers.
///
/// Invariants:
/// 1. `by_id` and `by_address` find exactly the workers that are not DEAD.
/// 2. `dead_by_id` and `dead_by_address` list exactly the DEAD ones.
/// 3. `unknown` counts the workers that are UNKNOWN: a recovery asks after every answer.
/// 4. The four vectors have one entry per slot; at a vacant slot the state is DEAD and the
///    last heartbeat is [`NEVER`], and only there, so that scans need not look at `infos`. What
///    is told to every worker needs the endpoints beside it, so they have a row of their own.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::master) struct Workers {
    states: Vec<WorkerState>,
    unknown: usize,
    last_heartbeats: Vec<WallTime>,
    endpoints: Vec<Reference>,
    infos: Vec<Option<WorkerInfo>>,
    free: Vec<WorkerSlot>,
    registrations: u32,
    by_id: Lookup<WorkerId, WorkerSlot>,
    by_address: Lookup<Address, WorkerSlot>,
    dead_by_id: BTreeSet<(WorkerId, WorkerSlot)>,
    dead_by_address: BTreeSet<(Address, WorkerSlot)>,
}

/// Later than every instant, so that a vacant slot is never overdue.
const NEVER: WallTime = WallTime::from_millis(i64::MAX);

impl Workers {
    /// No workers.
    pub(in crate::master) const fn new() -> Self {
        Self {
            states: Vec::new(),
            unknown: 0,
            last_heartbeats: Vec::new(),
            endpoints: Vec::new(),
            infos: Vec::new(),
            free: Vec::new(),
            registrations: 0,
            by_id: Lookup::new(),
            by_address: Lookup::new(),
            dead_by_id: BTreeSet::new(),
            dead_by_address: BTreeSet::new(),
        }
    }

    /// The worker of this id that is not DEAD. Spark: `idToWorker`.
    pub(in crate::master) fn by_id(&self, id: WorkerId) -> Option<WorkerSlot> {
        self.by_id.find(&id)
    }

    /// The worker at this address that is not DEAD. Spark: `addressToWorker`.
    pub(in crate::master) fn by_address(&self, address: Address) -> Option<WorkerSlot> {
        self.by_address.find(&address)
    }

    /// A DEAD worker of this id.
    pub(in crate::master) fn dead(&self, id: WorkerId) -> Option<WorkerSlot> {
        let mut same = self.dead_by_id.range((id, WorkerSlot(0))..);
        same.next()
            .filter(|(found, _)| *found == id)
            .map(|(_, slot)| *slot)
    }

    /// The DEAD workers of this host and port.
    pub(in crate::master) fn dead_at(&self, address: Address) -> Vec<WorkerSlot> {
        self.dead_by_address
            .range((address, WorkerSlot(0))..=(address, WorkerSlot(u32::MAX)))
            .map(|(_, slot)| *slot)
            .collect()
    }

    /// The worker at a slot.
    ///
    /// # Panics
    /// If the slot is vacant.
    pub(in crate::master) fn info(&self, slot: WorkerSlot) -> &WorkerInfo {
        self.infos[slot.index()].as_ref().expect(VACANT)
    }

    /// The worker at a slot.
    ///
    /// # Panics
    /// If the slot is vacant.
    pub(in crate::master) fn info_mut(&mut self, slot: WorkerSlot) -> &mut WorkerInfo {
        self.infos[slot.index()].as_mut().expect(VACANT)
    }

    /// How it is spoken to.
    pub(in crate::master) fn endpoint(&self, slot: WorkerSlot) -> Reference {
        self.endpoints[slot.index()]
    }

    /// How every worker is spoken to, also DEAD ones, by slot.
    pub(in crate::master) fn endpoints(&self) -> impl Iterator<Item = Reference> {
        let taken = self.last_heartbeats.iter().zip(&self.endpoints);
        taken
            .filter(|(last, _)| **last != NEVER)
            .map(|(_, endpoint)| *endpoint)
    }

    /// Its state.
    pub(in crate::master) fn state(&self, slot: WorkerSlot) -> WorkerState {
        self.states[slot.index()]
    }

    /// Sets its state to one other than DEAD.
    pub(in crate::master) fn set_state(&mut self, slot: WorkerSlot, state: WorkerState) {
        self.enter_state(slot, state);
    }

    /// When it was last heard of.
    pub(in crate::master) fn last_heartbeat(&self, slot: WorkerSlot) -> WallTime {
        self.last_heartbeats[slot.index()]
    }

    /// Sets when it was last heard of.
    pub(in crate::master) fn hear(&mut self, slot: WorkerSlot, at: WallTime) {
        self.last_heartbeats[slot.index()] = at;
    }

    /// Whether any worker is UNKNOWN.
    pub(in crate::master) const fn is_any_unknown(&self) -> bool {
        self.unknown > 0
    }

    fn enter_state(&mut self, slot: WorkerSlot, state: WorkerState) {
        let before = std::mem::replace(&mut self.states[slot.index()], state);
        self.unknown -= usize::from(before == WorkerState::Unknown);
        self.unknown += usize::from(state == WorkerState::Unknown);
    }

    /// The workers last heard of before `limit`, by id.
    pub(in crate::master) fn silent_since_before(&self, limit: WallTime) -> Vec<WorkerSlot> {
        let mut silent = Vec::new();
        for (slot, last) in (0_u32..).zip(&self.last_heartbeats) {
            if *last < limit {
                silent.push(WorkerSlot(slot));
            }
        }
        self.sort_by_id(&mut silent);
        silent
    }

    /// Every worker, also DEAD ones, by slot: in order of registration, save that a vacated
    /// slot is used again.
    pub(in crate::master) fn slots(&self) -> impl Iterator<Item = WorkerSlot> {
        let taken = (0_u32..).zip(&self.last_heartbeats);
        taken
            .filter(|(_, last)| **last != NEVER)
            .map(|(slot, _)| WorkerSlot(slot))
    }

    /// Every worker that `keep` accepts, by id.
    pub(in crate::master) fn by_id_where(
        &self,
        keep: impl Fn(WorkerSlot) -> bool,
    ) -> Vec<WorkerSlot> {
        let mut slots: Vec<_> = self.slots().filter(|slot| keep(*slot)).collect();
        self.sort_by_id(&mut slots);
        slots
    }

    /// What an executor or driver on this worker holds of it.
    pub(in crate::master) fn assignment(&self, slot: WorkerSlot) -> Assignment {
        let info = self.info(slot);
        Assignment {
            slot,
            registration: info.registration,
            id: info.id,
            address: info.address,
            endpoint: self.endpoint(slot),
        }
    }

    /// Where that record is, unless it was forgotten.
    pub(in crate::master) fn slot_of(&self, assignment: &Assignment) -> Option<WorkerSlot> {
        let info = self.infos.get(assignment.slot.index())?.as_ref()?;
        (info.registration == assignment.registration).then_some(assignment.slot)
    }

    /// Enters a worker that is spoken to at `endpoint`, ALIVE and heard of just now.
    pub(in crate::master) fn insert(
        &mut self,
        mut info: WorkerInfo,
        endpoint: Reference,
        now: WallTime,
    ) -> WorkerSlot {
        info.registration = self.registrations;
        self.registrations = self.registrations.wrapping_add(1);
        let slot = self.free.pop().unwrap_or_else(|| {
            let slot = u32::try_from(self.infos.len()).expect("fewer than 2^32 workers");
            self.states.push(WorkerState::Dead);
            self.last_heartbeats.push(NEVER);
            self.endpoints.push(endpoint);
            growth::push(&mut self.infos, None);
            WorkerSlot(slot)
        });
        self.by_id.insert(info.id, slot);
        self.by_address.insert(endpoint.address, slot);
        self.enter_state(slot, WorkerState::Alive);
        self.last_heartbeats[slot.index()] = now;
        self.endpoints[slot.index()] = endpoint;
        self.infos[slot.index()] = Some(info);
        slot
    }

    /// Makes a worker DEAD: it is found no longer, but remembered.
    pub(in crate::master) fn bury(&mut self, slot: WorkerSlot) {
        self.enter_state(slot, WorkerState::Dead);
        let info = self.infos[slot.index()].as_ref().expect(VACANT);
        self.by_id.remove(&info.id);
        self.by_address
            .remove(&self.endpoints[slot.index()].address);
        self.dead_by_id.insert((info.id, slot));
        self.dead_by_address.insert((info.address, slot));
    }

    /// Forgets a DEAD worker.
    pub(in crate::master) fn forget(&mut self, slot: WorkerSlot) -> WorkerInfo {
        let info = self.infos[slot.index()].take().expect(VACANT);
        self.last_heartbeats[slot.index()] = NEVER;
        self.dead_by_id.remove(&(info.id, slot));
        self.dead_by_address.remove(&(info.address, slot));
        self.free.push(slot);
        info
    }

    fn sort_by_id(&self, slots: &mut [WorkerSlot]) {
        slots.sort_unstable_by_key(|slot| (self.info(*slot).id, *slot));
    }
}

const VACANT: &str = "the slot holds a worker";
