//! Decisions about tasks on executors that the test grants.

use super::{Allocation, Decision};
use crate::scenario::plan::LatencyPlan;
use crate::stream::Seeds;
use crate::world::simulated::tasks::Tasks;
use deploysim_protocol::conf::{Conf, ConfValue};
use deploysim_protocol::time::Time;
use std::time::Duration;

/// An application of `work` in tasks of ten seconds on executors of two cores.
struct Application {
    tasks: Tasks,
    allocation: Allocation,
    now: Time,
    granted: u32,
}

impl Application {
    /// Its process begins at 0 s, and a master has answered.
    fn new(work_seconds: u64, keys: &[(&str, i64)]) -> Self {
        let mut conf = Conf::default();
        for (key, value) in keys {
            let key = format!("spark.dynamicAllocation.{key}");
            conf.set(&key, &ConfValue::Integer(*value)).unwrap();
        }
        let (work, each) = (Duration::from_secs(work_seconds), Duration::from_secs(10));
        let mut allocation = Allocation::new(&conf, Some(2), Time::ZERO);
        allocation.connected();
        Self {
            tasks: Tasks::new(
                work,
                &LatencyPlan::constant(each),
                Seeds::new(1).chacha("application a tasks"),
            ),
            allocation,
            now: Time::ZERO,
            granted: 0,
        }
    }

    /// The decision at the next instant at which something is due up to `end`, in seconds, with
    /// that instant.
    fn next(&mut self, end: u64) -> Option<(Time, Decision)> {
        self.allocation.look(&self.tasks, self.now);
        loop {
            let beat = self.allocation.next_beat(&self.tasks, self.now);
            let next = self.tasks.next_end().into_iter().chain(beat).min()?;
            if next > Time::from_secs(end) {
                return None;
            }
            self.now = next;
            self.tasks.advance(next);
            self.allocation.look(&self.tasks, next);
            if let Some(decision) = self.allocation.decide(&self.tasks, next) {
                return Some((next, decision));
            }
        }
    }

    /// What it asks for up to `end`, in seconds. Every request is granted at once, and every
    /// executor works and ends at once.
    fn play(&mut self, end: u64) -> Vec<String> {
        let mut said = Vec::new();
        while let Some((at, decision)) = self.next(end) {
            said.push(format!("{at} {decision:?}"));
            self.allocation.answered(true);
            match decision {
                Decision::Total(total) => {
                    while self.tasks.working() < total {
                        self.tasks.grant(self.granted, 2);
                        self.tasks.register(self.granted, self.now);
                        self.granted += 1;
                    }
                }
                Decision::Kill(numbers) => {
                    for number in numbers {
                        self.tasks.lose(number, self.now);
                    }
                }
            }
        }
        said
    }
}

#[test]
fn the_step_doubles_while_a_backlog_lasts_up_to_what_is_needed() {
    // 20 tasks need 10 executors.
    let mut application = Application::new(200, &[]);
    assert_eq!(
        application.play(9),
        [
            "0.100s Total(0)",
            "1.000s Total(1)",
            "2.000s Total(3)",
            "3.000s Total(7)",
            "4.000s Total(10)",
        ]
    );
}

#[test]
fn the_time_outs_of_a_backlog_are_kept_apart() {
    let keys = [
        ("schedulerBacklogTimeout", 5),
        ("sustainedSchedulerBacklogTimeout", 2),
        ("initialExecutors", 2),
    ];
    let mut application = Application::new(2_000, &keys);
    assert_eq!(
        application.play(9),
        [
            "0.100s Total(2)",
            "5.000s Total(3)",
            "7.000s Total(5)",
            "9.000s Total(9)",
        ]
    );
}

#[test]
fn the_total_falls_with_the_tasks_and_idle_executors_follow_it() {
    // Three executors begin five tasks at 0.1 s; the fewest is one.
    let keys = [
        ("initialExecutors", 3),
        ("minExecutors", 1),
        ("executorIdleTimeout", 5),
    ];
    let mut application = Application::new(50, &keys);
    assert_eq!(
        application.play(60),
        [
            "0.100s Total(3)",
            "10.100s Total(1)",
            "15.100s Kill([0, 1])"
        ]
    );
    assert_eq!(application.tasks.working(), 1);
}

#[test]
fn idle_executors_stay_while_the_total_wants_them() {
    let keys = [("minExecutors", 3), ("executorIdleTimeout", 0)];
    let mut application = Application::new(10, &keys);
    assert_eq!(application.play(300), ["0.100s Total(3)"]);
}

#[test]
fn the_total_never_exceeds_the_most() {
    let keys = [("maxExecutors", 2), ("minExecutors", 1)];
    let mut application = Application::new(10_000, &keys);
    assert_eq!(application.play(9), ["0.100s Total(1)", "1.000s Total(2)"]);
}

#[test]
fn a_request_that_is_refused_counts_for_nothing() {
    let mut application = Application::new(200, &[]);
    assert_eq!(
        application.next(9),
        Some((Time::from_millis(100), Decision::Total(0)))
    );
    // Nothing is asked before the answer.
    assert_eq!(application.next(9), None);
    application.allocation.answered(true);
    let first = Some((Time::from_secs(1), Decision::Total(1)));
    assert_eq!(application.next(9), first);
    application.allocation.answered(false);
    let again = Some((Time::from_secs(2), Decision::Total(1)));
    assert_eq!(application.next(9), again);
}

#[test]
fn nothing_is_asked_before_a_master_answered_the_registration() {
    let mut application = Application::new(200, &[]);
    application.allocation = Allocation::new(&Conf::default(), Some(2), Time::ZERO);
    assert_eq!(application.next(9), None);
}
