//! `--out`: what a run leaves behind, and that it leaves nothing half-written.

use crate::ground::{Ground, HOLDS, Ran, deploysim, fails};
use std::fs;
use std::path::Path;
use std::process::Command;

const FILES: [&str; 7] = [
    "events.csv",
    "manifest.json",
    "metrics.csv",
    "run.html",
    "scenario.toml",
    "summary.json",
    "trace.jsonl",
];

fn run(scenario: &Path, out: &Path, more: &str) -> Ran {
    deploysim(
        &format!("run PATH --out {} {more}", out.display()),
        scenario,
    )
}

fn json(path: &Path) -> serde_json::Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

#[test]
fn a_run_leaves_seven_files() {
    let ground = Ground::new();
    let out = ground.path("deep/out");
    let ran = run(&ground.file("one.toml", HOLDS), &out, "--seed 12");
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(ground.names("deep/out"), FILES);
    let summary = json(&out.join("summary.json"));
    assert_eq!(summary["verdict"], "held");
    assert_eq!(summary["seed"], 12);
    assert_eq!(summary["expectations"][0]["held"], true);
    let manifest = json(&out.join("manifest.json"));
    assert_eq!(manifest["seed"], 12);
    for digest in ["scenario_digest", "binary_digest", "lock_digest"] {
        assert_eq!(manifest[digest].as_str().unwrap().len(), 64, "{digest}");
    }
    let trace = fs::read_to_string(out.join("trace.jsonl")).unwrap();
    let first: serde_json::Value = serde_json::from_str(trace.lines().next().unwrap()).unwrap();
    assert_eq!(first["version"], 2);
    for line in trace.lines().skip(1) {
        let entry: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(entry["at"].is_u64(), "{line}");
    }
    let metrics = fs::read_to_string(out.join("metrics.csv")).unwrap();
    assert!(metrics.starts_with("run,time,name,labels,value,unit\n"));
    assert!(
        metrics.contains(",handled,role=master;kind=RegisterWorker,2,messages\n"),
        "{metrics}"
    );
}

#[test]
fn a_violated_property_is_recorded_too() {
    let ground = Ground::new();
    let out = ground.path("out");
    let ran = run(&ground.file("one.toml", fails()), &out, "");
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert_eq!(json(&out.join("summary.json"))["verdict"], "violated");
}

#[test]
fn its_scenario_plays_the_same_run_alone() {
    let ground = Ground::new();
    let scenario = ground.file("one.toml", HOLDS);
    let (first, second) = (ground.path("first"), ground.path("second"));
    let more = "--seed 5 --set cluster.worker.count=3";
    assert_eq!(run(&scenario, &first, more).code, Some(0));
    assert_eq!(run(&first.join("scenario.toml"), &second, "").code, Some(0));
    assert_eq!(crate::twice::differences(&first, &second), [""; 0]);
}

#[test]
fn a_folder_that_holds_a_run_is_refused_unless_forced() {
    let ground = Ground::new();
    let scenario = ground.file("one.toml", HOLDS);
    let out = ground.path("out");
    assert_eq!(run(&scenario, &out, "--seed 1").code, Some(0));
    let before = fs::read(out.join("trace.jsonl")).unwrap();
    let refused = run(&scenario, &out, "--seed 2");
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert_eq!(refused.stdout, "");
    assert!(refused.stderr.contains("--force"), "{}", refused.stderr);
    assert_eq!(fs::read(out.join("trace.jsonl")).unwrap(), before);
    assert_eq!(run(&scenario, &out, "--seed 2 --force").code, Some(0));
    assert_ne!(fs::read(out.join("trace.jsonl")).unwrap(), before);
    assert_eq!(ground.names("out"), FILES);
}

#[test]
fn a_folder_with_other_files_keeps_them() {
    let ground = Ground::new();
    let scenario = ground.file("one.toml", HOLDS);
    ground.file("out/notes.txt", "mine");
    assert_eq!(run(&scenario, &ground.path("out"), "").code, Some(0));
    assert_eq!(fs::read(ground.path("out/notes.txt")).unwrap(), b"mine");
}

/// Runs with a limit on the size of files, as a disk that is full after so many blocks.
fn run_on_a_small_disk(scenario: &Path, out: &Path) -> Ran {
    let script = "trap '' XFSZ; ulimit -f 8; exec \"$0\" run \"$1\" --out \"$2\" --force";
    let mut command = Command::new("sh");
    command.args(["-c", script, env!("CARGO_BIN_EXE_deploysim")]);
    command.args([scenario, out]).output().unwrap().into()
}

#[test]
fn a_full_disk_leaves_nothing_under_a_final_name() {
    let ground = Ground::new();
    let scenario = ground.file("one.toml", HOLDS.replace("30s", "3h"));
    let ran = run_on_a_small_disk(&scenario, &ground.path("deep/out"));
    assert_eq!(ran.code, Some(3), "{ran:?}");
    assert!(ran.stderr.contains("deep/out/"), "{}", ran.stderr);
    assert!(ran.stderr.contains("cannot be written"), "{}", ran.stderr);
    assert_eq!(ground.names("."), ["one.toml"]);
}

#[test]
fn a_full_disk_leaves_the_former_run_as_it_was() {
    let ground = Ground::new();
    let short = ground.file("short.toml", HOLDS);
    let long = ground.file("long.toml", HOLDS.replace("30s", "3h"));
    let out = ground.path("out");
    assert_eq!(run(&short, &out, "").code, Some(0));
    let before = fs::read(out.join("trace.jsonl")).unwrap();
    assert_eq!(run_on_a_small_disk(&long, &out).code, Some(3));
    assert_eq!(ground.names("out"), FILES);
    assert_eq!(fs::read(out.join("trace.jsonl")).unwrap(), before);
}
