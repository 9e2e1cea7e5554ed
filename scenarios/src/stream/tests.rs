//! The first draws are pinned: another derivation would change every run ever published.

use super::Seeds;
use expect_test::{Expect, expect};
use rand::RngCore;
use std::collections::BTreeMap;

fn check(mut stream: impl RngCore, expected: Expect) {
    let draws: Vec<String> = (0..4)
        .map(|_| format!("{:016x}", stream.next_u64()))
        .collect();
    expected.assert_eq(&draws.join(" "));
}

#[test]
fn the_first_draws_of_a_stream_never_change() {
    let seeds = Seeds::new(7);
    check(
        seeds.chacha("worker-1"),
        expect!["ed5675146e859e82 bc67dbec77a5bcc5 ee562163065adc7d 0c105b48a385c242"],
    );
    check(
        seeds.small("worker-1"),
        expect!["294a2f7462a335ec 178ba7ef81c6f695 2eb4d887f7397b01 ab0d3b5b005013f6"],
    );
    check(
        seeds.small("worker-1 -> master-1"),
        expect!["6c1150fcd5a2ea0e c79fba0f2cc58d5a 17bd03f0cbf029d5 920647b7c2d0a072"],
    );
    check(
        seeds.small("master-1 -> worker-1"),
        expect!["480a9a73924d9694 d08324a984186c54 40f19a87bdb66f4d a2ac63a80735ebf4"],
    );
    check(
        seeds.chacha(""),
        expect!["8d980b11e5c30c53 f10da7ca68c7c8a2 2dedce59d42e305f fdd37813b3a0aeda"],
    );
    check(
        Seeds::new(8).chacha("worker-1"),
        expect!["245244cb2bd72d6a 8e50463617ba9e24 e6acb9812d6be3ad fb97e27d68395248"],
    );
}

#[test]
fn removing_a_name_changes_no_other_stream() {
    let draws = |names: &[&'static str]| -> BTreeMap<&'static str, u64> {
        let seeds = Seeds::new(1);
        names
            .iter()
            .map(|name| (*name, seeds.chacha(name).next_u64()))
            .collect()
    };
    let mut all = draws(&["fault 1", "fault 2", "worker-1", "worker-2"]);
    let fewer = draws(&["worker-2", "worker-1", "fault 2"]);
    all.remove("fault 1");
    assert_eq!(all, fewer);
}

#[test]
fn different_names_and_seeds_give_different_streams() {
    let mut first: Vec<u64> = ["a", "b", "ab", "a b", ""]
        .iter()
        .flat_map(|name| (0..3).map(|seed| Seeds::new(seed).small(name).next_u64()))
        .collect();
    first.sort_unstable();
    first.dedup();
    assert_eq!(first.len(), 15);
}
