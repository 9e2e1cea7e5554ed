//! Subject: workers that register, in the order of their ids and in others. An iteration is the
//! registration of all workers.

use crate::clusters::{WORKER_CORES, WORKER_MEMORY_MIB, rules, sample};
use criterion::measurement::Measurement;
use criterion::{BatchSize, Criterion};
use deploysim_nodes::master::scheduling::Scheduler;
use deploysim_protocol::event::WorkerSlot;
use deploysim_protocol::id::WorkerId;
use deploysim_protocol::resource::Resources;

/// Defines the benchmarks `registration/…`.
///
/// # Panics
/// If a worker is not as it registered.
pub fn define<M: Measurement>(criterion: &mut Criterion<M>) {
    let mut group = criterion.benchmark_group("registration");
    for workers in [1_000, 10_000, 100_000] {
        sample(&mut group, workers);
        let ascending: Vec<WorkerId> = (0..workers).map(id).collect();
        let mut descending = ascending.clone();
        descending.reverse();
        let scattered = (0..workers).map(|at| id(at * 7_919 % workers));
        let numbered = (0..workers).map(crate::clusters::worker_id);
        for (order, ids) in [
            ("ascending", ascending),
            ("descending", descending),
            ("scattered", scattered.collect()),
            ("numbered", numbered.collect()),
        ] {
            let last = WorkerSlot(workers - 1);
            assert_eq!(register(&ids).capacity(last).cores, WORKER_CORES);
            group.bench_function(format!("{order}/workers={workers}"), |bencher| {
                bencher.iter_batched(|| (), |()| register(&ids), BatchSize::PerIteration);
            });
        }
    }
    group.finish();
}

fn id(at: u32) -> WorkerId {
    WorkerId::new(&format!("worker-20260101000000-host-{at:06}-7078"))
}

fn register(ids: &[WorkerId]) -> Scheduler {
    let mut scheduler = Scheduler::new(rules());
    for (slot, id) in (0..).map(WorkerSlot).zip(ids) {
        let (cores, memory_mib) = (WORKER_CORES, WORKER_MEMORY_MIB);
        scheduler.add_worker(slot, *id, cores, memory_mib, &Resources::NONE);
    }
    scheduler
}
