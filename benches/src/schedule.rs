//! Subject: one whole pass, the bookkeeping of the Master left out. Applications want 64 cores
//! each, 4 per executor.

use crate::ProcessorTime;
use crate::clusters::{Occupied, PROCESS_MEMORY_MIB, Picks, cluster, pass, rules, sample, submit};
use crate::growth;
use crate::plain::Plain;
use criterion::measurement::Measurement;
use criterion::{BatchSize, BenchmarkGroup, Criterion};
use deploysim_nodes::master::scheduling::{Launch, PassCounts, Scheduler};
use deploysim_protocol::event::{ApplicationSlot, WorkerSlot};
use deploysim_protocol::id::ProfileId;
use deploysim_protocol::resource::Resources;

const CORES: i32 = 64;
const APPLICATIONS: [u32; 4] = [1, 100, 1_000, 10_000];

/// The plain scheduler is measured up to so many workers times applications.
const PLAIN_PRODUCT_MAX: u64 = 1_000_000;

/// Defines the benchmarks `schedule/…`.
///
/// # Panics
/// If an answer is not what the rule gives.
pub fn define(criterion: &mut Criterion<ProcessorTime>) {
    for occupied in Occupied::ALL {
        let mut group = criterion.benchmark_group(format!("schedule/{}", occupied.name()));
        for workers in [1_000, 10_000, 100_000] {
            for applications in APPLICATIONS {
                whole_pass(&mut group, workers, applications, occupied);
            }
        }
        group.finish();
    }
    growth::define(criterion);
    let mut group = criterion.benchmark_group("schedule/steady");
    for workers in [1_000, 10_000, 100_000] {
        for applications in [1_000, 10_000] {
            one_ends(&mut group, workers, applications);
            changed_back(&mut group, workers, applications);
        }
    }
    group.finish();
}

fn whole_pass<M: Measurement>(
    group: &mut BenchmarkGroup<'_, M>,
    workers: u32,
    applications: u32,
    occupied: Occupied,
) {
    sample(group, workers);
    let name = format!("workers={workers}/applications={applications}");
    let mut ready = cluster(rules(), workers, occupied);
    submit(&mut ready, applications, CORES);
    let (counts, launches) = pass(&mut ready.clone(), 0);
    assert_eq!(
        counts.executors_launched,
        expected(workers, applications, occupied)
    );
    group.bench_function(format!("fast/{name}"), |bencher| {
        bencher.iter_batched(
            || ready.clone(),
            |mut scheduler| (pass(&mut scheduler, 0), scheduler),
            BatchSize::PerIteration,
        );
    });
    if u64::from(workers) * u64::from(applications) <= PLAIN_PRODUCT_MAX && workers == 1_000 {
        let ready = || {
            let mut plain = Plain::cluster(rules(), workers, occupied);
            plain.submit(applications, CORES);
            plain
        };
        assert_eq!(ready().pass(0), launches);
        sample(group, workers.max(1_001));
        group.bench_function(format!("plain/{name}"), |bencher| {
            bencher.iter_batched(
                ready,
                |mut plain| (plain.pass(0), plain),
                BatchSize::PerIteration,
            );
        });
    }
}

/// All executors that are wanted, or all that the workers hold.
fn expected(workers: u32, applications: u32, occupied: Occupied) -> u64 {
    let free = (0..workers).map(|worker| crate::clusters::WORKER_CORES - occupied.cores(worker));
    let held = free.map(|free| u64::from(free.unsigned_abs()) / 4).sum();
    (u64::from(applications) * 16).min(held)
}

/// A cluster that is full of the executors of the first application, and others that wait.
fn full(workers: u32, applications: u32) -> Scheduler {
    let mut scheduler = cluster(rules(), workers, Occupied::Empty);
    submit(&mut scheduler, 1, i32::MAX);
    let (counts, _) = pass(&mut scheduler, 0);
    assert_eq!(counts.executors_launched, u64::from(workers) * 4);
    let waiting = crate::clusters::executor(Some(4));
    for application in (1..applications).map(ApplicationSlot) {
        scheduler.add_application(application, CORES, waiting.clone(), i32::MAX);
    }
    assert_eq!(pass(&mut scheduler, 0).1, []);
    scheduler
}

/// A full cluster at which one executor ends after another.
pub struct Steady {
    scheduler: Scheduler,
    workers: u32,
    worker: u32,
    launches: Vec<Launch>,
}

impl Steady {
    /// A cluster that is full, at which all applications but the first wait.
    ///
    /// # Panics
    /// If it is not full.
    pub fn new(workers: u32, applications: u32) -> Self {
        Self {
            scheduler: full(workers, applications),
            workers,
            worker: 0,
            launches: Vec::new(),
        }
    }

    /// One executor ends, and one pass follows, which starts one in its place.
    pub fn end_one(&mut self) -> PassCounts {
        self.worker = (self.worker + 7_919) % self.workers;
        let worker = WorkerSlot(self.worker);
        let nothing = Resources::NONE;
        let scheduler = &mut self.scheduler;
        scheduler.release(worker, 4, PROCESS_MEMORY_MIB, &nothing);
        scheduler.revoke(ApplicationSlot(0), ProfileId::DEFAULT, 4);
        self.launches.clear();
        scheduler.schedule(0, &mut Picks(2026), &mut self.launches)
    }
}

/// An iteration is one end of an executor.
fn one_ends<M: Measurement>(group: &mut BenchmarkGroup<'_, M>, workers: u32, applications: u32) {
    sample(group, workers);
    let mut steady = Steady::new(workers, applications);
    assert_eq!(steady.end_one().executors_launched, 1);
    let name = format!("one-executor-ends/workers={workers}/applications={applications}");
    group.bench_function(name, |bencher| bencher.iter(|| steady.end_one()));
}

/// An iteration: one worker is changed and changed back, and one pass follows, which finds
/// nothing to start.
fn changed_back<M: Measurement>(
    group: &mut BenchmarkGroup<'_, M>,
    workers: u32,
    applications: u32,
) {
    sample(group, workers);
    let mut scheduler = full(workers, applications);
    let mut worker = 0;
    let mut launches = Vec::new();
    let mut change = move || {
        worker = (worker + 7_919) % workers;
        let nothing = Resources::NONE;
        scheduler.release(WorkerSlot(worker), 4, PROCESS_MEMORY_MIB, &nothing);
        scheduler.charge(WorkerSlot(worker), 4, PROCESS_MEMORY_MIB, &nothing);
        launches.clear();
        scheduler.schedule(0, &mut Picks(2026), &mut launches)
    };
    assert_eq!(change().executors_launched, 0);
    let name = format!("changed-and-changed-back/workers={workers}/applications={applications}");
    group.bench_function(name, |bencher| bencher.iter(&mut change));
}
