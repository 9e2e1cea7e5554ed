//! Submitted drivers: submission, kill, status, and the reports of their ends.

use super::{DRIVER0, DRIVER1, Lab, driver};
use deploysim_protocol::id::DriverId;
use deploysim_protocol::message::AskMaster;
use deploysim_protocol::state::DriverState;
use expect_test::expect;

fn kill(id: &str) -> AskMaster {
    AskMaster::RequestKillDriver {
        driver: DriverId::new(id),
    }
}

fn status(id: &str) -> AskMaster {
    AskMaster::RequestDriverStatus {
        driver: DriverId::new(id),
    }
}

#[test]
fn a_driver_is_stored_then_queued_then_scheduled_then_answered() {
    let mut lab = Lab::alive(&[]);
    lab.register("w1", 4);
    expect![[r#"
        store add driver_driver-20260101000000-0000
        note DriverAdded driver=0 id=driver-20260101000000-0000 cores=1 memory_mib=256 supervise=false
        note DriverQueued driver=0
        note ScheduleBegan
        note DriverPlaced driver=0 worker=0
        w1 <- LaunchDriver driver-20260101000000-0000
        note DriverStateChanged driver=0 state=RUNNING
        note DriverDequeued driver=0
        note ScheduleEnded drivers=1 executors=0
        reply SubmitDriverResponse true "Driver successfully submitted as driver-20260101000000-0000"
    "#]].assert_eq(&lab.submit(driver(false)));
    expect![[r#"
        reply DriverStatusResponse true Some(Running) Some(w1) None
    "#]]
    .assert_eq(&lab.ask(status(DRIVER0)));
}

#[test]
fn a_driver_waits_until_there_is_room() {
    let mut lab = Lab::alive(&[]);
    expect![[r#"
        store add driver_driver-20260101000000-0000
        note DriverAdded driver=0 id=driver-20260101000000-0000 cores=1 memory_mib=256 supervise=false
        note DriverQueued driver=0
        note ScheduleBegan
        note ScheduleEnded drivers=0 executors=0
        reply SubmitDriverResponse true "Driver successfully submitted as driver-20260101000000-0000"
    "#]].assert_eq(&lab.submit(driver(false)));
    expect![[r#"
        reply DriverStatusResponse true Some(Submitted) None None
    "#]]
    .assert_eq(&lab.ask(status(DRIVER0)));
    expect![[r#"
        note WorkerAdded worker=0 id=w1 address=w1:1000 cores=4 memory_mib=4096
        note WorkerHeard worker=0 at=0ms
        store add worker_w1
        w1 <- RegisteredWorker duplicate=false
        note ScheduleBegan
        note DriverPlaced driver=0 worker=0
        w1 <- LaunchDriver driver-20260101000000-0000
        note DriverStateChanged driver=0 state=RUNNING
        note DriverDequeued driver=0
        note ScheduleEnded drivers=1 executors=0
    "#]]
    .assert_eq(&lab.register("w1", 4));
}

#[test]
fn a_driver_that_could_not_be_stored_uses_up_its_id() {
    let mut lab = Lab::alive(&[]);
    lab.store.fails_after = Some(0);
    expect![[r#"
        store add driver_driver-20260101000000-0000 FAILS
        reply THROWN no session
        note HandlerThrew thrown=no session
    "#]]
    .assert_eq(&lab.submit(driver(false)));
    lab.store.fails_after = None;
    expect![[r#"
        store add driver_driver-20260101000000-0001
        note DriverAdded driver=0 id=driver-20260101000000-0001 cores=1 memory_mib=256 supervise=false
        note DriverQueued driver=0
        note ScheduleBegan
        note ScheduleEnded drivers=0 executors=0
        reply SubmitDriverResponse true "Driver successfully submitted as driver-20260101000000-0001"
    "#]].assert_eq(&lab.submit(driver(false)));
}

#[test]
fn a_pattern_that_cannot_be_filled_throws() {
    let mut lab = Lab::alive(&[("spark.deploy.driverIdPattern", "driver-%q")]);
    expect![[r#"
        reply THROWN `%q` in the id pattern `driver-%q` cannot be filled: allowed are %s, %d, %x, %%, with a width, the flags 0 and -, or a position such as %1$s
        note HandlerThrew thrown=`%q` in the id pattern `driver-%q` cannot be filled: allowed are %s, %d, %x, %%, with a width, the flags 0 and -, or a position such as %1$s
    "#]].assert_eq(&lab.submit(driver(false)));
}

#[test]
fn a_waiting_driver_is_killed_through_the_mailbox() {
    let mut lab = Lab::alive(&[]);
    lab.submit(driver(false));
    expect![[r#"
        note DriverKillRequested driver=0
        note DriverDequeued driver=0
        unbound m <- DriverStateChanged { driver: driver-20260101000000-0000, state: Killed, exception: None }
        reply KillDriverResponse true "Kill request for driver-20260101000000-0000 submitted"
    "#]].assert_eq(&lab.ask(kill(DRIVER0)));
    expect![[r#"
        note DriverRemoved driver=0 state=KILLED
        store remove driver_driver-20260101000000-0000
        note DriverStateChanged driver=0 state=KILLED
        note ScheduleBegan
        note ScheduleEnded drivers=0 executors=0
    "#]]
    .assert_eq(&lab.driver_changed(DRIVER0, DriverState::Killed));
    expect![[r#"
        reply DriverStatusResponse true Some(Killed) None None
    "#]]
    .assert_eq(&lab.ask(status(DRIVER0)));
}

#[test]
fn a_running_driver_is_killed_by_its_worker() {
    let mut lab = Lab::alive(&[]);
    lab.register("w1", 4);
    lab.submit(driver(false));
    expect![[r#"
        note DriverKillRequested driver=0
        w1 <- KillDriver driver-20260101000000-0000
        reply KillDriverResponse true "Kill request for driver-20260101000000-0000 submitted"
    "#]]
    .assert_eq(&lab.ask(kill(DRIVER0)));
    expect![[r#"
        note DriverRemoved driver=0 state=KILLED
        store remove driver_driver-20260101000000-0000
        note DriverStateChanged driver=0 state=KILLED
        note DriverLeftWorker driver=0 worker=0
        note ScheduleBegan
        note ScheduleEnded drivers=0 executors=0
    "#]]
    .assert_eq(&lab.driver_changed(DRIVER0, DriverState::Killed));
    expect![[r#"
        note DriverUnknown id=driver-20260101000000-0000
        reply KillDriverResponse false "Driver driver-20260101000000-0000 has already finished or does not exist"
    "#]].assert_eq(&lab.ask(kill(DRIVER0)));
    expect![[r#"
        note DriverUnknown id=driver-20260101000000-0000
    "#]]
    .assert_eq(&lab.driver_changed(DRIVER0, DriverState::Killed));
}

#[test]
fn all_drivers_are_killed_by_id() {
    let mut lab = Lab::alive(&[]);
    lab.register("w1", 1);
    lab.submit(driver(false));
    lab.submit(driver(false));
    expect![[r#"
        note DriverKillRequested driver=0
        w1 <- KillDriver driver-20260101000000-0000
        note DriverKillRequested driver=1
        note DriverDequeued driver=1
        unbound m <- DriverStateChanged { driver: driver-20260101000000-0001, state: Killed, exception: None }
        reply KillAllDriversResponse true "Kill request for all drivers submitted"
    "#]].assert_eq(&lab.ask(AskMaster::RequestKillAllDrivers));
}

#[test]
fn a_state_that_no_worker_may_report_throws() {
    let mut lab = Lab::alive(&[]);
    lab.submit(driver(false));
    expect![[r#"
        note HandlerThrew thrown=Received unexpected state update for driver driver-20260101000000-0000: RUNNING
    "#]].assert_eq(&lab.driver_changed(DRIVER0, DriverState::Running));
}

#[test]
fn a_driver_whose_worker_is_lost_ends_as_error_and_stays_known() {
    let mut lab = Lab::alive(&[]);
    lab.register("w1", 4);
    lab.submit(driver(false));
    lab.disconnect("w1");
    expect![[r#"
        reply DriverStatusResponse true Some(Error) Some(w1) None
    "#]]
    .assert_eq(&lab.ask(status(DRIVER0)));
}

#[test]
fn the_ghost_of_a_relaunched_driver_does_not_end_the_new_copy() {
    let mut lab = Lab::alive(&[]);
    lab.register("w1", 4);
    lab.register("w2", 4);
    lab.submit(driver(true));
    let host = lab
        .master
        .books()
        .drivers()
        .next()
        .unwrap()
        .worker_id
        .unwrap()
        .to_string();
    lab.disconnect(&host);
    expect![[r#"
        note DriverUnknown id=driver-20260101000000-0000
    "#]]
    .assert_eq(&lab.driver_changed(DRIVER0, DriverState::Killed));
    expect![[r#"
        reply DriverStatusResponse true Some(Running) Some(w1) None
    "#]]
    .assert_eq(&lab.ask(status(DRIVER1)));
    expect![[r#"
        reply DriverStatusResponse true Some(Relaunching) Some(w2) None
    "#]]
    .assert_eq(&lab.ask(status(DRIVER0)));
}

#[test]
fn a_tenth_of_the_completed_ones_is_forgotten_when_the_limit_is_reached() {
    let mut lab = Lab::alive(&[("spark.deploy.retainedDrivers", "3")]);
    for number in 0..4 {
        lab.submit(driver(false));
        lab.driver_changed(
            &format!("driver-20260101000000-{number:04}"),
            DriverState::Failed,
        );
    }
    assert_eq!(lab.master.books().completed_drivers().count(), 3);
    expect![[r#"
        reply DriverStatusResponse false None None None
    "#]]
    .assert_eq(&lab.ask(status(DRIVER0)));
}

#[test]
fn a_store_that_fails_while_a_driver_ends_leaves_it_on_its_worker() {
    let mut lab = Lab::alive(&[]);
    lab.register("w1", 4);
    lab.submit(driver(false));
    lab.store.fails_after = Some(0);
    expect![[r#"
        note DriverRemoved driver=0 state=FINISHED
        store remove driver_driver-20260101000000-0000 FAILS
        note HandlerThrew thrown=no session
    "#]]
    .assert_eq(&lab.driver_changed(DRIVER0, DriverState::Finished));
    let worker = lab.master.books().workers().next().unwrap();
    assert_eq!(worker.capacity.cores_used, 1);
    // The worker may go and be forgotten; the record of the driver stays sound.
    lab.store.fails_after = None;
    lab.disconnect("w1");
    lab.register("w1", 4);
    assert_eq!(lab.master.books().completed_drivers().count(), 1);
}
