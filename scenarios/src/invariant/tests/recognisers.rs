//! Recognisers: for each known defect that the baseline can show, a history of which it explains
//! what is found, and a near miss: a history that differs in what makes the defect, of which it
//! explains nothing. That every sign is told from other marks is tested beside the table.

use super::leading::{FILES, SHARED, STANDBY, elected, enters, leads, orders, recovered, recovers};
use super::*;
use crate::scenario::plan::{ExpectedViolation, Frequency};
use deploysim_protocol::description::ExecutorDescription;
use deploysim_protocol::event::{ClientEvent, Event, RefusalReason, RemovalReason, StoreAccess};
use deploysim_protocol::message::to_master::WorkerSchedulerStateResponse;
use deploysim_protocol::message::{ToDriver, ToWorker};
use deploysim_protocol::record::RecordKey;
use deploysim_protocol::resource::Resources;
use deploysim_protocol::state::WorkerState;
use deploysim_protocol::thrown::Thrown;

/// A later driver, as which the first one goes on.
const E: DriverSlot = DriverSlot(1);

/// A history that shows the defect and one that almost does, each up to this second.
struct Case {
    defect: &'static str,
    shows: fn() -> Tale,
    nearly: fn() -> Tale,
    end: u64,
}

const fn case(defect: &'static str, end: u64, shows: fn() -> Tale, nearly: fn() -> Tale) -> Case {
    Case {
        defect,
        shows,
        nearly,
        end,
    }
}

const CASES: &[Case] = &[
    case("KB-01", 20, || relaunched_as(D), || relaunched_as(E)),
    case("KB-02", 60, || loses_worker(Goes::Nowhere), decommissioned),
    case("KB-04", 2, || gives_up_reporting("master-1"), gives_up),
    case(
        "KB-05",
        1,
        || refused(RefusalReason::DuplicateId),
        same_address,
    ),
    case(
        "KB-15",
        20,
        || loses_worker(Goes::Untold),
        || loses_worker(Goes::CutOff),
    ),
    case(
        "KB-19",
        600,
        || removed_worker("master-1"),
        || removed_worker("master-2"),
    ),
    case(
        "KB-22",
        6,
        || obeys_after_term(Order::Reconnect),
        || obeys_after_term(Order::Kill),
    ),
    case(
        "KB-24",
        60,
        || at_odds(WorkerState::Decommissioned),
        || at_odds(WorkerState::Alive),
    ),
    case("KB-25", 6, kills_after_failover, || {
        gives_driver_up(Ran::Yes)
    }),
    case(
        "KB-27",
        6,
        || throws(MasterState::CompletingRecovery),
        || throws(MasterState::Alive),
    ),
    case(
        "KB-30",
        200,
        || succeeds(Then::NobodyHears),
        || succeeds(Then::WorkerIsGivenUp),
    ),
    case("KB-39", 900, || follows("master-1"), || follows("master-2")),
    case(
        "KB-48",
        6,
        || fails(StoreAccess::Read, "corrupt"),
        || fails(StoreAccess::Add, "corrupt"),
    ),
    case(
        "RD-01",
        2,
        || gives_up_reporting("master-1"),
        || gives_up_reporting("master-2"),
    ),
    case(
        "RD-02",
        5000,
        || restarts(Kill::Lost),
        || restarts(Kill::NeverSent),
    ),
    case("RD-03", 1, not_inserted, || second_id(Stored::No)),
    case(
        "RD-04",
        6,
        || gives_driver_up(Ran::No),
        || gives_driver_up(Ran::Yes),
    ),
    case(
        "RD-05",
        60,
        || is_over(ApplicationState::Finished),
        || is_over(ApplicationState::Failed),
    ),
    case(
        "RD-06",
        6,
        || fails(StoreAccess::Remove, NO_NODE),
        || fails(StoreAccess::Remove, LOSS),
    ),
    case(
        "RD-07",
        1,
        || second_id(Stored::No),
        || second_id(Stored::Yes),
    ),
    case(
        "RD-08",
        60,
        || at_odds(WorkerState::Alive),
        || at_odds(WorkerState::Decommissioned),
    ),
    case("RD-09", 6, || issues("driver-0"), || issues("driver-1")),
    case(
        "RD-10",
        600,
        || adopted(Registers::No),
        || adopted(Registers::Yes),
    ),
    case("RD-11", 2, || beats(9), || beats(1)),
    case("RD-12", 900, || follows("master-2"), || follows("master-1")),
    case(
        "RD-13",
        9,
        || status(DriverState::Relaunching),
        || status(DriverState::Finished),
    ),
    case(
        "RD-14",
        6,
        || obeys_after_term(Order::Kill),
        || obeys_after_term(Order::Reconnect),
    ),
    case("RD-15", 6, || numbers(0), || numbers(1)),
    case(
        "RD-16",
        9,
        || answers(WorkerState::Alive),
        || answers(WorkerState::Unknown),
    ),
    case(
        "RD-17",
        9,
        || crowded("executor:pi/0"),
        || crowded("executor:pi/9"),
    ),
    case(
        "RD-18",
        6,
        || gives_driver_up(Ran::Yes),
        || gives_driver_up(Ran::No),
    ),
    case(
        "RD-19",
        900,
        || forgotten(Connected::Still),
        || forgotten(Connected::Again),
    ),
    case("RD-20", 60, || orphaned(0), || orphaned(30)),
    case("ND-01", 60, decommissioned, || loses_worker(Goes::Nowhere)),
    case(
        "ND-02",
        5000,
        || restarts(Kill::NeverSent),
        || restarts(Kill::Lost),
    ),
    case(
        "ND-03",
        200,
        || succeeds(Then::WorkerIsGivenUp),
        || succeeds(Then::NobodyHears),
    ),
    case(
        "ND-04",
        200,
        || succeeds(Then::RecordIsLeft),
        || succeeds(Then::NobodyHears),
    ),
    case(
        "ND-04",
        6,
        || fails(StoreAccess::Remove, LOSS),
        || fails(StoreAccess::Remove, NO_NODE),
    ),
    case(
        "ND-04",
        20,
        || loses_worker(Goes::CutOff),
        || loses_worker(Goes::Untold),
    ),
    case(
        "ND-05",
        6,
        || relaunches_in_recovery(Given::Up),
        || relaunches_in_recovery(Given::Worker),
    ),
];

/// Which of what is found the defect explains, and all that is found.
fn explained(defect: &str, mut tale: Tale, end: u64) -> (usize, Vec<String>) {
    let defect = defect::known(defect).unwrap();
    let violations = tale.violations(end);
    let count = violations.iter().filter(|own| defect.explains(own)).count();
    let found = violations.into_iter().map(|own| own.fingerprint);
    (count, found.collect())
}

#[test]
fn each_recogniser_accepts_its_history_and_refuses_a_near_miss() {
    let mut wrong = Vec::new();
    for case in CASES {
        let (count, found) = explained(case.defect, (case.shows)(), case.end);
        if count == 0 {
            wrong.push(format!("{} explains nothing of {found:?}", case.defect));
        }
        let (count, found) = explained(case.defect, (case.nearly)(), case.end);
        if count > 0 {
            wrong.push(format!("{} explains {count} of {found:?}", case.defect));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_defect_of_the_baseline_has_a_history() {
    for defect in defect::all().filter(|defect| !defect.id.starts_with("KB-")) {
        let has_case = CASES.iter().any(|case| case.defect == defect.id);
        assert!(has_case, "{}", defect.id);
    }
}

const NO_NODE: &str = "KeeperErrorCode = NoNode";
const LOSS: &str = "KeeperErrorCode = ConnectionLoss";

fn removes(tale: &mut Tale, worker: WorkerSlot) -> &mut Tale {
    tale.master(MasterEvent::WorkerRemoved {
        worker,
        reason: RemovalReason::Disassociated,
        last_heartbeat: WallTime::EPOCH,
        now: WallTime::EPOCH,
    })
}

fn tells(tale: &mut Tale) -> &mut Tale {
    let removed = ToDriver::WorkerRemoved {
        worker_id: worker_id(W),
        host: Text::new("worker-1"),
        message: "gone".into(),
    };
    tale.history.sends(MASTER, PI, removed);
    tale
}

/// The store of the master fails, and a handler with it.
fn store_fails(tale: &mut Tale, call: StoreAccess, reason: &str) {
    let reason = Text::new(reason);
    tale.master(MasterEvent::StoreFailed { call, reason });
    let thrown = Thrown::Store { reason };
    tale.history.note(MASTER, Event::HandlerThrew { thrown });
}

fn fails(call: StoreAccess, reason: &str) -> Tale {
    let mut tale = Tale::new();
    store_fails(tale.at(5), call, reason);
    tale
}

/// The store fails while the master is in this state.
fn throws(state: MasterState) -> Tale {
    let mut tale = Tale::with(FILES);
    enters(tale.at(5), MASTER, state);
    store_fails(&mut tale, StoreAccess::Remove, LOSS);
    tale
}

/// What becomes of an executor whose worker is lost.
#[derive(PartialEq)]
enum Goes {
    Nowhere,
    Untold,
    CutOff,
}

fn loses_worker(goes: Goes) -> Tale {
    let mut tale = Tale::new();
    tale.one_executor().at(10).crashes(WORKER);
    tale.ends(executor_node(0), End::Exited(255));
    removes(&mut tale, W).executor_is(0, ExecutorState::Lost);
    tale.leaves_application(0);
    match goes {
        Goes::Nowhere => {
            tells(&mut tale);
        }
        Goes::Untold => {
            tale.pass().grants(A, 1, V).passed();
            tale.accepts(OTHER, 1).runs(1, V);
        }
        Goes::CutOff => store_fails(&mut tale, StoreAccess::Remove, LOSS),
    }
    tale
}

pub(super) fn decommissioned() -> Tale {
    let mut tale = Tale::new();
    tale.one_executor().at(10);
    let state = WorkerState::Decommissioned;
    tale.master(MasterEvent::WorkerStateChanged { worker: W, state });
    tale.executor_is(0, ExecutorState::Decommissioned);
    tale.leaves_application(0);
    tale.worker(WORKER, WorkerEvent::WorkerDecommissioned);
    tale.ends(executor_node(0), End::Exited(255));
    let executor = executor_id(0);
    tale.worker(WORKER, WorkerEvent::ExecutorFinished { executor });
    tale
}

fn at_odds(state: WorkerState) -> Tale {
    let mut tale = Tale::new();
    tale.at(10);
    if state == WorkerState::Alive {
        tale.worker(WORKER, WorkerEvent::WorkerDecommissioned);
    }
    tale.master(MasterEvent::WorkerStateChanged { worker: W, state });
    tale
}

fn refused(reason: RefusalReason) -> Tale {
    let mut tale = Tale::new();
    let address = history::address("worker-1");
    tale.master(MasterEvent::RegistrationRefused { address, reason });
    tale.worker(WORKER, WorkerEvent::RegistrationRefused);
    tale
}

/// A worker that restarted has the address of one that the leader does not take for DEAD yet. The
/// others only say that they do not lead.
fn same_address() -> Tale {
    let mut tale = Tale::new();
    let address = history::address("worker-1");
    for reason in [RefusalReason::SameAddress, RefusalReason::Standby] {
        tale.master(MasterEvent::RegistrationRefused { address, reason });
    }
    tale.worker(WORKER, WorkerEvent::RegistrationRefused);
    tale
}

fn follow<'a>(tale: &'a mut Tale, master: &str) -> &'a mut Tale {
    let master = history::address(master);
    tale.worker(WORKER, WorkerEvent::MasterFollowed { master })
}

fn gives_up() -> Tale {
    let mut tale = Tale::new();
    tale.worker(WORKER, WorkerEvent::RegistrationGivenUp);
    tale
}

fn gives_up_reporting(master: &str) -> Tale {
    let mut tale = Tale::new();
    follow(&mut tale, master);
    let executor = executor_id(0);
    tale.worker(WORKER, WorkerEvent::ReportsGivenUp { executor });
    tale
}

/// A worker that follows this master has an executor, is removed, and gives up in the end.
fn follows(master: &str) -> Tale {
    let mut tale = removed_worker(master);
    tale.at(800)
        .worker(WORKER, WorkerEvent::RegistrationGivenUp);
    tale
}

fn removed_worker(master: &str) -> Tale {
    let mut tale = Tale::new();
    tale.one_executor().at(10);
    removes(follow(&mut tale, master), W).executor_is(0, ExecutorState::Lost);
    tells(tale.leaves_application(0));
    tale.pass().grants(A, 1, V).passed();
    tale.accepts(OTHER, 1).runs(1, V);
    tale
}

/// Whether a worker ever registered.
#[derive(PartialEq)]
enum Registers {
    Yes,
    No,
}

/// A worker that was removed knows a master by its word only, or registered with it.
fn adopted(registers: Registers) -> Tale {
    let mut tale = removed_worker("master-1");
    tale.at(11)
        .crashes(WORKER)
        .ends(executor_node(0), End::Exited(255));
    tale.at(12).worker_starts(WORKER, W);
    follow(&mut tale, "master-1");
    if registers == Registers::Yes {
        let (master, duplicate) = (history::address("master-1"), false);
        tale.worker(WORKER, WorkerEvent::Registered { master, duplicate });
    }
    tale
}

/// Whether a worker that was forgotten is added again.
#[derive(PartialEq)]
enum Connected {
    Still,
    Again,
}

fn forgotten(connected: Connected) -> Tale {
    let mut tale = removed_worker("master-1");
    tale.at(20)
        .master(MasterEvent::WorkerForgotten { worker: W });
    if connected == Connected::Again {
        tale.registers(W);
    }
    tale
}

/// What an old leader orders.
enum Order {
    Reconnect,
    Kill,
}

fn obeys_after_term(order: Order) -> Tale {
    let mut tale = elected(SHARED);
    leads(tale.at(5), "master-2");
    let (master, driver) = (history::address("master-1"), driver_id(D));
    let (message, event) = match order {
        Order::Reconnect => (
            ToWorker::ReconnectWorker { master_url: master },
            WorkerEvent::ReconnectRequested { master },
        ),
        Order::Kill => (
            ToWorker::KillDriver { driver },
            WorkerEvent::DriverKillOrdered { driver },
        ),
    };
    tale.history.sends_to(MASTER, "worker-1", message.clone());
    tale.history.receives(WORKER, MASTER, message);
    tale.worker(WORKER, event);
    tale
}

fn kills_after_failover() -> Tale {
    let mut tale = Tale::with(FILES);
    recovered(recovers(tale.at(5), 0));
    let (worker, executor) = (W, executor_id(9));
    tale.master(MasterEvent::UnknownExecutorKilled { worker, executor });
    tale
}

/// Whether a driver ran before its master failed.
#[derive(PartialEq)]
enum Ran {
    Yes,
    No,
}

/// A new leader ends a driver that no worker claims.
fn gives_driver_up(ran: Ran) -> Tale {
    let mut tale = Tale::with(FILES);
    if ran == Ran::Yes {
        tale.driver_runs();
    } else {
        tale.submitted(D);
    }
    recovers(tale.at(5), 0);
    let state = DriverState::Error;
    tale.master(MasterEvent::DriverRemoved { driver: D, state });
    recovered(tale.driver_is(D, state));
    tale
}

/// What becomes of a driver that no record has.
enum Kill {
    Lost,
    NeverSent,
}

/// The master restarts without the record of a driver, which a worker's answer names.
fn restarts(kill: Kill) -> Tale {
    let mut tale = Tale::new();
    tale.driver_runs().at(10).crashes(MASTER);
    tale.at(12).history.start(MASTER, Role::Master, "master-1");
    enters(&mut tale, MASTER, MasterState::Recovering);
    for worker in [W, V] {
        tale.registers(worker);
        let state = WorkerState::Alive;
        tale.master(MasterEvent::WorkerStateChanged { worker, state });
    }
    tale.master(MasterEvent::DriverUnknown { id: driver_id(D) });
    enters(&mut tale, MASTER, MasterState::Alive);
    match kill {
        Kill::NeverSent => {}
        Kill::Lost => {
            let (worker, id) = (W, driver_id(D));
            tale.master(MasterEvent::UnknownDriverKilled { worker, id });
        }
    }
    tale
}

/// What becomes of a driver whose process ends with code 0.
#[derive(PartialEq)]
enum Then {
    /// Its worker is removed before the report comes, and it is relaunched.
    WorkerIsGivenUp,
    /// The leader is gone, and the next one finds that no worker has it.
    NobodyHears,
    /// The leader hears of it and cannot strike off its record, which the next one finds.
    RecordIsLeft,
}

fn succeeds(then: Then) -> Tale {
    let mut tale = elected(SHARED);
    tale.driver_runs().at(30).driver_process_ends(D);
    if then == Then::WorkerIsGivenUp {
        removes(tale.at(80), W);
        tale.driver_removed(D, W, DriverState::Relaunching);
        is_entered(&mut tale, MASTER, E);
        tale.master(MasterEvent::DriverRelaunched { old: D, new: E });
        tale.master(MasterEvent::DriverQueued { driver: E });
        tale.placed(E, V).starts_driver(OTHER, E);
        return tale;
    }
    if then == Then::RecordIsLeft {
        let state = DriverState::Finished;
        tale.master(MasterEvent::DriverRemoved { driver: D, state });
        store_fails(&mut tale, StoreAccess::Remove, LOSS);
    }
    leads(tale.at(40).crashes(MASTER), "master-2");
    enters(&mut tale, STANDBY, MasterState::Recovering);
    is_entered(&mut tale, STANDBY, D);
    let state = DriverState::Error;
    for event in [
        MasterEvent::DriverRemoved { driver: D, state },
        MasterEvent::DriverStateChanged { driver: D, state },
    ] {
        tale.history.note(STANDBY, event);
    }
    enters(&mut tale, STANDBY, MasterState::Alive);
    tale
}

fn is_entered(tale: &mut Tale, master: NodeId, driver: DriverSlot) {
    tale.history.note(
        master,
        MasterEvent::DriverAdded {
            driver,
            id: driver_id(driver),
            cores: 1,
            memory_mib: 512,
            supervise: true,
        },
    );
}

/// A driver whose worker is lost goes on as this one.
fn relaunched_as(new: DriverSlot) -> Tale {
    let mut tale = Tale::new();
    tale.driver_runs().at(10).crashes(WORKER);
    tale.ends(driver_node(D), End::Exited(255));
    removes(&mut tale, W);
    if new == D {
        tale.driver_is(D, DriverState::Relaunching);
    } else {
        tale.driver_removed(D, W, DriverState::Relaunching);
        is_entered(&mut tale, MASTER, new);
    }
    tale.master(MasterEvent::DriverRelaunched { old: D, new });
    tale.master(MasterEvent::DriverQueued { driver: new });
    tale.placed(new, V).starts_driver(OTHER, new);
    tale
}

/// What a recovery does with a driver that was relaunched during it.
#[derive(PartialEq)]
enum Given {
    Worker,
    Up,
}

fn relaunches_in_recovery(given: Given) -> Tale {
    const LAST: DriverSlot = DriverSlot(2);
    let mut tale = Tale::with(FILES);
    recovers(tale.driver_runs().at(5), 0);
    tale.crashes(WORKER).ends(driver_node(D), End::Exited(255));
    removes(&mut tale, W);
    tale.driver_removed(D, W, DriverState::Relaunching);
    relaunched(&mut tale, D, E);
    if given == Given::Up {
        let state = DriverState::Relaunching;
        tale.master(MasterEvent::DriverRemoved { driver: E, state });
        tale.driver_is(E, state);
        relaunched(&mut tale, E, LAST);
    }
    recovered(&mut tale);
    tale.placed(E, V).starts_driver(OTHER, E);
    if given == Given::Up {
        tale.placed(LAST, V).starts_driver(OTHER, LAST);
    }
    tale
}

fn relaunched(tale: &mut Tale, old: DriverSlot, new: DriverSlot) {
    is_entered(tale, MASTER, new);
    tale.master(MasterEvent::DriverRelaunched { old, new });
    tale.master(MasterEvent::DriverQueued { driver: new });
}

/// An answer names a driver of which another process ended with code 0.
#[test]
fn a_driver_that_is_found_running_is_not_launched_again() {
    let found = |how: Found| {
        let mut tale = Tale::new();
        tale.driver_runs().at(9);
        tale.child(
            OTHER,
            NodeId(30),
            "driver:job#9",
            Child::Driver(driver_id(D)),
        );
        tale.ends(NodeId(30), End::Exited(0));
        if how == Found::Running {
            let answer = WorkerSchedulerStateResponse {
                worker_id: worker_id(W),
                executors: Vec::new(),
                drivers: vec![(driver_id(D), Resources::default())],
            };
            let answer = ToMaster::WorkerSchedulerStateResponse(Box::new(answer));
            tale.history.receives(MASTER, WORKER, answer);
        }
        let (driver, worker) = (D, W);
        tale.master(MasterEvent::DriverPlaced { driver, worker });
        tale.verdict(9)
    };
    assert_eq!(found(Found::Running), Vec::<&str>::new());
    assert_eq!(found(Found::Ordered), ["INV-D6"]);
}

/// How a master comes to book a driver.
#[derive(PartialEq)]
enum Found {
    Running,
    Ordered,
}

fn not_inserted() -> Tale {
    let mut tale = Tale::new();
    tale.one_executor();
    tale.master(MasterEvent::ApplicationNotInserted {
        id: ApplicationId::new("app-9"),
        driver: history::address("pi"),
    });
    tale
}

/// Whether the first id of a client was stored.
#[derive(PartialEq)]
enum Stored {
    Yes,
    No,
}

/// A client that registers again is entered under another id.
fn second_id(stored: Stored) -> Tale {
    let mut tale = Tale::with(FILES);
    tale.application(A, 4);
    if stored == Stored::Yes {
        let record = RecordKey::Application(app_id(A));
        tale.master(MasterEvent::RecordStored { record });
    }
    tale.booked(ApplicationSlot(1), PI, "pi", 4, Some(4));
    tale
}

fn is_over(state: ApplicationState) -> Tale {
    let mut tale = Tale::new();
    tale.application(A, 0).at(10);
    tale.application_removed(A, state);
    tale
}

/// Another leader gives out this id after `driver-0` was.
fn issues(id: &str) -> Tale {
    let mut tale = elected(SHARED);
    is_entered(&mut tale, MASTER, D);
    leads(tale.at(5), "master-2");
    enters(&mut tale, STANDBY, MasterState::Alive);
    let id = DriverId::new(id);
    let slot = if id == driver_id(D) { D } else { E };
    is_entered(&mut tale, STANDBY, slot);
    tale
}

fn beats(count: u32) -> Tale {
    let mut tale = Tale::new();
    for _ in 0..count {
        tale.worker(WORKER, WorkerEvent::HeartbeatSent);
    }
    tale
}

fn status(state: DriverState) -> Tale {
    const CLIENT: NodeId = NodeId(9);
    let mut tale = Tale::new();
    tale.history.start(CLIENT, Role::SubmitClient, "submit:job");
    let driver = driver_id(D);
    tale.history
        .note(CLIENT, ClientEvent::SubmissionAccepted { driver });
    tale.history
        .note(CLIENT, ClientEvent::StatusFound { driver, state });
    tale.ends(CLIENT, End::Exited(0));
    tale
}

/// The worker in this state answers a master's word that it leads, and names an executor that is
/// booked already.
fn answers(state: WorkerState) -> Tale {
    let mut tale = Tale::new();
    tale.one_executor().at(5);
    tale.master(MasterEvent::WorkerStateChanged { worker: W, state });
    let executor = ExecutorDescription {
        executor: executor_id(0),
        profile: ProfileId::DEFAULT,
        cores: 4,
        memory_mib: 1024,
        state: ExecutorState::Running,
    };
    let answer = WorkerSchedulerStateResponse {
        worker_id: worker_id(W),
        executors: vec![(executor, Resources::default())],
        drivers: Vec::new(),
    };
    let answer = ToMaster::WorkerSchedulerStateResponse(Box::new(answer));
    tale.history.receives(MASTER, WORKER, answer);
    let state = WorkerState::Alive;
    tale.master(MasterEvent::WorkerStateChanged { worker: W, state });
    tale.grants(A, 0, W).executor_is(0, ExecutorState::Running);
    tale
}

/// A third executor comes to a worker that has room for two while this child is to end.
fn crowded(ending: &str) -> Tale {
    let mut tale = Tale::new();
    tale.adjust = |plan| {
        plan.expected_violations.push(ExpectedViolation {
            invariant: "INV-W2".to_owned(),
            defect: "RD-17".to_owned(),
            frequency: Frequency::Always,
        });
    };
    tale.application(A, 12);
    tale.accepts(WORKER, 0).accepts(WORKER, 1);
    tale.signalled(WORKER, ending).accepts(WORKER, 2);
    tale
}

/// A worker crashes this long after its driver began.
fn orphaned(seconds: u64) -> Tale {
    let mut tale = Tale::new();
    tale.driver_runs().at(seconds).crashes(WORKER);
    removes(&mut tale, W);
    tale
}

/// Executor 0 is ordered, and then this one.
fn numbers(second: u32) -> Tale {
    let mut tale = Tale::new();
    orders(orders(&mut tale, 0), second);
    tale
}
