//! Short histories made by hand, each with numbers worked out by hand; and the law of launches
//! over the whole scenario library.

use super::value::Value;
use super::{Measurement, Measures, fairness};
use crate::ledger::Ledger;
use crate::run::{self, Witness};
use crate::scenario;
use crate::scenario::plan::Plan;
use crate::trace::history::{self, History};
use crate::trace::{Child, End, Fact, Fate, NodeId, Role, Unit};
use crate::world::World;
use deploysim_protocol::address::Reference;
use deploysim_protocol::event::{
    ApplicationSlot, DriverEvent, DriverSlot, MasterEvent, RemovalReason, WorkerEvent, WorkerSlot,
};
use deploysim_protocol::id::{ApplicationId, DriverId, ExecutorId, ProfileId, WorkerId};
use deploysim_protocol::message::{Message, ToMaster};
use deploysim_protocol::state::{ApplicationState, DriverState, ExecutorState, MasterState};
use deploysim_protocol::text::Text;
use deploysim_protocol::time::{Time, WallTime};
use deploysim_protocol::wire::{Envelope, encoded_len};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

const MASTER: NodeId = NodeId(0);
const WORKER: NodeId = NodeId(1);
const PI: NodeId = NodeId(2);
const CLIENT: NodeId = NodeId(3);
const CHILD: NodeId = NodeId(4);
const SECOND: NodeId = NodeId(5);
const W: WorkerSlot = WorkerSlot(0);
const A: ApplicationSlot = ApplicationSlot(0);
const D: DriverSlot = DriverSlot(0);

const SECOND_NS: u128 = 1_000_000_000;

/// A master that leads from the start, and a worker of 8 cores and 16 GiB in its books.
fn cluster() -> History {
    let mut history = History::new();
    history.start(MASTER, Role::Master, "master-1");
    announce(&mut history, "worker-a");
    leads(&mut history, MASTER);
    add_worker(&mut history, MASTER);
    history
}

fn announce(history: &mut History, id: &str) {
    history.start(WORKER, Role::Worker, "worker-1");
    history.note(
        WORKER,
        WorkerEvent::WorkerStarted {
            id: WorkerId::new(id),
            cores: 8,
            memory_mib: 16384,
        },
    );
}

fn leads(history: &mut History, master: NodeId) {
    let state = MasterState::Alive;
    history.note(master, MasterEvent::MasterStateChanged { state });
}

fn add_worker(history: &mut History, master: NodeId) {
    history.note(
        master,
        MasterEvent::WorkerAdded {
            worker: W,
            id: WorkerId::new("worker-a"),
            address: history::address("worker-1"),
            cores: 8,
            memory_mib: 16384,
        },
    );
}

fn add_application(history: &mut History, master: NodeId) {
    history.note(
        master,
        MasterEvent::ApplicationAdded {
            application: A,
            id: ApplicationId::new("app-0"),
            driver: history::address("pi"),
            cores_requested: 6,
        },
    );
}

fn add_executor(history: &mut History, master: NodeId, number: u32, cores: i32) {
    history.note(
        master,
        MasterEvent::ExecutorAdded {
            application: A,
            number,
            worker: W,
            profile: ProfileId::DEFAULT,
            cores,
            memory_mib: 1024,
        },
    );
}

fn remove_executor(history: &mut History, number: u32) {
    let (application, worker) = (A, W);
    history.note(
        MASTER,
        MasterEvent::ExecutorLeftApplication {
            application,
            number,
        },
    );
    history.note(
        MASTER,
        MasterEvent::ExecutorLeftWorker {
            application,
            number,
            worker,
        },
    );
}

fn finish(history: &mut History, state: ApplicationState) {
    let application = A;
    history.note(
        MASTER,
        MasterEvent::ApplicationRemoved { application, state },
    );
}

/// Measures a history that ends at a second.
fn try_measure(plan: &Plan, history: &History, end: u64) -> std::io::Result<Measurement> {
    let mut ledger = Ledger::new(plan);
    let mut measures = Measures::new(plan);
    history.each(|entry| {
        ledger.apply(entry);
        measures.see(entry, &ledger).unwrap();
    });
    measures.finish(Time::from_secs(end))
}

fn measure(history: &History, end: u64) -> Measurement {
    try_measure(&history::plan(), history, end).unwrap()
}

/// The numbers of these names as texts; nothing where there is none.
#[track_caller]
fn check(measured: &Measurement, expected: &[(&str, &str)]) {
    for (name, value) in expected {
        let total = measured.totals.iter().find(|total| total.name == *name);
        let found = total.unwrap_or_else(|| panic!("{name}")).value;
        let found = found.map_or_else(String::new, |value| value.to_string());
        assert_eq!(&found, value, "{name}");
    }
}

/// The detail of this name.
fn detail(measured: &Measurement, name: &str) -> Option<Value> {
    let detail = measured.details.iter().find(|detail| detail.name == name);
    detail.map(|detail| detail.value)
}

fn seconds(number: u128) -> Option<Value> {
    Some(Value::Integer(number * SECOND_NS))
}

/// `pi` is submitted at 1 s, registers at 3 s, is granted 4 cores at 10 s and 2 more at 20 s, has
/// its executors at 12 s and 23 s, and is over at 40 s.
fn one_application() -> History {
    let mut history = cluster();
    history.at(1).start(PI, Role::Driver, "pi").at(3);
    add_application(&mut history, MASTER);
    history.at(10);
    add_executor(&mut history, MASTER, 0, 4);
    let (application, state) = (A, ApplicationState::Running);
    history.note(
        MASTER,
        MasterEvent::ApplicationStateChanged { application, state },
    );
    history.at(12);
    history.note(PI, DriverEvent::ExecutorRegistered { number: 0 });
    history.at(20);
    add_executor(&mut history, MASTER, 1, 2);
    history.at(23);
    history.note(PI, DriverEvent::ExecutorRegistered { number: 1 });
    history.at(40);
    finish(&mut history, ApplicationState::Finished);
    remove_executor(&mut history, 0);
    remove_executor(&mut history, 1);
    history.at(41).end(PI, End::Exited(0));
    history
}

#[test]
fn an_application_has_the_times_of_its_way() {
    let measured = measure(&one_application(), 50);
    for (name, second) in [
        ("application_submitted", 1),
        ("application_registered", 3),
        ("application_first_executor", 12),
        ("application_all_executors", 23),
        ("application_ended", 40),
        ("application_wait", 9),
        ("application_turnaround", 39),
    ] {
        assert_eq!(detail(&measured, name), seconds(second), "{name}");
    }
    // It computed from 12 s to 40 s: 39 / 28.
    assert_eq!(
        detail(&measured, "application_slowdown"),
        Some(Value::Ratio(1_392_857))
    );
    check(
        &measured,
        &[
            ("makespan", "39000000000"),
            ("applications_submitted", "1"),
            ("applications_registered", "1"),
            ("applications_started", "1"),
            ("applications_finished", "1"),
            ("applications_failed", "0"),
            ("applications_unfinished", "0"),
            ("application_wait_mean", "9000000000"),
            ("application_turnaround_max", "39000000000"),
            ("application_slowdown_mean", "1.392857"),
        ],
    );
}

#[test]
fn use_and_queues_are_weighted_by_time() {
    // 4 cores for 30 s and 2 for 20 s: 160 of 400 core-seconds; 1 GiB for 50 s of 16 GiB for 50 s;
    // the application waits from 3 s to 10 s.
    check(
        &measure(&one_application(), 50),
        &[
            ("core_time", "160000000000"),
            ("cores_utilisation", "0.400000"),
            ("memory_utilisation", "0.062500"),
            ("applications_waiting_mean", "0.140000"),
            ("applications_waiting_max", "1"),
            ("drivers_waiting_mean", "0.000000"),
            ("fairness", "1.000000"),
            ("led", "50000000000"),
            ("leaderless", "0"),
        ],
    );
}

#[test]
fn fragmentation_is_what_the_work_cannot_use_of_what_is_free() {
    // Two applications want 3 cores per executor, two drivers 1. Of 8 free cores 3 at a time
    // leave 2, of 4 they leave 1, of 2 all; 1 at a time leaves none. So
    // (2·10 + 1·10 + 2·20 + 2·10) · 2 of (8·10 + 4·10 + 2·20 + 8·10) · 4.
    let plan = history::plan_with("[conf]\n\"spark.executor.cores\" = 3\n");
    let measured = try_measure(&plan, &one_application(), 50).unwrap();
    check(&measured, &[("cores_fragmentation", "0.187500")]);
    // Whoever takes what there is leaves nothing.
    check(
        &measure(&one_application(), 50),
        &[("cores_fragmentation", "0.000000")],
    );
}

#[test]
fn a_job_that_never_starts_is_counted_and_has_no_times() {
    let mut history = cluster();
    history.at(1).start(PI, Role::Driver, "pi").at(3);
    add_application(&mut history, MASTER);
    let measured = measure(&history, 43);
    check(
        &measured,
        &[
            ("makespan", ""),
            ("applications_submitted", "1"),
            ("applications_started", "0"),
            ("applications_unfinished", "1"),
            ("application_wait_mean", ""),
            ("application_turnaround_mean", ""),
            ("application_slowdown_max", ""),
            ("fairness", ""),
            ("applications_waiting_mean", "0.930233"),
        ],
    );
    assert_eq!(detail(&measured, "application_wait"), None);
    assert_eq!(detail(&measured, "application_registered"), seconds(3));
}

#[test]
fn one_unfinished_job_leaves_no_makespan() {
    let mut history = one_application();
    history
        .at(45)
        .start(CLIENT, Role::SubmitClient, "submit:job");
    check(
        &measure(&history, 50),
        &[
            ("makespan", ""),
            ("applications_finished", "1"),
            ("drivers_submitted", "1"),
            ("drivers_unfinished", "1"),
        ],
    );
}

#[test]
fn an_application_whose_process_starts_again_has_not_ended() {
    let mut history = one_application();
    history.at(42).start(PI, Role::Driver, "pi");
    let measured = measure(&history, 50);
    check(&measured, &[("applications_unfinished", "1")]);
    assert_eq!(detail(&measured, "application_submitted"), seconds(1));
}

#[test]
fn a_short_job_is_slowed_down_by_the_bound() {
    let slowdown = |granted: u64, ended: u64| {
        let mut history = cluster();
        history.at(0).start(PI, Role::Driver, "pi");
        add_application(&mut history, MASTER);
        history.at(granted);
        history.note(PI, DriverEvent::ExecutorRegistered { number: 0 });
        history.at(ended).end(PI, End::Exited(1));
        detail(&measure(&history, 100), "application_slowdown")
    };
    // Computed for 1 s after 29 s: 30 / 10, and not 30 / 1; after 3 s: not below 1.
    assert_eq!(slowdown(29, 30), Some(Value::Ratio(3_000_000)));
    assert_eq!(slowdown(3, 4), Some(Value::Ratio(1_000_000)));
}

#[test]
fn a_driver_that_is_relaunched_goes_on() {
    let mut history = cluster();
    history
        .at(5)
        .start(CLIENT, Role::SubmitClient, "submit:job")
        .at(6);
    history.submits(MASTER, CLIENT, "job");
    history.note(
        MASTER,
        MasterEvent::DriverAdded {
            driver: D,
            id: DriverId::new("driver-0"),
            cores: 1,
            memory_mib: 512,
            supervise: true,
        },
    );
    history.note(MASTER, MasterEvent::DriverQueued { driver: D });
    history
        .at(7)
        .note(MASTER, MasterEvent::DriverDequeued { driver: D });
    history.at(8).start(CHILD, Role::Driver, "driver:job");
    let removed = |state| MasterEvent::DriverRemoved { driver: D, state };
    history
        .at(10)
        .note(MASTER, removed(DriverState::Relaunching));
    check(&measure(&history, 12), &[("drivers_unfinished", "1")]);
    history.at(11).start(CHILD, Role::Driver, "driver:job#2");
    history.at(25).note(MASTER, removed(DriverState::Finished));
    let measured = measure(&history, 30);
    check(
        &measured,
        &[
            ("drivers_finished", "1"),
            ("drivers_waiting_max", "1"),
            ("drivers_waiting_mean", "0.033333"),
            ("driver_wait_mean", "3000000000"),
            ("driver_turnaround_mean", "20000000000"),
            ("makespan", "20000000000"),
        ],
    );
    assert_eq!(detail(&measured, "driver_running"), seconds(8));
}

#[test]
fn nothing_is_weighed_while_nobody_leads() {
    let mut history = cluster();
    history.at(1).start(PI, Role::Driver, "pi");
    add_application(&mut history, MASTER);
    history.at(10);
    add_executor(&mut history, MASTER, 0, 4);
    history.at(20).end(MASTER, End::Crashed);
    history.start(SECOND, Role::Master, "master-2").at(30);
    add_worker(&mut history, SECOND);
    add_application(&mut history, SECOND);
    add_executor(&mut history, SECOND, 0, 4);
    history.at(40);
    leads(&mut history, SECOND);
    // 4 cores from 10 s to 20 s and from 40 s to 50 s; 8 cores from 0 s to 20 s and from 40 s.
    check(
        &measure(&history, 50),
        &[
            ("led", "30000000000"),
            ("leaderless", "20000000000"),
            ("core_time", "80000000000"),
            ("cores_utilisation", "0.333333"),
            ("application_wait_mean", ""),
        ],
    );
}

#[test]
fn a_removal_is_false_if_that_very_process_lives() {
    let removal = |reason| MasterEvent::WorkerRemoved {
        worker: W,
        reason,
        last_heartbeat: WallTime::at(Time::ZERO),
        now: WallTime::at(Time::from_secs(60)),
    };
    let counts = |history: &History| {
        let measured = measure(history, 100);
        check(&measured, &[("workers_removed", "1")]);
        let falsely = |total: &&super::Total| total.name == "workers_removed_falsely";
        measured.totals.iter().find(falsely).unwrap().value
    };
    let mut lives = cluster();
    lives.at(50).fact(WORKER, Fact::Paused).at(60);
    lives.note(MASTER, removal(RemovalReason::Silent));
    assert_eq!(counts(&lives), Some(Value::Integer(1)));
    let mut closed = cluster();
    closed.note(MASTER, removal(RemovalReason::Disassociated));
    assert_eq!(counts(&closed), Some(Value::Integer(0)));
    let mut gone = cluster();
    gone.at(50).end(WORKER, End::PowerLost).at(60);
    gone.note(MASTER, removal(RemovalReason::Silent));
    assert_eq!(counts(&gone), Some(Value::Integer(0)));
    let mut again = cluster();
    again.at(50).end(WORKER, End::PowerLost);
    announce(&mut again, "worker-b");
    again.at(60).note(MASTER, removal(RemovalReason::Silent));
    assert_eq!(counts(&again), Some(Value::Integer(0)));
}

#[test]
fn passes_and_lost_executors_are_counted() {
    let mut history = one_application();
    let passes = [(0, 0), (1, 2), (0, 3)];
    for (drivers, executors) in passes {
        history.note(MASTER, MasterEvent::ScheduleBegan);
        history.note(MASTER, MasterEvent::ScheduleEnded { drivers, executors });
    }
    for (number, state) in [(0, ExecutorState::Lost), (1, ExecutorState::Exited)] {
        history.note(
            MASTER,
            MasterEvent::ExecutorStateChanged {
                application: A,
                number,
                state,
            },
        );
    }
    check(
        &measure(&history, 50),
        &[
            ("passes", "3"),
            ("passes_useful", "2"),
            ("drivers_placed", "1"),
            ("executors_placed", "5"),
            ("executors_lost", "1"),
        ],
    );
}

#[test]
fn fairness_is_jains_index() {
    let jain = |shares: &[u128]| fairness::jain(shares).map(|value| value.to_string());
    assert_eq!(jain(&[7, 7, 7]).as_deref(), Some("1.000000"));
    assert_eq!(jain(&[5, 0, 0, 0]).as_deref(), Some("0.250000"));
    // (3 + 1)² / (2 · (9 + 1))
    assert_eq!(jain(&[3, 1]).as_deref(), Some("0.800000"));
    assert_eq!(jain(&[3 << 90, 1 << 90]).as_deref(), Some("0.800000"));
    assert_eq!(jain(&[0, 0]), None);
    assert_eq!(jain(&[]), None);
}

/// A worker launches executor 0 of `app-0` at 10 s, whose process starts at 11 s.
fn launch(history: &mut History) {
    let executor = ExecutorId {
        application: ApplicationId::new("app-0"),
        number: 0,
    };
    let (name, child) = (Text::new("executor:pi/0"), Child::Executor(executor));
    history
        .at(10)
        .fact(WORKER, Fact::ChildLaunched { name, child });
    let child = Some(child);
    history
        .at(11)
        .start_child(CHILD, Role::Executor, "executor:pi/0", child);
}

fn launched() -> History {
    let mut history = cluster();
    launch(&mut history);
    history
}

#[test]
fn a_launch_ends_once_or_runs_at_the_end() {
    let mut history = launched();
    let running = [
        ("launches", "1"),
        ("launches_ended", "0"),
        ("launches_running", "1"),
    ];
    check(&measure(&history, 20), &running);
    history.at(20).end(CHILD, End::Exited(0));
    let ended = [
        ("launches", "1"),
        ("launches_ended", "1"),
        ("launches_running", "0"),
    ];
    check(&measure(&history, 30), &ended);
    history.at(21).end(CHILD, End::Exited(0));
    let error = try_measure(&history::plan(), &history, 30).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the trace does not add up: executor:pi/0 ended (exited) and did not run"
    );
}

#[test]
fn what_was_never_launched_cannot_be_lost() {
    let mut history = launched();
    let child = Child::Driver(DriverId::new("driver-0"));
    let name = Text::new("driver:job");
    history.fact(WORKER, Fact::ChildLaunched { name, child });
    history.fact(WORKER, Fact::ChildLost { name, child });
    let counts = [
        ("launches", "2"),
        ("launches_ended", "1"),
        ("launches_running", "1"),
    ];
    check(&measure(&history, 20), &counts);
    history.fact(WORKER, Fact::ChildLost { name, child });
    assert!(try_measure(&history::plan(), &history, 20).is_err());
}

#[test]
fn an_application_has_spans_to_its_registration_and_to_all_executors() {
    let measured = measure(&one_application(), 50);
    // Submitted at 1 s, registered at 3 s; executors at 12 s and 23 s.
    check(
        &measured,
        &[
            ("application_registering_mean", "2000000000"),
            ("application_filling_max", "11000000000"),
        ],
    );
    assert_eq!(detail(&measured, "application_filling"), seconds(11));
}

#[test]
fn a_heartbeat_is_as_old_as_the_books_hear_nothing() {
    let heard = |history: &mut History, second: u64| {
        let at = WallTime::at(Time::from_secs(second));
        history
            .at(second)
            .note(MASTER, MasterEvent::WorkerHeard { worker: W, at });
    };
    let mut history = cluster();
    heard(&mut history, 15);
    heard(&mut history, 47);
    // From 15 s to 47 s; the time-out is 60 s.
    check(
        &measure(&history, 60),
        &[
            ("heartbeat_age_max", "32000000000"),
            ("heartbeat_age_share", "0.533333"),
        ],
    );
    history.at(110).note(
        MASTER,
        MasterEvent::WorkerRemoved {
            worker: W,
            reason: RemovalReason::Silent,
            last_heartbeat: WallTime::at(Time::from_secs(47)),
            now: WallTime::at(Time::from_secs(110)),
        },
    );
    // From 47 s to 110 s. What comes back afterwards begins anew.
    heard(&mut history, 300);
    check(
        &measure(&history, 300),
        &[
            ("heartbeat_age_max", "63000000000"),
            ("heartbeat_age_share", "1.050000"),
        ],
    );
}

#[test]
fn two_masters_that_are_alive_split_the_brain() {
    let mut history = cluster();
    history.at(5).start(SECOND, Role::Master, "master-2").at(10);
    leads(&mut history, SECOND);
    history.at(20).fact(MASTER, Fact::Paused);
    history.at(25).end(MASTER, End::Crashed);
    check(&measure(&history, 50), &[("split_brain", "15000000000")]);
}

#[test]
fn what_waits_at_a_master_is_counted_by_depth_and_age() {
    let mut history = cluster();
    let handles = |history: &mut History, node: NodeId, waited: u64| {
        let received = Fact::Received {
            from: WORKER,
            unit: Unit::Resolve,
            waited: Duration::from_secs(waited),
        };
        history.fact(node, received);
    };
    // They came at 10 s, 12 s and 20 s, and one alone at 35 s.
    history.at(21);
    for waited in [11, 9, 1] {
        handles(&mut history, MASTER, waited);
    }
    handles(&mut history, WORKER, 20);
    history.at(40);
    handles(&mut history, MASTER, 5);
    handles(&mut history, MASTER, 0);
    check(
        &measure(&history, 50),
        &[
            ("messages_handled", "6"),
            ("mailbox_waited", "4"),
            ("mailbox_depth_max", "3"),
            ("mailbox_age_mean", "6500000000"),
            ("mailbox_age_max", "11000000000"),
        ],
    );
}

#[test]
fn bytes_are_those_of_the_frames() {
    let beat = Message::from(ToMaster::Heartbeat {
        worker_id: WorkerId::new("worker-a"),
        worker: Reference::unbound(history::address("worker-1")),
    });
    let mut history = cluster();
    history.at(15).sends(WORKER, MASTER, beat.clone());
    history.at(30).sends(WORKER, MASTER, beat.clone());
    let unit = Unit::Resolve;
    let (to, fate) = (history::address("master-1"), Fate::Carried);
    history.fact(PI, Fact::Sent { to, unit, fate });
    let resolve = Envelope::Resolve {
        call: 0,
        endpoint: Text::new("Master"),
    };
    let bytes = 2 * encoded_len(&Envelope::OneWay(beat)) + encoded_len(&resolve);
    check(
        &measure(&history, 50),
        &[("messages_sent", "3"), ("bytes_sent", &bytes.to_string())],
    );
}

#[test]
fn an_executor_that_no_books_have_is_an_orphan() {
    let mut history = cluster();
    history.at(1).start(PI, Role::Driver, "pi").at(3);
    add_application(&mut history, MASTER);
    history.at(5);
    add_executor(&mut history, MASTER, 0, 4);
    launch(&mut history);
    let none = [
        ("executors_orphaned_max", "0"),
        ("executors_orphaned_time", "0"),
    ];
    check(&measure(&history, 20), &none);
    // It leaves the books at 20 s and its process ends at 23 s.
    history.at(20);
    remove_executor(&mut history, 0);
    history.at(23).end(CHILD, End::Exited(0));
    check(
        &measure(&history, 30),
        &[
            ("executors_orphaned_max", "1"),
            ("executors_orphaned_time", "3000000000"),
        ],
    );
}

#[test]
fn a_fault_is_recovered_from_when_every_worker_is_back_in_the_books() {
    let mut history = cluster();
    history.at(10).fact(WORKER, Fact::Paused).at(70);
    history.note(
        MASTER,
        MasterEvent::WorkerRemoved {
            worker: W,
            reason: RemovalReason::Silent,
            last_heartbeat: WallTime::at(Time::ZERO),
            now: WallTime::at(Time::from_secs(70)),
        },
    );
    history.at(80).fact(MASTER, Fact::FaultEnded { fault: 0 });
    history.at(84);
    add_worker(&mut history, MASTER);
    // Broken from 70 s to 84 s, of which 4 s after the end of the fault.
    let measured = measure(&history, 90);
    check(
        &measured,
        &[
            ("faults_recovered", "1"),
            ("faults_unrecovered", "0"),
            ("recovery_mean", "4000000000"),
            ("recovery_max", "4000000000"),
            ("broken", "14000000000"),
        ],
    );
    assert_eq!(detail(&measured, "fault_recovery_max"), seconds(4));
    // The process is gone for good: the books list a ghost.
    history.at(100).end(WORKER, End::Crashed);
    history.at(110).fact(MASTER, Fact::FaultEnded { fault: 1 });
    check(
        &measure(&history, 120),
        &[
            ("faults_recovered", "1"),
            ("faults_unrecovered", "1"),
            ("broken", "34000000000"),
        ],
    );
}

#[test]
fn a_worker_that_ends_by_itself_need_not_come_back() {
    let mut history = cluster();
    history.at(10).end(WORKER, End::Exited(1)).at(11);
    history.note(
        MASTER,
        MasterEvent::WorkerRemoved {
            worker: W,
            reason: RemovalReason::Disassociated,
            last_heartbeat: WallTime::at(Time::ZERO),
            now: WallTime::at(Time::from_secs(11)),
        },
    );
    check(&measure(&history, 60), &[("broken", "1000000000")]);
}

fn library(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            library(&path, found);
        } else if path.extension().is_some_and(|end| end == "toml") {
            found.push(path);
        }
    }
}

#[test]
fn launches_add_up_over_the_whole_library() {
    let mut paths = Vec::new();
    library(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("files"),
        &mut paths,
    );
    assert!(paths.len() > 100);
    let mut launches = 0;
    for path in paths {
        let plan = scenario::read(&path, &[]).unwrap();
        let mut measures = Measures::new(&plan);
        let outcome = run::play(World::Queue, &plan, plan.seed, &mut [&mut measures]).unwrap();
        let measured = measures.finish(outcome.end);
        let measured = measured.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let number = |name: &str| {
            let total = measured.totals.iter().find(|total| total.name == name);
            match total.unwrap().value {
                Some(Value::Integer(number)) => number,
                Some(Value::Ratio(_)) | None => panic!("{name} is a count"),
            }
        };
        let (ended, running) = (number("launches_ended"), number("launches_running"));
        assert_eq!(number("launches"), ended + running, "{}", path.display());
        launches += number("launches");
    }
    assert!(launches > 100);
}
