//! The rule inside the Master: `mod.rs` calls the concern files, and these do not call each other.
//! Imports count, and so do methods of `Master` that another concern file defines.

use crate::source::{Place, Source};
use crate::tree::{Offence, Tree, finds, is_test, obeyed};
use std::collections::{BTreeMap, BTreeSet};

const MASTER: &str = "nodes/src/master/";

/// The files of the Master that every concern may use, each with the reason.
const SHARED: [(&str, &str); 6] = [
    ("books", "the tables, and how to look things up"),
    ("identifiers", "the ids that the Master hands out"),
    ("placement", "pure: how many cores on which worker"),
    ("schedule", "what every change of the books ends with"),
    ("scheduling", "pure: the scheduler's own view of the books"),
    ("state", "the fields that the books are made of"),
];

fn concerns_are_apart(tree: &Tree) -> Vec<Offence> {
    let rule = "concerns-are-apart";
    let files: Vec<(&Source, &str)> = tree
        .sources
        .iter()
        .filter_map(|source| Some((source, concern_of(&source.path)?)))
        .collect();
    let concerns: BTreeSet<&str> = files
        .iter()
        .map(|(_, concern)| *concern)
        .filter(|one| !is_shared(one))
        .collect();
    let methods = methods_of_master(&files);
    let mut offences = Vec::new();
    for (source, own) in files.iter().filter(|(source, _)| !is_test(&source.path)) {
        for path in &source.paths {
            if let Some(other) = sibling(&source.path, &path.segments)
                && other != *own
                && concerns.contains(other)
            {
                let what = format!("{own} must not import {other}");
                offences.push(source.offence(path.line, rule, what));
            }
        }
        for (name, homes) in &methods {
            if homes.contains(own) || !homes.iter().all(|home| concerns.contains(home)) {
                continue;
            }
            let by_value = [
                &["self", ".", name, "("][..],
                &["Self", "::", name, "("],
                &["master", ".", name, "("],
            ];
            for line in by_value
                .iter()
                .flat_map(|words| source.lines_of(words).collect::<Vec<_>>())
            {
                let what = format!("{own} must not call {name} of {homes:?}");
                offences.push(source.offence(line, rule, what));
            }
        }
    }
    offences
}

/// The concern that a file belongs to: the first part of its path below the Master.
fn concern_of(path: &str) -> Option<&str> {
    let first = path.strip_prefix(MASTER)?.split('/').next()?;
    let concern = first.strip_suffix(".rs").unwrap_or(first);
    (!["mod", "tests"].contains(&concern)).then_some(concern)
}

fn is_shared(concern: &str) -> bool {
    SHARED.iter().any(|(shared, _)| *shared == concern)
}

/// The methods of `Master` by name, with the concerns that define one of that name.
fn methods_of_master<'a>(files: &[(&'a Source, &'a str)]) -> BTreeMap<&'a str, BTreeSet<&'a str>> {
    let mut methods: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (source, concern) in files {
        let ours = source
            .functions
            .iter()
            .filter(|one| one.place != Place::OfTrait);
        for function in ours.filter(|one| one.owner.as_deref() == Some("Master")) {
            methods.entry(&function.name).or_default().insert(concern);
        }
    }
    methods
}

/// The file of the Master that a path leads to, if it says so by `crate::` or `super::`.
fn sibling<'a>(file: &str, segments: &'a [String]) -> Option<&'a str> {
    if let [first, second, concern, ..] = segments
        && (first, second) == (&"crate".to_owned(), &"master".to_owned())
    {
        return Some(concern);
    }
    let inside = file.strip_prefix(MASTER)?;
    let folders = inside.matches('/').count();
    // In `a.rs` one step up is the Master; in `a/mod.rs` also; in `a/b.rs` it takes two.
    let depth = if inside.ends_with("/mod.rs") {
        folders
    } else {
        folders + 1
    };
    let supers = segments
        .iter()
        .take_while(|segment| *segment == "super")
        .count();
    let concern = segments.get(supers)?;
    (supers == depth).then_some(concern)
}

#[test]
fn the_concerns_of_the_master_are_apart() {
    obeyed(concerns_are_apart);
}

#[test]
fn a_concern_that_uses_another_is_found() {
    finds(
        concerns_are_apart,
        &[
            (
                "nodes/src/master/mod.rs",
                "mod books;\nuse heartbeat::reap;",
            ),
            (
                "nodes/src/master/books.rs",
                "impl Books { pub(super) fn find(&self) {} }",
            ),
            (
                "nodes/src/master/schedule.rs",
                "impl Master { pub(super) fn schedule(&mut self) {} }",
            ),
            (
                "nodes/src/master/heartbeat.rs",
                "use super::books::Books;\nimpl Master { fn reap(&mut self) { self.schedule() } }",
            ),
            (
                "nodes/src/master/recovery/mod.rs",
                "use super::{books::Books, heartbeat::{self, reap}};",
            ),
            (
                "nodes/src/master/recovery/end.rs",
                "use super::heartbeat;\nuse super::super::heartbeat::reap;",
            ),
            (
                "nodes/src/master/executors.rs",
                "use crate::master::Master;\nimpl Master {\nfn end(&mut self) {\nself.schedule();\nself.reap();\n}\n}",
            ),
            (
                "nodes/src/master/executors/tests.rs",
                "use crate::master::heartbeat::reap;",
            ),
        ],
        &[
            "nodes/src/master/executors.rs:5",
            "nodes/src/master/recovery/end.rs:2",
            "nodes/src/master/recovery/mod.rs:1",
        ],
    );
}
