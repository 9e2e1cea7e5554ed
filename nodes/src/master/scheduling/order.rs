//! Workers in the order of a key, so that one can change its place without the others being
//! touched, and whole stretches of the order can be passed over when they have no room.
//!
//! The order is cut into blocks. Each block states what its workers have free at most, which
//! may be more than is true: it is raised at once and lowered when the block is walked through.
//! What the order itself is by is known of each block exactly, from its first or last key.

use deploysim_protocol::conf::WorkerSelectionPolicy;
use deploysim_protocol::event::WorkerSlot;

#[cfg(test)]
mod tests;

/// A block with more workers than this is cut.
const BLOCK_MAX: usize = 128;
/// How many workers blocks have that are made of many at once.
const BLOCK_FILLED: usize = BLOCK_MAX * 3 / 4;
/// Two neighbours with fewer workers than this together become one block.
const BLOCK_MIN: usize = 48;

/// Where a worker stands: what is free, then the label of its id, then its slot, which is only
/// carried along.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key(u128);

impl Key {
    /// Ascending by what is free, then by label.
    pub(super) fn ascending(free: i32, label: u64, slot: WorkerSlot) -> Self {
        let free = u128::from(free.cast_unsigned() ^ (1 << 31));
        Self(free << 96 | u128::from(label) << 32 | u128::from(slot.0))
    }

    /// Descending by what is free, then by label.
    pub(super) fn descending(free: i32, label: u64, slot: WorkerSlot) -> Self {
        Self(Self::ascending(free, label, slot).0 ^ (u128::MAX << 32))
    }

    /// What is free, of an ascending key.
    const fn ascending_free(self) -> i32 {
        ((self.0 >> 96) as u32 ^ (1 << 31)).cast_signed()
    }

    /// What is free, of a descending key.
    const fn descending_free(self) -> i32 {
        (!(self.0 >> 96) as u32 ^ (1 << 31)).cast_signed()
    }

    /// The worker that stands here.
    pub(super) const fn slot(self) -> WorkerSlot {
        WorkerSlot((self.0 & 0xffff_ffff) as u32)
    }
}

/// Free cores and memory: of a worker, of several at most, or as something needs them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Room {
    pub(super) cores: i32,
    pub(super) memory_mib: i32,
}

impl Room {
    const NONE: Self = Self {
        cores: i32::MIN,
        memory_mib: i32::MIN,
    };

    /// Whether there is at least as much as `need`, of both.
    pub(super) const fn covers(self, need: Self) -> bool {
        self.cores >= need.cores && self.memory_mib >= need.memory_mib
    }

    const MOST: Self = Self {
        cores: i32::MAX,
        memory_mib: i32::MAX,
    };

    const fn of_cores(cores: i32) -> Self {
        Self {
            cores,
            ..Self::MOST
        }
    }

    const fn of_memory(memory_mib: i32) -> Self {
        Self {
            memory_mib,
            ..Self::MOST
        }
    }

    fn lower(&mut self, other: Self) {
        self.cores = self.cores.min(other.cores);
        self.memory_mib = self.memory_mib.min(other.memory_mib);
    }

    fn raise(&mut self, other: Self) {
        self.cores = self.cores.max(other.cores);
        self.memory_mib = self.memory_mib.max(other.memory_mib);
    }
}

/// Whether a walk wants to see more workers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Walk {
    /// It does.
    On,
    /// It has what it needs.
    Done,
}

/// Workers by ascending key.
///
/// Invariants:
/// 1. The blocks one after the other are in ascending order, and none is empty.
/// 2. `bounds` and `rooms` have one place for each block. No key of a block is below its bound,
///    the first block apart, and none reaches the bound of the next.
/// 3. No worker of a block has more room than `rooms` says.
#[derive(Clone, Debug)]
pub(super) struct Order {
    by: WorkerSelectionPolicy,
    bounds: Vec<Key>,
    rooms: Vec<Room>,
    blocks: Vec<Vec<Key>>,
    len: usize,
}

impl Order {
    /// Without a worker. The keys have to be those of `by`.
    pub(super) const fn new(by: WorkerSelectionPolicy) -> Self {
        Self {
            by,
            bounds: Vec::new(),
            rooms: Vec::new(),
            blocks: Vec::new(),
            len: 0,
        }
    }

    /// How many workers there are.
    pub(super) const fn len(&self) -> usize {
        self.len
    }

    /// Puts a worker in its place.
    pub(super) fn insert(&mut self, key: Key, room: Room) {
        self.insert_all(&[(key, room)]);
    }

    /// Puts workers in their places, which ascend.
    pub(super) fn insert_all(&mut self, places: &[(Key, Room)]) {
        self.len += places.len();
        let mut rest = places;
        while let Some((first, room)) = rest.first() {
            if self.blocks.is_empty() {
                self.push_block(vec![*first], *room);
                rest = &rest[1..];
                continue;
            }
            let at = self.block_of(*first);
            let (here, beyond) = self.split_behind(at, rest, |(key, _)| *key);
            put_in(&mut self.blocks[at], here);
            for (_, room) in here {
                self.rooms[at].raise(*room);
            }
            self.cut(at);
            rest = beyond;
        }
    }

    /// Takes a worker out of its place.
    pub(super) fn remove(&mut self, key: Key) {
        self.remove_all(&[key]);
    }

    /// Takes workers out of their places, which ascend.
    pub(super) fn remove_all(&mut self, keys: &[Key]) {
        self.len -= keys.len();
        let mut rest = keys;
        while let Some(first) = rest.first() {
            let at = self.block_of(*first);
            let (here, beyond) = self.split_behind(at, rest, |key| *key);
            take_out(&mut self.blocks[at], here);
            self.join(at);
            rest = beyond;
        }
    }

    /// A worker has more room where it stands.
    pub(super) fn raise(&mut self, key: Key, room: Room) {
        let at = self.block_of(key);
        self.rooms[at].raise(room);
    }

    /// Makes the order anew of all its workers, by ascending key.
    pub(super) fn rebuild(&mut self, keys: &[Key], room: impl Fn(WorkerSlot) -> Room) {
        *self = Self::new(self.by);
        self.len = keys.len();
        for keys in keys.chunks(BLOCK_FILLED) {
            let mut most = Room::NONE;
            for key in keys {
                most.raise(room(key.slot()));
            }
            self.push_block(keys.to_vec(), most);
        }
    }

    /// Shows `look` the workers in order, without those whose block has no room for `need`,
    /// until it is done. `look` answers what room the worker has. Returns how many blocks were
    /// compared.
    pub(super) fn walk(
        &mut self,
        need: Room,
        mut look: impl FnMut(WorkerSlot) -> (Room, Walk),
    ) -> u64 {
        for (at, (most, block)) in self.rooms.iter_mut().zip(&self.blocks).enumerate() {
            if !most.covers(need) {
                continue;
            }
            most.lower(most_by_key(self.by, block));
            if !most.covers(need) {
                continue;
            }
            let mut seen = Room::NONE;
            for key in block {
                let (room, walk) = look(key.slot());
                if walk == Walk::Done {
                    return at as u64 + 1;
                }
                seen.raise(room);
            }
            *most = seen;
        }
        self.blocks.len() as u64
    }

    /// The worker at a place of the order, which is below [`Order::len`].
    pub(super) fn at(&self, mut place: usize) -> WorkerSlot {
        for block in &self.blocks {
            if let Some(key) = block.get(place) {
                return key.slot();
            }
            place -= block.len();
        }
        panic!("the order has {} workers", self.len);
    }

    /// All workers in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = WorkerSlot> {
        self.blocks.iter().flatten().map(|key| key.slot())
    }

    fn block_of(&self, key: Key) -> usize {
        let above = self.bounds.partition_point(|bound| *bound <= key);
        above.saturating_sub(1)
    }

    /// Splits what ascends into what belongs to a block, or to one before it, and the rest.
    fn split_behind<'a, T>(
        &self,
        at: usize,
        ascending: &'a [T],
        key: impl Fn(&T) -> Key,
    ) -> (&'a [T], &'a [T]) {
        let below = |bound: &Key| ascending.partition_point(|one| key(one) < *bound);
        let next = self.bounds.get(at + 1);
        ascending.split_at(next.map_or(ascending.len(), below))
    }

    /// Cuts a block that became too long.
    fn cut(&mut self, at: usize) {
        let block = &mut self.blocks[at];
        if block.len() <= BLOCK_MAX {
            return;
        }
        let pieces = block.len().div_ceil(BLOCK_FILLED);
        let long = block.len().div_ceil(pieces);
        let upper: Vec<_> = block[long..].chunks(long).map(<[Key]>::to_vec).collect();
        block.truncate(long);
        let behind = at + 1..at + 1;
        let bounds = upper.iter().map(|block| block[0]);
        self.bounds.splice(behind.clone(), bounds);
        let room = self.rooms[at];
        let rooms = std::iter::repeat_n(room, upper.len());
        self.rooms.splice(behind.clone(), rooms);
        self.blocks.splice(behind, upper);
    }

    /// Drops a block that became empty, or joins it with the next if both are short.
    fn join(&mut self, at: usize) {
        let left = self.blocks[at].len();
        let next = self.blocks.get(at + 1).map(Vec::len);
        if left == 0 {
            self.bounds.remove(at);
            self.rooms.remove(at);
            self.blocks.remove(at);
        } else if next.is_some_and(|next| left + next < BLOCK_MIN) {
            self.bounds.remove(at + 1);
            let room = self.rooms.remove(at + 1);
            self.rooms[at].raise(room);
            let mut next = self.blocks.remove(at + 1);
            self.blocks[at].append(&mut next);
        }
    }

    fn push_block(&mut self, block: Vec<Key>, room: Room) {
        self.bounds.push(block[0]);
        self.rooms.push(room);
        self.blocks.push(block);
    }
}

/// Puts keys, which ascend, into a block. From the last to the first, so that each key that
/// stays moves once at most, together with those beside it.
fn put_in(block: &mut Vec<Key>, keys: &[(Key, Room)]) {
    let mut staying = block.len();
    let mut end = staying + keys.len();
    block.resize(end, Key(0));
    for (key, _) in keys.iter().rev() {
        let below = match block[..staying].last() {
            Some(last) if last > key => block[..staying].partition_point(|other| other < key),
            Some(_) | None => staying,
        };
        end -= staying - below;
        block.copy_within(below..staying, end);
        staying = below;
        end -= 1;
        block[end] = *key;
    }
}

/// Takes keys, which ascend, out of a block that has them all.
fn take_out(block: &mut Vec<Key>, keys: &[Key]) {
    let Some(first) = keys.first() else { return };
    let first = block.binary_search(first);
    let mut staying = first.expect("who is taken out stands in the order");
    let mut at = staying;
    for key in keys {
        while block[at] != *key {
            block[staying] = block[at];
            staying += 1;
            at += 1;
        }
        at += 1;
    }
    block.drain(staying..at);
}

/// What the workers of a block have at most, as far as their keys tell it.
const fn most_by_key(by: WorkerSelectionPolicy, block: &[Key]) -> Room {
    let (Some(first), Some(last)) = (block.first(), block.last()) else {
        return Room::NONE;
    };
    match by {
        WorkerSelectionPolicy::CoresFreeAsc => Room::of_cores(last.ascending_free()),
        WorkerSelectionPolicy::CoresFreeDesc => Room::of_cores(first.descending_free()),
        WorkerSelectionPolicy::MemoryFreeAsc => Room::of_memory(last.ascending_free()),
        WorkerSelectionPolicy::MemoryFreeDesc => Room::of_memory(first.descending_free()),
        WorkerSelectionPolicy::WorkerId => Room::MOST,
    }
}
