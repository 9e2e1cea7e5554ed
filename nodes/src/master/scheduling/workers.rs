//! The workers as scheduling sees them: capacity, what is used, whether they are usable, and
//! the orders in which they are asked. Who uses what is known to the books, not here.

use super::derived::Derived;
use super::labels::{self, ById};
use super::order::{Key, Order, Room, Walk};
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
    fn standing(&self, slot: WorkerSlot, policy: WorkerSelectionPolicy) -> Option<Standing> {
        let room = self.room();
        let label = self.label.0;
        (self.usable == Usable::Yes).then(|| Standing {
            by_id: Key::ascending(0, label, slot),
            by_policy: match policy {
                WorkerSelectionPolicy::CoresFreeAsc => Key::ascending(room.cores, label, slot),
                WorkerSelectionPolicy::CoresFreeDesc => Key::descending(room.cores, label, slot),
                WorkerSelectionPolicy::MemoryFreeAsc => {
                    Key::ascending(room.memory_mib, label, slot)
                }
                WorkerSelectionPolicy::MemoryFreeDesc => {
                    Key::descending(room.memory_mib, label, slot)
                }
                WorkerSelectionPolicy::WorkerId => Key::ascending(0, label, slot),
            },
            room,
        })
    }
}

/// Where a usable worker stands. Spark: the `sortBy` calls of `Master.startExecutorsOnWorkers`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Standing {
    by_id: Key,
    /// What is free, then the id. The descending policies reverse the pair, so that ties go by
    /// descending id.
    by_policy: Key,
    room: Room,
}

/// The usable workers in their orders.
#[derive(Clone, Debug)]
struct Orders {
    policy: WorkerSelectionPolicy,
    by_id: Order,
    /// Not kept where the policy is the order by id.
    by_policy: Order,
    /// The sum of the free cores of the workers that have any.
    cores_free: i64,
    /// Whether `by_policy` follows the changes one by one, or is made anew after many.
    following: Following,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Following {
    Yes,
    No,
}

impl Orders {
    fn keeps_policy(&self) -> bool {
        self.following == Following::Yes && self.policy != WorkerSelectionPolicy::WorkerId
    }

    /// One worker changed.
    fn move_from(&mut self, before: Option<Standing>, after: Option<Standing>) {
        let cores = |standing: Option<Standing>| {
            standing.map_or(0, |standing| i64::from(standing.room.cores.max(0)))
        };
        self.cores_free += cores(after) - cores(before);
        match (before, after) {
            (Some(before), Some(after)) if before.by_id == after.by_id => {
                if !before.room.covers(after.room) {
                    self.by_id.raise(after.by_id, after.room);
                }
                self.move_by_policy(before, after);
            }
            (before, after) => {
                if let Some(before) = before {
                    self.by_id.remove(before.by_id);
                    if self.keeps_policy() {
                        self.by_policy.remove(before.by_policy);
                    }
                }
                if let Some(after) = after {
                    self.by_id.insert(after.by_id, after.room);
                    if self.keeps_policy() {
                        self.by_policy.insert(after.by_policy, after.room);
                    }
                }
            }
        }
    }

    fn move_by_policy(&mut self, before: Standing, after: Standing) {
        if !self.keeps_policy() {
        } else if before.by_policy != after.by_policy {
            self.by_policy.remove(before.by_policy);
            self.by_policy.insert(after.by_policy, after.room);
        } else if !before.room.covers(after.room) {
            self.by_policy.raise(after.by_policy, after.room);
        }
    }

    const fn in_policy_order(&mut self) -> &mut Order {
        match self.policy {
            WorkerSelectionPolicy::WorkerId => &mut self.by_id,
            WorkerSelectionPolicy::CoresFreeAsc
            | WorkerSelectionPolicy::CoresFreeDesc
            | WorkerSelectionPolicy::MemoryFreeAsc
            | WorkerSelectionPolicy::MemoryFreeDesc => &mut self.by_policy,
        }
    }
}

/// The workers that got more room, in the order in which that happened; the oldest are
/// forgotten. Numbered from 1 over all time.
#[derive(Clone, Debug)]
struct Raised {
    workers: Vec<WorkerSlot>,
    /// The number of the first one in `workers`.
    first: u64,
}

/// How many raised workers are remembered at most. Looking at so many costs about as much as
/// searching the orders.
const RAISED_MAX: usize = 64;

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
            orders: Derived(Orders {
                policy,
                by_id: Order::EMPTY,
                by_policy: Order::EMPTY,
                cores_free: 0,
                following: Following::Yes,
            }),
            raised: Derived(Raised {
                workers: Vec::new(),
                first: 1,
            }),
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
        self.orders.0.by_id.len()
    }

    /// The usable worker at a place of the order by id.
    pub(super) fn usable_at(&self, place: usize) -> WorkerSlot {
        self.orders.0.by_id.at(place)
    }

    /// The usable workers by id.
    pub(super) fn usable(&self) -> impl Iterator<Item = WorkerSlot> {
        self.orders.0.by_id.iter()
    }

    /// The sum of the free cores of the usable workers that have any.
    pub(super) const fn cores_free(&self) -> i64 {
        self.orders.0.cores_free
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
        let orders = &mut self.orders.0;
        let before = worker.standing(slot, orders.policy);
        let answer = change(worker);
        let after = worker.standing(slot, orders.policy);
        if before != after {
            orders.move_from(before, after);
        }
        answer
    }

    /// `workers` of the workers are about to change: if that is a large part of them, the order
    /// by policy is made anew at [`Workers::end_changes`], and not to be asked before.
    pub(super) fn begin_changes(&mut self, workers: usize) {
        if workers > BULK_MIN && workers * BULK_PART > self.usable_count() {
            self.orders.0.following = Following::No;
        }
    }

    /// The changes are made.
    pub(super) fn end_changes(&mut self, keys: &mut Vec<Key>) {
        let orders = &mut self.orders.0;
        if orders.following == Following::Yes {
            return;
        }
        orders.following = Following::Yes;
        if !orders.keeps_policy() {
            return;
        }
        keys.clear();
        let slots = &self.slots;
        let worker = |slot: WorkerSlot| slots.get(slot.index()).and_then(Option::as_ref);
        keys.extend(orders.by_id.iter().filter_map(|slot| {
            let standing = worker(slot)?.standing(slot, orders.policy)?;
            Some(standing.by_policy)
        }));
        keys.sort_unstable();
        orders.by_policy.rebuild(keys, |slot| {
            worker(slot).expect("who is usable is known").room()
        });
    }

    /// The place of a worker in the order by policy.
    pub(super) fn key(&self, slot: WorkerSlot) -> Option<Key> {
        let standing = self.worker(slot).standing(slot, self.orders.0.policy)?;
        Some(standing.by_policy)
    }

    /// Shows `look` the usable workers in the order of the policy, save those that are known to
    /// have less than `need`, until it is done. Returns the number of comparisons for that.
    pub(super) fn walk_by_policy(
        &mut self,
        need: Room,
        look: impl FnMut(WorkerSlot, &Worker) -> Walk,
    ) -> u64 {
        walk(self.orders.0.in_policy_order(), &self.slots, need, look)
    }

    /// As [`Workers::walk_by_policy`], in the order of the ids.
    pub(super) fn walk_by_id(
        &mut self,
        need: Room,
        look: impl FnMut(WorkerSlot, &Worker) -> Walk,
    ) -> u64 {
        walk(&mut self.orders.0.by_id, &self.slots, need, look)
    }

    /// Remembers that a worker may have more room than before.
    pub(super) fn note_raised(&mut self, slot: WorkerSlot) {
        let raised = &mut self.raised.0;
        if raised.workers.len() == RAISED_MAX {
            raised.first += RAISED_MAX as u64;
            raised.workers.clear();
        }
        raised.workers.push(slot);
    }

    /// The number of the next worker that gets more room.
    pub(super) const fn raised_until(&self) -> u64 {
        self.raised.0.first + self.raised.0.workers.len() as u64
    }

    /// The workers that got more room from number `since` on, if all of them are remembered.
    pub(super) fn raised_since(&self, since: u64) -> Option<&[WorkerSlot]> {
        let forgotten = since.checked_sub(self.raised.0.first)?;
        self.raised
            .0
            .workers
            .get(usize::try_from(forgotten).ok()?..)
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
            let before = worker.and_then(|worker| worker.standing(*slot, orders.policy));
            orders.move_from(before, None);
        }
        for (slot, label) in labels {
            if let Some(worker) = &mut self.slots[slot.index()] {
                worker.label = Derived(*label);
                orders.move_from(None, worker.standing(*slot, orders.policy));
            }
        }
    }
}

/// Fewer changes than this are followed one by one.
const BULK_MIN: usize = 64;
/// Changes of less than this part of the workers are followed one by one.
const BULK_PART: usize = 4;

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
