//! Jobs that arrive at random as tables of a scenario file.

use super::text::{
    Lines, amount, duration, integer, latency, memory, quoted, resources, size, time,
};
use crate::scenario::plan::{
    Arrivals, JobClass, JobHost, JobLength, Pace, Plan, Supervision, WorkloadPlan,
};
use deploysim_protocol::time::Time;

pub(super) fn write(lines: &mut Lines, plan: &Plan) {
    for workload in &plan.workloads {
        lines.header("[[workload]]");
        write_arrivals(lines, workload);
        for class in &workload.classes {
            lines.header("[[workload.class]]");
            write_class(lines, class, plan);
        }
    }
}

fn write_arrivals(lines: &mut Lines, workload: &WorkloadPlan) {
    lines.key("name", quoted(&workload.name));
    let word = match &workload.arrivals {
        Arrivals::Poisson => "poisson",
        Arrivals::Deterministic => "deterministic",
        Arrivals::Bursts { .. } => "bursts",
        Arrivals::Diurnal { .. } => "diurnal",
    };
    lines.key("arrivals", quoted(word));
    match workload.pace {
        Pace::Every(every) => lines.key("every", duration(every)),
        Pace::Load { share, .. } => lines.key("load", format!("{share:?}")),
    }
    if let Some(jobs) = workload.jobs {
        lines.key("jobs", integer(jobs));
    }
    if workload.from != Time::ZERO {
        lines.key("at", time(workload.from));
    }
    if let Some(until) = workload.until {
        lines.key("until", time(until));
    }
    lines.key("grain", duration(workload.grain));
    match &workload.arrivals {
        Arrivals::Poisson | Arrivals::Deterministic => {}
        Arrivals::Bursts { size, within } => {
            lines.key("burst", amount(size));
            lines.key("within", duration(*within));
        }
        Arrivals::Diurnal {
            period,
            amplitude,
            peak,
        } => {
            lines.key("period", duration(*period));
            lines.key("amplitude", format!("{amplitude:?}"));
            lines.key("peak", duration(*peak));
        }
    }
}

fn write_class(lines: &mut Lines, class: &JobClass, plan: &Plan) {
    lines.key("name", quoted(&class.name));
    lines.key("weight", format!("{:?}", class.weight));
    for (key, number) in [
        ("cores_max", &class.cores_max),
        ("cores_per_executor", &class.cores_per_executor),
    ] {
        if let Some(number) = number {
            lines.key(key, amount(number));
        }
    }
    lines.key("memory_per_executor", size(&class.memory_per_executor_mib));
    resources(
        lines,
        "resources_per_executor",
        &class.resources_per_executor,
        &plan.conf.executor_resources,
    );
    match &class.length {
        JobLength::Run(run) => lines.key("run", latency(run)),
        JobLength::Service(service) => lines.key("service", latency(service)),
        JobLength::Work(work) => lines.key("work", latency(work)),
    }
    if let Some(tasks) = &class.tasks {
        super::work::write_tasks(lines, tasks);
    }
    match class.host {
        JobHost::Client => {}
        JobHost::Cluster {
            cores,
            memory_mib,
            supervision,
        } => {
            lines.key("submit", "true".to_owned());
            lines.key("driver_cores", integer(cores));
            lines.key("driver_memory", memory(memory_mib));
            let is_supervised = supervision == Supervision::Supervised;
            lines.key("supervise", is_supervised.to_string());
        }
    }
}
