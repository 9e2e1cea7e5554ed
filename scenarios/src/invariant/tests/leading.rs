//! What masters do in their states and terms, and what they give out once.

use super::*;
use deploysim_protocol::description::ExecutorOrder;
use deploysim_protocol::event::{ElectionEvent, Event, StoreAccess};
use deploysim_protocol::message::ToWorker;
use deploysim_protocol::message::to_worker::LaunchExecutor;
use deploysim_protocol::resource::Resources;
use deploysim_protocol::state::WorkerState;
use deploysim_protocol::thrown::Thrown;

pub(super) const STANDBY: NodeId = NodeId(6);
pub(super) const SERVICE: NodeId = NodeId(7);
pub(super) const FILES: &str = "[conf]\n\"spark.deploy.recoveryMode\" = \"FILESYSTEM\"";
pub(super) const SHARED: &str = "[conf]\n\"spark.deploy.recoveryMode\" = \"ZOOKEEPER\"";

/// Beside the master that leads, one that does not, and the service that says so.
pub(super) fn elected(lines: &'static str) -> Tale {
    let mut tale = Tale::with(lines);
    let history = &mut tale.history;
    history.start(SERVICE, Role::ElectionService, "election");
    history.start(STANDBY, Role::Master, "master-2");
    leads(&mut tale, "master-1");
    tale
}

pub(super) fn leads<'a>(tale: &'a mut Tale, master: &str) -> &'a mut Tale {
    let owner = history::address(master);
    tale.history
        .note(SERVICE, Event::Election(ElectionEvent::LatchLed { owner }));
    tale
}

pub(super) fn enters(tale: &mut Tale, master: NodeId, state: MasterState) -> &mut Tale {
    tale.history
        .note(master, MasterEvent::MasterStateChanged { state });
    tale
}

#[test]
fn m1_a_master_leads_in_a_term_of_its_own() {
    let mut tale = elected("");
    leads(tale.at(5), "master-2");
    enters(&mut tale, STANDBY, MasterState::Alive).is_accepted(6);

    let mut tale = elected("");
    enters(tale.at(5), STANDBY, MasterState::Alive);
    tale.is_rejected(6, &["INV-M1"]);

    // A term is begun once.
    let mut tale = elected("");
    leads(tale.at(5), "master-2");
    enters(&mut tale, STANDBY, MasterState::Alive);
    enters(&mut tale, STANDBY, MasterState::Recovering);
    enters(&mut tale, STANDBY, MasterState::Alive);
    tale.is_rejected(6, &["INV-M1"]);
}

fn told_to_reconnect(tale: &mut Tale) -> &mut Tale {
    let master_url = history::address("master-1");
    let order = ToWorker::ReconnectWorker { master_url };
    tale.history.sends_to(MASTER, "worker-1", order.clone());
    tale.history.receives(WORKER, MASTER, order);
    tale
}

fn obeys(tale: &mut Tale) -> &mut Tale {
    let master = history::address("master-1");
    tale.worker(WORKER, WorkerEvent::ReconnectRequested { master })
}

#[test]
fn m2_orders_of_an_old_leader_are_not_obeyed() {
    let mut tale = elected("");
    obeys(told_to_reconnect(tale.at(5)));
    leads(&mut tale, "master-2").is_accepted(6);

    let mut tale = elected("");
    leads(tale.at(5), "master-2");
    told_to_reconnect(&mut tale).is_accepted(6);

    let mut tale = elected("");
    leads(tale.at(5), "master-2");
    obeys(told_to_reconnect(&mut tale));
    tale.is_rejected(6, &["INV-M2"]);
}

#[test]
fn m3_a_standby_master_only_refuses() {
    let mut tale = elected("");
    tale.history
        .sends_to(STANDBY, "worker-1", ToWorker::MasterInStandby);
    tale.is_accepted(6);

    let mut tale = elected("");
    let master_url = history::address("master-2");
    let order = ToWorker::ReconnectWorker { master_url };
    tale.history.sends_to(STANDBY, "worker-1", order);
    tale.is_rejected(6, &["INV-M3"]);
}

#[test]
fn m4_handlers_of_masters_end_normally() {
    let reason = Text::new("No space left on device");
    let thrown = Thrown::Store { reason };
    let mut tale = Tale::new();
    tale.history.note(WORKER, Event::HandlerThrew { thrown });
    tale.is_accepted(6);

    let mut tale = Tale::new();
    tale.history.note(MASTER, Event::HandlerThrew { thrown });
    tale.is_rejected(6, &["INV-M4"]);

    // An old leader's store refuses it, because its session is over (KB-22).
    let mut tale = elected(SHARED);
    leads(tale.at(5), "master-2");
    tale.history.note(MASTER, Event::HandlerThrew { thrown });
    let violations = tale.violations(6);
    let marks = violations.iter().map(|own| (own.invariant, &own.marks[..]));
    assert_eq!(marks.collect::<Vec<_>>(), [("INV-M4", &["after-term"][..])]);
}

#[test]
fn m4_tells_an_id_that_is_given_out_again_from_a_store_that_fails() {
    let mark = |words: &str| {
        let reason = Text::new(words);
        let mut tale = Tale::new();
        let call = StoreAccess::Add;
        tale.master(MasterEvent::StoreFailed { call, reason });
        let thrown = Thrown::Store { reason };
        tale.history.note(MASTER, Event::HandlerThrew { thrown });
        let violations = tale.violations(6);
        assert_eq!(violations.len(), 1);
        violations[0].marks.clone()
    };
    // RD-09, in the words of both engines that refuse it.
    assert_eq!(
        mark("File already exists: /driver_driver-20260101000010-0000"),
        ["id-again"]
    );
    assert_eq!(
        mark("KeeperErrorCode = NodeExists for /spark/master_status/app_app-20260101000010-0000"),
        ["id-again"]
    );
    // RD-07, and a worker's record, whose id says more than a second.
    assert_eq!(mark("No space left on device"), ["add-failed"]);
    assert_eq!(
        mark("File already exists: /worker_worker-20260101000000-worker-1-7078"),
        ["add-failed"]
    );
}

#[test]
fn m5_only_a_master_that_is_alive_schedules() {
    Tale::new().pass().passed().is_accepted(6);

    let mut tale = elected("");
    tale.history.note(STANDBY, MasterEvent::ScheduleBegan);
    tale.is_rejected(6, &["INV-M5"]);
}

/// The master recovers once more, in a new term.
pub(super) fn recovers(tale: &mut Tale, drivers: u32) -> &mut Tale {
    enters(tale, MASTER, MasterState::Recovering);
    tale.master(MasterEvent::RecoveryBegan {
        applications: 0,
        drivers,
        workers: 0,
    })
}

pub(super) fn recovered(tale: &mut Tale) -> &mut Tale {
    enters(tale, MASTER, MasterState::Alive);
    tale.master(MasterEvent::RecoveryCompleted)
}

#[test]
fn m6_a_recovery_is_completed_once() {
    let mut tale = Tale::with(FILES);
    recovered(recovers(tale.at(5), 0));
    recovered(recovers(&mut tale, 0)).is_accepted(6);

    let mut tale = Tale::with(FILES);
    recovered(recovers(tale.at(5), 0)).master(MasterEvent::RecoveryCompleted);
    tale.is_rejected(6, &["INV-M6"]);
}

fn adds_driver(tale: &mut Tale, master: NodeId) -> &mut Tale {
    let driver = DriverSlot(3);
    tale.history.note(
        master,
        MasterEvent::DriverAdded {
            driver,
            id: driver_id(driver),
            cores: 1,
            memory_mib: 512,
            supervise: false,
        },
    );
    tale
}

#[test]
fn i1_an_id_is_given_out_once() {
    // What was read from the store keeps its id.
    let mut tale = elected(SHARED);
    leads(adds_driver(&mut tale, MASTER).at(5), "master-2");
    enters(&mut tale, STANDBY, MasterState::Recovering);
    let (applications, drivers, workers) = (0, 1, 0);
    tale.history.note(
        STANDBY,
        MasterEvent::RecoveryBegan {
            applications,
            drivers,
            workers,
        },
    );
    adds_driver(&mut tale, STANDBY).is_accepted(6);

    let mut tale = elected(SHARED);
    leads(adds_driver(&mut tale, MASTER).at(5), "master-2");
    enters(&mut tale, STANDBY, MasterState::Alive);
    adds_driver(&mut tale, STANDBY).is_rejected(6, &["INV-I1"]);

    // Masters that share nothing may give out the same.
    let mut tale = elected(FILES);
    leads(adds_driver(&mut tale, MASTER).at(5), "master-2");
    enters(&mut tale, STANDBY, MasterState::Alive);
    adds_driver(&mut tale, STANDBY).is_accepted(6);
}

pub(super) fn orders(tale: &mut Tale, number: u32) -> &mut Tale {
    let order = ExecutorOrder {
        executor: executor_id(number),
        profile: ProfileId::DEFAULT,
        description: description(Some(4)),
        cores: 4,
        memory_mib: 1024,
        resources: Resources::default(),
    };
    let master_url = history::address("master-1");
    let message = ToWorker::LaunchExecutor(Box::new(LaunchExecutor { master_url, order }));
    tale.history.sends_to(MASTER, "worker-1", message);
    tale
}

#[test]
fn i2_a_number_is_given_out_once() {
    let mut tale = Tale::new();
    orders(orders(&mut tale, 0), 1).is_accepted(6);

    let mut tale = Tale::new();
    orders(orders(&mut tale, 0), 0).is_rejected(6, &["INV-I2"]);

    // A later application may have the id of one that is over.
    let mut tale = Tale::new();
    orders(tale.application(A, 4), 0).application_removed(A, ApplicationState::Finished);
    tale.master(MasterEvent::ApplicationAdded {
        application: ApplicationSlot(1),
        id: app_id(A),
        driver: history::address("later"),
        cores_requested: 4,
    });
    orders(&mut tale, 0);
    let found = tale.verdict(6);
    assert!(!found.contains(&"INV-I2"), "{found:?}");
}

#[test]
fn r3_nothing_is_unknown_to_a_master_that_is_alive() {
    let unknown = |tale: &mut Tale, state| {
        recovers(tale.at(5), 0);
        tale.master(MasterEvent::WorkerStateChanged { worker: W, state });
        recovered(tale);
    };
    let mut tale = Tale::with(FILES);
    unknown(&mut tale, WorkerState::Alive);
    tale.is_accepted(6);

    let mut tale = Tale::with(FILES);
    unknown(&mut tale, WorkerState::Unknown);
    tale.is_rejected(6, &["INV-R3"]);
}

#[test]
fn l2_somebody_leads_again_in_time() {
    let mut tale = elected("");
    leads(tale.at(5).crashes(MASTER), "master-2");
    enters(&mut tale, STANDBY, MasterState::Alive).is_accepted(20);

    let mut tale = elected("");
    tale.at(5).crashes(MASTER).is_rejected(20, &["INV-L2"]);

    // A fault that ends later gives the next leader its whole time once more.
    let restarts = |second| {
        let mut tale = Tale::with(FILES);
        tale.at(5).crashes(MASTER).at(50);
        let start = Start {
            name: Text::new("master-1"),
            role: Role::Master,
            machine: crate::network::Machine(MASTER.0),
            address: history::address("master-1"),
            parent: None,
            child: None,
            restarts: 1,
        };
        tale.fact(MASTER, Fact::Started(start));
        tale.verdict(second)
    };
    assert!(restarts(100).is_empty());
    assert_eq!(restarts(115), ["INV-L2"]);

    // Without anybody who could lead, nobody has to.
    let mut tale = elected("");
    tale.at(5).crashes(MASTER).crashes(STANDBY).is_accepted(20);
}

#[test]
fn l5_a_recovery_is_over_in_time() {
    let mut tale = Tale::with(FILES);
    recovers(tale.at(5), 0);
    recovered(tale.at(30)).is_accepted(150);

    let mut tale = Tale::with(FILES);
    recovers(tale.at(5), 0).is_rejected(200, &["INV-L2", "INV-L5"]);
}

#[test]
fn g3_a_running_driver_survives_a_failover() {
    let mut tale = Tale::with(FILES);
    recovered(recovers(tale.driver_runs().at(5), 0));
    tale.driver_removed(D, W, DriverState::Error).is_accepted(6);

    let mut tale = Tale::with(FILES);
    recovers(tale.driver_runs().at(5), 0);
    tale.driver_removed(D, W, DriverState::Error);
    recovered(&mut tale).is_rejected(6, &["INV-G3"]);
}

#[test]
fn g3_a_failover_ends_no_executor() {
    let killed = |tale: &mut Tale| {
        let executor = executor_id(9);
        tale.master(MasterEvent::UnknownExecutorKilled {
            worker: W,
            executor,
        });
    };
    let mut tale = Tale::with(FILES);
    killed(tale.at(5));
    tale.is_accepted(6);

    let mut tale = Tale::with(FILES);
    recovered(recovers(tale.at(5), 0));
    killed(&mut tale);
    tale.is_rejected(6, &["INV-G3"]);
}
