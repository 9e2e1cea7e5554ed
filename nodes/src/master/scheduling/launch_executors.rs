//! The second half of a pass: which workers are asked for an application's executors, in which
//! order, and what becomes of the answer. How many cores each gives is `placement.rs`.

use super::Scheduler;
use super::applications::{Application, ExecutorShape, Profile};
use super::pass::{Launch, PassCounts};
use super::placement::{Demand, Offers, Plan, place};
use super::rules::Rules;
use super::workers::{Capacity, Need, Workers};
use deploysim_protocol::conf::WorkerSelectionPolicy;
use deploysim_protocol::event::{ApplicationSlot, WorkerSlot};

/// Starts executors for the waiting applications, first come first served, and for the profiles
/// of each by ascending id. Spark: `Master.startExecutorsOnWorkers`.
pub(super) fn launch_executors(
    scheduler: &mut Scheduler,
    launches: &mut Vec<Launch>,
    counts: &mut PassCounts,
) {
    let Scheduler {
        rules,
        workers,
        applications,
        ..
    } = scheduler;
    let mut decision = Decision {
        rules,
        workers,
        launches,
        counts,
        candidates: Candidates::default(),
        plan: Plan::default(),
    };
    let mut place = 0;
    while let Some((slot, application)) = applications.waiting_at(place) {
        for index in 0..application.profiles.len() {
            let profile = &application.profiles[index];
            if let Some(shape) = &profile.shape {
                let started = decision.start(slot, application, profile, shape);
                application.grant(profile.id, started.executors, started.cores);
            }
        }
        place += 1;
    }
}

/// What one decision reads and changes. The scratch space serves all decisions of a pass.
struct Decision<'a> {
    rules: &'a Rules,
    workers: &'a mut Workers,
    launches: &'a mut Vec<Launch>,
    counts: &'a mut PassCounts,
    candidates: Candidates,
    plan: Plan,
}

/// What one decision gave an application.
#[derive(Default)]
struct Started {
    executors: i32,
    cores: i32,
}

impl Decision<'_> {
    /// Decides for one profile of one application, and starts the executors.
    fn start(
        &mut self,
        slot: ApplicationSlot,
        application: &Application,
        profile: &Profile,
        shape: &ExecutorShape,
    ) -> Started {
        let cores_left = application.cores_left();
        // At or above the target no executor can be started, whatever the workers have.
        if cores_left < shape.cores_min() || profile.executors >= profile.target {
            return Started::default();
        }
        let candidates = &mut self.candidates;
        self.counts.decisions += 1;
        self.counts.candidates_visited += candidates.gather(self.workers, self.rules, shape);
        let demand = Demand {
            spread_out: self.rules.spread_out_applications,
            cores_left,
            cores_per_executor: shape.cores,
            memory_mib: shape.memory_mib,
            amounts: &candidates.amounts,
            executors: profile.executors,
            target: profile.target,
        };
        self.counts.candidates_visited += place(&demand, &candidates.offers(), &mut self.plan);
        let mut started = Started::default();
        for (worker, assigned) in candidates.workers.iter().zip(&self.plan.cores) {
            if *assigned <= 0 {
                continue;
            }
            let (executors, cores) = demand.split(*assigned);
            let need = Need {
                cores,
                memory_mib: shape.memory_mib,
                requirements: &shape.requirements,
            };
            for _ in 0..executors {
                self.launches.push(Launch::Executor {
                    application: slot,
                    profile: profile.id,
                    worker: *worker,
                    cores,
                    memory_mib: shape.memory_mib,
                    resources: self.workers.worker_mut(*worker).take(&need),
                });
                self.counts.executors_launched += 1;
                started.executors += 1;
                started.cores = started.cores.wrapping_add(cores);
            }
        }
        started
    }
}

/// The workers that can hold at least one executor, in the order in which they are filled.
#[derive(Default)]
struct Candidates {
    keys: Vec<u64>,
    workers: Vec<WorkerSlot>,
    cores_free: Vec<i32>,
    memory_free_mib: Vec<i32>,
    resources_free: Vec<i32>,
    amounts: Vec<i32>,
}

impl Candidates {
    /// Filters and sorts the workers for one shape, and returns how many were looked at.
    fn gather(&mut self, workers: &Workers, rules: &Rules, shape: &ExecutorShape) -> u64 {
        let need = Need {
            cores: shape.cores_min(),
            memory_mib: shape.memory_mib,
            requirements: &shape.requirements,
        };
        self.clear();
        for (rank, slot) in (0_u32..).zip(workers.by_id()) {
            let worker = workers.worker(*slot);
            if worker.fits(&need) {
                let policy = rules.worker_selection_policy;
                self.keys.push(key(policy, &worker.capacity, rank));
            }
        }
        self.keys.sort_unstable();
        let amounts = shape.requirements.iter();
        self.amounts
            .extend(amounts.map(|requirement| requirement.amount));
        for key in &self.keys {
            let rank = rank(rules.worker_selection_policy, *key);
            let slot = workers.by_id()[rank as usize];
            let worker = workers.worker(slot);
            self.workers.push(slot);
            self.cores_free.push(worker.capacity.cores_free());
            self.memory_free_mib.push(worker.capacity.memory_free_mib());
            let free = shape.requirements.iter();
            self.resources_free
                .extend(free.map(|requirement| worker.pools.free(requirement.name)));
        }
        workers.by_id().len() as u64
    }

    fn clear(&mut self) {
        self.keys.clear();
        self.workers.clear();
        self.cores_free.clear();
        self.memory_free_mib.clear();
        self.resources_free.clear();
        self.amounts.clear();
    }

    fn offers(&self) -> Offers<'_> {
        Offers {
            cores_free: &self.cores_free,
            memory_free_mib: &self.memory_free_mib,
            resources_free: &self.resources_free,
        }
    }
}

/// A number that orders workers as a policy wants them: what is free, then the rank by id. The
/// descending policies reverse the pair, so that ties go by descending id.
/// Spark: the `sortBy` calls of `Master.startExecutorsOnWorkers`.
fn key(policy: WorkerSelectionPolicy, capacity: &Capacity, rank: u32) -> u64 {
    let pair = |free: i32| u64::from(free.cast_unsigned() ^ (1 << 31)) << 32 | u64::from(rank);
    match policy {
        WorkerSelectionPolicy::CoresFreeAsc => pair(capacity.cores_free()),
        WorkerSelectionPolicy::CoresFreeDesc => !pair(capacity.cores_free()),
        WorkerSelectionPolicy::MemoryFreeAsc => pair(capacity.memory_free_mib()),
        WorkerSelectionPolicy::MemoryFreeDesc => !pair(capacity.memory_free_mib()),
        WorkerSelectionPolicy::WorkerId => pair(0),
    }
}

/// The rank by id in a [`key`].
const fn rank(policy: WorkerSelectionPolicy, key: u64) -> u32 {
    let low = (key & 0xffff_ffff) as u32;
    match policy {
        WorkerSelectionPolicy::CoresFreeDesc | WorkerSelectionPolicy::MemoryFreeDesc => !low,
        WorkerSelectionPolicy::CoresFreeAsc
        | WorkerSelectionPolicy::MemoryFreeAsc
        | WorkerSelectionPolicy::WorkerId => low,
    }
}
