//! Dynamic allocation that follows demand: how many executors an application wants in all, and
//! which idle ones it gives back. It looks at the tasks and decides; the requests themselves are
//! made elsewhere. Spark: `ExecutorAllocationManager`, in outline; what is left out is in
//! `scenarios/README.md`.

#[cfg(test)]
mod tests;

use super::tasks::Tasks;
use deploysim_protocol::conf::Conf;
use deploysim_protocol::time::Time;
use std::time::Duration;

/// How often an application looks whether something is due. A constant in Spark:
/// `ExecutorAllocationManager.intervalMillis`.
const BEAT: Duration = Duration::from_millis(100);

/// How many executors an application wants, and why.
#[derive(Debug)]
pub(in crate::world) struct Allocation {
    executors_min: u64,
    executors_max: u64,
    /// Backlog that lasts so long earns the first executors.
    backlog_timeout: Duration,
    /// … and so much longer further ones.
    sustained_timeout: Duration,
    idle_timeout: Duration,
    /// How many tasks an executor is reckoned to run at once.
    tasks_per_executor: u64,
    /// When the application's process began: its beats are counted from here.
    began: Time,
    /// Whether it waits for a master's answer, is about to ask for the first time, or may ask.
    stage: Stage,
    wanted: Wanted,
    /// When the backlog will have lasted long enough; `None` while no task waits.
    add_at: Option<Time>,
}

/// What the next request starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Wanted {
    total: u64,
    /// How many executors the next addition adds.
    step: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// No master has answered the registration: nothing can be asked.
    Unregistered,
    /// The first total was not asked for.
    Registered,
    /// It may ask.
    Ready,
    /// It waits for an answer; what it wanted before counts again if that is no.
    Asking(Wanted),
}

/// What an application asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// So many executors in all.
    Total(u64),
    /// That these executors be killed; the total stays.
    Kill(Vec<u32>),
}

impl Allocation {
    /// Of an application whose process begins at `began`. Without `cores_per_executor` it reckons
    /// with one core for each executor, whatever they will have, as Spark does.
    pub(super) fn new(conf: &Conf, cores_per_executor: Option<u32>, began: Time) -> Self {
        let most = conf.dynamic_allocation_max_executors;
        let backlog_timeout = conf.dynamic_allocation_backlog_timeout;
        Self {
            executors_min: conf.dynamic_allocation_min_executors.into(),
            executors_max: most.unwrap_or(i32::MAX as u32).into(),
            backlog_timeout,
            sustained_timeout: (conf.dynamic_allocation_sustained_backlog_timeout)
                .unwrap_or(backlog_timeout),
            idle_timeout: conf.dynamic_allocation_idle_timeout,
            tasks_per_executor: cores_per_executor.unwrap_or(1).into(),
            began,
            stage: Stage::Unregistered,
            wanted: Wanted {
                total: conf.initial_executors().into(),
                step: 1,
            },
            add_at: None,
        }
    }

    /// A master has answered the registration.
    pub(super) fn connected(&mut self) {
        if self.stage == Stage::Unregistered {
            self.stage = Stage::Registered;
        }
    }

    /// The request was answered, or failed, which is a no.
    pub(super) fn answered(&mut self, accepted: bool) {
        if let Stage::Asking(before) = self.stage {
            self.stage = Stage::Ready;
            if !accepted {
                self.wanted = before;
            }
        }
    }

    /// Sees whether tasks wait.
    pub(super) fn look(&mut self, tasks: &Tasks, now: Time) {
        if tasks.waiting() == 0 {
            self.add_at = None;
            self.wanted.step = 1;
        } else if self.add_at.is_none() {
            self.add_at = Some(now + self.backlog_timeout);
        }
    }

    /// What is due on this beat, if anything.
    pub(super) fn decide(&mut self, tasks: &Tasks, now: Time) -> Option<Decision> {
        let passed = now.since(self.began).as_nanos();
        let is_beat = passed.is_multiple_of(BEAT.as_nanos());
        if !is_beat || self.due(tasks).is_none_or(|due| due > now) {
            return None;
        }
        let before = self.wanted;
        let decision = match self.stage {
            Stage::Unregistered | Stage::Asking(_) => None,
            Stage::Registered => Some(Decision::Total(self.wanted.total)),
            Stage::Ready => self
                .retarget(tasks, now)
                .or_else(|| self.give_back(tasks, now)),
        };
        if decision.is_some() {
            self.stage = Stage::Asking(before);
        }
        decision
    }

    /// A total that fell with the tasks that are left, or rises with a backlog that lasts.
    fn retarget(&mut self, tasks: &Tasks, now: Time) -> Option<Decision> {
        let before = self.wanted.total;
        if self.needed(tasks) < before {
            self.wanted = Wanted {
                total: self.bounded(self.needed(tasks)),
                step: 1,
            };
        } else if self.add_at.is_some_and(|at| at <= now) {
            self.add_at = Some(now + self.sustained_timeout);
            let total = self.bounded(self.raised(tasks).min(self.needed(tasks)));
            let step = match total.checked_sub(before) == Some(self.wanted.step) {
                true => self.wanted.step * 2,
                false => 1,
            };
            self.wanted = Wanted { total, step };
        }
        (self.wanted.total != before).then_some(Decision::Total(self.wanted.total))
    }

    /// Executors that were idle for long enough, as far as neither the least nor the total that
    /// is wanted is touched.
    fn give_back(&self, tasks: &Tasks, now: Time) -> Option<Decision> {
        let idle = tasks
            .idle()
            .filter(|(_, since)| *since + self.idle_timeout <= now);
        let spare = usize::try_from(self.spare(tasks)).unwrap_or(usize::MAX);
        let numbers: Vec<u32> = idle.map(|(number, _)| number).take(spare).collect();
        (!numbers.is_empty()).then_some(Decision::Kill(numbers))
    }

    /// As many executors as all that wait or run could use.
    fn needed(&self, tasks: &Tasks) -> u64 {
        tasks.left().div_ceil(self.tasks_per_executor)
    }

    /// One step above what is wanted or there.
    fn raised(&self, tasks: &Tasks) -> u64 {
        self.wanted.total.max(tasks.working()) + self.wanted.step
    }

    fn bounded(&self, total: u64) -> u64 {
        total.min(self.executors_max).max(self.executors_min)
    }

    /// How many executors it has beyond those that it wants.
    fn spare(&self, tasks: &Tasks) -> u64 {
        let kept = self.wanted.total.max(self.executors_min);
        tasks.working().saturating_sub(kept)
    }

    /// From when on something could be decided, if nothing happens before; it may have passed.
    fn due(&self, tasks: &Tasks) -> Option<Time> {
        match self.stage {
            Stage::Unregistered | Stage::Asking(_) => return None,
            Stage::Registered => return Some(self.began),
            Stage::Ready => {}
        }
        let needed = self.bounded(self.needed(tasks));
        if needed < self.wanted.total {
            return Some(self.began);
        }
        let add = self.add_at.filter(|_| needed > self.wanted.total);
        let idle = tasks
            .idle()
            .map(|(_, since)| since + self.idle_timeout)
            .min();
        let give_back = idle.filter(|_| self.spare(tasks) > 0);
        add.into_iter().chain(give_back).min()
    }

    /// The first beat after `now` on which something could be decided.
    pub(super) fn next_beat(&self, tasks: &Tasks, now: Time) -> Option<Time> {
        let due = self.due(tasks)?.max(now + Duration::from_nanos(1));
        let beats = due.since(self.began).as_nanos().div_ceil(BEAT.as_nanos());
        let beats = u32::try_from(beats).ok()?;
        Some(self.began + BEAT * beats)
    }
}
