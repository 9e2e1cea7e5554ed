//! Broken scenario files: every problem with its place, exit code 2, and nothing written.

use crate::ground::{Ground, HOLDS, deploysim};
use std::path::Path;

/// The messages of `run --out`, `test` and `check` on a file with these contents: all must name
/// the place and say the words.
#[track_caller]
fn check(contents: impl AsRef<[u8]>, place: &str, words: &[&str]) {
    let ground = Ground::new();
    let path = ground.file("broken.toml", contents);
    let out = ground.path("out");
    let run = format!("run PATH --out {}", out.display());
    for line in [run.as_str(), "test PATH", "check PATH"] {
        let ran = deploysim(line, &path);
        assert_eq!(ran.code, Some(2), "{line}: {ran:?}");
        let place = format!("{}:{place}", path.display());
        assert!(ran.stderr.contains(&place), "{place}: {}", ran.stderr);
        for word in words {
            assert!(ran.stderr.contains(word), "{word}: {}", ran.stderr);
        }
    }
    assert!(!out.exists());
    assert_eq!(ground.names("."), ["broken.toml"]);
}

#[track_caller]
fn check_change(from: &str, to: &str, place: &str, words: &[&str]) {
    assert!(HOLDS.contains(from));
    check(HOLDS.replace(from, to), place, words);
}

#[test]
fn a_file_that_is_not_toml() {
    check_change("[cluster]", "[cluster", "5:", &["not TOML", "[cluster"]);
}

#[test]
fn an_unknown_key() {
    check_change(
        "count = 2",
        "cout = 2",
        "6:12",
        &["`cout`", "did you mean `count`?", "worker = { cout = 2 }"],
    );
}

#[test]
fn a_wrong_unit() {
    check_change("\"30s\"", "\"30 parsecs\"", "3:9", &["parsecs", "allowed:"]);
}

#[test]
fn a_node_that_does_not_exist() {
    check_change(
        "\"worker-1\"",
        "\"worker-9\"",
        "10:10",
        &["worker-9", "did you mean"],
    );
}

#[test]
fn a_negative_time() {
    check_change("\"10s\"", "\"-10s\"", "9:6", &["-10s", "allowed:"]);
}

#[test]
fn an_expectation_about_nothing() {
    check_change(
        "worker = \"worker-1\"\nstate = \"ALIVE\"",
        "",
        "8:1",
        &["allowed:"],
    );
}

#[test]
fn a_fault_that_ends_before_it_begins() {
    let fault =
        "\n[[fault]]\nat = \"20s\"\nuntil = \"10s\"\npartition = [\"worker-1\", \"master-1\"]\n";
    check(format!("{HOLDS}{fault}"), "15:9", &["until", "20s"]);
}

#[test]
fn a_file_that_is_not_utf_8() {
    check(b"title = \"\xff\"\n", "1:10", &["not UTF-8", "0xFF"]);
}

#[test]
fn an_empty_file() {
    check("", "1:1", &["empty", "allowed: at least `title`"]);
    check("\n# nothing\n", "1:1", &["empty"]);
}

#[test]
fn every_problem_of_every_file_is_reported() {
    let ground = Ground::new();
    let two = HOLDS
        .replace("seed = 3", "sed = 3")
        .replace("ALIVE", "ALIV");
    ground.file("files/one.toml", two);
    ground.file("files/deep/two.toml", "");
    ground.file("files/sound.toml", HOLDS);
    for command in ["test PATH", "check PATH"] {
        let ran = deploysim(command, &ground.path("files"));
        assert_eq!(ran.code, Some(2), "{ran:?}");
        for place in ["one.toml:2:1", "one.toml:11:9", "two.toml:1:1"] {
            assert!(ran.stderr.contains(place), "{place}: {}", ran.stderr);
        }
    }
}

#[test]
fn a_change_that_is_wrong_is_shown_like_a_file() {
    let ground = Ground::new();
    let path = ground.file("one.toml", HOLDS);
    let ran = deploysim("run PATH --set cluster.worker.cout=3", &path);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("--set:1:"), "{}", ran.stderr);
    assert!(
        ran.stderr.contains("did you mean `count`?"),
        "{}",
        ran.stderr
    );
}

#[test]
fn what_is_not_a_file_is_named() {
    let ground = Ground::new();
    let cases: [(&str, &Path, &str); 4] = [
        ("run PATH", &ground.path("missing.toml"), "missing.toml"),
        ("run PATH", &ground.path("."), "directory"),
        ("test PATH", &ground.path("missing.toml"), "missing.toml"),
        ("check PATH", &ground.path("."), "no scenario file"),
    ];
    for (line, path, words) in cases {
        let ran = deploysim(line, path);
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(ran.stderr.contains(words), "{words}: {}", ran.stderr);
        assert_eq!(ran.stdout, "");
    }
}
