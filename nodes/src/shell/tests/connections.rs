//! Which connection something travels on, what dialling brings about, and who is told of an end.

use super::yard::Yard;
use super::{bound, check, master_address, numbered, question, seconds};
use deploysim_protocol::address::{Address, Reference};
use deploysim_protocol::id::WorkerId;
use deploysim_protocol::message::to_master::RegisterWorker;
use deploysim_protocol::message::{Message, ToMaster, ToWorker};
use deploysim_protocol::resource::Resources;
use deploysim_protocol::text::Text;
use deploysim_protocol::wire::Envelope;
use std::rc::Rc;

fn worker_address() -> Address {
    Address::new("worker-1", 7078)
}

fn worker() -> Reference {
    Reference::unbound(worker_address())
}

fn registration() -> Message {
    let message = RegisterWorker {
        worker_id: WorkerId::new("worker-20260101000000-worker-1-7078"),
        host: Text::new("worker-1"),
        port: 7078,
        worker: worker(),
        cores: 8,
        memory_mib: 1024,
        web_ui_url: Text::new("http://worker-1:8081"),
        master_address: master_address(),
        resources: Resources::NONE,
    };
    ToMaster::RegisterWorker(Box::new(message)).into()
}

fn standby() -> Envelope {
    Envelope::OneWay(ToWorker::MasterInStandby.into())
}

#[test]
fn many_sends_to_an_address_share_one_connection_and_keep_their_order() {
    check(async |yard: Rc<Yard>| {
        let listener = yard.listen(worker_address());
        let master = yard.host_master().await;
        for number in 0..3 {
            master.send(worker(), numbered(number));
        }
        let mut peer = listener.accept_and_greet("worker-1").await;
        yard.settle().await;
        for number in 3..6 {
            master.send(worker(), numbered(number));
        }
        for number in 0..6 {
            let message = numbered(number);
            assert_eq!(peer.hear().await, Some(Envelope::OneWay(message)));
        }
        assert_eq!(yard.dials_to(worker_address()), 1);
    });
}

#[test]
fn what_waits_behind_a_dial_leaves_in_order_before_what_is_sent_later() {
    check(async |yard: Rc<Yard>| {
        let listener = yard.listen(worker_address());
        let master = yard.host_master().await;
        master.send(worker(), numbered(0));
        master.ask(worker(), 1, question(), seconds(60));
        master.send(worker(), numbered(2));
        let mut peer = listener.accept().await;
        yard.pass(seconds(5)).await;
        let waiting = [
            "sent UnregisterApplication worker-1:7078 waits-for-connection",
            "sent RequestReadyz worker-1:7078 waits-for-connection",
            "sent UnregisterApplication worker-1:7078 waits-for-connection",
        ];
        assert_eq!(master.lines(&["sent", "opened"]), waiting);
        peer.greet("worker-1", Some(worker_address())).await;
        yard.settle().await;
        master.send(worker(), numbered(3));
        let kinds = [peer.hear().await, peer.hear().await, peer.hear().await];
        let ask = Envelope::Ask {
            call: 1,
            ask: question(),
        };
        let expected = [
            Envelope::OneWay(numbered(0)),
            ask,
            Envelope::OneWay(numbered(2)),
        ];
        assert_eq!(kinds, expected.map(Some));
        assert_eq!(peer.hear().await, Some(Envelope::OneWay(numbered(3))));
        assert_eq!(
            master.timed(&["opened"]),
            ["5.000s opened c1 worker-1"],
            "a connection is open once both have said who they are"
        );
    });
}

#[test]
fn a_connection_carries_both_directions() {
    check(async |yard: Rc<Yard>| {
        let listener = yard.listen(worker_address());
        let master = yard.host_master().await;
        master.send(worker(), numbered(0));
        let mut peer = listener.accept_and_greet("worker-1").await;
        peer.say(&Envelope::OneWay(numbered(1))).await;
        yard.settle().await;
        assert_eq!(
            master.lines(&["received"]),
            ["received app-1 worker-1:7078@c1"]
        );
        assert_eq!(yard.dials_to(worker_address()), 1);
    });
}

#[test]
fn a_reference_in_a_message_means_the_connection_on_which_it_came() {
    check(async |yard: Rc<Yard>| {
        let _listener = yard.listen(worker_address());
        let _master = yard.host_master().await;
        let mut first = yard
            .greet_as(master_address(), "worker-1", Some(worker_address()))
            .await;
        let mut second = yard
            .greet_as(master_address(), "worker-1", Some(worker_address()))
            .await;
        second.say(&Envelope::OneWay(registration())).await;
        assert_eq!(second.hear().await, Some(standby()));
        first.say(&Envelope::OneWay(registration())).await;
        assert_eq!(first.hear().await, Some(standby()));
        assert_eq!(yard.dials_to(worker_address()), 0, "nothing is dialled");
    });
}

#[test]
fn an_accepted_connection_is_not_the_own_one_to_that_address() {
    check(async |yard: Rc<Yard>| {
        let listener = yard.listen(worker_address());
        let master = yard.host_master().await;
        let mut accepted = yard
            .greet_as(master_address(), "worker-1", Some(worker_address()))
            .await;
        master.send(worker(), numbered(1));
        let mut dialled = listener.accept_and_greet("worker-1").await;
        assert_eq!(dialled.hear().await, Some(Envelope::OneWay(numbered(1))));
        accepted.finish().await;
        assert_eq!(accepted.hear().await, None);
        yard.settle().await;
        master.send(worker(), numbered(2));
        assert_eq!(dialled.hear().await, Some(Envelope::OneWay(numbered(2))));
        assert_eq!(yard.dials_to(worker_address()), 1);
    });
}

#[test]
fn what_is_sent_to_a_dead_connection_is_lost_and_nothing_is_dialled() {
    check(async |yard: Rc<Yard>| {
        let _listener = yard.listen(worker_address());
        let master = yard.host_master().await;
        let mut peer = yard
            .greet_as(master_address(), "worker-1", Some(worker_address()))
            .await;
        peer.finish().await;
        yard.settle().await;
        master.send(bound(worker_address(), 1), numbered(1));
        master.ask(bound(worker_address(), 1), 2, question(), seconds(60));
        yard.settle().await;
        let lost = [
            "sent UnregisterApplication worker-1:7078 lost",
            "sent RequestReadyz worker-1:7078 lost",
            "answered 2 failed: connection failed",
        ];
        assert_eq!(master.lines(&["sent", "answered"]), lost);
        assert_eq!(yard.dials_to(worker_address()), 0);
    });
}

#[test]
fn what_a_node_sends_to_itself_needs_no_connection() {
    check(async |yard: Rc<Yard>| {
        let master = yard.host_master().await;
        master.send(Reference::unbound(master_address()), numbered(1));
        yard.settle().await;
        let local = [
            "sent UnregisterApplication master:7077 local",
            "received app-1 master:7077",
        ];
        assert_eq!(master.lines(&["sent", "received"]), local);
        assert_eq!(yard.dials_to(master_address()), 0);
    });
}

#[test]
fn a_refused_dial_fails_what_waits_behind_it_and_a_later_send_dials_anew() {
    check(async |yard: Rc<Yard>| {
        let master = yard.host_master().await;
        master.send(worker(), numbered(1));
        master.ask(worker(), 2, question(), seconds(60));
        master.resolve(worker_address(), 3, seconds(60));
        yard.settle().await;
        let told = [
            "dial worker-1:7078 refused",
            "answered 2 failed: connection failed",
            "resolved 3 failed: connection failed",
        ];
        assert_eq!(master.lines(&["dial", "answered", "resolved"]), told);
        assert_eq!(master.lines(&["disconnected"]), [""; 0]);
        let listener = yard.listen(worker_address());
        master.send(worker(), numbered(4));
        let mut peer = listener.accept_and_greet("worker-1").await;
        assert_eq!(peer.hear().await, Some(Envelope::OneWay(numbered(4))));
        assert_eq!(yard.dials_to(worker_address()), 2);
    });
}

#[test]
fn a_dial_without_an_answer_fails_what_waits_behind_it_and_a_later_send_dials_anew() {
    check(async |yard: Rc<Yard>| {
        yard.silence(worker_address());
        let master = yard.host_master().await;
        master.send(worker(), numbered(1));
        master.ask(worker(), 2, question(), seconds(600));
        yard.pass(seconds(60)).await;
        master.ask(worker(), 3, question(), seconds(600));
        yard.pass(seconds(61)).await;
        let told = [
            "120.000s dial worker-1:7078 timed out",
            "120.000s answered 2 failed: connection failed",
            "120.000s answered 3 failed: connection failed",
        ];
        assert_eq!(master.timed(&["dial", "answered"]), told);
        assert_eq!(yard.dials_to(worker_address()), 1);
        master.send(worker(), numbered(4));
        yard.settle().await;
        assert_eq!(yard.dials_to(worker_address()), 2);
    });
}

#[test]
fn a_dial_that_is_answered_by_no_greeting_times_out() {
    check(async |yard: Rc<Yard>| {
        let listener = yard.listen(worker_address());
        let master = yard.host_master().await;
        master.send(worker(), numbered(1));
        let mut mute = listener.accept().await;
        assert_eq!(
            mute.hear_all().await,
            ["Hello"],
            "and then the dial is over"
        );
        yard.settle().await;
        let told = ["120.000s dial worker-1:7078 timed out"];
        assert_eq!(master.timed(&["dial"]), told);
    });
}

#[test]
fn a_dial_that_is_answered_by_something_else_than_a_greeting_is_refused() {
    check(async |yard: Rc<Yard>| {
        let listener = yard.listen(worker_address());
        let master = yard.host_master().await;
        for nonsense in [&[0xff; 4][..], &[0, 0, 0, 1, 0xee], b"HTTP/1.1 200 OK\r\n"] {
            master.send(worker(), numbered(1));
            let mut peer = listener.accept().await;
            peer.write(nonsense).await.expect("the pipe has room");
            assert_eq!(peer.hear_all().await, ["Hello"]);
            yard.settle().await;
        }
        let refused = ["dial worker-1:7078 refused"; 3];
        assert_eq!(master.lines(&["dial", "opened"]), refused);
    });
}

#[test]
fn a_dialler_is_told_of_an_end_twice_by_the_address_it_knows() {
    check(async |yard: Rc<Yard>| {
        let listener = yard.listen(worker_address());
        let master = yard.host_master().await;
        master.ask(worker(), 1, question(), seconds(60));
        let mut peer = listener.accept_and_greet("worker-1").await;
        assert!(peer.hear().await.is_some());
        peer.finish().await;
        assert_eq!(peer.hear().await, None, "its own end follows");
        yard.settle().await;
        let told = [
            "ended c1 closed",
            "disconnected Listening(worker-1:7078)",
            "disconnected Listening(worker-1:7078)",
            "answered 1 failed: connection failed",
        ];
        assert_eq!(master.lines(&["ended", "disconnected", "answered"]), told);
        master.send(worker(), numbered(2));
        let mut peer = listener.accept_and_greet("worker-1").await;
        assert_eq!(peer.hear().await, Some(Envelope::OneWay(numbered(2))));
        assert_eq!(yard.dials_to(worker_address()), 2);
    });
}

#[test]
fn an_acceptor_is_told_of_an_end_by_the_socket_and_by_the_address_that_was_announced() {
    check(async |yard: Rc<Yard>| {
        let master = yard.host_master().await;
        let mut peer = yard
            .greet_as(master_address(), "worker-1", Some(worker_address()))
            .await;
        peer.finish().await;
        assert_eq!(peer.hear().await, None);
        let mut peer = yard.greet(master_address(), "executor").await;
        peer.finish().await;
        assert_eq!(peer.hear().await, None);
        yard.settle().await;
        let told = [
            "disconnected Socket(c1)",
            "disconnected Listening(worker-1:7078)",
            "disconnected Socket(c2)",
        ];
        assert_eq!(master.lines(&["disconnected"]), told);
    });
}
