//! Reports about executors, the retry limit, and orders to kill them.

use super::{APP0, Lab, application};
use deploysim_protocol::id::ApplicationId;
use deploysim_protocol::message::AskMaster;
use deploysim_protocol::state::ExecutorState;
use deploysim_protocol::text::Text;
use expect_test::expect;

/// One worker with room for two executors, and an application that has one.
fn lab(settings: &[(&str, &str)]) -> Lab {
    let mut lab = Lab::alive(settings);
    lab.register("w1", 4);
    lab.register_application("a", application(2));
    lab
}

#[test]
fn running_resets_the_count_and_is_passed_on() {
    let mut lab = lab(&[]);
    lab.report(APP0, 0, ExecutorState::Failed, Some(1));
    expect![[r#"
        note ExecutorStateChanged application=0 number=1 state=RUNNING
        note RetryCountChanged application=0 count=0
        a <- ExecutorUpdated 1 RUNNING None None None
        note ScheduleBegan
        note ScheduleEnded drivers=0 executors=0
        reply true
    "#]]
    .assert_eq(&lab.report(APP0, 1, ExecutorState::Running, None));
}

#[test]
fn running_twice_throws() {
    let mut lab = lab(&[]);
    lab.report(APP0, 0, ExecutorState::Running, None);
    expect![[r#"
        reply THROWN executor app-20260101000000-0000/0 state transfer from RUNNING to RUNNING is illegal
        note HandlerThrew thrown=executor app-20260101000000-0000/0 state transfer from RUNNING to RUNNING is illegal
    "#]].assert_eq(&lab.report(APP0, 0, ExecutorState::Running, None));
}

#[test]
fn an_executor_that_ends_by_itself_is_replaced_and_not_counted() {
    let mut lab = lab(&[]);
    lab.report(APP0, 0, ExecutorState::Running, None);
    expect![[r#"
        note ExecutorStateChanged application=0 number=0 state=EXITED
        a <- ExecutorUpdated 0 EXITED None Some(0) None
        note ExecutorLeftApplication application=0 number=0
        note ExecutorLeftWorker application=0 number=0 worker=0
        note ScheduleBegan
        note ExecutorAdded application=0 number=1 worker=0 profile=0 cores=2 memory_mib=512
        w1 <- LaunchExecutor app-20260101000000-0000/1 2 512
        a <- ExecutorAdded 1 w1:1000 2 512
        note ScheduleEnded drivers=0 executors=1
        reply true
    "#]]
    .assert_eq(&lab.report(APP0, 0, ExecutorState::Exited, Some(0)));
}

#[test]
fn an_exit_without_a_code_is_abnormal() {
    let mut lab = lab(&[]);
    expect![[r#"
        note ExecutorStateChanged application=0 number=0 state=FAILED
        a <- ExecutorUpdated 0 FAILED None None None
        note ExecutorLeftApplication application=0 number=0
        note ExecutorLeftWorker application=0 number=0 worker=0
        note RetryCountChanged application=0 count=1
        note ScheduleBegan
        note ExecutorAdded application=0 number=1 worker=0 profile=0 cores=2 memory_mib=512
        w1 <- LaunchExecutor app-20260101000000-0000/1 2 512
        a <- ExecutorAdded 1 w1:1000 2 512
        note ScheduleEnded drivers=0 executors=1
        reply true
    "#]]
    .assert_eq(&lab.report(APP0, 0, ExecutorState::Failed, None));
}

#[test]
fn an_unknown_executor_is_answered_true() {
    let mut lab = lab(&[]);
    expect![[r#"
        note ExecutorUnknown executor=app-20260101000000-0000/9
        reply true
    "#]]
    .assert_eq(&lab.report(APP0, 9, ExecutorState::Running, None));
    expect![[r#"
        note ExecutorUnknown executor=app-x/0
        reply true
    "#]]
    .assert_eq(&lab.report("app-x", 0, ExecutorState::Running, None));
}

fn fail(lab: &mut Lab, numbers: std::ops::Range<u32>) -> String {
    let mut last = String::new();
    for number in numbers {
        last = lab.report(APP0, number, ExecutorState::Failed, Some(1));
    }
    last
}

fn is_known(lab: &Lab) -> bool {
    lab.master.books().applications().count() == 1
}

#[test]
fn the_tenth_failure_in_a_row_removes_the_application() {
    let mut lab = lab(&[]);
    fail(&mut lab, 0..9);
    assert!(is_known(&lab));
    expect![[r#"
        note ExecutorStateChanged application=0 number=9 state=FAILED
        a <- ExecutorUpdated 9 FAILED None Some(1) None
        note ExecutorLeftApplication application=0 number=9
        note ExecutorLeftWorker application=0 number=9 worker=0
        note RetryCountChanged application=0 count=10
        note ApplicationRemoved application=0 state=FAILED
        a <- ApplicationRemoved FAILED
        store remove app_app-20260101000000-0000
        note ScheduleBegan
        note ScheduleEnded drivers=0 executors=0
        w1 <- ApplicationFinished app-20260101000000-0000
        note ScheduleBegan
        note ScheduleEnded drivers=0 executors=0
        reply true
    "#]]
    .assert_eq(&fail(&mut lab, 9..10));
    assert!(!is_known(&lab));
}

#[test]
fn a_running_executor_protects_the_application_above_the_limit() {
    let mut lab = Lab::alive(&[("spark.deploy.maxExecutorRetries", "2")]);
    lab.register("w1", 4);
    lab.register_application("a", application(4));
    lab.report(APP0, 0, ExecutorState::Running, None);
    fail(&mut lab, 1..6);
    assert!(is_known(&lab));
    let view = lab.master.books().applications().next().unwrap();
    assert_eq!(view.retry_count, 5);
    lab.report(APP0, 0, ExecutorState::Exited, Some(0));
    assert!(is_known(&lab));
    fail(&mut lab, 6..7);
    assert!(!is_known(&lab));
}

#[test]
fn a_negative_limit_is_none() {
    let mut lab = lab(&[("spark.deploy.maxExecutorRetries", "-1")]);
    fail(&mut lab, 0..50);
    assert!(is_known(&lab));
}

#[test]
fn the_limit_was_a_constant_once() {
    let mut lab = lab(&[
        ("S-15", "constant"),
        ("spark.deploy.maxExecutorRetries", "-1"),
    ]);
    fail(&mut lab, 0..9);
    assert!(is_known(&lab));
    fail(&mut lab, 9..10);
    assert!(!is_known(&lab));
}

#[test]
fn only_an_abnormal_end_was_followed_by_scheduling_once() {
    let mut lab = lab(&[("S-13", "only_abnormal")]);
    expect![[r#"
        note ExecutorStateChanged application=0 number=0 state=EXITED
        a <- ExecutorUpdated 0 EXITED None Some(0) None
        note ExecutorLeftApplication application=0 number=0
        note ExecutorLeftWorker application=0 number=0 worker=0
        reply true
    "#]]
    .assert_eq(&lab.report(APP0, 0, ExecutorState::Exited, Some(0)));
    let mut lab = self::lab(&[("S-13", "only_abnormal")]);
    expect![[r#"
        note ExecutorStateChanged application=0 number=0 state=EXITED
        a <- ExecutorUpdated 0 EXITED None Some(1) None
        note ExecutorLeftApplication application=0 number=0
        note ExecutorLeftWorker application=0 number=0 worker=0
        note RetryCountChanged application=0 count=1
        note ScheduleBegan
        note ExecutorAdded application=0 number=1 worker=0 profile=0 cores=2 memory_mib=512
        w1 <- LaunchExecutor app-20260101000000-0000/1 2 512
        a <- ExecutorAdded 1 w1:1000 2 512
        note ScheduleEnded drivers=0 executors=1
        reply true
    "#]]
    .assert_eq(&lab.report(APP0, 0, ExecutorState::Exited, Some(1)));
}

fn kill(application: &str, numbers: &[&str]) -> AskMaster {
    AskMaster::KillExecutors {
        application: ApplicationId::new(application),
        executors: numbers.iter().map(|number| Text::new(number)).collect(),
    }
}

#[test]
fn a_killed_executor_is_released_at_once_and_replaced() {
    let mut lab = lab(&[]);
    expect![[r#"
        note ExecutorNumberInvalid found=x
        note ExecutorUnknown executor=app-20260101000000-0000/4294967295
        note ExecutorUnknown executor=app-20260101000000-0000/7
        note ExecutorLeftApplication application=0 number=0
        note ExecutorLeftWorker application=0 number=0 worker=0
        w1 <- KillExecutor app-20260101000000-0000/0
        note ExecutorStateChanged application=0 number=0 state=KILLED
        note ScheduleBegan
        note ExecutorAdded application=0 number=1 worker=0 profile=0 cores=2 memory_mib=512
        w1 <- LaunchExecutor app-20260101000000-0000/1 2 512
        a <- ExecutorAdded 1 w1:1000 2 512
        note ScheduleEnded drivers=0 executors=1
        reply true
    "#]]
    .assert_eq(&lab.ask(kill(APP0, &["x", "-1", "7", "0"])));
    expect![[r#"
        note ExecutorUnknown executor=app-20260101000000-0000/0
        reply true
    "#]]
    .assert_eq(&lab.report(APP0, 0, ExecutorState::Killed, Some(143)));
    expect![[r#"
        note ApplicationUnknown id=app-x
        reply false
    "#]]
    .assert_eq(&lab.ask(kill("app-x", &["0"])));
}
