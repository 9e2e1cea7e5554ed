//! The tasks of an application that nobody has begun yet, in their order: how many they are and
//! how long each takes. Tasks of one length come in batches, so that millions cost nothing; drawn
//! ones come one by one, and only those that have begun are kept in mind.

use crate::network::{Latency, Shape};
use crate::scenario::plan::{LatencyPlan, TASKS_DRAWN_MAX};
use rand_chacha::ChaCha8Rng;
use std::time::Duration;

/// Nobody lives to see more tasks of one length than this.
const EQUAL_MAX: u128 = 1 << 62;

/// Task number `number`. Tasks that are equal in all share a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Task {
    number: u64,
    /// How long it takes, above zero.
    pub(super) length: Duration,
}

/// The tasks that nobody has begun.
#[derive(Debug)]
pub(super) struct Fresh {
    waiting: u64,
    lengths: Lengths,
}

#[derive(Debug)]
enum Lengths {
    /// All alike, apart from a last one that takes what is left of the work, if anything is.
    Equal { each: Duration, rest: Duration },
    /// Each the next draw, apart from the last one.
    Drawn(Box<Drawn>),
}

#[derive(Clone, Debug)]
struct Drawn {
    distribution: Latency,
    stream: ChaCha8Rng,
    /// How many were drawn.
    number: u64,
    /// The work of those that were not.
    work: Duration,
}

impl Fresh {
    /// `work`, at least a nanosecond, in tasks as long as `each` says, drawn from `stream`.
    pub(super) fn new(work: Duration, each: &LatencyPlan, stream: ChaCha8Rng) -> Self {
        let work = work.max(Duration::from_nanos(1));
        if let Shape::Constant(each) = each.shape {
            return Self::equal(work, each);
        }
        let drawn = Drawn {
            distribution: each.unclipped(),
            stream,
            number: 0,
            work,
        };
        Self {
            // The same draws will be made once more as tasks begin.
            waiting: drawn.clone().count() as u64,
            lengths: Lengths::Drawn(Box::new(drawn)),
        }
    }

    fn equal(work: Duration, each: Duration) -> Self {
        let (work, length) = (work.as_nanos(), each.as_nanos().max(1));
        let (whole, rest) = ((work / length).min(EQUAL_MAX), work % length);
        let bounded = |number: u128| u64::try_from(number).unwrap_or(u64::MAX);
        Self {
            waiting: bounded(whole) + u64::from(rest > 0),
            lengths: Lengths::Equal {
                each: Duration::from_nanos(bounded(length)),
                rest: Duration::from_nanos(bounded(rest)),
            },
        }
    }

    /// How many there are.
    pub(super) const fn waiting(&self) -> u64 {
        self.waiting
    }

    /// The next tasks, equal ones and at most `most` of them; `None` if there are none.
    pub(super) fn take(&mut self, most: u64) -> Option<(Task, u64)> {
        if self.waiting == 0 || most == 0 {
            return None;
        }
        let (task, count) = match &mut self.lengths {
            Lengths::Equal { each, rest } => {
                let whole = self.waiting - u64::from(!rest.is_zero());
                match whole {
                    0 => (Task::new(1, *rest), 1),
                    _ => (Task::new(0, *each), whole.min(most)),
                }
            }
            Lengths::Drawn(drawn) => (drawn.next()?, 1),
        };
        self.waiting -= count;
        Some((task, count))
    }
}

impl Task {
    const fn new(number: u64, length: Duration) -> Self {
        Self { number, length }
    }
}

impl Iterator for Drawn {
    type Item = Task;

    /// The next task. It takes all work that is left if that is no more than it would have, or
    /// if it is the last that there may be.
    fn next(&mut self) -> Option<Task> {
        if self.work.is_zero() {
            return None;
        }
        let draw = self.distribution.draw(&mut self.stream);
        let is_last = self.number + 1 == TASKS_DRAWN_MAX;
        let length = match is_last {
            true => self.work,
            false => draw.max(Duration::from_nanos(1)).min(self.work),
        };
        self.work -= length;
        self.number += 1;
        Some(Task::new(self.number, length))
    }
}
