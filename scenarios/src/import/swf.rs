//! The Standard Workload Format of the Parallel Workloads Archive: D. G. Feitelson, D. Tsafrir,
//! D. Krakov, *Experience with using the Parallel Workloads Archive*, JPDC 74(10), 2014; the format
//! is told at <https://www.cs.huji.ac.il/labs/parallel/workload/swf.html>. A line has 18 numbers,
//! -1 for what is not known; comments begin with `;`.

use super::fields::{Lines, Number, work};
use super::{ImportError, Place, Sink, Source};
use crate::jobs::{Job, Length};
use std::io::{BufRead, Write};

/// The newest version that is known: 2.2.
const VERSION_MAX: f64 = 2.2;

/// Numbers of a line.
const FIELDS: usize = 18;

/// MiB of a KiB.
const MIB: f64 = 1.0 / 1_024.0;

/// What of the format becomes what of a job.
pub(super) const KEPT: &[&str] = &[
    "the submit time is `at_s`",
    "the allocated processors, or else the requested ones, are `cores`, each an executor of one core",
    "run time × processors is `work_core_s`",
    "the used memory of a processor, or else the requested one, is `memory_per_executor_mib`",
    "the queue is `class`, as queue-<number>",
];

/// What of the format has no place in a job.
pub(super) const DROPPED: &[&str] = &[
    "waiting time, average processor time, requested time, status, user, group, executable, \
     partition, preceding job, think time",
];

pub(super) fn import<R: BufRead, W: Write>(
    sources: Vec<Source<R>>,
    sink: &mut Sink<W>,
) -> Result<(), ImportError> {
    for source in sources {
        let mut lines = Lines::new(source);
        while let Some(line) = lines.next(sink)? {
            let place = line.place;
            let text = line.text.trim();
            if let Some(comment) = text.strip_prefix(';') {
                check_version(place, comment)?;
            } else if !text.is_empty() {
                read(place, text, sink)?;
            }
        }
    }
    Ok(())
}

/// `; Version: 2.2`
fn check_version(place: Place<'_>, comment: &str) -> Result<(), ImportError> {
    let Some(version) = comment.trim().strip_prefix("Version:") else {
        return Ok(());
    };
    let version = version.trim();
    match version.parse::<f64>() {
        Ok(number) if number <= VERSION_MAX => Ok(()),
        Ok(_) => Err(place.error(format!(
            "version {version} is newer than {VERSION_MAX}, the newest that is known"
        ))),
        Err(_) => Err(place.error(format!("`{version}` is no version"))),
    }
}

fn read<W: Write>(place: Place<'_>, text: &str, sink: &mut Sink<W>) -> Result<(), ImportError> {
    let fields: Vec<&str> = text.split_whitespace().collect();
    if fields.len() != FIELDS {
        let count = fields.len();
        let reason = format!("{count} numbers, and a job has {FIELDS}: is the file cut off?");
        return sink.wrong(place, reason);
    }
    match job(&fields) {
        Ok(Ok(job)) => sink.write(place, &job),
        Ok(Err(left_out)) => {
            sink.leave_out(left_out);
            Ok(())
        }
        Err(reason) => sink.wrong(place, reason),
    }
}

/// The job of a line, or why it is none.
fn job(fields: &[&str]) -> Result<Result<Job, &'static str>, String> {
    let number = |at: usize, name: &'static str| Number::known(fields[at - 1], name);
    let submitted = number(2, "the submit time")?;
    let run = number(4, "the run time")?;
    let allocated = number(5, "the number of allocated processors")?;
    let used_kib = number(7, "the used memory")?;
    let requested = number(8, "the number of requested processors")?;
    let requested_kib = number(10, "the requested memory")?;
    let queue = number(15, "the queue")?;
    let Some(at) = submitted else {
        return Ok(Err("jobs without a submit time"));
    };
    let Some(run) = run.filter(|run| !run.is_zero()) else {
        return Ok(Err("jobs without a run time: cancelled, or not known"));
    };
    let processors = allocated.filter(|own| !own.is_zero()).or(requested);
    let Some(processors) = processors.filter(|own| !own.is_zero()) else {
        return Ok(Err("jobs without processors"));
    };
    let cores = processors.count("the number of processors")?;
    let memory = used_kib.filter(|own| !own.is_zero()).or(requested_kib);
    let memory = memory.filter(|own| !own.is_zero());
    let memory_per_executor_mib = memory
        .map(|kib| kib.times(MIB).count("the memory"))
        .transpose()?;
    Ok(Ok(Job {
        at: at.seconds("the submit time")?,
        class: queue.map_or_else(String::new, |_| format!("queue-{}", fields[14])),
        cores: Some(cores),
        cores_per_executor: Some(1),
        memory_per_executor_mib,
        length: Length::Work(work(run.seconds("the run time")?, cores)?),
    }))
}
