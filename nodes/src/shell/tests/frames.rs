//! Bytes that are no frame, or a frame where it does not belong: the connection on which they
//! come is broken, its peer told, and nobody else notices.

use super::hosted::Hosted;
use super::yard::{Peer, Yard};
use super::{asking, check, master_address, no, numbered, seconds};
use deploysim_protocol::text::Text;
use deploysim_protocol::wire::{Envelope, Limit, encode};
use std::rc::Rc;

/// What the offender does after its stream was broken by its own bytes.
#[derive(Clone, Copy)]
enum Then {
    Waits,
    Ends,
}

fn frame(envelope: &Envelope) -> Vec<u8> {
    encode(envelope, Limit::DEFAULT).expect("a short frame")
}

fn hello(name: &str) -> Vec<u8> {
    let name = Text::new(name);
    let listening = None;
    frame(&Envelope::Hello { name, listening })
}

/// The other peer is served as if nothing had happened.
async fn is_served(witness: &mut Peer, call: u64) {
    witness.say(&asking(call)).await;
    assert_eq!(witness.hear().await, Some(no(call)));
}

/// A peer that has greeted writes `bytes`, which break its connection and nothing else.
fn breaks_its_connection(bytes: &[u8], then: Then) {
    check(async |yard: Rc<Yard>| {
        let master = yard.host_master().await;
        let mut witness = yard.greet(master_address(), "witness").await;
        let mut offender = yard.greet(master_address(), "offender").await;
        is_served(&mut witness, 1).await;
        offender.write(bytes).await.expect("the pipe has room");
        match then {
            Then::Waits => {}
            Then::Ends => offender.finish().await,
        }
        assert_eq!(offender.hear().await, None, "the offender is told");
        yard.settle().await;
        assert_eq!(master.lines(&["ended"]), ["ended c2 bad frame"]);
        assert_eq!(master.lines(&["disconnected"]), ["disconnected Socket(c2)"]);
        is_served(&mut witness, 2).await;
        let mut offender = yard.greet(master_address(), "offender").await;
        is_served(&mut offender, 3).await;
    });
}

/// A peer that has only dialled writes `bytes`: there never is a connection, and nobody else
/// notices.
fn is_turned_away(bytes: &[u8], then: Then) {
    check(async |yard: Rc<Yard>| {
        let master = yard.host_master().await;
        let mut witness = yard.greet(master_address(), "witness").await;
        let mut offender = yard.dial(master_address());
        offender.write(bytes).await.expect("the pipe has room");
        match then {
            Then::Waits => {}
            Then::Ends => offender.finish().await,
        }
        assert_eq!(offender.hear_all().await, ["Hello"], "the offender is told");
        yard.settle().await;
        assert_eq!(master.lines(&["opened"]), ["opened c1 witness"]);
        assert_eq!(master.lines(&["ended", "disconnected"]), [""; 0]);
        assert_eq!(master.lines(&["refused"]).len(), 1, "told once");
        is_served(&mut witness, 1).await;
    });
}

#[test]
fn a_frame_that_claims_to_be_longer_than_allowed_breaks_its_connection() {
    breaks_its_connection(&[0xff; 4], Then::Waits);
}

#[test]
fn a_frame_that_claims_to_be_shorter_than_it_is_breaks_its_connection() {
    let mut lying = frame(&asking(1));
    lying[3] -= 1;
    breaks_its_connection(&lying, Then::Waits);
}

#[test]
fn a_frame_that_goes_on_after_its_last_field_breaks_its_connection() {
    let mut lying = frame(&asking(1));
    lying[3] += 1;
    lying.push(0);
    breaks_its_connection(&lying, Then::Waits);
}

#[test]
fn a_frame_without_a_body_breaks_its_connection() {
    breaks_its_connection(&[0; 4], Then::Waits);
}

#[test]
fn a_frame_that_is_cut_by_the_end_of_the_stream_breaks_its_connection() {
    let whole = frame(&asking(1));
    for length in 1..whole.len() {
        breaks_its_connection(&whole[..length], Then::Ends);
    }
}

#[test]
fn a_frame_of_an_unknown_kind_breaks_its_connection() {
    breaks_its_connection(&[0, 0, 0, 1, 0xee], Then::Waits);
}

#[test]
fn a_second_greeting_breaks_its_connection() {
    breaks_its_connection(&hello("offender"), Then::Waits);
}

#[test]
fn a_first_frame_that_is_no_greeting_is_turned_away() {
    is_turned_away(&frame(&asking(1)), Then::Waits);
}

#[test]
fn a_first_frame_that_is_none_is_turned_away() {
    is_turned_away(&[0xff; 4], Then::Waits);
}

#[test]
fn a_greeting_that_is_cut_by_the_end_of_the_stream_is_turned_away() {
    let whole = hello("offender");
    for length in 0..whole.len() {
        is_turned_away(&whole[..length], Then::Ends);
    }
}

#[test]
fn who_dials_and_says_nothing_is_let_go_after_the_time_of_a_dial() {
    check(async |yard: Rc<Yard>| {
        let master = yard.host_master().await;
        let mut mute = yard.dial(master_address());
        let mut witness = yard.greet(master_address(), "witness").await;
        assert_eq!(mute.hear_all().await, ["Hello"]);
        assert_eq!(yard.clock.now().since_start(), seconds(120));
        is_served(&mut witness, 1).await;
        assert_eq!(master.lines(&["refused"]), ["refused timed out"]);
        assert_eq!(master.lines(&["opened"]), ["opened c1 witness"]);
    });
}

#[test]
fn a_frame_counts_whatever_the_pieces_in_which_it_comes() {
    check(async |yard: Rc<Yard>| {
        let _master = yard.host_master().await;
        let mut peer = yard.dial(master_address());
        for byte in [hello("slow"), frame(&asking(8))].concat() {
            peer.write(&[byte]).await.expect("the pipe has room");
            yard.settle().await;
        }
        peer.hear().await.expect("a greeting");
        assert_eq!(peer.hear().await, Some(no(8)));
    });
}

#[test]
fn frames_that_come_with_the_greeting_are_handled() {
    check(async |yard: Rc<Yard>| {
        let _master = yard.host_master().await;
        let mut peer = yard.dial(master_address());
        let bytes = [hello("eager"), frame(&asking(1)), frame(&asking(2))].concat();
        peer.write(&bytes).await.expect("the pipe has room");
        peer.hear().await.expect("a greeting");
        assert_eq!(peer.hear().await, Some(no(1)));
        assert_eq!(peer.hear().await, Some(no(2)));
    });
}

async fn handles_what_came_before(yard: &Yard, master: &Hosted, last: &[u8], then: Then) {
    let mut peer = yard.greet(master_address(), "peer").await;
    let mut bytes = Vec::new();
    for number in 0..3 {
        bytes.extend(frame(&Envelope::OneWay(numbered(number))));
    }
    bytes.extend(last);
    peer.write(&bytes).await.expect("the pipe has room");
    match then {
        Then::Waits => {}
        Then::Ends => peer.finish().await,
    }
    assert_eq!(peer.hear().await, None);
    yard.settle().await;
    let seen = master.lines(&["received", "disconnected"]);
    let expected = [
        "received app-0 peer:0@c1",
        "received app-1 peer:0@c1",
        "received app-2 peer:0@c1",
        "disconnected Socket(c1)",
    ];
    assert_eq!(seen, expected);
}

#[test]
fn what_came_before_a_bad_frame_is_handled() {
    check(async |yard: Rc<Yard>| {
        let master = yard.host_master().await;
        handles_what_came_before(&yard, &master, &[0xff; 4], Then::Waits).await;
    });
}

#[test]
fn what_came_before_a_cut_frame_is_handled() {
    check(async |yard: Rc<Yard>| {
        let master = yard.host_master().await;
        handles_what_came_before(&yard, &master, &[0, 0], Then::Ends).await;
    });
}

#[test]
fn what_came_before_the_end_of_the_stream_is_handled() {
    check(async |yard: Rc<Yard>| {
        let master = yard.host_master().await;
        handles_what_came_before(&yard, &master, &[], Then::Ends).await;
    });
}
