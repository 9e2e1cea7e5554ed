//! Standing still and going on: nothing is handled meanwhile, nothing is lost, and what is
//! overdue races with what waits.

use super::deadlines::{CHECK, RECOVERY, arm};
use super::hosted::Hosted;
use super::yard::{Peer, Yard};
use super::{asking, check, master_address, no, numbered, question, seconds};
use crate::shell::Command;
use deploysim_protocol::address::{Address, Reference};
use deploysim_protocol::time::Time;
use deploysim_protocol::wire::Envelope;
use std::cell::RefCell;
use std::rc::Rc;

/// A master that stood still from 30 s to 100 s: two timers are overdue, two messages wait.
async fn pause(yard: &Rc<Yard>, timers_first: f64) -> (Hosted, Peer) {
    let master = yard.host_master().await;
    let mut peer = yard.greet(master_address(), "peer").await;
    master.cause(arm(RECOVERY, Time::from_secs(70)));
    master.cause(arm(CHECK, Time::from_secs(60)));
    yard.pass(seconds(30)).await;
    master.command(Command::Pause);
    yard.settle().await;
    peer.say(&Envelope::OneWay(numbered(1))).await;
    yard.pass(seconds(50)).await;
    peer.say(&Envelope::OneWay(numbered(2))).await;
    master.command(Command::Pause);
    yard.clock.reach(Time::from_secs(100)).await;
    assert_eq!(master.lines(&["fired", "received"]), [""; 0]);
    master.resume(timers_first);
    yard.settle().await;
    (master, peer)
}

const FIRED: [&str; 2] = [
    "100.000s fired Master(CheckForWorkerTimeOut) 60.000s",
    "100.000s fired Master(CompleteRecovery) 70.000s",
];
const RECEIVED: [&str; 2] = [
    "100.000s received app-1 peer:0@c1",
    "100.000s received app-2 peer:0@c1",
];

#[test]
fn overdue_timers_come_first_if_they_always_win() {
    check(async |yard: Rc<Yard>| {
        let (master, _peer) = pause(&yard, 1.0).await;
        let seen = master.timed(&["fired", "received"]);
        assert_eq!(seen, [FIRED, RECEIVED].concat());
    });
}

#[test]
fn what_waits_comes_first_if_overdue_timers_never_win() {
    check(async |yard: Rc<Yard>| {
        let (master, _peer) = pause(&yard, 0.0).await;
        let seen = master.timed(&["fired", "received"]);
        assert_eq!(seen, [RECEIVED, FIRED].concat());
    });
}

#[test]
fn a_process_that_has_caught_up_goes_on_as_before() {
    check(async |yard: Rc<Yard>| {
        let (master, mut peer) = pause(&yard, 0.5).await;
        peer.say(&asking(1)).await;
        assert_eq!(peer.hear().await, Some(no(1)));
        // The master armed its check again, at 60 s and its period.
        yard.pass(seconds(30)).await;
        let fired = master.timed(&["fired"]);
        let last = fired.last().map(String::as_str);
        let due = "120.000s fired Master(CheckForWorkerTimeOut) 120.000s";
        assert_eq!(last, Some(due));
    });
}

#[test]
fn a_timer_of_fixed_rate_fires_in_a_burst_for_every_tick_that_it_missed() {
    check(async |yard: Rc<Yard>| {
        let master = yard.host_master().await;
        master.cause(arm(CHECK, Time::from_secs(60)));
        yard.pass(seconds(30)).await;
        master.command(Command::Pause);
        yard.clock.reach(Time::from_secs(200)).await;
        master.resume(0.9);
        yard.clock.reach(Time::from_secs(250)).await;
        let fired = [
            "200.000s fired Master(CheckForWorkerTimeOut) 60.000s",
            "200.000s fired Master(CheckForWorkerTimeOut) 120.000s",
            "200.000s fired Master(CheckForWorkerTimeOut) 180.000s",
            "240.000s fired Master(CheckForWorkerTimeOut) 240.000s",
        ];
        assert_eq!(master.timed(&["fired"]), fired);
    });
}

/// In which order a master that catches up handles ten messages and two overdue ticks, if it had
/// asked as many questions, and got their answers, before it stood still.
fn order_of_catching_up(questions: u64) -> Vec<String> {
    let seen = RefCell::default();
    check(async |yard: Rc<Yard>| {
        let other = Address::new("other", 7077);
        let listener = yard.listen(other);
        let master = yard.host_master().await;
        let mut peer = yard.greet(master_address(), "peer").await;
        master.cause(arm(CHECK, Time::from_secs(60)));
        master.send(Reference::unbound(other), numbered(0));
        let mut asked = listener.accept_and_greet("other").await;
        assert!(asked.hear().await.is_some());
        for call in 0..questions {
            master.ask(Reference::unbound(other), call, question(), seconds(90));
            assert!(asked.hear().await.is_some());
            asked.say(&no(call)).await;
        }
        yard.settle().await;
        master.command(Command::Pause);
        for number in 0..10 {
            peer.say(&Envelope::OneWay(numbered(number))).await;
        }
        yard.clock.reach(Time::from_secs(130)).await;
        master.resume(0.3);
        yard.settle().await;
        seen.replace(master.timed(&["fired", "received"]));
    });
    seen.into_inner()
}

#[test]
fn questions_that_were_answered_do_not_race_with_what_waits() {
    let order = order_of_catching_up(0);
    assert_eq!(order.len(), 12);
    let [first, .., last] = &order[..] else {
        panic!("nothing was handled");
    };
    for line in [first, last] {
        assert!(line.starts_with("130.000s received"), "{order:?}");
    }
    assert_eq!(order_of_catching_up(5), order);
}

#[test]
fn a_process_that_stands_still_learns_of_an_end_behind_what_came_before_it() {
    check(async |yard: Rc<Yard>| {
        let master = yard.host_master().await;
        let mut peer = yard.greet(master_address(), "peer").await;
        master.command(Command::Pause);
        yard.settle().await;
        peer.say(&Envelope::OneWay(numbered(1))).await;
        peer.finish().await;
        yard.pass(seconds(20)).await;
        assert_eq!(master.lines(&["ended", "disconnected"]), [""; 0]);
        master.resume(1.0);
        yard.settle().await;
        let seen = ["received app-1 peer:0@c1", "ended c1 closed"];
        assert_eq!(master.lines(&["received", "ended"]), seen);
    });
}

#[test]
fn a_process_that_stands_still_is_not_dialled_in_vain() {
    check(async |yard: Rc<Yard>| {
        let master = yard.host_master().await;
        master.command(Command::Pause);
        yard.settle().await;
        let mut peer = yard.greet(master_address(), "peer").await;
        peer.say(&asking(1)).await;
        yard.pass(seconds(20)).await;
        assert_eq!(master.lines(&["asked"]), [""; 0]);
        master.resume(1.0);
        assert_eq!(peer.hear().await, Some(no(1)));
    });
}
