//! `[[application]]` and `[[driver]]`: the work that arrives.

use super::{Context, distribution, resources};
use crate::scenario::keys::{APPLICATION, DRIVER, EXECUTOR_EXIT, HOSTED, KILL, PROFILE, REQUEST};
use crate::scenario::plan::{
    AfterCodes, ApplicationEnd, ApplicationPlan, ApplicationWork, ExecutorExits, KillExecutorsPlan,
    KilledTotals, LatencyPlan, Operation, OperationPlan, ProfilePlan, RequestExecutorsPlan,
    SubmittedDriverPlan, Supervision, TASKS_DRAWN_MAX, TasksPlan, When,
};
use crate::scenario::table::Table;
use crate::scenario::value::Value;
use deploysim_protocol::time::Time;
use std::time::Duration;

const INTEGER_MAX: i64 = i32::MAX as i64;

/// Declares the names of all work, so that everything else may speak of it.
pub(super) fn declare(top: Table<'_>, context: &mut Context<'_>) {
    // The tables are read again for their contents, and report their problems then.
    let quiet = super::Problems::default();
    for table in tables(top, "application", &quiet) {
        if let Some(value) = table.find("name")
            && let Some(name) = value.as_text()
        {
            context.names.declare_application(name, value.span());
        }
    }
    for table in tables(top, "driver", &quiet) {
        let Some(value) = table.find("name") else {
            continue;
        };
        let Some(name) = value.as_text() else {
            continue;
        };
        context.names.declare_driver(name, value.span());
        if let Some(hosted) = table
            .find("application")
            .and_then(|value| value.table(&HOSTED))
        {
            let own = hosted.find("name");
            let span = own.map_or_else(|| value.span(), |own| own.span());
            let name = own.and_then(|own| own.as_text()).unwrap_or(name);
            context.names.declare_hosted(name, span);
        }
    }
}

/// The tables of one list, with their problems reported elsewhere.
fn tables<'a>(top: Table<'a>, key: &'static str, problems: &'a super::Problems) -> Vec<Table<'a>> {
    let keys = if key == "driver" {
        &DRIVER
    } else {
        &APPLICATION
    };
    let value = top.find(key).map(|value| Value { problems, ..value });
    value.map(|value| value.tables(keys)).unwrap_or_default()
}

/// Reads `[[application]]`.
pub(super) fn applications(top: Table<'_>, context: &Context<'_>) -> Vec<ApplicationPlan> {
    let tables = top
        .find("application")
        .map(|value| value.tables(&APPLICATION));
    let read = |table: Table<'_>| {
        let at = table.find("at").and_then(|value| value.time());
        context.before_end(table.find("at"), at);
        let name = table.require("name").and_then(|value| value.text());
        let work = work(table, name.unwrap_or_default(), context);
        ApplicationPlan {
            at: at.unwrap_or_default(),
            work,
        }
    };
    tables.unwrap_or_default().into_iter().map(read).collect()
}

/// Reads `[[driver]]`.
pub(super) fn drivers(top: Table<'_>, context: &Context<'_>) -> Vec<SubmittedDriverPlan> {
    let tables = top
        .find("driver")
        .map(|value| value.tables(&DRIVER))
        .unwrap_or_default();
    tables
        .into_iter()
        .map(|table| driver(table, context))
        .collect()
}

fn driver(table: Table<'_>, context: &Context<'_>) -> SubmittedDriverPlan {
    let at = table.find("at").and_then(|value| value.time());
    context.before_end(table.find("at"), at);
    let name = table
        .require("name")
        .and_then(|value| value.text())
        .unwrap_or_default();
    let supervise = table.find("supervise").and_then(|value| value.flag());
    let codes = table.find("exit_codes").map(integers).unwrap_or_default();
    let hosted = table
        .find("application")
        .and_then(|value| value.table(&HOSTED));
    let conf = &context.conf;
    SubmittedDriverPlan {
        at: at.unwrap_or_default(),
        name: name.to_owned(),
        cores: positive(table, "cores").unwrap_or(conf.driver_cores),
        memory_mib: memory(table, "memory").unwrap_or(conf.driver_memory_mib),
        resources: resources(table, "gpu", "resources")
            .unwrap_or_else(|| conf.driver_resources.clone()),
        supervision: Supervision::of(supervise.unwrap_or(conf.driver_supervise)),
        run: table
            .find("run")
            .and_then(|value| distribution::latency(value, context)),
        exit_codes: if codes.is_empty() { vec![0] } else { codes },
        application: hosted.map(|hosted| {
            let after = hosted.find("after").and_then(|value| value.duration());
            let own = hosted.find("name").and_then(|value| value.text());
            (
                after.unwrap_or_default(),
                work(hosted, own.unwrap_or(name), context),
            )
        }),
    }
}

/// The kills that are written with their drivers.
pub(super) fn kills_of_drivers(top: Table<'_>, context: &Context<'_>) -> Vec<OperationPlan> {
    let quiet = super::Problems::default();
    let kill = |table: Table<'_>| {
        let value = table.find("kill_at")?;
        // Problems of this value belong to the file.
        let value = Value {
            key: "kill_at",
            node: value.node,
            problems: context.problems,
        };
        let at = value.time();
        context.before_end(Some(value), at);
        let submitted = table
            .find("at")
            .map_or(Some(Time::ZERO), |value| value.time());
        if at < submitted && at.is_some() {
            let message = "`kill_at` lies before the submission";
            context.problems.push(value.problem(message).about_file());
        }
        let name = table.find("name")?.as_text()?.to_owned();
        Some(OperationPlan {
            at: at?,
            operation: Operation::KillDriver(name),
        })
    };
    tables(top, "driver", &quiet)
        .into_iter()
        .filter_map(kill)
        .collect()
}

fn positive(table: Table<'_>, key: &'static str) -> Option<u32> {
    table.find(key)?.integer(1, INTEGER_MAX)
}

fn memory(table: Table<'_>, key: &'static str) -> Option<u32> {
    table.find(key)?.memory_mib()
}

fn integers<T: TryFrom<i64>>(value: Value<'_>) -> Vec<T> {
    let least = if T::try_from(-1).is_ok() {
        i64::from(i32::MIN)
    } else {
        0
    };
    let elements = value.one_or_list();
    if elements.is_empty() {
        value.wrong("a whole number, or a list of them");
    }
    elements
        .into_iter()
        .filter_map(|element| element.integer(least, INTEGER_MAX))
        .collect()
}

/// What an application does, under `name`.
fn work(table: Table<'_>, name: &str, context: &Context<'_>) -> ApplicationWork {
    let conf = &context.conf;
    let count = |key| {
        table
            .find(key)
            .and_then(|value| value.integer::<u32>(0, INTEGER_MAX))
    };
    let dynamic_first = conf.dynamic_allocation_enabled.then_some(0);
    let profiles = profiles(table);
    let unregister = table.find("unregister_at");
    let unregister_time = unregister.and_then(|value| value.time());
    context.before_end(unregister, unregister_time);
    ApplicationWork {
        name: name.to_owned(),
        app_name: table
            .find("app_name")
            .and_then(|value| value.text())
            .unwrap_or(name)
            .to_owned(),
        cores_max: positive(table, "cores_max").or(conf.cores_max),
        cores_per_executor: positive(table, "cores_per_executor").or(conf.executor_cores),
        memory_per_executor_mib: memory(table, "memory_per_executor")
            .unwrap_or(conf.executor_memory_mib),
        resources_per_executor: resources(table, "gpu_per_executor", "resources_per_executor")
            .unwrap_or_else(|| conf.executor_resources.clone()),
        initial_executors: count("initial_executors").or(dynamic_first),
        end: end(table, context),
        unregister: unregister_time.map(When::At),
        executor_exits: table
            .find("executor_exit")
            .and_then(|value| executor_exits(value.table(&EXECUTOR_EXIT)?, context))
            .unwrap_or_else(ExecutorExits::never),
        requests: requests(table, profiles.len(), context),
        kills: kills(table, context),
        profiles,
    }
}

fn end(table: Table<'_>, context: &Context<'_>) -> ApplicationEnd {
    let tasks = tasks(table, context);
    if table.find("task").is_some() && context.conf.dynamic_allocation_enabled {
        let reason = "does not go with `task` under dynamic allocation, which asks by itself";
        table.refuse(&["request", "kill"], reason);
    }
    let Some(value) = table.at_most_one(&["run", "service", "work"]) else {
        return ApplicationEnd::Never;
    };
    let Some(time) = value.positive_duration() else {
        return ApplicationEnd::Never;
    };
    refuse_too_many(table, time, tasks.as_ref(), context);
    match value.key {
        "run" => ApplicationEnd::After(time),
        "service" => ApplicationEnd::Service(time),
        _ => match tasks {
            Some(tasks) => ApplicationEnd::Tasks { work: time, tasks },
            None => ApplicationEnd::Work(time),
        },
    }
}

/// The tasks into which `work` is cut, if it is. Under dynamic allocation requests then follow
/// from them, so that the file has none.
pub(super) fn tasks(table: Table<'_>, context: &Context<'_>) -> Option<TasksPlan> {
    let Some(value) = table.find("task") else {
        table.refuse(&["stay"], "needs `task`");
        return None;
    };
    if table.find("work").is_none() {
        table.refuse(&["task"], "needs `work`");
    }
    let conf = &context.conf;
    if conf.dynamic_allocation_enabled
        && let Some(most) = conf.dynamic_allocation_max_executors
        && most < conf.initial_executors()
    {
        let message = format!(
            "`spark.dynamicAllocation.maxExecutors` is {most}, and an application begins with {} \
             executors",
            conf.initial_executors()
        );
        context.problems.push(value.problem(message).about_file());
    }
    let stay = table
        .find("stay")
        .map_or(Some(Duration::ZERO), |value| value.duration());
    let each = distribution::length(value, context)?;
    Some(TasksPlan { each, stay: stay? })
}

/// Refuses work whose median is cut into more tasks of drawn lengths than anybody means.
pub(super) fn refuse_too_many(
    table: Table<'_>,
    work: Duration,
    tasks: Option<&TasksPlan>,
    context: &Context<'_>,
) {
    let Some((value, tasks)) = table.find("task").zip(tasks) else {
        return;
    };
    let most = u128::from(TASKS_DRAWN_MAX);
    let median = tasks.each.unclipped().median().as_nanos().max(1);
    if value.is_table() && work.as_nanos() / median > most {
        let message = format!("`task` makes more than {most} tasks");
        context.problems.push(value.problem(message).about_file());
    }
}

fn profiles(table: Table<'_>) -> Vec<ProfilePlan> {
    let tables = table
        .find("profile")
        .map(|value| value.tables(&PROFILE))
        .unwrap_or_default();
    let read = |table: Table<'_>| ProfilePlan {
        cores_per_executor: positive(table, "cores_per_executor"),
        memory_per_executor_mib: memory(table, "memory_per_executor"),
        resources_per_executor: resources(table, "gpu_per_executor", "resources_per_executor")
            .unwrap_or_default(),
    };
    tables.into_iter().map(read).collect()
}

fn executor_exits(table: Table<'_>, context: &Context<'_>) -> Option<ExecutorExits> {
    let codes = table.require("codes").map(integers)?;
    let after = table
        .find("after")
        .and_then(|value| distribution::latency(value, context));
    let then = table.find("then").and_then(|value| {
        value.word(&[
            ("stay", AfterCodes::Stay),
            ("repeat", AfterCodes::RepeatLast),
        ])
    });
    Some(ExecutorExits {
        codes,
        after: after.unwrap_or(LatencyPlan::constant(Duration::ZERO)),
        then: then.unwrap_or(AfterCodes::Stay),
    })
}

/// `at` or `after`, one of which is needed.
fn when(table: Table<'_>, context: &Context<'_>) -> Option<When> {
    let value = table.exactly_one(&["at", "after"])?;
    let duration = value.duration()?;
    if value.key == "after" {
        return Some(When::After(duration));
    }
    let time = Time::ZERO + duration;
    context.before_end(Some(value), Some(time));
    Some(When::At(time))
}

fn requests(table: Table<'_>, profiles: usize, context: &Context<'_>) -> Vec<RequestExecutorsPlan> {
    let tables = table
        .find("request")
        .map(|value| value.tables(&REQUEST))
        .unwrap_or_default();
    let read = |table: Table<'_>| {
        let when = when(table, context);
        let executors = table.require("executors");
        let executors = executors.and_then(|value| value.integer(0, INTEGER_MAX));
        let profile = table.find("profile");
        let number = profile.map_or(Some(0), |value| value.integer::<u32>(0, INTEGER_MAX));
        if let (Some(value), Some(number)) = (profile, number)
            && number as usize > profiles
        {
            let message = format!("there is no resource profile {number}");
            context.problems.push(
                value
                    .problem(message)
                    .allowed(format!("0 to {profiles}"))
                    .about_file(),
            );
        }
        Some(RequestExecutorsPlan {
            when: when?,
            executors: executors?,
            profile: number?,
        })
    };
    tables.into_iter().filter_map(read).collect()
}

fn kills(table: Table<'_>, context: &Context<'_>) -> Vec<KillExecutorsPlan> {
    let tables = table
        .find("kill")
        .map(|value| value.tables(&KILL))
        .unwrap_or_default();
    let read = |table: Table<'_>| {
        let when = when(table, context);
        let executors = table.require("executors").map(integers);
        let totals = table.find("totals").and_then(|value| {
            value.word(&[("lower", KilledTotals::Lower), ("keep", KilledTotals::Keep)])
        });
        Some(KillExecutorsPlan {
            when: when?,
            executors: executors?,
            totals: totals.unwrap_or(KilledTotals::Lower),
        })
    };
    tables.into_iter().filter_map(read).collect()
}
