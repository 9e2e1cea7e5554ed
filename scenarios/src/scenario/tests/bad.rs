//! Files that are refused: one case per kind of bad input, with everything that the user sees.

use super::rendered;
use crate::scenario::error::Style;
use crate::scenario::parse;
use expect_test::{Expect, expect};
use std::path::Path;

/// The start of most cases.
const START: &str = super::TWO_WORKERS;

fn check(text: &str, expected: &Expect) {
    expected.assert_eq(&rendered(text));
}

#[test]
fn bytes_that_are_no_text() {
    let error = parse("file.toml", b"title = \"caf\xE9\"\n", Path::new(""), &[]).unwrap_err();
    expect![[r#"
        error: the file is not UTF-8: byte 0xE9 does not fit
         --> file.toml:1:13
          |
        1 | title = "caf�"
          |             ^
          |
          = note: allowed: text in UTF-8"#]]
    .assert_eq(&error.render(Style::Plain));
}

#[test]
fn an_empty_file() {
    check(
        r#""#,
        &expect![[r#"
            error: the scenario is empty
            --> file.toml:1:1
             = note: allowed: at least `title`, `until` and `[cluster]`"#]],
    );
}

#[test]
fn a_file_of_comments_only() {
    check(
        r#"# nothing

"#,
        &expect![[r#"
            error: the scenario is empty
             --> file.toml:1:1
              |
            1 | # nothing
              | ^
              |
              = note: allowed: at least `title`, `until` and `[cluster]`"#]],
    );
}

#[test]
fn a_syntax_error() {
    check(
        r#"title = "t"
until = 
[cluster]
"#,
        &expect![[r#"
            error: the file is not TOML: string values must be quoted, expected literal string
             --> file.toml:2:9
              |
            2 | until = 
              |         ^"#]],
    );
}

#[test]
fn a_syntax_error_and_what_stands_before_it() {
    check(
        r#"titel = "t"
until = 5
x = [1,
[cluster]
"#,
        &expect![[r#"
            error: unknown key `titel` in the file
             --> file.toml:1:1
              |
            1 | titel = "t"
              | ^^^^^
              |
              = help: did you mean `title`?
              = note: allowed: title, spark, seed, until, settle, behaviour, expect_violation, tolerate, cluster, network, process, store, election, conf, application, driver, workload, operator, fault, nemesis, failures, expect, sweep

            error: `until` has no unit
             --> file.toml:2:9
              |
            2 | until = 5
              |         ^
              |
              = help: did you mean `"5s"`?
              = note: allowed: a time with its unit, such as "21s", "1500ms", "0.5ms", "2min" or "1h"

            error: unknown key `x` in the file
             --> file.toml:3:1
              |
            3 | x = [1,
              | ^
              |
              = note: allowed: title, spark, seed, until, settle, behaviour, expect_violation, tolerate, cluster, network, process, store, election, conf, application, driver, workload, operator, fault, nemesis, failures, expect, sweep

            error: the file is not TOML: string values must be quoted, expected literal string
             --> file.toml:4:2
              |
            4 | [cluster]
              |  ^^^^^^^

            error: the file is not TOML: unclosed array, expected `]`
             --> file.toml:4:10
              |
            4 | [cluster]
              |          ^"#]],
    );
}

#[test]
fn a_key_given_twice() {
    check(
        r#"title = "a"
title = "b"
until = "1s"
[cluster]
"#,
        &expect![[r#"
            error: the file is not TOML: duplicate key
             --> file.toml:2:1
              |
            2 | title = "b"
              | ^^^^^"#]],
    );
}

#[test]
fn missing_keys() {
    check(
        r#"seed = 1
"#,
        &expect![[r#"
            error: the file needs `until`
             --> file.toml:1:1
              |
            1 | seed = 1
              | ^

            error: the file needs `cluster`
             --> file.toml:1:1
              |
            1 | seed = 1
              | ^

            error: the file needs `title`
             --> file.toml:1:1
              |
            1 | seed = 1
              | ^"#]],
    );
}

#[test]
fn an_unknown_key_with_a_suggestion() {
    check(
        r#"title = "t"
until = "60s"
[cluster]
worker = { cuont = 2 }
"#,
        &expect![[r#"
            error: unknown key `cuont` in [cluster] worker
             --> file.toml:4:12
              |
            4 | worker = { cuont = 2 }
              |            ^^^^^
              |
              = help: did you mean `count`?
              = note: allowed: count, name, cores, memory, gpu, resources, at"#]],
    );
}

#[test]
fn an_unknown_table() {
    check(
        &(START.to_owned()
            + r#"[netwrok]
latency = "1ms"
"#),
        &expect![[r#"
            error: unknown key `netwrok` in the file
             --> file.toml:5:2
              |
            5 | [netwrok]
              |  ^^^^^^^
              |
              = help: did you mean `network`?
              = note: allowed: title, spark, seed, until, settle, behaviour, expect_violation, tolerate, cluster, network, process, store, election, conf, application, driver, workload, operator, fault, nemesis, failures, expect, sweep"#]],
    );
}

#[test]
fn a_wrong_unit() {
    check(
        &(START.to_owned()
            + r#"[[fault]]
at = "21 parsecs"
crash = "worker-1"
"#),
        &expect![[r#"
            error: `at` cannot be "21 parsecs"
             --> file.toml:6:6
              |
            6 | at = "21 parsecs"
              |      ^^^^^^^^^^^^
              |
              = note: allowed: a time with its unit, such as "21s", "1500ms", "0.5ms", "2min" or "1h""#]],
    );
}

#[test]
fn a_time_without_unit() {
    check(
        &(START.to_owned()
            + r#"[[fault]]
at = 21
crash = "worker-1"
"#),
        &expect![[r#"
            error: `at` has no unit
             --> file.toml:6:6
              |
            6 | at = 21
              |      ^^
              |
              = help: did you mean `"21s"`?
              = note: allowed: a time with its unit, such as "21s", "1500ms", "0.5ms", "2min" or "1h""#]],
    );
}

#[test]
fn a_negative_time() {
    check(
        &(START.to_owned()
            + r#"[[fault]]
at = "-5s"
crash = "worker-1"
"#),
        &expect![[r#"
            error: `at` cannot be negative
             --> file.toml:6:6
              |
            6 | at = "-5s"
              |      ^^^^^
              |
              = note: allowed: a time with its unit, such as "21s", "1500ms", "0.5ms", "2min" or "1h""#]],
    );
}

#[test]
fn a_wrong_memory_size() {
    check(
        r#"title = "t"
until = "60s"
[cluster]
worker = { memory = "16 gigs" }
"#,
        &expect![[r#"
            error: `memory` cannot be "16 gigs"
             --> file.toml:4:21
              |
            4 | worker = { memory = "16 gigs" }
              |                     ^^^^^^^^^
              |
              = note: allowed: a memory size with its unit, such as "512m" or "16g", at least 1 MiB"#]],
    );
}

#[test]
fn a_fraction_of_a_core() {
    check(
        r#"title = "t"
until = "60s"
[cluster]
worker = { cores = 1.5 }
"#,
        &expect![[r#"
            error: `cores` cannot be the number 1.5
             --> file.toml:4:20
              |
            4 | worker = { cores = 1.5 }
              |                    ^^^
              |
              = note: allowed: a whole number from 1 to 2147483647"#]],
    );
}

#[test]
fn no_master_and_too_many() {
    check(
        r#"title = "t"
until = "60s"
[cluster]
master = 0
"#,
        &expect![[r#"
            error: `master` cannot be the number 0
             --> file.toml:4:10
              |
            4 | master = 0
              |          ^
              |
              = note: allowed: a whole number from 1 to 100"#]],
    );
    check(
        r#"title = "t"
until = "60s"
[cluster]
master = 101
"#,
        &expect![[r#"
            error: `master` cannot be the number 101
             --> file.toml:4:10
              |
            4 | master = 101
              |          ^^^
              |
              = note: allowed: a whole number from 1 to 100"#]],
    );
}

#[test]
fn a_name_given_twice() {
    check(
        &(START.to_owned()
            + r#"[[application]]
name = "worker-1"
"#),
        &expect![[r#"
            error: the name `worker-1` is taken
             --> file.toml:6:8
              |
            6 | name = "worker-1"
              |        ^^^^^^^^^^
              |
              = note: allowed: a name that nothing else in the scenario has"#]],
    );
}

#[test]
fn a_name_with_a_blank() {
    check(
        &(START.to_owned()
            + r#"[[application]]
name = "my app"
"#),
        &expect![[r#"
            error: `my app` cannot be a name
             --> file.toml:6:8
              |
            6 | name = "my app"
              |        ^^^^^^^^
              |
              = note: allowed: letters, digits, `-`, `_` and `.`, a letter first"#]],
    );
}

#[test]
fn an_unknown_node() {
    check(
        &(START.to_owned()
            + r#"[[fault]]
at = "1s"
partition = ["worker-7", "master-1"]
"#),
        &expect![[r#"
            error: there is no node or process `worker-7`
             --> file.toml:7:14
              |
            7 | partition = ["worker-7", "master-1"]
              |              ^^^^^^^^^^
              |
              = help: did you mean `worker-1`?
              = note: allowed: master-1, worker-1, worker-2, leader, masters, workers"#]],
    );
}

#[test]
fn a_driver_named_as_a_node() {
    check(
        &(START.to_owned()
            + r#"[[driver]]
name = "etl"
[[fault]]
at = "1s"
crash = "etl"
"#),
        &expect![[r#"
            error: there is no node or process `etl`
             --> file.toml:9:9
              |
            9 | crash = "etl"
              |         ^^^^^
              |
              = help: did you mean `driver:etl`?
              = note: allowed: master-1, worker-1, worker-2, driver:etl, leader, masters, workers, drivers"#]],
    );
}

#[test]
fn a_role_without_members() {
    check(
        &(START.to_owned()
            + r#"[[fault]]
at = "1s"
crash = "drivers"
"#),
        &expect![[r#"
            error: there are no drivers in this scenario
             --> file.toml:7:9
              |
            7 | crash = "drivers"
              |         ^^^^^^^^^
              |
              = note: allowed: master-1, worker-1, worker-2, leader, masters, workers"#]],
    );
}

#[test]
fn a_target_that_is_not_playable_yet() {
    check(
        &(START.to_owned()
            + r#"[[fault]]
at = "1s"
crash = "majority"
"#),
        &expect![[r#"
            error: target `majority` is not playable yet
             --> file.toml:7:9
              |
            7 | crash = "majority"
              |         ^^^^^^^^^^
              |
              = note: allowed: names, globs and roles"#]],
    );
}

#[test]
fn the_leader_where_a_node_has_to_be_known_beforehand() {
    check(
        &(START.to_owned()
            + r#"[[network.link]]
between = ["leader", "worker-1"]
latency = "1ms"
[[fault]]
at = "1s"
exit = "leader"
[[expect]]
at = "1s"
process = "leader"
running = true
[[application]]
name = "leader"
"#),
        &expect![[r#"
            error: `between` cannot name the `leader`, which changes
             --> file.toml:6:11
              |
            6 | between = ["leader", "worker-1"]
              |           ^^^^^^^^^^^^^^^^^^^^^^
              |
              = note: allowed: masters by name

            error: a master, worker or election service cannot `exit` by itself
              --> file.toml:10:8
               |
            10 | exit = "leader"
               |        ^^^^^^^^
               |
               = help: did you mean `crash`?
               = note: allowed: driver:…, executor:… and applications

            error: `process` cannot name the `leader`, which changes
              --> file.toml:13:11
               |
            13 | process = "leader"
               |           ^^^^^^^^
               |
               = note: allowed: masters by name

            error: `leader` cannot be a name: it has a meaning
              --> file.toml:16:8
               |
            16 | name = "leader"
               |        ^^^^^^^^"#]],
    );
}

#[test]
fn the_election_service_without_the_mode_that_has_one() {
    check(
        &(START.to_owned()
            + r#"[[fault]]
at = "1s"
crash = "election"
"#),
        &expect![[r#"
            error: there is no node or process `election`
             --> file.toml:7:9
              |
            7 | crash = "election"
              |         ^^^^^^^^^^
              |
              = note: allowed: master-1, worker-1, worker-2, leader, masters, workers"#]],
    );
}

#[test]
fn an_election_that_cannot_be() {
    check(
        &(START.to_owned()
            + r#"[conf]
"spark.deploy.recoveryMode" = "ZOOKEEPER"
[election]
session_timeout = "0s"
connection_timeout = 15
suspend_delay = { distribution = "uniform", low = "2s", high = "1s" }
callback_delay = true
timeout = "1s"
[[application]]
name = "election"
"#),
        &expect![[r#"
            error: `session_timeout` cannot be "0s"
             --> file.toml:8:19
              |
            8 | session_timeout = "0s"
              |                   ^^^^
              |
              = note: allowed: a time above zero

            error: `connection_timeout` has no unit
             --> file.toml:9:22
              |
            9 | connection_timeout = 15
              |                      ^^
              |
              = help: did you mean `"15s"`?
              = note: allowed: a time with its unit, such as "21s", "1500ms", "0.5ms", "2min" or "1h"

            error: `high` is below `low`
              --> file.toml:10:64
               |
            10 | suspend_delay = { distribution = "uniform", low = "2s", high = "1s" }
               |                                                                ^^^^

            error: `callback_delay` cannot be true
              --> file.toml:11:18
               |
            11 | callback_delay = true
               |                  ^^^^
               |
               = note: allowed: a time with its unit, such as "21s", "1500ms", "0.5ms", "2min" or "1h"

            error: unknown key `timeout` in [election]
              --> file.toml:12:1
               |
            12 | timeout = "1s"
               | ^^^^^^^
               |
               = note: allowed: session_timeout, connection_timeout, suspend_delay, callback_delay

            error: the name `election` is taken
              --> file.toml:14:8
               |
            14 | name = "election"
               |        ^^^^^^^^^^
               |
               = note: allowed: a name that nothing else in the scenario has"#]],
    );
}

#[test]
fn a_fault_that_ends_before_it_begins() {
    check(
        &(START.to_owned()
            + r#"[[fault]]
at = "20s"
until = "10s"
crash = "worker-1"
"#),
        &expect![[r#"
            error: the fault ends before it begins, `at = "20s"`
             --> file.toml:7:9
              |
            7 | until = "10s"
              |         ^^^^^
              |
              = note: allowed: a time after 20s"#]],
    );
}

#[test]
fn a_fault_after_the_end() {
    check(
        &(START.to_owned()
            + r#"[[fault]]
at = "2min"
crash = "worker-1"
"#),
        &expect![[r#"
            error: `at` lies after the end, `until = "60s"`
             --> file.toml:6:6
              |
            6 | at = "2min"
              |      ^^^^^^
              |
              = note: allowed: a time up to 60s"#]],
    );
}

#[test]
fn a_fault_without_a_beginning() {
    check(
        &(START.to_owned()
            + r#"[[fault]]
crash = "worker-1"
"#),
        &expect![[r#"
            error: [[fault]] needs `at` or `on`
             --> file.toml:5:1
              |
            5 | [[fault]]
              | ^^^^^^^^^"#]],
    );
}

#[test]
fn a_fault_without_a_word() {
    check(
        &(START.to_owned()
            + r#"[[fault]]
at = "1s"
"#),
        &expect![[r#"
            error: [[fault]] needs one of its words
             --> file.toml:5:1
              |
            5 | [[fault]]
              | ^^^^^^^^^
              |
              = note: allowed: partition, delay, reset, message, crash, power_loss, disk, pause, exit"#]],
    );
}

#[test]
fn a_fault_with_two_words() {
    check(
        &(START.to_owned()
            + r#"[[fault]]
at = "1s"
crash = "worker-1"
pause = "worker-2"
"#),
        &expect![[r#"
            error: `crash` and `pause` exclude each other in [[fault]]
             --> file.toml:8:9
              |
            8 | pause = "worker-2"
              |         ^^^^^^^^^^"#]],
    );
}

#[test]
fn a_word_that_is_not_playable_yet() {
    check(
        &(START.to_owned()
            + r#"[[fault]]
at = "1s"
loss = 0.1
"#),
        &expect![[r#"
            error: fault `loss` is not playable yet
             --> file.toml:7:8
              |
            7 | loss = 0.1
              |        ^^^
              |
              = note: allowed: partition, delay, reset, message, crash, power_loss, disk, pause, exit"#]],
    );
}

#[test]
fn a_key_that_the_word_does_not_use() {
    check(
        &(START.to_owned()
            + r#"[[fault]]
at = "1s"
crash = "worker-1"
code = 3
"#),
        &expect![[r#"
            error: `code` has no meaning for `crash`
             --> file.toml:8:8
              |
            8 | code = 3
              |        ^"#]],
    );
}

#[test]
fn a_group_on_both_sides() {
    check(
        &(START.to_owned()
            + r#"[[fault]]
at = "1s"
partition = ["workers", ["worker-1", "master-1"]]
"#),
        &expect![[r#"
            error: `worker-1` is in both groups
             --> file.toml:7:13
              |
            7 | partition = ["workers", ["worker-1", "master-1"]]
              |             ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^"#]],
    );
}

#[test]
fn a_partition_of_one() {
    check(
        &(START.to_owned()
            + r#"[[fault]]
at = "1s"
partition = ["worker-1"]
"#),
        &expect![[r#"
            error: `partition` needs two groups, not 1
             --> file.toml:7:13
              |
            7 | partition = ["worker-1"]
              |             ^^^^^^^^^^^^
              |
              = note: allowed: two groups: ["worker-1", "master-1"] or [["worker-1", "worker-2"], ["master-1"]]"#]],
    );
}

#[test]
fn an_unknown_message() {
    check(
        &(START.to_owned()
            + r#"[[fault]]
message = "Heartbeet"
action = "drop"
"#),
        &expect![[r#"
            error: `message` cannot be `Heartbeet`
             --> file.toml:6:11
              |
            6 | message = "Heartbeet"
              |           ^^^^^^^^^^^
              |
              = help: did you mean `Heartbeat`?
              = note: allowed: Heartbeat, ReadLatch, Integer, Boolean, KillDriver … (60 in all)"#]],
    );
}

#[test]
fn a_delay_without_a_time() {
    check(
        &(START.to_owned()
            + r#"[[fault]]
message = "Heartbeat"
action = "delay"
"#),
        &expect![[r#"
            error: `action = "delay"` needs `by`, how long
             --> file.toml:5:1
              |
            5 | [[fault]]
              | ^^^^^^^^^"#]],
    );
}

#[test]
fn an_exit_of_a_worker() {
    check(
        &(START.to_owned()
            + r#"[[fault]]
at = "1s"
exit = "worker-1"
"#),
        &expect![[r#"
            error: a master, worker or election service cannot `exit` by itself
             --> file.toml:7:8
              |
            7 | exit = "worker-1"
              |        ^^^^^^^^^^
              |
              = help: did you mean `crash`?
              = note: allowed: driver:…, executor:… and applications"#]],
    );
}

#[test]
fn a_repetition_before_the_end() {
    check(
        &(START.to_owned()
            + r#"[[fault]]
at = "1s"
every = "5s"
for = "5s"
crash = "worker-1"
"#),
        &expect![[r#"
            error: the fault comes again before it has ended: `for` is not below `every`
             --> file.toml:8:7
              |
            8 | for = "5s"
              |       ^^^^"#]],
    );
}

#[test]
fn a_side_that_is_none() {
    check(
        &(START.to_owned()
            + r#"[[fault]]
at = "1s"
reset = ["worker-1", "master-1"]
told = "worker-2"
"#),
        &expect![[r#"
            error: `worker-2` is no side of this reset
             --> file.toml:8:8
              |
            8 | told = "worker-2"
              |        ^^^^^^^^^^
              |
              = note: allowed: both, none, worker-1, master-1"#]],
    );
}

#[test]
fn an_unknown_state() {
    check(
        &(START.to_owned()
            + r#"[[expect]]
by = "1s"
worker = "worker-1"
state = "DEED"
"#),
        &expect![[r#"
            error: `state` cannot be `DEED`
             --> file.toml:8:9
              |
            8 | state = "DEED"
              |         ^^^^^^
              |
              = help: did you mean `DEAD`?
              = note: allowed: ALIVE, DEAD, DECOMMISSIONED, UNKNOWN"#]],
    );
}

#[test]
fn a_state_of_another_subject() {
    check(
        &(START.to_owned()
            + r#"[[expect]]
by = "1s"
worker = "worker-1"
state = "FINISHED"
"#),
        &expect![[r#"
            error: `state` cannot be `FINISHED`
             --> file.toml:8:9
              |
            8 | state = "FINISHED"
              |         ^^^^^^^^^^
              |
              = note: allowed: ALIVE, DEAD, DECOMMISSIONED, UNKNOWN"#]],
    );
}

#[test]
fn an_expectation_about_a_stranger() {
    check(
        &(START.to_owned()
            + r#"[[expect]]
by = "1s"
worker = "worker-9"
state = "DEAD"
[[expect]]
by = "1s"
application = "pi"
state = "RUNNING"
"#),
        &expect![[r#"
            error: there is no worker `worker-9`
             --> file.toml:7:10
              |
            7 | worker = "worker-9"
              |          ^^^^^^^^^^
              |
              = help: did you mean `worker-1`?
              = note: allowed: worker-1, worker-2

            error: there is no application `pi`
              --> file.toml:11:15
               |
            11 | application = "pi"
               |               ^^^^
               |
               = note: allowed: nothing: there is none"#]],
    );
}

#[test]
fn an_expectation_that_says_nothing() {
    check(
        &(START.to_owned()
            + r#"[[expect]]
by = "1s"
worker = "worker-1"
"#),
        &expect![[r#"
            error: [[expect]] says nothing about `worker`: it needs one of count, state, listed, cores_used, memory_used, executors, drivers
             --> file.toml:5:1
              |
            5 | [[expect]]
              | ^^^^^^^^^^"#]],
    );
}

#[test]
fn an_expectation_without_a_time() {
    check(
        &(START.to_owned()
            + r#"[[expect]]
worker = "worker-1"
state = "DEAD"
"#),
        &expect![[r#"
            error: [[expect]] needs `by`, `at`, `always = true` or `never = true`
             --> file.toml:5:1
              |
            5 | [[expect]]
              | ^^^^^^^^^^"#]],
    );
}

#[test]
fn an_expectation_after_the_end() {
    check(
        &(START.to_owned()
            + r#"[[expect]]
by = "61s"
worker = "worker-1"
state = "DEAD"
"#),
        &expect![[r#"
            error: `by` lies after the end, `until = "60s"`
             --> file.toml:6:6
              |
            6 | by = "61s"
              |      ^^^^^
              |
              = note: allowed: a time up to 60s"#]],
    );
}

#[test]
fn a_window_that_ends_before_it_begins() {
    check(
        &(START.to_owned()
            + r#"[[expect]]
after = "30s"
by = "20s"
worker = "worker-1"
state = "DEAD"
"#),
        &expect![[r#"
            error: `by` lies before `after = "30s"`
             --> file.toml:7:6
              |
            7 | by = "20s"
              |      ^^^^^
              |
              = note: allowed: a time from 30s on"#]],
    );
}

#[test]
fn a_field_of_another_subject() {
    check(
        &(START.to_owned()
            + r#"[[expect]]
by = "1s"
worker = "worker-1"
copies = 1
"#),
        &expect![[r#"
            error: `copies` cannot be expected of `worker`: allowed is count, state, listed, cores_used, memory_used, executors, drivers
             --> file.toml:8:10
              |
            8 | copies = 1
              |          ^"#]],
    );
}

#[test]
fn a_count_upside_down() {
    check(
        &(START.to_owned()
            + r#"[[expect]]
by = "1s"
message = "Heartbeat"
count = { at_least = 3, at_most = 2 }
"#),
        &expect![[r#"
            error: `at_most` is below `at_least`
             --> file.toml:8:9
              |
            8 | count = { at_least = 3, at_most = 2 }
              |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^"#]],
    );
}

#[test]
fn an_unknown_configuration_key() {
    check(
        &(START.to_owned()
            + r#"[conf]
"spark.worker.timout" = 60
"#),
        &expect![[r#"
            error: `spark.worker.timout` is not a configuration key
             --> file.toml:6:1
              |
            6 | "spark.worker.timout" = 60
              | ^^^^^^^^^^^^^^^^^^^^^
              |
              = help: did you mean `spark.worker.timeout`?
              = note: allowed: spark.worker.timeout, spark.worker.ui.port, spark.network.timeout, spark.worker.idPattern, spark.master.ui.port … (63 in all)"#]],
    );
}

#[test]
fn a_configuration_key_without_quotes() {
    check(
        &(START.to_owned()
            + r#"[conf]
spark.worker.timeout = 60
"#),
        &expect![[r#"
            error: `spark` has to be one quoted key with one value
             --> file.toml:6:1
              |
            6 | spark.worker.timeout = 60
              | ^^^^^
              |
              = note: allowed: for instance "spark.worker.timeout" = 60"#]],
    );
}

#[test]
fn a_wrong_configuration_value() {
    check(
        &(START.to_owned()
            + r#"[conf]
"spark.worker.timeout" = "soon"
"spark.deploy.appNumberModulo" = 10
"#),
        &expect![[r#"
            error: `spark.worker.timeout` cannot be "soon"
             --> file.toml:6:26
              |
            6 | "spark.worker.timeout" = "soon"
              |                          ^^^^^^
              |
              = note: allowed: a time: a number of seconds, or a text such as "60s", "1500ms", "2min" or "1h", at least 4ms

            error: `spark.deploy.appNumberModulo` cannot be the number 10
             --> file.toml:7:34
              |
            7 | "spark.deploy.appNumberModulo" = 10
              |                                  ^^
              |
              = note: allowed: a whole number, not negative, below 2^31, at least 1000"#]],
    );
}

#[test]
fn an_unknown_profile() {
    check(
        r#"behaviour = "v5"
title = "t"
until = "60s"
[cluster]
worker = { count = 2 }
"#,
        &expect![[r#"
            error: `v5` is not a behaviour profile
             --> file.toml:1:13
              |
            1 | behaviour = "v5"
              |             ^^^^
              |
              = note: allowed: v1, v2, v3, v4"#]],
    );
}

#[test]
fn wrong_switches() {
    check(
        r#"behaviour = { "S-99" = "on", "S-08" = "off", "S-06" = "keep" }
title = "t"
until = "60s"
[cluster]
worker = { count = 2 }
"#,
        &expect![[r#"
            error: `S-99` is not a behaviour switch
             --> file.toml:1:15
              |
            1 | behaviour = { "S-99" = "on", "S-08" = "off", "S-06" = "keep" }
              |               ^^^^^^
              |
              = help: did you mean `S-09`?
              = note: allowed: profile, S-01, S-02, S-06, S-13, S-15, S-34, S-43, S-56, S-57, S-58

            error: switch S-08 (state after registration) cannot be selected yet
             --> file.toml:1:30
              |
            1 | behaviour = { "S-99" = "on", "S-08" = "off", "S-06" = "keep" }
              |                              ^^^^^^
              |
              = note: allowed: S-01, S-02, S-06, S-13, S-15, S-34, S-43, S-56, S-57, S-58

            error: switch S-06 (relaunched driver) cannot be `keep`
             --> file.toml:1:55
              |
            1 | behaviour = { "S-99" = "on", "S-08" = "off", "S-06" = "keep" }
              |                                                       ^^^^^^
              |
              = note: allowed: keep_id, new_id"#]],
    );
}

#[test]
fn unknown_ids() {
    check(
        r#"tolerate = ["RD-99"]
expect_violation = [{ invariant = "INV-Z1", defect = "RD-19" }]
title = "t"
until = "60s"
[cluster]
worker = { count = 2 }
"#,
        &expect![[r#"
            error: `RD-99` is not the id of a known defect
             --> file.toml:1:13
              |
            1 | tolerate = ["RD-99"]
              |             ^^^^^^^
              |
              = help: did you mean `RD-09`?
              = note: allowed: RD-09, RD-19, RD-01, RD-02, RD-03 … (73 in all)

            error: `INV-Z1` is not the id of an invariant
             --> file.toml:2:35
              |
            2 | expect_violation = [{ invariant = "INV-Z1", defect = "RD-19" }]
              |                                   ^^^^^^^^
              |
              = help: did you mean `INV-C1`?
              = note: allowed: INV-C1, INV-W1, INV-D1, INV-X1, INV-A1 … (71 in all)"#]],
    );
}

#[test]
fn an_unknown_distribution() {
    check(
        &(START.to_owned()
            + r#"[network]
latency = { distribution = "gauss" }
"#),
        &expect![[r#"
            error: `distribution` cannot be `gauss`
             --> file.toml:6:28
              |
            6 | latency = { distribution = "gauss" }
              |                            ^^^^^^^
              |
              = note: allowed: constant, uniform, normal, exponential, log_normal, pareto, weibull, empirical"#]],
    );
}

#[test]
fn a_distribution_with_foreign_parameters() {
    check(
        &(START.to_owned()
            + r#"[network]
latency = { distribution = "uniform", low = "2ms", high = "1ms", mean = "1ms" }
"#),
        &expect![[r#"
            error: `high` is below `low`
             --> file.toml:6:59
              |
            6 | latency = { distribution = "uniform", low = "2ms", high = "1ms", mean = "1ms" }
              |                                                           ^^^^^

            error: `mean` has no meaning for a uniform distribution
             --> file.toml:6:73
              |
            6 | latency = { distribution = "uniform", low = "2ms", high = "1ms", mean = "1ms" }
              |                                                                         ^^^^^"#]],
    );
}

#[test]
fn samples_that_are_not_there() {
    check(
        &(START.to_owned()
            + r#"[network]
latency = { distribution = "empirical", csv = "no-such-file.csv" }
"#),
        &expect![[r#"
            error: `no-such-file.csv` cannot be read: No such file or directory (os error 2)
             --> file.toml:6:47
              |
            6 | latency = { distribution = "empirical", csv = "no-such-file.csv" }
              |                                               ^^^^^^^^^^^^^^^^^^
              |
              = note: allowed: a CSV file whose first column has times with units, or a heading that ends in _s, _ms, _us or _ns and plain numbers"#]],
    );
}

#[test]
fn tasks_without_work_and_requests_beside_dynamic_allocation() {
    check(
        &(START.to_owned()
            + r#"[conf]
"spark.dynamicAllocation.enabled" = true
"spark.dynamicAllocation.minExecutors" = 5
"spark.dynamicAllocation.maxExecutors" = 3
[[application]]
name = "a"
work = "1h"
task = "1s"
request = [{ after = "5s", executors = 2 }]
[[application]]
name = "b"
run = "1h"
stay = "1s"
"#),
        &expect![[r#"
            error: `spark.dynamicAllocation.maxExecutors` is 3, and an application begins with 5 executors
              --> file.toml:12:8
               |
            12 | task = "1s"
               |        ^^^^

            error: `request` does not go with `task` under dynamic allocation, which asks by itself
              --> file.toml:13:11
               |
            13 | request = [{ after = "5s", executors = 2 }]
               |           ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

            error: `stay` needs `task`
              --> file.toml:17:8
               |
            17 | stay = "1s"
               |        ^^^^"#]],
    );
}

#[test]
fn more_drawn_tasks_than_anybody_means() {
    check(
        &(START.to_owned()
            + r#"[[application]]
name = "a"
work = "1h"
task = { distribution = "exponential", mean = "1ms" }
"#),
        &expect![[r#"
            error: `task` makes more than 1000000 tasks
             --> file.toml:8:8
              |
            8 | task = { distribution = "exponential", mean = "1ms" }
              |        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^"#]],
    );
}

#[test]
fn work_and_run() {
    check(
        &(START.to_owned()
            + r#"[[application]]
name = "a"
run = "1s"
work = "2s"
"#),
        &expect![[r#"
            error: `run` and `work` exclude each other in [[application]]
             --> file.toml:8:8
              |
            8 | work = "2s"
              |        ^^^^"#]],
    );
}

#[test]
fn a_profile_that_is_none() {
    check(
        &(START.to_owned()
            + r#"[[application]]
name = "a"
[[application.request]]
at = "1s"
executors = 1
profile = 2
"#),
        &expect![[r#"
            error: there is no resource profile 2
              --> file.toml:10:11
               |
            10 | profile = 2
               |           ^
               |
               = note: allowed: 0 to 0"#]],
    );
}

#[test]
fn a_kill_before_the_submission() {
    check(
        &(START.to_owned()
            + r#"[[driver]]
name = "a"
at = "10s"
kill_at = "5s"
"#),
        &expect![[r#"
            error: `kill_at` lies before the submission
             --> file.toml:8:11
              |
            8 | kill_at = "5s"
              |           ^^^^"#]],
    );
}

#[test]
fn an_operation_without_a_word() {
    check(
        &(START.to_owned()
            + r#"[[operator]]
at = "1s"
"#),
        &expect![[r#"
            error: [[operator]] needs one of its words
             --> file.toml:5:1
              |
            5 | [[operator]]
              | ^^^^^^^^^^^^
              |
              = note: allowed: stop, decommission, kill_driver, kill_all_drivers, driver_status, kill_application, clear_completed"#]],
    );
}

#[test]
fn all_errors_at_once() {
    check(
        r#"titel = "t"
until = "60s"
[cluster]
worker = { cores = 0 }
[[fault]]
at = "9s"
until = "3s"
partition = ["worker-5", "master-1"]
[[expect]]
by = "1s"
worker = "worker-1"
state = "dead"
"#,
        &expect![[r#"
            error: the file needs `title`
             --> file.toml:1:1
              |
            1 | titel = "t"
              | ^

            error: unknown key `titel` in the file
             --> file.toml:1:1
              |
            1 | titel = "t"
              | ^^^^^
              |
              = help: did you mean `title`?
              = note: allowed: title, spark, seed, until, settle, behaviour, expect_violation, tolerate, cluster, network, process, store, election, conf, application, driver, workload, operator, fault, nemesis, failures, expect, sweep

            error: `cores` cannot be the number 0
             --> file.toml:4:20
              |
            4 | worker = { cores = 0 }
              |                    ^
              |
              = note: allowed: a whole number from 1 to 2147483647

            error: the fault ends before it begins, `at = "9s"`
             --> file.toml:7:9
              |
            7 | until = "3s"
              |         ^^^^
              |
              = note: allowed: a time after 9s

            error: there is no node or process `worker-5`
             --> file.toml:8:14
              |
            8 | partition = ["worker-5", "master-1"]
              |              ^^^^^^^^^^
              |
              = help: did you mean `worker-1`?
              = note: allowed: master-1, worker-1, leader, masters, workers

            error: `state` cannot be `dead`
              --> file.toml:12:9
               |
            12 | state = "dead"
               |         ^^^^^^
               |
               = help: did you mean `DEAD`?
               = note: allowed: ALIVE, DEAD, DECOMMISSIONED, UNKNOWN"#]],
    );
}

#[test]
fn two_engines_in_one_file() {
    check(
        &(START.to_owned()
            + r#"[conf]
"spark.deploy.recoveryMode" = "FILESYSTEM"
"spark.deploy.recoveryMode" = "ZOOKEEPER"
"#),
        &expect![[r#"
            error: the file is not TOML: duplicate key
             --> file.toml:7:1
              |
            7 | "spark.deploy.recoveryMode" = "ZOOKEEPER"
              | ^^^^^^^^^^^^^^^^^^^^^^^^^^^"#]],
    );
}

#[test]
fn a_number_for_an_engine() {
    check(
        &(START.to_owned()
            + r#"[conf]
"spark.deploy.recoveryMode" = 1
"#),
        &expect![[r#"
            error: `spark.deploy.recoveryMode` cannot be the number 1
             --> file.toml:6:31
              |
            6 | "spark.deploy.recoveryMode" = 1
              |                               ^
              |
              = note: allowed: one of NONE, FILESYSTEM, ZOOKEEPER, ROCKSDB, CUSTOM"#]],
    );
}

#[test]
fn a_store_that_writes_as_nobody_does() {
    check(
        &(START.to_owned()
            + r#"[store]
call = 1
spark_writes = "no"
engine = "files"
"#),
        &expect![[r#"
            error: `call` has no unit
             --> file.toml:6:8
              |
            6 | call = 1
              |        ^
              |
              = help: did you mean `"1s"`?
              = note: allowed: a time with its unit, such as "21s", "1500ms", "0.5ms", "2min" or "1h"

            error: `spark_writes` cannot be "no"
             --> file.toml:7:16
              |
            7 | spark_writes = "no"
              |                ^^^^
              |
              = note: allowed: true or false

            error: unknown key `engine` in [store]
             --> file.toml:8:1
              |
            8 | engine = "files"
              | ^^^^^^
              |
              = note: allowed: call, spark_writes"#]],
    );
}

#[test]
fn a_loss_of_power_of_what_has_none_of_its_own() {
    check(
        &(START.to_owned()
            + r#"[[driver]]
name = "etl"

[[fault]]
at = "1s"
power_loss = "driver:etl"
wipe = true
"#),
        &expect![[r#"
            error: only machines lose their power
              --> file.toml:10:14
               |
            10 | power_loss = "driver:etl"
               |              ^^^^^^^^^^^^
               |
               = note: allowed: masters, workers and applications

            error: `wipe` has no meaning for `power_loss`
              --> file.toml:11:8
               |
            11 | wipe = true
               |        ^^^^"#]],
    );
}

#[test]
fn a_disk_without_a_trouble() {
    check(
        &(START.to_owned()
            + r#"[[fault]]
at = "1s"
disk = "master-1"
"#),
        &expect![[r#"
            error: [[fault]] needs one of its words
             --> file.toml:5:1
              |
            5 | [[fault]]
              | ^^^^^^^^^
              |
              = note: allowed: slow, full, failing, torn"#]],
    );
}

#[test]
fn a_disk_with_two_troubles() {
    check(
        &(START.to_owned()
            + r#"[[fault]]
at = "1s"
disk = "master-1"
full = true
slow = "1s"
"#),
        &expect![[r#"
            error: `slow` and `full` exclude each other in [[fault]]
             --> file.toml:8:8
              |
            8 | full = true
              |        ^^^^"#]],
    );
}

#[test]
fn a_trouble_that_is_none() {
    check(
        &(START.to_owned()
            + r#"[[fault]]
at = "1s"
disk = "worker-1"
torn = false
"#),
        &expect![[r#"
            error: only the disk of a master matters
             --> file.toml:7:8
              |
            7 | disk = "worker-1"
              |        ^^^^^^^^^^
              |
              = note: allowed: masters

            error: `torn` cannot be false
             --> file.toml:8:8
              |
            8 | torn = false
              |        ^^^^^
              |
              = note: allowed: true; or leave the key out"#]],
    );
}

#[test]
fn a_trouble_without_a_disk() {
    check(
        &(START.to_owned()
            + r#"[[fault]]
at = "1s"
crash = "master-1"
full = true
"#),
        &expect![[r#"
            error: `full` has no meaning for `crash`
             --> file.toml:8:8
              |
            8 | full = true
              |        ^^^^"#]],
    );
}

#[test]
fn a_call_of_the_store_that_ends_nothing() {
    check(
        &(START.to_owned()
            + r#"[[fault]]
on = { master = "master-1", store_call = 3 }
pause = "master-1"

[[fault]]
on = { master = "master-1", store_call = 3 }
crash = "worker-1"
every = "5s"
for = "1s"
"#),
        &expect![[r#"
            error: `on` with `store_call` only sets off `crash` or `power_loss` of master-1
             --> file.toml:6:6
              |
            6 | on = { master = "master-1", store_call = 3 }
              |      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

            error: `on` with `store_call` only sets off `crash` or `power_loss` of master-1
              --> file.toml:10:6
               |
            10 | on = { master = "master-1", store_call = 3 }
               |      ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

            error: `every` has no meaning with `store_call`
              --> file.toml:12:9
               |
            12 | every = "5s"
               |         ^^^^"#]],
    );
}

#[test]
fn a_call_of_the_store_with_more_than_its_number() {
    check(
        &(START.to_owned()
            + r#"[[fault]]
on = { master = "master-1", store_call = 0, state = "ALIVE", nth = 2, after = "1s" }
crash = "master-1"

[[fault]]
on = { worker = "worker-1", state = "DEAD", store_call = 2 }
crash = "master-1"
"#),
        &expect![[r#"
            error: `store_call` cannot be the number 0
             --> file.toml:6:42
              |
            6 | on = { master = "master-1", store_call = 0, state = "ALIVE", nth = 2, after = "1s" }
              |                                          ^
              |
              = note: allowed: a whole number from 1 to 2147483647

            error: `state` has no meaning for a call of the store
             --> file.toml:6:53
              |
            6 | on = { master = "master-1", store_call = 0, state = "ALIVE", nth = 2, after = "1s" }
              |                                                     ^^^^^^^

            error: `nth` has no meaning for a call of the store
             --> file.toml:6:68
              |
            6 | on = { master = "master-1", store_call = 0, state = "ALIVE", nth = 2, after = "1s" }
              |                                                                    ^

            error: `after` has no meaning for a call of the store
             --> file.toml:6:79
              |
            6 | on = { master = "master-1", store_call = 0, state = "ALIVE", nth = 2, after = "1s" }
              |                                                                               ^^^^

            error: `store_call` goes with `master`
              --> file.toml:10:58
               |
            10 | on = { worker = "worker-1", state = "DEAD", store_call = 2 }
               |                                                          ^"#]],
    );
}

#[test]
fn random_faults_of_nobody_or_twice() {
    check(
        &(START.to_owned()
            + r#"[nemesis]
crash = { of = "worker-3", every = "1min", for = "0s", code = 3 }
power_loss = [
    { of = "workers", every = "5s", for = "1s" },
    { of = "workers", every = "9s", for = "1s" },
]
delay = { between = ["workers"], every = "1min", for = "1s" }
exit = { of = "workers", every = "1min" }
"#),
        &expect![[r#"
            error: there is no node or process `worker-3`
             --> file.toml:6:16
              |
            6 | crash = { of = "worker-3", every = "1min", for = "0s", code = 3 }
              |                ^^^^^^^^^^
              |
              = help: did you mean `worker-1`?
              = note: allowed: master-1, worker-1, worker-2, leader, masters, workers

            error: `for` cannot be "0s"
             --> file.toml:6:50
              |
            6 | crash = { of = "worker-3", every = "1min", for = "0s", code = 3 }
              |                                                  ^^^^
              |
              = note: allowed: a time above zero

            error: unknown key `code` in nemesis.crash
             --> file.toml:6:56
              |
            6 | crash = { of = "worker-3", every = "1min", for = "0s", code = 3 }
              |                                                        ^^^^
              |
              = note: allowed: of, wipe, every, for, at, until

            error: there is a random `power_loss` of these already
             --> file.toml:9:5
              |
            9 |     { of = "workers", every = "9s", for = "1s" },
              |     ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
              |
              = note: allowed: one table for each

            error: nemesis.delay needs `by`
              --> file.toml:11:9
               |
            11 | delay = { between = ["workers"], every = "1min", for = "1s" }
               |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

            error: `between` cannot be a list
              --> file.toml:11:21
               |
            11 | delay = { between = ["workers"], every = "1min", for = "1s" }
               |                     ^^^^^^^^^^^
               |
               = note: allowed: two groups: ["workers", "masters"]

            error: unknown key `exit` in [nemesis]
              --> file.toml:12:1
               |
            12 | exit = { of = "workers", every = "1min" }
               | ^^^^
               |
               = note: allowed: crash, power_loss, pause, disk, partition, delay"#]],
    );
}

#[test]
fn random_faults_that_cannot_be() {
    check(
        &(START.to_owned()
            + r#"[nemesis]
pause = { every = "1ms", at = "50s", until = "40s" }
disk = { of = "workers", every = "20us", for = "1s", full = true }
partition = { between = ["workers", "worker-1"], every = "0s", for = "1s" }
"#),
        &expect![[r#"
            error: nemesis.pause needs `of`
             --> file.toml:6:9
              |
            6 | pause = { every = "1ms", at = "50s", until = "40s" }
              |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

            error: nemesis.pause needs `for`
             --> file.toml:6:9
              |
            6 | pause = { every = "1ms", at = "50s", until = "40s" }
              |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^

            error: random faults end before they begin, `at = "50s"`
             --> file.toml:6:46
              |
            6 | pause = { every = "1ms", at = "50s", until = "40s" }
              |                                              ^^^^^
              |
              = note: allowed: a time after 50s

            error: only the disk of a master matters
             --> file.toml:7:15
              |
            7 | disk = { of = "workers", every = "20us", for = "1s", full = true }
              |               ^^^^^^^^^
              |
              = note: allowed: masters

            error: `every` makes more than 100000 random faults
             --> file.toml:7:34
              |
            7 | disk = { of = "workers", every = "20us", for = "1s", full = true }
              |                                  ^^^^^^

            error: `worker-1` is in both groups, and alone in the second
             --> file.toml:8:25
              |
            8 | partition = { between = ["workers", "worker-1"], every = "0s", for = "1s" }
              |                         ^^^^^^^^^^^^^^^^^^^^^^^

            error: `every` cannot be "0s"
             --> file.toml:8:58
              |
            8 | partition = { between = ["workers", "worker-1"], every = "0s", for = "1s" }
              |                                                          ^^^^
              |
              = note: allowed: a time above zero"#]],
    );
}
