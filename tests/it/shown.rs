//! What `run`, `check` and `schema` show.

use crate::ground::{Ground, HOLDS, deploysim, fails, program};
use serde_json::Value;

#[test]
fn a_run_is_told_from_its_title_to_its_speed() {
    let ground = Ground::new();
    let path = ground.file("one.toml", HOLDS);
    let ran = deploysim("run PATH", &path);
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(lines[0], "A worker registers");
    assert_eq!(lines[1], "seed 3, world queue");
    assert!(ran.stdout.contains("WorkerAdded worker-1"), "{ran:?}");
    assert!(
        ran.stdout
            .contains("  ✓ worker-1 is ALIVE by 10s: decided at 0.00"),
        "{ran:?}"
    );
    assert!(ran.stdout.contains("  ✓ every invariant held"), "{ran:?}");
    let last = lines.last().unwrap();
    assert!(
        last.starts_with("simulated 30.000s, ") && last.ends_with(" simulated seconds per second")
    );
    assert!(!ran.stdout.contains("replay:"), "{ran:?}");
}

#[test]
fn a_failure_shows_what_was_found_and_how_to_see_it_again() {
    let ground = Ground::new();
    let path = ground.file("one.toml", fails());
    let ran = deploysim("run PATH --seed 4 --set cluster.worker.count=1", &path);
    let found = "✗ worker-1 is DEAD by 10s: decided at 10.000s, found worker-1 is ALIVE";
    assert!(ran.stdout.contains(found), "{ran:?}");
    let replay = format!(
        "replay: deploysim run {} --seed 4 --set cluster.worker.count=1\n",
        path.display()
    );
    assert!(ran.stdout.contains(&replay), "{ran:?}");
}

#[test]
fn a_scenario_that_does_not_settle_says_that_liveness_was_not_checked() {
    let ground = Ground::new();
    let path = ground.file("one.toml", HOLDS.replace("seed = 3", "settle = \"0s\""));
    let ran = deploysim("run PATH", &path);
    assert!(ran.stdout.contains("liveness was not checked"), "{ran:?}");
    let ran = deploysim("run PATH --format json", &path);
    let object: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(object["liveness_checked"], false);
}

#[test]
fn json_is_one_object() {
    let ground = Ground::new();
    let path = ground.file("one.toml", fails());
    let ran = deploysim("run PATH --format json --seed 8", &path);
    let object: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(object["title"], "A worker registers");
    assert_eq!(object["seed"], 8);
    assert_eq!(object["verdict"], "violated");
    assert_eq!(object["simulated_ns"], 30_000_000_000_u64);
    let expectation = &object["expectations"][0];
    assert_eq!(expectation["held"], false);
    assert_eq!(expectation["at_ns"], 10_000_000_000_u64);
    assert_eq!(object["violations"], serde_json::json!([]));
    assert_eq!(object["counts"]["handled"]["RegisterWorker"], 2);
}

#[test]
fn json_with_the_trace_is_an_object_per_line() {
    let ground = Ground::new();
    let path = ground.file("one.toml", HOLDS);
    let ran = deploysim("run PATH --format json --trace", &path);
    let lines = ran.stdout.lines().map(serde_json::from_str);
    let objects: Vec<Value> = lines.collect::<Result<_, _>>().unwrap();
    assert_eq!(objects[0]["format"], "deploysim-trace");
    assert_eq!(objects.last().unwrap()["format"], "deploysim-run");
    assert!(objects.len() > 10);
}

#[test]
fn a_changed_key_changes_the_run() {
    let ground = Ground::new();
    let path = ground.file("one.toml", HOLDS);
    let line = "run PATH --format json --set cluster.worker.count=4 --set until=40s";
    let object: Value = serde_json::from_str(&deploysim(line, &path).stdout).unwrap();
    assert_eq!(object["counts"]["handled"]["RegisterWorker"], 4);
    assert_eq!(object["simulated_ns"], 40_000_000_000_u64);
}

#[test]
fn colours_are_for_terminals() {
    let ground = Ground::new();
    let path = ground.file("one.toml", fails());
    let output = program()
        .env_remove("NO_COLOR")
        .arg("run")
        .arg(&path)
        .output();
    assert!(!output.unwrap().stdout.contains(&0x1b));
    let mut forced = program();
    forced.env_remove("NO_COLOR").env("CLICOLOR_FORCE", "1");
    let output = forced.arg("run").arg(&path).output().unwrap();
    assert!(output.stdout.contains(&0x1b));
}

#[test]
fn an_expectation_that_holds_from_the_start_is_warned_about() {
    let ground = Ground::new();
    let idle = HOLDS.replace("state = \"ALIVE\"", "listed = false");
    let ran = deploysim("check PATH", &ground.file("one.toml", idle));
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stderr.contains("warning: "), "{ran:?}");
    assert!(
        ran.stderr.contains("worker-1 is not listed by 10s"),
        "{ran:?}"
    );
    let ran = deploysim("check PATH", &ground.file("two.toml", HOLDS));
    assert_eq!(ran.stderr, "");
}

#[test]
fn an_engine_that_cannot_be_played_is_warned_about() {
    let ground = Ground::new();
    for (mode, said) in [
        ("FILESYTEM", "did you mean `FILESYSTEM`?"),
        ("CUSTOM", "CUSTOM cannot be played"),
    ] {
        let conf = format!("[conf]\n\"spark.deploy.recoveryMode\" = \"{mode}\"\n");
        let path = ground.file("engine.toml", format!("{HOLDS}{conf}"));
        for command in ["check", "run"] {
            let ran = deploysim(&format!("{command} PATH"), &path);
            assert_eq!(ran.code, Some(0), "{ran:?}");
            assert!(ran.stderr.starts_with("warning: "), "{ran:?}");
            assert!(ran.stderr.contains(said), "{ran:?}");
        }
    }
}

#[test]
fn the_schema_is_json() {
    let ground = Ground::new();
    let ran = deploysim("schema", &ground.path("."));
    let schema: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(schema["title"], "deploysim scenario");
}

#[test]
fn every_command_shows_examples() {
    let ground = Ground::new();
    for command in ["run", "test", "check", "sweep", "export", "schema"] {
        let ran = deploysim(&format!("{command} --help"), &ground.path("."));
        let example = format!("  deploysim {command}");
        assert!(ran.stdout.contains(&example), "{ran:?}");
    }
}
