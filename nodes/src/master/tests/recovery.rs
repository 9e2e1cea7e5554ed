//! Election and recovery, with the defects that real Spark shows there.

use super::{APP0, APP1, DRIVER0, Lab, application, driver, executor, scheduler_state};
use crate::master::MasterTimer;
use crate::node::Input;
use deploysim_protocol::address::{Address, Reference};
use deploysim_protocol::id::{ApplicationId, DriverId, WorkerId};
use deploysim_protocol::message::ToMaster;
use deploysim_protocol::record::{ApplicationRecord, DriverRecord, Records, WorkerRecord};
use deploysim_protocol::resource::Resources;
use deploysim_protocol::text::Text;
use deploysim_protocol::time::{Time, WallTime};
use expect_test::expect;
use std::sync::Arc;

fn worker(host: &str) -> WorkerRecord {
    let address = Address::new(host, 1000);
    WorkerRecord {
        id: WorkerId::new(host),
        address,
        cores: 4,
        memory_mib: 4096,
        endpoint: Reference::unbound(address),
        web_ui_url: Text::new("http://w:8081"),
        resources: Resources::NONE,
    }
}

fn stored_application(id: &str, client: &str) -> ApplicationRecord {
    ApplicationRecord {
        start_time: WallTime::EPOCH,
        id: ApplicationId::new(id),
        description: Arc::new(application(2)),
        driver: Reference::unbound(Address::new(client, 1000)),
        cores_default: 8,
    }
}

fn stored_driver(id: &str, supervise: bool) -> DriverRecord {
    DriverRecord {
        start_time: WallTime::EPOCH,
        id: DriverId::new(id),
        description: Arc::new(driver(supervise)),
    }
}

/// A STANDBY Master in whose store are `w1`, `w2`, one application and one driver.
fn lab(supervise: bool) -> Lab {
    let mut lab = Lab::standby(&[]);
    lab.store.records = Records {
        applications: vec![stored_application(APP0, "a")],
        drivers: vec![stored_driver(DRIVER0, supervise)],
        workers: vec![worker("w2"), worker("w1")],
    };
    lab
}

fn acknowledge(id: &str) -> ToMaster {
    ToMaster::MasterChangeAcknowledged {
        application: ApplicationId::new(id),
    }
}

fn time_out(lab: &mut Lab) -> String {
    let (timer, due) = (MasterTimer::CompleteRecovery, Time::from_secs(60));
    lab.input(Input::Fired { timer, due })
}

#[test]
fn an_empty_store_is_alive_at_once_and_not_scheduled() {
    expect![[r#"
        store read
        note MasterStateChanged state=ALIVE
    "#]]
    .assert_eq(&Lab::standby(&[]).input(Input::Elected));
}

#[test]
fn a_store_that_cannot_be_read_leaves_it_in_standby() {
    let mut lab = Lab::standby(&[]);
    lab.store.fails_after = Some(0);
    expect![[r#"
        store read FAILS
        note HandlerThrew thrown=no session
    "#]]
    .assert_eq(&lab.input(Input::Elected));
}

#[test]
fn everything_stored_is_unknown_until_it_answers() {
    let mut lab = lab(false);
    expect![[r#"
        store read
        note MasterStateChanged state=RECOVERING
        note RecoveryBegan applications=1 drivers=1 workers=2
        note ApplicationAdded application=0 id=app-20260101000000-0000 driver=a:1000 cores_requested=2
        note TargetChanged application=0 profile=0 target=2147483647
        note ApplicationStateChanged application=0 state=UNKNOWN
        unbound a <- MasterChanged
        note DriverAdded driver=0 id=driver-20260101000000-0000 cores=1 memory_mib=256 supervise=false
        note WorkerAdded worker=0 id=w2 address=w2:1000 cores=4 memory_mib=4096
        note WorkerHeard worker=0 at=0ms
        note WorkerStateChanged worker=0 state=UNKNOWN
        unbound w2 <- MasterChanged
        note WorkerAdded worker=1 id=w1 address=w1:1000 cores=4 memory_mib=4096
        note WorkerHeard worker=1 at=0ms
        note WorkerStateChanged worker=1 state=UNKNOWN
        unbound w1 <- MasterChanged
        arm CompleteRecovery 60.000000001s
    "#]].assert_eq(&lab.input(Input::Elected));
    expect![[r#"
        note ApplicationStateChanged application=0 state=WAITING
    "#]]
    .assert_eq(&lab.receive(acknowledge(APP0)));
    let running = scheduler_state("w1", &[executor(APP0, 3), executor(APP1, 0)], &[DRIVER0]);
    expect![[r#"
        note WorkerStateChanged worker=1 state=ALIVE
        note ExecutorAdded application=0 number=3 worker=1 profile=0 cores=2 memory_mib=512
        note ExecutorStateChanged application=0 number=3 state=RUNNING
        note ApplicationUnknown id=app-20260101000000-0001
        note DriverPlaced driver=0 worker=1
        note DriverStateChanged driver=0 state=RUNNING
    "#]]
    .assert_eq(&lab.receive(running));
    expect![[r#"
        note WorkerStateChanged worker=0 state=ALIVE
        note DriverUnknown id=driver-ghost
        note MasterStateChanged state=COMPLETING_RECOVERY
        note ApplicationStateChanged application=0 state=RUNNING
        note MasterStateChanged state=ALIVE
        note RecoveryCompleted
        note ScheduleBegan
        note ScheduleEnded drivers=0 executors=0
    "#]]
    .assert_eq(&lab.receive(scheduler_state("w2", &[], &["driver-ghost"])));
    expect![[""]].assert_eq(&time_out(&mut lab));
}

#[test]
fn whoever_does_not_answer_is_removed_at_the_time_out() {
    let mut lab = lab(true);
    lab.input(Input::Elected);
    lab.receive(scheduler_state("w1", &[], &[]));
    expect![[r#"
        note MasterStateChanged state=COMPLETING_RECOVERY
        note WorkerRemoved worker=0 reason=not-responding last_heartbeat=0ms now=0ms
        unbound a <- WorkerRemoved w2 "Not responding for recovery"
        store remove worker_w2
        note ApplicationRemoved application=0 state=FINISHED
        store remove app_app-20260101000000-0000
        unbound w2 <- ApplicationFinished app-20260101000000-0000
        unbound w1 <- ApplicationFinished app-20260101000000-0000
        note DriverRemoved driver=0 state=RELAUNCHING
        store remove driver_driver-20260101000000-0000
        note DriverStateChanged driver=0 state=RELAUNCHING
        store add driver_driver-20260101000000-0000
        note DriverAdded driver=1 id=driver-20260101000000-0000 cores=1 memory_mib=256 supervise=true
        note DriverRelaunched old=0 new=1
        note DriverQueued driver=1
        note MasterStateChanged state=ALIVE
        note RecoveryCompleted
        note ScheduleBegan
        note DriverPlaced driver=1 worker=1
        unbound w1 <- LaunchDriver driver-20260101000000-0000
        note DriverStateChanged driver=1 state=RUNNING
        note DriverDequeued driver=1
        note ScheduleEnded drivers=1 executors=0
    "#]].assert_eq(&time_out(&mut lab));
}

#[test]
fn an_unsupervised_driver_that_waited_ends_as_error_at_once() {
    let mut lab = Lab::standby(&[]);
    lab.store.records.drivers = vec![stored_driver(DRIVER0, false)];
    expect![[r#"
        store read
        note MasterStateChanged state=RECOVERING
        note RecoveryBegan applications=0 drivers=1 workers=0
        note DriverAdded driver=0 id=driver-20260101000000-0000 cores=1 memory_mib=256 supervise=false
        note MasterStateChanged state=COMPLETING_RECOVERY
        note DriverRemoved driver=0 state=ERROR
        store remove driver_driver-20260101000000-0000
        note DriverStateChanged driver=0 state=ERROR
        note MasterStateChanged state=ALIVE
        note RecoveryCompleted
        note ScheduleBegan
        note ScheduleEnded drivers=0 executors=0
    "#]].assert_eq(&lab.input(Input::Elected));
}

#[test]
fn of_two_stored_applications_of_one_client_the_first_wins() {
    let mut lab = Lab::standby(&[]);
    lab.store.records.applications =
        vec![stored_application(APP1, "a"), stored_application(APP0, "a")];
    expect![[r#"
        store read
        note MasterStateChanged state=RECOVERING
        note RecoveryBegan applications=2 drivers=0 workers=0
        note ApplicationAdded application=0 id=app-20260101000000-0001 driver=a:1000 cores_requested=2
        note TargetChanged application=0 profile=0 target=2147483647
        note ApplicationStateChanged application=0 state=UNKNOWN
        unbound a <- MasterChanged
        note ApplicationNotInserted id=app-20260101000000-0000 driver=a:1000
        unbound a <- MasterChanged
        arm CompleteRecovery 60.000000001s
    "#]].assert_eq(&lab.input(Input::Elected));
}

#[test]
fn a_registration_during_recovery_makes_a_worker_alive_without_its_executors() {
    let mut lab = lab(false);
    lab.input(Input::Elected);
    lab.receive(acknowledge(APP0));
    lab.receive(scheduler_state("w1", &[], &[]));
    expect![[r#"
        note RegistrationDuplicate worker=0
        note WorkerStateChanged worker=0 state=ALIVE
        w2 <- RegisteredWorker duplicate=true
    "#]]
    .assert_eq(&lab.register("w2", 4));
    // Nobody is UNKNOWN, but recovery is completed only by the next disconnect, answer or time-out.
    expect![[r#"
        note MasterStateChanged state=COMPLETING_RECOVERY
        note ApplicationStateChanged application=0 state=RUNNING
        note DriverRemoved driver=0 state=ERROR
        store remove driver_driver-20260101000000-0000
        note DriverStateChanged driver=0 state=ERROR
        note MasterStateChanged state=ALIVE
        note RecoveryCompleted
        note ScheduleBegan
        note ExecutorAdded application=0 number=0 worker=0 profile=0 cores=2 memory_mib=512
        unbound w2 <- LaunchExecutor app-20260101000000-0000/0 2 512
        unbound a <- ExecutorAdded 0 w2:1000 2 512
        note ScheduleEnded drivers=0 executors=1
    "#]]
    .assert_eq(&lab.disconnect("nobody"));
}

#[test]
fn a_new_worker_at_the_address_of_an_unknown_one_replaces_it() {
    let mut lab = lab(false);
    lab.input(Input::Elected);
    expect![[r#"
        note WorkerRemoved worker=1 reason=replaced last_heartbeat=0ms now=0ms
        unbound a <- WorkerRemoved w1 "Worker replaced by a new worker with same address"
        store remove worker_w1
        note WorkerAdded worker=2 id=w1-again address=w1:1000 cores=4 memory_mib=4096
        note WorkerHeard worker=2 at=0ms
        store add worker_w1-again
        w1 <- RegisteredWorker duplicate=false
    "#]]
    .assert_eq(&lab.receive(super::register("w1-again", "w1", 4)));
}

#[test]
fn a_second_copy_of_an_answer_counts_everything_twice() {
    let mut lab = lab(false);
    lab.input(Input::Elected);
    lab.receive(acknowledge(APP0));
    let answer = || scheduler_state("w1", &[executor(APP0, 0)], &[DRIVER0]);
    lab.receive(answer());
    lab.receive(answer());
    let books = lab.master.books();
    let worker = books
        .workers()
        .find(|one| one.id == WorkerId::new("w1"))
        .unwrap();
    assert_eq!(worker.capacity.cores_used, 6);
    assert_eq!(books.executors_on(worker.slot).count(), 1);
    assert_eq!(books.applications().next().unwrap().cores_granted, 4);
    // One removal leaves a residue.
    lab.disconnect("a");
    let books = lab.master.books();
    assert_eq!(books.worker(worker.slot).capacity.cores_used, 4);
}

#[test]
fn a_late_acknowledgement_sets_a_running_application_back() {
    let mut lab = Lab::alive(&[]);
    lab.register("w1", 4);
    lab.register_application("a", application(2));
    expect![[r#"
        note ApplicationStateChanged application=0 state=WAITING
    "#]]
    .assert_eq(&lab.receive(acknowledge(APP0)));
}

#[test]
fn a_store_that_fails_keeps_it_completing_for_good() {
    let mut lab = lab(false);
    lab.input(Input::Elected);
    lab.store.fails_after = Some(0);
    expect![[r#"
        note MasterStateChanged state=COMPLETING_RECOVERY
        note WorkerRemoved worker=1 reason=not-responding last_heartbeat=0ms now=0ms
        unbound a <- WorkerRemoved w1 "Not responding for recovery"
        store remove worker_w1 FAILS
        note HandlerThrew thrown=no session
    "#]]
    .assert_eq(&time_out(&mut lab));
    lab.store.fails_after = None;
    assert_eq!(time_out(&mut lab), "");
    let state = lab.master.books().state();
    assert_eq!(state.name(), "COMPLETING_RECOVERY");
}

#[test]
fn a_driver_relaunched_during_recovery_is_relaunched_again_at_its_end() {
    let mut lab = lab(true);
    lab.input(Input::Elected);
    lab.receive(scheduler_state("w1", &[], &[DRIVER0]));
    lab.disconnect("w1");
    expect![[r#"
        note MasterStateChanged state=COMPLETING_RECOVERY
        note WorkerRemoved worker=0 reason=not-responding last_heartbeat=0ms now=0ms
        unbound a <- WorkerRemoved w2 "Not responding for recovery"
        store remove worker_w2
        note ApplicationRemoved application=0 state=FINISHED
        store remove app_app-20260101000000-0000
        unbound w2 <- ApplicationFinished app-20260101000000-0000
        unbound w1 <- ApplicationFinished app-20260101000000-0000
        note DriverRemoved driver=1 state=RELAUNCHING
        store remove driver_driver-20260101000000-0000
        note DriverStateChanged driver=1 state=RELAUNCHING
        store add driver_driver-20260101000000-0001
        note DriverAdded driver=2 id=driver-20260101000000-0001 cores=1 memory_mib=256 supervise=true
        note DriverRelaunched old=1 new=2
        note DriverQueued driver=2
        note MasterStateChanged state=ALIVE
        note RecoveryCompleted
        note ScheduleBegan
        note ScheduleEnded drivers=0 executors=0
    "#]].assert_eq(&time_out(&mut lab));
    // The driver of the middle has ended, but waits all the same.
    let waiting: Vec<_> = lab
        .master
        .books()
        .waiting_drivers()
        .map(|one| one.0)
        .collect();
    assert_eq!(waiting, [1, 2]);
}
