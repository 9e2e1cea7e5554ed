//! `sweep --until`: seeds are added until the numbers are known closely enough, and the table is the
//! same from one thread, from four, and from a sweep that was killed.

use super::{merge, sweep};
use crate::ground::{Ground, deploysim};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// An application that waits for its executor for 0.5 to 2 s, or for 10 to 11 s.
const WAITS: &str = r#"title = "An application waits"
until = "60s"

[cluster]
worker = { count = 1, cores = 2 }

[process]
start = { distribution = "uniform", low = "500ms", high = "2s" }

[[application]]
at = "5s"
name = "sum"
cores_max = 1
run = "30s"

[sweep.axes]
"process.start" = [{ distribution = "uniform", low = "500ms", high = "2s" }, { distribution = "uniform", low = "10s", high = "11s" }]
"#;

const RULE: &str = "--until ci=10%:application_wait_mean_ns";

fn rows(table: &Path) -> Vec<csv::StringRecord> {
    let mut reader = csv::Reader::from_path(table).unwrap();
    reader.records().map(Result::unwrap).collect()
}

fn column(table: &Path, name: &str) -> usize {
    let mut reader = csv::Reader::from_path(table).unwrap();
    let header = reader.headers().unwrap();
    header.iter().position(|column| column == name).unwrap()
}

#[test]
fn a_cell_goes_on_until_its_numbers_are_known_closely_enough() {
    let ground = Ground::new();
    let scenario = ground.file("one.toml", WAITS);
    let output = ground.path("out.csv");
    let ran = sweep(&scenario, &output, RULE);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(!ran.stderr.contains("warning"), "{ran:?}");
    let (axis, wait) = (3, column(&output, "application_wait_mean_ns"));
    let (seed, rows) = (column(&output, "seed"), rows(&output));
    let mut cells: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for (number, row) in (1..).zip(&rows) {
        assert_eq!(row[1], rows.len().to_string());
        assert_eq!(row[2], u64::to_string(&number));
        let cell = cells.entry(row[axis].to_owned()).or_default();
        cell.push(row[wait].parse().unwrap());
        assert_eq!(
            row[seed],
            cell.len().to_string(),
            "seeds from 1 on, in order"
        );
    }
    let counts: Vec<usize> = cells.values().map(Vec::len).collect();
    // Ten to eleven seconds are known to 2 % after ten seeds. Those from 0.5 to 2 s have a spread
    // of 0.35 of their mean, of which a tenth is known after some fifty.
    let narrow = counts.iter().min().copied().unwrap();
    let wide = counts.iter().max().copied().unwrap();
    assert_eq!(narrow, 10);
    assert!(
        wide.is_multiple_of(10) && (30..=80).contains(&wide),
        "{wide}"
    );
    let joined = ground.path("joined.csv");
    assert_eq!(merge(&joined, std::slice::from_ref(&output)).code, Some(0));
    assert!(fs::read(joined).unwrap() == fs::read(output).unwrap());
}

#[test]
fn threads_and_what_was_left_change_nothing() {
    let ground = Ground::new();
    let scenario = ground.file("one.toml", WAITS);
    let table = |name: &str, jobs: u32| {
        let output = ground.path(name);
        let ran = sweep(&scenario, &output, &format!("{RULE} --jobs {jobs}"));
        assert_eq!(ran.code, Some(0), "{ran:?}");
        (fs::read(output).unwrap(), ran)
    };
    let (wanted, _) = table("1.csv", 1);
    assert!(table("4.csv", 4).0 == wanted);
    // Left behind by a disk that was full: the first waves, and a part of one.
    let output = ground.path("left.csv");
    let failed = super::sweep_on_a_small_disk(&scenario, &output, 20, RULE);
    assert_eq!(failed.code, Some(3), "{failed:?}");
    let part = ground.path("left.csv.part");
    let left = fs::read(&part).unwrap();
    for length in [left.len(), left.len() * 3 / 4, left.len() / 2] {
        fs::write(&part, &left[..length]).unwrap();
        let (table, ran) = table("left.csv", 2);
        assert!(table == wanted, "{length}");
        assert!(ran.stderr.contains("runs are there already"), "{ran:?}");
        fs::remove_file(&output).unwrap();
    }
    fs::write(&part, &left).unwrap();
    let other = sweep(&scenario, &output, "--until ci=9%:application_wait_mean_ns");
    assert_eq!(other.code, Some(2), "{other:?}");
    assert!(
        other.stderr.contains("belongs to another sweep"),
        "{other:?}"
    );
}

#[test]
fn what_stays_unknown_is_said() {
    let ground = Ground::new();
    let scenario = ground.file("one.toml", WAITS);
    let output = ground.path("out.csv");
    let rule = "--until ci=1%:application_wait_mean_ns,driver_wait_mean_ns --seeds 5..17";
    let ran = sweep(&scenario, &output, rule);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    for words in [
        "warning: cell 1: application_wait_mean_ns is known to ±",
        " % only, with 13 numbers",
        "warning: cell 1: driver_wait_mean_ns has no number in any run",
    ] {
        assert!(ran.stderr.contains(words), "{words}: {ran:?}");
    }
    let seed = column(&output, "seed");
    let last = |row: &csv::StringRecord| row[seed].parse::<u64>().unwrap();
    assert_eq!(rows(&output).iter().map(last).max(), Some(17));
}

#[test]
fn an_explanation_says_how_many_seeds_there_are_at_most() {
    let ground = Ground::new();
    let scenario = ground.file("one.toml", WAITS);
    let ran = deploysim("sweep PATH --until ci=2% --explain", &scenario);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    for words in [
        "2 cells × at most 1000 seeds (1..1000) = at most 2000 runs",
        "for the first 20 runs on",
    ] {
        assert!(ran.stdout.contains(words), "{words}: {ran:?}");
    }
}

#[test]
fn an_end_that_cannot_be_found_is_refused() {
    let ground = Ground::new();
    let scenario = ground.file("one.toml", WAITS);
    for (more, words) in [
        ("--until 2%", "`2%` says no end; allowed: ci=P%"),
        ("--until ci=0%", "says no end"),
        ("--until ci=2", "says no end"),
        (
            "--until ci=2%:application_wait_mean",
            "no column `application_wait_mean`; did you mean `application_wait_mean_ns`?",
        ),
        ("--until ci=2% --shard 1/2", "cannot be used with"),
    ] {
        let ran = sweep(&scenario, &ground.path("out.csv"), more);
        assert_eq!(ran.code, Some(2), "{more}: {ran:?}");
        assert!(ran.stderr.contains(words), "{words}: {ran:?}");
        assert_eq!(ground.names("."), ["one.toml"]);
    }
}
