//! The orders in which usable workers are asked: by id, and as the policy wants them. How an
//! order is kept is in `order.rs`.

use super::order::{Key, Order, Room};
use deploysim_protocol::conf::WorkerSelectionPolicy;
use deploysim_protocol::event::WorkerSlot;

/// Fewer changes than this do not make an order anew.
const ANEW_MIN: usize = 64;
/// Changes of less than this part of the workers do not make it anew either: of a quarter.
const ANEW_PART: usize = 4;

/// Where a usable worker stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Standing {
    room: Room,
    label: u64,
    slot: WorkerSlot,
}

impl Standing {
    /// With what it has free, and the label that stands for its id.
    pub(super) const fn new(room: Room, label: u64, slot: WorkerSlot) -> Self {
        Self { room, label, slot }
    }

    /// Its place in the order by id.
    fn by_id(&self) -> Key {
        Key::ascending(0, self.label, self.slot)
    }

    /// Its place in the order by policy: what is free, then the id. The descending policies
    /// reverse the pair, so that ties go by descending id. Spark: the `sortBy` calls of
    /// `Master.startExecutorsOnWorkers`.
    pub(super) fn by_policy(&self, policy: WorkerSelectionPolicy) -> Key {
        let (room, label, slot) = (self.room, self.label, self.slot);
        match policy {
            WorkerSelectionPolicy::CoresFreeAsc => Key::ascending(room.cores, label, slot),
            WorkerSelectionPolicy::CoresFreeDesc => Key::descending(room.cores, label, slot),
            WorkerSelectionPolicy::MemoryFreeAsc => Key::ascending(room.memory_mib, label, slot),
            WorkerSelectionPolicy::MemoryFreeDesc => Key::descending(room.memory_mib, label, slot),
            WorkerSelectionPolicy::WorkerId => self.by_id(),
        }
    }
}

/// The usable workers in both orders.
#[derive(Clone, Debug)]
pub(super) struct Orders {
    policy: WorkerSelectionPolicy,
    by_id: Order,
    /// Not kept where the policy is the order by id.
    by_policy: Order,
    /// The sum of the free cores of the workers that have any.
    cores_free: i64,
    following: Following,
    /// The places that are left, and those that are taken instead, while changes are followed
    /// together.
    left: Vec<Key>,
    taken: Vec<(Key, Room)>,
}

/// How the order by policy follows changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Following {
    /// One by one.
    Each,
    /// All at once when they are made.
    Together,
    /// It is made anew when they are made.
    Anew,
}

impl Orders {
    /// Without a worker.
    pub(super) const fn new(policy: WorkerSelectionPolicy) -> Self {
        Self {
            policy,
            by_id: Order::new(WorkerSelectionPolicy::WorkerId),
            by_policy: Order::new(policy),
            cores_free: 0,
            following: Following::Each,
            left: Vec::new(),
            taken: Vec::new(),
        }
    }

    /// The policy.
    pub(super) const fn policy(&self) -> WorkerSelectionPolicy {
        self.policy
    }

    /// The usable workers by id.
    pub(super) const fn by_id(&self) -> &Order {
        &self.by_id
    }

    /// The same, to walk through.
    pub(super) const fn by_id_mut(&mut self) -> &mut Order {
        &mut self.by_id
    }

    /// The usable workers as the policy wants them, to walk through.
    pub(super) const fn by_policy_mut(&mut self) -> &mut Order {
        match self.policy {
            WorkerSelectionPolicy::WorkerId => &mut self.by_id,
            WorkerSelectionPolicy::CoresFreeAsc
            | WorkerSelectionPolicy::CoresFreeDesc
            | WorkerSelectionPolicy::MemoryFreeAsc
            | WorkerSelectionPolicy::MemoryFreeDesc => &mut self.by_policy,
        }
    }

    /// The sum of the free cores of the workers that have any.
    pub(super) const fn cores_free(&self) -> i64 {
        self.cores_free
    }

    /// One worker changed.
    pub(super) fn follow(&mut self, before: Option<Standing>, after: Option<Standing>) {
        let cores = |standing: Option<Standing>| {
            standing.map_or(0, |standing| i64::from(standing.room.cores.max(0)))
        };
        self.cores_free += cores(after) - cores(before);
        match (before, after) {
            (Some(before), Some(after)) if before.label == after.label => {
                self.stay(before, after);
            }
            (before, after) => {
                if let Some(before) = before {
                    self.leave(before);
                }
                if let Some(after) = after {
                    self.enter(after);
                }
            }
        }
    }

    /// `workers` workers are about to change, each at most once. Until [`Orders::resume`] the
    /// order by policy is not to be asked.
    pub(super) const fn suspend(&mut self, workers: usize) {
        self.following = if workers > ANEW_MIN && workers * ANEW_PART > self.by_id.len() {
            Following::Anew
        } else {
            Following::Together
        };
    }

    /// The changes are made. `standing` is asked where each worker stands if the order is made
    /// anew, and `keys` is room to work in.
    pub(super) fn resume(
        &mut self,
        standing: impl Fn(WorkerSlot) -> Option<Standing>,
        keys: &mut Vec<Key>,
    ) {
        match std::mem::replace(&mut self.following, Following::Each) {
            Following::Each => {}
            Following::Together => {
                self.left.sort_unstable();
                self.by_policy.remove_all(&self.left);
                self.left.clear();
                self.taken.sort_unstable_by_key(|(key, _)| *key);
                self.by_policy.insert_all(&self.taken);
                self.taken.clear();
            }
            Following::Anew => {
                if self.keeps_policy() {
                    self.make_anew(standing, keys);
                }
            }
        }
    }

    fn make_anew(
        &mut self,
        standing: impl Fn(WorkerSlot) -> Option<Standing>,
        keys: &mut Vec<Key>,
    ) {
        keys.clear();
        let standings = self.by_id.iter().filter_map(&standing);
        keys.extend(standings.map(|standing| standing.by_policy(self.policy)));
        keys.sort_unstable();
        self.by_policy.rebuild(keys, |slot| {
            let standing = standing(slot);
            standing.expect("who stands in an order is usable").room
        });
    }

    fn stay(&mut self, before: Standing, after: Standing) {
        let is_raised = !before.room.covers(after.room);
        if is_raised {
            self.by_id.raise(after.by_id(), after.room);
        }
        if !self.keeps_policy() {
            return;
        }
        let (from, to) = (before.by_policy(self.policy), after.by_policy(self.policy));
        if from != to {
            self.leave_by_policy(from);
            self.enter_by_policy(to, after.room);
        } else if is_raised {
            self.by_policy.raise(to, after.room);
        }
    }

    fn leave(&mut self, before: Standing) {
        self.by_id.remove(before.by_id());
        if self.keeps_policy() {
            self.leave_by_policy(before.by_policy(self.policy));
        }
    }

    fn enter(&mut self, after: Standing) {
        self.by_id.insert(after.by_id(), after.room);
        if self.keeps_policy() {
            self.enter_by_policy(after.by_policy(self.policy), after.room);
        }
    }

    fn leave_by_policy(&mut self, key: Key) {
        match self.following {
            Following::Each => self.by_policy.remove(key),
            Following::Together => self.left.push(key),
            Following::Anew => {}
        }
    }

    fn enter_by_policy(&mut self, key: Key, room: Room) {
        match self.following {
            Following::Each => self.by_policy.insert(key, room),
            Following::Together => self.taken.push((key, room)),
            Following::Anew => {}
        }
    }

    fn keeps_policy(&self) -> bool {
        self.policy != WorkerSelectionPolicy::WorkerId
    }
}
