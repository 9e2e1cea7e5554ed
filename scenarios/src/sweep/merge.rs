//! Joining the tables of shards: the rows in the order of their runs, each exactly once, with the
//! bytes of the table that one sweep alone would have written.

use super::SweepError;
use super::row::BEFORE;
use crate::output::folder::Existing;
use crate::output::whole::{Whole, about};
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};

/// One table, read line by line.
struct Shards {
    path: PathBuf,
    reader: BufReader<File>,
    line: u64,
    /// The next row.
    next: Option<Next>,
}

/// A row, and how it begins.
struct Next {
    sweep: String,
    runs: u64,
    run: u64,
    line: String,
}

/// Joins `parts` to the table `target`; returns how many rows it has.
///
/// # Errors
/// If they are not tables of one sweep, if a run is missing or is there twice, if `target` is
/// there already and is not to be replaced, or if a file cannot be read or written.
pub fn merge(target: &Path, parts: &[PathBuf], existing: Existing) -> Result<u64, SweepError> {
    existing
        .may_be_written(target)
        .map_err(SweepError::Refused)?;
    let mut header: Option<(String, &Path)> = None;
    let mut tables = Vec::new();
    for path in parts {
        let (own, table) = Shards::open(path)?;
        match &header {
            Some((first, of)) if *first != own => {
                let reason = format!(
                    "{} has other columns than {}: they are of different sweeps",
                    path.display(),
                    of.display()
                );
                return Err(SweepError::Refused(reason));
            }
            Some(_) => {}
            None => header = Some((own, path)),
        }
        tables.push(table);
    }
    let mut out = Whole::begin(target)?;
    if let Some((header, _)) = header {
        out.write_all(header.as_bytes())?;
    }
    let rows = join(&mut tables, &mut out)?;
    out.complete()?;
    Ok(rows)
}

fn join(tables: &mut [Shards], out: &mut impl Write) -> Result<u64, SweepError> {
    let mut sweep: Option<(String, u64, PathBuf)> = None;
    let mut done = 0;
    loop {
        let waiting = tables.iter_mut().filter_map(|table| {
            let run = table.next.as_ref()?.run;
            Some((run, table))
        });
        let Some((run, table)) = waiting.min_by_key(|(run, _)| *run) else {
            break;
        };
        let path = table.path.display().to_string();
        let Some(next) = table.take()? else { break };
        // The line behind it is read.
        let line = table.line - 1;
        match &sweep {
            Some((id, runs, first)) if *id != next.sweep || *runs != next.runs => {
                let first = first.display();
                let reason = format!("{path}:{line}: a row of another sweep than those of {first}");
                return Err(SweepError::Refused(reason));
            }
            Some(_) => {}
            None => sweep = Some((next.sweep, next.runs, table.path.clone())),
        }
        if run <= done {
            let reason = format!("{path}:{line}: run {run} is there twice");
            return Err(SweepError::Refused(reason));
        }
        missing(done, run)?;
        out.write_all(next.line.as_bytes())?;
        done = run;
    }
    let runs = sweep.map_or(0, |(_, runs, _)| runs);
    missing(done, runs + 1)?;
    Ok(done)
}

/// Refuses a gap between the last run and the next.
fn missing(last: u64, next: u64) -> Result<(), SweepError> {
    let runs = match next - last {
        1 => return Ok(()),
        2 => format!("run {} is", last + 1),
        _ => format!("the runs {} to {} are", last + 1, next - 1),
    };
    Err(SweepError::Refused(format!("{runs} missing")))
}

impl Shards {
    /// Opens a table; returns its header too.
    fn open(path: &Path) -> Result<(String, Self), SweepError> {
        let unreadable = |error| SweepError::Refused(about(path, &error).to_string());
        let file = File::open(path).map_err(unreadable)?;
        let mut table = Self {
            path: path.to_owned(),
            reader: BufReader::new(file),
            line: 0,
            next: None,
        };
        let header = table.read_line()?.unwrap_or_default();
        if !header.starts_with(&BEFORE.join(",")) {
            let reason = format!("{} is not the table of a sweep", path.display());
            return Err(SweepError::Refused(reason));
        }
        table.take()?;
        Ok((header, table))
    }

    /// The next row; the one behind it is read.
    fn take(&mut self) -> Result<Option<Next>, SweepError> {
        let next = self.read_line()?;
        let next = next.map(|line| self.row(line)).transpose()?;
        if let (Some(former), Some(next)) = (&self.next, &next)
            && next.run <= former.run
        {
            return Err(self.damaged());
        }
        Ok(std::mem::replace(&mut self.next, next))
    }

    fn row(&self, line: String) -> Result<Next, SweepError> {
        let fields: Vec<&str> = line.splitn(BEFORE.len() + 1, ',').collect();
        let numbers = |runs: &str, run: &str| Some((runs.parse().ok()?, run.parse().ok()?));
        let [sweep, runs, run, _] = fields[..] else {
            return Err(self.damaged());
        };
        let Some((runs, run)) = numbers(runs, run) else {
            return Err(self.damaged());
        };
        if run == 0 || run > runs {
            return Err(self.damaged());
        }
        let sweep = sweep.to_owned();
        Ok(Next {
            sweep,
            runs,
            run,
            line,
        })
    }

    /// A whole line; `None` behind the last.
    fn read_line(&mut self) -> Result<Option<String>, SweepError> {
        let mut line = String::new();
        let read = self.reader.read_line(&mut line);
        self.line += 1;
        match read {
            Ok(0) => Ok(None),
            Ok(_) if line.ends_with('\n') => Ok(Some(line)),
            Ok(_) => Err(self.damaged()),
            Err(error) => Err(about(&self.path, &error).into()),
        }
    }

    fn damaged(&self) -> SweepError {
        let reason = "not a row of a sweep, or not in its order";
        SweepError::Refused(format!("{}:{}: {reason}", self.path.display(), self.line))
    }
}
