//! Which ways are open under one and several partitions.

use super::{Cuts, Direction, Member};
use crate::network::{Cause, Machine, Path, Place, Process, Way};

/// The worker's process on machine `number` has the machine's number.
const fn worker(number: u32) -> Place {
    Place {
        machine: Machine(number),
        process: Process(number),
    }
}

/// A child process on machine `number`.
const fn child(number: u32) -> Place {
    Place {
        machine: Machine(number),
        process: Process(1_000 + number),
    }
}

fn machines(numbers: &[u32]) -> Vec<Member> {
    let member = |number: &u32| Member::Machine(Machine(*number));
    numbers.iter().map(member).collect()
}

/// Every way that is cut among the workers of machines 0 to 3.
fn closed(cuts: &Cuts) -> Vec<(u32, u32)> {
    let pairs = (0..4).flat_map(|from| (0..4).map(move |to| (from, to)));
    let is_cut = |(from, to): &(u32, u32)| !cuts.is_open(worker(*from), worker(*to));
    pairs.filter(is_cut).collect()
}

#[test]
fn without_a_partition_every_way_is_open() {
    let cuts = Cuts::default();
    assert_eq!(closed(&cuts), []);
    assert_eq!(cuts.path(worker(0), worker(1)), Path::OPEN);
}

#[test]
fn a_partition_cuts_between_its_groups_and_not_within() {
    let mut cuts = Cuts::default();
    cuts.cut(
        Cause(1),
        &machines(&[0]),
        &machines(&[1, 2]),
        Direction::Both,
    );
    assert_eq!(closed(&cuts), [(0, 1), (0, 2), (1, 0), (2, 0)]);
    assert_eq!(cuts.path(worker(2), worker(0)), Path::CUT);
    cuts.heal(Cause(1));
    assert_eq!(closed(&cuts), []);
}

#[test]
fn a_one_way_partition_cuts_from_the_first_group_to_the_second() {
    let mut cuts = Cuts::default();
    cuts.cut(Cause(1), &machines(&[0]), &machines(&[1, 2]), Direction::To);
    assert_eq!(closed(&cuts), [(0, 1), (0, 2)]);
    let (forward, backward) = (Way::Open, Way::Cut);
    assert_eq!(cuts.path(worker(1), worker(0)), Path { forward, backward });
    let (forward, backward) = (Way::Cut, Way::Open);
    assert_eq!(cuts.path(worker(0), worker(1)), Path { forward, backward });
}

#[test]
fn partitions_overlap_and_heal_one_by_one() {
    let mut cuts = Cuts::default();
    cuts.cut(Cause(1), &machines(&[0]), &machines(&[1]), Direction::Both);
    cuts.cut(Cause(2), &machines(&[0, 3]), &machines(&[1]), Direction::To);
    assert_eq!(closed(&cuts), [(0, 1), (1, 0), (3, 1)]);
    cuts.heal(Cause(1));
    assert_eq!(closed(&cuts), [(0, 1), (3, 1)]);
    cuts.heal(Cause(1));
    assert_eq!(closed(&cuts), [(0, 1), (3, 1)]);
    cuts.heal(Cause(2));
    assert_eq!(closed(&cuts), []);
}

#[test]
fn a_machine_stands_for_its_processes_which_still_reach_each_other() {
    let mut cuts = Cuts::default();
    cuts.cut(
        Cause(1),
        &machines(&[0]),
        &machines(&[0, 1]),
        Direction::Both,
    );
    assert!(!cuts.is_open(child(0), worker(1)));
    assert!(!cuts.is_open(child(1), child(0)));
    assert!(cuts.is_open(child(0), worker(0)));
    assert!(cuts.is_open(child(1), worker(1)));
}

#[test]
fn a_process_is_cut_off_alone_also_from_its_own_machine() {
    let mut cuts = Cuts::default();
    let process = [Member::Process(child(0).process)];
    cuts.cut(Cause(1), &process, &machines(&[0, 1]), Direction::Both);
    assert!(!cuts.is_open(child(0), worker(1)));
    assert!(!cuts.is_open(child(0), worker(0)));
    assert!(!cuts.is_open(worker(0), child(0)));
    assert!(cuts.is_open(child(0), child(0)));
    assert!(cuts.is_open(worker(0), worker(1)));
}

#[test]
fn machine_numbers_beyond_one_word_are_told_apart() {
    let mut cuts = Cuts::default();
    cuts.cut(Cause(1), &machines(&[64]), &machines(&[200]), Direction::To);
    assert!(!cuts.is_open(worker(64), worker(200)));
    for (from, to) in [
        (0, 200),
        (64, 8),
        (65, 200),
        (64, 72),
        (200, 64),
        (64, 9_999),
    ] {
        assert!(cuts.is_open(worker(from), worker(to)), "{from} to {to}");
    }
}
