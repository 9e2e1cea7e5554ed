//! Whether two variants are the same to the byte: the tables of two sweeps; of two folders every
//! file but the manifest of a run, which alone may depend on the machine.

use super::CompareError;
use super::source::Source;
use deploysim_scenarios::output::folder::MANIFEST;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

/// What differs, a sentence for each file.
pub(super) fn differences(base: &Source, new: &Source) -> Result<Vec<String>, CompareError> {
    if base.path.is_file() {
        let found = first_difference(&base.path, &new.path)?;
        return Ok(found.into_iter().collect());
    }
    let mut found = Vec::new();
    for name in names(&base.path)?.union(&names(&new.path)?) {
        let (one, other) = (base.path.join(name), new.path.join(name));
        match (one.is_file(), other.is_file()) {
            (true, true) => found.extend(first_difference(&one, &other)?),
            (true, false) => found.push(format!("{} is missing", other.display())),
            (false, true) => found.push(format!("{} is missing", one.display())),
            (false, false) => {}
        }
    }
    Ok(found)
}

fn names(folder: &Path) -> Result<BTreeSet<OsString>, CompareError> {
    let unreadable = |error: io::Error| CompareError::about(folder, error.to_string());
    let mut names = BTreeSet::new();
    for entry in folder.read_dir().map_err(unreadable)? {
        names.insert(entry.map_err(unreadable)?.file_name());
    }
    names.remove(&OsString::from(MANIFEST));
    Ok(names)
}

/// The first line in which two files differ.
fn first_difference(base: &Path, new: &Path) -> Result<Option<String>, CompareError> {
    let (mut one, mut other) = (lines(base)?, lines(new)?);
    for line in 1_u64.. {
        let (old, fresh) = (one.next(), other.next());
        let (old, fresh) = (said(base, old)?, said(new, fresh)?);
        if old != fresh {
            let place = format!("{}:{line} differs from {}", new.display(), base.display());
            return Ok(Some(match (old, fresh) {
                (Some(old), Some(fresh)) => format!("{place}{}", column(&old, &fresh)),
                (None, _) => format!("{place}, which ends there"),
                (_, None) => format!("{place}: it ends here"),
            }));
        }
        if old.is_none() {
            break;
        }
    }
    Ok(None)
}

fn lines(path: &Path) -> Result<io::Split<BufReader<File>>, CompareError> {
    let file = File::open(path).map_err(|error| CompareError::about(path, error.to_string()))?;
    Ok(BufReader::new(file).split(b'\n'))
}

fn said(path: &Path, line: Option<io::Result<Vec<u8>>>) -> Result<Option<Vec<u8>>, CompareError> {
    line.transpose()
        .map_err(|error| CompareError::about(path, error.to_string()))
}

/// From which byte on, with a few bytes of both.
fn column(old: &[u8], fresh: &[u8]) -> String {
    const SHOWN: usize = 24;
    let same = old
        .iter()
        .zip(fresh)
        .take_while(|(one, other)| one == other);
    let at = same.count();
    let shown = |line: &[u8]| {
        let end = line.len().min(at + SHOWN);
        String::from_utf8_lossy(&line[at..end]).into_owned()
    };
    format!(
        " from byte {} on: `{}`, not `{}`",
        at + 1,
        shown(fresh),
        shown(old)
    )
}
