//! Property: as `random.rs`, with so many workers that the orders have many blocks, labels run
//! out between neighbours, passes change most workers at once, and much happens between two
//! passes.

use super::event::{Event, event, rules};
use super::random::Pair;
use deploysim_protocol::event::WorkerSlot;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::RngSeed;

/// The most workers.
const WORKERS: u32 = 400;

/// In which order the ids of the first workers come.
#[derive(Clone, Copy, Debug)]
enum Ids {
    /// As numbers, so that the texts come in many runs: 1, 10, 100, …
    Numbered,
    /// Each between one fixed id and the one before, so that half of a gap is left each time.
    Closing,
    /// From all sides.
    Scattered,
}

impl Ids {
    fn id(self, at: u32) -> u32 {
        match self {
            Self::Numbered => at,
            Self::Closing if at == 0 => 1,
            Self::Closing => 9_000 - at,
            Self::Scattered => at * 7_919 % 9_973,
        }
    }
}

fn sizes() -> impl Strategy<Value = Vec<[i32; 4]>> {
    let alike = (1..=12, 500..=6000, 0..=2, 0..=1, 70..300_usize)
        .prop_map(|(cores, memory, gpus, fpgas, count)| vec![[cores, memory, gpus, fpgas]; count]);
    let size = (0..=12, 0..=6000, 0..=3, 0..=2)
        .prop_map(|(cores, memory, gpus, fpgas)| [cores, memory, gpus, fpgas]);
    prop_oneof![alike, prop::collection::vec(size, 70..300)]
}

/// What happens between two passes: usually little, at times a lot.
fn burst() -> impl Strategy<Value = Vec<Event>> {
    prop_oneof![
        4 => prop::collection::vec(event(WORKERS), 1..8),
        1 => prop::collection::vec(event(WORKERS), 80..160),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 100,
        rng_seed: RngSeed::Fixed(2026),
        failure_persistence: None,
        max_shrink_iters: 200,
        ..ProptestConfig::default()
    })]

    #[test]
    fn many_workers_are_scheduled_as_by_the_plain_rule(
        rules in rules(),
        seed in any::<u64>(),
        ids in select(vec![Ids::Numbered, Ids::Closing, Ids::Scattered]),
        sizes in sizes(),
        bursts in prop::collection::vec(burst(), 1..20),
    ) {
        let mut pair = Pair::new(rules, seed);
        for (at, size) in (0..).zip(sizes) {
            pair.register(WorkerSlot(at), ids.id(at), size);
        }
        for events in &bursts {
            for event in events {
                pair.happen(event);
            }
            pair.pass();
            pair.compare();
        }
    }
}
