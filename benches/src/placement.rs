//! Subject: one decision. An iteration is one pass for one application that wants everything,
//! the launches written down and the workers charged.

use crate::clusters::{ALL_CORES, Occupied, cluster, executor, pass, rules, sample};
use crate::plain::Plain;
use criterion::measurement::Measurement;
use criterion::{BatchSize, Criterion};
use deploysim_nodes::master::scheduling::{Rules, Scheduler, SpreadOut};
use deploysim_protocol::event::ApplicationSlot;

const SIZES: [u32; 5] = [10, 100, 1_000, 10_000, 100_000];

/// The plain scheduler is measured up to this size, and spread out at the next.
const PLAIN_WORKERS_MAX: u32 = 1_000;

/// Defines the benchmarks `placement/…`.
///
/// # Panics
/// If an answer is not what the rule gives.
pub fn define<M: Measurement>(criterion: &mut Criterion<M>) {
    for (spread_out, order) in [
        (SpreadOut::Yes, "spread-out"),
        (SpreadOut::No, "consolidated"),
    ] {
        for (cores, each) in [(Some(4), "cores=4"), (None, "cores=unset")] {
            for occupied in Occupied::ALL {
                let name = format!("placement/{order}/{each}/{}", occupied.name());
                let mut group = criterion.benchmark_group(name);
                let rules = Rules {
                    spread_out_applications: spread_out,
                    ..rules()
                };
                for workers in SIZES {
                    sample(&mut group, workers);
                    let full = waiting(rules, workers, occupied, cores);
                    let (counts, launches) = pass(&mut full.clone(), 0);
                    assert_eq!(
                        counts.executors_launched,
                        expected(workers, occupied, cores)
                    );
                    group.bench_function(format!("fast/workers={workers}"), |bencher| {
                        bencher.iter_batched(
                            || full.clone(),
                            |mut scheduler| (pass(&mut scheduler, 0), scheduler),
                            BatchSize::PerIteration,
                        );
                    });
                    let once = spread_out == SpreadOut::Yes && occupied == Occupied::Empty;
                    if workers <= PLAIN_WORKERS_MAX || (once && workers == 10_000) {
                        assert_eq!(plain(rules, workers, occupied, cores).pass(0), launches);
                        group.bench_function(format!("plain/workers={workers}"), |bencher| {
                            bencher.iter_batched(
                                || plain(rules, workers, occupied, cores),
                                |mut plain| (plain.pass(0), plain),
                                BatchSize::PerIteration,
                            );
                        });
                    }
                }
                group.finish();
            }
        }
    }
}

/// A cluster at which one application waits that wants everything.
pub fn waiting(rules: Rules, workers: u32, occupied: Occupied, cores: Option<i32>) -> Scheduler {
    let mut scheduler = cluster(rules, workers, occupied);
    let application = ApplicationSlot(0);
    scheduler.add_application(application, ALL_CORES, executor(cores), i32::MAX);
    scheduler
}

fn plain(rules: Rules, workers: u32, occupied: Occupied, cores: Option<i32>) -> Plain {
    let mut plain = Plain::cluster(rules, workers, occupied);
    plain.add_application(0, ALL_CORES, cores);
    plain
}

/// Each worker holds as many executors of 4 cores as fit, or one with all its free cores.
fn expected(workers: u32, occupied: Occupied, cores: Option<i32>) -> u64 {
    let free = (0..workers).map(|worker| crate::clusters::WORKER_CORES - occupied.cores(worker));
    let held = free.map(|free| cores.map_or_else(|| free.min(1), |cores| free / cores));
    held.map(|held| u64::from(held.unsigned_abs())).sum()
}
