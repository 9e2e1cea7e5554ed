//! Golden: one whole scheduling pass, drivers first, then executors.

use super::{Amount, addresses, check_all, requirements};
use deploysim_nodes::master::scheduling::{
    DriverShape, ExecutorShape, Launch, Rules, Scheduler, Shuffle, Usable,
};
use deploysim_protocol::conf::WorkerSelectionPolicy;
use deploysim_protocol::event::{ApplicationSlot, DriverSlot, WorkerSlot};
use deploysim_protocol::id::{ProfileId, WorkerId};
use deploysim_protocol::resource::Resources;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

#[derive(Deserialize)]
pub(super) struct Case {
    pub(super) id: String,
    pub(super) conf: Conf,
    workers: Vec<Worker>,
    running_drivers: i32,
    waiting_drivers: Vec<Driver>,
    apps: Vec<Application>,
    pub(super) alive_set_order: Vec<String>,
    pub(super) shuffle_seed: String,
    pub(super) driver_worker_order: Vec<String>,
    expect: Expect,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Conf {
    spread_out_apps: bool,
    pub(super) spread_out_drivers: bool,
    worker_selection_policy: String,
    max_drivers: i32,
    default_cores: i32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Worker {
    id: String,
    cores: i32,
    cores_used: i32,
    memory_mib: i32,
    memory_used_mib: i32,
    state: String,
    #[serde(default)]
    resources: BTreeMap<String, Amount>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Driver {
    id: String,
    cores: i32,
    memory_mib: i32,
    resources: BTreeMap<String, i32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Application {
    id: String,
    cores_max: Option<i32>,
    profiles: Vec<Profile>,
    executors: Vec<Executor>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Profile {
    rp_id: u32,
    executor_limit: Option<i32>,
    cores_per_executor: Option<i32>,
    memory_per_executor_mib: i32,
    resources_per_executor: BTreeMap<String, i32>,
}

#[derive(Deserialize)]
struct Executor {
    exec_id: u32,
    cores: i32,
}

#[derive(Deserialize, Debug, PartialEq)]
#[serde(deny_unknown_fields)]
struct Expect {
    events: Vec<Value>,
    still_waiting_drivers: Vec<String>,
    worker_cores_used: Vec<i32>,
    worker_memory_used_mib: Vec<i32>,
    app_cores_granted: Vec<i32>,
    app_state: Vec<String>,
}

#[test]
fn golden_passes() {
    check_all("pass-4.3.0.jsonl", |case: Case| {
        assert_eq!(run(&case), case.expect, "{}", case.id);
    });
}

fn run(case: &Case) -> Expect {
    let mut scheduler = scheduler(case);
    let alive = case.workers.iter().filter(|worker| worker.state == "ALIVE");
    let mut row: Vec<&str> = alive.map(|worker| worker.id.as_str()).collect();
    row.sort_unstable();
    let mut given = Given {
        row,
        wanted: &case.driver_worker_order,
        drawn: 0,
    };
    let waiting = i32::try_from(case.waiting_drivers.len()).unwrap();
    let drivers_in_books = case.running_drivers + waiting;
    let mut launches = Vec::new();
    let counts = scheduler.schedule(drivers_in_books, &mut given, &mut launches);
    let launched = counts.drivers_launched + counts.executors_launched;
    assert_eq!(launched, launches.len() as u64, "{}", case.id);
    let (events, app_state) = tell(case, &launches);
    let workers = (0..).map(WorkerSlot).take(case.workers.len());
    let apps = (0..).map(ApplicationSlot).take(case.apps.len());
    let capacity = workers.map(|worker| scheduler.capacity(worker));
    Expect {
        events,
        still_waiting_drivers: scheduler
            .waiting_drivers()
            .map(|driver| case.waiting_drivers[driver.index()].id.clone())
            .collect(),
        worker_cores_used: capacity.clone().map(|one| one.cores_used).collect(),
        worker_memory_used_mib: capacity.map(|one| one.memory_used_mib).collect(),
        app_cores_granted: apps.map(|app| scheduler.cores_granted(app)).collect(),
        app_state,
    }
}

/// The scheduler before the pass. Slots are positions in the case.
fn scheduler(case: &Case) -> Scheduler {
    let mut scheduler = Scheduler::new(rules(&case.conf));
    for (slot, worker) in (0..).map(WorkerSlot).zip(&case.workers) {
        let offered = addresses(&worker.resources, |amount| amount.total);
        let used = addresses(&worker.resources, |amount| amount.used);
        let id = WorkerId::new(&worker.id);
        scheduler.add_worker(slot, id, worker.cores, worker.memory_mib, &offered);
        scheduler.charge(slot, worker.cores_used, worker.memory_used_mib, &used);
        if worker.state != "ALIVE" {
            scheduler.set_usable(slot, Usable::No);
        }
    }
    for (slot, driver) in (0..).map(DriverSlot).zip(&case.waiting_drivers) {
        let shape = DriverShape {
            cores: driver.cores,
            memory_mib: driver.memory_mib,
            requirements: requirements(&driver.resources),
        };
        scheduler.queue_driver(slot, shape);
    }
    for (slot, app) in (0..).map(ApplicationSlot).zip(&case.apps) {
        let cores_requested = app.cores_max.unwrap_or(case.conf.default_cores);
        for profile in &app.profiles {
            let shape = ExecutorShape {
                cores: profile.cores_per_executor,
                memory_mib: profile.memory_per_executor_mib,
                requirements: requirements(&profile.resources_per_executor),
            };
            let target = profile.executor_limit.unwrap_or(i32::MAX);
            let id = ProfileId(profile.rp_id);
            if id == ProfileId::DEFAULT {
                scheduler.add_application(slot, cores_requested, shape, target);
            } else {
                scheduler.add_profile(slot, id, shape);
                scheduler.set_target(slot, id, target);
            }
        }
        for executor in &app.executors {
            scheduler.grant(slot, ProfileId::DEFAULT, executor.cores);
        }
    }
    scheduler
}

fn rules(conf: &Conf) -> Rules {
    Rules {
        spread_out_applications: conf.spread_out_apps.into(),
        spread_out_drivers: conf.spread_out_drivers.into(),
        worker_selection_policy: match conf.worker_selection_policy.as_str() {
            "CORES_FREE_DESC" => WorkerSelectionPolicy::CoresFreeDesc,
            "CORES_FREE_ASC" => WorkerSelectionPolicy::CoresFreeAsc,
            "MEMORY_FREE_DESC" => WorkerSelectionPolicy::MemoryFreeDesc,
            "MEMORY_FREE_ASC" => WorkerSelectionPolicy::MemoryFreeAsc,
            "WORKER_ID" => WorkerSelectionPolicy::WorkerId,
            unknown => panic!("unknown policy {unknown}"),
        },
        drivers_max: conf.max_drivers,
    }
}

/// Picks so that the workers are visited in the order of the case.
struct Given<'a> {
    row: Vec<&'a str>,
    wanted: &'a [String],
    drawn: usize,
}

impl Shuffle for Given<'_> {
    fn pick(&mut self, remaining: u32) -> u32 {
        let rest = &self.row[self.drawn..];
        assert_eq!(rest.len(), remaining as usize);
        let wanted = &self.wanted[self.drawn];
        let pick = rest.iter().position(|id| id == wanted).unwrap();
        self.row.swap(self.drawn, self.drawn + pick);
        self.drawn += 1;
        u32::try_from(pick).unwrap()
    }
}

/// What a Master sends for the launches, and the states of the applications afterwards.
fn tell(case: &Case, launches: &[Launch]) -> (Vec<Value>, Vec<String>) {
    let mut states = vec!["WAITING".to_owned(); case.apps.len()];
    let mut next_ids: Vec<u32> = case
        .apps
        .iter()
        .map(|app| {
            app.executors
                .iter()
                .map(|one| one.exec_id + 1)
                .max()
                .unwrap_or(0)
        })
        .collect();
    let events = launches.iter().map(|launch| match launch {
        Launch::Driver {
            driver,
            worker,
            resources,
        } => json!([
            "driver",
            case.waiting_drivers[driver.index()].id,
            case.workers[worker.index()].id,
            addresses_told(resources),
        ]),
        Launch::Executor {
            application,
            profile,
            worker,
            cores,
            memory_mib,
            resources,
        } => {
            let id = next_ids[application.index()];
            next_ids[application.index()] += 1;
            "RUNNING".clone_into(&mut states[application.index()]);
            json!([
                "executor",
                case.apps[application.index()].id,
                id,
                case.workers[worker.index()].id,
                cores,
                memory_mib,
                profile.0,
                addresses_told(resources),
            ])
        }
    });
    (events.collect(), states)
}

fn addresses_told(resources: &Resources) -> Value {
    let resources = resources.0.iter().map(|resource| {
        let addresses = resource.addresses.iter();
        let addresses: Vec<String> = addresses.map(ToString::to_string).collect();
        (resource.name.to_string(), json!(addresses))
    });
    Value::Object(resources.collect::<Map<_, _>>())
}
