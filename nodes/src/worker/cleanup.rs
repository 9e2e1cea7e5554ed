//! The work directory as far as the protocol shows it: which directories are there, when they
//! were last written to, and which of them the periodic cleanup deletes.

use super::{Worker, WorkerTimer};
use crate::turn::Turn;
use deploysim_protocol::event::WorkerEvent;
use deploysim_protocol::id::{DriverId, ExecutorId};
use deploysim_protocol::text::Text;
use deploysim_protocol::time::{Time, WallTime};
use std::collections::{BTreeMap, BTreeSet};

/// The directories of applications and drivers below a worker's work directory. It lies on the
/// machine's disk, so it outlives the worker's process.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct WorkDirectory {
    entries: BTreeMap<Text, Entry>,
}

/// One directory, and everything in it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Entry {
    /// When something in it was last written. **Differs:** only the start and the end of a
    /// process count; what a program writes in between is unknown.
    modified: WallTime,
    /// Numbers of the executors that have a directory in it.
    executors: BTreeSet<u32>,
}

impl WorkDirectory {
    /// Whether there is no directory in it.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The names of the directories in it, ascending: ids of applications and drivers.
    pub fn names(&self) -> impl Iterator<Item = Text> {
        self.entries.keys().copied()
    }

    /// Makes an executor's directory; whether it is new.
    pub(super) fn create_executor(&mut self, executor: ExecutorId, now: WallTime) -> bool {
        let entry = self.create(executor.application.0, now);
        let is_new = entry.executors.insert(executor.number);
        if is_new {
            entry.modified = now;
        }
        is_new
    }

    /// Makes a driver's directory, which may be there already.
    pub(super) fn create_driver(&mut self, driver: DriverId, now: WallTime) {
        self.create(driver.0, now).modified = now;
    }

    /// Something was written below `name`.
    pub(super) fn touch(&mut self, name: Text, now: WallTime) {
        if let Some(entry) = self.entries.get_mut(&name) {
            entry.modified = now;
        }
    }

    /// Deletes what is neither protected nor newer than `limit`, and says how many.
    fn clean(&mut self, protected: &BTreeSet<Text>, limit: WallTime) -> u32 {
        let before = self.entries.len();
        self.entries
            .retain(|name, entry| protected.contains(name) || entry.modified > limit);
        u32::try_from(before - self.entries.len()).unwrap_or(u32::MAX)
    }

    fn create(&mut self, name: Text, now: WallTime) -> &mut Entry {
        self.entries.entry(name).or_insert_with(|| Entry {
            modified: now,
            executors: BTreeSet::new(),
        })
    }
}

impl Worker {
    /// Starts the cleanup timer, if cleanup is on, as an acknowledged registration does.
    /// Spark: `Worker.handleRegisterResponse`. RD-11. S-29: off by default before 3.0.
    pub(super) fn start_cleanup(&mut self, turn: &mut Turn<'_, Self>) {
        let conf = &self.settings.shared.conf;
        if conf.cleanup_enabled && self.starts_timer(self.cleanup_timers) {
            let timer = WorkerTimer::WorkDirCleanup(self.cleanup_timers);
            turn.arm_after(timer, conf.cleanup_interval);
            self.cleanup_timers += 1;
        }
    }

    /// One tick: deletes the directories of applications without executors here and of drivers
    /// that do not run, if they are old. S-30: before 2.3 those of running drivers too.
    /// **Differs:** the deletion takes no time. Spark: `Worker.receive`, `WorkDirCleanup`.
    pub(super) fn clean_work_directory(
        &mut self,
        number: u32,
        due: Time,
        turn: &mut Turn<'_, Self>,
    ) {
        let conf = &self.settings.shared.conf;
        turn.arm(
            WorkerTimer::WorkDirCleanup(number),
            due + conf.cleanup_interval,
        );
        let ttl_ms = i64::try_from(conf.cleanup_app_data_ttl.as_millis()).unwrap_or(i64::MAX);
        let Some(books) = self.books.as_deref_mut() else {
            return;
        };
        if books.work_directory.is_empty() {
            return;
        }
        let applications = books
            .executors
            .iter()
            .map(|entry| entry.order.application().0);
        let drivers = books.drivers.iter().map(|entry| entry.driver.0);
        let protected = applications.chain(drivers).collect();
        let limit = turn.wall().as_millis().saturating_sub(ttl_ms);
        let limit = WallTime::from_millis(limit);
        let deleted = books.work_directory.clean(&protected, limit);
        turn.note(WorkerEvent::WorkDirectoryCleaned { deleted });
    }
}
