//! Golden: how many cores each worker gives to one application, and the executors that they
//! become. The workers are given in their order, neither filtered nor sorted.

use super::{Amount, addresses, check_all, requirements};
use deploysim_nodes::master::scheduling::placement::{Demand, Offers, Plan, place};
use deploysim_nodes::master::scheduling::{ExecutorShape, Launch, Rules, Scheduler, Shuffle};
use deploysim_protocol::conf::{Conf, WorkerSelectionPolicy};
use deploysim_protocol::event::{ApplicationSlot, WorkerSlot};
use deploysim_protocol::id::{ProfileId, WorkerId};
use serde::Deserialize;
use std::cell::Cell;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Case {
    id: String,
    spread_out: bool,
    workers: Vec<Worker>,
    app: Application,
    expect: Expect,
}

#[derive(Deserialize)]
struct Worker {
    cores: i32,
    cores_used: i32,
    memory_mib: i32,
    memory_used_mib: i32,
    #[serde(default)]
    resources: BTreeMap<String, Amount>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Application {
    cores_max: Option<i32>,
    default_cores: i32,
    executors_running: i32,
    cores_granted: i32,
    executor_limit: Option<i32>,
    cores_per_executor: Option<i32>,
    memory_per_executor_mib: i32,
    resources_per_executor: BTreeMap<String, i32>,
}

#[derive(Deserialize, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
struct Expect {
    cores_left: i32,
    assigned_cores: Vec<i32>,
    /// Worker, executors, cores of each, memory of each in MiB.
    launches: Vec<(usize, i32, i32, i32)>,
    executors_launched: i32,
}

#[test]
fn golden_assignments() {
    check_all("schedule-4.3.0.jsonl", |case: Case| {
        assert_eq!(decide(&case), case.expect, "{}", case.id);
    });
}

/// In a pass only the workers that can hold an executor are asked; where all can, the pass has to
/// decide as the rule does alone.
#[test]
fn golden_assignments_in_a_pass() {
    let compared = Cell::new(0);
    check_all("schedule-4.3.0.jsonl", |case: Case| {
        let app = &case.app;
        let fits = |worker: &Worker| {
            let free = |name: &String| {
                let amount = worker.resources.get(name);
                amount.map_or(0, |amount| amount.total - amount.used)
            };
            let mut resources = app.resources_per_executor.iter();
            worker.cores.wrapping_sub(worker.cores_used) >= app.cores_per_executor.unwrap_or(1)
                && worker.memory_mib.wrapping_sub(worker.memory_used_mib)
                    >= app.memory_per_executor_mib
                && resources.all(|(name, amount)| free(name) >= *amount)
        };
        if case.workers.iter().all(fits) && app.executors_running < 10_000 {
            assert_eq!(run(&case), case.expect.launches, "{}", case.id);
            compared.set(compared.get() + 1);
        }
    });
    assert!(compared.get() > 800, "only {} cases", compared.get());
}

/// Launches of a pass, those of one worker together.
fn run(case: &Case) -> Vec<(usize, i32, i32, i32)> {
    let mut scheduler = Scheduler::new(Rules {
        spread_out_applications: case.spread_out.into(),
        worker_selection_policy: WorkerSelectionPolicy::WorkerId,
        ..Rules::from_conf(&Conf::default())
    });
    for (slot, worker) in (0..).map(WorkerSlot).zip(&case.workers) {
        let offered = addresses(&worker.resources, |amount| amount.total);
        let used = addresses(&worker.resources, |amount| amount.used);
        let id = WorkerId::new(&format!("worker-{:06}", slot.0));
        scheduler.add_worker(slot, id, worker.cores, worker.memory_mib, &offered);
        scheduler.charge(slot, worker.cores_used, worker.memory_used_mib, &used);
    }
    let app = &case.app;
    let (slot, profile) = (ApplicationSlot(0), ProfileId::DEFAULT);
    let shape = ExecutorShape {
        cores: app.cores_per_executor,
        memory_mib: app.memory_per_executor_mib,
        requirements: requirements(&app.resources_per_executor),
    };
    let target = app.executor_limit.unwrap_or(i32::MAX);
    let cores_requested = app.cores_max.unwrap_or(app.default_cores);
    scheduler.add_application(slot, cores_requested, shape, target);
    for _ in 0..app.executors_running {
        scheduler.grant(slot, profile, 0);
    }
    scheduler.grant_again(slot, profile, app.cores_granted);
    let mut launches = Vec::new();
    scheduler.schedule(0, &mut NoDriver, &mut launches);
    let mut told: Vec<(usize, i32, i32, i32)> = Vec::new();
    for launch in &launches {
        let Launch::Executor {
            worker,
            cores,
            memory_mib,
            ..
        } = launch
        else {
            panic!("no driver waits");
        };
        match told.last_mut() {
            Some(last) if last.0 == worker.index() => last.1 += 1,
            _ => told.push((worker.index(), 1, *cores, *memory_mib)),
        }
    }
    told
}

/// There is no driver, so nothing is drawn.
struct NoDriver;

impl Shuffle for NoDriver {
    fn pick(&mut self, remaining: u32) -> u32 {
        unreachable!("asked for one of {remaining} workers")
    }
}

fn decide(case: &Case) -> Expect {
    let app = &case.app;
    let cores_requested = app.cores_max.unwrap_or(app.default_cores);
    let cores_left = cores_requested.wrapping_sub(app.cores_granted);
    let requirements = requirements(&app.resources_per_executor);
    let amounts: Vec<i32> = requirements.iter().map(|one| one.amount).collect();
    let demand = Demand {
        spread_out: case.spread_out.into(),
        cores_left,
        cores_per_executor: app.cores_per_executor,
        memory_mib: app.memory_per_executor_mib,
        amounts: &amounts,
        executors: app.executors_running,
        target: app.executor_limit.unwrap_or(i32::MAX),
    };
    let mut cores_free = Vec::new();
    let mut memory_free_mib = Vec::new();
    let mut resources_free = Vec::new();
    for worker in &case.workers {
        cores_free.push(worker.cores.wrapping_sub(worker.cores_used));
        memory_free_mib.push(worker.memory_mib.wrapping_sub(worker.memory_used_mib));
        for name in app.resources_per_executor.keys() {
            let amount = worker.resources.get(name);
            resources_free.push(amount.map_or(0, |amount| amount.total - amount.used));
        }
    }
    let offers = Offers {
        cores_free: &cores_free,
        memory_free_mib: &memory_free_mib,
        resources_free: &resources_free,
    };
    let mut plan = Plan::default();
    place(&demand, &offers, &mut plan);
    let assigned = plan.cores.iter().enumerate();
    let launches: Vec<_> = assigned
        .filter(|(_, cores)| **cores > 0)
        .map(|(worker, cores)| {
            let (executors, cores) = demand.split(*cores);
            (worker, executors, cores, demand.memory_mib)
        })
        .collect();
    Expect {
        cores_left,
        executors_launched: launches.iter().map(|launch| launch.1).sum(),
        assigned_cores: plan.cores,
        launches,
    }
}
