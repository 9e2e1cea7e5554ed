//! Decommissioning, and what it leaves behind.

use super::{APP0, Lab, application, driver, worker_reference};
use deploysim_protocol::id::WorkerId;
use deploysim_protocol::message::{AskMaster, ToMaster};
use deploysim_protocol::state::ExecutorState;
use deploysim_protocol::text::Text;
use expect_test::expect;

fn decommissioning(id: &str) -> ToMaster {
    ToMaster::WorkerDecommissioning {
        worker_id: WorkerId::new(id),
        worker: worker_reference(id),
    }
}

#[test]
fn executors_leave_the_application_and_stay_on_the_worker() {
    let mut lab = Lab::alive(&[]);
    lab.register("w1", 3);
    lab.register_application("a", application(4));
    lab.submit(driver(false));
    lab.report(APP0, 0, ExecutorState::Running, None);
    expect![[r#"
        note WorkerStateChanged worker=0 state=DECOMMISSIONED
        a <- ExecutorUpdated 0 DECOMMISSIONED Some("worker decommissioned") None Some("w1")
        note ExecutorStateChanged application=0 number=0 state=DECOMMISSIONED
        note ExecutorLeftApplication application=0 number=0
        store remove worker_w1
    "#]]
    .assert_eq(&lab.receive(decommissioning("w1")));
    assert_eq!(lab.receive(decommissioning("w1")), "");
    let worker = lab.master.books().workers().next().unwrap();
    assert_eq!(worker.capacity.cores_used, 3);
    // Its later reports are about an executor that nobody knows.
    expect![[r#"
        note ExecutorUnknown executor=app-20260101000000-0000/0
        reply true
    "#]]
    .assert_eq(&lab.report(APP0, 0, ExecutorState::Exited, Some(0)));
    // The removal speaks to the client once more, also after the application has ended.
    lab.disconnect("a");
    expect![[r#"
        note WorkerRemoved worker=0 reason=disassociated last_heartbeat=0ms now=0ms
        a <- ExecutorUpdated 0 LOST Some("worker lost: w1:1000 got disassociated") None Some("w1")
        note ExecutorStateChanged application=0 number=0 state=LOST
        note DriverRemoved driver=0 state=ERROR
        store remove driver_driver-20260101000000-0000
        note DriverStateChanged driver=0 state=ERROR
        note DriverLeftWorker driver=0 worker=0
        note ScheduleBegan
        note ScheduleEnded drivers=0 executors=0
        store remove worker_w1
        note ScheduleBegan
        note ScheduleEnded drivers=0 executors=0
    "#]]
    .assert_eq(&lab.disconnect("w1"));
}

#[test]
fn the_client_of_a_forgotten_application_is_still_spoken_to() {
    let mut lab = Lab::alive(&[]);
    lab.register("w1", 3);
    lab.register_application("a", application(2));
    lab.receive(decommissioning("w1"));
    lab.disconnect("a");
    lab.ask(AskMaster::RequestClearCompletedDriversAndApps);
    lab.register_application("b", application(2));
    let lines = lab.disconnect("w1");
    assert!(lines.starts_with("note WorkerRemoved"), "{lines}");
    assert!(lines.contains("a <- ExecutorUpdated 0 LOST"), "{lines}");
}

#[test]
fn a_stranger_and_a_standby() {
    expect![[r#"
        note WorkerUnknown id=w1
    "#]]
    .assert_eq(&Lab::alive(&[]).receive(decommissioning("w1")));
    expect![[r#"
        w1 <- MasterInStandby
    "#]]
    .assert_eq(&Lab::standby(&[]).receive(decommissioning("w1")));
}

#[test]
fn workers_are_found_by_host_in_any_case_and_told_later() {
    let mut lab = Lab::alive(&[]);
    lab.register("Rack-2", 4);
    lab.register("rack-1", 4);
    let hosts = |names: &[&str]| AskMaster::DecommissionWorkersOnHosts {
        hosts: names.iter().map(|name| Text::new(name)).collect(),
    };
    expect![[r#"
        unbound m <- DecommissionWorkers { worker_ids: [Rack-2, rack-1] }
        reply 2
    "#]]
    .assert_eq(&lab.ask(hosts(&["RACK-1", "rack-2", "rack-3"])));
    let worker_ids = vec![WorkerId::new("rack-1"), WorkerId::new("gone")];
    let order = || ToMaster::DecommissionWorkers {
        worker_ids: worker_ids.clone(),
    };
    expect![[r#"
        note WorkerStateChanged worker=1 state=DECOMMISSIONED
        store remove worker_rack-1
        rack-1 <- DecommissionWorker
    "#]]
    .assert_eq(&lab.receive(order()));
    // Idempotent: it counts again, and the worker is told again.
    expect![[r#"
        unbound m <- DecommissionWorkers { worker_ids: [rack-1] }
        reply 1
    "#]]
    .assert_eq(&lab.ask(hosts(&["rack-1"])));
    expect![[r#"
        rack-1 <- DecommissionWorker
    "#]]
    .assert_eq(&lab.receive(order()));
    expect![[r#"
        reply 0
    "#]]
    .assert_eq(&Lab::standby(&[]).ask(hosts(&["rack-1"])));
}

#[test]
fn a_removed_one_comes_back_alive() {
    let mut lab = Lab::alive(&[]);
    lab.register("w1", 4);
    lab.receive(decommissioning("w1"));
    lab.disconnect("w1");
    lab.register("w1", 4);
    expect![[r#"
        note ApplicationAdded application=0 id=app-20260101000000-0000 driver=a:1000 cores_requested=2
        note TargetChanged application=0 profile=0 target=2147483647
        store add app_app-20260101000000-0000
        a <- RegisteredApplication app-20260101000000-0000
        note ScheduleBegan
        note ExecutorAdded application=0 number=0 worker=0 profile=0 cores=2 memory_mib=512
        w1 <- LaunchExecutor app-20260101000000-0000/0 2 512
        a <- ExecutorAdded 0 w1:1000 2 512
        note ApplicationStateChanged application=0 state=RUNNING
        note ScheduleEnded drivers=0 executors=1
    "#]].assert_eq(&lab.register_application("a", application(2)));
}

#[test]
fn a_store_that_fails_leaves_it_decommissioned() {
    let mut lab = Lab::alive(&[]);
    lab.register("w1", 4);
    lab.store.fails_after = Some(0);
    expect![[r#"
        note WorkerStateChanged worker=0 state=DECOMMISSIONED
        store remove worker_w1 FAILS
        note HandlerThrew thrown=no session
    "#]]
    .assert_eq(&lab.receive(decommissioning("w1")));
}
