//! The agenda against a plain heap over (time, class, sequence), on random programs, and its
//! promises one by one.

use super::{Agenda, Class, Entry, KEPT};
use deploysim_protocol::time::Time;
use proptest::prelude::*;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

/// What a random program does next. Instants are relative to the last popped step.
#[derive(Clone, Debug)]
enum Move {
    Push {
        ahead: u64,
        class: Class,
    },
    PushAfter {
        lag: u64,
        delay: u64,
        class: Class,
    },
    Pop {
        times: usize,
    },
    Burst {
        times: u64,
        ahead: u64,
        class: Class,
    },
}

/// The agenda and the plain heap, driven together. A step is its own sequence number.
#[derive(Default)]
struct Pair {
    agenda: Agenda<u64>,
    plain: BinaryHeap<Reverse<(Time, Class, u64)>>,
    now: Time,
    pushed: u64,
}

impl Pair {
    fn push(&mut self, at: Time, class: Class) {
        self.agenda.push(at, class, self.pushed);
        self.plain.push(Reverse((at, class, self.pushed)));
        self.pushed += 1;
    }

    fn push_after(&mut self, now: Time, delay: Duration, class: Class) {
        self.agenda.push_after(now, delay, class, self.pushed);
        self.plain.push(Reverse((now + delay, class, self.pushed)));
        self.pushed += 1;
    }

    /// Pops both; true if something was there.
    fn pop(&mut self) -> bool {
        let expected = self.plain.pop().map(|Reverse(entry)| entry);
        let time = expected.map(|(at, _, _)| at);
        assert_eq!(self.agenda.peek_time(), time);
        assert_eq!(self.agenda.pop().map(parts), expected);
        assert_eq!(self.agenda.len(), self.plain.len());
        assert_eq!(self.agenda.is_empty(), self.plain.is_empty());
        self.now = time.unwrap_or(self.now);
        expected.is_some()
    }

    fn play(&mut self, moves: &[Move]) {
        for step in moves {
            match *step {
                Move::Push { ahead, class } => {
                    self.push(self.now + Duration::from_nanos(ahead), class);
                }
                // A `now` behind the last pop leaves the lane unsorted, if the delay allows it.
                Move::PushAfter { lag, delay, class } => {
                    let now = self.now - Duration::from_nanos(lag.min(delay));
                    self.push_after(now, Duration::from_nanos(delay), class);
                }
                Move::Pop { times } => {
                    for _ in 0..times {
                        self.pop();
                    }
                }
                Move::Burst {
                    times,
                    ahead,
                    class,
                } => {
                    for _ in 0..times {
                        self.push(self.now + Duration::from_nanos(ahead), class);
                    }
                }
            }
        }
        while self.pop() {}
    }
}

fn any_class() -> impl Strategy<Value = Class> {
    prop::sample::select(&Class::ALL[..])
}

/// Clustered and equal instants, both sides of a bucket's edge, network delays, both sides of the
/// wheel's edge, far ones, and the end of time.
fn any_ahead() -> impl Strategy<Value = u64> {
    prop_oneof![
        3 => 0u64..3,
        2 => prop::sample::select(vec![16_383u64, 16_384, 16_385, 32_768]),
        6 => 500_000u64..2_000_000,
        3 => 0u64..150_000_000,
        1 => 67_000_000u64..67_200_000,
        1 => 0u64..1_000_000_000_000,
        1 => Just(u64::MAX),
    ]
}

fn any_delay() -> impl Strategy<Value = u64> {
    prop_oneof![
        4 => prop::sample::select(vec![0u64, 1_000_000, 15_000_000_000, 60_000_000_000]),
        1 => 0u64..100_000_000,
    ]
}

fn any_lag() -> impl Strategy<Value = u64> {
    prop_oneof![4 => Just(0u64), 1 => 0u64..2_000_000]
}

fn any_move() -> impl Strategy<Value = Move> {
    prop_oneof![
        6 => (any_ahead(), any_class()).prop_map(|(ahead, class)| Move::Push { ahead, class }),
        4 => (any_lag(), any_delay(), any_class())
            .prop_map(|(lag, delay, class)| Move::PushAfter { lag, delay, class }),
        4 => (1usize..12).prop_map(|times| Move::Pop { times }),
        1 => (1u64..100, any_ahead(), any_class())
            .prop_map(|(times, ahead, class)| Move::Burst { times, ahead, class }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn order_is_that_of_a_plain_heap(moves in prop::collection::vec(any_move(), 0..300)) {
        Pair::default().play(&moves);
    }
}

fn parts<S: Copy>(entry: Entry<S>) -> (Time, Class, S) {
    (entry.time(), entry.class(), entry.step())
}

/// Pops everything.
fn drain(agenda: &mut Agenda<u32>) -> Vec<(Time, Class, u32)> {
    std::iter::from_fn(|| agenda.pop().map(parts)).collect()
}

#[test]
fn one_instant_is_ordered_by_class() {
    let at = Time::from_secs(15);
    let mut agenda = Agenda::new();
    for (step, class) in (0..).zip(Class::ALL.into_iter().rev()) {
        if step % 2 == 0 {
            agenda.push(at, class, step);
        } else {
            agenda.push_after(Time::ZERO, at.since_start(), class, step);
        }
    }
    let classes: Vec<Class> = drain(&mut agenda).iter().map(|entry| entry.1).collect();
    assert_eq!(classes, Class::ALL);
}

#[test]
fn one_instant_and_class_is_ordered_by_insertion_wherever_entries_wait() {
    let at = Time::from_secs(15);
    let mut agenda = Agenda::new();
    agenda.push(at, Class::Timer, 0);
    agenda.push_after(Time::ZERO, Duration::from_secs(15), Class::Timer, 1);
    agenda.push(Time::from_millis(14_990), Class::Message, 2);
    assert_eq!(agenda.pop().map(|entry| entry.step()), Some(2));
    agenda.push(at, Class::Timer, 3);
    agenda.push_after(Time::from_secs(14), Duration::from_secs(1), Class::Timer, 4);
    let steps: Vec<u32> = drain(&mut agenda).iter().map(|entry| entry.2).collect();
    assert_eq!(steps, [0, 1, 3, 4]);
}

#[test]
fn a_step_pushed_while_its_instant_is_popped_still_obeys_its_class() {
    let at = Time::from_millis(1);
    let mut agenda = Agenda::new();
    for step in 0..1_000 {
        agenda.push(at, Class::Message, step);
    }
    assert_eq!(agenda.pop().map(parts), Some((at, Class::Message, 0)));
    agenda.push(at, Class::Timer, 1_000);
    agenda.push(at, Class::Message, 1_001);
    assert_eq!(agenda.pop().map(parts), Some((at, Class::Timer, 1_000)));
    let rest: Vec<u32> = drain(&mut agenda).iter().map(|entry| entry.2).collect();
    assert_eq!(rest, (1..1_000).chain([1_001]).collect::<Vec<_>>());
}

#[test]
fn more_delays_than_lanes_keep_the_order() {
    let mut agenda = Agenda::new();
    for step in (0..100).rev() {
        let delay = Duration::from_secs(u64::from(step));
        agenda.push_after(Time::ZERO, delay, Class::Timer, step);
    }
    let steps: Vec<u32> = drain(&mut agenda).iter().map(|entry| entry.2).collect();
    assert_eq!(steps, (0..100).collect::<Vec<_>>());
}

#[test]
fn the_end_of_time_is_an_instant_like_others() {
    let mut pair = Pair::default();
    pair.push(Time::MAX, Class::Expectation);
    pair.push(Time::from_nanos(u64::MAX - 1), Class::Expectation);
    pair.push_after(Time::MAX, Duration::from_secs(1), Class::Fault);
    assert!(pair.pop());
    for class in Class::ALL {
        pair.push(Time::MAX, class);
    }
    while pair.pop() {}
    assert_eq!(pair.now, Time::MAX);
}

/// Steps past what an empty place keeps, so that memory is given back and grown again.
#[test]
fn order_survives_storms_that_outgrow_the_kept_memory() {
    let mut pair = Pair::default();
    for _ in 0..2 {
        for step in 0..3 * KEPT as u64 {
            let scattered = step.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 43;
            pair.push(pair.now + Duration::from_nanos(scattered), Class::Message);
            pair.push_after(pair.now, Duration::from_secs(15), Class::Timer);
            pair.push(
                pair.now + Duration::from_micros(1_000_000 + scattered),
                Class::Timer,
            );
        }
        while pair.pop() {}
    }
    assert_eq!(pair.pushed, 18 * KEPT as u64);
}

#[test]
#[should_panic(expected = "a step was scheduled for 0.999s, before 1.000s")]
fn scheduling_into_the_past_is_a_bug() {
    let mut agenda = Agenda::new();
    agenda.push(Time::from_secs(1), Class::Timer, 0);
    agenda.pop();
    agenda.push(Time::from_millis(999), Class::Timer, 1);
}

#[test]
fn an_entry_takes_two_words_more_than_its_step() {
    assert_eq!(size_of::<Entry<[u64; 2]>>(), 32);
}
