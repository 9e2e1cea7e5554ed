//! `deploysim run --world live` and `test --world live`: scenarios with real masters, workers and
//! drivers. Each run takes as long as its scenario says.

use crate::ground::{Ground, HOLDS, Ran, deploysim, library, program};
use serde_json::Value;
use std::fs;

/// Plays a scenario of the library that every world plays.
fn play(name: &str, flags: &str) -> Ran {
    let file = library().join("every-world").join(name);
    deploysim(&format!("run PATH --world live {flags}"), &file)
}

/// Every one of these is in what was shown, in this order.
#[track_caller]
fn shows(ran: &Ran, wanted: &[&str]) {
    let mut rest = ran.stdout.as_str();
    for words in wanted {
        let Some((_, after)) = rest.split_once(words) else {
            panic!(
                "`{words}` is not shown, or too early:\n{}\n{}",
                ran.stdout, ran.stderr
            );
        };
        rest = after;
    }
}

#[test]
fn a_driver_outlives_the_crash_of_its_worker() {
    let ran = play("driver-outlives-its-worker.toml", "");
    assert_eq!(ran.code, Some(0), "{ran:?}");
    shows(
        &ran,
        &[
            "driver:etl      started: driver at 127.0.0.1:0, by worker-1",
            "fault 1 begins: crash worker-1",
            "worker-1        ended: crashed",
            "driver:etl#2    started: driver at 127.0.0.1:0, by worker-2",
            "worker-1        started again: worker at 127.0.0.1:",
            "✓ driver etl is RUNNING, is on worker-1, has 1 living copies by 40s",
            "✓ driver etl is RUNNING, is on worker-2, has 2 ids, has 1 living copies by 40s",
            "✓ worker-1, worker-2 is ALIVE between 8s and 40s",
            "• invariants are not checked in the live world",
            "• masters are asked for their state every 50 ms",
        ],
    );
}

#[test]
fn a_paused_worker_is_dead_and_comes_back() {
    let ran = play("paused-worker-comes-back.toml", "");
    assert_eq!(ran.code, Some(0), "{ran:?}");
    shows(
        &ran,
        &[
            "driver:etl      ended: exit 3",
            "worker-1        paused",
            "worker-1 DEAD",
            "worker-1        resumed",
        ],
    );
}

#[test]
fn what_does_not_happen_is_a_violation() {
    let flags = "--set fault.0.at=2s --set fault.0.until=3s --set expect.0.state=FINISHED \
                 --set expect.0.by=3s --set expect.1.after=0s --set expect.1.by=3s \
                 --set expect.2.after=0s";
    let ran = play("paused-worker-comes-back.toml", flags);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    shows(
        &ran,
        &[
            "✗ driver etl is FINISHED",
            "✗ worker-1 is DEAD",
            "✓ worker-1 is ALIVE",
            "to try again: deploysim run ",
            "to keep the nodes' logs and what the masters showed: --out DIR",
        ],
    );
}

#[test]
fn what_was_seen_is_kept_and_told_to_tools() {
    let ground = Ground::new();
    let file = ground.file("a.toml", HOLDS);
    let run = |more: &[&str]| -> Ran {
        let mut command = program();
        command.arg("run").arg(&file).args(["--world", "live"]);
        command.arg("--out").arg(ground.path("out")).args(more);
        command.output().unwrap().into()
    };
    let ran = run(&["--format", "json"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let told: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(told["format"], "deploysim-run");
    assert_eq!(told["world"], "live");
    assert_eq!(told["invariants_checked"], false);
    assert_eq!(told["verdict"], "held");
    assert_eq!(told["expectations"][0]["held"], true);

    let files = [
        "documents.jsonl",
        "logs",
        "manifest.json",
        "scenario.toml",
        "summary.json",
        "trace.jsonl",
    ];
    assert_eq!(ground.names("out"), files);
    let read = |name: &str| fs::read_to_string(ground.path("out").join(name)).unwrap();
    let kept: Value = serde_json::from_str(&read("summary.json")).unwrap();
    assert_eq!(kept, told);
    let logs = ["master-1.log", "worker-1.log", "worker-2.log"];
    assert_eq!(ground.names("out/logs"), logs);
    for log in logs {
        let text = read(&format!("logs/{log}"));
        assert!(text.contains(" listens"), "{log}: {text}");
    }
    let documents = read("documents.jsonl");
    let documents = documents
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    let documents: Vec<Value> = documents.collect();
    assert!(documents.iter().all(|line| line["node"] == "master-1"));
    let alive = |line: &Value| line["document"]["aliveworkers"].as_u64().unwrap();
    assert!(documents.iter().any(|line| alive(line) > 0));
    let times = documents.iter().map(|line| line["at_ns"].as_u64().unwrap());
    assert!(times.is_sorted());

    let again = run(&[]);
    assert_eq!(again.code, Some(2), "{again:?}");
    assert!(again.stderr.contains("--force replaces it"), "{again:?}");
}

#[test]
fn a_violated_run_is_kept_too() {
    let ground = Ground::new();
    let file = ground.file("a.toml", at_once_dead());
    let mut command = program();
    command.arg("run").arg(file).args(["--world", "live"]);
    command.arg("--out").arg(ground.path("out"));
    let ran: Ran = command.output().unwrap().into();
    assert_eq!(ran.code, Some(1), "{ran:?}");
    shows(
        &ran,
        &[
            "✗ worker-1 is DEAD",
            "the nodes' logs are in ",
            "out/logs, ",
        ],
    );
    assert_eq!(ground.names("out/logs").len(), 3);
    let summary = fs::read_to_string(ground.path("out/summary.json")).unwrap();
    assert!(summary.contains("\"verdict\": \"violated\""), "{summary}");
}

/// A scenario whose expectation does not hold, which shows soon.
fn at_once_dead() -> String {
    HOLDS
        .replace("ALIVE", "DEAD")
        .replace("by = \"10s\"", "by = \"1s\"")
}

#[test]
fn scenarios_are_tested_one_after_the_other_and_refused_ones_are_skipped() {
    let ground = Ground::new();
    ground.file("all/a-holds.toml", HOLDS);
    ground.file("all/b-fails.toml", at_once_dead());
    let refused = format!("{HOLDS}\n[[application]]\nname = \"pi\"\n");
    let both = "expect_violation = [{ invariant = \"INV-L1\", defect = \"RD-19\" }]\nuntil";
    ground.file("all/c-refused.toml", refused.replace("until", both));
    let mut command = program();
    command
        .arg("test")
        .arg(ground.path("all"))
        .args(["--world", "live"]);
    command.arg("--junit").arg(ground.path("junit.xml"));
    let ran: Ran = command.output().unwrap().into();
    assert_eq!(ran.code, Some(1), "{ran:?}");
    shows(
        &ran,
        &[
            "✓ ",
            "a-holds.toml  1 seed, ",
            " s with real processes",
            "✗ ",
            "b-fails.toml  1 seed, ",
            "worker-1 is DEAD",
            "b-fails.toml --seed 3 --world live",
            "with --out DIR",
            "c-refused.toml  skipped: ",
            "expect_violation: ",
            "; application pi: ",
            "1 passed, 1 failed, 1 skipped",
        ],
    );
    let junit = fs::read_to_string(ground.path("junit.xml")).unwrap();
    assert!(junit.contains("tests=\"3\""), "{junit}");
    assert!(
        junit.contains("<skipped message=\"expect_violation: "),
        "{junit}"
    );
}

#[test]
fn what_cannot_be_played_is_refused_before_anything_begins() {
    let file = library().join("liveness/silent-worker-comes-back.toml");
    let ran = deploysim(
        "run PATH --world live --out nowhere --view-window 1s..2s",
        &file,
    );
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert_eq!(ran.stdout, "");
    for words in [
        "cannot be played in the world `live`:",
        "application pi: ",
        "fault 1 (partition worker-2 | master-1): ",
        "--view-window: ",
    ] {
        assert!(ran.stderr.contains(words), "{words}: {ran:?}");
    }
}
