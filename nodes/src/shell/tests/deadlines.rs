//! Timers and time-outs: when they fire, in which order, and what is forgotten.

use super::yard::Yard;
use super::{asking, check, master_address, no, question, seconds};
use crate::hosted::AnyTimer;
use crate::master::MasterTimer;
use crate::node::Effect;
use crate::shell::deadlines::{Deadline, Deadlines};
use crate::worker::WorkerTimer;
use deploysim_protocol::address::{Address, Reference};
use deploysim_protocol::time::Time;
use std::rc::Rc;
use std::time::Duration;

pub(super) const CHECK: AnyTimer = AnyTimer::Master(MasterTimer::CheckForWorkerTimeOut);
pub(super) const RECOVERY: AnyTimer = AnyTimer::Master(MasterTimer::CompleteRecovery);

pub(super) fn arm(timer: AnyTimer, at: Time) -> Effect {
    Effect::Arm { timer, at }
}

#[test]
fn deadlines_of_one_instant_come_in_the_order_in_which_they_were_armed() {
    let at = Time::from_secs(5);
    let timer = |number| Deadline::Timer(AnyTimer::Worker(WorkerTimer::RestartDriver(number)));
    let order = [timer(2), Deadline::Call(9), timer(1), Deadline::Call(3)];
    let mut deadlines = Deadlines::default();
    for deadline in order {
        deadlines.arm(deadline, at);
    }
    deadlines.arm(timer(7), Time::from_secs(4));
    let taken: Vec<(Time, Deadline)> = std::iter::from_fn(|| deadlines.take()).collect();
    assert_eq!(taken[0], (Time::from_secs(4), timer(7)));
    assert_eq!(taken[1..], order.map(|deadline| (at, deadline)));
}

#[test]
fn a_deadline_that_is_armed_again_is_due_once_and_comes_last_of_its_instant() {
    let at = Time::from_secs(5);
    let (first, second) = (Deadline::Timer(CHECK), Deadline::Timer(RECOVERY));
    let mut deadlines = Deadlines::default();
    deadlines.arm(first, at);
    deadlines.arm(second, at);
    deadlines.arm(first, at);
    let taken: Vec<Deadline> = std::iter::from_fn(|| deadlines.take())
        .map(|(_, deadline)| deadline)
        .collect();
    assert_eq!(taken, [second, first]);
}

#[test]
fn a_deadline_that_is_disarmed_is_forgotten() {
    let mut deadlines = Deadlines::default();
    deadlines.arm(Deadline::Timer(CHECK), Time::from_secs(1));
    deadlines.arm(Deadline::Call(1), Time::from_secs(2));
    deadlines.disarm(Deadline::Timer(CHECK));
    deadlines.disarm(Deadline::Timer(RECOVERY));
    assert_eq!(deadlines.first(), Some(Time::from_secs(2)));
    deadlines.disarm(Deadline::Call(1));
    assert_eq!(deadlines.take(), None);
}

/// What is armed first.
#[derive(Clone, Copy)]
enum First {
    Timer,
    TimeOut,
}

/// A timer and a time-out of one instant come in the order of their arming.
fn come_in_order(first: First) {
    check(async |yard: Rc<Yard>| {
        let other = Address::new("other", 7077);
        let listener = yard.listen(other);
        let master = yard.host_master().await;
        let timer = || master.cause(arm(RECOVERY, Time::from_secs(5)));
        let call = || master.ask(Reference::unbound(other), 1, question(), seconds(5));
        let mut expected = [
            "fired Master(CompleteRecovery) 5.000s",
            "answered 1 failed: timed out",
        ];
        match first {
            First::Timer => {
                timer();
                call();
            }
            First::TimeOut => {
                call();
                timer();
                expected.reverse();
            }
        }
        let _peer = listener.accept_and_greet("other").await;
        yard.pass(seconds(6)).await;
        assert_eq!(master.lines(&["fired", "answered"]), expected);
    });
}

#[test]
fn a_timer_that_was_armed_before_a_question_was_asked_fires_before_it_times_out() {
    come_in_order(First::Timer);
}

#[test]
fn a_question_that_was_asked_before_a_timer_was_armed_times_out_before_it_fires() {
    come_in_order(First::TimeOut);
}

#[test]
fn a_timer_fires_at_its_instant_and_once() {
    check(async |yard: Rc<Yard>| {
        let master = yard.host_master().await;
        master.cause(arm(RECOVERY, Time::from_secs(9)));
        master.cause(arm(RECOVERY, Time::from_secs(3)));
        master.cause(arm(CHECK, Time::from_secs(1)));
        master.cause(Effect::Disarm { timer: CHECK });
        yard.pass(seconds(20)).await;
        let fired = ["3.000s fired Master(CompleteRecovery) 3.000s"];
        assert_eq!(master.timed(&["fired"]), fired);
    });
}

#[test]
fn a_timer_between_two_ticks_fires_at_the_later_one_and_knows_when_it_was_due() {
    check(async |yard: Rc<Yard>| {
        let master = yard.host_master().await;
        master.cause(arm(RECOVERY, Time::from_nanos(2_500_000)));
        yard.pass(seconds(1)).await;
        let fired = ["0.003s fired Master(CompleteRecovery) 0.002500s"];
        assert_eq!(master.timed(&["fired"]), fired);
    });
}

#[test]
fn a_timer_in_the_past_fires_at_once_as_if_it_were_due_then() {
    check(async |yard: Rc<Yard>| {
        let master = yard.host_master().await;
        yard.pass(seconds(8)).await;
        master.cause(arm(RECOVERY, Time::from_secs(3)));
        yard.settle().await;
        let fired = ["8.000s fired Master(CompleteRecovery) 8.000s"];
        assert_eq!(master.timed(&["fired"]), fired);
    });
}

#[test]
fn a_timer_comes_before_what_arrives_at_its_instant() {
    check(async |yard: Rc<Yard>| {
        let master = yard.host_master().await;
        let mut peer = yard.greet(master_address(), "peer").await;
        let early = Duration::from_millis(2000);
        yard.pass(early).await;
        peer.say(&asking(1)).await;
        master.cause(arm(RECOVERY, yard.clock.now()));
        assert_eq!(peer.hear().await, Some(no(1)));
        let order = [
            "fired Master(CompleteRecovery) 2.000s",
            "asked RequestReadyz peer:0@c1",
        ];
        assert_eq!(master.lines(&["fired", "asked"]), order);
    });
}
