//! A sweep whose process is killed again and again, at places that are drawn.

use super::{swept, whole};
use crate::ground::{Ground, program};
use deploysim_scenarios::stream::Seeds;
use rand::Rng;
use std::fs;
use std::path::Path;
use std::process::Stdio;

/// How often it is killed.
const KILLS: u32 = 20;

/// The most bytes that are written before the next kill: some ten rows.
const BYTES_MAX: u64 = 3_000;

fn length(path: &Path) -> u64 {
    path.metadata().map_or(0, |metadata| metadata.len())
}

/// Starts the sweep, and kills it (SIGKILL) when its part has this length. Whether it was killed:
/// it may be over before.
fn is_killed(scenario: &Path, output: &Path, part: &Path, bytes: u64) -> bool {
    let mut command = program();
    command.arg("sweep").arg(scenario).arg("-o").arg(output);
    let mut child = command.stderr(Stdio::null()).spawn().unwrap();
    while length(part) < bytes {
        if let Some(status) = child.try_wait().unwrap() {
            assert_eq!(status.code(), Some(0));
            return false;
        }
        std::thread::yield_now();
    }
    child.kill().unwrap();
    child.wait().unwrap().code().is_none()
}

#[test]
fn a_sweep_that_is_killed_twenty_times_ends_with_the_same_bytes() {
    let ground = Ground::new();
    let scenario = ground.file("one.toml", swept().replace("seeds = 5", "seeds = 100"));
    let wanted = whole(&ground, &scenario);
    let (output, part) = (ground.path("out.csv"), ground.path("out.csv.part"));
    let mut dice = Seeds::new(1).chacha("kills");
    let mut kills = 0;
    while kills < KILLS {
        let bytes = length(&part) + dice.random_range(1..=BYTES_MAX);
        kills += u32::from(is_killed(&scenario, &output, &part, bytes));
        if output.exists() {
            // It was over before its time: another sweep takes the kills that are left.
            assert!(fs::read(&output).unwrap() == wanted);
            fs::remove_file(&output).unwrap();
        }
    }
    let ran = super::sweep(&scenario, &output, "");
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(fs::read(&output).unwrap() == wanted);
    assert!(!part.exists());
}
