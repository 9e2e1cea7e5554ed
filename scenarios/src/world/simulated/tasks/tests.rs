//! Tasks on executors that come, go and are lost.

use super::Tasks;
use deploysim_protocol::time::Time;
use std::time::Duration;

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn at(seconds: u64) -> Time {
    Time::from_secs(seconds)
}

/// Tasks on executors of two cores, which work from the beginning on.
fn tasks(work: u64, each: u64, executors: u32) -> Tasks {
    let mut tasks = Tasks::new(seconds(work), seconds(each));
    for number in 0..executors {
        tasks.grant(number, 2);
        tasks.register(number, Time::ZERO);
    }
    tasks
}

/// Lets everything end, and returns when each end was and how many tasks were left then.
fn ends(tasks: &mut Tasks) -> Vec<(Time, u64)> {
    let mut ends = Vec::new();
    while let Some(end) = tasks.next_end() {
        tasks.advance(end);
        ends.push((end, tasks.left()));
    }
    ends
}

#[test]
fn the_last_task_takes_the_rest_of_the_work() {
    let mut tasks = tasks(22, 5, 1);
    assert_eq!((tasks.left(), tasks.waiting()), (5, 3));
    assert_eq!(ends(&mut tasks), [(at(5), 3), (at(10), 1), (at(12), 0)]);
}

#[test]
fn an_executor_works_once_it_has_registered() {
    let mut tasks = Tasks::new(seconds(10), seconds(5));
    tasks.grant(0, 2);
    assert_eq!((tasks.next_end(), tasks.working()), (None, 0));
    tasks.register(0, at(3));
    assert_eq!(ends(&mut tasks), [(at(8), 0)]);
    assert_eq!(tasks.idle().collect::<Vec<_>>(), [(0, at(8))]);
}

#[test]
fn what_a_lost_executor_was_at_begins_anew() {
    let mut tasks = tasks(20, 5, 2);
    tasks.lose(1, at(4));
    assert_eq!((tasks.left(), tasks.waiting()), (4, 2));
    assert_eq!(ends(&mut tasks), [(at(5), 2), (at(10), 0)]);
    tasks.lose(1, at(11));
    assert_eq!(tasks.left(), 0);
}

#[test]
fn an_executor_that_is_to_be_killed_takes_no_further_task() {
    let mut tasks = tasks(20, 5, 1);
    tasks.dismiss(0);
    assert_eq!(ends(&mut tasks), [(at(5), 2)]);
    assert_eq!((tasks.working(), tasks.idle().count()), (0, 0));
}

#[test]
fn a_notice_of_an_executor_that_comes_twice_changes_nothing() {
    let mut tasks = tasks(20, 5, 1);
    tasks.grant(0, 2);
    assert_eq!(tasks.working(), 1);
    assert_eq!(ends(&mut tasks), [(at(5), 2), (at(10), 0)]);
}
