//! Removal of workers and what happens when connections end.

use super::{Lab, application, driver};
use crate::node::Input;
use deploysim_protocol::address::{Address, Connection, Peer};
use deploysim_protocol::state::ExecutorState;
use expect_test::expect;
use std::num::NonZeroU64;

#[test]
fn executors_are_lost_then_drivers_then_applications_told_then_the_store_then_scheduled() {
    let mut lab = Lab::alive(&[]);
    lab.register("w1", 6);
    lab.register_application("a", application(4));
    lab.submit(driver(true));
    lab.submit(driver(false));
    lab.report(super::APP0, 0, ExecutorState::Running, None);
    lab.register("w2", 6);
    expect![[r#"
        note WorkerRemoved worker=0 reason=disassociated last_heartbeat=0ms now=0ms
        a <- ExecutorUpdated 0 LOST Some("worker lost: w1:1000 got disassociated") None Some("w1")
        note ExecutorStateChanged application=0 number=0 state=LOST
        note ExecutorLeftApplication application=0 number=0
        a <- ExecutorUpdated 1 LOST Some("worker lost: w1:1000 got disassociated") None Some("w1")
        note ExecutorStateChanged application=0 number=1 state=LOST
        note ExecutorLeftApplication application=0 number=1
        note DriverRemoved driver=0 state=RELAUNCHING
        store remove driver_driver-20260101000000-0000
        note DriverStateChanged driver=0 state=RELAUNCHING
        note DriverLeftWorker driver=0 worker=0
        note ScheduleBegan
        note ExecutorAdded application=0 number=2 worker=1 profile=0 cores=2 memory_mib=512
        w2 <- LaunchExecutor app-20260101000000-0000/2 2 512
        a <- ExecutorAdded 2 w2:1000 2 512
        note ExecutorAdded application=0 number=3 worker=1 profile=0 cores=2 memory_mib=512
        w2 <- LaunchExecutor app-20260101000000-0000/3 2 512
        a <- ExecutorAdded 3 w2:1000 2 512
        note ScheduleEnded drivers=0 executors=2
        store add driver_driver-20260101000000-0002
        note DriverAdded driver=2 id=driver-20260101000000-0002 cores=1 memory_mib=256 supervise=true
        note DriverRelaunched old=0 new=2
        note DriverQueued driver=2
        note ScheduleBegan
        note DriverPlaced driver=2 worker=1
        w2 <- LaunchDriver driver-20260101000000-0002
        note DriverStateChanged driver=2 state=RUNNING
        note DriverDequeued driver=2
        note ScheduleEnded drivers=1 executors=0
        note DriverRemoved driver=1 state=ERROR
        store remove driver_driver-20260101000000-0001
        note DriverStateChanged driver=1 state=ERROR
        note DriverLeftWorker driver=1 worker=0
        note ScheduleBegan
        note ScheduleEnded drivers=0 executors=0
        a <- WorkerRemoved w1 "w1:1000 got disassociated"
        store remove worker_w1
        note ScheduleBegan
        note ScheduleEnded drivers=0 executors=0
    "#]].assert_eq(&lab.disconnect("w1"));
}

#[test]
fn a_driver_keeps_its_id_in_the_old_generations() {
    let mut lab = Lab::alive(&[("S-06", "keep_id")]);
    lab.register("w1", 6);
    lab.submit(driver(true));
    lab.register("w2", 6);
    expect![[r#"
        note WorkerRemoved worker=0 reason=disassociated last_heartbeat=0ms now=0ms
        note DriverRelaunched old=0 new=0
        note DriverStateChanged driver=0 state=RELAUNCHING
        note DriverQueued driver=0
        note ScheduleBegan
        note DriverPlaced driver=0 worker=1
        w2 <- LaunchDriver driver-20260101000000-0000
        note DriverStateChanged driver=0 state=RUNNING
        note DriverDequeued driver=0
        note ScheduleEnded drivers=1 executors=0
        store remove worker_w1
        note ScheduleBegan
        note ScheduleEnded drivers=0 executors=0
    "#]]
    .assert_eq(&lab.disconnect("w1"));
}

#[test]
fn a_ghost_of_the_old_generations_takes_the_record_of_the_new_copy_away() {
    let mut lab = Lab::alive(&[("S-06", "keep_id")]);
    lab.register("w1", 6);
    lab.submit(driver(true));
    lab.disconnect("w1");
    let ended = deploysim_protocol::state::DriverState::Killed;
    expect![[r#"
        note DriverRemoved driver=0 state=KILLED
        store remove driver_driver-20260101000000-0000
        note DriverStateChanged driver=0 state=KILLED
        note ScheduleBegan
        note ScheduleEnded drivers=0 executors=0
    "#]]
    .assert_eq(&lab.driver_changed(super::DRIVER0, ended));
    // It still waits, and is launched although it has ended.
    expect![[r#"
        note WorkerAdded worker=1 id=w2 address=w2:1000 cores=6 memory_mib=4096
        note WorkerHeard worker=1 at=0ms
        store add worker_w2
        w2 <- RegisteredWorker duplicate=false
        note ScheduleBegan
        note DriverPlaced driver=0 worker=1
        w2 <- LaunchDriver driver-20260101000000-0000
        note DriverStateChanged driver=0 state=RUNNING
        note DriverDequeued driver=0
        note ScheduleEnded drivers=1 executors=0
    "#]]
    .assert_eq(&lab.register("w2", 6));
}

#[test]
fn a_client_that_disconnects_ends_its_application_without_being_told() {
    let mut lab = Lab::alive(&[]);
    lab.register("w1", 2);
    lab.register("w2", 2);
    lab.disconnect("w2");
    lab.register_application("a", application(4));
    expect![[r#"
        note ApplicationRemoved application=0 state=FINISHED
        note ExecutorLeftWorker application=0 number=0 worker=0
        w1 <- KillExecutor app-20260101000000-0000/0
        note ExecutorStateChanged application=0 number=0 state=KILLED
        store remove app_app-20260101000000-0000
        note ScheduleBegan
        note ScheduleEnded drivers=0 executors=0
        w1 <- ApplicationFinished app-20260101000000-0000
        w2 <- ApplicationFinished app-20260101000000-0000
    "#]]
    .assert_eq(&lab.disconnect("a"));
}

#[test]
fn a_socket_and_a_stranger_are_nobody() {
    let mut lab = Lab::alive(&[]);
    lab.register("w1", 2);
    let peer = Peer::Socket(Connection(NonZeroU64::new(1).unwrap()));
    assert_eq!(lab.input(Input::Disconnected { peer }), "");
    assert_eq!(lab.disconnect("w9"), "");
    let peer = Peer::Listening(Address::new("w1", 1000));
    assert_eq!(lab.input(Input::ConnectionError { peer }), "");
}

#[test]
fn a_store_that_fails_at_the_end_leaves_the_cluster_unscheduled() {
    let mut lab = Lab::alive(&[]);
    lab.register("w1", 2);
    lab.store.fails_after = Some(0);
    expect![[r#"
        note WorkerRemoved worker=0 reason=disassociated last_heartbeat=0ms now=0ms
        store remove worker_w1 FAILS
        note HandlerThrew thrown=no session
    "#]]
    .assert_eq(&lab.disconnect("w1"));
}

#[test]
fn a_dead_worker_keeps_what_it_used_and_is_forgotten_with_it() {
    let mut lab = Lab::alive(&[]);
    lab.register("w1", 4);
    lab.register_application("a", application(4));
    lab.disconnect("w1");
    let dead = lab.master.books().workers().next().unwrap();
    assert_eq!(dead.capacity.cores_used, 4);
    assert_eq!(lab.master.books().executors_on(dead.slot).count(), 2);
    assert!(!dead.is_found_by_id && !dead.is_found_by_address);
    lab.register("w1", 4);
    let fresh = lab.master.books().workers().next().unwrap();
    assert_eq!((fresh.slot, fresh.capacity.cores_used), (dead.slot, 4));
    let numbers = lab.master.books().executors_on(fresh.slot);
    assert_eq!(numbers.map(|one| one.number).collect::<Vec<_>>(), [2, 3]);
}

#[test]
fn revocation_ends_the_process() {
    assert_eq!(Lab::alive(&[]).input(Input::Revoked), "exit 0\n");
}
