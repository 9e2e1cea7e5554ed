//! An election service driven by hand: sessions, the order of candidates, and who is told.

use super::{ElectionService, ElectionSettings, ElectionTimer};
use crate::by_hand::{ByHand, connection};
use crate::node::{Call, Input};
use deploysim_protocol::address::{Address, Reference};
use deploysim_protocol::id::SessionId;
use deploysim_protocol::message::{AskElection, ToElection};
use std::time::Duration;

const NOTHING: [&str; 0] = [];

fn service() -> ByHand<ElectionService> {
    let settings = ElectionSettings {
        session_timeout: Duration::from_secs(60),
    };
    let mut service = ByHand::new(
        ElectionService::new(settings),
        Address::new("election", 2181),
    );
    assert_eq!(service.start(), NOTHING);
    service
}

/// A master, bound to a connection of that number.
fn master(number: u64) -> Reference {
    let address = Address::new(&format!("m{number}"), 7077);
    Reference::bound(address, connection(number))
}

fn ask(service: &mut ByHand<ElectionService>, number: u64, ask: AskElection) -> Vec<String> {
    service.feed(Input::Asked {
        from: master(number),
        call: Call(number),
        ask,
    })
}

fn open(service: &mut ByHand<ElectionService>, number: u64) -> SessionId {
    ask(service, number, AskElection::OpenSession { session: None });
    SessionId(number)
}

/// Two masters, each in the latch, in this order.
fn two_candidates() -> ByHand<ElectionService> {
    let mut service = service();
    for number in 1..=2 {
        let session = open(&mut service, number);
        ask(&mut service, number, AskElection::EnterLatch { session });
    }
    service
}

#[test]
fn a_session_lives_for_the_time_out_after_it_was_heard() {
    let mut service = service();
    assert_eq!(
        ask(&mut service, 1, AskElection::OpenSession { session: None }),
        [
            "note SessionOpened session=1 owner=m1:7077",
            "arm ExpireSession(1) 60.000s",
            "reply#1 Session(Some(SessionId(1)))",
        ]
    );
    let session = SessionId(1);
    service.at(20);
    assert_eq!(
        ask(&mut service, 1, AskElection::PingSession { session }),
        ["arm ExpireSession(1) 80.000s", "reply#1 Flag(true)"]
    );
    service.at(80);
    assert_eq!(
        service.fire(ElectionTimer::ExpireSession(1)),
        [
            "disarm ExpireSession(1)",
            "note SessionEnded session=1 owner=m1:7077 reason=expired",
        ]
    );
    assert_eq!(
        ask(&mut service, 1, AskElection::PingSession { session }),
        ["reply#1 Flag(false)"]
    );
    let again = AskElection::OpenSession {
        session: Some(session),
    };
    assert_eq!(ask(&mut service, 1, again), ["reply#1 Session(None)"]);
}

#[test]
fn the_first_candidate_leads_and_keeps_its_place() {
    let mut service = service();
    let (first, second) = (open(&mut service, 1), open(&mut service, 2));
    let enter = |session| AskElection::EnterLatch { session };
    assert_eq!(
        ask(&mut service, 2, enter(second)),
        [
            "arm ExpireSession(2) 60.000s",
            "note LatchLed owner=m2:7077",
            "reply#2 Latch(LatchResponse { own: Some(CandidacyId(0)), leader: Some(CandidacyId(0)) })",
        ]
    );
    let behind =
        "reply#1 Latch(LatchResponse { own: Some(CandidacyId(1)), leader: Some(CandidacyId(0)) })";
    for ask_latch in [
        enter(first),
        enter(first),
        AskElection::ReadLatch { session: first },
    ] {
        assert_eq!(
            ask(&mut service, 1, ask_latch),
            ["arm ExpireSession(1) 60.000s", behind]
        );
    }
}

#[test]
fn the_next_candidate_is_told_on_the_connection_on_which_it_spoke_last() {
    let mut service = two_candidates();
    service.at(10);
    let again = AskElection::OpenSession {
        session: Some(SessionId(2)),
    };
    let moved = Reference::bound(Address::new("m2", 7077), connection(9));
    let resumed = service.feed(Input::Asked {
        from: moved,
        call: Call(2),
        ask: again,
    });
    assert_eq!(resumed[1], "note SessionResumed session=2");
    service.at(60);
    assert_eq!(
        service.fire(ElectionTimer::ExpireSession(1)),
        [
            "disarm ExpireSession(1)",
            "note SessionEnded session=1 owner=m1:7077 reason=expired",
            "note LatchLed owner=m2:7077",
            "send m2:7077@c9 LatchChanged",
        ]
    );
}

#[test]
fn a_closed_session_makes_room_at_once() {
    let mut service = two_candidates();
    let close = ToElection::CloseSession {
        session: SessionId(1),
    };
    assert_eq!(
        service.receive(master(1), close.clone()),
        [
            "disarm ExpireSession(1)",
            "note SessionEnded session=1 owner=m1:7077 reason=closed",
            "note LatchLed owner=m2:7077",
            "send m2:7077@c2 LatchChanged",
        ]
    );
    assert_eq!(service.receive(master(1), close), NOTHING);
}

#[test]
fn the_end_of_the_last_candidate_is_told_to_nobody() {
    let mut service = two_candidates();
    assert_eq!(
        service.fire(ElectionTimer::ExpireSession(2)),
        [
            "disarm ExpireSession(2)",
            "note SessionEnded session=2 owner=m2:7077 reason=expired",
        ]
    );
}

#[test]
fn the_end_of_a_connection_ends_no_session() {
    let mut service = two_candidates();
    assert_eq!(service.disconnect(Address::new("m1", 7077)), NOTHING);
    let session = SessionId(1);
    assert_eq!(
        ask(&mut service, 1, AskElection::PingSession { session })[1],
        "reply#1 Flag(true)"
    );
}

#[test]
fn a_service_that_starts_again_knows_no_session_of_before() {
    let mut service = ByHand::new(
        ElectionService::new(ElectionSettings {
            session_timeout: Duration::from_secs(60),
        }),
        Address::new("election", 2181),
    );
    service.at(5).start();
    let session = SessionId(1);
    assert_eq!(
        ask(&mut service, 1, AskElection::PingSession { session }),
        ["reply#1 Flag(false)"]
    );
    let opened = ask(&mut service, 1, AskElection::OpenSession { session: None });
    let number = 5_000 * (1_u64 << 32) + 1;
    assert_eq!(
        opened[2],
        format!("reply#1 Session(Some(SessionId({number})))")
    );
}
