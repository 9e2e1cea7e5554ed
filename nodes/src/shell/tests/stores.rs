//! A store that takes time: the process is busy, and what it causes afterwards happens later.

use super::hosted::{CRASHED, Hosted, LIMITS, quiet_master};
use super::yard::Yard;
use super::{asking, check, master_address, question, seconds};
use crate::hosted::Happening;
use crate::store::{Store, StoreCall, StoreFailure};
use deploysim_protocol::address::{Address, Reference};
use deploysim_protocol::id::WorkerId;
use deploysim_protocol::message::to_master::RegisterWorker;
use deploysim_protocol::message::{Message, ToMaster};
use deploysim_protocol::record::{Record, RecordKey, Records};
use deploysim_protocol::resource::Resources;
use deploysim_protocol::text::Text;
use deploysim_protocol::wire::Envelope;
use std::rc::Rc;
use std::time::Duration;

/// An engine that keeps nothing and takes two seconds for it.
struct SlowStore;

const TAKES: Duration = seconds(2);

fn slow<T>(value: T) -> StoreCall<T> {
    StoreCall::new(TAKES, Ok(value))
}

impl Store for SlowStore {
    fn add(&mut self, _record: &Record) -> StoreCall<()> {
        slow(())
    }

    fn remove(&mut self, _key: RecordKey) -> StoreCall<()> {
        slow(())
    }

    fn read_all(&mut self) -> StoreCall<Records> {
        slow(Records::default())
    }
}

/// An engine under whose call of `add` the process is ended.
struct FatalStore;

impl Store for FatalStore {
    fn add(&mut self, _record: &Record) -> StoreCall<()> {
        StoreCall::new(Duration::ZERO, Err(StoreFailure::Crashed))
    }

    fn remove(&mut self, _key: RecordKey) -> StoreCall<()> {
        slow(())
    }

    fn read_all(&mut self) -> StoreCall<Records> {
        slow(Records::default())
    }
}

fn registration(number: u16) -> Envelope {
    let worker = format!("worker-{number}");
    let message = RegisterWorker {
        worker_id: WorkerId::new(&format!("worker-20260101000000-{worker}-7078")),
        host: Text::new(&worker),
        port: 7078,
        worker: Reference::unbound(Address::new(&worker, 7078)),
        cores: 8,
        memory_mib: 1024,
        web_ui_url: Text::new("http://worker:8081"),
        master_address: master_address(),
        resources: Resources::NONE,
    };
    let message = ToMaster::RegisterWorker(Box::new(message));
    Envelope::OneWay(Message::from(message))
}

/// A leader at 10 s, with a slow store.
async fn leader(yard: &Rc<Yard>) -> Hosted {
    leader_with(yard, Box::new(SlowStore)).await
}

async fn leader_with(yard: &Rc<Yard>, store: Box<dyn Store>) -> Hosted {
    let master = yard
        .host(master_address(), quiet_master(), LIMITS, store)
        .await;
    master.happen(Happening::Elected);
    yard.clock
        .reach(deploysim_protocol::time::Time::from_secs(10))
        .await;
    master
}

/// The kind of a message, or of what else was heard.
fn kind(heard: Option<Envelope>) -> &'static str {
    let heard = heard.expect("the master lives");
    if let Envelope::OneWay(message) = &heard {
        message.kind()
    } else {
        heard.kind()
    }
}

#[test]
fn what_follows_a_call_of_the_store_happens_when_that_is_over() {
    check(async |yard: Rc<Yard>| {
        let master = leader(&yard).await;
        let mut worker = yard.greet(master_address(), "worker-1").await;
        worker.say(&registration(1)).await;
        assert_eq!(kind(worker.hear().await), "RegisteredWorker");
        let order = [
            "10.000s received RegisterWorker worker-1:0@c1",
            "12.000s sent RegisteredWorker worker-1:0 carried",
        ];
        assert_eq!(master.timed(&["received", "sent"]), order);
    });
}

#[test]
fn a_process_is_busy_while_its_store_takes_time() {
    check(async |yard: Rc<Yard>| {
        let master = leader(&yard).await;
        let mut worker = yard.greet(master_address(), "worker-1").await;
        let mut other = yard.greet(master_address(), "worker-2").await;
        worker.say(&registration(1)).await;
        yard.settle().await;
        other.say(&registration(2)).await;
        worker.say(&asking(1)).await;
        assert_eq!(kind(worker.hear().await), "RegisteredWorker");
        assert_eq!(kind(other.hear().await), "RegisteredWorker");
        assert_eq!(kind(worker.hear().await), "Answer");
        let order = [
            "10.000s received RegisterWorker worker-1:0@c1",
            "12.000s received RegisterWorker worker-2:0@c2",
            "14.000s asked RequestReadyz worker-1:0@c1",
        ];
        assert_eq!(master.timed(&["received", "asked"]), order);
    });
}

#[test]
fn what_becomes_overdue_while_a_process_is_busy_comes_when_it_is_not() {
    check(async |yard: Rc<Yard>| {
        let listener_address = Address::new("other", 7077);
        let listener = yard.listen(listener_address);
        let master = leader(&yard).await;
        let mut worker = yard.greet(master_address(), "worker-1").await;
        let other = Reference::unbound(listener_address);
        master.ask(other, 1, question(), seconds(1));
        let _other = listener.accept_and_greet("other").await;
        worker.say(&registration(1)).await;
        worker.hear().await.expect("an answer");
        yard.settle().await;
        let told = ["12.000s answered 1 failed: timed out"];
        assert_eq!(master.timed(&["answered"]), told);
    });
}

#[test]
fn a_process_that_is_ended_while_it_is_busy_does_nothing_more() {
    check(async |yard: Rc<Yard>| {
        let master = leader(&yard).await;
        let mut worker = yard.greet(master_address(), "worker-1").await;
        worker.say(&registration(1)).await;
        yard.pass(seconds(1)).await;
        master.crash().await;
        assert_eq!(worker.hear().await, None);
    });
}

#[test]
fn a_process_that_is_ended_under_a_call_says_nothing_more_and_handles_nothing_more() {
    check(async |yard: Rc<Yard>| {
        let master = leader_with(&yard, Box::new(FatalStore)).await;
        let mut worker = yard.greet(master_address(), "worker-1").await;
        worker.say(&registration(1)).await;
        worker.say(&registration(2)).await;
        assert_eq!(worker.hear().await, None);
        assert_eq!(master.exit_code(), Some(CRASHED));
        let heard = ["10.000s received RegisterWorker worker-1:0@c1"];
        assert_eq!(master.timed(&["received", "sent"]), heard);
    });
}
