//! The work of one application in tasks: which wait, which run on the cores of which executor,
//! and when each ends. All tasks wait from the start, and each takes one core. A task whose
//! executor is lost begins anew. How many executors there should be is not decided here.

mod fresh;
#[cfg(test)]
mod tests;

use crate::scenario::plan::LatencyPlan;
use deploysim_protocol::time::Time;
use fresh::{Fresh, Task};
use rand_chacha::ChaCha8Rng;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// All tasks of an application, and the executors that run them.
#[derive(Debug)]
pub(in crate::world) struct Tasks {
    /// How many have not ended: those that wait and those that run.
    left: u64,
    /// Those that never ran.
    fresh: Fresh,
    /// Those that wait to begin anew, in their order, and how many of each.
    lost: BTreeMap<Task, u64>,
    /// How many run, by their end, their executor and what they are.
    running: BTreeMap<(Time, u32, Task), u64>,
    executors: BTreeMap<u32, Executor>,
    /// Executors that could begin a task at once.
    free: BTreeSet<u32>,
}

#[derive(Clone, Copy, Debug)]
struct Executor {
    cores: u64,
    busy: u64,
    state: State,
    /// When it last had nothing to do; of no meaning while it is busy.
    idle_since: Time,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Its process has not registered.
    Granted,
    /// It takes tasks.
    Working,
    /// It is to be killed, and takes no further tasks.
    Leaving,
}

impl Tasks {
    /// `work`, at least a nanosecond, in tasks as long as `each` says. Where that is drawn, the
    /// n-th draw from `stream` is the length of task n, whichever executor runs it and when.
    pub(super) fn new(work: Duration, each: &LatencyPlan, stream: ChaCha8Rng) -> Self {
        let fresh = Fresh::new(work, each, stream);
        Self {
            left: fresh.waiting(),
            fresh,
            lost: BTreeMap::new(),
            running: BTreeMap::new(),
            executors: BTreeMap::new(),
            free: BTreeSet::new(),
        }
    }

    /// The master has granted an executor.
    pub(super) fn grant(&mut self, number: u32, cores: u64) {
        let executor = Executor {
            cores,
            busy: 0,
            state: State::Granted,
            idle_since: Time::ZERO,
        };
        // A notice that comes twice changes nothing.
        self.executors.entry(number).or_insert(executor);
    }

    /// An executor that was granted begins to work.
    pub(super) fn register(&mut self, number: u32, now: Time) {
        if let Some(executor) = self.executors.get_mut(&number) {
            executor.state = State::Working;
            executor.idle_since = now;
            if executor.busy < executor.cores {
                self.free.insert(number);
            }
            self.begin(now);
        }
    }

    /// The application has asked to kill an executor.
    pub(super) fn dismiss(&mut self, number: u32) {
        if let Some(executor) = self.executors.get_mut(&number) {
            executor.state = State::Leaving;
            self.free.remove(&number);
        }
    }

    /// An executor is gone; what it was at begins anew.
    pub(super) fn lose(&mut self, number: u32, now: Time) {
        if self.executors.remove(&number).is_none() {
            return;
        }
        self.free.remove(&number);
        let lost = &mut self.lost;
        self.running.retain(|(_, executor, task), count| {
            if *executor == number {
                *lost.entry(*task).or_default() += *count;
            }
            *executor != number
        });
        self.begin(now);
    }

    /// Ends the tasks that are due and begins others in their place.
    pub(super) fn advance(&mut self, now: Time) {
        while let Some(first) = self.running.first_entry()
            && first.key().0 <= now
        {
            let ((end, number, _), count) = first.remove_entry();
            self.left -= count;
            if let Some(executor) = self.executors.get_mut(&number) {
                executor.busy -= count;
                executor.idle_since = end;
                if executor.state == State::Working {
                    self.free.insert(number);
                }
            }
        }
        self.begin(now);
    }

    /// Gives waiting tasks to free cores, in the order of the executors' numbers.
    fn begin(&mut self, now: Time) {
        while let Some(number) = self.free.first().copied() {
            let executor = self.executors[&number];
            let Some((task, count)) = self.take(executor.cores - executor.busy) else {
                return;
            };
            let executor = (self.executors.get_mut(&number)).expect("free executors are known");
            executor.busy += count;
            if executor.busy == executor.cores {
                self.free.remove(&number);
            }
            *(self.running.entry((now + task.length, number, task))).or_default() += count;
        }
    }

    /// The next tasks that wait, equal ones and at most `most` of them: first those that were
    /// lost.
    fn take(&mut self, most: u64) -> Option<(Task, u64)> {
        let Some(mut first) = self.lost.first_entry() else {
            return self.fresh.take(most);
        };
        let (task, waiting) = (*first.key(), *first.get());
        let count = waiting.min(most);
        match waiting - count {
            0 => drop(first.remove()),
            left => *first.get_mut() = left,
        }
        Some((task, count))
    }

    /// How many tasks wait.
    pub(super) fn waiting(&self) -> u64 {
        self.fresh.waiting() + self.lost.values().sum::<u64>()
    }

    /// How many tasks wait or run.
    pub(super) const fn left(&self) -> u64 {
        self.left
    }

    /// When the next task ends, if nothing happens before.
    pub(super) fn next_end(&self) -> Option<Time> {
        (self.running.first_key_value()).map(|((end, _, _), _)| *end)
    }

    /// How many executors take tasks.
    pub(super) fn working(&self) -> u64 {
        let working = self.executors.values();
        working
            .filter(|executor| executor.state == State::Working)
            .count() as u64
    }

    /// The executors that take tasks and have none, with the time since when.
    pub(super) fn idle(&self) -> impl Iterator<Item = (u32, Time)> + '_ {
        let free = self
            .free
            .iter()
            .map(|number| (*number, self.executors[number]));
        free.filter(|(_, executor)| executor.busy == 0)
            .map(|(number, executor)| (number, executor.idle_since))
    }
}
