//! Random inputs: whatever comes, what the notes add up to is what the books say.

use super::fold::Fold;
use super::{Lab, executor, latest_state, register, resource, scheduler_state, worker_reference};
use crate::dice::Dice;
use crate::master::MasterTimer;
use crate::node::Input;
use deploysim_protocol::description::ResourceProfile;
use deploysim_protocol::event::Event;
use deploysim_protocol::id::{ApplicationId, DriverId, ProfileId, WorkerId};
use deploysim_protocol::message::{AskMaster, ToMaster};
use deploysim_protocol::resource::ResourceRequirement;
use deploysim_protocol::state::{DriverState, ExecutorState};
use deploysim_protocol::text::Text;
use deploysim_protocol::time::Time;
use std::collections::BTreeSet;
use std::sync::Arc;

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
    match dice.below(20) {
        0..=6 => step_of_worker(dice, lab),
        7..=14 => step_of_client(dice, lab),
        15..=18 => step_of_driver(dice, lab),
        _ => rare_step(dice, lab),
    }
}

fn step_of_worker(dice: &mut Dice, lab: &mut Lab) {
    let host = pick(dice, &HOSTS);
    match dice.below(7) {
        0..=2 => {
            let again = pick(dice, &["", "", "-again"]);
            let mut message = register(&format!("{host}{again}"), host, 6);
            if let ToMaster::RegisterWorker(message) = &mut message {
                message.resources = resource("gpu", &["0", "1", "2"]);
            }
            lab.receive(message)
        }
        3..=4 => lab.heartbeat(host),
        5 => lab.disconnect(host),
        _ => lab.receive(latest_state(host, &[executor("app-unknown", 0)], &[])),
    };
}

fn step_of_client(dice: &mut Dice, lab: &mut Lab) {
    let application = some_application(dice, lab);
    match dice.below(8) {
        0..=1 => {
            let mut description = super::application(i32::try_from(dice.below(9)).unwrap());
            if dice.below(2) == 0 {
                description.default_profile.executor_cores = None;
            }
            lab.register_application(pick(dice, &CLIENTS), description)
        }
        2 => lab.disconnect(pick(dice, &CLIENTS)),
        3..=5 => {
            let ended = pick_state(dice);
            let exit = (dice.below(2) == 0).then_some(0);
            lab.report(&application, dice.below(12), ended, exit)
        }
        6 => {
            let executors = [dice.below(9), dice.below(9)].map(|number| number.to_string());
            lab.ask(AskMaster::KillExecutors {
                application: ApplicationId::new(&application),
                executors: executors.iter().map(|number| Text::new(number)).collect(),
            })
        }
        _ => {
            let profile = ResourceProfile {
                id: ProfileId(dice.below(3)),
                custom_resources: vec![gpus(1)],
                ..ResourceProfile::default()
            };
            let total = i32::try_from(dice.below(4)).unwrap();
            lab.ask(AskMaster::RequestExecutors {
                application: ApplicationId::new(&application),
                totals: vec![(Arc::new(profile), total)],
            })
        }
    };
}

fn pick_state(dice: &mut Dice) -> ExecutorState {
    match dice.below(12) {
        0 => ExecutorState::Failed,
        1 => ExecutorState::Exited,
        2 => ExecutorState::Killed,
        _ => ExecutorState::Running,
    }
}

fn gpus(amount: i32) -> ResourceRequirement {
    let name = Text::new("gpu");
    ResourceRequirement { name, amount }
}

fn step_of_driver(dice: &mut Dice, lab: &mut Lab) {
    let name = some_driver(dice, lab);
    let id = DriverId::new(&name);
    match dice.below(4) {
        0..=1 => {
            let mut description = super::driver(dice.below(2) == 0);
            if dice.below(2) == 0 {
                description.resource_requirements = vec![gpus(2)];
            }
            lab.submit(description);
        }
        2 => {
            let kill = AskMaster::RequestKillDriver { driver: id };
            if lab.ask(kill).contains("DriverDequeued") {
                lab.driver_changed(&name, DriverState::Killed);
            }
        }
        // Only a worker that has the driver reports about it.
        _ => {
            let mut drivers = lab.master.books().drivers();
            let is_placed = drivers.any(|one| one.id == id && one.worker.is_some());
            drop(drivers);
            if is_placed {
                lab.driver_changed(&name, DriverState::Finished);
            }
        }
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
                    fold.note(event);
                }
            }
            fold.forget_what_is_gone();
            assert_eq!(fold, Fold::of(&lab), "seed {seed}");
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
