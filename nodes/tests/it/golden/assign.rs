//! Golden: how many cores each worker gives to one application, and the executors that they
//! become. The workers are given in their order, neither filtered nor sorted.

use super::{Amount, check_all, requirements};
use deploysim_nodes::master::scheduling::placement::{Demand, Offers, Plan, place};
use serde::Deserialize;
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
