//! Peers that do not read and peers that do not stop writing: memory stays bounded, and nobody
//! else pays.

use super::hosted::LIMITS;
use super::yard::Yard;
use super::{asking, bound, check, master_address, no, numbered, question, seconds};
use crate::shell::{Command, Limits};
use deploysim_protocol::address::Address;
use deploysim_protocol::message::{Message, ToWorker};
use deploysim_protocol::wire::{Envelope, Limit, encode};
use std::cell::Cell;
use std::rc::Rc;
use tokio::task::spawn_local;

const OUTBOX_BYTES: usize = 8 * 1024;
const PIPE_BYTES: usize = 1024;
const LONG_BYTES: usize = 1000;

const TIGHT: Limits = Limits {
    outbox_bytes: OUTBOX_BYTES,
    ..LIMITS
};

fn long() -> Message {
    let message = "x".repeat(LONG_BYTES).into();
    ToWorker::RegisterWorkerFailed { message }.into()
}

fn silent_peer() -> Address {
    Address::new("deaf", 0)
}

#[test]
fn a_peer_that_never_reads_loses_its_connection_and_the_calls_on_it_fail() {
    check(async |yard: Rc<Yard>| {
        yard.pipe_bytes.set(PIPE_BYTES);
        let master = yard.host_master_within(TIGHT).await;
        let _deaf = yard.greet(master_address(), "deaf").await;
        let mut witness = yard.greet(master_address(), "witness").await;
        let deaf = bound(silent_peer(), 1);
        master.ask(deaf, 70, question(), seconds(60));
        for _ in 0..20 {
            master.send(deaf, long());
        }
        yard.settle().await;
        let told = [
            "ended c1 overflow",
            "disconnected Socket(c1)",
            "answered 70 failed: connection failed",
        ];
        assert_eq!(master.lines(&["ended", "disconnected", "answered"]), told);
        let lost = master.lines(&["sent RegisterWorkerFailed deaf:0 lost"]);
        assert_eq!(lost.len(), 20 - sent_before_the_break(&master));
        witness.say(&asking(1)).await;
        assert_eq!(witness.hear().await, Some(no(1)));
    });
}

fn sent_before_the_break(master: &super::Hosted) -> usize {
    let carried = master.lines(&["sent RegisterWorkerFailed deaf:0 carried"]);
    carried.len()
}

#[test]
fn what_waits_for_a_peer_that_never_reads_is_bounded() {
    check(async |yard: Rc<Yard>| {
        yard.pipe_bytes.set(PIPE_BYTES);
        let master = yard.host_master_within(TIGHT).await;
        let mut deaf = yard.greet(master_address(), "deaf").await;
        for _ in 0..20 {
            master.send(bound(silent_peer(), 1), long());
            yard.settle().await;
        }
        let frame = encode(&Envelope::OneWay(long()), Limit::DEFAULT).expect("a short frame");
        let carried = sent_before_the_break(&master);
        assert!(carried > 1, "nothing was sent");
        assert!(carried * frame.len() <= OUTBOX_BYTES + PIPE_BYTES);
        let greeting_bytes = deaf.read_bytes;
        deaf.hear_all().await;
        let left_bytes = deaf.read_bytes - greeting_bytes;
        assert!(left_bytes <= PIPE_BYTES, "{left_bytes} bytes were kept");
    });
}

#[test]
fn a_full_outbox_is_not_yet_too_much() {
    check(async |yard: Rc<Yard>| {
        yard.pipe_bytes.set(PIPE_BYTES);
        let frame = encode(&Envelope::OneWay(long()), Limit::DEFAULT).expect("a short frame");
        let exactly = Limits {
            outbox_bytes: 5 * frame.len(),
            ..LIMITS
        };
        let master = yard.host_master_within(exactly).await;
        let mut slow = yard.greet(master_address(), "deaf").await;
        // All at once: the writer has not taken any of them yet.
        for _ in 0..5 {
            master.send(bound(silent_peer(), 1), long());
        }
        for _ in 0..5 {
            assert_eq!(slow.hear().await, Some(Envelope::OneWay(long())));
        }
        for _ in 0..5 {
            master.send(bound(silent_peer(), 1), long());
        }
        for _ in 0..5 {
            assert_eq!(slow.hear().await, Some(Envelope::OneWay(long())));
        }
        assert_eq!(master.lines(&["ended"]), [""; 0]);
    });
}

#[test]
fn a_flood_into_a_process_that_stands_still_stops_and_nothing_of_it_is_lost() {
    const FLOOD: usize = 90_000;
    check(async |yard: Rc<Yard>| {
        let master = yard.host_master().await;
        let mut flooder = yard.greet(master_address(), "flooder").await;
        master.command(Command::Pause);
        let written = Rc::new(Cell::new(0));
        let counted = Rc::clone(&written);
        let flood = spawn_local(async move {
            for number in 0..FLOOD {
                // Two texts only: what is counted is frames.
                flooder.say(&Envelope::OneWay(numbered(number % 2))).await;
                counted.set(number + 1);
            }
            flooder
        });
        yard.settle().await;
        let standstill = written.get();
        assert!(standstill < FLOOD, "the flood never stopped");
        yard.pass(seconds(60)).await;
        assert_eq!(written.get(), standstill, "the flood goes on");
        assert_eq!(master.lines(&["received"]), [""; 0]);
        master.resume(1.0);
        let _flooder = flood.await.expect("the flood gets through");
        yard.settle().await;
        let received = master.lines(&["received"]);
        assert_eq!(received.len(), FLOOD);
        let in_order = received.iter().enumerate();
        for (number, line) in in_order {
            assert_eq!(*line, format!("received app-{} flooder:0@c1", number % 2));
        }
    });
}

#[test]
fn a_flood_into_a_process_that_goes_on_does_not_keep_others_out() {
    check(async |yard: Rc<Yard>| {
        let _master = yard.host_master().await;
        let mut flooder = yard.greet(master_address(), "flooder").await;
        let mut witness = yard.greet(master_address(), "witness").await;
        let written = Rc::new(Cell::new(0));
        let counted = Rc::clone(&written);
        let flood = spawn_local(async move {
            loop {
                flooder.say(&Envelope::OneWay(numbered(0))).await;
                counted.set(counted.get() + 1);
            }
        });
        for call in 0..3 {
            let before = written.get();
            witness.say(&asking(call)).await;
            assert_eq!(witness.hear().await, Some(no(call)));
            assert!(written.get() > before, "the flood flows beside it");
        }
        flood.abort();
    });
}
