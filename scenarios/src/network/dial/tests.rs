//! Analytic answers of one dial.

use super::{CONNECT_TIMEOUT, Dial, Dialled, Peer, RoundTrip};
use crate::network::{Path, Way};
use deploysim_protocol::time::Time;
use std::time::Duration;

const fn at(milliseconds: u64) -> Time {
    Time::from_millis(milliseconds)
}

const TRIP: RoundTrip = RoundTrip {
    forward: Duration::from_millis(2),
    backward: Duration::from_millis(3),
};

/// Makes every request that comes due, over the path of that instant, until the dial ends.
/// Returns when the steps were made, and the last answer.
fn drive(dial: &mut Dial, peer: Peer, path_at: impl Fn(Time) -> Path) -> (Vec<Time>, Dialled) {
    let mut steps = vec![];
    loop {
        let now = dial.attempt_at().expect("the dial is pending");
        steps.push(now);
        match dial.attempt(now, path_at(now), peer, || TRIP) {
            Dialled::Again { attempt_at } => assert_eq!(Some(attempt_at), dial.attempt_at()),
            answer @ (Dialled::Connects { .. }
            | Dialled::Refused { .. }
            | Dialled::TimedOut
            | Dialled::Stale) => return (steps, answer),
        }
    }
}

#[test]
fn connecting_costs_a_round_trip() {
    let mut dial = Dial::new(at(1_000), CONNECT_TIMEOUT);
    let answer = dial.attempt(at(1_000), Path::OPEN, Peer::Listening, || TRIP);
    let (reached_at, connected_at) = (at(1_002), at(1_005));
    assert_eq!(
        answer,
        Dialled::Connects {
            reached_at,
            at: connected_at
        }
    );
    assert_eq!(dial.attempt_at(), None);
}

#[test]
fn a_dead_process_refuses_after_a_round_trip() {
    let mut dial = Dial::new(at(1_000), CONNECT_TIMEOUT);
    let answer = dial.attempt(at(1_000), Path::OPEN, Peer::Dead, || TRIP);
    assert_eq!(answer, Dialled::Refused { at: at(1_005) });
    assert_eq!(dial.attempt_at(), None);
}

#[test]
fn a_black_hole_is_tried_seven_times_and_then_given_up() {
    for peer in [Peer::Listening, Peer::Dead] {
        let mut dial = Dial::new(at(10_000), CONNECT_TIMEOUT);
        let (steps, answer) = drive(&mut dial, peer, |_| Path::CUT);
        let seconds = [0, 1, 3, 7, 15, 31, 63, 120];
        let expected = seconds.map(|second| Time::from_secs(10 + second));
        assert_eq!(steps, expected);
        assert_eq!(answer, Dialled::TimedOut);
    }
}

#[test]
fn a_cut_of_either_way_blocks_until_the_first_request_after_it() {
    let (open, cut) = (Way::Open, Way::Cut);
    for (forward, backward) in [(open, cut), (cut, open), (cut, cut)] {
        let mut dial = Dial::new(at(0), CONNECT_TIMEOUT);
        let blocked = Path { forward, backward };
        let path_at = |now| if now < at(8_000) { blocked } else { Path::OPEN };
        let (steps, answer) = drive(&mut dial, Peer::Listening, path_at);
        assert_eq!(steps, [0, 1, 3, 7, 15].map(Time::from_secs));
        let (reached_at, connected_at) = (at(15_002), at(15_005));
        assert_eq!(
            answer,
            Dialled::Connects {
                reached_at,
                at: connected_at
            }
        );
    }
}

#[test]
fn a_healing_after_the_last_request_comes_too_late() {
    let mut dial = Dial::new(at(0), CONNECT_TIMEOUT);
    let path_at = |now| {
        if now < at(63_001) {
            Path::CUT
        } else {
            Path::OPEN
        }
    };
    let (steps, answer) = drive(&mut dial, Peer::Listening, path_at);
    assert_eq!(steps.last(), Some(&at(120_000)));
    assert_eq!(answer, Dialled::TimedOut);
}

#[test]
fn an_answer_at_the_time_out_comes_too_late() {
    let mut late = Dial::new(at(0), Duration::from_millis(5));
    let (steps, answer) = drive(&mut late, Peer::Listening, |_| Path::OPEN);
    assert_eq!((steps, answer), (vec![at(0), at(5)], Dialled::TimedOut));

    let mut in_time = Dial::new(at(0), Duration::from_millis(6));
    let (steps, answer) = drive(&mut in_time, Peer::Dead, |_| Path::OPEN);
    assert_eq!(
        (steps, answer),
        (vec![at(0)], Dialled::Refused { at: at(5) })
    );
}

#[test]
fn steps_that_are_early_repeated_or_after_the_end_are_stale() {
    let mut dial = Dial::new(at(0), CONNECT_TIMEOUT);
    let attempt_at = at(1_000);
    let again = Dialled::Again { attempt_at };
    assert_eq!(dial.attempt(at(0), Path::CUT, Peer::Dead, || TRIP), again);
    let early = dial.attempt(at(0), Path::OPEN, Peer::Listening, || TRIP);
    assert_eq!(early, Dialled::Stale);
    drive(&mut dial, Peer::Listening, |_| Path::OPEN);
    let after = dial.attempt(at(3_000), Path::OPEN, Peer::Listening, || TRIP);
    assert_eq!(after, Dialled::Stale);
}

#[test]
fn a_late_step_makes_one_request_and_skips_what_it_missed() {
    let mut dial = Dial::new(at(0), CONNECT_TIMEOUT);
    let answer = dial.attempt(at(4_000), Path::CUT, Peer::Listening, || TRIP);
    let attempt_at = at(7_000);
    assert_eq!(answer, Dialled::Again { attempt_at });
}
