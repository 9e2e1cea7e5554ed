//! The workers as scheduling sees them: capacity, what is used, whether they are usable, and
//! their order by id. Who uses what is known to the books, not here.

use super::resources::Pools;
use deploysim_protocol::event::WorkerSlot;
use deploysim_protocol::id::WorkerId;
use deploysim_protocol::resource::{ResourceRequirement, Resources};

/// Whether a worker can be given anything: it is ALIVE.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Usable {
    /// ALIVE.
    Yes,
    /// In any other state.
    No,
}

/// Cores and memory of one worker. What is free may be negative, and differences wrap around.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Capacity {
    /// All cores.
    pub cores: i32,
    /// Cores charged.
    pub cores_used: i32,
    /// All memory, in MiB.
    pub memory_mib: i32,
    /// Memory charged, in MiB.
    pub memory_used_mib: i32,
}

impl Capacity {
    /// Of which nothing is used.
    pub const fn new(cores: i32, memory_mib: i32) -> Self {
        Self {
            cores,
            cores_used: 0,
            memory_mib,
            memory_used_mib: 0,
        }
    }

    /// Cores that are not used. Spark: `WorkerInfo.coresFree`.
    pub const fn cores_free(&self) -> i32 {
        self.cores.wrapping_sub(self.cores_used)
    }

    /// Memory that is not used, in MiB. Spark: `WorkerInfo.memoryFree`.
    pub const fn memory_free_mib(&self) -> i32 {
        self.memory_mib.wrapping_sub(self.memory_used_mib)
    }
}

/// What one executor or driver takes of a worker.
pub(super) struct Need<'a> {
    pub(super) cores: i32,
    pub(super) memory_mib: i32,
    pub(super) requirements: &'a [ResourceRequirement],
}

/// One worker.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Worker {
    id: WorkerId,
    /// Its position in the order of all workers by id.
    rank: u32,
    pub(super) usable: Usable,
    pub(super) capacity: Capacity,
    pub(super) pools: Pools,
}

impl Worker {
    /// Whether the worker is usable and has room for `need`. Spark: `canLaunch`.
    pub(super) fn fits(&self, need: &Need<'_>) -> bool {
        self.usable == Usable::Yes
            && self.capacity.memory_free_mib() >= need.memory_mib
            && self.capacity.cores_free() >= need.cores
            && self.pools.meet(need.requirements)
    }

    /// Charges `need`, with the first free addresses.
    pub(super) fn take(&mut self, need: &Need<'_>) -> Resources {
        self.charge(need.cores, need.memory_mib);
        self.pools.acquire(need.requirements)
    }

    const fn charge(&mut self, cores: i32, memory_mib: i32) {
        let capacity = &mut self.capacity;
        capacity.cores_used = capacity.cores_used.wrapping_add(cores);
        capacity.memory_used_mib = capacity.memory_used_mib.wrapping_add(memory_mib);
    }
}

/// All workers, by slot.
///
/// Invariant: `by_id` lists the slots of all workers by (text of the id, slot) ascending, and
/// the `rank` of each is its position there.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Workers {
    slots: Vec<Option<Worker>>,
    by_id: Vec<WorkerSlot>,
}

impl Workers {
    pub(super) const NONE: Self = Self {
        slots: Vec::new(),
        by_id: Vec::new(),
    };

    pub(super) fn add(
        &mut self,
        slot: WorkerSlot,
        id: WorkerId,
        capacity: Capacity,
        offered: &Resources,
    ) {
        if self.slots.len() <= slot.index() {
            self.slots.resize(slot.index() + 1, None);
        }
        let place = self.slots.get_mut(slot.index()).expect("just made");
        assert!(place.is_none(), "slot {} holds a worker", slot.0);
        *place = Some(Worker {
            id,
            rank: 0,
            usable: Usable::Yes,
            capacity,
            pools: Pools::new(offered),
        });
        let rank = self
            .by_id
            .partition_point(|other| (self.worker(*other).id, *other) < (id, slot));
        self.by_id.insert(rank, slot);
        self.rank_from(rank);
    }

    pub(super) fn forget(&mut self, slot: WorkerSlot) {
        let place = self.slots.get_mut(slot.index());
        if let Some(worker) = place.and_then(Option::take) {
            self.by_id.remove(worker.rank as usize);
            self.rank_from(worker.rank as usize);
        }
    }

    pub(super) fn set_usable(&mut self, slot: WorkerSlot, usable: Usable) {
        self.worker_mut(slot).usable = usable;
    }

    pub(super) fn charge(
        &mut self,
        slot: WorkerSlot,
        cores: i32,
        memory_mib: i32,
        held: &Resources,
    ) {
        if let Some(Some(worker)) = self.slots.get_mut(slot.index()) {
            worker.charge(cores, memory_mib);
            worker.pools.take(held);
        }
    }

    pub(super) fn release(
        &mut self,
        slot: WorkerSlot,
        cores: i32,
        memory_mib: i32,
        held: &Resources,
    ) {
        if let Some(Some(worker)) = self.slots.get_mut(slot.index()) {
            worker.charge(cores.wrapping_neg(), memory_mib.wrapping_neg());
            worker.pools.give_back(held);
        }
    }

    pub(super) fn capacity(&self, slot: WorkerSlot) -> &Capacity {
        &self.worker(slot).capacity
    }

    pub(super) fn pools(&self, slot: WorkerSlot) -> &Pools {
        &self.worker(slot).pools
    }

    /// All workers by ascending id.
    pub(super) fn by_id(&self) -> &[WorkerSlot] {
        &self.by_id
    }

    /// The worker in a slot.
    pub(super) fn worker(&self, slot: WorkerSlot) -> &Worker {
        let place = self.slots.get(slot.index()).and_then(Option::as_ref);
        place.expect("the slot holds a worker")
    }

    /// The worker in a slot.
    pub(super) fn worker_mut(&mut self, slot: WorkerSlot) -> &mut Worker {
        let place = self.slots.get_mut(slot.index()).and_then(Option::as_mut);
        place.expect("the slot holds a worker")
    }

    fn rank_from(&mut self, first: usize) {
        for (rank, slot) in self.by_id.iter().enumerate().skip(first) {
            let place = self.slots.get_mut(slot.index()).and_then(Option::as_mut);
            place.expect("each slot by id holds a worker").rank =
                u32::try_from(rank).expect("slots are 32 bits");
        }
    }
}
