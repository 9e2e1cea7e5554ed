//! The rule inside the Master: `mod.rs` calls the concern files, and these do not call each other:
//! what several of them need is in a shared file. Imports count, and so do the methods of `Master`
//! that another concern file defines.

use crate::source::{Place, Source};
use crate::tree::{Offence, Tree, finds, is_test, obeyed};
use std::collections::{BTreeMap, BTreeSet};

const MASTER: &str = "nodes/src/master/";

/// The files of the Master that every concern may use, each with the reason.
const SHARED: [(&str, &str); 6] = [
    (
        "booking",
        "changes of several tables at once, each with its notes",
    ),
    ("books", "the tables, and how to look things up"),
    ("identifiers", "the ids that the Master hands out"),
    (
        "lifecycle",
        "how records enter and leave the books: what several concerns end in",
    ),
    ("schedule", "what every change of the books ends with"),
    ("scheduling", "pure: who gets which cores on which worker"),
];

/// A place where one concern uses another.
struct Call<'a> {
    source: &'a Source,
    line: usize,
    from: &'a str,
    to: &'a str,
    what: String,
}

fn concerns_are_apart(tree: &Tree) -> Vec<Offence> {
    let calls = calls(tree);
    calls
        .iter()
        .map(|call| {
            let what = format!("{} must not use {} ({})", call.from, call.to, call.what);
            call.source.offence(call.line, "concerns-are-apart", what)
        })
        .collect()
}

fn calls(tree: &Tree) -> Vec<Call<'_>> {
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
    let mut calls = Vec::new();
    for &(source, from) in files.iter().filter(|(source, _)| !is_test(&source.path)) {
        for path in &source.paths {
            if let Some(to) = sibling(&source.path, &path.segments)
                && to != from
                && concerns.contains(to)
            {
                let what = path.segments.join("::");
                calls.push(Call {
                    source,
                    line: path.line,
                    from,
                    to,
                    what,
                });
            }
        }
        for (name, homes) in &methods {
            let (Some(to), 1) = (homes.first(), homes.len()) else {
                continue;
            };
            if *to != from && concerns.contains(to) {
                for line in lines_of_call(source, name) {
                    calls.push(Call {
                        source,
                        line,
                        from,
                        to,
                        what: (*name).to_owned(),
                    });
                }
            }
        }
    }
    calls
}

/// The lines on which a method of `Master` is called: on `self` where that is the Master.
fn lines_of_call(source: &Source, name: &str) -> Vec<usize> {
    let is_of_master = |line: &usize| {
        let mut around = source
            .functions
            .iter()
            .filter(|one| (one.line..=one.last_line).contains(line));
        around.any(|one| one.owner.as_deref() == Some("Master"))
    };
    let on_self = [["self", ".", name, "("], ["Self", "::", name, "("]];
    let mut lines: Vec<usize> = on_self
        .iter()
        .flat_map(|words| source.lines_of(words))
        .filter(is_of_master)
        .collect();
    lines.extend(source.lines_of(&["master", ".", name, "("]));
    lines.extend(source.lines_of(&["Master", "::", name, "("]));
    lines
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
                "nodes/src/master/lifecycle/workers.rs",
                "impl Master { pub(super) fn remove_worker(&mut self) {} }",
            ),
            (
                "nodes/src/master/heartbeat.rs",
                "use super::books::Books;\nimpl Master { fn reap(&mut self) { self.schedule(); self.remove_worker() } }",
            ),
            (
                "nodes/src/master/queries/mod.rs",
                "use super::{books::Books, heartbeat::{self, reap}};",
            ),
            (
                "nodes/src/master/queries/end.rs",
                "use super::heartbeat;\nuse super::super::heartbeat::reap;",
            ),
            (
                "nodes/src/master/executors.rs",
                "use crate::master::Master;\nimpl Master {\nfn end(&mut self) {\nself.schedule();\nself.reap();\n}\n}\nimpl View {\nfn end(&self) { self.reap() }\n}",
            ),
            (
                "nodes/src/master/executors/tests.rs",
                "use crate::master::heartbeat::reap;",
            ),
        ],
        &[
            "nodes/src/master/executors.rs:5",
            "nodes/src/master/queries/end.rs:2",
            "nodes/src/master/queries/mod.rs:1",
            "nodes/src/master/queries/mod.rs:1",
        ],
    );
}
