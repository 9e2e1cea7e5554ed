//! Application clients: register, unregister, totals, and the end of an application.

use super::{Lab, application};
use crate::master::MasterOperation;
use crate::node::Input;
use deploysim_protocol::description::ResourceProfile;
use deploysim_protocol::id::{ApplicationId, ProfileId};
use deploysim_protocol::message::{AskMaster, ToMaster};
use expect_test::expect;
use std::sync::Arc;

fn unregister(id: &str) -> ToMaster {
    ToMaster::UnregisterApplication {
        application: ApplicationId::new(id),
    }
}

#[test]
fn an_application_is_booked_then_stored_then_answered_then_scheduled() {
    let mut lab = Lab::alive(&[]);
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
fn a_standby_ignores_it() {
    expect![[r#"
        note RegistrationRefused address=a:1000 reason=standby
    "#]]
    .assert_eq(&Lab::standby(&[]).register_application("a", application(2)));
}

#[test]
fn a_second_registration_from_one_client_is_answered_with_a_phantom() {
    let mut lab = Lab::alive(&[]);
    lab.register_application("a", application(2));
    expect![[r#"
        note ApplicationNotInserted id=app-20260101000000-0001 driver=a:1000
        store add app_app-20260101000000-0001
        a <- RegisteredApplication app-20260101000000-0001
        note ScheduleBegan
        note ScheduleEnded drivers=0 executors=0
    "#]]
    .assert_eq(&lab.register_application("a", application(2)));
    expect![[r#"
        note ApplicationUnknown id=app-20260101000000-0001
    "#]]
    .assert_eq(&lab.receive(unregister(super::APP1)));
}

#[test]
fn an_application_that_could_not_be_stored_is_known_all_the_same() {
    let mut lab = Lab::alive(&[]);
    lab.store.fails_after = Some(0);
    expect![[r#"
        note ApplicationAdded application=0 id=app-20260101000000-0000 driver=a:1000 cores_requested=2
        note TargetChanged application=0 profile=0 target=2147483647
        store add app_app-20260101000000-0000 FAILS
        note HandlerThrew thrown=no session
    "#]].assert_eq(&lab.register_application("a", application(2)));
}

#[test]
fn its_end_kills_its_executors_and_tells_every_worker() {
    let mut lab = Lab::alive(&[]);
    lab.register("w1", 2);
    lab.register("w2", 2);
    lab.register_application("a", application(4));
    expect![[r#"
        note ApplicationRemoved application=0 state=FINISHED
        note ExecutorLeftWorker application=0 number=0 worker=1
        w2 <- KillExecutor app-20260101000000-0000/0
        note ExecutorStateChanged application=0 number=0 state=KILLED
        note ExecutorLeftWorker application=0 number=1 worker=0
        w1 <- KillExecutor app-20260101000000-0000/1
        note ExecutorStateChanged application=0 number=1 state=KILLED
        store remove app_app-20260101000000-0000
        note ScheduleBegan
        note ScheduleEnded drivers=0 executors=0
        w1 <- ApplicationFinished app-20260101000000-0000
        w2 <- ApplicationFinished app-20260101000000-0000
    "#]]
    .assert_eq(&lab.receive(unregister(super::APP0)));
    let ended = lab.master.books().completed_applications().next().unwrap();
    assert_eq!(ended.cores_granted, 4);
    assert_eq!(
        lab.receive(unregister(super::APP0)),
        "note ApplicationUnknown id=app-20260101000000-0000\n"
    );
}

#[test]
fn the_operator_can_kill_it() {
    let operation = MasterOperation::KillApplication {
        application: ApplicationId::new(super::APP0),
    };
    let mut lab = Lab::alive(&[]);
    lab.register_application("a", application(4));
    expect![[r#"
        note ApplicationRemoved application=0 state=KILLED
        a <- ApplicationRemoved KILLED
        store remove app_app-20260101000000-0000
        note ScheduleBegan
        note ScheduleEnded drivers=0 executors=0
    "#]]
    .assert_eq(&lab.input(Input::Operator(operation)));
    expect![[r#"
        note ApplicationUnknown id=app-20260101000000-0000
    "#]]
    .assert_eq(&lab.input(Input::Operator(operation)));
    let mut lab = Lab::alive(&[("spark.ui.killEnabled", "false")]);
    lab.register_application("a", application(4));
    assert_eq!(lab.input(Input::Operator(operation)), "");
}

#[test]
fn a_tenth_of_the_completed_ones_is_forgotten_when_the_limit_is_reached() {
    let mut lab = Lab::alive(&[("spark.deploy.retainedApplications", "20")]);
    for number in 0..21 {
        lab.register_application("a", application(4));
        lab.receive(unregister(&format!("app-20260101000000-{number:04}")));
    }
    let completed = lab.master.books().completed_applications();
    assert_eq!(completed.count(), 19);
    let forgotten = lab
        .events
        .iter()
        .filter(|event| event.kind() == "ApplicationForgotten");
    assert_eq!(forgotten.count(), 2);
}

#[test]
fn the_name_can_be_the_id_and_two_of_one_name_share_it() {
    let mut lab = Lab::alive(&[("spark.master.useAppNameAsAppId.enabled", "true")]);
    let mut named = application(2);
    named.name = "My \t Pi".to_owned();
    lab.register("w1", 4);
    lab.register_application("a", named.clone());
    lab.register_application("b", named);
    let ids = lab
        .master
        .books()
        .applications()
        .map(|one| one.id.to_string());
    assert_eq!(ids.collect::<Vec<_>>(), ["mypi", "mypi"]);
    // The second one's executor overwrites the first one's entry on the worker, but both count.
    let worker = lab.master.books().workers().next().unwrap();
    assert_eq!(worker.capacity.cores_used, 4);
    assert_eq!(lab.master.books().executors_on(worker.slot).count(), 1);
    expect![[r#"
        note ApplicationRemoved application=0 state=FINISHED
        note ExecutorLeftWorker application=0 number=0 worker=0
        w1 <- KillExecutor mypi/0
        note ExecutorStateChanged application=0 number=0 state=KILLED
        store remove app_mypi
        note ScheduleBegan
        note ScheduleEnded drivers=0 executors=0
        w1 <- ApplicationFinished mypi
    "#]]
    .assert_eq(&lab.disconnect("a"));
    // The id finds nothing any more, although the second one is there.
    assert_eq!(
        lab.receive(unregister("mypi")),
        "note ApplicationUnknown id=mypi\n"
    );
    assert_eq!(lab.master.books().applications().count(), 1);
    lab.disconnect("b");
    let worker = lab.master.books().workers().next().unwrap();
    assert_eq!(worker.capacity.cores_used, 2);
    lab.disconnect("w1");
}

#[test]
fn the_number_wraps_at_the_modulo_and_the_pattern_is_obeyed() {
    let settings = [
        ("spark.deploy.appNumberModulo", "1000"),
        ("spark.deploy.appIdPattern", "a%2$d"),
    ];
    let mut lab = Lab::alive(&settings);
    for _ in 0..1001 {
        lab.register_application("a", application(2));
        lab.disconnect("a");
    }
    let books = lab.master.books();
    let ids: Vec<_> = books
        .completed_applications()
        .map(|one| one.id.to_string())
        .collect();
    assert_eq!(ids.last().unwrap(), "a0");
}

fn request(application: &str, totals: &[(u32, Option<i32>, i32)]) -> AskMaster {
    let total = |(id, memory, total): &(u32, Option<i32>, i32)| {
        let profile = ResourceProfile {
            id: ProfileId(*id),
            executor_memory_mib: *memory,
            ..ResourceProfile::default()
        };
        (Arc::new(profile), *total)
    };
    AskMaster::RequestExecutors {
        application: ApplicationId::new(application),
        totals: totals.iter().map(total).collect(),
    }
}

#[test]
fn totals_are_absolute_and_per_profile() {
    let mut lab = Lab::alive(&[]);
    lab.register("w1", 8);
    let mut description = application(8);
    description.initial_executor_limit = Some(0);
    lab.register_application("a", description);
    expect![[r#"
        note TargetChanged application=0 profile=0 target=1
        note ScheduleBegan
        note ExecutorAdded application=0 number=0 worker=0 profile=0 cores=2 memory_mib=512
        w1 <- LaunchExecutor app-20260101000000-0000/0 2 512
        a <- ExecutorAdded 0 w1:1000 2 512
        note ApplicationStateChanged application=0 state=RUNNING
        note ScheduleEnded drivers=0 executors=1
        reply true
    "#]]
    .assert_eq(&lab.ask(request(super::APP0, &[(0, None, 1)])));
    expect![[r#"
        note TargetChanged application=0 profile=1 target=1
        note ScheduleBegan
        note ExecutorAdded application=0 number=1 worker=0 profile=1 cores=2 memory_mib=100
        w1 <- LaunchExecutor app-20260101000000-0000/1 2 100
        a <- ExecutorAdded 1 w1:1000 2 100
        note ScheduleEnded drivers=0 executors=1
        reply true
    "#]]
    .assert_eq(&lab.ask(request(super::APP0, &[(1, Some(100), 1)])));
    expect![[r#"
        note TargetChanged application=0 profile=0 target=0
        note ScheduleBegan
        note ScheduleEnded drivers=0 executors=0
        reply true
    "#]]
    .assert_eq(&lab.ask(request(super::APP0, &[(0, None, 0)])));
    expect![[r#"
        note ApplicationUnknown id=app-x
        reply false
    "#]]
    .assert_eq(&lab.ask(request("app-x", &[(0, None, 1)])));
}
