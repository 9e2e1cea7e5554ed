//! Subject: a whole recovery of a Master, from its election to ALIVE: as many workers and as
//! many applications are read from the store, told of the new leader, and answer one by one.
//! Nothing runs and nothing waits, so that no scheduling is in the time, nor is a network.

use crate::by_hand::{ByHand, Effects};
use criterion::measurement::Measurement;
use criterion::{BatchSize, Criterion, Throughput};
use deploysim_nodes::node::Effect;
use deploysim_protocol::message::{Message, ToDriver, ToWorker};
use deploysim_protocol::state::MasterState;

/// Defines the benchmarks `recovery/…`.
///
/// # Panics
/// If a Master is not ALIVE in the end, or has not told everybody.
pub fn define<M: Measurement>(criterion: &mut Criterion<M>) {
    let mut group = criterion.benchmark_group("recovery");
    group.sample_size(10);
    for records in [10, 1_000, 100_000] {
        let told = recover(&mut ByHand::before_recovery(records));
        assert_eq!(told, 2 * records as usize);
        group.throughput(Throughput::Elements(2 * u64::from(records)));
        group.bench_function(format!("workers+applications={records}"), |bencher| {
            bencher.iter_batched_ref(
                || ByHand::before_recovery(records),
                recover,
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

/// Recovers; how many workers and applications were told of the new leader.
fn recover((lab, store, answers): &mut crate::by_hand::Recovery) -> usize {
    let mut effects = Effects::new();
    lab.elect(store, &mut effects);
    let told = effects.iter().filter(|stamped| {
        matches!(
            stamped.effect,
            Effect::Send {
                message: Message::ToWorker(ToWorker::MasterChanged { .. })
                    | Message::ToDriver(ToDriver::MasterChanged { .. }),
                ..
            }
        )
    });
    let told = told.count();
    for answer in answers.drain(..) {
        effects.clear();
        lab.receive(answer, &mut effects);
    }
    assert_eq!(lab.master.books().state(), MasterState::Alive);
    told
}
