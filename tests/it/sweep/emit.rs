//! `sweep emit`: the jobs that are printed play the shards, and the command beside them joins their
//! tables to that of the whole sweep. Both are run here by a shell.

use super::{swept, whole};
use crate::ground::{Ground, Ran, deploysim};
use std::fs;
use std::path::Path;
use std::process::Command;

fn emit(scheduler: &str, scenario: &Path, output: &Path, more: &str) -> Ran {
    let line = format!(
        "sweep emit {scheduler} PATH -o {} --shards 3 {more}",
        output.display()
    );
    deploysim(&line, scenario)
}

/// Runs a command line as a job would, with the program on its path.
fn shell(script: &str, variable: &str, value: u32) -> Ran {
    let program = Path::new(env!("CARGO_BIN_EXE_deploysim"));
    let path = std::env::var("PATH").unwrap();
    let path = format!("{}:{path}", program.parent().unwrap().display());
    let mut command = Command::new("sh");
    command.args(["-c", script]).env("PATH", path);
    command.env(variable, value.to_string());
    command.output().unwrap().into()
}

/// Plays all jobs, the first of them twice, and joins.
fn play(ground: &Ground, text: &str, script: &str, variable: &str, first: u32) -> Vec<u8> {
    for job in [first, first, first + 1, first + 2] {
        let ran = shell(script, variable, job);
        assert_eq!(ran.code, Some(0), "{ran:?}");
    }
    let merge = text.lines().find_map(|line| line.strip_prefix("#   "));
    let ran = shell(merge.unwrap(), variable, first);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    fs::read(ground.path("all of it.csv")).unwrap()
}

#[test]
fn jobs_of_slurm_play_the_sweep() {
    let ground = Ground::new();
    let scenario = ground.file("it's one.toml", swept());
    let wanted = whole(&ground, &scenario);
    let ran = emit_with_spaces(&ground, "slurm", &scenario);
    assert!(ran.stdout.starts_with("#!/bin/sh\n"), "{ran:?}");
    assert!(ran.stdout.contains("\n#SBATCH --array=1-3\n"), "{ran:?}");
    let table = play(&ground, &ran.stdout, &ran.stdout, "SLURM_ARRAY_TASK_ID", 1);
    assert!(table == wanted);
}

#[test]
fn jobs_of_kubernetes_play_the_sweep() {
    let ground = Ground::new();
    let scenario = ground.file("it's one.toml", swept());
    let wanted = whole(&ground, &scenario);
    let ran = emit_with_spaces(&ground, "k8s", &scenario);
    for line in [
        "kind: Job",
        "  completions: 3",
        "  completionMode: Indexed",
        "          image: \"deploysim\"",
        "            claimName: \"deploysim-sweep\"",
    ] {
        assert!(ran.stdout.lines().any(|it| it == line), "{line}: {ran:?}");
    }
    let command = |line: &str| {
        let words = line.trim().strip_prefix("command: ")?;
        serde_json::from_str::<Vec<String>>(words).ok()
    };
    let words = ran.stdout.lines().find_map(command).unwrap();
    assert_eq!(words[..2], ["sh", "-c"]);
    let table = play(&ground, &ran.stdout, &words[2], "JOB_COMPLETION_INDEX", 0);
    assert!(table == wanted);
}

fn emit_with_spaces(ground: &Ground, scheduler: &str, scenario: &Path) -> Ran {
    let mut command = crate::ground::program();
    command.args(["sweep", "emit", scheduler, "--shards", "3"]);
    command
        .arg(scenario)
        .arg("-o")
        .arg(ground.path("all of it.csv"));
    let ran: Ran = command.output().unwrap().into();
    assert_eq!(ran.code, Some(0), "{ran:?}");
    ran
}

#[test]
fn jobs_without_runs_are_refused() {
    let ground = Ground::new();
    let scenario = ground.file("one.toml", swept());
    let output = ground.path("all.csv");
    let ran = emit("slurm", &scenario, &output, "--seeds 2");
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stdout.contains(" --seeds=1..2 "), "{ran:?}");
    let line = "sweep emit slurm PATH --shards 21";
    let ran = deploysim(line, &scenario);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("allowed: 1 to 20"), "{ran:?}");
    assert_eq!(deploysim("sweep emit slurm PATH", &scenario).code, Some(2));
    assert_eq!(
        deploysim("sweep emit ship PATH --shards 2", &scenario).code,
        Some(2)
    );
}
