//! The orders in which usable workers are asked: by id, and as the policy wants them. How an
//! order is kept is in `order.rs`.

use super::order::{Key, Order, Room};
use deploysim_protocol::conf::WorkerSelectionPolicy;
use deploysim_protocol::event::WorkerSlot;

/// Where a usable worker stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Standing {
    by_id: Key,
    by_policy: Key,
    room: Room,
}

impl Standing {
    /// By policy: what is free, then the id, for which `label` stands. The descending policies
    /// reverse the pair, so that ties go by descending id. Spark: the `sortBy` calls of
    /// `Master.startExecutorsOnWorkers`.
    pub(super) fn new(
        policy: WorkerSelectionPolicy,
        room: Room,
        label: u64,
        slot: WorkerSlot,
    ) -> Self {
        let by_id = Key::ascending(0, label, slot);
        let by_policy = match policy {
            WorkerSelectionPolicy::CoresFreeAsc => Key::ascending(room.cores, label, slot),
            WorkerSelectionPolicy::CoresFreeDesc => Key::descending(room.cores, label, slot),
            WorkerSelectionPolicy::MemoryFreeAsc => Key::ascending(room.memory_mib, label, slot),
            WorkerSelectionPolicy::MemoryFreeDesc => Key::descending(room.memory_mib, label, slot),
            WorkerSelectionPolicy::WorkerId => by_id,
        };
        Self {
            by_id,
            by_policy,
            room,
        }
    }

    /// Its place in the order by policy.
    pub(super) const fn by_policy(&self) -> Key {
        self.by_policy
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
}

/// Whether the order by policy follows the changes one by one, or is made anew after many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Following {
    Yes,
    No,
}

impl Orders {
    /// Without a worker.
    pub(super) const fn new(policy: WorkerSelectionPolicy) -> Self {
        Self {
            policy,
            by_id: Order::new(WorkerSelectionPolicy::WorkerId),
            by_policy: Order::new(policy),
            cores_free: 0,
            following: Following::Yes,
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
            (Some(before), Some(after)) if before.by_id == after.by_id => {
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

    /// Many workers are about to change: the order by policy is made anew at [`Orders::resume`],
    /// and not to be asked before.
    pub(super) const fn suspend(&mut self) {
        self.following = Following::No;
    }

    /// The many changes are made. `standing` is asked where each worker stands if there were
    /// any, and `keys` is room to work in.
    pub(super) fn resume(
        &mut self,
        standing: impl Fn(WorkerSlot) -> Option<Standing>,
        keys: &mut Vec<Key>,
    ) {
        let was_following = std::mem::replace(&mut self.following, Following::Yes);
        if was_following == Following::Yes || !self.keeps_policy() {
            return;
        }
        keys.clear();
        let standings = self.by_id.iter().filter_map(&standing);
        keys.extend(standings.map(|standing| standing.by_policy));
        keys.sort_unstable();
        self.by_policy.rebuild(keys, |slot| {
            let standing = standing(slot);
            standing.expect("who stands in an order is usable").room
        });
    }

    fn stay(&mut self, before: Standing, after: Standing) {
        let is_raised = !before.room.covers(after.room);
        if is_raised {
            self.by_id.raise(after.by_id, after.room);
        }
        if !self.keeps_policy() {
            return;
        }
        if before.by_policy != after.by_policy {
            self.by_policy.remove(before.by_policy);
            self.by_policy.insert(after.by_policy, after.room);
        } else if is_raised {
            self.by_policy.raise(after.by_policy, after.room);
        }
    }

    fn leave(&mut self, before: Standing) {
        self.by_id.remove(before.by_id);
        if self.keeps_policy() {
            self.by_policy.remove(before.by_policy);
        }
    }

    fn enter(&mut self, after: Standing) {
        self.by_id.insert(after.by_id, after.room);
        if self.keeps_policy() {
            self.by_policy.insert(after.by_policy, after.room);
        }
    }

    fn keeps_policy(&self) -> bool {
        self.following == Following::Yes && self.policy != WorkerSelectionPolicy::WorkerId
    }
}
