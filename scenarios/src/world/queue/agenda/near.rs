//! What is due soon: a short sorted front that is popped, and behind it the wheel. A few pending
//! messages live in the front alone; a storm of them goes through the wheel, bucket by bucket.
//! What fits neither cheaply is handed back.
//!
//! 1. Every entry of the front is before `limit`, every entry of the wheel is not.
//! 2. If the front is empty, so is the wheel.

use super::KEPT;
use super::entry::{Entry, Key, NEVER, first_key_at};
use super::wheel::{self, Wheel};

/// Entries that the front holds before it gives some to the wheel, and the farthest that an
/// insertion moves.
const FRONT_MAX: usize = 32;
/// Entries at which refilling the front stops, so that sparse buckets are not taken one by one.
const REFILL: usize = 8;

/// The front and the wheel.
pub(super) struct Near<S> {
    /// Sorted from `head` on; what is before `head` has been taken.
    front: Vec<Entry<S>>,
    head: usize,
    limit: Key,
    wheel: Wheel<S>,
    /// The key of the front's first entry.
    next: Key,
}

impl<S: Copy> Near<S> {
    pub(super) fn new() -> Self {
        Self {
            front: Vec::with_capacity(4 * FRONT_MAX),
            head: 0,
            limit: NEVER,
            wheel: Wheel::new(),
            next: NEVER,
        }
    }

    /// The key of the earliest entry, [`NEVER`] if there is none.
    pub(super) fn next(&self) -> Key {
        self.next
    }

    /// Adds an entry that is not before `now`. Hands it back if it is more than a turn of the
    /// wheel ahead, or before too many entries of a crowded instant.
    pub(super) fn add(&mut self, now: u64, entry: Entry<S>) -> Result<(), Entry<S>> {
        if !wheel::is_near(now, entry.at) {
            return Err(entry);
        }
        if entry.key() < self.limit && self.front.len() - self.head >= FRONT_MAX {
            self.spill();
        }
        if entry.key() > self.limit {
            self.wheel.add(entry);
            return Ok(());
        }
        self.insert(entry)
    }

    /// Takes the earliest entry.
    #[inline(always)]
    pub(super) fn take(&mut self) -> Option<Entry<S>> {
        let entry = *self.front.get(self.head)?;
        self.head += 1;
        if self.head == self.front.len() {
            self.refill(entry.at);
        }
        self.next = self.front.get(self.head).map_or(NEVER, Entry::key);
        Some(entry)
    }

    /// The first entries of the front.
    pub(super) fn ahead(&self, most: usize) -> impl Iterator<Item = S> {
        self.front[self.head..].iter().take(most).map(Entry::step)
    }

    /// Gives the front's last entry to the wheel.
    fn spill(&mut self) {
        if let Some(last) = self.front.pop() {
            self.limit = last.key();
            self.wheel.add(last);
        }
    }

    /// Inserts into the front, from its end, unless that would move too many entries.
    fn insert(&mut self, entry: Entry<S>) -> Result<(), Entry<S>> {
        let key = entry.key();
        let floor = self.head.max(self.front.len().saturating_sub(FRONT_MAX));
        let mut place = self.front.len();
        while place > floor && self.front[place - 1].key() > key {
            place -= 1;
        }
        if place == floor && floor > self.head && self.front[place - 1].key() > key {
            return Err(entry);
        }
        if self.front.len() == self.front.capacity() && self.head > 0 {
            self.front.drain(..self.head);
            place -= self.head;
            self.head = 0;
        }
        self.front.insert(place, entry);
        self.next = self.next.min(key);
        Ok(())
    }

    /// Sorts the next buckets into the empty front.
    fn refill(&mut self, now: u64) {
        self.front.clear();
        self.head = 0;
        self.limit = NEVER;
        if self.front.capacity() > KEPT {
            self.front.shrink_to(KEPT);
        }
        while self.front.len() < REFILL {
            let sorted = self.front.len();
            let Some(bucket) = self.wheel.take_bucket(now, &mut self.front) else {
                break;
            };
            self.front[sorted..].sort_unstable_by_key(Entry::key);
            self.limit = wheel::end_of(bucket).map_or(NEVER, first_key_at);
        }
        if self.wheel.is_empty() {
            self.limit = NEVER;
        }
    }
}
