//! Writers that fail, folders that are complete or not there, and numbers that are what a plain
//! count gives.

use super::Named;
use super::folder::{Existing, Folder, FolderError, MANIFEST};
use super::metrics::Metrics;
use crate::ledger::Ledger;
use crate::measure::{Measures, frame_bytes};
use crate::run::{self, Witness};
use crate::scenario;
use crate::scenario::plan::Plan;
use crate::trace::json::JsonWriter;
use crate::trace::notable::Timeline;
use crate::trace::table::CsvWriter;
use crate::trace::text::TextWriter;
use crate::trace::{Entry, Fact, Fate, Role};
use crate::world::World;
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::Path;

/// A disk with room for so many bytes.
struct Disk(usize);

impl Write for Disk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = bytes.len().min(self.0);
        if written == 0 && !bytes.is_empty() {
            return Err(io::Error::new(ErrorKind::StorageFull, "no room"));
        }
        self.0 -= written;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn plan() -> Plan {
    let text = "title = \"Two\"\nuntil = \"10m\"\n[cluster]\nworker = { count = 2 }\n";
    scenario::parse("two.toml", text.as_bytes(), Path::new(""), &[]).unwrap()
}

#[track_caller]
fn check(outcome: Result<impl Sized, run::RunError>) {
    let error = outcome.err().unwrap().to_string();
    assert!(
        error.contains("/disk/file cannot be written: no room"),
        "{error}"
    );
}

fn disk() -> Named<Disk> {
    Named::new("/disk/file", Disk(2000))
}

#[test]
fn a_writer_that_fails_ends_the_run_with_its_name_and_reason() {
    let plan = plan();
    let mut json = JsonWriter::new(disk(), &plan.title, 1).unwrap();
    check(run::play(World::Queue, &plan, 1, &mut [&mut json]));
    check(run::play(
        World::Queue,
        &plan,
        1,
        &mut [&mut TextWriter::new(disk())],
    ));
    check(run::play(
        World::Queue,
        &plan,
        1,
        &mut [&mut Timeline::new(Named::new("/disk/file", Disk(80)))],
    ));
    let mut rows = CsvWriter::new(disk()).unwrap();
    check(run::play(World::Queue, &plan, 1, &mut [&mut rows]));
}

#[test]
fn a_folder_has_its_files_only_when_it_is_complete() {
    let ground = tempfile::tempdir().unwrap();
    let path = ground.path().join("a/b");
    let mut folder = Folder::open(&path, Existing::Refuse).unwrap();
    folder.write("one.txt", b"1").unwrap();
    folder.write(MANIFEST, b"{}").unwrap();
    assert!(!path.join("one.txt").exists());
    assert!(!path.join(MANIFEST).exists());
    folder.complete().unwrap();
    assert_eq!(fs::read(path.join("one.txt")).unwrap(), b"1");
    assert_eq!(fs::read_dir(&path).unwrap().count(), 2);
}

#[test]
fn a_folder_that_is_given_up_leaves_nothing() {
    let ground = tempfile::tempdir().unwrap();
    let mut folder = Folder::open(&ground.path().join("a/b"), Existing::Refuse).unwrap();
    folder.write("one.txt", b"1").unwrap();
    drop(folder);
    assert_eq!(fs::read_dir(ground.path()).unwrap().count(), 0);
}

#[test]
fn a_replacement_that_is_given_up_leaves_the_former_run() {
    let ground = tempfile::tempdir().unwrap();
    let open = |existing| Folder::open(ground.path(), existing);
    let mut first = open(Existing::Refuse).unwrap();
    first.write(MANIFEST, b"first").unwrap();
    first.complete().unwrap();
    assert!(matches!(
        open(Existing::Refuse),
        Err(FolderError::HoldsARun(_))
    ));
    let mut second = open(Existing::Replace).unwrap();
    second.write(MANIFEST, b"second").unwrap();
    drop(second);
    let manifest = || fs::read(ground.path().join(MANIFEST)).unwrap();
    assert_eq!(manifest(), b"first");
    let mut third = open(Existing::Replace).unwrap();
    third.write(MANIFEST, b"third").unwrap();
    third.complete().unwrap();
    assert_eq!(manifest(), b"third");
}

/// Counts entry by entry, without any short way.
#[derive(Default)]
struct Plain(BTreeMap<(&'static str, String), u64>);

impl Plain {
    fn add(&mut self, name: &'static str, labels: String, number: u64) {
        *self.0.entry((name, labels)).or_default() += number;
    }
}

impl Witness for Plain {
    fn see(&mut self, entry: &Entry<'_>, ledger: &Ledger) -> io::Result<()> {
        let role = ledger.role(entry.node).map_or("unknown", Role::name);
        if let Fact::Note(event) = &entry.fact {
            self.add("notes", format!("kind={}", event.kind()), 1);
        } else if let Fact::Received { unit, .. } = &entry.fact {
            let labels = format!("role={role};kind={}", unit.kind());
            self.add("handled", labels, 1);
        } else if let Fact::Sent { unit, fate, .. } = &entry.fact {
            let labels = format!("role={role};kind={}", unit.kind());
            self.add("sent", labels.clone(), 1);
            self.add("bytes", labels, frame_bytes(unit) as u64);
            if *fate == Fate::Lost {
                self.add("lost", format!("kind={}", unit.kind()), 1);
            }
        }
        Ok(())
    }
}

#[test]
fn metrics_are_what_a_plain_count_gives() {
    let text = r#"title = "A day with faults"
until = "10min"
application = [{ name = "pi", at = "1s", cores_max = 4 }]

[cluster]
master = 2
worker = { count = 3 }

[conf]
"spark.deploy.recoveryMode" = "ZOOKEEPER"

[[fault]]
at = "60s"
until = "100s"
crash = "worker-2"

[[fault]]
at = "120s"
for = "90s"
pause = "worker-1"

[[fault]]
at = "250s"
until = "300s"
partition = ["worker-3", "masters"]

[[fault]]
at = "350s"
crash = "leader"
"#;
    let plan = scenario::parse("day.toml", text.as_bytes(), Path::new(""), &[]).unwrap();
    let (mut metrics, mut measures) = (Metrics::default(), Measures::new(&plan));
    let mut plain = Plain::default();
    let witnesses: &mut [&mut dyn Witness] = &mut [&mut metrics, &mut measures, &mut plain];
    let outcome = run::play(World::Queue, &plan, 1, witnesses).unwrap();
    let measured = measures.finish(outcome.end).unwrap();
    let mut table = Vec::new();
    metrics.write(&mut table, "1", &outcome, &measured).unwrap();
    let mut found = BTreeMap::new();
    for row in csv::Reader::from_reader(&*table).records() {
        let row = row.unwrap();
        for name in ["notes", "handled", "sent", "bytes", "lost"] {
            if &row[2] == name {
                found.insert((name, row[3].to_owned()), row[4].parse().unwrap());
            }
        }
    }
    assert_eq!(found, plain.0);
    let beats = found[&("sent", "role=worker;kind=Heartbeat".to_owned())];
    assert!(beats > 50, "{beats}");
    let total = |name: &str| {
        let total = measured.totals.iter().find(|total| total.name == name);
        total.unwrap().value.as_ref().unwrap().to_string()
    };
    let sum = |wanted: &str| -> u64 {
        let rows = found.iter().filter(|((name, _), _)| *name == wanted);
        rows.map(|(_, number)| *number).sum()
    };
    assert_eq!(total("messages_sent"), sum("sent").to_string());
    assert_eq!(total("bytes_sent"), sum("bytes").to_string());
}
