//! Properties: near the limits of 32 bits, where sums and products wrap around, one decision is
//! the one of the plain rule, and so is a whole pass.

use super::cluster::{Application, Cluster, Worker};
use super::decision::{Asked, assign};
use super::event::rules;
use deploysim_nodes::master::scheduling::placement::{Demand, Offers, Plan, place};
use deploysim_nodes::master::scheduling::{ExecutorShape, Scheduler, Shuffle};
use deploysim_protocol::event::{ApplicationSlot, WorkerSlot};
use deploysim_protocol::id::{ProfileId, WorkerId};
use deploysim_protocol::resource::Resources;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use std::collections::BTreeMap;

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

    #[test]
    fn passes_wrap_around_as_in_the_plain_rule(
        rules in rules(),
        free in prop::collection::vec((number(), number()), 0..6),
        wanted in prop::collection::vec((cores(), number(), number()), 1..4),
    ) {
        let mut fast = Scheduler::new(rules);
        let mut plain = Cluster {
            rules,
            workers: Vec::new(),
            applications: Vec::new(),
            waiting_drivers: Vec::new(),
        };
        for (slot, (cores, memory_mib)) in (0..).map(WorkerSlot).zip(free) {
            let worker = Worker { slot, ..worker(cores, memory_mib) };
            fast.add_worker(slot, worker.id, cores, memory_mib, &Resources::NONE);
            plain.workers.push(worker);
        }
        for (slot, wanted) in (0..).map(ApplicationSlot).zip(wanted) {
            let ((cores, cores_requested), memory_mib, target) = wanted;
            let shape = ExecutorShape { cores, memory_mib, requirements: Vec::new() };
            fast.add_application(slot, cores_requested, shape.clone(), target);
            plain.applications.push(Application {
                slot,
                cores_requested,
                cores_granted: 0,
                shapes: BTreeMap::from([(ProfileId::DEFAULT, shape)]),
                targets: BTreeMap::from([(ProfileId::DEFAULT, target)]),
                executors: BTreeMap::new(),
            });
        }
        for _ in 0..2 {
            let mut launches = Vec::new();
            fast.schedule(0, &mut NoDriver, &mut launches);
            prop_assert_eq!(launches, plain.schedule(0, &mut |remaining| remaining - 1));
        }
    }
}

/// There is no driver, so nothing is drawn.
struct NoDriver;

impl Shuffle for NoDriver {
    fn pick(&mut self, remaining: u32) -> u32 {
        unreachable!("asked for one of {remaining} workers")
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
