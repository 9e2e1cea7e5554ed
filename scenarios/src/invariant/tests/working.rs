//! What may follow what: drivers, executors, heartbeats, exits, clients and answers.

use super::*;
use deploysim_protocol::behaviour::RelaunchedDriver;
use deploysim_protocol::event::{ClientEvent, DeathReason, RefusalReason, RemovalReason};
use deploysim_protocol::message::Answer;
use deploysim_protocol::message::to_client::SubmitDriverResponse;

#[test]
fn d1_nothing_follows_a_final_state() {
    let mut tale = Tale::new();
    tale.driver_runs().at(9).driver_process_ends(D);
    tale.driver_removed(D, W, DriverState::Finished)
        .is_accepted(20);

    let mut tale = Tale::new();
    tale.driver_runs().at(9).driver_process_ends(D);
    tale.driver_removed(D, W, DriverState::Finished);
    tale.driver_is(D, DriverState::Failed);
    tale.is_rejected(10, &["INV-D1"]);
}

/// A lost driver goes on: under another id, or as the same record.
fn relaunched(new: DriverSlot) -> Tale {
    let mut tale = Tale::new();
    tale.driver_runs().at(10).crashes(WORKER);
    tale.ends(driver_node(D), End::Exited(255));
    tale.master(MasterEvent::WorkerRemoved {
        worker: W,
        reason: RemovalReason::Disassociated,
        last_heartbeat: WallTime::EPOCH,
        now: WallTime::EPOCH,
    });
    if new == D {
        tale.driver_is(D, DriverState::Relaunching);
    } else {
        tale.driver_removed(D, W, DriverState::Relaunching);
        tale.master(MasterEvent::DriverAdded {
            driver: new,
            id: driver_id(new),
            cores: 1,
            memory_mib: 512,
            supervise: true,
        });
    }
    tale.master(MasterEvent::DriverRelaunched { old: D, new });
    tale.master(MasterEvent::DriverQueued { driver: new });
    tale.placed(new, V).starts_driver(OTHER, new);
    tale
}

#[test]
fn d1_a_lost_driver_goes_on_under_another_id() {
    relaunched(DriverSlot(1)).is_accepted(20);
    relaunched(D).is_rejected(20, &["INV-D1"]);

    let mut tale = relaunched(D);
    tale.adjust = |plan| plan.behaviour.relaunched_driver = RelaunchedDriver::KeepId;
    tale.is_accepted(20);
}

#[test]
fn d1_an_id_is_entered_once() {
    let mut tale = Tale::new();
    tale.driver_runs().at(9).driver_process_ends(D);
    tale.driver_removed(D, W, DriverState::Finished);
    tale.at(10).master(MasterEvent::DriverAdded {
        driver: DriverSlot(1),
        id: driver_id(D),
        cores: 1,
        memory_mib: 512,
        supervise: true,
    });
    tale.is_rejected(10, &["INV-D1"]);
}

#[test]
fn d3_d6_a_driver_that_succeeded_is_not_ordered_again() {
    let mut tale = Tale::new();
    tale.driver_runs().at(9).driver_process_ends(D);
    tale.driver_removed(D, W, DriverState::Finished);
    tale.at(10).master(MasterEvent::DriverPlaced {
        driver: D,
        worker: V,
    });
    tale.is_rejected(10, &["INV-D3", "INV-D6"]);
}

#[test]
fn d8_an_accepted_driver_does_not_end_before_it_ran() {
    const LINES: &str = "[conf]\n\"spark.deploy.recoveryMode\" = \"FILESYSTEM\"";
    let end = |lines: &'static str, state: DriverState| {
        let mut tale = Tale::with(lines);
        tale.submitted(D)
            .master(MasterEvent::DriverDequeued { driver: D });
        tale.master(MasterEvent::DriverRemoved { driver: D, state });
        tale.driver_is(D, state);
        tale
    };
    end(LINES, DriverState::Killed).is_accepted(9);
    end("", DriverState::Error).is_accepted(9);
    end(LINES, DriverState::Error).is_rejected(9, &["INV-D8"]);
}

/// A supervised driver fails after so many seconds, and is restarted after such a pause.
fn restarted(ran: u64, pause_s: u32, restart: u64) -> Tale {
    let mut tale = Tale::new();
    let driver = driver_id(D);
    tale.driver_runs()
        .at(ran)
        .ends(driver_node(D), End::Exited(1));
    tale.worker(WORKER, WorkerEvent::DriverBackedOff { driver, pause_s });
    tale.at(ran + restart);
    tale.worker(WORKER, WorkerEvent::DriverAttempted { driver, attempt: 2 });
    tale.child(
        WORKER,
        driver_node(D),
        "driver:job#2",
        Child::Driver(driver),
    );
    tale
}

#[test]
fn d9_the_first_pause_is_one_second() {
    restarted(3, 1, 1).is_accepted(30);
    restarted(3, 2, 2).is_rejected(30, &["INV-D9"]);
    restarted(3, 1, 4).is_rejected(30, &["INV-D9"]);
}

#[test]
fn d9_pauses_double_after_short_runs_only() {
    let again = |ran: u64, pause_s: u32| {
        let mut tale = restarted(3, 1, 1);
        let driver = driver_id(D);
        tale.at(4 + ran).ends(driver_node(D), End::Exited(1));
        tale.worker(WORKER, WorkerEvent::DriverBackedOff { driver, pause_s });
        tale.at(4 + ran + u64::from(pause_s));
        tale.worker(WORKER, WorkerEvent::DriverAttempted { driver, attempt: 3 });
        tale.child(
            WORKER,
            driver_node(D),
            "driver:job#3",
            Child::Driver(driver),
        );
        tale
    };
    again(3, 2).is_accepted(30);
    again(3, 1).is_rejected(30, &["INV-D9"]);
    again(6, 1).is_accepted(30);
    again(6, 2).is_rejected(30, &["INV-D9"]);
}

#[test]
fn x2_an_executor_that_ended_does_not_run() {
    Tale::new().one_executor().is_accepted(9);

    let mut tale = Tale::new();
    tale.one_executor().executor_is(0, ExecutorState::Launching);
    tale.executor_is(0, ExecutorState::Running);
    tale.is_rejected(1, &["INV-X2"]);
}

/// Executors fail one after the other, and the application is removed after so many.
fn failing(failures: u32, removed_after: u32) -> Tale {
    let mut tale = Tale::with("[conf]\n\"spark.deploy.maxExecutorRetries\" = 3");
    tale.application(A, 4);
    for number in 0..failures {
        tale.grants(A, number, W).accepts(WORKER, number);
        tale.ends(executor_node(number), End::Exited(1));
        let executor = executor_id(number);
        tale.worker(WORKER, WorkerEvent::ExecutorFinished { executor });
        tale.executor_is(number, ExecutorState::Failed);
        tale.leaves_application(number).leaves_worker(number, W);
        let count = i32::try_from(number + 1).unwrap();
        tale.master(MasterEvent::RetryCountChanged {
            application: A,
            count,
        });
        if number + 1 == removed_after {
            tale.application_removed(A, ApplicationState::Failed);
        }
    }
    tale.pi(DriverEvent::ApplicationDead {
        reason: DeathReason::Removed,
    });
    tale
}

#[test]
fn x4_the_limit_ends_an_application_and_nothing_else_does() {
    failing(3, 3).is_accepted(1);
    failing(3, 0).is_rejected(1, &["INV-X4"]);
    failing(2, 2).is_rejected(1, &["INV-X4"]);
}

#[test]
fn x4_an_application_with_a_running_executor_goes_on() {
    let mut tale = Tale::new();
    tale.one_executor();
    tale.application_removed(A, ApplicationState::Failed);
    tale.leaves_worker(0, W)
        .executor_is(0, ExecutorState::Killed);
    tale.ends(executor_node(0), End::Signalled(143));
    let executor = executor_id(0);
    tale.worker(WORKER, WorkerEvent::ExecutorFinished { executor });
    tale.pi(DriverEvent::ApplicationDead {
        reason: DeathReason::Removed,
    });
    tale.is_rejected(1, &["INV-X4"]);
}

#[test]
fn x7_a_target_is_what_was_asked_for() {
    let asked = |target: i32| {
        let mut tale = Tale::new();
        tale.one_executor();
        tale.history.asks_for_totals(MASTER, PI, app_id(A), 1);
        tale.targets(A, target);
        tale
    };
    asked(1).is_accepted(9);
    asked(2).is_rejected(9, &["INV-X7"]);
}

/// A worker is removed for silence at 120 s; it was heard at this second.
fn silent(heard: u64) -> Tale {
    let mut tale = Tale::new();
    tale.at(heard).hears(W, heard).at(120).crashes(WORKER);
    tale.master(MasterEvent::WorkerRemoved {
        worker: W,
        reason: RemovalReason::Silent,
        last_heartbeat: WallTime::at(Time::from_secs(heard)),
        now: WallTime::at(Time::from_secs(120)),
    });
    tale
}

#[test]
fn l9_silence_is_strictly_longer_than_the_timeout() {
    silent(59).is_accepted(120);
    silent(60).is_rejected(120, &["INV-L9"]);
}

#[test]
fn l9_the_last_heartbeat_counts() {
    let mut tale = Tale::new();
    tale.at(50)
        .hears(W, 50)
        .at(115)
        .hears(W, 115)
        .at(120)
        .crashes(WORKER);
    tale.master(MasterEvent::WorkerRemoved {
        worker: W,
        reason: RemovalReason::Silent,
        last_heartbeat: WallTime::at(Time::from_secs(50)),
        now: WallTime::at(Time::from_secs(120)),
    });
    tale.is_rejected(120, &["INV-L9"]);
}

#[test]
fn w6_one_heartbeat_per_interval() {
    let beats = |seconds: &[u64]| {
        let mut tale = Tale::new();
        for second in seconds {
            tale.at(*second).worker(WORKER, WorkerEvent::HeartbeatSent);
        }
        tale
    };
    beats(&[1, 16, 31, 46]).is_accepted(50);
    // One may come early, at the registration.
    beats(&[1, 2, 17, 32]).is_accepted(50);
    beats(&[1, 16, 20, 31, 40]).is_rejected(50, &["INV-W6"]);
}

#[test]
fn w6_beats_that_were_missed_come_in_a_burst() {
    let burst = |count: u32| {
        let mut tale = Tale::new();
        tale.at(15).worker(WORKER, WorkerEvent::HeartbeatSent);
        tale.at(20).fact(WORKER, Fact::Paused);
        tale.at(52).fact(WORKER, Fact::Resumed);
        for _ in 0..count {
            tale.worker(WORKER, WorkerEvent::HeartbeatSent);
        }
        tale
    };
    burst(4).is_accepted(53);
    burst(9).is_rejected(53, &["INV-W6"]);
}

fn refused(reason: RefusalReason) -> Tale {
    let mut tale = Tale::new();
    let address = history::address("worker-1");
    tale.master(MasterEvent::RegistrationRefused { address, reason });
    tale.worker(WORKER, WorkerEvent::RegistrationRefused);
    tale
}

#[test]
fn l7_no_worker_exits_for_a_trifle() {
    refused(RefusalReason::SameAddress).is_accepted(1);
    refused(RefusalReason::DuplicateId).is_rejected(1, &["INV-L7"]);

    // A master that is STANDBY refuses as well, after the one that counts.
    for (reason, found) in [
        (RefusalReason::SameAddress, Vec::new()),
        (RefusalReason::DuplicateId, vec!["INV-L7"]),
    ] {
        let mut tale = Tale::new();
        let address = history::address("worker-1");
        for reason in [reason, RefusalReason::Standby] {
            tale.master(MasterEvent::RegistrationRefused { address, reason });
        }
        tale.worker(WORKER, WorkerEvent::RegistrationRefused);
        tale.is_rejected(1, &found);
    }

    let mut tale = Tale::new();
    let executor = executor_id(0);
    tale.worker(WORKER, WorkerEvent::ReportsGivenUp { executor });
    tale.is_rejected(1, &["INV-L7"]);
}

#[test]
fn l7_a_worker_may_give_up_when_nobody_leads() {
    let mut tale = Tale::new();
    tale.at(10).crashes(MASTER);
    tale.at(800)
        .worker(WORKER, WorkerEvent::RegistrationGivenUp);
    tale.is_accepted(800);
}

#[test]
fn a1_a_client_has_one_id() {
    Tale::new().one_executor().is_accepted(9);

    let mut tale = Tale::new();
    tale.one_executor();
    tale.master(MasterEvent::ApplicationNotInserted {
        id: ApplicationId::new("app-9"),
        driver: history::address("pi"),
    });
    tale.is_rejected(9, &["INV-A1"]);
}

#[test]
fn a7_a_dead_client_registers_no_more() {
    let dead = |tale: &mut Tale| {
        tale.history.start(PI, Role::Driver, "pi");
        tale.pi(DriverEvent::RegistrationAttempted { attempt: 1 });
        tale.pi(DriverEvent::ApplicationDead {
            reason: DeathReason::Unresponsive,
        });
    };
    let mut tale = Tale::new();
    dead(&mut tale);
    tale.is_accepted(9);

    let mut tale = Tale::new();
    dead(&mut tale);
    tale.pi(DriverEvent::RegistrationAttempted { attempt: 2 });
    tale.is_rejected(9, &["INV-A7"]);
}

#[test]
fn q1_only_a_leader_grants() {
    let granted = |state: MasterState| {
        let mut tale = Tale::new();
        tale.master(MasterEvent::MasterStateChanged { state });
        let answer = Answer::SubmitDriver(Box::new(SubmitDriverResponse {
            master: Reference::unbound(history::address("master-1")),
            success: true,
            driver: Some(driver_id(D)),
            message: "queued".into(),
        }));
        tale.history.answers_with(MASTER, "client-9", answer);
        tale
    };
    granted(MasterState::Alive).is_accepted(9);
    granted(MasterState::Standby).is_rejected(0, &["INV-Q1"]);
}

const CLIENT: NodeId = NodeId(9);

fn client(event: ClientEvent, code: i32) -> Tale {
    let mut tale = Tale::new();
    tale.history.start(CLIENT, Role::SubmitClient, "submit:job");
    let driver = driver_id(D);
    tale.history
        .note(CLIENT, ClientEvent::SubmissionAccepted { driver });
    tale.history.note(CLIENT, event);
    tale.ends(CLIENT, End::Exited(code));
    tale
}

#[test]
fn q2_a_client_does_not_fail_while_its_leader_lives() {
    let event = ClientEvent::StandbyAnswered;
    client(event, 0).is_accepted(9);
    client(event, 255).is_rejected(9, &["INV-Q2"]);
}

#[test]
fn q3_a_submitter_learns_whether_the_work_is_over() {
    let found = |state| ClientEvent::StatusFound {
        driver: driver_id(D),
        state,
    };
    client(found(DriverState::Finished), 0).is_accepted(9);
    client(found(DriverState::Relaunching), 0).is_rejected(9, &["INV-Q3"]);
}
