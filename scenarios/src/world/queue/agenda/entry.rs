//! One pending step with its place in the total order, packed so that two entries are compared
//! as one integer. Where entries wait is not decided here.

use super::Class;
use deploysim_protocol::time::Time;
use std::cmp::Ordering;

/// A place in the total order (time, class, sequence): the smaller is due earlier.
pub(super) type Key = u128;

/// Later than every entry: no class fills its three bits with ones.
pub(super) const NEVER: Key = Key::MAX;

/// The bits of a rank that hold the sequence number: 2⁶¹ steps outlast every run.
const SEQUENCE_BITS: u32 = 61;

/// A pending step with its place in the order: time, class, sequence. Entries are compared by
/// that place alone; two of one agenda are never equal. Thirty-two bytes if the step has sixteen.
#[derive(Clone, Copy, Debug)]
pub struct Entry<S> {
    /// Nanoseconds since the run began.
    pub(super) at: u64,
    /// The class in the three highest bits, the sequence number below.
    rank: u64,
    step: S,
}

impl<S> Entry<S> {
    pub(super) fn new(at: Time, class: Class, sequence: u64, step: S) -> Self {
        let rank = ((class as u64) << SEQUENCE_BITS) | sequence;
        let at = at.as_nanos();
        Self { at, rank, step }
    }

    pub(super) fn key(&self) -> Key {
        (Key::from(self.at) << 64) | Key::from(self.rank)
    }

    /// The instant it is due.
    pub fn time(&self) -> Time {
        Time::from_nanos(self.at)
    }

    /// Its class.
    pub fn class(&self) -> Class {
        Class::ALL[(self.rank >> SEQUENCE_BITS) as usize]
    }
}

/// The key that no entry of an earlier instant reaches, and none of this instant is below.
pub(super) fn first_key_at(at: u64) -> Key {
    Key::from(at) << 64
}

/// The instant of a key; `None` for [`NEVER`].
pub(super) fn time_of(key: Key) -> Option<Time> {
    (key != NEVER).then(|| Time::from_nanos((key >> 64) as u64))
}

impl<S: Copy> Entry<S> {
    /// What was scheduled.
    pub fn step(&self) -> S {
        self.step
    }
}

impl<S> PartialEq for Entry<S> {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key()
    }
}

impl<S> Eq for Entry<S> {}

impl<S> PartialOrd for Entry<S> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<S> Ord for Entry<S> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.key().cmp(&other.key())
    }
}
