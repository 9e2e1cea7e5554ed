//! Event logs of Spark (`spark.eventLog.enabled`), a JSON object per line, a file per application.
//! Spark: `JsonProtocol`, `EventLoggingListener`.

use super::fields::{Lines, bounded};
use super::{ImportError, Place, Sink, Source};
use crate::jobs::{Job, Length};
use deploysim_protocol::conf::parse_memory_mib;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{BufRead, Write};
use std::time::Duration;

/// The newest major version of Spark that is known.
const SPARK_MAX: u64 = 4;

/// What of the format becomes what of a job.
pub(super) const KEPT: &[&str] = &[
    "the start of the application is `at_s`, counted from that of the first",
    "spark.cores.max, or else the most cores of its executors at one time, is `cores`",
    "the cores of its largest executor is `cores_per_executor`",
    "spark.executor.memory is `memory_per_executor_mib`",
    "the time of all tasks × spark.task.cpus is `work_core_s`; without tasks the time from the \
     first executor to the end is `service_s`",
    "the name of the application is `class`, with `-` for what no name may have",
];

/// What of the format has no place in a job.
pub(super) const DROPPED: &[&str] =
    &["stages and what tasks wait for, metrics, storage, SQL, and executors that were lost"];

pub(super) fn import<R: BufRead, W: Write>(
    sources: Vec<Source<R>>,
    sink: &mut Sink<W>,
) -> Result<(), ImportError> {
    let mut jobs = Vec::new();
    for source in sources {
        let mut lines = Lines::new(source);
        let read = read(&mut lines, sink)?;
        if let Some((begin_ms, job)) = read {
            jobs.push((begin_ms, lines.name().to_owned(), job));
        }
    }
    jobs.sort_by(|one, other| (one.0, &one.1).cmp(&(other.0, &other.1)));
    let origin = jobs.first().map_or(0, |(begin_ms, ..)| *begin_ms);
    for (begin_ms, name, mut job) in jobs {
        job.at = Duration::from_millis(begin_ms - origin);
        let place = Place {
            source: &name,
            line: None,
        };
        sink.write(place, &job)?;
    }
    Ok(())
}

/// The application of one log, with its beginning; `None` if it is skipped.
fn read<R: BufRead, W: Write>(
    lines: &mut Lines<R>,
    sink: &mut Sink<W>,
) -> Result<Option<(u64, Job)>, ImportError> {
    let mut log = Log::default();
    let mut is_first = true;
    while let Some(line) = lines.next(sink)? {
        let event: Value = match serde_json::from_str(line.text) {
            Ok(event) => event,
            Err(error) => {
                let reason = format!("this is no JSON: {error}; is the file cut off?");
                sink.wrong(line.place, reason)?;
                continue;
            }
        };
        let name = event["Event"].as_str().unwrap_or_default();
        if is_first {
            is_first = false;
            check_first(line.place, name, &event)?;
        }
        if let Err(reason) = log.read(name, &event) {
            sink.wrong(line.place, format!("{name}: {reason}"))?;
        }
    }
    let job = log.job();
    let name = lines.name().to_owned();
    let place = Place {
        source: &name,
        line: None,
    };
    match job {
        Ok(job) => Ok(Some(job)),
        Err(reason) => sink.wrong(place, reason).map(|()| None),
    }
}

/// A log begins with the version of Spark.
fn check_first(place: Place<'_>, name: &str, event: &Value) -> Result<(), ImportError> {
    if name != "SparkListenerLogStart" {
        let reason =
            "this is no event log of Spark: the first event has to be SparkListenerLogStart";
        return Err(place.error(reason));
    }
    let version = event["Spark Version"].as_str().unwrap_or_default();
    let major = version
        .split('.')
        .next()
        .and_then(|major| major.parse::<u64>().ok());
    match major {
        Some(major) if major <= SPARK_MAX => Ok(()),
        Some(_) => Err(place.error(format!(
            "Spark {version} is newer than Spark {SPARK_MAX}, the newest that is known"
        ))),
        None => Err(place.error(format!("`{version}` is no version of Spark"))),
    }
}

/// What a log has told so far.
#[derive(Default)]
struct Log {
    name: String,
    begin_ms: Option<u64>,
    end_ms: Option<u64>,
    first_executor_ms: Option<u64>,
    /// Cores of the executors that there are.
    executors: BTreeMap<String, u32>,
    cores_most: u32,
    cores_each: u32,
    cores_max: Option<u32>,
    memory_mib: Option<u32>,
    task_cpus: u32,
    tasks: Duration,
}

impl Log {
    fn read(&mut self, name: &str, event: &Value) -> Result<(), String> {
        match name {
            "SparkListenerApplicationStart" => {
                self.begin_ms = Some(milliseconds(event, "Timestamp")?);
                self.name = event["App Name"].as_str().unwrap_or_default().to_owned();
            }
            "SparkListenerApplicationEnd" => {
                self.end_ms = Some(milliseconds(event, "Timestamp")?);
            }
            "SparkListenerEnvironmentUpdate" => self.read_properties(&event["Spark Properties"]),
            "SparkListenerExecutorAdded" => {
                let at = milliseconds(event, "Timestamp")?;
                let cores = event["Executor Info"]["Total Cores"].as_u64();
                let cores = cores.and_then(|cores| u32::try_from(cores).ok());
                let cores = cores
                    .filter(|cores| *cores > 0)
                    .ok_or("`Total Cores` is no number above 0")?;
                let first = self.first_executor_ms.map_or(at, |own| own.min(at));
                self.first_executor_ms = Some(first);
                self.executors.insert(executor(event)?, cores);
                self.cores_each = self.cores_each.max(cores);
                let now = self
                    .executors
                    .values()
                    .fold(0_u32, |sum, own| sum.saturating_add(*own));
                self.cores_most = self.cores_most.max(now);
            }
            "SparkListenerExecutorRemoved" => {
                self.executors.remove(&executor(event)?);
            }
            "SparkListenerTaskEnd" => {
                let task = &event["Task Info"];
                let begin = milliseconds(task, "Launch Time")?;
                let end = milliseconds(task, "Finish Time")?;
                let time = end
                    .checked_sub(begin)
                    .ok_or("the task ends before it began")?;
                let time = Duration::from_millis(time);
                self.tasks = bounded(self.tasks.checked_add(time))?;
            }
            _ => {}
        }
        Ok(())
    }

    fn read_properties(&mut self, properties: &Value) {
        let number = |key: &str| properties[key].as_str()?.parse::<u32>().ok();
        self.cores_max = number("spark.cores.max");
        self.task_cpus = number("spark.task.cpus").unwrap_or(1);
        // A bare number is in MiB.
        let memory = properties["spark.executor.memory"].as_str();
        self.memory_mib = memory.and_then(|text| match text.parse::<u32>() {
            Ok(mebibytes) => Some(mebibytes),
            Err(_) => parse_memory_mib(text),
        });
    }

    /// The job, with the time of its beginning.
    fn job(self) -> Result<(u64, Job), String> {
        let begin = self
            .begin_ms
            .ok_or("there is no SparkListenerApplicationStart")?;
        let end = self.end_ms.ok_or(
            "there is no SparkListenerApplicationEnd: the application still runs, or the file is \
             cut off",
        )?;
        if end < begin {
            return Err(format!(
                "the application ends {} ms before it begins",
                begin - end
            ));
        }
        let length = if self.tasks.is_zero() {
            let first = self.first_executor_ms.unwrap_or(end);
            Length::Service(Duration::from_millis(end.saturating_sub(first)))
        } else {
            let work = self.tasks.checked_mul(self.task_cpus.max(1));
            Length::Work(bounded(work)?)
        };
        let cores = self.cores_max.unwrap_or(self.cores_most);
        let job = Job {
            at: Duration::ZERO,
            class: named(&self.name),
            cores: Some(cores).filter(|cores| *cores > 0),
            cores_per_executor: Some(self.cores_each).filter(|cores| *cores > 0),
            memory_per_executor_mib: self.memory_mib,
            length,
        };
        Ok((begin, job))
    }
}

fn milliseconds(event: &Value, key: &str) -> Result<u64, String> {
    let value = &event[key];
    value.as_u64().ok_or_else(|| match value.as_i64() {
        Some(number) => format!("`{key}` is {number}: it is negative"),
        None => format!("`{key}` is no number"),
    })
}

fn executor(event: &Value) -> Result<String, String> {
    let id = event["Executor ID"].as_str();
    id.map(str::to_owned)
        .ok_or_else(|| "`Executor ID` is missing".to_owned())
}

/// A name of an application as one of a class.
fn named(name: &str) -> String {
    let allowed = |letter: char| letter.is_ascii_alphanumeric() || "_.".contains(letter);
    let name: String = name
        .chars()
        .map(|letter| if allowed(letter) { letter } else { '-' })
        .collect();
    match name.starts_with(|letter: char| letter.is_ascii_alphabetic()) {
        true => name,
        false => format!("app-{name}"),
    }
}
