//! Rules about words in code and comments: what a pure core may not name, what is unfinished,
//! what speaks of a change or of one machine. Strings are never looked at, except for paths.

use crate::source::Source;
use crate::tree::{Offence, Tree, finds, is_test, obeyed};

/// Paths that the words of the protocol and the cores of the nodes do not name.
const NOT_IN_A_CORE: [&[&str]; 22] = [
    &["Instant", "now"],
    &["SystemTime"],
    &["collections", "HashMap"],
    &["collections", "HashSet"],
    &["collections", "*"],
    &["collections", "hash_map"],
    &["collections", "hash_set"],
    &["async"],
    &["tokio"],
    &["thread_rng"],
    &["rand", "rng"],
    &["rand", "random"],
    &["ThreadRng"],
    &["println"],
    &["print"],
    &["eprintln"],
    &["eprint"],
    &["dbg"],
    &["Mutex"],
    &["RwLock"],
    &["mpsc"],
    &["thread", "spawn"],
];

/// What is beside the cores of the nodes, each behind a feature: what hosts them, live processes,
/// what serves HTTP, and a library that wants its file behind a lock.
const OUTSIDE_A_CORE: [&str; 4] = [
    "nodes/src/shell/",
    "nodes/src/live/",
    "nodes/src/gateway/http.rs",
    "nodes/src/store/embedded.rs",
];

/// Phrases that tell what the code was before, which belongs in a commit message.
const CHANGE_PHRASES: [&str; 10] = [
    "no longer used",
    "no longer needed",
    "no longer necessary",
    "not used anymore",
    "was changed",
    "has been changed",
    "was renamed",
    "previously",
    "used to be",
    "formerly",
];

/// A folder of one machine, taken apart so that this file does not contain it.
const MACHINE_FOLDER: &str = concat!("/wo", "rk/");

fn cores_are_pure(tree: &Tree) -> Vec<Offence> {
    let is_core = |source: &&Source| {
        let path = source.path.as_str();
        let is_inside = path.starts_with("protocol/src/") || path.starts_with("nodes/src/");
        is_inside && !OUTSIDE_A_CORE.iter().any(|begin| path.starts_with(begin)) && !is_test(path)
    };
    let mut offences = Vec::new();
    for source in tree.sources.iter().filter(is_core) {
        for words in NOT_IN_A_CORE {
            for line in source.lines_of_path(words) {
                let what = format!("{} is not for a pure core", words.join("::"));
                offences.push(source.offence(line, "cores-are-pure", what));
            }
        }
    }
    offences
}

fn nothing_is_unfinished(tree: &Tree) -> Vec<Offence> {
    let rule = "nothing-is-unfinished";
    let mut offences = Vec::new();
    for source in &tree.sources {
        for name in ["todo", "unimplemented"] {
            let lines = source.lines_of(&[name, "!"]).collect::<Vec<_>>();
            offences.extend(
                lines
                    .into_iter()
                    .map(|line| source.offence(line, rule, format!("{name}!"))),
            );
        }
        let ignores = source
            .attributes
            .iter()
            .filter(|one| one.words.iter().any(|word| word == "ignore"));
        offences.extend(ignores.map(|one| source.offence(one.line, rule, "a test is not ignored")));
        for comment in &source.comments {
            if comment.text.contains("```ignore") || comment.text.contains("```rust,ignore") {
                offences.push(source.offence(comment.line, rule, "a doctest is not ignored"));
            }
            offences
                .extend(mark(&comment.text).map(|word| source.offence(comment.line, rule, word)));
        }
    }
    for file in tree.files.iter().filter(|file| !file.path.ends_with(".rs")) {
        let marks = file
            .lines()
            .filter_map(|(line, text)| Some((line, mark(text)?)));
        offences.extend(marks.map(|(line, word)| file.offence(line, rule, word)));
    }
    offences
}

fn mark(text: &str) -> Option<&'static str> {
    let words = || text.split(|letter: char| !letter.is_alphanumeric());
    ["FIXME", "XXX"]
        .into_iter()
        .find(|mark| words().any(|word| word == *mark))
}

fn nothing_sleeps(tree: &Tree) -> Vec<Offence> {
    let mut offences = Vec::new();
    for source in tree
        .sources
        .iter()
        .filter(|source| !source.path.starts_with("nodes/src/shell/"))
    {
        for call in [&["thread", "sleep"], &["time", "sleep"]] {
            for line in source.lines_of_path(call) {
                let what = format!("{} waits for real time", call.join("::"));
                offences.push(source.offence(line, "nothing-sleeps", what));
            }
        }
    }
    offences
}

fn comments_are_about_the_code(tree: &Tree) -> Vec<Offence> {
    let mut offences = Vec::new();
    for source in &tree.sources {
        for comment in &source.comments {
            let text = comment.text.to_lowercase();
            for phrase in CHANGE_PHRASES
                .iter()
                .filter(|phrase| text.contains(**phrase))
            {
                let what = format!("\"{phrase}\" speaks of a change");
                offences.push(source.offence(comment.line, "comments-are-about-the-code", what));
            }
        }
    }
    offences
}

fn no_machine_is_named(tree: &Tree) -> Vec<Offence> {
    let mut offences = Vec::new();
    for file in &tree.files {
        for (line, text) in file.lines() {
            // `spark/work/app-1` is a worker's folder; only a path that begins so is a machine's.
            let begins = text.match_indices(MACHINE_FOLDER).any(|(at, _)| {
                !text[..at].ends_with(|before: char| {
                    before.is_alphanumeric() || "_-.}$>)".contains(before)
                })
            });
            if begins {
                offences.push(file.offence(line, "no-machine-is-named", "a folder of one machine"));
            }
        }
    }
    offences
}

#[test]
fn protocol_and_nodes_name_no_clock_no_runtime_and_no_hidden_randomness() {
    obeyed(cores_are_pure);
}

#[test]
fn an_impure_word_in_a_core_is_found() {
    let bad = "use std::collections::{BTreeMap, HashMap};\nuse std::time::{Instant, SystemTime};\nfn f() { Instant::now(); }\nasync fn g() {}\nfn h() { rand::rng(); println!(\"x\"); }";
    let good = "//! No tokio, no HashMap.\nuse hashbrown::HashMap;\nfn f() { g(\"SystemTime\") } // println!";
    finds(
        cores_are_pure,
        &[
            ("nodes/src/a.rs", bad),
            ("nodes/src/b.rs", good),
            ("nodes/src/shell/mod.rs", bad),
            ("scenarios/src/a.rs", bad),
            ("protocol/src/a.rs", "use std::collections::*;"),
        ],
        &[
            "nodes/src/a.rs:1",
            "nodes/src/a.rs:2",
            "nodes/src/a.rs:3",
            "nodes/src/a.rs:4",
            "nodes/src/a.rs:5",
            "nodes/src/a.rs:5",
            "protocol/src/a.rs:1",
        ],
    );
}

/// One file of the stores may hold a lock. The others, and what only sounds like it or like the
/// shell, may not.
#[test]
fn a_lock_beside_the_embedded_store_is_found() {
    let bad = "use std::sync::Mutex;\nfn f() { thread::spawn(g); }";
    finds(
        cores_are_pure,
        &[
            ("nodes/src/store/embedded.rs", bad),
            ("nodes/src/store/embedded/pages.rs", bad),
            ("nodes/src/store/files.rs", bad),
            ("nodes/src/store/mod.rs", bad),
            ("nodes/src/shellfish.rs", bad),
            ("protocol/src/store/embedded.rs", bad),
        ],
        &[
            "nodes/src/shellfish.rs:1",
            "nodes/src/shellfish.rs:2",
            "nodes/src/store/embedded/pages.rs:1",
            "nodes/src/store/embedded/pages.rs:2",
            "nodes/src/store/files.rs:1",
            "nodes/src/store/files.rs:2",
            "nodes/src/store/mod.rs:1",
            "nodes/src/store/mod.rs:2",
            "protocol/src/store/embedded.rs:1",
            "protocol/src/store/embedded.rs:2",
        ],
    );
}

#[test]
fn everything_is_finished() {
    obeyed(nothing_is_unfinished);
}

#[test]
fn unfinished_work_is_found() {
    let bad = "fn f() { todo!() }\nfn g() { unimplemented!() }\n#[test]\n#[ignore]\nfn h() {}\n// FIXME: soon\n#[cfg_attr(unix, ignore = \"why\")]\nfn i() {}\n/// ```ignore\n/// ```\nfn j() {}";
    let good = "fn f(todo: u8) { g(\"FIXME\", \"#[ignore]\", todo) }";
    finds(
        nothing_is_unfinished,
        &[("a.rs", bad), ("b.rs", good), ("c.md", "# C\n\nXXX later")],
        &[
            "a.rs:1", "a.rs:2", "a.rs:4", "a.rs:6", "a.rs:7", "a.rs:9", "c.md:3",
        ],
    );
}

#[test]
fn nothing_waits_for_real_time() {
    obeyed(nothing_sleeps);
}

#[test]
fn a_test_that_sleeps_is_found() {
    finds(
        nothing_sleeps,
        &[
            (
                "a/tests/it/main.rs",
                "use std::{thread, time};\nfn f() {\nthread::sleep(time::Duration::ZERO);\n}",
            ),
            ("b/tests.rs", "use tokio::time::{Duration, sleep};"),
            ("nodes/src/shell/clock.rs", "use tokio::time::sleep;"),
        ],
        &["a/tests/it/main.rs:3", "b/tests.rs:1"],
    );
}

#[test]
fn comments_do_not_speak_of_changes() {
    obeyed(comments_are_about_the_code);
}

#[test]
fn a_comment_about_a_change_is_found() {
    let bad = "//! A.\n// Previously this was a list.\nfn f() {} // used to be g\nconst A: &str = \"previously\";\n// An executor that no longer counts.\n";
    finds(
        comments_are_about_the_code,
        &[("a.rs", bad)],
        &["a.rs:2", "a.rs:3"],
    );
}

#[test]
fn no_file_names_a_folder_of_one_machine() {
    obeyed(no_machine_is_named);
}

#[test]
fn a_folder_of_one_machine_is_found() {
    let bad = format!("# A\n\nSee `{MACHINE_FOLDER}notes`.");
    let good = format!("# A\n\nSpark writes to spark{MACHINE_FOLDER}app-1.");
    finds(
        no_machine_is_named,
        &[("a.md", &bad), ("b.md", &good)],
        &["a.md:3"],
    );
}
