//! Google's cluster trace of 2011, version 2: C. Reiss, J. Wilkes, J. L. Hellerstein, *Google
//! cluster-usage traces: format + schema*, Google Inc., 2011. `job_events` has 8 columns and
//! `task_events` 13, without a heading; times are microseconds, 600 s is the beginning of the
//! trace. Requests are shares of the largest machine.

use super::fields::{Lines, Number};
use super::usage::Usage;
use super::{ImportError, Sink, Source};
use std::collections::BTreeMap;
use std::io::{BufRead, Write};
use std::time::Duration;

const JOB_FIELDS: usize = 8;
const TASK_FIELDS: usize = 13;

/// Where the trace begins.
const ORIGIN: Duration = Duration::from_secs(600);

/// The time of what happened after the trace: 2⁶³ - 1.
const AFTER: &str = "9223372036854775807";

/// What of the format becomes what of a job.
pub(super) const KEPT: &[&str] = &[
    "the first SUBMIT of a job, or of a task of it, is `at_s`; 600 s of the trace is 0",
    "tasks × the largest CPU request is `cores`, each task an executor of that many cores",
    "the largest memory request is `memory_per_executor_mib`",
    "the time from SCHEDULE to EVICT, FAIL, FINISH, KILL or LOST of all tasks × their cores is \
     `work_core_s`",
    "the scheduling class is `class`, as class-<number>",
];

/// What of the format has no place in a job.
pub(super) const DROPPED: &[&str] = &[
    "machines, users, names of jobs, priorities, disk requests, constraints, updates, and that an \
     evicted task begins again",
];

/// What happens to a job or a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Submit,
    Schedule,
    End,
    Update,
}

pub(super) fn import<R: BufRead, W: Write>(
    sources: Vec<Source<R>>,
    sink: &mut Sink<W>,
) -> Result<(), ImportError> {
    let mut events = Events::default();
    for source in sources {
        let mut lines = Lines::new(source);
        while let Some(line) = lines.next(sink)? {
            let fields: Vec<&str> = line.text.trim_end().split(',').collect();
            if let Err(reason) = events.read(&fields, sink) {
                sink.wrong(line.place, reason)?;
            }
        }
    }
    for _ in events.running.values() {
        sink.leave_out("tasks that still ran at the end, whose last run is not counted");
    }
    events.usage.write(sink)
}

#[derive(Default)]
struct Events {
    usage: Usage,
    /// Since when tasks run, and on how many cores.
    running: BTreeMap<(String, u32), (Duration, u32)>,
}

impl Events {
    fn read<W: Write>(&mut self, fields: &[&str], sink: &Sink<W>) -> Result<(), String> {
        match fields.len() {
            JOB_FIELDS => self.job_event(fields),
            TASK_FIELDS => self.task_event(fields, sink),
            count => Err(format!(
                "{count} columns: job_events has {JOB_FIELDS} and task_events {TASK_FIELDS}; is \
                 the file cut off?"
            )),
        }
    }

    fn job_event(&mut self, fields: &[&str]) -> Result<(), String> {
        let job = named(fields[2])?;
        if kind(fields[3])? == Kind::Submit
            && let Some(at) = instant(fields[0])?
        {
            let class = class(fields[5])?;
            let job = self.usage.job(job);
            job.seen(at);
            job.class = class;
        }
        Ok(())
    }

    fn task_event<W: Write>(&mut self, fields: &[&str], sink: &Sink<W>) -> Result<(), String> {
        let job = named(fields[2])?;
        let index: u32 = fields[3]
            .parse()
            .map_err(|_| format!("the task index is `{}`: it is no number", fields[3]))?;
        let kind = kind(fields[5])?;
        let class = class(fields[7])?;
        let share = |at: usize, name: &str, whole: u32| {
            let share = Number::given(fields[at], name)?;
            let amount = share.map(|share| share.times(whole.into()).count(name));
            amount.transpose()
        };
        let cores = share(9, "the CPU request", sink.options.machine_cores)?.unwrap_or(1);
        let memory = share(10, "the memory request", sink.options.machine_memory_mib)?;
        let Some(at) = instant(fields[0])? else {
            return Ok(());
        };
        let usage = self.usage.job(job);
        usage.class = class;
        usage.wants(cores, memory);
        let tasks = (u64::from(index) + 1) * u64::from(usage.cores_each);
        usage.cores = usage.cores.max(tasks);
        let task = (job.to_owned(), index);
        match kind {
            Kind::Submit => usage.seen(at),
            Kind::Schedule => {
                usage.seen(at);
                self.running.entry(task).or_insert((at, cores));
            }
            Kind::End => {
                if let Some((since, cores)) = self.running.remove(&task) {
                    let time = at
                        .checked_sub(since)
                        .ok_or("the task ends before it began")?;
                    usage.worked(time, cores)?;
                }
            }
            Kind::Update => {}
        }
        Ok(())
    }
}

fn named(job: &str) -> Result<&str, String> {
    match job.trim() {
        "" => Err("the job has no id".to_owned()),
        job => Ok(job),
    }
}

/// Since the beginning of the trace; `None` after its end.
fn instant(text: &str) -> Result<Option<Duration>, String> {
    if text.trim() == AFTER {
        return Ok(None);
    }
    let name = "the time";
    let at = Number::read(text, name)?.times(1e-6).seconds(name)?;
    Ok(Some(at.saturating_sub(ORIGIN)))
}

fn kind(text: &str) -> Result<Kind, String> {
    match text.trim() {
        "0" => Ok(Kind::Submit),
        "1" => Ok(Kind::Schedule),
        "2" | "3" | "4" | "5" | "6" => Ok(Kind::End),
        "7" | "8" => Ok(Kind::Update),
        other => Err(format!("the event type is `{other}`: allowed are 0 to 8")),
    }
}

fn class(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Ok(String::new()),
        class @ ("0" | "1" | "2" | "3") => Ok(format!("class-{class}")),
        other => Err(format!(
            "the scheduling class is `{other}`: allowed are 0 to 3"
        )),
    }
}
