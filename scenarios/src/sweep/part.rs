//! A table that is being written: `<name>.part`, whose first line says what it is a part of, and
//! whose rows are those of the table in their order. What a killed sweep has left is kept and
//! gone on with, but for a last line that is torn.

use super::{Course, Row, SweepError};
use crate::output::folder::Existing;
use crate::output::whole::{Whole, about, beside};
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// A table that is not complete.
#[derive(Debug)]
pub struct Part {
    target: PathBuf,
    path: PathBuf,
    /// Locked while it is open, where that is possible.
    file: File,
}

/// What an earlier sweep has left.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// Its rows, which are not played again.
    pub rows: u64,
    /// In how many of them not everything held.
    pub violated: u64,
}

impl Part {
    /// Opens the part of the table that will be `target`: a new one, or what was left of the same
    /// shard of the same sweep, of whose rows `course` learns. `build` names the program that plays
    /// it.
    ///
    /// # Errors
    /// If `target` is there already and is not to be replaced, if the part belongs to another
    /// sweep, shard or build or is not as it was written, or if it cannot be read or written.
    pub fn open(
        target: &Path,
        course: &mut Course<'_>,
        build: &str,
        existing: Existing,
    ) -> Result<(Self, Kept), SweepError> {
        existing
            .may_be_written(target)
            .map_err(SweepError::Refused)?;
        let path = beside(target, ".part");
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(|error| about(&path, &error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let reason = format!("{} is being written by another sweep", path.display());
                return Err(SweepError::Refused(reason));
            }
            // Not every file system has locks.
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {}
            Err(TryLockError::Error(error)) => return Err(about(&path, &error).into()),
        }
        let head = format!(
            "# deploysim sweep {}, shard {}, build {build}: not complete\n",
            course.table().id,
            course.shard()
        );
        let mut part = Self {
            target: target.to_owned(),
            path,
            file,
        };
        let kept = part.keep(&head, course)?;
        Ok((part, kept))
    }

    /// Keeps the whole lines that are there, and leaves the file behind the last of them.
    fn keep(&mut self, head: &str, course: &mut Course<'_>) -> Result<Kept, SweepError> {
        let table = course.table();
        let mut kept = Kept::default();
        let mut reader = BufReader::new(&self.file);
        let mut length = 0;
        let mut lines = 0_u64;
        let mut bytes = Vec::new();
        loop {
            bytes.clear();
            let read = reader.read_until(b'\n', &mut bytes);
            read.map_err(|error| about(&self.path, &error))?;
            if !bytes.ends_with(b"\n") {
                break;
            }
            let line = String::from_utf8_lossy(&bytes);
            match lines {
                0 if line != head => return Err(self.of_another(head, &line)),
                1 if line != table.header() => return Err(self.damaged(2)),
                0 | 1 => {}
                _ => {
                    let is_next = |number| line.starts_with(&table.beginning(number));
                    if !course.next().is_some_and(|run| is_next(run.number)) {
                        return Err(self.damaged(lines + 1));
                    }
                    kept.rows += 1;
                    kept.violated += u64::from(!table.holds(&line));
                    course.see(&line);
                }
            }
            lines += 1;
            length += bytes.len() as u64;
        }
        self.cut(length)?;
        if lines == 0 {
            self.put(head)?;
        }
        if lines <= 1 {
            self.put(table.header())?;
        }
        Ok(kept)
    }

    fn of_another(&self, wanted: &str, found: &str) -> SweepError {
        SweepError::Refused(format!(
            "{} belongs to another sweep, and would be lost: remove it, or choose another name\n  \
             found:  {}\n  wanted: {}",
            self.path.display(),
            found.trim_end(),
            wanted.trim_end()
        ))
    }

    fn damaged(&self, line: u64) -> SweepError {
        SweepError::Refused(format!(
            "{}:{line}: not the line that this sweep has written there; remove the file to begin anew",
            self.path.display()
        ))
    }

    fn cut(&mut self, length: u64) -> io::Result<()> {
        let cut = self.file.set_len(length);
        cut.and_then(|()| self.file.seek(SeekFrom::Start(length)).map(drop))
            .map_err(|error| about(&self.path, &error))
    }

    fn put(&mut self, line: &str) -> io::Result<()> {
        // Written at once: what is there when the program is killed is played no more.
        let written = self.file.write_all(line.as_bytes());
        written.map_err(|error| about(&self.path, &error))
    }

    /// Adds the next row of the course.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn add(&mut self, row: &Row, course: &mut Course<'_>) -> io::Result<()> {
        self.put(&row.line)?;
        course.see(&row.line);
        Ok(())
    }

    /// Makes the table of it, without its first line, and removes it. The rows get the order of the
    /// table and their numbers in it, if they were played in another.
    ///
    /// # Errors
    /// If the table cannot be written; the part is kept then.
    pub fn complete(self, course: &Course<'_>) -> io::Result<()> {
        let unread = |error: io::Error| about(&self.path, &error);
        self.file.sync_data().map_err(unread)?;
        let mut reader = BufReader::new(&self.file);
        reader.seek(SeekFrom::Start(0)).map_err(unread)?;
        let head = reader.read_until(b'\n', &mut Vec::new());
        head.map_err(unread)?;
        let mut whole = Whole::begin(&self.target)?;
        match course.order() {
            None => drop(io::copy(&mut reader, &mut whole)?),
            Some(places) => {
                let header = copy_line(&mut reader, &mut whole);
                header.map_err(unread)?;
                sort(&mut reader, places, course, &mut whole)?;
            }
        }
        whole.complete()?;
        fs::remove_file(&self.path).map_err(unread)
    }
}

/// Copies the rows at these places among those that follow, in this order and with new numbers.
fn sort(
    reader: &mut BufReader<&File>,
    places: impl Iterator<Item = u64>,
    course: &Course<'_>,
    whole: &mut Whole,
) -> io::Result<()> {
    let mut starts = vec![reader.stream_position()?];
    let mut line = Vec::new();
    loop {
        line.clear();
        let read = reader.read_until(b'\n', &mut line)?;
        if read == 0 {
            break;
        }
        starts.push(starts[starts.len() - 1] + read as u64);
    }
    let (table, runs) = (course.table(), course.runs());
    let mut at = starts[starts.len() - 1];
    for (number, place) in (1..).zip(places) {
        let start = starts[usize::try_from(place).expect("places are few enough to be counted")];
        if at != start {
            reader.seek(SeekFrom::Start(start))?;
        }
        line.clear();
        at = start + reader.read_until(b'\n', &mut line)? as u64;
        let rest = line.get(table.beginning(place + 1).len()..);
        whole.write_all(table.beginning_of(number, runs).as_bytes())?;
        whole.write_all(rest.unwrap_or_default())?;
    }
    Ok(())
}

fn copy_line(reader: &mut impl BufRead, out: &mut impl Write) -> io::Result<()> {
    let mut line = Vec::new();
    reader.read_until(b'\n', &mut line)?;
    out.write_all(&line)
}
