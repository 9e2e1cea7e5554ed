//! What has to come about in time: each is accepted just before its bound, and rejected after.

use super::recognisers::decommissioned;
use super::*;
use crate::scenario::plan::Settle;
use deploysim_protocol::event::{DeathReason, RemovalReason, StoreAccess};
use deploysim_protocol::message::ToDriver;
use deploysim_protocol::state::WorkerState;

fn silently_removed(tale: &mut Tale, worker: WorkerSlot) -> &mut Tale {
    tale.master(MasterEvent::WorkerRemoved {
        worker,
        reason: RemovalReason::Disassociated,
        last_heartbeat: WallTime::EPOCH,
        now: WallTime::EPOCH,
    })
}

/// `pi` is told that the first worker was removed.
fn tells_of_removal(tale: &mut Tale) {
    let removed = ToDriver::WorkerRemoved {
        worker_id: worker_id(W),
        host: Text::new("worker-1"),
        message: "gone".into(),
    };
    tale.history.sends(MASTER, PI, removed);
}

#[test]
fn l1_a_removed_worker_comes_back() {
    let back = |returns: bool| {
        let mut tale = Tale::new();
        silently_removed(tale.at(10), W);
        if returns {
            tale.at(100)
                .master(MasterEvent::WorkerForgotten { worker: W });
            tale.registers(W);
        }
        tale
    };
    back(true).is_accepted(600);
    back(false).is_accepted(140);
    back(false).is_rejected(600, &["INV-L1"]);
}

#[test]
fn l1_a_fault_stops_the_clock() {
    const LINES: &str =
        "[[fault]]\nat = \"20s\"\nuntil = \"290s\"\npartition = [\"worker-1\", \"master-1\"]";
    let mut tale = Tale::with(LINES);
    silently_removed(tale.at(10), W);
    tale.at(20).fact(MASTER, Fact::FaultBegan { fault: 0 });
    tale.at(290).fact(MASTER, Fact::FaultEnded { fault: 0 });
    tale.is_accepted(500);
    let mut tale = Tale::with(LINES);
    silently_removed(tale.at(10), W);
    tale.at(20).fact(MASTER, Fact::FaultBegan { fault: 0 });
    tale.at(290).fact(MASTER, Fact::FaultEnded { fault: 0 });
    tale.is_rejected(600, &["INV-L1"]);
}

#[test]
fn l1_what_is_open_at_the_end_was_not_decided() {
    let mut tale = Tale::new();
    silently_removed(tale.at(10), W);
    tale.at(30).fact(MASTER, Fact::Settling);
    tale.is_rejected(40, &["INV-L1", "INV-L8"]);

    let mut tale = Tale::new();
    tale.adjust = |plan| plan.settle = Settle::Off;
    silently_removed(tale.at(10), W);
    tale.at(30).fact(MASTER, Fact::Settling);
    tale.is_accepted(40);
}

#[test]
fn l8_a_worker_that_is_gone_is_dead_and_forgotten() {
    let gone = |removed: bool, forgotten: bool| {
        let mut tale = Tale::new();
        tale.at(10).crashes(WORKER);
        if removed {
            silently_removed(tale.at(100), W);
        }
        if forgotten {
            tale.at(1000)
                .master(MasterEvent::WorkerForgotten { worker: W });
        }
        tale
    };
    gone(true, true).is_accepted(3000);
    gone(false, false).is_rejected(3000, &["INV-L8"]);
    gone(true, false).is_accepted(1100);
    gone(true, false).is_rejected(3000, &["INV-L8"]);
}

#[test]
fn w5_both_sides_agree_on_decommissioning() {
    let decommissioned = |state: WorkerState| {
        let mut tale = Tale::new();
        tale.at(10)
            .worker(WORKER, WorkerEvent::WorkerDecommissioned);
        tale.master(MasterEvent::WorkerStateChanged { worker: W, state });
        tale
    };
    decommissioned(WorkerState::Decommissioned).is_accepted(60);
    decommissioned(WorkerState::Alive).is_rejected(60, &["INV-W5"]);
}

#[test]
fn c2_x1_an_order_for_an_executor_arrives() {
    Tale::new().one_executor().is_accepted(5000);

    let mut tale = Tale::new();
    tale.application(A, 4).grants(A, 0, W);
    tale.is_rejected(5000, &["INV-X1", "INV-C2"]);
}

#[test]
fn c2_an_executors_end_is_reported() {
    let mut tale = Tale::new();
    tale.one_executor().at(10);
    tale.ends(executor_node(0), End::Exited(1));
    let executor = executor_id(0);
    tale.worker(WORKER, WorkerEvent::ExecutorFinished { executor });
    tale.is_rejected(5000, &["INV-C2"]);
}

#[test]
fn c2_a_failed_report_may_be_repeated() {
    let mut tale = Tale::new();
    tale.one_executor().at(10);
    tale.ends(executor_node(0), End::Exited(1));
    let executor = executor_id(0);
    tale.worker(WORKER, WorkerEvent::ExecutorFinished { executor });
    tale.at(130);
    tale.worker(
        WORKER,
        WorkerEvent::ReportFailed {
            executor,
            failures: 1,
        },
    );
    tale.is_accepted(300);
}

#[test]
fn c2_d4_a_drivers_end_is_reported() {
    let mut tale = Tale::new();
    tale.driver_runs().at(10).driver_process_ends(D);
    tale.is_rejected(5000, &["INV-C2", "INV-D4"]);
}

#[test]
fn c2_a_killed_executor_is_gone() {
    let mut tale = Tale::new();
    tale.one_executor().at(10).leaves_application(0);
    tale.leaves_worker(0, W)
        .executor_is(0, ExecutorState::Killed);
    tale.grants(A, 1, V).accepts(OTHER, 1).runs(1, V);
    tale.is_rejected(5000, &["INV-C2"]);
}

#[test]
fn d5_a_running_driver_has_a_record() {
    let mut tale = Tale::new();
    tale.driver_runs()
        .at(10)
        .driver_removed(D, W, DriverState::Killed);
    tale.is_rejected(5000, &["INV-D5"]);
}

/// A master that restarted has no record of a driver that a worker's answer names. It passes over
/// it (ND-02); or it orders it killed when the worker registers again, and that order is lost.
#[test]
fn d5_a_driver_that_was_passed_over_is_told_from_one_whose_kill_was_lost() {
    let restarted = |is_noticed: bool| {
        let mut tale = Tale::new();
        tale.driver_runs().at(10).crashes(MASTER);
        tale.at(12).history.start(MASTER, Role::Master, "master-1");
        let state = MasterState::Recovering;
        tale.master(MasterEvent::MasterStateChanged { state });
        for worker in [W, V] {
            tale.registers(worker);
            let state = WorkerState::Alive;
            tale.master(MasterEvent::WorkerStateChanged { worker, state });
        }
        tale.master(MasterEvent::DriverUnknown { id: driver_id(D) });
        let state = MasterState::Alive;
        tale.master(MasterEvent::MasterStateChanged { state });
        if is_noticed {
            let (worker, id) = (W, driver_id(D));
            tale.master(MasterEvent::UnknownDriverKilled { worker, id });
        }
        tale
    };
    let found = restarted(false).recognised(5000);
    assert_eq!(found, [("INV-D5", vec!["ND-02"])]);
    let found = restarted(true).recognised(5000);
    assert_eq!(found, [("INV-D5", vec!["RD-02"])]);
}

#[test]
fn d7_a_killed_driver_is_gone() {
    let killed = |ends: bool| {
        let mut tale = Tale::new();
        tale.driver_runs().at(10);
        tale.master(MasterEvent::DriverKillRequested { driver: D });
        if ends {
            tale.at(20).ends(driver_node(D), End::Signalled(143));
            let (driver, state) = (driver_id(D), DriverState::Killed);
            tale.worker(WORKER, WorkerEvent::DriverEnded { driver, state });
            tale.driver_removed(D, W, state);
        }
        tale
    };
    killed(true).is_accepted(5000);
    killed(false).is_rejected(60, &["INV-D7"]);
}

#[test]
fn d2_one_process_per_submission() {
    let mut tale = Tale::new();
    tale.driver_runs();
    tale.child(
        OTHER,
        NodeId(30),
        "driver:job#9",
        Child::Driver(driver_id(D)),
    );
    let found = tale.verdict(5000);
    assert!(found.contains(&"INV-D2"), "{found:?}");
}

#[test]
fn x5_an_executors_driver_knows_it() {
    let forgets = |dies: bool| {
        let mut tale = Tale::new();
        tale.one_executor().at(10);
        tale.pi(DriverEvent::ExecutorUpdated {
            number: 0,
            state: ExecutorState::Lost,
        });
        tale.pi(DriverEvent::ExecutorForgotten { number: 0 });
        if dies {
            tale.executor_ends(0, W);
            tale.grants(A, 1, V).accepts(OTHER, 1).runs(1, V);
        }
        tale
    };
    forgets(true).is_accepted(5000);
    forgets(false).is_rejected(5000, &["INV-X5"]);
}

#[test]
fn g1_g2_nothing_runs_on_a_worker_that_was_forgotten() {
    let mut tale = Tale::new();
    tale.one_executor().at(10);
    silently_removed(&mut tale, W).executor_is(0, ExecutorState::Lost);
    tale.leaves_application(0);
    tale.history.sends(
        MASTER,
        PI,
        ToDriver::WorkerRemoved {
            worker_id: worker_id(W),
            host: Text::new("worker-1"),
            message: "gone".into(),
        },
    );
    tale.grants(A, 1, V).accepts(OTHER, 1).runs(1, V);
    tale.at(20)
        .master(MasterEvent::WorkerForgotten { worker: W });
    tale.is_rejected(5000, &["INV-L1", "INV-G1", "INV-G2"]);
}

#[test]
fn p1_a_child_does_not_outlive_its_worker() {
    let orphaned = |ends: bool| {
        let mut tale = Tale::new();
        tale.driver_runs().at(10).crashes(WORKER);
        if ends {
            tale.ends(driver_node(D), End::Exited(255));
        }
        tale
    };
    orphaned(true).is_accepted(60);
    orphaned(false).is_rejected(60, &["INV-P1"]);
}

#[test]
fn p2_a_process_that_is_told_to_end_is_gone() {
    let told = |ends: bool| {
        let mut tale = Tale::new();
        tale.one_executor()
            .at(10)
            .signalled(WORKER, "executor:pi/0");
        if ends {
            tale.at(15).executor_ends(0, W);
            tale.grants(A, 1, V).accepts(OTHER, 1).runs(1, V);
        }
        tale
    };
    told(true).is_accepted(60);
    told(false).is_rejected(60, &["INV-P2"]);
}

#[test]
fn w2_processes_fit_on_their_machine() {
    let crowded = |last_ends: bool| {
        let mut tale = Tale::new();
        tale.application(A, 12);
        for number in 0..3 {
            tale.accepts(WORKER, number);
        }
        if last_ends {
            tale.at(10).ends(executor_node(2), End::Signalled(143));
        }
        tale
    };
    let found = crowded(false).verdict(4);
    assert!(!found.contains(&"INV-W2"), "{found:?}");
    let found = crowded(false).verdict(60);
    assert!(found.contains(&"INV-W2"), "{found:?}");
    let found = crowded(true).verdict(60);
    assert!(!found.contains(&"INV-W2"), "{found:?}");
}

fn finished(client_is_told: bool) -> Tale {
    let mut tale = Tale::new();
    tale.application(A, 0).at(10);
    tale.application_removed(A, ApplicationState::Finished);
    if client_is_told {
        tale.pi(DriverEvent::ApplicationDead {
            reason: DeathReason::Stopped,
        });
    }
    tale
}

#[test]
fn a2_a5_l6_a_client_is_known_or_told() {
    finished(true).is_accepted(5000);
    finished(false).is_rejected(60, &["INV-A5", "INV-A2"]);
    finished(false).is_rejected(5000, &["INV-A5", "INV-A2", "INV-L6"]);
}

#[test]
fn a3_the_processes_of_an_application_that_is_over_are_gone() {
    let over = |ends: bool| {
        let mut tale = Tale::new();
        tale.one_executor().at(10);
        tale.application_removed(A, ApplicationState::Killed);
        tale.leaves_worker(0, W)
            .executor_is(0, ExecutorState::Killed);
        tale.pi(DriverEvent::ApplicationDead {
            reason: DeathReason::Removed,
        });
        if ends {
            tale.at(15).ends(executor_node(0), End::Signalled(143));
            let executor = executor_id(0);
            tale.worker(WORKER, WorkerEvent::ExecutorFinished { executor });
        }
        tale
    };
    over(true).is_accepted(5000);
    over(false).is_rejected(60, &["INV-A3"]);
}

#[test]
fn l3_a_waiting_driver_is_launched_when_there_is_room() {
    Tale::new().driver_runs().is_accepted(60);
    Tale::new().submitted(D).is_rejected(60, &["INV-L3"]);
}

#[test]
fn l4_room_is_used_after_a_worker_was_removed() {
    let lost = |schedules: bool| {
        let mut tale = Tale::new();
        tale.one_executor().at(10).crashes(WORKER);
        tale.ends(executor_node(0), End::Exited(255));
        silently_removed(&mut tale, W).executor_is(0, ExecutorState::Lost);
        tale.leaves_application(0);
        tells_of_removal(&mut tale);
        if schedules {
            tale.pass().grants(A, 1, V).passed();
            tale.accepts(OTHER, 1).runs(1, V);
        }
        tale
    };
    lost(true).is_accepted(60);
    lost(false).is_rejected(60, &["INV-L4"]);
}

/// A worker is decommissioned, and nothing is scheduled (ND-01). If it leaves soon, that is made
/// good, unless the store fails because its record is gone already (RD-06), or for any other reason
/// (ND-04).
#[test]
fn l4_a_removal_that_the_store_cuts_off_is_told_from_a_decommissioning() {
    let leaves = |removal: Option<Result<(), &'static str>>| {
        let mut tale = decommissioned();
        if let Some(outcome) = removal {
            tale.crashes(WORKER);
            silently_removed(&mut tale, W);
            tells_of_removal(&mut tale);
            match outcome {
                Ok(()) => {
                    tale.pass().grants(A, 1, V).passed();
                    tale.accepts(OTHER, 1).runs(1, V)
                }
                Err(reason) => {
                    let (call, reason) = (StoreAccess::Remove, Text::new(reason));
                    tale.master(MasterEvent::StoreFailed { call, reason })
                }
            };
        }
        tale
    };
    assert_eq!(leaves(None).recognised(60), [("INV-L4", vec!["ND-01"])]);
    assert_eq!(
        leaves(Some(Err("KeeperErrorCode = NoNode"))).recognised(60),
        [("INV-L4", vec!["RD-06"])]
    );
    assert_eq!(
        leaves(Some(Err("KeeperErrorCode = ConnectionLoss"))).recognised(60),
        [("INV-L4", vec!["ND-04"])]
    );
    assert_eq!(leaves(Some(Ok(()))).recognised(60), []);
}

#[test]
fn l3_a_relaunched_driver_runs() {
    let relaunched = |starts: bool| {
        let mut tale = Tale::new();
        tale.driver_runs().at(10).crashes(WORKER);
        tale.ends(driver_node(D), End::Exited(255));
        silently_removed(&mut tale, W);
        tale.driver_removed(D, W, DriverState::Relaunching);
        let new = DriverSlot(1);
        tale.master(MasterEvent::DriverAdded {
            driver: new,
            id: driver_id(new),
            cores: 1,
            memory_mib: 512,
            supervise: true,
        });
        tale.master(MasterEvent::DriverRelaunched { old: D, new });
        tale.master(MasterEvent::DriverQueued { driver: new });
        tale.placed(new, V);
        if starts {
            tale.starts_driver(OTHER, new);
        }
        tale
    };
    relaunched(true).is_accepted(600);
    relaunched(false).is_rejected(600, &["INV-L3", "INV-C2"]);
}
