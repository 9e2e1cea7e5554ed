//! Subject: one whole pass of a Master, bookkeeping, notes and messages included. An iteration
//! is the input that completes a recovery: the cluster is empty and every application waits, so
//! that one pass gives all of them their executors.

use crate::by_hand::{ByHand, Effects};
use crate::clusters::sample;
use criterion::measurement::Measurement;
use criterion::{BatchSize, Criterion};
use deploysim_nodes::node::Effect;
use deploysim_protocol::message::{Message, ToWorker};

/// Executors of each application: 64 cores, 4 per executor.
const EXECUTORS: usize = 16;
/// As many fit on a worker of 16 cores.
const EXECUTORS_PER_WORKER: usize = 4;

/// Defines the benchmarks `master/…`.
///
/// # Panics
/// If a pass does not launch what the applications want.
pub fn define<M: Measurement>(criterion: &mut Criterion<M>) {
    let mut group = criterion.benchmark_group("master/schedule");
    for (workers, applications) in [
        (1_000, 1_000),
        (10_000, 0),
        (10_000, 1),
        (10_000, 10),
        (10_000, 100),
        (10_000, 1_000),
    ] {
        sample(&mut group, workers);
        let (ready, last) = ByHand::about_to_recover(workers, applications);
        let held = workers as usize * EXECUTORS_PER_WORKER;
        let wanted = applications as usize * EXECUTORS;
        let mut effects = Effects::new();
        ready.clone().receive(last.clone(), &mut effects);
        assert_eq!(launched(&effects), wanted.min(held));
        let name = format!("workers={workers}/applications={applications}");
        group.bench_function(name, |bencher| {
            bencher.iter_batched(
                || (ready.clone(), last.clone()),
                |(mut lab, last)| {
                    let mut effects = Effects::new();
                    lab.receive(last, &mut effects);
                    (lab, effects)
                },
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

/// How many executors workers are told to launch.
fn launched(effects: &Effects) -> usize {
    let is_launch = |effect: &Effect| {
        matches!(
            effect,
            Effect::Send {
                message: Message::ToWorker(ToWorker::LaunchExecutor(_)),
                ..
            }
        )
    };
    effects
        .iter()
        .filter(|stamped| is_launch(&stamped.effect))
        .count()
}
