//! Jobs of a trace: a table of jobs ([`crate::jobs`]) becomes ordinary applications as the
//! scenario is read.

use super::{Context, DEFAULT_GRAIN};
use crate::jobs::{Job, JobReader, Length};
use crate::scenario::plan::{
    ApplicationEnd, ApplicationPlan, ApplicationWork, ClusterPlan, JOBS_MAX,
};
use crate::scenario::table::Table;
use crate::scenario::value::Value;
use deploysim_protocol::time::Time;
use std::time::Duration;

/// What a trace has no use for.
const OTHERS: [&str; 8] = [
    "every",
    "load",
    "burst",
    "within",
    "period",
    "amplitude",
    "peak",
    "class",
];

/// The jobs of one workload, whose names are declared here.
pub(super) fn read(
    table: Table<'_>,
    cluster: Option<&ClusterPlan>,
    context: &mut Context<'_>,
) -> Option<Vec<ApplicationPlan>> {
    table.refuse(&OTHERS, "has no meaning for a trace");
    let name = table.require("name").and_then(|value| value.text());
    let (from, until) = context.window(table, "jobs");
    let jobs = table
        .find("jobs")
        .map_or(Some(JOBS_MAX), |value| value.integer(1, JOBS_MAX.into()));
    let grain = table
        .find("grain")
        .map_or(Some(DEFAULT_GRAIN), |value| value.positive_duration());
    let csv = table.require("csv")?;
    let window = Window {
        from: from?,
        last: until.or(context.until)?,
        grain: grain?,
    };
    let read = read_file(csv, (name?, jobs?), &window, cluster?, context);
    read.map_err(|reason| context.problems.push(csv.problem(reason)))
        .ok()
}

/// When jobs may arrive.
struct Window {
    from: Time,
    last: Time,
    grain: Duration,
}

fn read_file(
    csv: Value<'_>,
    (workload, most): (&str, u32),
    window: &Window,
    cluster: &ClusterPlan,
    context: &mut Context<'_>,
) -> Result<Vec<ApplicationPlan>, String> {
    let name = csv.as_text().ok_or("`csv` has to be the name of a file")?;
    let file = std::fs::File::open(context.folder.join(name));
    let file = file.map_err(|error| format!("`{name}` cannot be read: {error}"))?;
    let wrong = |error: &dyn std::fmt::Display| format!("`{name}`: {error}");
    let reader = JobReader::new(file).map_err(|error| wrong(&error))?;
    let mut applications = Vec::new();
    for (number, row) in (1_u32..).zip(reader) {
        let (line, job) = row.map_err(|error| wrong(&error))?;
        if let Some(reason) = too_large(&job, cluster) {
            return Err(wrong(&format!("line {line}: {reason}")));
        }
        let at = window.from + job.at;
        let grains = at
            .since_start()
            .as_nanos()
            .div_ceil(window.grain.as_nanos());
        let nanos = u64::try_from(grains * window.grain.as_nanos()).unwrap_or(u64::MAX);
        let at = Time::from_nanos(nanos);
        if at > window.last {
            continue;
        }
        if number > most {
            break;
        }
        let class = if job.class.is_empty() {
            workload
        } else {
            &job.class
        };
        let job_name = format!("{class}-{number}");
        if !context.names.declare_application(&job_name, csv.span()) {
            return Err(wrong(&format!(
                "line {line}: no job can be called `{job_name}`"
            )));
        }
        let work = work(&job, job_name, class.to_owned(), context);
        applications.push(ApplicationPlan { at, work });
    }
    Ok(applications)
}

fn work(job: &Job, name: String, class: String, context: &Context<'_>) -> ApplicationWork {
    let own = ApplicationWork::job(name, class, &context.conf);
    ApplicationWork {
        cores_max: job.cores.or(own.cores_max),
        cores_per_executor: job.cores_per_executor.or(own.cores_per_executor),
        memory_per_executor_mib: job
            .memory_per_executor_mib
            .unwrap_or(own.memory_per_executor_mib),
        end: match job.length {
            Length::Work(work) => ApplicationEnd::Work(work),
            Length::Service(service) => ApplicationEnd::Service(service),
        },
        ..own
    }
}

/// Why the cluster could never run a job.
fn too_large(job: &Job, cluster: &ClusterPlan) -> Option<String> {
    let workers = &cluster.workers;
    let cores: u64 = workers.iter().map(|worker| u64::from(worker.cores)).sum();
    let cores_each = workers.iter().map(|worker| worker.cores).max();
    let memory = workers.iter().map(|worker| worker.memory_mib).max();
    let exceeds = |wanted: Option<u32>, most: Option<u32>| wanted.filter(|own| Some(*own) > most);
    if let Some(wanted) = job.cores.filter(|own| u64::from(*own) > cores) {
        return Some(format!(
            "the job wants {wanted} cores, and the cluster has {cores}"
        ));
    }
    if let Some(wanted) = exceeds(job.cores_per_executor, cores_each) {
        return Some(format!(
            "an executor wants {wanted} cores, and no worker has as many"
        ));
    }
    let wanted = exceeds(job.memory_per_executor_mib, memory)?;
    Some(format!(
        "an executor wants {wanted} MiB, and no worker has as much"
    ))
}
