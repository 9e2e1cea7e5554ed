//! Registration of workers, and the comparison with what they run.

use super::{Lab, executor, latest_state, register, resource, worker_reference};
use deploysim_protocol::message::ToMaster;
use expect_test::expect;

#[test]
fn a_new_worker_is_booked_then_stored_then_answered_then_scheduled() {
    let mut lab = Lab::alive(&[]);
    expect![[r#"
        note WorkerAdded worker=0 id=w1 address=w1:1000 cores=4 memory_mib=4096
        note WorkerHeard worker=0 at=0ms
        store add worker_w1
        w1 <- RegisteredWorker duplicate=false
        note ScheduleBegan
        note ScheduleEnded drivers=0 executors=0
    "#]]
    .assert_eq(&lab.register("w1", 4));
}

#[test]
fn the_addresses_of_named_resources_are_noted() {
    let mut lab = Lab::alive(&[]);
    let mut message = register("w1", "w1", 4);
    if let ToMaster::RegisterWorker(message) = &mut message {
        message.resources = resource("gpu", &["0", "1"]);
    }
    expect![[r#"
        note WorkerAdded worker=0 id=w1 address=w1:1000 cores=4 memory_mib=4096
        note ResourceOffered worker=0 name=gpu address=0
        note ResourceOffered worker=0 name=gpu address=1
        note WorkerHeard worker=0 at=0ms
        store add worker_w1
        w1 <- RegisteredWorker duplicate=false
        note ScheduleBegan
        note ScheduleEnded drivers=0 executors=0
    "#]]
    .assert_eq(&lab.receive(message));
}

#[test]
fn a_standby_refuses() {
    expect![[r#"
        note RegistrationRefused address=w1:1000 reason=standby
        w1 <- MasterInStandby
    "#]]
    .assert_eq(&Lab::standby(&[]).register("w1", 4));
}

#[test]
fn a_standby_of_the_first_generation_is_silent() {
    expect![[r#"
        note RegistrationRefused address=w1:1000 reason=standby
    "#]]
    .assert_eq(&Lab::standby(&[("S-01", "silent")]).register("w1", 4));
}

#[test]
fn a_known_id_is_acknowledged_and_changes_nothing() {
    let mut lab = Lab::alive(&[]);
    lab.register("w1", 4);
    expect![[r#"
        note RegistrationDuplicate worker=0
        w1 <- RegisteredWorker duplicate=true
    "#]]
    .assert_eq(&lab.register("w1", 8));
    assert_eq!(
        lab.master.books().workers().next().unwrap().capacity.cores,
        4
    );
}

#[test]
fn a_known_id_was_refused_once() {
    let mut lab = Lab::alive(&[("S-02", "fail")]);
    lab.register("w1", 4);
    expect![[r#"
        note RegistrationRefused address=w1:1000 reason=duplicate-id
        w1 <- RegisterWorkerFailed "Duplicate worker ID"
    "#]]
    .assert_eq(&lab.register("w1", 4));
}

#[test]
fn another_worker_at_the_address_of_a_living_one_is_refused() {
    let mut lab = Lab::alive(&[]);
    lab.register("w1", 4);
    expect![[r#"
        note RegistrationRefused address=w1:1000 reason=same-address
        w1 <- RegisterWorkerFailed "Attempted to re-register worker at same address: w1:1000"
    "#]]
    .assert_eq(&lab.receive(register("w1-again", "w1", 4)));
}

#[test]
fn a_worker_that_was_dead_gets_a_fresh_record_in_the_same_slot() {
    let mut lab = Lab::alive(&[]);
    lab.register("w1", 4);
    lab.disconnect("w1");
    expect![[r#"
        note WorkerForgotten worker=0
        note WorkerAdded worker=0 id=w1 address=w1:1000 cores=4 memory_mib=4096
        note WorkerHeard worker=0 at=0ms
        store add worker_w1
        w1 <- RegisteredWorker duplicate=false
        note ScheduleBegan
        note ScheduleEnded drivers=0 executors=0
    "#]]
    .assert_eq(&lab.register("w1", 4));
    assert_eq!(lab.master.books().workers().count(), 1);
}

#[test]
fn a_worker_that_could_not_be_stored_is_known_all_the_same() {
    let mut lab = Lab::alive(&[]);
    lab.store.fails_after = Some(0);
    expect![[r#"
        note WorkerAdded worker=0 id=w1 address=w1:1000 cores=4 memory_mib=4096
        note WorkerHeard worker=0 at=0ms
        store add worker_w1 FAILS
        note HandlerThrew thrown=no session
    "#]]
    .assert_eq(&lab.register("w1", 4));
    lab.store.fails_after = None;
    expect![[r#"
        note RegistrationDuplicate worker=0
        w1 <- RegisteredWorker duplicate=true
    "#]]
    .assert_eq(&lab.register("w1", 4));
}

#[test]
fn what_the_books_do_not_have_on_a_worker_is_killed() {
    let mut lab = Lab::alive(&[]);
    lab.register("w1", 4);
    lab.register_application("a", super::application(2));
    lab.submit(super::driver(false));
    let ghosts = latest_state(
        "w1",
        &[executor(super::APP0, 0), executor(super::APP0, 7)],
        &[super::DRIVER0, "driver-ghost"],
    );
    expect![[r#"
        note UnknownExecutorKilled worker=0 executor=app-20260101000000-0000/7
        w1 <- KillExecutor app-20260101000000-0000/7
        note UnknownDriverKilled worker=0 id=driver-ghost
        w1 <- KillDriver driver-ghost
    "#]]
    .assert_eq(&lab.receive(ghosts));
    expect![[r#"
        note WorkerUnknown id=w9
    "#]]
    .assert_eq(&lab.receive(latest_state("w9", &[], &[])));
}

#[test]
fn the_reference_of_the_record_is_not_moved_by_a_duplicate() {
    let mut lab = Lab::alive(&[]);
    lab.register("w1", 4);
    let mut message = register("w1", "w1", 4);
    if let ToMaster::RegisterWorker(message) = &mut message {
        message.worker = worker_reference("w1-new");
    }
    lab.receive(message);
    expect![[r#"
        note UnknownDriverKilled worker=0 id=driver-ghost
        w1 <- KillDriver driver-ghost
    "#]]
    .assert_eq(&lab.receive(latest_state("w1", &[], &["driver-ghost"])));
}
