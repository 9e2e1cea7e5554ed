//! `test`: several scenarios with several seeds.

use crate::ground::{Ground, HOLDS, deploysim, fails};
use std::fs;

#[test]
fn each_scenario_has_a_line_and_the_last_line_counts() {
    let ground = Ground::new();
    ground.file("a/one.toml", HOLDS);
    ground.file("a/b/two.toml", fails());
    ground.file("a/notes.txt", "no scenario");
    let ran = deploysim("test PATH --seeds 4..5", &ground.path("a"));
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let lines: Vec<&str> = ran.stdout.lines().collect();
    let two = ground.path("a/b/two.toml");
    assert!(
        lines[0].starts_with(&format!("✗ {}  2 seeds, ", two.display())),
        "{ran:?}"
    );
    for seed in [4, 5] {
        let replay = format!("replay: deploysim run {} --seed {seed}", two.display());
        assert!(ran.stdout.contains(&replay), "{ran:?}");
    }
    assert!(ran.stdout.contains("✗ worker-1 is DEAD by 10s"), "{ran:?}");
    assert!(ran.stdout.contains("✓ "), "{ran:?}");
    assert_eq!(lines.last(), Some(&"1 passed, 1 failed, 0 skipped"));
}

#[test]
fn the_replay_command_fails_the_same_way() {
    let ground = Ground::new();
    let path = ground.file("one.toml", fails());
    let tested = deploysim("test PATH --seeds 8..8", &path);
    let (_, command) = tested.stdout.split_once("replay: deploysim ").unwrap();
    let replayed = deploysim(command.lines().next().unwrap(), &path);
    assert_eq!(replayed.code, Some(1));
    let failure = tested
        .stdout
        .lines()
        .find(|line| line.contains("✗ worker-1"));
    assert!(replayed.stdout.contains(failure.unwrap()), "{replayed:?}");
}

#[test]
fn many_failures_are_named_without_all_their_evidence() {
    let ground = Ground::new();
    let path = ground.file("one.toml", fails());
    let ran = deploysim("test PATH --seeds 6", &path);
    assert_eq!(ran.stdout.matches("replay: ").count(), 3, "{ran:?}");
    assert!(
        ran.stdout.contains("also with the seeds 4, 5, 6\n"),
        "{ran:?}"
    );
}

#[test]
fn what_must_hold_sometimes_has_to_be_seen_on_one_seed() {
    let ground = Ground::new();
    let never = format!("{}sometimes = true\n", fails());
    let never = ground.file("never.toml", never);
    let ran = deploysim("test PATH --seeds 3", &never);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stdout.contains("was on none"), "{ran:?}");
    assert_eq!(deploysim("run PATH", &never).code, Some(0));
    // With some seeds the answer to the first registration is there at 6 ms, with others not.
    let early = HOLDS.replace("\"10s\"", "\"6ms\"");
    let always = ground.file("always.toml", &early);
    assert_eq!(deploysim("test PATH --seeds 20", &always).code, Some(1));
    let sometimes = ground.file("sometimes.toml", format!("{early}sometimes = true\n"));
    let ran = deploysim("test PATH --seeds 20", &sometimes);
    assert_eq!(ran.code, Some(0), "{ran:?}");
}

#[test]
fn an_announced_violation_has_to_be_seen() {
    let ground = Ground::new();
    let head = "[[expect_violation]]\ninvariant = \"INV-L1\"\ndefect = \"RD-19\"\n";
    let scenario = HOLDS.replace("[cluster]", &format!("{head}\n[cluster]"));
    let path = ground.file("one.toml", &scenario);
    for command in ["test PATH --seeds 2", "run PATH"] {
        let ran = deploysim(command, &path);
        assert_eq!(ran.code, Some(1), "{ran:?}");
        let words = "✗ INV-L1 should be violated by RD-19, and was not";
        assert!(ran.stdout.contains(words), "{ran:?}");
    }
}

#[test]
fn the_number_of_jobs_changes_nothing() {
    let ground = Ground::new();
    ground.file("one.toml", HOLDS);
    ground.file("two.toml", fails());
    // All but the speed of the machine.
    let told = |jobs: u32| {
        let line = format!("test PATH --seeds 6 --jobs {jobs}");
        let text = deploysim(&line, &ground.path(".")).stdout;
        let lines = text.lines().map(|line| match line.split_once(" events, ") {
            Some((told, _)) => told.to_owned(),
            None => line.to_owned(),
        });
        lines.collect::<Vec<String>>()
    };
    assert_eq!(told(1), told(4));
}

#[test]
fn results_are_written_for_build_servers() {
    let ground = Ground::new();
    ground.file("files/one.toml", HOLDS);
    ground.file("files/two.toml", fails());
    let junit = ground.path("results.xml");
    let line = format!("test PATH --seeds 2 --junit {}", junit.display());
    assert_eq!(deploysim(&line, &ground.path("files")).code, Some(1));
    let text = fs::read_to_string(&junit).unwrap();
    for count in ["tests=\"2\"", "failures=\"1\"", "errors=\"0\""] {
        assert!(text.contains(count), "{text}");
    }
    assert!(text.contains("replay: deploysim run "), "{text}");
    assert!(!text.contains('\x1b'), "{text}");
}
