//! Subject: waiting drivers. An iteration is one pass over a queue: either none fits anywhere,
//! or each fits on every worker.

use crate::clusters::{Occupied, WORKER_CORES, cluster, pass, queue, rules, sample};
use crate::plain::Plain;
use criterion::measurement::Measurement;
use criterion::{BatchSize, BenchmarkGroup, Criterion};

const QUEUES: [u32; 2] = [100, 10_000];

/// Defines the benchmarks `drivers/…`.
///
/// # Panics
/// If an answer is not what the rule gives.
pub fn define<M: Measurement>(criterion: &mut Criterion<M>) {
    let mut group = criterion.benchmark_group("drivers/fit-nowhere");
    for workers in [1_000, 10_000, 100_000] {
        for drivers in QUEUES {
            one_pass(&mut group, workers, drivers, WORKER_CORES + 1, 0);
        }
    }
    group.finish();
    let mut group = criterion.benchmark_group("drivers/fit");
    for workers in [1_000, 10_000, 100_000] {
        for drivers in QUEUES {
            one_pass(&mut group, workers, drivers, 1, u64::from(drivers));
        }
    }
    group.finish();
}

fn one_pass<M: Measurement>(
    group: &mut BenchmarkGroup<'_, M>,
    workers: u32,
    drivers: u32,
    cores: i32,
    launched: u64,
) {
    sample(group, workers);
    let name = format!("workers={workers}/drivers={drivers}");
    let mut ready = cluster(rules(), workers, Occupied::Empty);
    queue(&mut ready, drivers, cores);
    let (counts, launches) = pass(&mut ready.clone(), drivers);
    assert_eq!(counts.drivers_launched, launched);
    group.bench_function(format!("fast/{name}"), |bencher| {
        bencher.iter_batched(
            || ready.clone(),
            |mut scheduler| (pass(&mut scheduler, drivers), scheduler),
            BatchSize::PerIteration,
        );
    });
    if drivers == 100 && workers <= 10_000 {
        let ready = || {
            let mut plain = Plain::cluster(rules(), workers, Occupied::Empty);
            plain.queue(drivers, cores);
            plain
        };
        assert_eq!(ready().pass(drivers), launches);
        group.bench_function(format!("plain/{name}"), |bencher| {
            bencher.iter_batched(
                ready,
                |mut plain| (plain.pass(drivers), plain),
                BatchSize::PerIteration,
            );
        });
    }
}
