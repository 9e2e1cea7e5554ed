//! A number for each worker that stands for its id: workers are ordered by the text of their
//! ids, and texts are slow to compare. A worker that registers gets a number between those of
//! its neighbours; where there is none left, a stretch around it is spread out anew.

use deploysim_protocol::event::WorkerSlot;
use deploysim_protocol::id::WorkerId;
use std::collections::BTreeSet;

/// The first label, in the middle of all.
const MIDDLE: u64 = 1 << 63;
/// How far from the outermost label a new outermost one is.
const STEP: u64 = 1 << 32;

/// All workers, by (text of the id, slot) ascending.
pub(super) type ById = BTreeSet<(WorkerId, WorkerSlot)>;

/// A label between those of the neighbours `below` and `above`, if there is one.
pub(super) const fn between(below: Option<u64>, above: Option<u64>) -> Option<u64> {
    match (below, above) {
        (None, None) => Some(MIDDLE),
        (Some(below), None) => below.checked_add(STEP),
        (None, Some(above)) => above.checked_sub(STEP),
        (Some(below), Some(above)) if above - below > 1 => Some(below + (above - below) / 2),
        (Some(_), Some(_)) => None,
    }
}

/// Which workers must get new labels so that `new` gets one, and these labels, in the order of
/// the ids; `new` is among them and must be in `by_id`. `label` is asked for the others, and
/// `near` is the label of a neighbour.
///
/// The stretch is the smallest aligned one of 2^i labels that holds at most 2^(i/2) workers: so
/// the fuller a stretch was, the longer it takes until it is full again, and a registration
/// moves O(log workers) labels in the mean, in whatever order they come.
pub(super) fn spread(
    by_id: &ById,
    new: (WorkerId, WorkerSlot),
    near: u64,
    label: impl Fn(WorkerSlot) -> u64,
) -> Vec<(WorkerSlot, u64)> {
    for bits in 1..=64_u32 {
        let size = 1_u128 << bits;
        let low = u128::from(near) & !(size - 1);
        let within = |slot: &WorkerSlot| (low..low + size).contains(&u128::from(label(*slot)));
        let below = by_id.range(..new).rev().map(|(_, slot)| *slot);
        let mut slots: Vec<WorkerSlot> = below.take_while(within).collect();
        slots.reverse();
        slots.push(new.1);
        let above = by_id.range(new..).skip(1).map(|(_, slot)| *slot);
        slots.extend(above.take_while(within));
        let count = slots.len() as u128;
        if count * count > size {
            continue;
        }
        let gap = size / (count + 1);
        let labels = (1_u128..).map(|at| u64::try_from(low + at * gap).expect("below 2^64"));
        return slots.into_iter().zip(labels).collect();
    }
    unreachable!("slots are 32 bits, and 2^32 of them can be spread over 2^64 labels");
}
