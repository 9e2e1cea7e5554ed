//! The rule that a library is named in the files of one world only.
//! The arrows between packages are in `manifests.rs`, those inside the Master in `concerns.rs`.

use crate::source::{PathUse, Source};
use crate::tree::{Offence, Tree, finds, obeyed};

/// A library, and the beginning of the paths that may name it.
const HOMES: [(&str, [&str; 2]); 2] = [
    (
        "stateright",
        [
            "scenarios/src/world/explore.rs",
            "scenarios/src/world/explore/",
        ],
    ),
    (
        "turmoil",
        [
            "scenarios/src/world/turmoil.rs",
            "scenarios/src/world/turmoil/",
        ],
    ),
];

fn libraries_stay_at_home(tree: &Tree) -> Vec<Offence> {
    let mut offences = Vec::new();
    for (library, homes) in HOMES {
        let strangers = tree
            .sources
            .iter()
            .filter(|source| !homes.iter().any(|home| source.path.starts_with(home)));
        for source in strangers.filter(|source| !has_module(source, library)) {
            for path in source
                .paths
                .iter()
                .filter(|path| begins_with(path, library))
            {
                let what = format!("{library} may only be named in {}", homes[0]);
                offences.push(source.offence(path.line, "libraries-stay-at-home", what));
            }
        }
    }
    offences
}

/// A path of the library has at least two parts; a lone word is a variable or a field.
fn begins_with(path: &PathUse, library: &str) -> bool {
    path.segments.len() > 1 && path.segments[0] == library
}

/// Whether the word stands for a module of ours: declared in this file, or imported into it.
fn has_module(source: &Source, name: &str) -> bool {
    source.lines_of(&["mod", name]).next().is_some()
        || source.paths.iter().any(|path| {
            let last = path.segments.last().is_some_and(|last| last == name);
            last && ["crate", "super", "self"].contains(&path.segments[0].as_str())
        })
}

#[test]
fn each_library_of_a_world_stays_in_that_world() {
    obeyed(libraries_stay_at_home);
}

#[test]
fn a_library_of_a_world_elsewhere_is_found() {
    finds(
        libraries_stay_at_home,
        &[
            ("scenarios/src/world/turmoil.rs", "use turmoil::Sim;"),
            (
                "scenarios/src/world/explore/model.rs",
                "use stateright::Model;",
            ),
            (
                "scenarios/src/world/mod.rs",
                "mod turmoil;\nfn play() { turmoil::play() }",
            ),
            (
                "scenarios/src/trace.rs",
                "use std::{fmt};\nuse turmoil::{Sim, net};",
            ),
            (
                "src/main.rs",
                "fn main() { let turmoil = 1; stateright::check(turmoil) }",
            ),
        ],
        &["scenarios/src/trace.rs:2", "src/main.rs:1"],
    );
}
