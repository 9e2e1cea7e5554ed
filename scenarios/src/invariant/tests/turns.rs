//! What holds at the end of every turn of a master, and within a scheduling pass.

use super::*;
use crate::invariant::answers::Share;
use crate::invariant::audit;
use deploysim_nodes::master::scheduling::Capacity;
use deploysim_nodes::master::view::ApplicationView;
use deploysim_protocol::event::RemovalReason;
use deploysim_protocol::message::ToDriver;
use deploysim_protocol::state::WorkerState;

fn removed(tale: &mut Tale, worker: WorkerSlot) -> &mut Tale {
    tale.master(MasterEvent::WorkerRemoved {
        worker,
        reason: RemovalReason::Disassociated,
        last_heartbeat: WallTime::EPOCH,
        now: WallTime::EPOCH,
    })
}

#[test]
fn c3_use_stays_within_a_workers_size() {
    let mut tale = Tale::new();
    tale.application(A, 12).grants(A, 0, W).grants(A, 1, W);
    tale.accepts(WORKER, 0)
        .accepts(WORKER, 1)
        .runs(0, W)
        .runs(1, W);
    tale.grants(A, 2, V).accepts(OTHER, 2).runs(2, V);
    tale.is_accepted(20);

    let mut tale = Tale::new();
    tale.application(A, 12).grants(A, 0, W).grants(A, 1, W);
    tale.accepts(WORKER, 0)
        .accepts(WORKER, 1)
        .runs(0, W)
        .runs(1, W);
    tale.grants(A, 2, W).accepts(WORKER, 2).runs(2, W);
    tale.is_rejected(20, &["INV-C3"]);
}

#[test]
fn c4_grants_stay_within_the_request() {
    Tale::new().one_executor().is_accepted(20);

    let mut tale = Tale::new();
    tale.one_executor();
    tale.grants(A, 1, V).accepts(OTHER, 1).runs(1, V);
    tale.is_rejected(20, &["INV-C4"]);
}

fn worker_lost() -> Tale {
    let mut tale = Tale::new();
    tale.one_executor().at(10).crashes(WORKER);
    tale.ends(executor_node(0), End::Exited(255));
    removed(&mut tale, W).executor_is(0, ExecutorState::Lost);
    tale
}

fn told(tale: &mut Tale) -> &mut Tale {
    tale.history.sends(
        MASTER,
        PI,
        ToDriver::WorkerRemoved {
            worker_id: worker_id(W),
            host: Text::new("worker-1"),
            message: "gone".into(),
        },
    );
    tale
}

#[test]
fn c5_a_lost_worker_gives_its_cores_back_to_the_application() {
    let mut tale = worker_lost();
    told(tale.leaves_application(0));
    tale.grants(A, 1, V).accepts(OTHER, 1).runs(1, V);
    tale.is_accepted(20);

    let mut tale = worker_lost();
    told(&mut tale);
    tale.is_rejected(20, &["INV-C5"]);
}

#[test]
fn c5_an_ended_executor_leaves_both_maps() {
    let mut tale = Tale::new();
    tale.one_executor()
        .at(9)
        .executor_is(0, ExecutorState::Exited);
    tale.leaves_worker(0, W);
    tale.history.each(|_| {});
    tale.is_rejected(9, &["INV-C5"]);
}

#[test]
fn c6_a_waiting_driver_has_no_worker() {
    Tale::new().driver_runs().is_accepted(60);

    let mut tale = Tale::new();
    tale.submitted(D).master(MasterEvent::DriverPlaced {
        driver: D,
        worker: W,
    });
    tale.driver_is(D, DriverState::Running)
        .starts_driver(WORKER, D);
    tale.is_rejected(60, &["INV-C6"]);
}

#[test]
fn w1_nothing_is_placed_on_a_worker_that_is_dead() {
    let mut tale = Tale::new();
    removed(&mut tale, W).submitted(D).placed(D, V);
    tale.starts_driver(OTHER, D).is_accepted(60);

    let mut tale = Tale::new();
    removed(&mut tale, W).submitted(D).placed(D, W);
    tale.is_rejected(60, &["INV-W1"]);
}

#[test]
fn w3_an_address_belongs_to_one_worker() {
    let again = |tale: &mut Tale| {
        tale.master(MasterEvent::WorkerAdded {
            worker: WorkerSlot(2),
            id: worker_id(W),
            address: history::address("worker-1"),
            cores: 8,
            memory_mib: 16384,
        });
    };
    let mut tale = Tale::new();
    removed(&mut tale, W);
    tale.master(MasterEvent::WorkerForgotten { worker: W });
    again(&mut tale);
    tale.is_accepted(60);

    let mut tale = Tale::new();
    again(&mut tale);
    tale.is_rejected(60, &["INV-W3"]);
}

#[test]
fn x3_an_application_that_is_over_gets_nothing() {
    let over = |tale: &mut Tale| {
        tale.application(A, 4);
        tale.pi(DriverEvent::ApplicationDead {
            reason: deploysim_protocol::event::DeathReason::Stopped,
        });
        tale.application_removed(A, ApplicationState::Finished);
    };
    let mut tale = Tale::new();
    over(&mut tale);
    tale.is_accepted(9);

    let mut tale = Tale::new();
    over(&mut tale);
    tale.grants(A, 0, W).is_rejected(1, &["INV-X3"]);
}

#[test]
fn x6_no_executor_of_a_dead_worker_runs_in_the_books() {
    let mut tale = Tale::new();
    tale.one_executor().at(10).crashes(WORKER);
    tale.ends(executor_node(0), End::Exited(255));
    told(removed(&mut tale, W).leaves_application(0));
    tale.grants(A, 1, V).accepts(OTHER, 1).runs(1, V);
    tale.is_rejected(20, &["INV-X6"]);
}

#[test]
fn x8_one_executor_per_worker_and_pass_without_cores_per_executor() {
    let two = |second: WorkerSlot, node: NodeId| {
        let mut tale = Tale::new();
        tale.history.start(PI, Role::Driver, "pi");
        tale.booked(A, PI, "pi", 8, None);
        tale.pass().grants(A, 0, W).grants(A, 1, second).passed();
        tale.accepts(WORKER, 0)
            .accepts(node, 1)
            .runs(0, W)
            .runs(1, second);
        tale
    };
    two(V, OTHER).is_accepted(5);
    two(W, WORKER).is_rejected(5, &["INV-X8"]);
}

#[test]
fn x9_no_executor_beyond_the_target() {
    let wanted = |target: i32| {
        let mut tale = Tale::new();
        tale.application(A, 8).targets(A, target);
        tale.pass().grants(A, 0, W).grants(A, 1, V).passed();
        tale.accepts(WORKER, 0)
            .accepts(OTHER, 1)
            .runs(0, W)
            .runs(1, V);
        tale
    };
    wanted(2).is_accepted(9);
    wanted(1).is_rejected(9, &["INV-X9"]);
}

#[test]
fn s3_not_more_drivers_run_than_may() {
    let two = |lines: &'static str| {
        let mut tale = Tale::with(lines);
        tale.driver_runs().submitted(DriverSlot(1));
        tale.placed(DriverSlot(1), V)
            .starts_driver(OTHER, DriverSlot(1));
        tale
    };
    two("[conf]\n\"spark.deploy.maxDrivers\" = 2").is_accepted(9);
    two("[conf]\n\"spark.deploy.maxDrivers\" = 1").is_rejected(9, &["INV-S3"]);
}

#[test]
fn s4_an_earlier_application_is_served_first() {
    const LATER: ApplicationSlot = ApplicationSlot(1);
    let both = |cores_requested: i32| {
        let mut tale = Tale::new();
        tale.application(A, cores_requested);
        tale.booked(LATER, NodeId(4), "etl-app", 4, Some(4));
        tale.pass().grants(A, 0, W).grants(LATER, 0, V).passed();
        tale.accepts(WORKER, 0).runs(0, W);
        tale
    };
    both(4).is_accepted(1);
    both(8).is_rejected(1, &["INV-S4"]);
}

#[test]
fn a6_every_application_is_told_of_a_removal() {
    let mut tale = worker_lost();
    tale.leaves_application(0);
    tale.grants(A, 1, V).accepts(OTHER, 1).runs(1, V);
    tale.is_rejected(20, &["INV-A6"]);
}

/// The store takes time within the turn, and others go on meanwhile.
#[test]
fn a6_a_turn_may_come_in_pieces() {
    let pieces = |is_told: bool| {
        let mut tale = worker_lost();
        tale.leaves_application(0);
        tale.at(11).worker(OTHER, WorkerEvent::HeartbeatSent);
        if is_told {
            told(&mut tale);
        }
        tale.grants(A, 1, V).accepts(OTHER, 1).runs(1, V);
        tale.at(12).history.receives(MASTER, OTHER, heartbeat());
        // Too late: the turn in which the worker was removed is over.
        if !is_told {
            told(&mut tale);
        }
        tale
    };
    pieces(true).is_accepted(20);
    pieces(false).is_rejected(20, &["INV-A6"]);
}

fn heartbeat() -> ToMaster {
    ToMaster::Heartbeat {
        worker_id: worker_id(V),
        worker: Reference::unbound(history::address("worker-2")),
    }
}

#[test]
fn c1_what_is_in_use_is_held() {
    let id = worker_id(W);
    let capacity = Capacity {
        cores: 8,
        cores_used: 4,
        memory_mib: 16384,
        memory_used_mib: 1024,
    };
    assert!(audit::use_agrees(id, &capacity, (4, 1024), &[]).is_none());
    assert!(audit::use_agrees(id, &capacity, (0, 0), &[]).is_some());
    // What is in use because it was added twice is told from what nothing explains (RD-16).
    let twice = [(Share::new(4, 1024), "late-answer")];
    let marks = |held| audit::use_agrees(id, &capacity, held, &twice).map(|own| own.marks);
    assert_eq!(marks((0, 0)), Some(vec!["in-the-books", "late-answer"]));
    assert_eq!(marks((1, 0)), Some(vec!["in-the-books", "too-much"]));
    assert!(audit::addresses_agree(id, 2, 2).is_none());
    assert!(audit::addresses_agree(id, 2, 1).is_some());
}

#[test]
fn c4_the_real_grants_are_those_of_the_executors() {
    let mut application = ApplicationView {
        slot: A,
        id: app_id(A),
        driver: history::address("pi"),
        state: ApplicationState::Running,
        cores_requested: 8,
        cores_granted: 4,
        retry_count: 0,
    };
    assert!(audit::grants_agree(&application, 4, 0).is_none());
    application.cores_granted = 8;
    assert!(audit::grants_agree(&application, 4, 0).is_some());
    let marks = |held| audit::grants_agree(&application, held, 4).map(|own| own.marks);
    assert_eq!(marks(4), Some(vec!["in-the-books", "late-answer"]));
    assert_eq!(marks(5), Some(vec!["in-the-books", "sum"]));
}

#[test]
fn w4_look_ups_find_the_workers_that_are_not_dead() {
    let id = worker_id(W);
    assert!(audit::look_up_agrees(id, WorkerState::Alive, (true, true)).is_none());
    assert!(audit::look_up_agrees(id, WorkerState::Dead, (false, false)).is_none());
    assert!(audit::look_up_agrees(id, WorkerState::Dead, (true, false)).is_some());
}

#[test]
fn a4_scheduling_looks_at_the_applications_in_the_books() {
    assert!(audit::lists_agree(&[A], &[A]).is_none());
    assert!(audit::lists_agree(&[A], &[]).is_some());
}
