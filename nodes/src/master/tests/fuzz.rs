//! Random inputs: whatever comes, what the notes add up to is what the books say.

use super::{Lab, application, driver, executor, latest_state, register, resource};
use super::{scheduler_state, worker_reference};
use crate::dice::Dice;
use crate::master::MasterTimer;
use crate::node::Input;
use deploysim_protocol::description::ResourceProfile;
use deploysim_protocol::event::{ApplicationSlot, DriverSlot, Event, MasterEvent, WorkerSlot};
use deploysim_protocol::id::{ApplicationId, DriverId, ProfileId, WorkerId};
use deploysim_protocol::message::{AskMaster, ToMaster};
use deploysim_protocol::resource::ResourceRequirement;
use deploysim_protocol::state::{
    ApplicationState, DriverState, ExecutorState, MasterState, WorkerState,
};
use deploysim_protocol::text::Text;
use deploysim_protocol::time::{Time, WallTime};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

#[derive(Debug, PartialEq)]
struct WorkerSum {
    id: WorkerId,
    state: WorkerState,
    last_heartbeat: WallTime,
    cores_used: i32,
    memory_used_mib: i32,
    taken: BTreeSet<(Text, Text)>,
    executors: BTreeSet<(ApplicationSlot, u32)>,
    drivers: BTreeSet<DriverSlot>,
}

#[derive(Debug, PartialEq)]
struct ApplicationSum {
    id: ApplicationId,
    state: ApplicationState,
    retry_count: i32,
    cores_granted: i32,
    executors: BTreeSet<u32>,
    targets: BTreeMap<ProfileId, i32>,
}

#[derive(Debug, PartialEq)]
struct ExecutorSum {
    cores: i32,
    memory_mib: i32,
    state: ExecutorState,
}

#[derive(Debug, PartialEq)]
struct DriverSum {
    id: DriverId,
    state: DriverState,
    cores: i32,
    memory_mib: i32,
}

/// What the notes add up to.
#[derive(Debug, Default, PartialEq)]
struct Fold {
    state: Option<MasterState>,
    workers: BTreeMap<WorkerSlot, WorkerSum>,
    applications: BTreeMap<ApplicationSlot, ApplicationSum>,
    active: Vec<ApplicationSlot>,
    completed: Vec<ApplicationSlot>,
    executors: BTreeMap<(ApplicationSlot, u32), ExecutorSum>,
    drivers: BTreeMap<DriverSlot, DriverSum>,
    active_drivers: BTreeSet<DriverSlot>,
    completed_drivers: Vec<DriverSlot>,
    waiting: Vec<DriverSlot>,
}

impl Fold {
    fn worker(&mut self, slot: WorkerSlot) -> &mut WorkerSum {
        self.workers.get_mut(&slot).unwrap()
    }

    fn application(&mut self, slot: ApplicationSlot) -> &mut ApplicationSum {
        self.applications.get_mut(&slot).unwrap()
    }

    fn note(&mut self, event: &MasterEvent) {
        use MasterEvent as E;
        match *event {
            E::MasterStateChanged { state } => self.state = Some(state),
            E::WorkerAdded { worker, id, .. } => {
                let sum = WorkerSum {
                    id,
                    state: WorkerState::Alive,
                    last_heartbeat: WallTime::EPOCH,
                    cores_used: 0,
                    memory_used_mib: 0,
                    taken: BTreeSet::new(),
                    executors: BTreeSet::new(),
                    drivers: BTreeSet::new(),
                };
                assert!(self.workers.insert(worker, sum).is_none());
            }
            E::WorkerHeard { worker, at } => self.worker(worker).last_heartbeat = at,
            E::WorkerStateChanged { worker, state } => self.worker(worker).state = state,
            E::WorkerRemoved {
                worker,
                last_heartbeat,
                ..
            } => {
                assert_eq!(self.worker(worker).last_heartbeat, last_heartbeat);
                self.worker(worker).state = WorkerState::Dead;
            }
            E::WorkerForgotten { worker } => {
                let gone = self.workers.remove(&worker).unwrap();
                assert_eq!(gone.state, WorkerState::Dead);
            }
            E::ResourceTaken {
                worker,
                name,
                address,
            } => {
                assert!(self.worker(worker).taken.insert((name, address)));
            }
            E::ResourceReleased {
                worker,
                name,
                address,
            } => {
                assert!(self.worker(worker).taken.remove(&(name, address)));
            }
            E::ApplicationAdded {
                application, id, ..
            } => {
                let sum = ApplicationSum {
                    id,
                    state: ApplicationState::Waiting,
                    retry_count: 0,
                    cores_granted: 0,
                    executors: BTreeSet::new(),
                    targets: BTreeMap::new(),
                };
                assert!(self.applications.insert(application, sum).is_none());
                self.active.push(application);
            }
            E::ApplicationStateChanged { application, state } => {
                assert_ne!(self.application(application).state, state);
                self.application(application).state = state;
            }
            E::ApplicationRemoved { application, state } => {
                self.application(application).state = state;
                self.active.retain(|other| *other != application);
                self.completed.push(application);
            }
            E::ApplicationForgotten { application } => {
                assert_eq!(self.completed.remove(0), application);
                self.applications.remove(&application).unwrap();
            }
            E::TargetChanged {
                application,
                profile,
                target,
            } => {
                self.application(application)
                    .targets
                    .insert(profile, target);
            }
            E::RetryCountChanged { application, count } => {
                self.application(application).retry_count = count;
            }
            E::ExecutorAdded {
                application,
                number,
                worker,
                cores,
                memory_mib,
                ..
            } => {
                let sum = ExecutorSum {
                    cores,
                    memory_mib,
                    state: ExecutorState::Launching,
                };
                assert!(self.executors.insert((application, number), sum).is_none());
                self.application(application).executors.insert(number);
                self.application(application).cores_granted += cores;
                let host = self.worker(worker);
                assert_eq!(host.state, WorkerState::Alive, "INV-W1");
                host.executors.insert((application, number));
                host.cores_used += cores;
                host.memory_used_mib += memory_mib;
            }
            E::ExecutorStateChanged {
                application,
                number,
                state,
            } => {
                let sum = self.executors.get_mut(&(application, number)).unwrap();
                assert_ne!(sum.state, state);
                sum.state = state;
            }
            E::ExecutorLeftApplication {
                application,
                number,
            } => {
                let cores = self.executors[&(application, number)].cores;
                let sum = self.application(application);
                assert!(sum.executors.remove(&number));
                sum.cores_granted -= cores;
            }
            E::ExecutorLeftWorker {
                application,
                number,
                worker,
            } => {
                let sum = &self.executors[&(application, number)];
                let (cores, memory_mib) = (sum.cores, sum.memory_mib);
                let host = self.worker(worker);
                assert!(host.executors.remove(&(application, number)));
                host.cores_used -= cores;
                host.memory_used_mib -= memory_mib;
            }
            E::DriverAdded {
                driver,
                id,
                cores,
                memory_mib,
                ..
            } => {
                let state = DriverState::Submitted;
                let sum = DriverSum {
                    id,
                    state,
                    cores,
                    memory_mib,
                };
                assert!(self.drivers.insert(driver, sum).is_none());
                self.active_drivers.insert(driver);
            }
            E::DriverQueued { driver } => self.waiting.push(driver),
            E::DriverDequeued { driver } => {
                assert!(self.waiting.contains(&driver));
                self.waiting.retain(|other| *other != driver);
            }
            E::DriverPlaced { driver, worker } => {
                let (cores, memory_mib) = (
                    self.drivers[&driver].cores,
                    self.drivers[&driver].memory_mib,
                );
                let host = self.worker(worker);
                assert_eq!(host.state, WorkerState::Alive, "INV-W1");
                assert!(host.drivers.insert(driver));
                host.cores_used += cores;
                host.memory_used_mib += memory_mib;
            }
            E::DriverLeftWorker { driver, worker } => {
                let (cores, memory_mib) = (
                    self.drivers[&driver].cores,
                    self.drivers[&driver].memory_mib,
                );
                let host = self.worker(worker);
                assert!(host.drivers.remove(&driver));
                host.cores_used -= cores;
                host.memory_used_mib -= memory_mib;
            }
            E::DriverStateChanged { driver, state } => {
                self.drivers.get_mut(&driver).unwrap().state = state;
            }
            E::DriverRemoved { driver, .. } => {
                assert!(self.active_drivers.remove(&driver));
                self.completed_drivers.push(driver);
            }
            E::DriverForgotten { driver } => {
                assert_eq!(self.completed_drivers.remove(0), driver);
                self.drivers.remove(&driver).unwrap();
            }
            E::ResourceOffered { .. }
            | E::RegistrationRefused { .. }
            | E::RegistrationDuplicate { .. }
            | E::HeartbeatIgnored { .. }
            | E::ReconnectAsked { .. }
            | E::ApplicationNotInserted { .. }
            | E::DriverRelaunched { .. }
            | E::DriverKillRequested { .. }
            | E::UnknownExecutorKilled { .. }
            | E::UnknownDriverKilled { .. }
            | E::ExecutorUnknown { .. }
            | E::DriverUnknown { .. }
            | E::ApplicationUnknown { .. }
            | E::WorkerUnknown { .. }
            | E::ExecutorNumberInvalid { .. }
            | E::ScheduleBegan
            | E::ScheduleEnded { .. }
            | E::CompletedCleared
            | E::RecoveryBegan { .. }
            | E::RecoveryCompleted => {}
        }
    }

    /// The same, read off the books.
    fn of(lab: &Lab, executors: BTreeMap<(ApplicationSlot, u32), ExecutorSum>) -> Self {
        let books = lab.master.books();
        let mut fold = Self {
            state: Some(books.state()),
            executors,
            waiting: books.waiting_drivers().collect(),
            ..Self::default()
        };
        for worker in books.workers() {
            let taken = worker.resources_taken.0.iter().flat_map(|resource| {
                let name = resource.name;
                resource
                    .addresses
                    .iter()
                    .map(move |address| (name, *address))
            });
            let live = worker.state != WorkerState::Dead;
            assert_eq!(worker.is_found_by_id, live, "INV-W4");
            assert_eq!(worker.is_found_by_address, live, "INV-W4");
            let executors = books.executors_on(worker.slot);
            let sum = WorkerSum {
                id: worker.id,
                state: worker.state,
                last_heartbeat: worker.last_heartbeat,
                cores_used: worker.capacity.cores_used,
                memory_used_mib: worker.capacity.memory_used_mib,
                taken: taken.collect(),
                executors: executors.map(|one| (one.application, one.number)).collect(),
                drivers: worker.drivers.iter().copied().collect(),
            };
            fold.workers.insert(worker.slot, sum);
        }
        for (list, view) in books
            .applications()
            .map(|view| (true, view))
            .chain(books.completed_applications().map(|view| (false, view)))
        {
            let active = list;
            let target = |profile| (profile, books.target(view.slot, profile));
            let targets = if active {
                books.profiles(view.slot).map(target).collect()
            } else {
                BTreeMap::new()
            };
            let sum = ApplicationSum {
                id: view.id,
                state: view.state,
                retry_count: view.retry_count,
                cores_granted: view.cores_granted,
                executors: books
                    .executors_of(view.slot)
                    .map(|one| one.number)
                    .collect(),
                targets,
            };
            fold.applications.insert(view.slot, sum);
            let list = if active {
                &mut fold.active
            } else {
                &mut fold.completed
            };
            list.push(view.slot);
        }
        assert_eq!(
            books.waiting_applications().collect::<Vec<_>>(),
            fold.active,
            "INV-A4"
        );
        for (list, view) in books
            .drivers()
            .map(|view| (true, view))
            .chain(books.completed_drivers().map(|view| (false, view)))
        {
            let description = &lab.master.books.drivers.info(view.slot).description;
            let sum = DriverSum {
                id: view.id,
                state: view.state,
                cores: description.cores,
                memory_mib: description.memory_mib,
            };
            fold.drivers.insert(view.slot, sum);
            if list {
                fold.active_drivers.insert(view.slot);
            } else {
                fold.completed_drivers.push(view.slot);
            }
        }
        fold
    }
}

fn pick<'a>(dice: &mut Dice, of: &[&'a str]) -> &'a str {
    of[dice.below(u32::try_from(of.len()).unwrap()) as usize]
}

const HOSTS: [&str; 5] = ["w1", "w2", "w3", "w4", "w5"];
const CLIENTS: [&str; 4] = ["a", "b", "c", "d"];

fn some_application(dice: &mut Dice, lab: &Lab) -> String {
    let ids: Vec<_> = lab
        .master
        .books()
        .applications()
        .map(|one| one.id.to_string())
        .collect();
    match ids.len() {
        0 => "app-unknown".to_owned(),
        count => ids[dice.below(u32::try_from(count).unwrap()) as usize].clone(),
    }
}

fn some_driver(dice: &mut Dice, lab: &Lab) -> String {
    let ids: Vec<_> = lab
        .master
        .books()
        .drivers()
        .map(|one| one.id.to_string())
        .collect();
    match ids.len() {
        0 => "driver-unknown".to_owned(),
        count => ids[dice.below(u32::try_from(count).unwrap()) as usize].clone(),
    }
}

/// One input that real peers could send.
fn step(dice: &mut Dice, lab: &mut Lab) {
    let ended = [
        ExecutorState::Failed,
        ExecutorState::Exited,
        ExecutorState::Killed,
    ];
    match dice.below(20) {
        0..=2 => {
            let host = pick(dice, &HOSTS);
            let again = pick(dice, &["", "", "-again"]);
            let mut message = register(&format!("{host}{again}"), host, 6);
            if let ToMaster::RegisterWorker(message) = &mut message {
                message.resources = resource("gpu", &["0", "1", "2"]);
            }
            lab.receive(message);
        }
        3..=4 => drop(lab.heartbeat(pick(dice, &HOSTS))),
        5 => drop(lab.disconnect(pick(dice, &HOSTS))),
        6 => {
            let host = pick(dice, &HOSTS);
            lab.receive(latest_state(host, &[executor("app-unknown", 0)], &[]));
        }
        7..=8 => {
            let mut description = application(i32::try_from(dice.below(9)).unwrap());
            if dice.below(2) == 0 {
                description.default_profile.executor_cores = None;
            }
            lab.register_application(pick(dice, &CLIENTS), description);
        }
        9 => drop(lab.disconnect(pick(dice, &CLIENTS))),
        10..=12 => {
            let (id, number) = (some_application(dice, lab), dice.below(12));
            let state = match dice.below(4) {
                0 => ended[dice.below(3) as usize],
                _ => ExecutorState::Running,
            };
            let exit = (dice.below(2) == 0).then_some(0);
            lab.report(&id, number, state, exit);
        }
        13 => {
            let executors = [dice.below(9), dice.below(9)];
            let application = ApplicationId::new(&some_application(dice, lab));
            let executors = executors
                .map(|number| Text::new(&number.to_string()))
                .to_vec();
            lab.ask(AskMaster::KillExecutors {
                application,
                executors,
            });
        }
        14 => {
            let profile = ResourceProfile {
                id: ProfileId(dice.below(3)),
                custom_resources: vec![ResourceRequirement {
                    name: Text::new("gpu"),
                    amount: 1,
                }],
                ..ResourceProfile::default()
            };
            let application = ApplicationId::new(&some_application(dice, lab));
            let totals = vec![(Arc::new(profile), i32::try_from(dice.below(4)).unwrap())];
            lab.ask(AskMaster::RequestExecutors {
                application,
                totals,
            });
        }
        15..=16 => {
            let mut description = driver(dice.below(2) == 0);
            if dice.below(2) == 0 {
                let name = Text::new("gpu");
                description.resource_requirements = vec![ResourceRequirement { name, amount: 2 }];
            }
            lab.submit(description);
        }
        17 => {
            let id = some_driver(dice, lab);
            let kill = AskMaster::RequestKillDriver {
                driver: DriverId::new(&id),
            };
            if lab.ask(kill).contains("DriverDequeued") {
                lab.driver_changed(&id, DriverState::Killed);
            }
        }
        18 => {
            let id = some_driver(dice, lab);
            // Only a worker that has the driver reports about it.
            let mut drivers = lab.master.books().drivers();
            if drivers.any(|one| one.id == DriverId::new(&id) && one.worker.is_some()) {
                drop(drivers);
                lab.driver_changed(&id, DriverState::Finished);
            }
        }
        _ => rare_step(dice, lab),
    }
}

fn rare_step(dice: &mut Dice, lab: &mut Lab) {
    match dice.below(6) {
        0 => {
            let host = pick(dice, &HOSTS);
            lab.receive(ToMaster::WorkerDecommissioning {
                worker_id: WorkerId::new(host),
                worker: worker_reference(host),
            });
        }
        1 => drop(lab.ask(AskMaster::RequestClearCompletedDriversAndApps)),
        2 => drop(lab.ask(AskMaster::RequestKillAllDrivers)),
        3 => drop(lab.ask(AskMaster::RequestMasterState)),
        _ => {
            lab.now += std::time::Duration::from_millis(u64::from(dice.below(7000)));
            let (timer, due) = (MasterTimer::CheckForWorkerTimeOut, lab.now);
            lab.input(Input::Fired { timer, due });
        }
    }
}

fn settings() -> [(&'static str, &'static str); 5] {
    [
        ("spark.worker.timeout", "6s"),
        ("spark.dead.worker.persistence", "1"),
        ("spark.deploy.retainedApplications", "3"),
        ("spark.deploy.retainedDrivers", "3"),
        ("spark.deploy.maxExecutorRetries", "4"),
    ]
}

#[test]
fn the_notes_add_up_to_the_books() {
    let mut kinds = BTreeSet::new();
    for seed in 0..20 {
        let mut dice = Dice::from_seed([seed; 32]);
        let mut lab = Lab::alive(&settings());
        let mut fold = Fold::default();
        for _ in 0..1500 {
            for event in std::mem::take(&mut lab.events) {
                if let Event::Master(event) = event {
                    kinds.insert(event.kind());
                    fold.note(&event);
                }
            }
            // A record that is gone takes its executors with it, and only active targets count.
            let known: BTreeSet<_> = fold
                .workers
                .values()
                .flat_map(|worker| worker.executors.iter().copied())
                .chain(fold.applications.iter().flat_map(|(slot, sum)| {
                    sum.executors.iter().map(move |number| (*slot, *number))
                }))
                .collect();
            fold.executors.retain(|id, _| known.contains(id));
            for slot in &fold.completed {
                fold.applications.get_mut(slot).unwrap().targets.clear();
            }
            let executors = std::mem::take(&mut fold.executors);
            check_executors(&lab, &executors);
            let books = Fold::of(&lab, executors);
            assert_eq!(fold.workers, books.workers, "seed {seed}");
            fold.executors = books.executors;
            let books = Fold {
                executors: BTreeMap::new(),
                ..Fold::of(&lab, BTreeMap::new())
            };
            let executors = std::mem::take(&mut fold.executors);
            assert_eq!(fold, books, "seed {seed}");
            fold.executors = executors;
            step(&mut dice, &mut lab);
        }
    }
    for kind in [
        "ExecutorLeftWorker",
        "DriverRelaunched",
        "ResourceReleased",
        "WorkerForgotten",
    ] {
        assert!(kinds.contains(kind), "{kind} was never seen");
    }
}

/// Every executor that the books know is one of the fold's, and the other way round.
fn check_executors(lab: &Lab, folded: &BTreeMap<(ApplicationSlot, u32), ExecutorSum>) {
    let books = lab.master.books();
    let mut seen = BTreeMap::new();
    let of_workers = books
        .workers()
        .flat_map(|worker| books.executors_on(worker.slot));
    let applications = books.applications().chain(books.completed_applications());
    let of_applications = applications.flat_map(|one| books.executors_of(one.slot));
    for view in of_workers.chain(of_applications) {
        let (cores, memory_mib, state) = (view.cores, view.memory_mib, view.state);
        seen.insert(
            (view.application, view.number),
            ExecutorSum {
                cores,
                memory_mib,
                state,
            },
        );
    }
    assert_eq!(&seen, folded);
}

/// Answers of a recovery at any time, a failing store, ids and names that collide: the books may
/// then be as wrong as Spark's, but they stay sound.
#[test]
fn nothing_breaks_the_books() {
    for seed in 0..40 {
        let mut dice = Dice::from_seed([seed; 32]);
        let mut settings = settings().to_vec();
        if seed % 2 == 0 {
            settings.push(("spark.master.useAppNameAsAppId.enabled", "true"));
            settings.push(("spark.deploy.driverIdPattern", "driver"));
        }
        if seed % 3 == 0 {
            settings.push(("S-06", "keep_id"));
        }
        let mut lab = Lab::alive(&settings);
        for _ in 0..1500 {
            lab.store.fails_after = (dice.below(4) == 0).then(|| dice.below(3));
            if dice.below(10) == 0 {
                let id = some_application(&mut dice, &lab);
                let executors = [executor(&id, dice.below(5)), executor("pi", dice.below(5))];
                let drivers = [some_driver(&mut dice, &lab)];
                let message = scheduler_state(pick(&mut dice, &HOSTS), &executors, &[&drivers[0]]);
                lab.receive(message);
            }
            step(&mut dice, &mut lab);
            let books = lab.master.books();
            let workers: Vec<_> = books.workers().collect();
            for worker in &workers {
                assert!(books.executors_on(worker.slot).count() < 1000);
            }
            assert!(books.drivers().count() < 10_000);
        }
        let time = Time::from_secs(10_000);
        lab.now += time.since_start();
        lab.store.fails_after = None;
        for _ in 0..2 {
            lab.check(Time::from_secs(10_000));
        }
        assert_eq!(lab.master.books().workers().count(), 0);
    }
}
