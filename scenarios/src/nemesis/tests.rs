//! Drawn faults are pinned: another derivation would change every run ever published. What one
//! kind draws does not depend on the others.

use super::{draw, drawn};
use crate::scenario::parse;
use crate::scenario::plan::{FaultEnd, FaultPlan, FaultStart, Plan};
use expect_test::{Expect, expect};
use std::path::Path;

const CRASH: &str = "crash = { of = \"workers\", every = \"20s\", for = \"5s\" }\n";
const PAUSE: &str = "pause = { of = [\"leader\", \"worker-1\"], every = \"30s\", \
    for = { distribution = \"uniform\", low = \"1s\", high = \"3s\" }, at = \"30s\" }\n";
const PARTITION: &str =
    "partition = { between = [\"masters\", \"masters\"], every = \"1min\", for = \"9s\" }\n";

fn plan(workers: u32, nemesis: &str) -> Plan {
    let text = format!(
        "title = \"t\"\nuntil = \"120s\"\n[cluster]\nmaster = 3\n\
         worker = {{ count = {workers} }}\n[[fault]]\nat = \"1s\"\ncrash = \"worker-2\"\n\
         [nemesis]\n{nemesis}"
    );
    parse("file.toml", text.as_bytes(), Path::new(""), &[]).unwrap()
}

fn said(fault: &FaultPlan) -> String {
    let FaultStart::At(at) = fault.start else {
        panic!("it begins at an instant of its own")
    };
    let FaultEnd::After(lasting) = fault.end else {
        panic!("it lasts a while")
    };
    format!("{at} for {lasting:?}: {}", fault.word)
}

fn draws(plan: &Plan, seed: u64) -> Vec<String> {
    let faults = draw(&plan.nemesis, plan.until, seed);
    faults.iter().map(said).collect()
}

fn check(nemesis: &str, seed: u64, expected: &Expect) {
    expected.assert_eq(&draws(&plan(4, nemesis), seed).join("\n"));
}

#[test]
fn the_draws_of_a_seed_never_change() {
    let all = format!("{CRASH}{PAUSE}{PARTITION}");
    check(
        &all,
        7,
        &expect![[r#"
        0.240s for 9s: partition master-1 | master-2, master-3
        1.280s for 5s: crash worker-4
        11.250s for 9s: partition master-2 | master-1, master-3
        12.490s for 5s: crash worker-1
        13.300s for 5s: crash worker-4
        14.340s for 5s: crash worker-1
        57.020s for 5s: crash worker-4
        77.350s for 1.51s: pause leader
        86.070s for 5s: crash worker-2
        91.900s for 5s: crash worker-3
        92.090s for 5s: crash worker-2
        95.540s for 5s: crash worker-3
        98.330s for 2.6s: pause worker-1"#]],
    );
    check(
        &all,
        8,
        &expect![[r#"
        30.700s for 5s: crash worker-3
        36.650s for 5s: crash worker-2
        61.440s for 5s: crash worker-1
        63.580s for 5s: crash worker-2
        70.370s for 9s: partition master-2 | master-1, master-3
        73.710s for 5s: crash worker-1
        90.260s for 5s: crash worker-2"#]],
    );
}

#[test]
fn a_kind_that_is_taken_away_does_not_change_what_others_draw() {
    let all = draws(&plan(4, &format!("{CRASH}{PAUSE}{PARTITION}")), 7);
    for (rest, word) in [
        (format!("{PAUSE}{PARTITION}"), "crash"),
        (format!("{CRASH}{PARTITION}"), "pause"),
        (format!("{CRASH}{PAUSE}"), "partition"),
    ] {
        let others = all.iter().filter(|line| !line.contains(word));
        let others: Vec<&String> = others.collect();
        assert!(others.len() < all.len(), "{word} was drawn");
        let drawn = draws(&plan(4, &rest), 7);
        assert_eq!(drawn.iter().collect::<Vec<_>>(), others, "without {word}");
    }
}

#[test]
fn another_worker_does_not_change_when_faults_begin() {
    let begin = |workers| {
        let faults = draws(&plan(workers, CRASH), 7);
        let times = faults
            .iter()
            .map(|line| line.split(':').next().map(str::to_owned));
        times.collect::<Vec<_>>()
    };
    assert!(!begin(4).is_empty());
    assert_eq!(begin(4), begin(40));
}

#[test]
fn two_groups_of_one_kind_draw_apart() {
    let two = "crash = [{ of = \"worker-1\", every = \"20s\", for = \"5s\" }, \
        { of = \"worker-2\", every = \"20s\", for = \"5s\" }]\n";
    let one = "crash = { of = \"worker-2\", every = \"20s\", for = \"5s\" }\n";
    let second = |lines: Vec<String>| {
        let second = lines.into_iter().filter(|line| line.ends_with("worker-2"));
        second.collect::<Vec<_>>()
    };
    let alone = second(draws(&plan(2, one), 7));
    assert!(!alone.is_empty());
    assert_eq!(second(draws(&plan(2, two), 7)), alone);
}

#[test]
fn drawn_faults_come_after_those_of_the_file_and_replay_alone() {
    let random = plan(4, CRASH);
    let played = drawn(&random, 7).into_owned();
    assert_eq!(played.faults[0], random.faults[0]);
    assert_eq!(played.faults.len(), 1 + draws(&random, 7).len());
    let written = played.to_toml();
    assert!(!written.contains("nemesis"), "{written}");
    let again = parse("file.toml", written.as_bytes(), Path::new(""), &[]).unwrap();
    assert_eq!(again, played);
    // There is nothing left to draw, whatever the seed.
    assert_eq!(*drawn(&again, 8), again);
}
