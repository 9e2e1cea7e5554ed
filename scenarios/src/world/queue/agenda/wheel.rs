//! A wheel of narrow buckets for what is due within a fraction of a second. Buckets are lists of
//! blocks in one arena, so that an empty bucket costs four bytes, and a bit per bucket finds the
//! next one that holds something. Order inside a bucket is the taker's business.

use super::KEPT;
use super::entry::Entry;

/// A bucket spans 2¹⁴ ns, about 16 µs: some hundred entries while ten thousand messages are under
/// way at once. Half and a quarter of it measured the same.
const WIDTH_BITS: u32 = 14;
/// Buckets: 64 words of 64 bits, so that one more word says which words are not zero. Together
/// they span 67 ms.
const BUCKETS: u64 = 64 * 64;
/// Entries of a block. A list of single entries would be read one by one, each only when the one
/// before it has come from memory.
const BLOCK: usize = 8;
/// The end of a list.
const NONE: u32 = u32::MAX;

/// A few entries of one bucket.
struct Block<S> {
    /// Those behind `count` are left over from a former use.
    entries: [Entry<S>; BLOCK],
    count: u32,
    /// The next block of the same bucket, or of the free list.
    next: u32,
}

/// The buckets. An entry may be added if its bucket is less than one turn ahead of the bucket of
/// the present, and must be taken before the present passes it.
pub(super) struct Wheel<S> {
    heads: Vec<u32>,
    occupied: [u64; 64],
    occupied_words: u64,
    blocks: Vec<Block<S>>,
    free: u32,
}

/// The bucket of an instant in nanoseconds, counted from the beginning of the run.
pub(super) fn bucket_of(at: u64) -> u64 {
    at >> WIDTH_BITS
}

/// The first nanosecond after a bucket; `None` for the last bucket of time.
pub(super) fn end_of(bucket: u64) -> Option<u64> {
    (bucket + 1).checked_mul(1 << WIDTH_BITS)
}

/// Whether an entry due at `at` may be added when it is `now`, which is not later.
pub(super) fn is_near(now: u64, at: u64) -> bool {
    bucket_of(at) - bucket_of(now) < BUCKETS
}

impl<S: Copy> Wheel<S> {
    pub(super) fn new() -> Self {
        Self {
            heads: vec![NONE; BUCKETS as usize],
            occupied: [0; 64],
            occupied_words: 0,
            blocks: Vec::new(),
            free: NONE,
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.occupied_words == 0
    }

    /// Adds an entry for which [`is_near`] holds.
    pub(super) fn add(&mut self, entry: Entry<S>) {
        let place = (bucket_of(entry.at) % BUCKETS) as usize;
        let head = self.heads[place];
        if let Some(block) = self.blocks.get_mut(head as usize)
            && let Some(room) = block.entries.get_mut(block.count as usize)
        {
            *room = entry;
            block.count += 1;
            return;
        }
        self.heads[place] = self.begin_block(entry, head);
        self.occupied[place / 64] |= 1 << (place % 64);
        self.occupied_words |= 1 << (place / 64);
    }

    /// A block that holds one entry, before the block `next` of the same bucket.
    fn begin_block(&mut self, entry: Entry<S>, next: u32) -> u32 {
        if let Some(block) = self.blocks.get_mut(self.free as usize) {
            let index = std::mem::replace(&mut self.free, block.next);
            block.entries[0] = entry;
            block.count = 1;
            block.next = next;
            return index;
        }
        self.blocks.push(Block {
            entries: [entry; BLOCK],
            count: 1,
            next,
        });
        let index = u32::try_from(self.blocks.len() - 1).ok();
        index
            .filter(|&index| index != NONE)
            .expect("fewer than 2³² blocks are pending")
    }

    /// Moves all entries of the first bucket at or after the bucket of `now` to the end of
    /// `taken`, in no particular order, and says which bucket it was; `None` if all are empty.
    pub(super) fn take_bucket(&mut self, now: u64, taken: &mut Vec<Entry<S>>) -> Option<u64> {
        let start = bucket_of(now);
        let place = self.first_occupied((start % BUCKETS) as usize)?;
        self.occupied[place / 64] &= !(1 << (place % 64));
        if self.occupied[place / 64] == 0 {
            self.occupied_words &= !(1 << (place / 64));
        }
        let mut index = std::mem::replace(&mut self.heads[place], NONE);
        while let Some(block) = self.blocks.get_mut(index as usize) {
            taken.extend_from_slice(&block.entries[..block.count as usize]);
            let next = std::mem::replace(&mut block.next, self.free);
            self.free = index;
            index = next;
        }
        if self.is_empty() && self.blocks.capacity() > KEPT / BLOCK {
            self.blocks = Vec::new();
            self.free = NONE;
        }
        Some(start + (place as u64).wrapping_sub(start) % BUCKETS)
    }

    /// The first occupied place at or after `start`, going round.
    fn first_occupied(&self, start: usize) -> Option<usize> {
        let word = start / 64;
        let rest = self.occupied[word] & (u64::MAX << (start % 64));
        if rest != 0 {
            return Some(word * 64 + rest.trailing_zeros() as usize);
        }
        if self.is_empty() {
            return None;
        }
        // The word of `start` comes last, for its bits before `start`.
        let after = self.occupied_words.rotate_right(word as u32 + 1);
        let word = (word + 1 + after.trailing_zeros() as usize) % 64;
        Some(word * 64 + self.occupied[word].trailing_zeros() as usize)
    }
}
