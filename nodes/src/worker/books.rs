//! What a worker believes to run: its tables of executors and drivers, the counters of what they
//! use, and the runners behind them. The decisions are in the files of each concern.

use super::cleanup::WorkDirectory;
use super::drivers::DriverRunner;
use super::executors::ExecutorRunner;
use deploysim_protocol::description::{DriverDescription, ExecutorDescription, ExecutorOrder};
use deploysim_protocol::id::{ApplicationId, DriverId, ExecutorId};
use deploysim_protocol::resource::Resources;
use deploysim_protocol::state::{DriverState, ExecutorState};
use deploysim_protocol::time::WallTime;
use std::collections::BTreeSet;
use std::mem;
use std::sync::Arc;

/// The tables of one worker.
///
/// 1. `executors` and `drivers` are sorted by id and hold each id once; an order for an id that
///    is there replaces the entry, as in Spark's maps, while the former runner goes on.
/// 2. A runner's number is given out once. Runners are sorted by number.
/// 3. Without such a replacement, and without a launch that failed on an id in use, the counters
///    are the sums over both tables. Spark's counters drift in just these cases.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Books {
    pub(super) executors: Vec<ExecutorEntry>,
    /// Oldest first.
    pub(super) finished_executors: Vec<ExecutorEntry>,
    pub(super) drivers: Vec<DriverEntry>,
    /// Oldest first.
    pub(super) finished_drivers: Vec<DriverEntry>,
    /// Applications that were given local directories here.
    pub(super) app_directories: BTreeSet<ApplicationId>,
    /// Applications that are over while executors of theirs still run here.
    pub(super) finished_apps: BTreeSet<ApplicationId>,
    pub(super) cores_used: i32,
    pub(super) memory_used_mib: i32,
    pub(super) executor_runners: Vec<ExecutorRunner>,
    pub(super) driver_runners: Vec<DriverRunner>,
    runners: u32,
    /// Messages to this worker itself that it has not handled yet.
    pub(super) unhandled: u32,
    pub(super) work_directory: WorkDirectory,
}

/// An executor in a worker's tables.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct ExecutorEntry {
    /// The number of its runner.
    pub(super) runner: u32,
    /// As its runner has it; the last one, once the runner is gone.
    pub(super) state: ExecutorState,
    pub(super) order: ExecutorOrder,
}

/// A driver in a worker's tables.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct DriverEntry {
    /// The number of its runner.
    pub(super) runner: u32,
    pub(super) driver: DriverId,
    /// RUNNING until its runner has ended.
    pub(super) state: DriverState,
    /// When the order came.
    pub(super) since: WallTime,
    pub(super) description: Arc<DriverDescription>,
    pub(super) resources: Resources,
}

impl ExecutorEntry {
    pub(super) const fn description(&self) -> ExecutorDescription {
        ExecutorDescription {
            executor: self.order.executor,
            profile: self.order.profile,
            cores: self.order.cores,
            memory_mib: self.order.memory_mib,
            state: self.state,
        }
    }
}

impl Books {
    /// A number for a new runner.
    pub(super) const fn number_runner(&mut self) -> u32 {
        let number = self.runners;
        self.runners += 1;
        number
    }

    pub(super) fn executor(&mut self, id: ExecutorId) -> Option<&mut ExecutorEntry> {
        let at = self.find_executor(id).ok()?;
        self.executors.get_mut(at)
    }

    pub(super) fn driver(&self, id: DriverId) -> Option<&DriverEntry> {
        let at = self.find_driver(id).ok()?;
        self.drivers.get(at)
    }

    /// Sets the state of the entry that still belongs to this runner, if any does.
    pub(super) fn set_executor_state(&mut self, id: ExecutorId, runner: u32, state: ExecutorState) {
        if let Some(entry) = self.executor(id)
            && entry.runner == runner
        {
            entry.state = state;
        }
    }

    /// Adds an executor and what it uses.
    pub(super) fn add_executor(&mut self, entry: ExecutorEntry) {
        self.use_more(entry.order.cores, entry.order.memory_mib);
        match self.find_executor(entry.order.executor) {
            Ok(at) => self.executors[at] = entry,
            Err(at) => self.executors.insert(at, entry),
        }
    }

    /// Takes an executor out of the table and leaves the counters as they are.
    pub(super) fn take_executor(&mut self, id: ExecutorId) -> Option<ExecutorEntry> {
        let at = self.find_executor(id).ok()?;
        let entry = self.executors.remove(at);
        give_back(&mut self.executors);
        Some(entry)
    }

    /// Moves an executor to those that ended, of which at most `retained` are kept.
    pub(super) fn finish_executor(&mut self, id: ExecutorId, retained: u32) -> bool {
        let Some(entry) = self.take_executor(id) else {
            return false;
        };
        self.use_less(entry.order.cores, entry.order.memory_mib);
        let finished = &mut self.finished_executors;
        match finished.iter_mut().find(|old| old.order.executor == id) {
            Some(old) => *old = entry,
            None => finished.push(entry),
        }
        trim(finished, retained);
        true
    }

    /// Adds a driver and what it uses.
    pub(super) fn add_driver(&mut self, entry: DriverEntry) {
        self.use_more(entry.description.cores, entry.description.memory_mib);
        match self.find_driver(entry.driver) {
            Ok(at) => self.drivers[at] = entry,
            Err(at) => self.drivers.insert(at, entry),
        }
    }

    /// Moves a driver to those that ended, of which at most `retained` are kept.
    pub(super) fn finish_driver(
        &mut self,
        id: DriverId,
        state: DriverState,
        retained: u32,
    ) -> bool {
        let Ok(at) = self.find_driver(id) else {
            return false;
        };
        let mut entry = self.drivers.remove(at);
        give_back(&mut self.drivers);
        entry.state = state;
        self.use_less(entry.description.cores, entry.description.memory_mib);
        let finished = &mut self.finished_drivers;
        match finished.iter_mut().find(|old| old.driver == id) {
            Some(old) => *old = entry,
            None => finished.push(entry),
        }
        trim(finished, retained);
        true
    }

    pub(super) fn has_executors_of(&self, application: ApplicationId) -> bool {
        let mut executors = self.executors.iter();
        executors.any(|entry| entry.order.application() == application)
    }

    fn find_executor(&self, id: ExecutorId) -> Result<usize, usize> {
        self.executors
            .binary_search_by_key(&id, |entry| entry.order.executor)
    }

    fn find_driver(&self, id: DriverId) -> Result<usize, usize> {
        self.drivers.binary_search_by_key(&id, |entry| entry.driver)
    }

    /// The sums wrap around at 32 bits, as in Spark.
    const fn use_more(&mut self, cores: i32, memory_mib: i32) {
        self.cores_used = self.cores_used.wrapping_add(cores);
        self.memory_used_mib = self.memory_used_mib.wrapping_add(memory_mib);
    }

    const fn use_less(&mut self, cores: i32, memory_mib: i32) {
        self.cores_used = self.cores_used.wrapping_sub(cores);
        self.memory_used_mib = self.memory_used_mib.wrapping_sub(memory_mib);
    }
}

/// Frees the memory of a table that has become empty.
fn give_back<T>(table: &mut Vec<T>) {
    if table.is_empty() {
        mem::take(table);
    }
}

/// Above the limit the oldest tenth goes, at least one.
/// Spark: `Worker.trimFinishedExecutorsIfNecessary`, `trimFinishedDriversIfNecessary`.
fn trim<T>(finished: &mut Vec<T>, retained: u32) {
    if finished.len() > retained as usize {
        finished.drain(..(finished.len() / 10).max(1));
    }
}
