//! Questions, look-ups and answers: on which connection they travel, and every way in which they
//! end.

use super::hosted::{Hosted, LIMITS, quiet_master};
use super::yard::Yard;
use super::{asking, check, master_address, no, numbered, question, seconds};
use crate::node::Call;
use crate::node::Effect;
use crate::shell::{Command, Limits, Outcome};
use crate::store::NoStore;
use deploysim_protocol::address::{Address, Reference};
use deploysim_protocol::message::{Answer, Ask, AskWorker};
use deploysim_protocol::text::Text;
use deploysim_protocol::thrown::Thrown;
use deploysim_protocol::wire::Envelope;
use std::rc::Rc;
use tokio::sync::oneshot;

fn other_address() -> Address {
    Address::new("other", 7077)
}

fn other() -> Reference {
    Reference::unbound(other_address())
}

const IMPATIENT: Limits = Limits {
    network_timeout: seconds(10),
    ..LIMITS
};

#[test]
fn a_question_is_answered_and_an_endpoint_is_found() {
    check(async |yard: Rc<Yard>| {
        let store = Box::new(NoStore);
        let _other = yard
            .host(other_address(), quiet_master(), LIMITS, store)
            .await;
        let master = yard.host_master().await;
        master.ask(other(), 1, question(), seconds(60));
        master.resolve(other_address(), 2, seconds(60));
        yard.settle().await;
        let told = ["answered 1 Boolean", "resolved 2 other:7077"];
        assert_eq!(master.lines(&["answered", "resolved"]), told);
        yard.pass(seconds(120)).await;
        assert_eq!(master.lines(&["answered", "resolved"]), told);
    });
}

/// Asks a node as its world does.
async fn asked_by_the_world(yard: &Yard, master: &Hosted, ask: Ask) -> Outcome {
    let (reply, replied) = oneshot::channel();
    master.command(Command::Ask { ask, reply });
    yard.settle().await;
    replied.await.expect("the process lives")
}

#[test]
fn the_world_itself_is_answered() {
    check(async |yard: Rc<Yard>| {
        let master = yard.host_master().await;
        let answer = asked_by_the_world(&yard, &master, question()).await;
        assert_eq!(answer, Ok(Answer::Flag(false)));
        let unfit = AskWorker::RequestWorkerState.into();
        let thrown = asked_by_the_world(&yard, &master, unfit).await;
        assert!(
            matches!(thrown, Err(Thrown::Unhandled { .. })),
            "{thrown:?}"
        );
        assert_eq!(master.lines(&["sent"]), [""; 0], "nothing left the process");

        let (reply, replied) = oneshot::channel();
        let ask = question();
        master.command(Command::Ask { ask, reply });
        master.crash().await;
        assert!(replied.await.is_err(), "nobody answers any more");
    });
}

#[test]
fn what_a_handler_throws_comes_back_as_a_remote_failure() {
    check(async |yard: Rc<Yard>| {
        let store = Box::new(NoStore);
        let _other = yard
            .host(other_address(), quiet_master(), LIMITS, store)
            .await;
        let master = yard.host_master().await;
        let unfit = AskWorker::RequestWorkerState.into();
        master.ask(other(), 1, unfit, seconds(60));
        yard.settle().await;
        let told = ["answered 1 failed: remote: no handler for RequestWorkerState"];
        assert_eq!(master.lines(&["answered"]), told);
    });
}

#[test]
fn each_answer_travels_on_the_connection_of_its_question_under_the_askers_number() {
    check(async |yard: Rc<Yard>| {
        let _master = yard.host_master().await;
        let mut first = yard.greet(master_address(), "first").await;
        let mut second = yard.greet(master_address(), "second").await;
        first.say(&asking(5)).await;
        second.say(&asking(5)).await;
        second.say(&asking(9)).await;
        first.say(&asking(3)).await;
        assert_eq!(first.hear().await, Some(no(5)));
        assert_eq!(first.hear().await, Some(no(3)));
        assert_eq!(second.hear().await, Some(no(5)));
        assert_eq!(second.hear().await, Some(no(9)));
    });
}

#[test]
fn a_question_without_an_answer_times_out_and_a_late_answer_is_dropped() {
    check(async |yard: Rc<Yard>| {
        let listener = yard.listen(other_address());
        let master = yard.host_master().await;
        master.ask(other(), 1, question(), seconds(30));
        master.resolve(other_address(), 2, seconds(40));
        let mut peer = listener.accept_and_greet("other").await;
        yard.pass(seconds(50)).await;
        peer.say(&no(1)).await;
        let found = true;
        peer.say(&Envelope::Resolved { call: 2, found }).await;
        yard.settle().await;
        let told = [
            "30.000s answered 1 failed: timed out",
            "40.000s resolved 2 failed: timed out",
        ];
        assert_eq!(master.timed(&["answered", "resolved"]), told);
        assert_eq!(master.lines(&["ended"]), [""; 0], "the connection stays");
    });
}

#[test]
fn an_abandoned_question_is_neither_answered_nor_timed_out() {
    check(async |yard: Rc<Yard>| {
        let listener = yard.listen(other_address());
        let master = yard.host_master().await;
        master.ask(other(), 1, question(), seconds(30));
        master.ask(other(), 2, question(), seconds(30));
        let mut peer = listener.accept_and_greet("other").await;
        yard.settle().await;
        for call in [1, 2].map(Call) {
            master.cause(Effect::Abandon { call });
        }
        yard.settle().await;
        peer.say(&no(1)).await;
        yard.pass(seconds(60)).await;
        assert_eq!(master.lines(&["answered"]), [""; 0]);
    });
}

#[test]
fn only_the_peer_that_was_asked_can_answer() {
    check(async |yard: Rc<Yard>| {
        let listener = yard.listen(other_address());
        let master = yard.host_master().await;
        let mut stranger = yard.greet(master_address(), "stranger").await;
        master.ask(other(), 1, question(), seconds(30));
        master.resolve(other_address(), 2, seconds(30));
        let mut peer = listener.accept_and_greet("other").await;
        yard.settle().await;
        let found = true;
        stranger.say(&no(1)).await;
        stranger.say(&Envelope::Resolved { call: 2, found }).await;
        yard.settle().await;
        assert_eq!(master.lines(&["answered", "resolved"]), [""; 0]);
        peer.say(&no(1)).await;
        peer.say(&Envelope::Resolved { call: 2, found }).await;
        yard.settle().await;
        let told = ["answered 1 Boolean", "resolved 2 other:7077"];
        assert_eq!(master.lines(&["answered", "resolved"]), told);
    });
}

#[test]
fn a_question_is_not_answered_as_a_look_up_nor_a_look_up_as_a_question() {
    check(async |yard: Rc<Yard>| {
        let listener = yard.listen(other_address());
        let master = yard.host_master().await;
        master.ask(other(), 1, question(), seconds(30));
        master.resolve(other_address(), 2, seconds(30));
        let mut peer = listener.accept_and_greet("other").await;
        let found = true;
        peer.say(&Envelope::Resolved { call: 1, found }).await;
        peer.say(&no(2)).await;
        yard.settle().await;
        assert_eq!(master.lines(&["answered", "resolved"]), [""; 0]);
    });
}

#[test]
fn an_endpoint_that_the_peer_does_not_have_is_not_found() {
    check(async |yard: Rc<Yard>| {
        let listener = yard.listen(other_address());
        let master = yard.host_master().await;
        master.resolve(other_address(), 1, seconds(30));
        let mut peer = listener.accept_and_greet("other").await;
        let found = false;
        peer.say(&Envelope::Resolved { call: 1, found }).await;
        yard.settle().await;
        let told = ["resolved 1 failed: remote: there is no such endpoint"];
        assert_eq!(master.lines(&["resolved"]), told);
    });
}

#[test]
fn a_look_up_is_answered_by_the_process_and_not_by_its_node() {
    check(async |yard: Rc<Yard>| {
        let master = yard.host_master().await;
        let mut peer = yard.greet(master_address(), "peer").await;
        let endpoint = Text::new("Master");
        peer.say(&Envelope::Resolve { call: 4, endpoint }).await;
        let found = true;
        let answer = Envelope::Resolved { call: 4, found };
        assert_eq!(peer.hear().await, Some(answer));
        assert_eq!(master.lines(&["received", "asked"]), [""; 0]);
    });
}

#[test]
fn a_question_to_oneself_fails() {
    check(async |yard: Rc<Yard>| {
        let master = yard.host_master().await;
        let own = Reference::unbound(master_address());
        master.ask(own, 1, question(), seconds(30));
        yard.settle().await;
        let told = ["answered 1 failed: connection failed"];
        assert_eq!(master.lines(&["answered"]), told);
    });
}

#[test]
fn a_silent_connection_is_closed_while_a_question_waits_on_it() {
    check(async |yard: Rc<Yard>| {
        let listener = yard.listen(other_address());
        let master = yard.host_master_within(IMPATIENT).await;
        master.ask(other(), 1, question(), seconds(60));
        let mut peer = listener.accept_and_greet("other").await;
        assert_eq!(peer.hear_all().await, ["Ask"], "the peer is told");
        yard.settle().await;
        let told = [
            "10.000s ended c1 idle",
            "10.000s disconnected Listening(other:7077)",
            "10.000s disconnected Listening(other:7077)",
            "10.000s answered 1 failed: connection failed",
        ];
        assert_eq!(master.timed(&["ended", "disconnected", "answered"]), told);
    });
}

#[test]
fn whatever_moves_on_a_connection_keeps_it_open() {
    check(async |yard: Rc<Yard>| {
        let listener = yard.listen(other_address());
        let master = yard.host_master_within(IMPATIENT).await;
        master.ask(other(), 1, question(), seconds(60));
        let mut peer = listener.accept_and_greet("other").await;
        yard.pass(seconds(6)).await;
        peer.say(&Envelope::OneWay(numbered(1))).await;
        yard.pass(seconds(6)).await;
        master.send(other(), numbered(2));
        yard.pass(seconds(6)).await;
        // One byte of a frame is something.
        peer.write(&[0]).await.expect("the pipe has room");
        yard.pass(seconds(9)).await;
        assert_eq!(master.lines(&["ended"]), [""; 0]);
        yard.pass(seconds(2)).await;
        assert_eq!(master.timed(&["ended"]), ["28.000s ended c1 idle"]);
    });
}

#[test]
fn a_silent_connection_stays_open_while_no_question_waits_on_it() {
    check(async |yard: Rc<Yard>| {
        let listener = yard.listen(other_address());
        let master = yard.host_master_within(IMPATIENT).await;
        master.ask(other(), 1, question(), seconds(5));
        let mut peer = listener.accept_and_greet("other").await;
        yard.pass(seconds(100)).await;
        assert_eq!(master.lines(&["ended"]), [""; 0]);
        // A question that comes later is given the whole time.
        master.ask(other(), 2, question(), seconds(60));
        yard.pass(seconds(9)).await;
        peer.say(&no(2)).await;
        yard.pass(seconds(100)).await;
        let told = ["answered 1 failed: timed out", "answered 2 Boolean"];
        assert_eq!(master.lines(&["answered", "ended"]), told);
    });
}
