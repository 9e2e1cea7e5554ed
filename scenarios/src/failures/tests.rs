//! Drawn failures are pinned: another derivation would change every run ever published. What one
//! machine draws does not depend on the others.

use super::drawn;
use crate::scenario::parse;
use crate::scenario::plan::{FaultEnd, FaultPlan, FaultStart, Plan};
use expect_test::{Expect, expect};
use std::path::Path;

fn plan(workers: u32, failures: &str) -> Plan {
    let text = format!(
        "title = \"t\"\nuntil = \"1h\"\n[cluster]\nworker = {{ count = {workers} }}\n\
         [[failures]]\nof = \"workers\"\n{failures}"
    );
    match parse("file.toml", text.as_bytes(), Path::new(""), &[]) {
        Ok(plan) => plan,
        Err(error) => panic!("{error}"),
    }
}

const SELDOM: &str = "up = { distribution = \"exponential\", mean = \"30min\" }\n\
    down = { distribution = \"log_normal\", median = \"2min\", sigma = 0.5 }\n";

fn said(fault: &FaultPlan) -> String {
    let (FaultStart::At(at), FaultEnd::After(lasting)) = (&fault.start, fault.end) else {
        panic!("it has a beginning and a length")
    };
    format!("{at} for {lasting:?}: {}", fault.word)
}

fn draws(plan: &Plan, seed: u64) -> Vec<String> {
    drawn(plan, seed).faults.iter().map(said).collect()
}

fn check(failures: &str, expected: &Expect) {
    expected.assert_eq(&draws(&plan(4, failures), 7).join("\n"));
}

#[test]
fn the_failures_of_a_seed_never_change() {
    check(
        SELDOM,
        &expect![[r#"
        253.430s for 192.86s: power_loss worker-1
        819.450s for 76.99s: power_loss worker-2
        903.960s for 37.28s: power_loss worker-3
        1131.600s for 134.16s: power_loss worker-2
        1498.520s for 83.28s: power_loss worker-1
        1722.650s for 197.13s: power_loss worker-2
        2169.020s for 105.95s: power_loss worker-1
        2825.290s for 117.58s: power_loss worker-1"#]],
    );
    check(
        "up = { distribution = \"weibull\", scale = \"20min\", shape = 0.7 }\ndown = \"1min\"\n\
         how = \"crash\"\nat = \"10min\"\nuntil = \"50min\"\n",
        &expect![[r#"
            672.930s for 60s: crash worker-1
            989.910s for 60s: crash worker-2
            1048.600s for 60s: crash worker-3
            1115.440s for 60s: crash worker-2
            1290.240s for 60s: crash worker-1
            1344.690s for 60s: crash worker-2
            1592.470s for 60s: crash worker-1
            1873.250s for 60s: crash worker-1
            2699.090s for 60s: crash worker-1"#]],
    );
    check(
        &format!("{SELDOM}rack = 2\nunit = \"rack\"\n"),
        &expect![[r#"
            1041.710s for 167.25s: power_loss worker-1, worker-2
            2870.120s for 121.75s: power_loss worker-3, worker-4"#]],
    );
    check(
        &format!("{SELDOM}rack = 2\ntogether = 0.5\n"),
        &expect![[r#"
            253.430s for 192.86s: power_loss worker-1, worker-2
            819.450s for 76.99s: power_loss worker-2
            903.960s for 37.28s: power_loss worker-3, worker-4
            1131.600s for 134.16s: power_loss worker-2
            1498.520s for 83.28s: power_loss worker-1, worker-2
            1722.650s for 197.13s: power_loss worker-2
            2169.020s for 105.95s: power_loss worker-1
            2825.290s for 117.58s: power_loss worker-1, worker-2"#]],
    );
}

#[test]
fn another_machine_changes_no_other() {
    let few = draws(&plan(3, SELDOM), 7);
    let mut many = draws(&plan(12, SELDOM), 7);
    assert!(!few.is_empty() && few.len() < many.len());
    many.retain(|line| {
        ["worker-1", "worker-2", "worker-3"]
            .iter()
            .any(|own| line.ends_with(own))
    });
    assert_eq!(many, few);
}

#[test]
fn machines_fail_as_often_as_they_should() {
    // 200 machines, 1 h each, MTBF and MTTR of 10 min: 200 × 60 / 20 failures.
    let failures = "up = { distribution = \"exponential\", mean = \"10min\" }\n\
        down = { distribution = \"exponential\", mean = \"10min\" }\n";
    let count = draws(&plan(200, failures), 7).len();
    assert!((550..750).contains(&count), "{count}");
}

#[test]
fn drawn_failures_replay_alone() {
    let random = plan(4, SELDOM);
    let played = drawn(&random, 7).into_owned();
    let written = played.to_toml();
    assert!(!written.contains("failures"), "{written}");
    let again = parse("file.toml", written.as_bytes(), Path::new(""), &[]).unwrap();
    assert_eq!(again, played);
    assert_eq!(*drawn(&again, 8), again);
}

fn traced(lines: &str) -> Result<Plan, String> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("failures.csv"), lines).unwrap();
    let text = "title = \"t\"\nuntil = \"1h\"\n[cluster]\nworker = { count = 4 }\n\
        [[failures]]\ncsv = \"failures.csv\"\n";
    let read = parse("file.toml", text.as_bytes(), folder.path(), &[]);
    read.map_err(|error| error.problems()[0].message.clone())
}

#[test]
fn a_trace_says_when_machines_are_down() {
    let lines = "machine,from_s,to_s\nworker-2,100,160.5\nworker-1,100,160.5\n\
        worker-2,150,200\nworker-3,5000,6000\n";
    let faults: Vec<String> = traced(lines).unwrap().faults.iter().map(said).collect();
    expect![[r#"
        100.000s for 60.5s: power_loss worker-1
        100.000s for 100s: power_loss worker-2"#]]
    .assert_eq(&faults.join("\n"));
}

#[test]
fn a_wrong_trace_is_refused_with_its_line() {
    let refused = |lines: &str| traced(lines).unwrap_err();
    let all = [
        refused("machine,from,to_s\n"),
        refused("machine,from_s,to_s\nworker-9,1,2\n"),
        refused("machine,from_s,to_s\nworker-1,1,2\nworker-1,-1,2\n"),
        refused("machine,from_s,to_s\nworker-1,5,2\n"),
        refused("machine,from_s,to_s\nworker-1,5\n"),
    ];
    expect![[r#"
        `failures.csv` cannot be read: line 1: the columns are machine, from, to_s
        `failures.csv` cannot be read: line 2: there is no machine `worker-9`
        `failures.csv` cannot be read: line 3: `from_s` is -1: it is negative
        `failures.csv` cannot be read: line 2: `to_s` is not after `from_s`
        `failures.csv` cannot be read: CSV error: record 1 (line: 2, byte: 20): found record with 2 fields, but the previous record has 3 fields"#]].assert_eq(&all.join("\n"));
}
