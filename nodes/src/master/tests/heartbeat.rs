//! Heartbeats, and the limits of the check for silent workers to the millisecond.

use super::Lab;
use crate::node::Input;
use deploysim_protocol::time::Time;
use expect_test::expect;

#[test]
fn the_first_check_is_at_once_and_the_next_a_period_after_it_was_due() {
    let mut lab = Lab::standby(&[]);
    lab.at_ms(5);
    expect![[r#"
        arm CheckForWorkerTimeOut 0.005s
    "#]]
    .assert_eq(&lab.input(Input::Started));
    lab.at_ms(61_234);
    expect![[r#"
        arm CheckForWorkerTimeOut 120.000s
    "#]]
    .assert_eq(&lab.check(Time::from_secs(60)));
}

#[test]
fn a_known_worker_is_heard() {
    let mut lab = Lab::alive(&[]);
    lab.register("w1", 4);
    expect![[r#"
        note WorkerHeard worker=0 at=1234ms
    "#]]
    .assert_eq(&lab.at_ms(1234).heartbeat("w1"));
}

#[test]
fn an_unknown_worker_is_ignored() {
    expect![[r#"
        note HeartbeatIgnored id=w1
    "#]]
    .assert_eq(&Lab::alive(&[]).heartbeat("w1"));
    expect![[r#"
        note HeartbeatIgnored id=w1
    "#]]
    .assert_eq(&Lab::standby(&[]).heartbeat("w1"));
}

#[test]
fn a_dead_worker_is_asked_to_reconnect_each_time() {
    let mut lab = Lab::alive(&[]);
    lab.register("w1", 4);
    lab.disconnect("w1");
    let once = lab.heartbeat("w1");
    expect![[r#"
        note ReconnectAsked worker=0
        w1 <- ReconnectWorker
    "#]]
    .assert_eq(&once);
    assert_eq!(lab.heartbeat("w1"), once);
}

#[test]
fn a_dead_worker_was_ignored_before_1_2() {
    let mut lab = Lab::alive(&[("S-43", "ignore")]);
    lab.register("w1", 4);
    lab.disconnect("w1");
    expect![[r#"
        note HeartbeatIgnored id=w1
    "#]]
    .assert_eq(&lab.heartbeat("w1"));
}

/// What the check at `ms` does, without the timer.
fn checked(lab: &mut Lab, ms: u64) -> String {
    let lines = lab.at_ms(ms).check(Time::from_millis(ms));
    lines.split_once('\n').unwrap().1.to_owned()
}

#[test]
fn silence_of_exactly_the_time_out_is_spared() {
    let mut lab = Lab::alive(&[("spark.worker.timeout", "6s")]);
    lab.register("w1", 4);
    lab.at_ms(1000).heartbeat("w1");
    assert_eq!(checked(&mut lab, 7000), "");
    expect![[r#"
        note WorkerRemoved worker=0 reason=silent last_heartbeat=1000ms now=7001ms
        store remove worker_w1
        note ScheduleBegan
        note ScheduleEnded drivers=0 executors=0
    "#]]
    .assert_eq(&checked(&mut lab, 7001));
}

#[test]
fn a_dead_worker_is_forgotten_after_more_than_the_persistence_and_one_period() {
    let settings = [
        ("spark.worker.timeout", "6s"),
        ("spark.dead.worker.persistence", "2"),
    ];
    let mut lab = Lab::alive(&settings);
    lab.register("w1", 4);
    lab.at_ms(1000).disconnect("w1");
    assert_eq!(checked(&mut lab, 18_000), "");
    expect![[r#"
        note WorkerForgotten worker=0
    "#]]
    .assert_eq(&checked(&mut lab, 18_001));
    expect![[r#"
        note HeartbeatIgnored id=w1
    "#]]
    .assert_eq(&lab.heartbeat("w1"));
}

#[test]
fn silent_workers_are_removed_by_id_whatever_the_order_of_registration() {
    let mut lab = Lab::alive(&[]);
    for host in ["w2", "w10", "w1"] {
        lab.register(host, 4);
    }
    lab.at_ms(50_000).heartbeat("w1");
    let lines = checked(&mut lab, 60_001);
    let removed = lines.lines().filter(|line| line.starts_with("store"));
    assert_eq!(
        removed.collect::<Vec<_>>(),
        ["store remove worker_w10", "store remove worker_w2"]
    );
}

#[test]
fn a_store_that_fails_spares_the_workers_that_were_to_follow() {
    let mut lab = Lab::alive(&[]);
    lab.register("w1", 4);
    lab.register("w2", 4);
    lab.store.fails_after = Some(0);
    expect![[r#"
        note WorkerRemoved worker=0 reason=silent last_heartbeat=0ms now=60001ms
        store remove worker_w1 FAILS
        note HandlerThrew thrown=no session
    "#]]
    .assert_eq(&checked(&mut lab, 60_001));
}
