//! Traces of other systems as tables of jobs ([`crate::jobs`]). Each format has a file; what it
//! keeps and what it drops is said there and shown by [`Summary`]. Sources are read a line at a
//! time; what is held in memory grows with the jobs of a trace where its lines are not in the
//! order of jobs, and with nothing otherwise.

mod alibaba;
mod fields;
mod google;
mod spark;
mod swf;
#[cfg(test)]
mod tests;
mod usage;

use crate::jobs::{Job, JobWriter, Length};
use std::collections::BTreeMap;
use std::fmt;
use std::io::{self, BufRead, Write};

/// A format that can be imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// The Standard Workload Format of the Parallel Workloads Archive, version 2.
    Swf,
    /// Event logs of Spark, a file per application, up to Spark 4.
    SparkEvents,
    /// `job_events` and `task_events` of Google's cluster trace of 2011.
    Google2011,
    /// `batch_task` or `batch_instance` of Alibaba's cluster trace of 2018.
    Alibaba2018,
}

impl Format {
    /// The summary of an import that has not begun: what becomes of the format.
    fn told(self) -> Summary {
        let (kept, dropped) = match self {
            Self::Swf => (swf::KEPT, swf::DROPPED),
            Self::SparkEvents => (spark::KEPT, spark::DROPPED),
            Self::Google2011 => (google::KEPT, google::DROPPED),
            Self::Alibaba2018 => (alibaba::KEPT, alibaba::DROPPED),
        };
        Summary {
            kept,
            dropped,
            ..Summary::default()
        }
    }
}

/// What is done with a line or a job that is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lenience {
    /// The import ends with an error.
    Strict,
    /// It is skipped and counted.
    Lenient,
}

/// How an import is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// What is done with what is wrong.
    pub lenience: Lenience,
    /// A job that wants more cores is wrong; `None`: none is.
    pub cores_max: Option<u32>,
    /// A job whose executors want more memory is wrong, in MiB; `None`: none is.
    pub memory_max_mib: Option<u32>,
    /// What one processor, or one machine of a trace that gives shares, is: its cores.
    pub machine_cores: u32,
    /// Likewise its memory, in MiB.
    pub machine_memory_mib: u32,
}

/// A source of lines, with the name that messages call it.
pub struct Source<R> {
    /// The name.
    pub name: String,
    /// The lines.
    pub lines: R,
}

/// Why an import came to nothing.
#[derive(Debug)]
pub enum ImportError {
    /// A source is wrong.
    Wrong {
        /// Which.
        source: String,
        /// The line, from 1; `None` if it is about all of it.
        line: Option<u64>,
        /// What was found, and what is allowed.
        reason: String,
    },
    /// Something could not be read or written.
    Failed(io::Error),
}

impl fmt::Display for ImportError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Wrong {
                source,
                line: Some(line),
                reason,
            } => write!(formatter, "{source}:{line}: {reason}"),
            Self::Wrong { source, reason, .. } => write!(formatter, "{source}: {reason}"),
            Self::Failed(error) => error.fmt(formatter),
        }
    }
}

impl std::error::Error for ImportError {}

impl From<io::Error> for ImportError {
    fn from(error: io::Error) -> Self {
        Self::Failed(error)
    }
}

impl From<csv::Error> for ImportError {
    fn from(error: csv::Error) -> Self {
        Self::Failed(io::Error::other(error))
    }
}

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Jobs that were written.
    pub jobs: u64,
    /// Lines that were read.
    pub lines: u64,
    /// What of the format became what of a job, a sentence each.
    pub kept: &'static [&'static str],
    /// What of the format has no place in a job.
    pub dropped: &'static [&'static str],
    /// Jobs that the format has and that are none here, by reason.
    pub left_out: BTreeMap<&'static str, u64>,
    /// What was wrong and skipped: how often, and the first of each kind of reason.
    pub skipped: u64,
    /// The first few things that were skipped, with their places.
    pub skipped_first: Vec<String>,
}

/// How many skipped things are shown.
const SKIPPED_SHOWN: usize = 5;

impl fmt::Display for Summary {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{} jobs of {} lines", self.jobs, self.lines)?;
        for (reason, count) in &self.left_out {
            writeln!(formatter, "left out: {count} {reason}")?;
        }
        for kept in self.kept {
            writeln!(formatter, "kept: {kept}")?;
        }
        for dropped in self.dropped {
            writeln!(formatter, "dropped: {dropped}")?;
        }
        if self.skipped > 0 {
            writeln!(formatter, "skipped as wrong: {}", self.skipped)?;
            for first in &self.skipped_first {
                writeln!(formatter, "  {first}")?;
            }
        }
        Ok(())
    }
}

/// Imports sources of one format, and writes the table.
///
/// # Errors
/// If a source is wrong and nothing is skipped, is of another format or of a newer version of it,
/// or if something cannot be read or written.
pub fn import<R: BufRead>(
    format: Format,
    sources: Vec<Source<R>>,
    options: &Options,
    out: impl Write,
) -> Result<Summary, ImportError> {
    let mut sink = Sink {
        writer: JobWriter::new(out)?,
        options: *options,
        summary: format.told(),
    };
    match format {
        Format::Swf => swf::import(sources, &mut sink)?,
        Format::SparkEvents => spark::import(sources, &mut sink)?,
        Format::Google2011 => google::import(sources, &mut sink)?,
        Format::Alibaba2018 => alibaba::import(sources, &mut sink)?,
    }
    let Sink {
        writer, summary, ..
    } = sink;
    writer.finish()?;
    Ok(summary)
}

/// Where a thing stands: the name of its source and its line.
#[derive(Clone, Copy, Debug)]
struct Place<'a> {
    source: &'a str,
    line: Option<u64>,
}

impl Place<'_> {
    fn error(self, reason: impl Into<String>) -> ImportError {
        ImportError::Wrong {
            source: self.source.to_owned(),
            line: self.line,
            reason: reason.into(),
        }
    }
}

/// Where jobs go, and what is done with what is wrong.
struct Sink<W: Write> {
    writer: JobWriter<W>,
    options: Options,
    summary: Summary,
}

impl<W: Write> Sink<W> {
    /// Something is wrong: it is skipped, or the import ends.
    fn wrong(&mut self, place: Place<'_>, reason: impl Into<String>) -> Result<(), ImportError> {
        let error = place.error(reason);
        match self.options.lenience {
            Lenience::Strict => Err(error),
            Lenience::Lenient => {
                self.summary.skipped += 1;
                if self.summary.skipped_first.len() < SKIPPED_SHOWN {
                    self.summary.skipped_first.push(error.to_string());
                }
                Ok(())
            }
        }
    }

    /// The format has a job here that is none for us.
    fn leave_out(&mut self, reason: &'static str) {
        *self.summary.left_out.entry(reason).or_default() += 1;
    }

    /// Writes a job, unless it is too large.
    fn write(&mut self, place: Place<'_>, job: &Job) -> Result<(), ImportError> {
        if let (Some(most), Some(cores)) = (self.options.cores_max, job.cores)
            && cores > most
        {
            return self.wrong(
                place,
                format!("the job wants {cores} cores: at most {most} are allowed"),
            );
        }
        if let (Some(most), Some(memory)) =
            (self.options.memory_max_mib, job.memory_per_executor_mib)
            && memory > most
        {
            let reason = format!("an executor wants {memory} MiB: at most {most} are allowed");
            return self.wrong(place, reason);
        }
        let (Length::Work(length) | Length::Service(length)) = job.length;
        if length.is_zero() {
            self.leave_out("jobs that did no work");
            return Ok(());
        }
        self.writer.write(job)?;
        self.summary.jobs += 1;
        Ok(())
    }
}
