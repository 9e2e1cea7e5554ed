//! Applications, submitted drivers and operations as tables of a scenario file.

use super::text::{Lines, duration, integer, integers, latency, memory, quoted, resources, time};
use crate::scenario::plan::{
    AfterCodes, ApplicationEnd, ApplicationWork, KilledTotals, Operation, Plan,
    SubmittedDriverPlan, Supervision, TasksPlan, When,
};
use std::collections::BTreeMap;

pub(super) fn write(lines: &mut Lines, plan: &Plan) {
    let executor_default = &plan.conf.executor_resources;
    for application in &plan.applications {
        lines.header("[[application]]");
        lines.key("at", time(application.at));
        write_work(lines, "application", &application.work, executor_default);
    }
    for driver in &plan.drivers {
        write_driver(lines, driver, plan);
    }
    for operation in &plan.operations {
        lines.header("[[operator]]");
        lines.key("at", time(operation.at));
        write_operation(lines, &operation.operation);
    }
}

fn write_driver(lines: &mut Lines, driver: &SubmittedDriverPlan, plan: &Plan) {
    lines.header("[[driver]]");
    lines.key("at", time(driver.at));
    lines.key("name", quoted(&driver.name));
    lines.key("cores", integer(driver.cores));
    lines.key("memory", memory(driver.memory_mib));
    resources(
        lines,
        "resources",
        &driver.resources,
        &plan.conf.driver_resources,
    );
    lines.key(
        "supervise",
        (driver.supervision == Supervision::Supervised).to_string(),
    );
    if let Some(run) = &driver.run {
        lines.key("run", latency(run));
    }
    lines.key("exit_codes", integers(&driver.exit_codes));
    if let Some((after, work)) = &driver.application {
        lines.header("[driver.application]");
        lines.key("after", duration(*after));
        write_work(
            lines,
            "driver.application",
            work,
            &plan.conf.executor_resources,
        );
    }
}

fn write_work(
    lines: &mut Lines,
    path: &str,
    work: &ApplicationWork,
    default: &BTreeMap<String, u32>,
) {
    lines.key("name", quoted(&work.name));
    lines.key("app_name", quoted(&work.app_name));
    for (key, number) in [
        ("cores_max", work.cores_max),
        ("cores_per_executor", work.cores_per_executor),
        ("initial_executors", work.initial_executors),
    ] {
        if let Some(number) = number {
            lines.key(key, integer(number));
        }
    }
    lines.key("memory_per_executor", memory(work.memory_per_executor_mib));
    resources(
        lines,
        "resources_per_executor",
        &work.resources_per_executor,
        default,
    );
    match &work.end {
        ApplicationEnd::Never => {}
        ApplicationEnd::After(run) => lines.key("run", duration(*run)),
        ApplicationEnd::Service(service) => lines.key("service", duration(*service)),
        ApplicationEnd::Work(work) => lines.key("work", duration(*work)),
        ApplicationEnd::Tasks { work, tasks } => {
            lines.key("work", duration(*work));
            write_tasks(lines, tasks);
        }
    }
    match work.unregister {
        None | Some(When::After(_)) => {}
        Some(When::At(at)) => lines.key("unregister_at", time(at)),
    }
    let exits = &work.executor_exits;
    if !exits.codes.is_empty() {
        let then = match exits.then {
            AfterCodes::Stay => "stay",
            AfterCodes::RepeatLast => "repeat",
        };
        let (codes, after) = (integers(&exits.codes), latency(&exits.after));
        let value = format!(
            "{{ codes = {codes}, after = {after}, then = {} }}",
            quoted(then)
        );
        lines.key("executor_exit", value);
    }
    write_lists(lines, path, work);
}

pub(super) fn write_tasks(lines: &mut Lines, tasks: &TasksPlan) {
    lines.key("task", latency(&tasks.each));
    lines.key("stay", duration(tasks.stay));
}

fn write_lists(lines: &mut Lines, path: &str, work: &ApplicationWork) {
    for profile in &work.profiles {
        lines.header(&format!("[[{path}.profile]]"));
        if let Some(cores) = profile.cores_per_executor {
            lines.key("cores_per_executor", integer(cores));
        }
        if let Some(mebibytes) = profile.memory_per_executor_mib {
            lines.key("memory_per_executor", memory(mebibytes));
        }
        let amounts = &profile.resources_per_executor;
        resources(lines, "resources_per_executor", amounts, &BTreeMap::new());
    }
    for request in &work.requests {
        lines.header(&format!("[[{path}.request]]"));
        write_when(lines, request.when);
        lines.key("executors", integer(request.executors));
        lines.key("profile", integer(request.profile));
    }
    for kill in &work.kills {
        lines.header(&format!("[[{path}.kill]]"));
        write_when(lines, kill.when);
        lines.key("executors", integers(&kill.executors));
        lines.key(
            "totals",
            match kill.totals {
                KilledTotals::Lower => quoted("lower"),
                KilledTotals::Keep => quoted("keep"),
            },
        );
    }
}

fn write_when(lines: &mut Lines, when: When) {
    match when {
        When::At(at) => lines.key("at", time(at)),
        When::After(after) => lines.key("after", duration(after)),
    }
}

fn write_operation(lines: &mut Lines, operation: &Operation) {
    let (key, value) = match operation {
        Operation::Stop(target) => ("stop", quoted(&target.to_string())),
        Operation::DecommissionSignal(worker) => ("decommission", quoted(worker)),
        Operation::DecommissionHost(worker) => {
            lines.key("via", quoted("master"));
            ("decommission", quoted(worker))
        }
        Operation::KillDriver(driver) => ("kill_driver", quoted(driver)),
        Operation::KillAllDrivers => ("kill_all_drivers", "true".to_owned()),
        Operation::DriverStatus(driver) => ("driver_status", quoted(driver)),
        Operation::KillApplication(application) => ("kill_application", quoted(application)),
        Operation::ClearCompleted => ("clear_completed", "true".to_owned()),
    };
    lines.key(key, value);
}
