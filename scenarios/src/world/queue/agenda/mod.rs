//! The agenda: the queue world's pending steps, popped in the total order (time, class,
//! sequence). It knows nothing of nodes, messages or timers. Nothing is cancelled inside:
//! whoever schedules keeps a generation in the step and ignores a popped step of an older one.
//!
//! Entries wait in one of three places, and the order of popping never depends on which:
//! lanes (constant delays), near (due within 67 ms), far (a heap for the rest).

mod entry;
mod lanes;
mod near;
mod wheel;

#[cfg(test)]
mod tests;

pub use crate::world::Class;
use deploysim_protocol::time::Time;
pub use entry::Entry;
use entry::{NEVER, time_of};
use lanes::Lanes;
use near::Near;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

/// Entries for which a place keeps its memory when it runs empty. What a storm needed beyond is
/// given back, and in a steady state nothing is allocated.
const KEPT: usize = 16_384;

/// Pending steps in the total order (time, class, sequence); `S` is the step, small and plain.
///
/// A cancelled step stays until it is due, so that memory follows the number of steps scheduled
/// and not yet popped. A deadline that moves with every message is therefore best kept as one
/// step that, when popped too early, is pushed again.
///
/// ```
/// use deploysim_protocol::time::Time;
/// use deploysim_scenarios::world::queue::agenda::{Agenda, Class};
///
/// let mut agenda = Agenda::new();
/// agenda.push(Time::from_millis(5), Class::Message, "message");
/// agenda.push(Time::from_millis(5), Class::Timer, "timer");
/// assert_eq!(agenda.pop().map(|due| (due.class(), due.step())), Some((Class::Timer, "timer")));
/// assert_eq!(agenda.peek_time(), Some(Time::from_millis(5)));
/// ```
pub struct Agenda<S> {
    lanes: Lanes<S>,
    near: Near<S>,
    far: BinaryHeap<Reverse<Entry<S>>>,
    /// The instant of the last pop.
    now: Time,
    /// Steps ever pushed: the next sequence number.
    pushed: u64,
    /// Steps ever popped.
    popped: u64,
}

impl<S: Copy> Agenda<S> {
    /// An agenda with nothing on it, at the beginning of a run.
    pub fn new() -> Self {
        Self {
            lanes: Lanes::new(),
            near: Near::new(),
            far: BinaryHeap::new(),
            now: Time::ZERO,
            pushed: 0,
            popped: 0,
        }
    }

    /// Schedules a step. Steps of one instant and class are popped in the order in which they
    /// were pushed, by whichever of the two ways.
    ///
    /// # Panics
    /// If `at` is before the last popped step: only a bug schedules into the past.
    #[inline]
    pub fn push(&mut self, at: Time, class: Class, step: S) {
        let entry = self.enter(at, class, step);
        self.place(entry);
    }

    /// Schedules a step `delay` after `now`, as [`push`](Self::push) does, at a constant cost for
    /// delays that recur and a `now` that only advances (heartbeats). Another delay or `now`
    /// changes the cost, never the order.
    ///
    /// # Panics
    /// If that is before the last popped step.
    #[inline]
    pub fn push_after(&mut self, now: Time, delay: Duration, class: Class, step: S) {
        let entry = self.enter(now + delay, class, step);
        if let Err(entry) = self.lanes.append(delay, class, entry) {
            self.place(entry);
        }
    }

    /// Takes the first pending step; `None` if none is pending.
    ///
    /// Inlined, and the entry is made of whole words, because an entry that is returned through
    /// memory and read in other pieces than it was written costs as much as the rest of the pop.
    #[inline(always)]
    pub fn pop(&mut self) -> Option<Entry<S>> {
        let (lanes, near) = (self.lanes.next(), self.near.next());
        let far = self.far.peek().map_or(NEVER, |entry| entry.0.key());
        let entry = if near < lanes && near < far {
            self.near.take()
        } else if lanes < far {
            self.lanes.take()
        } else {
            self.take_far()
        }?;
        self.now = Time::from_nanos(entry.at);
        self.popped += 1;
        Some(entry)
    }

    /// The first steps of the lane that is next, at most `most`. Only for reading ahead: others may
    /// come before them.
    pub fn ahead_in_lane(&self, most: usize) -> impl Iterator<Item = S> {
        self.lanes.ahead(most)
    }

    /// As [`Self::ahead_in_lane`], of what is near.
    pub fn ahead_near(&self, most: usize) -> impl Iterator<Item = S> {
        self.near.ahead(most)
    }

    /// When the first pending step is due; `None` if none is pending.
    pub fn peek_time(&self) -> Option<Time> {
        let far = self.far.peek().map_or(NEVER, |entry| entry.0.key());
        time_of(self.near.next().min(self.lanes.next()).min(far))
    }

    /// How many steps are pending.
    pub fn len(&self) -> usize {
        (self.pushed - self.popped) as usize
    }

    /// Whether no step is pending.
    pub fn is_empty(&self) -> bool {
        self.pushed == self.popped
    }

    fn enter(&mut self, at: Time, class: Class, step: S) -> Entry<S> {
        assert!(
            at >= self.now,
            "a step was scheduled for {at}, before {}",
            self.now
        );
        self.pushed += 1;
        Entry::new(at, class, self.pushed - 1, step)
    }

    fn place(&mut self, entry: Entry<S>) {
        if let Err(entry) = self.near.add(self.now.as_nanos(), entry) {
            self.far.push(Reverse(entry));
        }
    }

    fn take_far(&mut self) -> Option<Entry<S>> {
        let Reverse(entry) = self.far.pop()?;
        if self.far.is_empty() {
            self.far.shrink_to(KEPT);
        }
        Some(entry)
    }
}

impl<S: Copy> Default for Agenda<S> {
    fn default() -> Self {
        Self::new()
    }
}
