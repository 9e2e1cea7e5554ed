//! `[[workload]]`: jobs that arrive at random. What a load means as a rate is worked out here,
//! since it needs the cluster.

mod trace;

use super::{Context, distribution, resources};
use crate::scenario::keys::{CLASS, WORKLOAD};
use crate::scenario::plan::{
    AmountPlan, ApplicationPlan, Arrivals, ClusterPlan, JOBS_MAX, JobClass, JobHost, JobLength,
    LatencyPlan, Pace, Supervision, WorkloadPlan,
};
use crate::scenario::table::Table;
use crate::scenario::value::Value;
use std::collections::BTreeSet;
use std::time::Duration;

const DEFAULT_GRAIN: Duration = Duration::from_millis(10);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const DEFAULT_AMPLITUDE: f64 = 0.5;

/// The arrivals of a table of jobs.
const TRACE: &str = "trace";

/// A load above this is surely not meant.
const LOAD_MAX: f64 = 100.0;

/// The keys that only some arrival processes have a use for.
const OWN_KEYS: [(&str, &[&str]); 5] = [
    ("poisson", &[]),
    ("deterministic", &[]),
    ("bursts", &["burst", "within"]),
    ("diurnal", &["period", "amplitude", "peak"]),
    // Read in a file of its own.
    (TRACE, &["csv"]),
];

/// Reads all workloads, and declares the names of their jobs; everything else has its names by
/// now. The jobs of traces are ordinary applications.
pub(super) fn read(
    top: Table<'_>,
    cluster: Option<&ClusterPlan>,
    context: &mut Context<'_>,
) -> (Vec<WorkloadPlan>, Vec<ApplicationPlan>) {
    let tables = top.find("workload").map(|value| value.tables(&WORKLOAD));
    let mut names = BTreeSet::new();
    let (mut workloads, mut told) = (Vec::new(), Vec::new());
    for table in tables.unwrap_or_default() {
        declare(table, &mut names, context);
        let arrivals = table.find("arrivals").and_then(|value| value.as_text());
        if arrivals == Some(TRACE) {
            told.extend(trace::read(table, cluster, context).unwrap_or_default());
            continue;
        }
        let cores = cluster.map(|cluster| {
            let cores = cluster.workers.iter().map(|worker| f64::from(worker.cores));
            cores.sum()
        });
        workloads.extend(workload(table, cores, context));
    }
    (workloads, told)
}

/// Two workloads of one name would draw the same, and so would two classes.
fn declare(table: Table<'_>, names: &mut BTreeSet<String>, context: &mut Context<'_>) {
    if let Some(value) = table.find("name")
        && let Some(name) = value.as_text()
        && !names.insert(name.to_owned())
    {
        let message = format!("there is a workload `{name}` already");
        context.problems.push(value.problem(message));
    }
    // The tables are read again for their contents, and report their problems then.
    let quiet = super::Problems::default();
    let classes = table.find("class").map(|value| {
        let value = Value {
            problems: &quiet,
            ..value
        };
        value.tables(&CLASS)
    });
    for class in classes.unwrap_or_default() {
        if let Some(value) = class.find("name")
            && let Some(name) = value.as_text()
        {
            context.names.declare_jobs(name, value.span());
        }
    }
}

fn workload(table: Table<'_>, cores: Option<f64>, context: &Context<'_>) -> Option<WorkloadPlan> {
    let name = table.require("name").and_then(|value| value.text());
    let arrivals = arrivals(table, context);
    let (at, until) = context.window(table, "jobs");
    let jobs = table
        .find("jobs")
        .and_then(|value| value.integer(1, i64::from(JOBS_MAX)));
    let grain = table
        .find("grain")
        .map_or(Some(DEFAULT_GRAIN), |value| value.positive_duration());
    let classes = classes(table, context);
    let pace = pace(table, classes.as_deref(), cores);
    let pace_value = table.find("every").or_else(|| table.find("load"));
    if let (Some(value), Some(pace), Some(at), Some(last)) =
        (pace_value, pace, at, until.or(context.until))
        && last > at
        && jobs.is_none()
        && last.since(at).as_nanos() / pace.every().as_nanos().max(1) > u128::from(JOBS_MAX)
    {
        let message = format!("`{}` makes more than {JOBS_MAX} jobs", value.key);
        context.problems.push(value.problem(message).about_file());
    }
    Some(WorkloadPlan {
        name: name?.to_owned(),
        arrivals: arrivals?,
        pace: pace?,
        from: at?,
        until,
        jobs,
        grain: grain?,
        classes: classes?,
    })
}

fn arrivals(table: Table<'_>, context: &Context<'_>) -> Option<Arrivals> {
    let indices: Vec<(&str, usize)> = OWN_KEYS
        .iter()
        .enumerate()
        .map(|(index, (word, _))| (*word, index))
        .collect();
    let (word, own) = OWN_KEYS[table.require("arrivals")?.word(&indices)?];
    let others: Vec<&'static str> = (OWN_KEYS.iter())
        .flat_map(|(_, keys)| keys.iter().copied())
        .filter(|key| !own.contains(key))
        .collect();
    table.refuse(&others, &format!("has no meaning for {word} arrivals"));
    Some(match word {
        "bursts" => {
            let size = table.require("burst")?;
            let size = distribution::amount(size, context).filter(|burst| {
                let has_mean = burst.mean().is_some();
                if !has_mean {
                    let message = "`burst` has no mean, so bursts would have no rate";
                    let problem = size.problem(message);
                    context.problems.push(problem.allowed("give it a `max`"));
                }
                has_mean
            });
            let within = table.find("within");
            Arrivals::Bursts {
                size: size?,
                within: within.map_or(Some(Duration::ZERO), |value| value.duration())?,
            }
        }
        "diurnal" => {
            let period = table.find("period");
            let period = period.map_or(Some(DAY), |value| value.positive_duration())?;
            let amplitude = table.find("amplitude");
            let peak = table.find("peak");
            Arrivals::Diurnal {
                period,
                amplitude: amplitude.map_or(Some(DEFAULT_AMPLITUDE), |value| {
                    value.number("a number from 0 to 1", |share| (0.0..=1.0).contains(&share))
                })?,
                peak: peak.map_or_else(|| Some(period / 2), |value| value.duration())?,
            }
        }
        "deterministic" => Arrivals::Deterministic,
        _ => Arrivals::Poisson,
    })
}

/// `every` or `load`. A load ρ is the rate λ of jobs with mean work `E` that asks for the share ρ
/// of `C` cores: λ = ρ C / E.
fn pace(table: Table<'_>, classes: Option<&[JobClass]>, cores: Option<f64>) -> Option<Pace> {
    let value = table.exactly_one(&["every", "load"])?;
    if value.key == "every" {
        return value.positive_duration().map(Pace::Every);
    }
    let share = value.number("a number above 0, at most 100", |share| {
        share > 0.0 && share <= LOAD_MAX
    })?;
    let refuse = |message: String, allowed: &str| {
        let problem = value.problem(message).about_file();
        value.problems.push(problem.allowed(allowed));
    };
    let (classes, cores) = (classes?, cores?);
    if cores == 0.0 {
        refuse("`load` is a share of no cores".to_owned(), "`every`");
        return None;
    }
    let (mut work, mut weights) = (0.0, 0.0);
    for class in classes {
        match mean_work(class) {
            Ok(own) => work += class.weight * own,
            Err(message) => {
                refuse(message, "`every`, or a class whose mean work is known");
                return None;
            }
        }
        weights += class.weight;
    }
    let every = work / weights / (share * cores);
    match Duration::try_from_secs_f64(every) {
        Ok(every) if !every.is_zero() => Some(Pace::Load { share, every }),
        Ok(_) | Err(_) => {
            refuse(
                format!("`load` makes {every} s from one job to the next"),
                "`every`",
            );
            None
        }
    }
}

/// What a job of a class asks of the cluster's cores on average, in core-seconds.
fn mean_work(class: &JobClass) -> Result<f64, String> {
    let name = &class.name;
    let time = class.length.distribution();
    let none = |of: &str| format!("`load` needs a mean, and the {of} of class `{name}` has none");
    let mean = time.shape.mean_seconds(time.max);
    let mean = mean.ok_or_else(|| none("length"))?;
    match class.length {
        JobLength::Work(_) => Ok(mean),
        JobLength::Run(_) | JobLength::Service(_) => match &class.cores_max {
            Some(cores) => Ok(mean * cores.mean().ok_or_else(|| none("`cores_max`"))?),
            None => Err(format!(
                "`load` needs `cores_max` of class `{name}`, which runs for a time"
            )),
        },
    }
}

fn classes(table: Table<'_>, context: &Context<'_>) -> Option<Vec<JobClass>> {
    let value = table.require("class")?;
    let tables = value.tables(&CLASS);
    if tables.is_empty() {
        value.wrong("at least one class");
        return None;
    }
    let classes: Vec<Option<JobClass>> = (tables.into_iter())
        .map(|table| class(table, context))
        .collect();
    classes.into_iter().collect()
}

fn class(table: Table<'_>, context: &Context<'_>) -> Option<JobClass> {
    let conf = &context.conf;
    let name = table.require("name").and_then(|value| value.text());
    let weight = table.find("weight").map_or(Some(1.0), |value| {
        value.number("a number above 0", |weight| weight > 0.0)
    });
    let count = |key, default: Option<u32>| match table.find(key) {
        Some(value) => distribution::amount(value, context).map(Some),
        None => Some(default.map(AmountPlan::constant)),
    };
    let cores_max = count("cores_max", conf.cores_max);
    let cores_per_executor = count("cores_per_executor", conf.executor_cores);
    let memory = match table.find("memory_per_executor") {
        Some(value) => distribution::size(value, context),
        None => Some(AmountPlan::constant(conf.executor_memory_mib)),
    };
    let own = resources(table, "gpu_per_executor", "resources_per_executor");
    let length = length(table, context);
    let tasks = super::work::tasks(table, context);
    if let Some(JobLength::Work(work)) = &length {
        let median = work.unclipped().median();
        super::work::refuse_too_many(table, median, tasks.as_ref(), context);
    }
    Some(JobClass {
        name: name?.to_owned(),
        weight: weight?,
        cores_max: cores_max?,
        cores_per_executor: cores_per_executor?,
        memory_per_executor_mib: memory?,
        resources_per_executor: own.unwrap_or_else(|| conf.executor_resources.clone()),
        length: length?,
        tasks,
        host: host(table, context),
    })
}

fn length(table: Table<'_>, context: &Context<'_>) -> Option<JobLength> {
    let value = table.exactly_one(&["run", "service", "work"])?;
    let time: LatencyPlan = distribution::length(value, context)?;
    Some(match value.key {
        "run" => JobLength::Run(time),
        "service" => JobLength::Service(time),
        _ => JobLength::Work(time),
    })
}

fn host(table: Table<'_>, context: &Context<'_>) -> JobHost {
    let submit = table.find("submit").and_then(|value| value.flag());
    if submit != Some(true) {
        let keys = ["driver_cores", "driver_memory", "supervise"];
        table.refuse(&keys, "needs `submit = true`");
        return JobHost::Client;
    }
    let conf = &context.conf;
    let cores = table.find("driver_cores");
    let memory = table.find("driver_memory");
    let supervise = table.find("supervise").and_then(|value| value.flag());
    JobHost::Cluster {
        cores: cores
            .and_then(|value| value.integer(1, i64::from(i32::MAX)))
            .unwrap_or(conf.driver_cores),
        memory_mib: memory
            .and_then(|value| value.memory_mib())
            .unwrap_or(conf.driver_memory_mib),
        supervision: Supervision::of(supervise.unwrap_or(conf.driver_supervise)),
    }
}
