//! The table of jobs: a CSV file with a line per job, which a scenario plays by `arrivals =
//! "trace"` and the imports of other formats write. The columns are told in
//! `scenarios/README.md`. Lines are read and written one at a time.

#[cfg(test)]
mod tests;

use deploysim_protocol::conf::parse_duration;
use std::fmt;
use std::io::{Read, Write};
use std::time::Duration;

/// The columns, as they are written. All but the first and one of the lengths may be left out.
pub const COLUMNS: [&str; 7] = [
    "at_s",
    "class",
    "cores",
    "cores_per_executor",
    "memory_per_executor_mib",
    "work_core_s",
    "service_s",
];

/// One job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// When it arrives, after the beginning of the table's time.
    pub at: Duration,
    /// The class that it belongs to; empty for none.
    pub class: String,
    /// The most cores that it wants; `None`: as the scenario says.
    pub cores: Option<u32>,
    /// Cores of each executor; `None`: as the scenario says.
    pub cores_per_executor: Option<u32>,
    /// Memory of each executor; `None`: as the scenario says.
    pub memory_per_executor_mib: Option<u32>,
    /// When it ends.
    pub length: Length,
}

/// When a job of a table ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// When its cores have worked so much: core-seconds, as a time.
    Work(Duration),
    /// So long after its first executor began to work.
    Service(Duration),
}

/// What is wrong with a table, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableError {
    /// The line, from 1; `None` if it is about all of it.
    pub line: Option<u64>,
    /// What was found, and what is allowed.
    pub reason: String,
}

impl fmt::Display for TableError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(formatter, "line {line}: {}", self.reason),
            None => self.reason.fmt(formatter),
        }
    }
}

impl std::error::Error for TableError {}

/// Reads a table line by line.
pub struct JobReader<R> {
    records: csv::StringRecordsIntoIter<R>,
    /// Where each column of [`COLUMNS`] is.
    places: [Option<usize>; COLUMNS.len()],
}

impl<R: Read> JobReader<R> {
    /// Reads the heading.
    ///
    /// # Errors
    /// If it is none, has a column twice or one that is unknown, or lacks one that is needed.
    pub fn new(source: R) -> Result<Self, TableError> {
        let mut reader = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .from_reader(source);
        let heading = reader
            .headers()
            .map_err(|error| unreadable(&error))?
            .clone();
        let mut places = [None; COLUMNS.len()];
        for (place, name) in heading.iter().enumerate() {
            let column = COLUMNS.iter().position(|column| *column == name);
            let Some(column) = column else {
                return Err(wrong_heading(format!("unknown column `{name}`")));
            };
            if places[column].replace(place).is_some() {
                return Err(wrong_heading(format!("the column `{name}` is there twice")));
            }
        }
        if places[0].is_none() {
            return Err(wrong_heading("the column `at_s` is missing".to_owned()));
        }
        if places[5].is_none() && places[6].is_none() {
            let reason = "the columns `work_core_s` and `service_s` are missing: one is needed";
            return Err(wrong_heading(reason.to_owned()));
        }
        Ok(Self {
            records: reader.into_records(),
            places,
        })
    }

    fn job(&self, record: &csv::StringRecord) -> Result<Job, String> {
        let field = |column: usize| {
            let text = self.places[column].and_then(|place| record.get(place));
            text.filter(|text| !text.is_empty())
        };
        let seconds = |column: usize| {
            let read =
                |text: &str| seconds(text).map_err(|why| format!("`{}` {why}", COLUMNS[column]));
            field(column).map(read).transpose()
        };
        let count = |column: usize| {
            let read = |text: &str| {
                let number = text.parse::<i32>().ok().filter(|number| *number > 0);
                number
                    .and_then(|number| u32::try_from(number).ok())
                    .ok_or_else(|| {
                        let name = COLUMNS[column];
                        format!(
                            "`{name}` is {text}: allowed is a whole number from 1 to {}",
                            i32::MAX
                        )
                    })
            };
            field(column).map(read).transpose()
        };
        let length = match (seconds(5)?, seconds(6)?) {
            (Some(work), None) => Length::Work(work),
            (None, Some(service)) => Length::Service(service),
            (None, None) => return Err("neither `work_core_s` nor `service_s` is given".to_owned()),
            (Some(_), Some(_)) => {
                return Err("`work_core_s` and `service_s` exclude each other".to_owned());
            }
        };
        Ok(Job {
            at: seconds(0)?.ok_or("`at_s` is empty")?,
            class: field(1).unwrap_or_default().to_owned(),
            cores: count(2)?,
            cores_per_executor: count(3)?,
            memory_per_executor_mib: count(4)?,
            length,
        })
    }
}

/// Each job with its line.
impl<R: Read> Iterator for JobReader<R> {
    type Item = Result<(u64, Job), TableError>;

    fn next(&mut self) -> Option<Self::Item> {
        let record = match self.records.next()? {
            Ok(record) => record,
            Err(error) => return Some(Err(unreadable(&error))),
        };
        let line = record.position().map(csv::Position::line);
        let job = self
            .job(&record)
            .map_err(|reason| TableError { line, reason });
        Some(job.map(|job| (line.unwrap_or_default(), job)))
    }
}

/// A number of seconds that is not negative, in whole nanoseconds.
pub(crate) fn seconds(text: &str) -> Result<Duration, String> {
    if let Some(time) = parse_duration(&format!("{text}s")) {
        return Ok(time);
    }
    let what = match text.strip_prefix('-') {
        Some(rest) if parse_duration(&format!("{rest}s")).is_some() => "is negative",
        Some(_) | None => "is no number of seconds",
    };
    Err(format!("is {text}: it {what}"))
}

fn wrong_heading(reason: String) -> TableError {
    TableError {
        line: Some(1),
        reason: format!("{reason}; the columns are {}", COLUMNS.join(", ")),
    }
}

fn unreadable(error: &csv::Error) -> TableError {
    let reason = if let csv::ErrorKind::UnequalLengths {
        expected_len, len, ..
    } = error.kind()
    {
        format!("{len} fields, and the heading has {expected_len}: is the file cut off?")
    } else if matches!(error.kind(), csv::ErrorKind::Utf8 { .. }) {
        "this is no text in UTF-8".to_owned()
    } else {
        error.to_string()
    };
    TableError {
        line: error.position().map(csv::Position::line),
        reason,
    }
}

/// Writes a table line by line.
pub struct JobWriter<W: Write> {
    writer: csv::Writer<W>,
}

impl<W: Write> JobWriter<W> {
    /// Writes the heading.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn new(out: W) -> csv::Result<Self> {
        let mut writer = csv::Writer::from_writer(out);
        writer.write_record(COLUMNS)?;
        Ok(Self { writer })
    }

    /// Writes a line.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write(&mut self, job: &Job) -> csv::Result<()> {
        let count = |count: Option<u32>| count.map_or_else(String::new, |count| count.to_string());
        let (work, service) = match job.length {
            Length::Work(work) => (decimal(work), String::new()),
            Length::Service(service) => (String::new(), decimal(service)),
        };
        self.writer.write_record([
            decimal(job.at),
            job.class.clone(),
            count(job.cores),
            count(job.cores_per_executor),
            count(job.memory_per_executor_mib),
            work,
            service,
        ])
    }

    /// Writes what is still held back.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn finish(mut self) -> csv::Result<()> {
        self.writer.flush()?;
        Ok(())
    }
}

/// Seconds with as many decimals as they have.
fn decimal(time: Duration) -> String {
    let (whole, rest) = (time.as_secs(), time.subsec_nanos());
    if rest == 0 {
        return whole.to_string();
    }
    let decimals = format!("{rest:09}");
    format!("{whole}.{}", decimals.trim_end_matches('0'))
}
