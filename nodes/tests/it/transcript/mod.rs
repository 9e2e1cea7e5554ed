//! Transcripts: text files in which a behaviour is a conversation. A file is a sequence of
//! blocks, each a few commands, a line `----`, and exactly what happens. Run with
//! `UPDATE_EXPECT=1` to rewrite what is expected; commit a change only if you can explain it.
//!
//! The world behind them is tiny: no latency, no lost byte unless a command says so. It knows
//! nothing of scenarios.

mod actor;
mod book;
mod commands;
mod coverage;
mod faults;
mod operator;
mod printer;
mod processes;
mod script;
mod show;
mod store;
mod traffic;
mod words;
mod world;

use deploysim_protocol::text;
use script::Script;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use world::World;

/// Every transcript, by path.
fn files() -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts")];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
        for entry in entries {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// A transcript as it was played: its text with what happened, and the kinds that it showed.
struct Played {
    text: String,
    seen: BTreeSet<String>,
}

fn play(path: &Path) -> Played {
    let source = fs::read_to_string(path).unwrap();
    text::scope(|| {
        let mut script = Script::read(path, &source);
        let mut world = World::new();
        for block in &mut script.blocks {
            for command in &block.commands {
                world.obey(command);
            }
            block.output = world.page.take();
        }
        Played {
            text: script.write(),
            seen: world.page.seen,
        }
    })
}

#[test]
fn transcripts_say_what_happens() {
    let mut wrong = Vec::new();
    for path in files() {
        let played = play(&path).text;
        let expected = fs::read_to_string(&path).unwrap();
        if played == expected {
            continue;
        }
        if std::env::var_os("UPDATE_EXPECT").is_some() {
            fs::write(&path, played).unwrap();
        } else {
            let line = expected
                .lines()
                .zip(played.lines())
                .position(|(a, b)| a != b);
            let line = line.unwrap_or_else(|| expected.lines().count().min(played.lines().count()));
            wrong.push(format!(
                "{}:{}\n  expected: {}\n  happened: {}",
                path.display(),
                line + 1,
                expected.lines().nth(line).unwrap_or("(the end)"),
                played.lines().nth(line).unwrap_or("(the end)"),
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn each_transcript_begins_by_saying_what_it_shows() {
    for path in files() {
        let source = fs::read_to_string(&path).unwrap();
        assert!(source.starts_with("# "), "{}", path.display());
        assert!(source.contains("\n----\n"), "{}", path.display());
    }
}

/// Everything that a node can be told, or can refuse, is shown somewhere.
#[test]
fn every_kind_appears_in_some_transcript() {
    let (mut seen, mut pages) = (BTreeSet::new(), String::new());
    for path in files() {
        let played = play(&path);
        seen.extend(played.seen);
        pages.push_str(&played.text);
    }
    let missing = coverage::missing(&seen, &pages);
    assert!(missing.is_empty(), "never shown: {missing:#?}");
}
