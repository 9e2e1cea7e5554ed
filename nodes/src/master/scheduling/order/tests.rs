//! Property: many workers at once leave the order and come back as they would one by one, and
//! what is said of the blocks stays true.

use super::{BLOCK_MAX, Key, Order, Room, Walk};
use deploysim_protocol::conf::WorkerSelectionPolicy;
use deploysim_protocol::event::WorkerSlot;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use std::collections::BTreeMap;

/// A worker of which so many cores are free.
fn place(slot: u32, cores: i32) -> (Key, Room) {
    let room = Room {
        cores,
        memory_mib: 1024 - cores,
    };
    let key = Key::descending(cores, u64::from(slot), WorkerSlot(slot));
    (key, room)
}

/// A stretch of workers next to each other, and how many cores they have free from then on;
/// none: they leave.
fn changes() -> impl Strategy<Value = Vec<(u32, u32, Option<i32>)>> {
    let stretch = (0..600_u32, 1..300_u32, prop::option::of(0..6_i32));
    prop::collection::vec(stretch, 1..24)
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 500,
        rng_seed: RngSeed::Fixed(2026),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn many_leave_and_come_as_one_by_one(changes in changes()) {
        let mut order = Order::new(WorkerSelectionPolicy::CoresFreeDesc);
        let mut expected: BTreeMap<Key, Room> = BTreeMap::new();
        let mut standing: BTreeMap<u32, (Key, Room)> = BTreeMap::new();
        for (first, count, cores) in changes {
            let slots = first..first + count;
            let mut left: Vec<Key> = slots
                .clone()
                .filter_map(|slot| standing.remove(&slot))
                .map(|(key, _)| key)
                .collect();
            left.sort_unstable();
            order.remove_all(&left);
            for key in left {
                expected.remove(&key);
            }
            if let Some(cores) = cores {
                // Not all the same, so that they go to several blocks.
                let of = |slot: u32| place(slot, cores + (slot % 3).cast_signed());
                standing.extend(slots.clone().map(|slot| (slot, of(slot))));
                let mut taken: Vec<_> = slots.map(of).collect();
                taken.sort_unstable_by_key(|(key, _)| *key);
                order.insert_all(&taken);
                expected.extend(taken);
            }
            check(&mut order, &expected);
        }
    }
}

/// Whether the order has these workers, keeps its promises, and shows all that have room.
fn check(order: &mut Order, expected: &BTreeMap<Key, Room>) {
    let expected_slots = expected.keys().map(|key| key.slot());
    assert!(order.iter().eq(expected_slots));
    assert_eq!(order.len(), expected.len());
    assert_eq!(order.bounds.len(), order.blocks.len());
    assert_eq!(order.rooms.len(), order.blocks.len());
    for (at, block) in order.blocks.iter().enumerate() {
        assert!(!block.is_empty() && block.len() <= BLOCK_MAX);
        assert!(at == 0 || order.bounds[at] <= block[0]);
        let next = order.bounds.get(at + 1);
        assert!(next.is_none_or(|next| block[block.len() - 1] < *next));
        for key in block {
            assert!(order.rooms[at].covers(expected[key]));
        }
    }
    let need = Room {
        cores: 3,
        memory_mib: 0,
    };
    let rooms: BTreeMap<u32, Room> = expected
        .iter()
        .map(|(key, room)| (key.slot().0, *room))
        .collect();
    let mut shown = Vec::new();
    order.walk(need, |slot| {
        let room = rooms[&slot.0];
        if room.covers(need) {
            shown.push(slot);
        }
        (room, Walk::On)
    });
    let fitting = expected.iter().filter(|(_, room)| room.covers(need));
    assert!(fitting.map(|(key, _)| key.slot()).eq(shown));
}
