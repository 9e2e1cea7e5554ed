//! The promise that a run is the same twice: two processes, in different surroundings, leave the
//! same bytes. And the proof that the comparison would notice: a planted leak of randomness.

use crate::ground::{Ground, library, program};
use deploysim_scenarios::ledger::Ledger;
use deploysim_scenarios::run::{self, Witness};
use deploysim_scenarios::scenario;
use deploysim_scenarios::scenario::plan::Plan;
use deploysim_scenarios::trace::{Entry, Fact};
use deploysim_scenarios::world::World;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::hash::BuildHasher;
use std::io;
use std::path::{Path, PathBuf};

/// The one file that may differ.
const MANIFEST: &str = "manifest.json";

/// Names of the files in which two folders of runs differ.
pub(crate) fn differences(left: &Path, right: &Path) -> Vec<String> {
    let (left, right) = (contents(left), contents(right));
    let names: BTreeSet<&String> = left.keys().chain(right.keys()).collect();
    let differ = names
        .into_iter()
        .filter(|name| left.get(*name) != right.get(*name));
    differ.cloned().collect()
}

fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let files = entries.map(|path| {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        (name, fs::read(&path).unwrap())
    });
    files.filter(|(name, _)| name != MANIFEST).collect()
}

/// Every scenario file below a folder, in order.
pub(crate) fn scenarios(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            scenarios(&path, found);
        } else if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            found.push(path);
        }
    }
}

/// Plays a scenario in a process of its own, in the surroundings that these variables make, and
/// returns what it said.
fn play(scenario: &Path, out: &Path, variables: &[(&str, &str)]) -> Vec<u8> {
    let mut command = program();
    command.args(["run", "--format", "json", "--trace", "--out"]);
    command
        .arg(out)
        .arg(scenario)
        .current_dir(out.parent().unwrap());
    command.envs(variables.iter().copied());
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.code().unwrap() < 2,
        "{}: {text}",
        scenario.display()
    );
    output.stdout
}

#[test]
fn every_scenario_is_the_same_in_two_processes() {
    let mut files = Vec::new();
    scenarios(&library(), &mut files);
    assert!(!files.is_empty());
    for scenario in files {
        let ground = Ground::new();
        let (left, right) = (ground.path("left"), ground.path("a-longer-name"));
        let here = [("TZ", "UTC"), ("LANG", "C"), ("LC_ALL", "C")];
        let there = [
            ("TZ", "Pacific/Chatham"),
            ("LANG", "tr_TR.UTF-8"),
            ("LC_ALL", "de_DE.UTF-8"),
            ("RAYON_NUM_THREADS", "1"),
            ("HOME", "/nowhere"),
        ];
        let said = play(&scenario, &left, &here);
        assert_eq!(
            said,
            play(&scenario, &right, &there),
            "{}",
            scenario.display()
        );
        let differ = differences(&left, &right);
        assert!(differ.is_empty(), "{}: {differ:?}", scenario.display());
    }
}

/// Writes the names of the nodes of a run in the order in which a map lists them.
struct Lister<S>(
    #[expect(
        clippy::disallowed_types,
        reason = "the leak is planted: the order of this map differs from run to run"
    )]
    std::collections::HashMap<String, u32, S>,
);

impl<S: BuildHasher> Witness for Lister<S> {
    fn see(&mut self, entry: &Entry<'_>, _ledger: &Ledger) -> io::Result<()> {
        if let Fact::Started(start) = &entry.fact {
            self.0.insert(start.name.to_string(), start.restarts);
        }
        Ok(())
    }
}

fn forty_workers() -> Plan {
    let text = "title = \"Many\"\nuntil = \"5s\"\n[cluster]\nworker = { count = 40 }\n";
    scenario::parse("many.toml", text.as_bytes(), Path::new(""), &[]).unwrap()
}

/// Plays one run twice before a lister whose map is hashed by `hasher`, and compares.
fn differences_listed<S: BuildHasher>(hasher: impl Fn() -> S) -> Vec<String> {
    let ground = Ground::new();
    let folders = [ground.path("left"), ground.path("right")];
    for folder in &folders {
        #[expect(clippy::disallowed_types, reason = "the leak is planted")]
        let mut lister = Lister(std::collections::HashMap::with_hasher(hasher()));
        run::play(World::Queue, &forty_workers(), 1, &mut [&mut lister]).unwrap();
        let names: Vec<String> = lister.0.into_keys().collect();
        fs::create_dir(folder).unwrap();
        fs::write(folder.join("names.txt"), names.join("\n")).unwrap();
        fs::write(folder.join(MANIFEST), folder.display().to_string()).unwrap();
    }
    differences(&folders[0], &folders[1])
}

#[test]
fn a_planted_leak_of_randomness_is_found() {
    let differ = differences_listed(std::hash::RandomState::new);
    assert_eq!(differ, ["names.txt"]);
}

#[test]
fn without_the_leak_nothing_is_found() {
    let differ =
        differences_listed(std::hash::BuildHasherDefault::<std::hash::DefaultHasher>::default);
    assert_eq!(differ, [""; 0]);
}
