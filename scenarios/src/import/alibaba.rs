//! Alibaba's cluster trace of 2018: <https://github.com/alibaba/clusterdata>, `batch_task` with 9
//! columns or `batch_instance` with 14, without a heading. Times are seconds; 100 of CPU is a
//! core, memory is a percentage of a machine's.

use super::fields::{Lines, Number};
use super::usage::Usage;
use super::{ImportError, Sink, Source};
use std::io::{BufRead, Write};
use std::time::Duration;

const TASK_FIELDS: usize = 9;
const INSTANCE_FIELDS: usize = 14;

/// Of CPU and of memory.
const PERCENT: f64 = 0.01;

/// What of the format becomes what of a job.
pub(super) const KEPT: &[&str] = &[
    "the first start of a task or instance of a job is `at_s`: the trace has no submit times",
    "the instances of the largest task × its cores is `cores`, each instance an executor",
    "planned CPU (of instances the most that was used), rounded up, is `cores_per_executor`",
    "planned memory (likewise) is `memory_per_executor_mib`",
    "the time of all instances × their cores is `work_core_s`",
];

/// What of the format has no place in a job.
pub(super) const DROPPED: &[&str] = &[
    "machines, types of tasks, averages of CPU and memory, attempts, and the order of tasks \
     within a job",
];

pub(super) fn import<R: BufRead, W: Write>(
    sources: Vec<Source<R>>,
    sink: &mut Sink<W>,
) -> Result<(), ImportError> {
    let mut usage = Usage::default();
    let mut columns = None;
    for source in sources {
        let mut lines = Lines::new(source);
        while let Some(line) = lines.next(sink)? {
            let fields: Vec<&str> = line.text.trim_end().split(',').collect();
            let read = if columns.is_some_and(|columns| columns != fields.len()) {
                let (found, before) = (fields.len(), columns.unwrap_or_default());
                Err(format!(
                    "{found} columns, and {before} before: batch_task and batch_instance tell of \
                     the same work, or the file is cut off"
                ))
            } else {
                read(&fields, &mut usage, sink).inspect(|_| columns = Some(fields.len()))
            };
            match read {
                Ok(Read::Counted) => {}
                Ok(Read::Running) => sink.leave_out("tasks or instances that did not end"),
                Err(reason) => sink.wrong(line.place, reason)?,
            }
        }
    }
    usage.write(sink)
}

/// What became of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Read {
    Counted,
    Running,
}

fn read<W: Write>(fields: &[&str], usage: &mut Usage, sink: &Sink<W>) -> Result<Read, String> {
    let (instances, cpu, memory) = match fields.len() {
        TASK_FIELDS => (fields[1], fields[7], fields[8]),
        INSTANCE_FIELDS => (fields[9], fields[11], fields[13]),
        count => {
            return Err(format!(
                "{count} columns: batch_task has {TASK_FIELDS} and batch_instance \
                 {INSTANCE_FIELDS}; is the file cut off?"
            ));
        }
    };
    let job = fields[2].trim();
    if job.is_empty() {
        return Err("the job has no name".to_owned());
    }
    let seconds = |at: usize, name: &str| match Number::given(fields[at], name)? {
        Some(time) if !time.is_zero() => time.seconds(name).map(Some),
        Some(_) | None => Ok::<Option<Duration>, String>(None),
    };
    let (start, end) = (seconds(5, "the start time")?, seconds(6, "the end time")?);
    let instances = Number::given(instances, "the number of instances")?;
    let instances = instances.map_or(Ok(1), |own| own.count("the number of instances"))?;
    let cores = Number::given(cpu, "the CPU")?;
    let cores = cores.map_or(Ok(1), |cpu| cpu.times(PERCENT).count("the CPU"))?;
    let memory = Number::given(memory, "the memory")?.filter(|own| !own.is_zero());
    let machine = f64::from(sink.options.machine_memory_mib);
    let memory = memory.map(|own| own.times(PERCENT * machine).count("the memory"));
    let memory = memory.transpose()?;
    let (Some(start), Some(end)) = (start, end) else {
        return Ok(Read::Running);
    };
    let time = end.checked_sub(start);
    let time =
        time.ok_or_else(|| format!("it ends {end:?} after the beginning, before its start"))?;
    let own = usage.job(job);
    own.seen(start);
    own.wants(cores, memory);
    own.cores = own.cores.max(u64::from(instances) * u64::from(cores));
    let parts = if fields.len() == TASK_FIELDS {
        instances
    } else {
        1
    };
    let together = cores.checked_mul(parts);
    own.worked(time, together.ok_or("the job wants too many cores")?)?;
    Ok(Read::Counted)
}
