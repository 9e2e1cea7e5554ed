//! Sendings and receipts, by hand.

use super::{Pairing, WAITING_MAX, Way};

const WAY: Way = Way { to: 0, from: 1 };

#[test]
fn what_is_sent_first_arrives_first() {
    let mut pairing = Pairing::default();
    for at in [10, 20, 30] {
        assert_eq!(pairing.left(WAY, "Heartbeat", at), None);
    }
    pairing.left(WAY, "RegisterWorker", 15);
    assert_eq!(pairing.arrived(WAY, "Heartbeat"), Some(10));
    assert_eq!(pairing.arrived(WAY, "RegisterWorker"), Some(15));
    assert_eq!(pairing.arrived(WAY, "Heartbeat"), Some(20));
    assert_eq!(pairing.arrived(Way { to: 1, from: 0 }, "Heartbeat"), None);
}

#[test]
fn what_waited_for_its_connection_is_sent_when_it_leaves() {
    let mut pairing = Pairing::default();
    pairing.waits(WAY, "Resolve", 1);
    pairing.left(WAY, "Resolve", 5);
    assert_eq!(pairing.arrived(WAY, "Resolve"), Some(5));
    assert_eq!(pairing.arrived(WAY, "Resolve"), None);
}

#[test]
fn what_was_sent_on_the_new_connection_is_preferred() {
    let mut pairing = Pairing::default();
    pairing.left(WAY, "Heartbeat", 10);
    pairing.disconnected(0, 1);
    pairing.left(WAY, "Heartbeat", 50);
    assert_eq!(pairing.arrived(WAY, "Heartbeat"), Some(50));
    assert_eq!(pairing.arrived(WAY, "Heartbeat"), Some(10));
}

#[test]
fn what_cannot_arrive_is_handed_back() {
    let mut pairing = Pairing::default();
    pairing.waits(WAY, "Resolve", 1);
    pairing.left(WAY, "Heartbeat", 2);
    let refused = pairing.not_connected(WAY);
    assert_eq!(refused.len(), 1);
    assert_eq!((refused[0].kind, refused[0].mark), ("Resolve", 1));
    let lost = pairing.gone(0);
    assert_eq!(lost.len(), 1);
    assert_eq!((lost[0].0, lost[0].1.mark), (WAY, 2));
    pairing.left(WAY, "Heartbeat", 3);
    assert_eq!(pairing.gone(1), []);
    assert_eq!(pairing.finish().count(), 1);
}

#[test]
fn only_so_much_is_waited_for() {
    let mut pairing = Pairing::default();
    for at in 0..WAITING_MAX as u64 {
        assert_eq!(pairing.left(WAY, 'h', at), None);
    }
    assert_eq!(pairing.left(WAY, 'h', 9999).map(|one| one.mark), Some(0));
    assert_eq!(pairing.arrived(WAY, 'h'), Some(1));
}
