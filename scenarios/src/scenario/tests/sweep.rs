//! Sweeps that are refused, each with everything that the user sees.

use super::{TWO_WORKERS, plan, rendered};
use crate::scenario::parse;
use expect_test::{Expect, expect};
use std::path::Path;

fn check(text: &str, expected: &Expect) {
    expected.assert_eq(&rendered(&format!("{TWO_WORKERS}{text}")));
}

#[test]
fn a_sweep_is_no_part_of_the_plan() {
    let swept = format!("{TWO_WORKERS}[sweep.axes]\n\"cluster.worker.count\" = [1, 2]\n");
    assert_eq!(plan(&swept), plan(TWO_WORKERS));
}

#[test]
fn keys_and_values_that_there_are_not() {
    check(
        r#"[sweep]
seed = 3
[sweep.axes]
"cluster.worker.cout" = [1, 2]
"conf.spark.worker.timeot" = [30]
"until" = ["10s", "10 parsecs"]
"#,
        &expect![[r#"
            error: unknown key `seed` in [sweep]
             --> file.toml:6:1
              |
            6 | seed = 3
              | ^^^^
              |
              = help: did you mean `seeds`?
              = note: allowed: seeds, axes, zip, skip

            error: unknown key `cout` in [cluster] worker
             --> file.toml:8:1
              |
            8 | "cluster.worker.cout" = [1, 2]
              | ^^^^^^^^^^^^^^^^^^^^^
              |
              = help: did you mean `count`?
              = note: allowed: count, name, cores, memory, gpu, resources, at

            error: `spark.worker.timeot` is not a configuration key
             --> file.toml:9:1
              |
            9 | "conf.spark.worker.timeot" = [30]
              | ^^^^^^^^^^^^^^^^^^^^^^^^^^
              |
              = help: did you mean `spark.worker.timeout`?
              = note: allowed: spark.worker.timeout, spark.worker.ui.port, spark.network.timeout, spark.worker.idPattern, spark.master.ui.port … (63 in all)

            error: `until` cannot be "10 parsecs"
              --> file.toml:10:19
               |
            10 | "until" = ["10s", "10 parsecs"]
               |                   ^^^^^^^^^^^^
               |
               = note: allowed: a time with its unit, such as "21s", "1500ms", "0.5ms", "2min" or "1h""#]],
    );
}

#[test]
fn values_are_checked_in_every_cell_and_each_is_reported_once() {
    check(
        r#"[sweep.axes]
"cluster.worker.cout" = [1, 2]
"conf.spark.worker.timeot" = [30]
"until" = ["10s", "10 parsecs"]
"#,
        &expect![[r#"
            error: unknown key `cout` in [cluster] worker
             --> file.toml:6:1
              |
            6 | "cluster.worker.cout" = [1, 2]
              | ^^^^^^^^^^^^^^^^^^^^^
              |
              = help: did you mean `count`?
              = note: allowed: count, name, cores, memory, gpu, resources, at

            error: `spark.worker.timeot` is not a configuration key
             --> file.toml:7:1
              |
            7 | "conf.spark.worker.timeot" = [30]
              | ^^^^^^^^^^^^^^^^^^^^^^^^^^
              |
              = help: did you mean `spark.worker.timeout`?
              = note: allowed: spark.worker.timeout, spark.worker.ui.port, spark.network.timeout, spark.worker.idPattern, spark.master.ui.port … (63 in all)

            error: `until` cannot be "10 parsecs"
             --> file.toml:8:19
              |
            8 | "until" = ["10s", "10 parsecs"]
              |                   ^^^^^^^^^^^^
              |
              = note: allowed: a time with its unit, such as "21s", "1500ms", "0.5ms", "2min" or "1h""#]],
    );
}

#[test]
fn a_value_that_makes_the_rest_wrong() {
    check(
        r#"[[expect]]
by = "30s"
worker = "worker-2"
state = "ALIVE"
[sweep.axes]
"cluster.worker.count" = [2, 1]
"until" = ["20s", "40s"]
"#,
        &expect![[r#"
            error: `by` lies after the end, `until = "20s"`, where the sweep has cluster.worker.count = 2, until = 20s
             --> file.toml:6:6
              |
            6 | by = "30s"
              |      ^^^^^
              |
              = note: allowed: a time up to 20s

            error: there is no worker `worker-2`, where the sweep has cluster.worker.count = 1, until = 20s
             --> file.toml:7:10
              |
            7 | worker = "worker-2"
              |          ^^^^^^^^^^
              |
              = help: did you mean `worker-1`?
              = note: allowed: worker-1"#]],
    );
}

#[test]
fn ranges_and_lists_that_say_nothing() {
    check(
        r#"[sweep]
seeds = "5..1"
[sweep.axes]
"cluster.worker.cores" = []
"cluster.worker.count" = { from = 1, to = "2s", step = 1 }
"cluster.master" = { from = 3, to = 1, step = 1 }
"store.call" = { from = "1s", step = "1s" }
"#,
        &expect![[r#"
            error: `seeds` cannot be "5..1"
             --> file.toml:6:9
              |
            6 | seeds = "5..1"
              |         ^^^^^^
              |
              = note: allowed: "A..B" with A ≤ B, or N for 1..N

            error: `cluster.worker.cores` cannot be an empty list
             --> file.toml:8:26
              |
            8 | "cluster.worker.cores" = []
              |                          ^^
              |
              = note: allowed: a list of values, or { from, to, step }

            error: the range mixes numbers and times
             --> file.toml:9:26
              |
            9 | "cluster.worker.count" = { from = 1, to = "2s", step = 1 }
              |                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
              |
              = note: allowed: three numbers, or three times

            error: the range has no values
              --> file.toml:10:20
               |
            10 | "cluster.master" = { from = 3, to = 1, step = 1 }
               |                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
               |
               = note: allowed: a `step` above zero, and `from` ≤ `to`

            error: a range needs `to`
              --> file.toml:11:16
               |
            11 | "store.call" = { from = "1s", step = "1s" }
               |                ^^^^^^^^^^^^^^^^^^^^^^^^^^^^"#]],
    );
}

#[test]
fn keys_that_cannot_change_and_lists_of_two_lengths() {
    check(
        r#"[sweep.axes]
"seed" = [1, 2]
"until" = ["10s", "20s", "10s"]
[[sweep.zip]]
"process.start" = ["1s"]
"process.stop" = ["1s", "2s"]
[[sweep.zip]]
"#,
        &expect![[r#"
            error: `seed` cannot be on an axis: `seeds` says which seeds every cell is played with
             --> file.toml:6:1
              |
            6 | "seed" = [1, 2]
              | ^^^^^^

            error: 10s is there twice
             --> file.toml:7:26
              |
            7 | "until" = ["10s", "20s", "10s"]
              |                          ^^^^^

            error: `process.stop` has 2 values, and `process.start` beside it 1
              --> file.toml:10:18
               |
            10 | "process.stop" = ["1s", "2s"]
               |                  ^^^^^^^^^^^^
               |
               = note: allowed: lists of one length

            error: a `zip` names no key
              --> file.toml:11:1
               |
            11 | [[sweep.zip]]
               | ^^^^^^^^^^^^^"#]],
    );
}

#[test]
fn what_is_left_out_has_to_be_there() {
    check(
        r#"[sweep]
skip = [{ "cluster.worker.cont" = 1 }, { "cluster.worker.count" = 7 }]
[sweep.axes]
"cluster.worker.count" = [1, 2]
"#,
        &expect![[r#"
            error: `cluster.worker.cont` is on no axis
             --> file.toml:6:11
              |
            6 | skip = [{ "cluster.worker.cont" = 1 }, { "cluster.worker.count" = 7 }]
              |           ^^^^^^^^^^^^^^^^^^^^^
              |
              = help: did you mean `cluster.worker.count`?
              = note: allowed: cluster.worker.count

            error: `cluster.worker.count` is never 7
             --> file.toml:6:67
              |
            6 | skip = [{ "cluster.worker.cont" = 1 }, { "cluster.worker.count" = 7 }]
              |                                                                   ^
              |
              = note: allowed: 1, 2"#]],
    );
    check(
        r#"[sweep]
skip = [{ "cluster.worker.count" = 1 }, { "cluster.worker.count" = 2 }]
[sweep.axes]
"cluster.worker.count" = [1, 2]
"#,
        &expect![[r#"
            error: every combination of the sweep is left out
             --> file.toml:5:1
              |
            5 | [sweep]
              | ^^^^^^^"#]],
    );
}

#[test]
fn a_key_on_two_axes() {
    check(
        r#"[sweep.axes]
"conf.spark.worker.timeout" = [30, 60]
[[sweep.zip]]
'conf."spark.worker.timeout"' = [30, 60]
"#,
        &expect![[r#"
            error: `conf.spark.worker.timeout` is on two axes
             --> file.toml:8:1
              |
            8 | 'conf."spark.worker.timeout"' = [30, 60]
              | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^"#]],
    );
}

#[test]
fn too_many_cells() {
    check(
        r#"[sweep.axes]
"cluster.worker.count" = { from = 1, to = 101, step = 1 }
"cluster.worker.cores" = { from = 1, to = 100, step = 1 }
"#,
        &expect![[r#"
            error: the sweep has 10100 combinations
             --> file.toml:5:2
              |
            5 | [sweep.axes]
              |  ^^^^^
              |
              = note: allowed: at most 10000"#]],
    );
}

#[test]
fn a_change_from_outside_is_not_held_against_the_cells() {
    let swept = format!("{TWO_WORKERS}[sweep.axes]\n\"cluster.worker.count\" = [1, 2]\n");
    let watched = format!("{swept}[[expect]]\nby = \"30s\"\nworker = \"worker-3\"\n");
    let watched = format!("{watched}state = \"ALIVE\"\n");
    let overrides = ["cluster.worker.count=3".to_owned()];
    let read = |overrides: &[String]| {
        parse("file.toml", watched.as_bytes(), Path::new(""), overrides).is_ok()
    };
    assert!(read(&overrides));
    assert!(!read(&[]));
}

#[test]
fn a_sweep_cannot_be_changed_from_outside() {
    let overrides = ["sweep.seeds=3".to_owned()];
    let read = parse(
        "file.toml",
        TWO_WORKERS.as_bytes(),
        Path::new(""),
        &overrides,
    );
    let message = read.unwrap_err().problems()[0].message.clone();
    assert_eq!(message, "`sweep` is changed in its file");
}
