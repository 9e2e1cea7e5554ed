//! FIFO lanes: one queue per constant delay and class, for steps that recur. Added to a clock
//! that only advances, a constant delay gives sorted entries, so that appending and taking cost
//! the same at any length. What would not be sorted is handed back, never misplaced.

use super::entry::{Entry, Key, NEVER};
use super::{Class, KEPT};
use std::collections::VecDeque;
use std::time::Duration;

/// Lanes at a time. The protocol has about five constant delays; the rest is slack for groups of
/// nodes with a configuration of their own. Taking looks at the head of every lane whenever
/// another becomes first, so the number stays small.
const LANES_MAX: usize = 16;

struct Lane<S> {
    delay: Duration,
    class: Class,
    entries: VecDeque<Entry<S>>,
}

/// The lanes, and which of them holds the earliest entry.
pub(super) struct Lanes<S> {
    lanes: Vec<Lane<S>>,
    /// The key of each lane's first entry, [`NEVER`] for an empty lane.
    heads: Vec<Key>,
    /// The lane of the smallest head.
    first: usize,
    /// The smallest head.
    next: Key,
    /// The smallest head of the other lanes. As long as the first lane stays before it, its entries
    /// are taken without looking at the others.
    second: Key,
}

impl<S: Copy> Lanes<S> {
    pub(super) fn new() -> Self {
        Self {
            lanes: Vec::new(),
            heads: Vec::new(),
            first: 0,
            next: NEVER,
            second: NEVER,
        }
    }

    /// The key of the earliest entry, [`NEVER`] if there is none.
    pub(super) fn next(&self) -> Key {
        self.next
    }

    /// Appends to the lane of (delay, class). Hands the entry back if it is earlier than the
    /// lane's last, or if every lane is taken by another delay or class.
    pub(super) fn append(
        &mut self,
        delay: Duration,
        class: Class,
        entry: Entry<S>,
    ) -> Result<(), Entry<S>> {
        let Some(at) = self.lane_of(delay, class) else {
            return Err(entry);
        };
        let entries = &mut self.lanes[at].entries;
        match entries.back() {
            Some(last) if last.key() > entry.key() => return Err(entry),
            Some(_) => {}
            None => {
                self.heads[at] = entry.key();
                if entry.key() < self.next {
                    self.second = self.next;
                    (self.first, self.next) = (at, entry.key());
                } else {
                    self.second = self.second.min(entry.key());
                }
            }
        }
        entries.push_back(entry);
        Ok(())
    }

    /// Takes the earliest entry.
    #[inline(always)]
    pub(super) fn take(&mut self) -> Option<Entry<S>> {
        let entries = &mut self.lanes.get_mut(self.first)?.entries;
        let entry = entries.pop_front()?;
        self.next = entries.front().map_or(NEVER, Entry::key);
        self.heads[self.first] = self.next;
        if entries.is_empty() {
            entries.shrink_to(KEPT);
        }
        if self.next > self.second {
            self.find_first();
        }
        Some(entry)
    }

    /// Finds the lane that is first, and the head that is second.
    fn find_first(&mut self) {
        (self.next, self.second) = (NEVER, NEVER);
        for (lane, &head) in self.heads.iter().enumerate() {
            if head < self.next {
                self.second = self.next;
                (self.first, self.next) = (lane, head);
            } else {
                self.second = self.second.min(head);
            }
        }
    }

    /// The first entries of the lane that is next.
    pub(super) fn ahead(&self, most: usize) -> impl Iterator<Item = S> {
        let next = self.lanes.get(self.first).into_iter();
        next.flat_map(move |lane| lane.entries.iter().take(most).map(Entry::step))
    }

    /// The lane of (delay, class): its own, a new one, or an empty one that changes its delay.
    fn lane_of(&mut self, delay: Duration, class: Class) -> Option<usize> {
        let is_own = |lane: &Lane<S>| lane.delay == delay && lane.class == class;
        if let Some(own) = self.lanes.iter().position(is_own) {
            return Some(own);
        }
        if self.lanes.len() < LANES_MAX {
            self.heads.push(NEVER);
            self.lanes.push(Lane {
                delay,
                class,
                entries: VecDeque::new(),
            });
            return Some(self.lanes.len() - 1);
        }
        let empty = self.heads.iter().position(|&head| head == NEVER)?;
        self.lanes[empty].delay = delay;
        self.lanes[empty].class = class;
        Some(empty)
    }
}
