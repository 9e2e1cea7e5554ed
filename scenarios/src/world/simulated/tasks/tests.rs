//! Tasks on executors that come, go and are lost.

use super::Tasks;
use crate::network::Shape;
use crate::scenario::plan::{LatencyPlan, TASKS_DRAWN_MAX};
use crate::stream::Seeds;
use deploysim_protocol::time::Time;
use rand_chacha::ChaCha8Rng;
use std::time::Duration;

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn at(seconds: u64) -> Time {
    Time::from_secs(seconds)
}

fn stream() -> ChaCha8Rng {
    Seeds::new(1).chacha("application a tasks")
}

/// Tasks on executors of two cores, which work from the beginning on.
fn tasks(work: u64, each: u64, executors: u32) -> Tasks {
    on_executors(work, &LatencyPlan::constant(seconds(each)), executors)
}

fn on_executors(work: u64, each: &LatencyPlan, executors: u32) -> Tasks {
    let mut tasks = Tasks::new(seconds(work), each, stream());
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
    let mut tasks = Tasks::new(seconds(10), &LatencyPlan::constant(seconds(5)), stream());
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

/// Two, three or seven seconds. The stream draws 3, 3, 2, 2, 7, 7, 2, 3, …: with thirty seconds
/// of work the ninth task takes the second that is left.
fn drawn() -> LatencyPlan {
    LatencyPlan {
        shape: Shape::Empirical([2, 3, 7].map(seconds).into()),
        max: None,
    }
}

#[test]
fn tasks_of_drawn_lengths_begin_in_their_order_wherever_a_core_is_free() {
    // On two cores: 1, 2 from 0 to 3; 3, 4 to 5; 5, 6 to 12; 7 to 14 and then 9 to 15; 8 to 15.
    assert_eq!(
        ends(&mut on_executors(30, &drawn(), 1)),
        [
            (at(3), 7),
            (at(5), 5),
            (at(12), 3),
            (at(14), 2),
            (at(15), 0)
        ]
    );
    // On four: 3, 4 to 2, then 5, 6 to 9; 1, 2 to 3, then 7 to 5 and 8 to 6; 9 from 5 to 6.
    assert_eq!(
        ends(&mut on_executors(30, &drawn(), 2)),
        [(at(2), 7), (at(3), 5), (at(5), 4), (at(6), 2), (at(9), 0)]
    );
}

#[test]
fn a_task_that_was_lost_keeps_its_length_and_comes_before_those_that_never_ran() {
    let mut tasks = on_executors(30, &drawn(), 2);
    tasks.advance(at(2));
    // Gone are 5 and 6, seven seconds each: they run from 3 to 10, 7 then to 12, 8 and 9 to 13.
    tasks.lose(1, at(3));
    assert_eq!((tasks.left(), tasks.waiting()), (7, 5));
    assert_eq!(
        ends(&mut tasks),
        [(at(3), 5), (at(10), 3), (at(12), 2), (at(13), 0)]
    );
}

#[test]
fn a_draw_of_no_length_takes_a_nanosecond_and_the_last_of_a_million_tasks_the_rest() {
    let zero = LatencyPlan {
        shape: Shape::Empirical([0, 0].map(seconds).into()),
        max: None,
    };
    let mut tasks = on_executors(1, &zero, 0);
    assert_eq!(tasks.left(), TASKS_DRAWN_MAX);
    tasks.grant(0, TASKS_DRAWN_MAX);
    tasks.register(0, Time::ZERO);
    let last = Duration::from_nanos(1_000_000_000 - (TASKS_DRAWN_MAX - 1));
    assert_eq!(
        ends(&mut tasks),
        [(Time::from_nanos(1), 1), (Time::ZERO + last, 0)]
    );
}
