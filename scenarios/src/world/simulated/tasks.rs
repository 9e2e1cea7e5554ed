//! The work of one application in tasks: which wait, which run on the cores of which executor,
//! and when each ends. All tasks wait from the start, and each takes one core. A task whose
//! executor is lost begins anew. How many executors there should be is not decided here.

#[cfg(test)]
mod tests;

use deploysim_protocol::time::Time;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// Nobody lives to see more tasks than this.
const TASKS_MAX: u128 = 1 << 62;

/// All tasks of an application, and the executors that run them.
#[derive(Debug)]
pub(in crate::world) struct Tasks {
    /// How long a task of each size takes.
    lengths: [Duration; 2],
    /// How many of each size wait.
    waiting: [u64; 2],
    /// How many run, by their end, their executor and their size.
    running: BTreeMap<(Time, u32, Size), u64>,
    executors: BTreeMap<u32, Executor>,
    /// Executors that could begin a task at once.
    free: BTreeSet<u32>,
}

/// Tasks are equally long, apart from a last one that takes what is left of the work.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Size {
    Whole,
    Rest,
}

const SIZES: [Size; 2] = [Size::Whole, Size::Rest];

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
    /// `work`, at least a nanosecond, in tasks of `each`, which is above zero.
    pub(super) fn new(work: Duration, each: Duration) -> Self {
        let (work, each) = (work.as_nanos().max(1), each.as_nanos());
        let (whole, rest) = (work / each, work % each);
        let bounded = |number: u128| u64::try_from(number).unwrap_or(u64::MAX);
        Self {
            lengths: [each, rest].map(|length| Duration::from_nanos(bounded(length))),
            waiting: [bounded(whole.min(TASKS_MAX)), u64::from(rest > 0)],
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
        let waiting = &mut self.waiting;
        self.running.retain(|(_, executor, size), count| {
            if *executor == number {
                waiting[*size as usize] += *count;
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
        while self.waiting() > 0
            && let Some(number) = self.free.first().copied()
        {
            let executor = (self.executors.get_mut(&number)).expect("free executors are known");
            for size in SIZES {
                let waiting = &mut self.waiting[size as usize];
                let count = (*waiting).min(executor.cores - executor.busy);
                if count > 0 {
                    *waiting -= count;
                    executor.busy += count;
                    let end = now + self.lengths[size as usize];
                    *self.running.entry((end, number, size)).or_default() += count;
                }
            }
            if executor.busy == executor.cores {
                self.free.remove(&number);
            }
        }
    }

    /// How many tasks wait.
    pub(super) fn waiting(&self) -> u64 {
        self.waiting.iter().sum()
    }

    /// How many tasks wait or run.
    pub(super) fn left(&self) -> u64 {
        self.waiting() + self.running.values().sum::<u64>()
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
