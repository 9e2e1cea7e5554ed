//! What the exit code of each command says, and where it says the rest.

use crate::ground::{Ground, HOLDS, deploysim, fails, program};
use std::fs::File;
use std::process::Stdio;

#[track_caller]
fn check(line: &str, scenario: &str, code: i32) {
    let ground = Ground::new();
    let ran = deploysim(line, &ground.file("one.toml", scenario));
    assert_eq!(ran.code, Some(code), "{line}: {ran:?}");
    let is_diagnosed = !ran.stderr.is_empty();
    assert_eq!(is_diagnosed, code > 1, "{line}: {ran:?}");
}

#[test]
fn zero_if_all_held() {
    check("run PATH", HOLDS, 0);
    check("run PATH --seed 9 --trace", HOLDS, 0);
    check("run PATH --format json", HOLDS, 0);
    check("test PATH --seeds 3", HOLDS, 0);
    check("check PATH", HOLDS, 0);
    check("schema", HOLDS, 0);
    check("--help", HOLDS, 0);
    check("run --help", HOLDS, 0);
    check("--version", HOLDS, 0);
}

#[test]
fn one_if_a_property_was_violated() {
    check("run PATH", &fails(), 1);
    check("run PATH --format json", &fails(), 1);
    check("test PATH --seeds 2..3", &fails(), 1);
}

#[test]
fn a_scenario_that_would_fail_is_still_sound() {
    check("check PATH", &fails(), 0);
}

#[test]
fn every_world_gives_the_verdict() {
    check("run PATH --world live", HOLDS, 0);
    check("test PATH --world live --world queue", HOLDS, 0);
    check("run PATH --world turmoil", HOLDS, 0);
    check("run PATH --world turmoil", &fails(), 1);
    check("test PATH --world queue --world turmoil", HOLDS, 0);
}

#[test]
fn two_if_the_arguments_are_wrong() {
    check("", HOLDS, 2);
    check("dance", HOLDS, 2);
    check("run", HOLDS, 2);
    check("run PATH --seed x", HOLDS, 2);
    check("run PATH --world moon", HOLDS, 2);
    check(
        "run PATH --world live --out PATH.out --view-window 1s..2s",
        HOLDS,
        2,
    );
    check("run PATH --force", HOLDS, 2);
    check("run PATH --set nonsense", HOLDS, 2);
    check("run PATH --set cluster.worker.cout=3", HOLDS, 2);
    check("run PATH.not-there", HOLDS, 2);
    check("test", HOLDS, 2);
    check("test PATH --seeds 5..2", HOLDS, 2);
    check("test PATH --seeds 0", HOLDS, 2);
    check("test PATH --jobs 0", HOLDS, 2);
    check("check", HOLDS, 2);
    check("check PATH.not-there", HOLDS, 2);
}

#[test]
fn three_if_the_output_cannot_be_written() {
    check("run PATH --out /dev/null/run", HOLDS, 3);
    check("test PATH --junit /dev/null/results.xml", HOLDS, 3);
}

#[test]
fn three_if_stdout_is_full() {
    let ground = Ground::new();
    let path = ground.file("one.toml", HOLDS);
    for command in ["run", "test", "check"] {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let output = program().arg(command).arg(&path).stdout(full).output();
        let output = output.unwrap();
        assert_eq!(output.status.code(), Some(3), "{command}");
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(text.contains("stdout cannot be written"), "{text}");
    }
}

#[test]
fn a_closed_pipe_is_no_error() {
    let ground = Ground::new();
    let path = ground.file("one.toml", HOLDS.replace("30s", "9h"));
    let whole = deploysim("run PATH --trace", &path);
    assert!(whole.stdout.len() > 1 << 18, "more than a pipe holds");
    let mut child = program()
        .arg("run")
        .arg(&path)
        .arg("--trace")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
}
