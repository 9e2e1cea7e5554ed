//! The workers as scheduling sees them: capacity, what is used, whether they are usable, and
//! the orders in which they are asked. Who uses what is known to the books, not here.

use super::derived::Derived;
use super::labels::{self, ById};
use super::order::{Key, Order, Room, Walk};
use super::orders::{Orders, Standing};
use super::raised::Raised;
use super::resources::Pools;
use deploysim_protocol::conf::WorkerSelectionPolicy;
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

impl Need<'_> {
    /// Cores and memory.
    pub(super) const fn room(&self) -> Room {
        Room {
            cores: self.cores,
            memory_mib: self.memory_mib,
        }
    }

    /// Whether a worker has more of something when this was taken of it.
    pub(super) const fn gives(&self) -> bool {
        self.cores < 0 || self.memory_mib < 0
    }
}

/// One worker.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Worker {
    id: WorkerId,
    /// Stands for the place of the id among all.
    label: Derived<u64>,
    usable: Usable,
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

    /// Free cores and memory.
    pub(super) const fn room(&self) -> Room {
        Room {
            cores: self.capacity.cores_free(),
            memory_mib: self.capacity.memory_free_mib(),
        }
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

    /// Where it stands in the orders; nowhere if it is not usable.
    fn standing(&self, slot: WorkerSlot) -> Option<Standing> {
        let standing = || Standing::new(self.room(), self.label.0, slot);
        (self.usable == Usable::Yes).then(standing)
    }
}

/// All workers, by slot.
///
/// Invariants:
/// 1. `by_id` lists all workers by (text of the id, slot) ascending, and their labels ascend.
/// 2. `orders` has exactly the usable workers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Workers {
    slots: Vec<Option<Worker>>,
    by_id: Derived<ById>,
    orders: Derived<Orders>,
    raised: Derived<Raised>,
}

impl Workers {
    /// Without a worker.
    pub(super) const fn new(policy: WorkerSelectionPolicy) -> Self {
        Self {
            slots: Vec::new(),
            by_id: Derived(ById::new()),
            orders: Derived(Orders::new(policy)),
            raised: Derived(Raised::NONE),
        }
    }

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
            label: Derived(0),
            usable: Usable::No,
            capacity,
            pools: Pools::new(offered),
        });
        self.label(slot, id);
        self.set_usable(slot, Usable::Yes);
    }

    pub(super) fn forget(&mut self, slot: WorkerSlot) {
        if self.slots.get(slot.index()).is_some_and(Option::is_some) {
            self.set_usable(slot, Usable::No);
            if let Some(worker) = self.slots[slot.index()].take() {
                self.by_id.0.remove(&(worker.id, slot));
            }
        }
    }

    pub(super) fn set_usable(&mut self, slot: WorkerSlot, usable: Usable) {
        self.change(slot, |worker| worker.usable = usable);
        self.note_raised(slot);
    }

    pub(super) fn charge(
        &mut self,
        slot: WorkerSlot,
        cores: i32,
        memory_mib: i32,
        held: &Resources,
    ) {
        if let Some(Some(_)) = self.slots.get(slot.index()) {
            self.change(slot, |worker| {
                worker.charge(cores, memory_mib);
                worker.pools.take(held);
            });
            // More may be free: a charge may be negative, and what is used wraps around.
            self.note_raised(slot);
        }
    }

    pub(super) fn release(
        &mut self,
        slot: WorkerSlot,
        cores: i32,
        memory_mib: i32,
        held: &Resources,
    ) {
        if let Some(Some(_)) = self.slots.get(slot.index()) {
            self.change(slot, |worker| {
                worker.charge(cores.wrapping_neg(), memory_mib.wrapping_neg());
                worker.pools.give_back(held);
            });
            self.note_raised(slot);
        }
    }

    pub(super) fn capacity(&self, slot: WorkerSlot) -> &Capacity {
        &self.worker(slot).capacity
    }

    pub(super) fn pools(&self, slot: WorkerSlot) -> &Pools {
        &self.worker(slot).pools
    }

    /// The worker in a slot.
    pub(super) fn worker(&self, slot: WorkerSlot) -> &Worker {
        let place = self.slots.get(slot.index()).and_then(Option::as_ref);
        place.expect("the slot holds a worker")
    }

    /// Whether there is a worker in a slot, and it has room.
    pub(super) fn fits(&self, slot: WorkerSlot, need: &Need<'_>) -> bool {
        let place = self.slots.get(slot.index()).and_then(Option::as_ref);
        place.is_some_and(|worker| worker.fits(need))
    }

    /// How many workers there are.
    pub(super) fn count(&self) -> usize {
        self.by_id.0.len()
    }

    /// How many workers are usable.
    pub(super) const fn usable_count(&self) -> usize {
        self.orders.0.by_id().len()
    }

    /// The usable worker at a place of the order by id.
    pub(super) fn usable_at(&self, place: usize) -> WorkerSlot {
        self.orders.0.by_id().at(place)
    }

    /// The usable workers by id.
    pub(super) fn usable(&self) -> impl Iterator<Item = WorkerSlot> {
        self.orders.0.by_id().iter()
    }

    /// The sum of the free cores of the usable workers that have any.
    pub(super) const fn cores_free(&self) -> i64 {
        self.orders.0.cores_free()
    }

    /// Changes one worker, and its place in the orders with it. Whoever makes more room calls
    /// [`Workers::note_raised`] too.
    pub(super) fn change<R>(
        &mut self,
        slot: WorkerSlot,
        change: impl FnOnce(&mut Worker) -> R,
    ) -> R {
        let place = self.slots.get_mut(slot.index()).and_then(Option::as_mut);
        let worker = place.expect("the slot holds a worker");
        let before = worker.standing(slot);
        let answer = change(worker);
        let after = worker.standing(slot);
        if before != after {
            self.orders.0.follow(before, after);
        }
        answer
    }

    /// `workers` of the workers are about to change, each at most once: the order by policy
    /// follows them together at [`Workers::end_changes`], and is not to be asked before.
    pub(super) const fn begin_changes(&mut self, workers: usize) {
        self.orders.0.suspend(workers);
    }

    /// The changes are made.
    pub(super) fn end_changes(&mut self, keys: &mut Vec<Key>) {
        let slots = &self.slots;
        let standing = |slot: WorkerSlot| slots.get(slot.index())?.as_ref()?.standing(slot);
        self.orders.0.resume(standing, keys);
    }

    /// The place of a worker in the order by policy.
    pub(super) fn key(&self, slot: WorkerSlot) -> Option<Key> {
        let standing = self.worker(slot).standing(slot)?;
        Some(standing.by_policy(self.orders.0.policy()))
    }

    /// Shows `look` the usable workers in the order of the policy, save those that are known to
    /// have less than `need`, until it is done. Returns the number of comparisons for that.
    pub(super) fn walk_by_policy(
        &mut self,
        need: Room,
        look: impl FnMut(WorkerSlot, &Worker) -> Walk,
    ) -> u64 {
        walk(self.orders.0.by_policy_mut(), &self.slots, need, look)
    }

    /// As [`Workers::walk_by_policy`], in the order of the ids.
    pub(super) fn walk_by_id(
        &mut self,
        need: Room,
        look: impl FnMut(WorkerSlot, &Worker) -> Walk,
    ) -> u64 {
        walk(self.orders.0.by_id_mut(), &self.slots, need, look)
    }

    /// Remembers that a worker may have more room than before.
    pub(super) fn note_raised(&mut self, slot: WorkerSlot) {
        self.raised.0.push(slot);
    }

    /// The workers that may have got more room lately.
    pub(super) const fn raised(&self) -> &Raised {
        &self.raised.0
    }

    /// Gives a worker that is in no order yet a label for its id.
    fn label(&mut self, slot: WorkerSlot, id: WorkerId) {
        let by_id = &mut self.by_id.0;
        by_id.insert((id, slot));
        let label = |slot: WorkerSlot| {
            let place = self.slots.get(slot.index()).and_then(Option::as_ref);
            place.expect("who is listed by id is known").label.0
        };
        let below = by_id.range(..(id, slot)).next_back();
        let below = below.map(|(_, slot)| label(*slot));
        let above = by_id.range((id, slot)..).nth(1);
        let above = above.map(|(_, slot)| label(*slot));
        if let Some(label) = labels::between(below, above) {
            self.relabel(&[(slot, label)]);
        } else if let Some(near) = below.or(above) {
            let labels = labels::spread(by_id, (id, slot), near, label);
            self.relabel(&labels);
        }
    }

    /// Labels workers anew, which leaves their order as it is. All of them leave the orders
    /// before the first one comes back, since old and new labels cannot be compared.
    fn relabel(&mut self, labels: &[(WorkerSlot, u64)]) {
        let orders = &mut self.orders.0;
        for (slot, _) in labels {
            let worker = self.slots[slot.index()].as_ref();
            let before = worker.and_then(|worker| worker.standing(*slot));
            orders.follow(before, None);
        }
        for (slot, label) in labels {
            if let Some(worker) = &mut self.slots[slot.index()] {
                worker.label = Derived(*label);
                orders.follow(None, worker.standing(*slot));
            }
        }
    }
}

fn walk(
    order: &mut Order,
    slots: &[Option<Worker>],
    need: Room,
    mut look: impl FnMut(WorkerSlot, &Worker) -> Walk,
) -> u64 {
    order.walk(need, |slot| {
        let place = slots.get(slot.index()).and_then(Option::as_ref);
        let worker = place.expect("who stands in an order is known");
        let walk = look(slot, worker);
        (worker.room(), walk)
    })
}
