//! How a process ends: what it had written arrives, then the end of each stream, and nobody
//! reaches it any more. Also two real nodes from the beginning to the end.

use super::hosted::{LIMITS, quiet_master};
use super::yard::Yard;
use super::{asking, bound, check, master_address, no, numbered, seconds};
use crate::hosted::{AnyNode, AnyOperation, Happening};
use crate::node::Effect;
use crate::settings::{Settings, Shared};
use crate::shell::Command;
use crate::store::NoStore;
use crate::worker::{Worker, WorkerOperation, WorkerSettings};
use deploysim_protocol::address::{Address, Reference};
use deploysim_protocol::resource::Resources;
use deploysim_protocol::text::Text;
use deploysim_protocol::time::Time;
use deploysim_protocol::wire::Envelope;
use std::rc::Rc;

fn peer_address() -> Address {
    Address::new("peer", 0)
}

#[test]
fn what_a_process_wrote_before_it_ended_itself_arrives_before_the_end_of_the_stream() {
    check(async |yard: Rc<Yard>| {
        // Far less than what is sent: most of it is still in the outbox at the end.
        yard.pipe_bytes.set(64);
        let master = yard.host_master().await;
        let mut peer = yard.greet(master_address(), "peer").await;
        for number in 0..100 {
            master.send(bound(peer_address(), 1), numbered(number));
        }
        master.cause(Effect::Exit { code: 7 });
        yard.settle().await;
        assert!(master.is_gone());
        assert_eq!(master.exit_code(), Some(7));
        for number in 0..100 {
            assert_eq!(peer.hear().await, Some(Envelope::OneWay(numbered(number))));
        }
        assert_eq!(peer.hear().await, None);
    });
}

#[test]
fn a_process_that_ended_itself_handles_nothing_more() {
    check(async |yard: Rc<Yard>| {
        let master = yard.host_master().await;
        let mut peer = yard.greet(master_address(), "peer").await;
        let mut bystander = yard.greet(master_address(), "bystander").await;
        peer.say(&Envelope::OneWay(numbered(1))).await;
        yard.settle().await;
        master.happen(Happening::Revoked);
        master.happen(Happening::Elected);
        peer.say(&Envelope::OneWay(numbered(2))).await;
        yard.settle().await;
        assert_eq!(master.exit_code(), Some(0));
        assert!(master.is_gone());
        assert_eq!(peer.hear().await, None);
        assert_eq!(bystander.hear().await, None);
        let handled = ["received app-1 peer:0@c1", "revoked"];
        assert_eq!(master.lines(&["received", "revoked", "elected"]), handled);
    });
}

#[test]
fn what_a_process_wrote_before_a_crash_arrives_before_the_end_of_the_stream() {
    check(async |yard: Rc<Yard>| {
        yard.pipe_bytes.set(64);
        let master = yard.host_master().await;
        let mut peer = yard.greet(master_address(), "peer").await;
        for number in 0..100 {
            master.send(bound(peer_address(), 1), numbered(number));
        }
        yard.settle().await;
        master.crash().await;
        for number in 0..100 {
            assert_eq!(peer.hear().await, Some(Envelope::OneWay(numbered(number))));
        }
        assert_eq!(peer.hear().await, None);
    });
}

#[test]
fn nobody_reaches_a_process_that_is_gone_until_another_listens_there() {
    check(async |yard: Rc<Yard>| {
        let first = yard.host_master().await;
        let store = Box::new(NoStore);
        let other = Address::new("other", 7077);
        let dialler = yard.host(other, quiet_master(), LIMITS, store).await;
        first.crash().await;
        yard.settle().await;
        let master = Reference::unbound(master_address());
        dialler.send(master, numbered(1));
        yard.settle().await;
        assert_eq!(dialler.lines(&["dial"]), ["dial master:7077 refused"]);
        let second = yard.host_master().await;
        dialler.send(master, numbered(2));
        yard.settle().await;
        let received = ["received app-2 other:7077@c1"];
        let seen = second.lines(&["received"]);
        assert_eq!(seen.len(), received.len());
        assert!(seen[0].starts_with("received app-2 other:7077@"));
    });
}

#[test]
fn a_connection_that_the_network_breaks_ends_for_its_process_at_once() {
    check(async |yard: Rc<Yard>| {
        let master = yard.host_master().await;
        let mut peer = yard.greet(master_address(), "peer").await;
        let mut witness = yard.greet(master_address(), "witness").await;
        yard.settle().await;
        let connection = bound(peer_address(), 1).connection.expect("it is bound");
        let cause = crate::report::EndOfConnection::UserTimeout;
        master.command(Command::Break { connection, cause });
        yard.settle().await;
        let told = ["ended c1 user time-out", "disconnected Socket(c1)"];
        assert_eq!(master.lines(&["ended", "disconnected"]), told);
        assert_eq!(peer.hear().await, None);
        witness.say(&asking(1)).await;
        assert_eq!(witness.hear().await, Some(no(1)));
    });
}

fn worker(address: Address) -> AnyNode {
    AnyNode::Worker(Box::new(Worker::new(WorkerSettings {
        cores: 8,
        memory_mib: 1024,
        resources: Resources::NONE,
        masters: [master_address()].into(),
        web_ui_url: Text::new(&format!("http://{}:8081", address.host)),
        shared: Shared::new(Settings::default()),
    })))
}

#[test]
fn a_worker_registers_with_a_master_and_says_that_it_lives_until_it_ends() {
    check(async |yard: Rc<Yard>| {
        let master = yard.host_master().await;
        master.happen(Happening::Started);
        master.happen(Happening::Elected);
        let address = Address::new("worker-1", 7078);
        let store = Box::new(NoStore);
        let worker = yard.host(address, worker(address), LIMITS, store).await;
        worker.happen(Happening::Started);
        yard.clock.reach(Time::from_secs(50)).await;
        let seen = master.lines(&["opened", "received", "disconnected"]);
        let [opened, registered, latest, heartbeats @ ..] = &seen[..] else {
            panic!("the worker did not register: {seen:?}");
        };
        assert!(opened.starts_with("opened c") && opened.ends_with("worker-1"));
        assert!(registered.starts_with("received RegisterWorker worker-1:7078@"));
        assert!(latest.starts_with("received WorkerLatestState worker-1:7078@"));
        assert!(heartbeats.len() >= 3, "a quarter of 60 s: {heartbeats:?}");
        let beats = |line: &String| line.starts_with("received Heartbeat worker-1:7078@");
        assert!(heartbeats.iter().all(beats), "{heartbeats:?}");
        let stop = AnyOperation::Worker(WorkerOperation::StopPolitely);
        worker.happen(Happening::Operator(stop));
        yard.pass(seconds(1)).await;
        assert_eq!(worker.exit_code(), Some(143));
        let told = master.lines(&["disconnected"]);
        let address = "disconnected Listening(worker-1:7078)";
        assert_eq!(told.last().map(String::as_str), Some(address));
        assert_eq!(yard.dials_to(master_address()), 1);
    });
}
