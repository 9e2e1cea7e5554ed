//! Writers that fail, and folders that are complete or not there.

use super::Named;
use super::folder::{Existing, Folder, FolderError, MANIFEST};
use crate::run;
use crate::scenario;
use crate::scenario::plan::Plan;
use crate::trace::json::JsonWriter;
use crate::trace::notable::Timeline;
use crate::trace::table::CsvWriter;
use crate::trace::text::TextWriter;
use crate::world::World;
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
