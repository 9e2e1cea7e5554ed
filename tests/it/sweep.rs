//! `sweep`: the same table from one thread and from four, from shards and from what a killed sweep
//! has left; and what is refused.

mod emit;
mod kills;
mod until;

use crate::ground::{Ground, HOLDS, Ran, deploysim, program};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A scenario of four cells and five seeds.
fn swept() -> String {
    format!(
        "{HOLDS}\n[sweep]\nseeds = 5\n[sweep.axes]\n\"cluster.worker.count\" = [2, 3]\n\
         \"conf.spark.worker.timeout\" = [30, 60]\n"
    )
}

fn sweep(scenario: &Path, output: &Path, more: &str) -> Ran {
    deploysim(
        &format!("sweep PATH -o {} {more}", output.display()),
        scenario,
    )
}

/// The table of a whole sweep.
fn whole(ground: &Ground, scenario: &Path) -> Vec<u8> {
    let output = ground.path("whole.csv");
    let ran = sweep(scenario, &output, "");
    assert_eq!(ran.code, Some(0), "{ran:?}");
    fs::read(output).unwrap()
}

fn merge(output: &Path, parts: &[PathBuf]) -> Ran {
    let mut command = program();
    command
        .args(["sweep", "merge", "-o"])
        .arg(output)
        .args(parts);
    command.output().unwrap().into()
}

#[test]
fn a_table_has_a_row_for_every_run() {
    let ground = Ground::new();
    let table = whole(&ground, &ground.file("one.toml", swept()));
    let text = String::from_utf8(table).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 21);
    assert!(lines[0].starts_with("sweep,runs,run,cluster.worker.count,"));
    let wanted = [(1, ",20,1,2,30,1,true,0,0,"), (7, ",20,7,2,60,2,true,0,0,")];
    for (line, fields) in wanted {
        assert!(lines[line].contains(fields), "{}", lines[line]);
    }
    assert_eq!(ground.names("."), ["one.toml", "whole.csv"]);
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let ground = Ground::new();
    let scenario = ground.file("one.toml", swept());
    let table = |jobs: u32| {
        let output = ground.path(&format!("{jobs}.csv"));
        let ran = sweep(&scenario, &output, &format!("--jobs {jobs}"));
        assert_eq!(ran.code, Some(0), "{ran:?}");
        fs::read(output).unwrap()
    };
    assert!(table(1) == table(4));
}

#[test]
fn shards_join_to_the_whole() {
    let ground = Ground::new();
    let scenario = ground.file("one.toml", swept());
    let wanted = whole(&ground, &scenario);
    let mut parts: Vec<PathBuf> = Vec::new();
    for number in 1..=3 {
        let output = ground.path(&format!("part-{number}.csv"));
        let ran = sweep(&scenario, &output, &format!("--shard {number}/3"));
        assert_eq!(ran.code, Some(0), "{ran:?}");
        parts.push(output);
    }
    parts.reverse();
    let all = ground.path("all.csv");
    let ran = merge(&all, &parts);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(fs::read(&all).unwrap() == wanted);

    let refused = |parts: &[PathBuf], words: &str| {
        let output = ground.path("refused.csv");
        let ran = merge(&output, parts);
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(ran.stderr.contains(words), "{words}: {ran:?}");
        assert!(!output.exists());
    };
    refused(&parts[..2], "run 1 is missing");
    refused(&[parts[0].clone(), parts[2].clone()], "run 2 is missing");
    let twice = [&parts[..], &parts[1..2]].concat();
    refused(&twice, "run 2 is there twice");
    let other = ground.file("other.toml", swept().replace("30s", "40s"));
    let foreign = ground.path("foreign.csv");
    assert_eq!(sweep(&other, &foreign, "--shard 1/3").code, Some(0));
    refused(
        &[parts[0].clone(), parts[1].clone(), foreign],
        "part-2.csv:2: a row of another sweep",
    );
    let torn = fs::read_to_string(&parts[0]).unwrap();
    let torn = ground.file("torn.csv", &torn[..torn.len() - 3]);
    refused(
        &[torn, parts[1].clone(), parts[2].clone()],
        "torn.csv:7: not a row",
    );
    refused(
        std::slice::from_ref(&scenario),
        "one.toml is not the table of a sweep",
    );
    refused(&[ground.path("none.csv")], "none.csv");
    assert_eq!(
        merge(&all, &parts).code,
        Some(2),
        "a table is not replaced unasked"
    );
}

#[test]
fn one_gap_is_named_with_both_its_ends() {
    let ground = Ground::new();
    let scenario = ground.file("one.toml", swept());
    let table = String::from_utf8(whole(&ground, &scenario)).unwrap();
    let lines: Vec<&str> = table.lines().collect();
    let short = [&lines[..5], &lines[9..]].concat().join("\n") + "\n";
    let ran = merge(&ground.path("all.csv"), &[ground.file("short.csv", short)]);
    assert!(
        ran.stderr.contains("the runs 5 to 8 are missing"),
        "{ran:?}"
    );
}

/// Sweeps with a limit on the size of files, as a disk that is full after so many blocks.
fn sweep_on_a_small_disk(scenario: &Path, output: &Path, blocks: u32, more: &str) -> Ran {
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" sweep \"$@\"");
    let mut command = Command::new("sh");
    command.args(["-c", &script, env!("CARGO_BIN_EXE_deploysim")]);
    command.arg(scenario).arg("-o").arg(output);
    let more = more.split_whitespace();
    command.args(more).output().unwrap().into()
}

#[test]
fn what_a_killed_sweep_has_left_is_gone_on_with() {
    let ground = Ground::new();
    let scenario = ground.file("one.toml", swept());
    let wanted = whole(&ground, &scenario);
    let output = ground.path("out.csv");
    let failed = sweep_on_a_small_disk(&scenario, &output, 8, "");
    assert_eq!(failed.code, Some(3), "{failed:?}");
    assert!(!output.exists());
    let part = ground.path("out.csv.part");
    let left = fs::read(&part).unwrap();
    let lines: Vec<usize> = left
        .iter()
        .enumerate()
        .filter_map(|(at, byte)| (*byte == b'\n').then_some(at + 1))
        .collect();
    assert!(lines.len() > 3 && left.len() < wanted.len());
    let lengths = [
        0,
        5,
        lines[0],
        lines[0] + 5,
        lines[1],
        lines[1] + 1,
        lines[2] - 1,
        lines[2],
        lines[3] - 20,
        left.len(),
    ];
    for length in lengths {
        fs::write(&part, &left[..length]).unwrap();
        let ran = sweep(&scenario, &output, "");
        assert_eq!(ran.code, Some(0), "{length}: {ran:?}");
        assert!(fs::read(&output).unwrap() == wanted, "{length}");
        assert!(!part.exists());
        let says = ran.stderr.contains("runs are there already");
        assert_eq!(says, length >= lines[2], "{length}: {ran:?}");
        fs::remove_file(&output).unwrap();
    }

    let refused = |contents: &[u8], scenario: &Path, more: &str, words: &str| {
        fs::write(&part, contents).unwrap();
        let ran = sweep(scenario, &output, more);
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(ran.stderr.contains(words), "{words}: {ran:?}");
        assert_eq!(fs::read(&part).unwrap(), contents);
        assert!(!output.exists());
    };
    refused(&left, &scenario, "--seeds 4", "belongs to another sweep");
    refused(&left, &scenario, "--shard 1/2", "belongs to another sweep");
    let other = ground.file("other.toml", swept().replace("30s", "40s"));
    refused(&left, &other, "", "belongs to another sweep");
    let without_first = [&left[..lines[1]], &left[lines[2]..]].concat();
    refused(
        &without_first,
        &scenario,
        "",
        "out.csv.part:3: not the line",
    );
    refused(b"notes\n", &scenario, "", "belongs to another sweep");
}

#[test]
fn a_table_that_is_there_is_replaced_only_on_request() {
    let ground = Ground::new();
    let scenario = ground.file("one.toml", swept());
    let output = ground.file("out.csv", "mine");
    let ran = sweep(&scenario, &output, "");
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(ran.stderr.contains("--force"), "{ran:?}");
    assert_eq!(fs::read(&output).unwrap(), b"mine");
    assert_eq!(sweep(&scenario, &output, "--force").code, Some(0));
    assert!(fs::read(&output).unwrap() == whole(&ground, &scenario));
}

#[test]
fn a_copy_as_parquet_needs_a_program_that_was_built_for_it() {
    let ground = Ground::new();
    let scenario = ground.file("one.toml", swept());
    let (output, copy) = (ground.path("out.csv"), ground.path("out.parquet"));
    let option = format!("--parquet {}", copy.display());
    let ran = sweep(&scenario, &output, &option);
    if cfg!(feature = "parquet") {
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert!(fs::read(&copy).unwrap().starts_with(b"PAR1"));
        fs::remove_file(&output).unwrap();
        let again = sweep(&scenario, &output, &option);
        assert_eq!(again.code, Some(2), "{again:?}");
        assert!(again.stderr.contains("out.parquet is there already"));
    } else {
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(ran.stderr.contains("--features parquet"), "{ran:?}");
    }
    assert!(!output.exists());
}

#[test]
fn a_violated_property_is_a_row_and_an_exit_code() {
    let ground = Ground::new();
    // Two cells have one worker, where two are to be ALIVE.
    let text = swept()
        .replace("[2, 3]", "[1, 2]")
        .replace("count = 2", "count = 1");
    let text = text.replace(
        "worker = \"worker-1\"\nstate = \"ALIVE\"",
        "worker = \"worker-*\"\ncount = 2\nstate = \"ALIVE\"",
    );
    let output = ground.path("out.csv");
    let ran = sweep(&ground.file("one.toml", text), &output, "");
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(
        ran.stderr.contains("20 runs, 10 of them violated"),
        "{ran:?}"
    );
    let table = fs::read_to_string(output).unwrap();
    assert_eq!(table.matches(",false,0,1,").count(), 10);
    assert_eq!(table.matches(",true,0,0,").count(), 10);
}

#[test]
fn an_explanation_plays_one_run_and_writes_nothing() {
    let ground = Ground::new();
    let scenario = ground.file("one.toml", swept());
    let ran = deploysim("sweep PATH --explain --shard 2/3 --jobs 2", &scenario);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    for words in [
        "4 cells × 5 seeds (1..5) = 20 runs; 0 combinations left out",
        "cell 2, runs 6 to 10: cluster.worker.count = 2, conf.spark.worker.timeout = 60",
        "shard 2/3: 7 runs",
        "run 2 took ",
        "for 7 runs on 2 threads",
    ] {
        assert!(ran.stdout.contains(words), "{words}: {ran:?}");
    }
    assert_eq!(ground.names("."), ["one.toml"]);
}

#[test]
fn progress_is_told_in_lines_where_there_is_no_terminal() {
    let ground = Ground::new();
    let scenario = ground.file("one.toml", swept());
    let ran = sweep(&scenario, &ground.path("out.csv"), "");
    assert_eq!(ran.stdout, "");
    assert!(ran.stderr.contains("10/20 runs, "), "{ran:?}");
    assert!(ran.stderr.contains(" runs/s, "), "{ran:?}");
    assert!(!ran.stderr.contains('\x1b'), "{ran:?}");
}

#[test]
fn what_is_wrong_is_said_with_its_place_and_nothing_is_written() {
    let ground = Ground::new();
    let refused = |text: String, words: &[&str]| {
        let scenario = ground.file("one.toml", text);
        let ran = sweep(&scenario, &ground.path("out.csv"), "");
        assert_eq!(ran.code, Some(2), "{ran:?}");
        for word in words {
            assert!(ran.stderr.contains(word), "{word}: {ran:?}");
        }
        assert_eq!(ground.names("."), ["one.toml"]);
    };
    refused(HOLDS.to_owned(), &["the file needs `sweep`"]);
    refused(
        swept()
            .replace("worker.count", "worker.cuont")
            .replace("60]", "\"x\"]"),
        &[
            "one.toml:16:1",
            "did you mean `count`?",
            "one.toml:17:36",
            "allowed:",
        ],
    );
    let scenario = ground.file("one.toml", swept());
    for more in ["--shard 4/3", "--seeds 3..2", "--jobs 0", "--explain"] {
        let ran = sweep(&scenario, &ground.path("out.csv"), more);
        assert_eq!(ran.code, Some(2), "{more}: {ran:?}");
    }
    assert_eq!(deploysim("sweep PATH", &scenario).code, Some(2));
    assert_eq!(deploysim("sweep", &scenario).code, Some(2));
    assert_eq!(ground.names("."), ["one.toml"]);
}

#[test]
fn a_run_takes_no_notice_of_a_sweep() {
    let ground = Ground::new();
    let out = ground.path("out");
    let line = format!("run PATH --out {}", out.display());
    let ran = deploysim(&line, &ground.file("one.toml", swept()));
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let scenario = fs::read_to_string(out.join("scenario.toml")).unwrap();
    assert!(!scenario.contains("sweep"), "{scenario}");
}
