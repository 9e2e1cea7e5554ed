//! Property: near the limits of 32 bits, where sums and products wrap around, one decision is
//! the one of the plain rule.

use super::cluster::Worker;
use super::decision::{Asked, assign};
use deploysim_nodes::master::scheduling::ExecutorShape;
use deploysim_nodes::master::scheduling::placement::{Demand, Offers, Plan, place};
use deploysim_protocol::event::WorkerSlot;
use deploysim_protocol::id::WorkerId;
use deploysim_protocol::resource::Resources;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// Any number, often a small one or one near a limit.
fn number() -> impl Strategy<Value = i32> {
    prop_oneof![
        0..=40_i32,
        (i32::MAX - 40)..=i32::MAX,
        i32::MIN..=(i32::MIN + 40),
        (1 << 28)..=i32::MAX,
        any::<i32>(),
    ]
}

/// Cores of an executor and cores left, such that the plain rule ends soon: either few cores are
/// left, or an executor is large.
fn cores() -> impl Strategy<Value = (Option<i32>, i32)> {
    prop_oneof![
        (
            prop_oneof![Just(None), (1..=5).prop_map(Some)],
            -3..=200_i32
        ),
        (((1 << 27)..=i32::MAX).prop_map(Some), number()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 10_000,
        rng_seed: RngSeed::Fixed(2026),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn decisions_wrap_around_as_in_the_plain_rule(
        free in prop::collection::vec((number(), number()), 0..6),
        (cores, cores_left) in cores(),
        memory_mib in number(),
        executors in number(),
        target in number(),
        spread_out in any::<bool>(),
    ) {
        let workers: Vec<Worker> = free.iter().map(|(cores, memory)| worker(*cores, *memory)).collect();
        let shape = ExecutorShape { cores, memory_mib, requirements: Vec::new() };
        let asked = Asked { spread_out: spread_out.into(), cores_left, executors, target, shape: &shape };
        let plain = assign(&asked, &workers.iter().collect::<Vec<_>>());
        let demand = Demand {
            spread_out: spread_out.into(),
            cores_left,
            cores_per_executor: cores,
            memory_mib,
            amounts: &[],
            executors,
            target,
        };
        let (cores_free, memory_free_mib): (Vec<i32>, Vec<i32>) = free.into_iter().unzip();
        let offers = Offers {
            cores_free: &cores_free,
            memory_free_mib: &memory_free_mib,
            resources_free: &[],
        };
        let mut plan = Plan::default();
        place(&demand, &offers, &mut plan);
        prop_assert_eq!(plan.cores, plain);
    }
}

fn worker(cores: i32, memory_mib: i32) -> Worker {
    Worker {
        slot: WorkerSlot(0),
        id: WorkerId::new("worker"),
        alive: true,
        cores,
        cores_used: 0,
        memory_mib,
        memory_used_mib: 0,
        offered: Resources::NONE,
        taken: Vec::new(),
    }
}
