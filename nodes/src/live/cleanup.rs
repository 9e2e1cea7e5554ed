//! Deletes what nobody needs any more below a worker's work directory. When, is the node's
//! business (`worker/cleanup.rs`); which directories there are and how old they are is the
//! disk's. Spark: `Worker.receive`, `WorkDirCleanup`.

use std::collections::BTreeSet;
use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// What became of one directory that was old.
pub(super) type Deletion = (PathBuf, io::Result<()>);

/// Deletes every directory of `work` that is none of the `protected` and in which nothing was
/// written after `limit`. What is no directory stays, and no link is followed.
///
/// **Differs:** the directory itself has to be old too, so that one that was made while this runs
/// stays; Spark looks at what is in it alone.
pub(super) fn clean(
    work: &Path,
    protected: &BTreeSet<String>,
    limit: SystemTime,
) -> io::Result<Vec<Deletion>> {
    let mut deletions = Vec::new();
    for entry in fs::read_dir(work)? {
        let entry = entry?;
        // A name that is no text is no id, so nobody runs there.
        let is_protected = |name: &str| protected.contains(name);
        if entry.file_name().to_str().is_some_and(is_protected) {
            continue;
        }
        // Whatever cannot be looked at is not old.
        if entry.file_type().is_ok_and(|kind| kind.is_dir())
            && is_old(&entry, limit).unwrap_or(false)
        {
            let path = entry.path();
            let deleted = fs::remove_dir_all(&path);
            deletions.push((path, deleted));
        }
    }
    Ok(deletions)
}

/// Whether nothing in a directory, however deep, was written after `limit`.
/// Spark: `Utils.doesDirectoryContainAnyNewFiles`.
fn is_old(directory: &DirEntry, limit: SystemTime) -> io::Result<bool> {
    if directory.metadata()?.modified()? > limit {
        return Ok(false);
    }
    let mut waiting = vec![directory.path()];
    while let Some(path) = waiting.pop() {
        for entry in fs::read_dir(path)? {
            let entry = entry?;
            // Of a link, this is about the link.
            let metadata = entry.metadata()?;
            if metadata.modified()? > limit {
                return Ok(false);
            }
            if metadata.is_dir() {
                waiting.push(entry.path());
            }
        }
    }
    Ok(true)
}
