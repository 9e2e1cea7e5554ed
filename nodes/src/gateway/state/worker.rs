//! The state document of a worker. Spark: `JsonProtocol.writeWorkerState`.

use super::{Amounts, ByName};
use deploysim_protocol::description::{ApplicationDescription, Command};
use deploysim_protocol::message::to_client::{ExecutorReport, WorkerStateResponse};
use deploysim_protocol::text::Text;
use serde::Serialize;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The whole document, fields in Spark's order.
#[derive(Debug, Serialize)]
pub(super) struct WorkerDocument<'a> {
    id: Text,
    masterurl: String,
    masterwebuiurl: Arc<str>,
    cores: i32,
    coresused: i32,
    memory: i32,
    memoryused: i32,
    resources: ByName<'a>,
    resourcesused: ByName<'a>,
    executors: Vec<ExecutorObject<'a>>,
    finishedexecutors: Vec<ExecutorObject<'a>>,
}

/// Spark: `writeExecutorRunner`.
#[derive(Debug, Serialize)]
struct ExecutorObject<'a> {
    id: u32,
    memory: i32,
    resources: ByName<'a>,
    appid: Text,
    appdesc: DescriptionObject<'a>,
}

/// Spark: `writeApplicationDescription`.
#[derive(Debug, Serialize)]
struct DescriptionObject<'a> {
    name: &'a str,
    cores: i32,
    memoryperexecutor: i32,
    resourcesperexecutor: Amounts<'a>,
    memoryperslave: i32,
    resourcesperslave: Amounts<'a>,
    user: &'a str,
    command: String,
}

impl<'a> WorkerDocument<'a> {
    /// The document of a state.
    pub(super) fn new(state: &'a WorkerStateResponse) -> Self {
        let objects = |reports: &'a [ExecutorReport]| {
            let objects = reports.iter().map(ExecutorObject::new);
            objects.collect()
        };
        let web_ui = state.master_web_ui_url;
        Self {
            id: state.worker_id.0,
            masterurl: state
                .master_url
                .map_or_else(String::new, |address| address.to_spark_url()),
            masterwebuiurl: web_ui.map_or_else(|| "".into(), Text::as_str),
            cores: state.cores,
            coresused: state.cores_used,
            memory: state.memory_mib,
            memoryused: state.memory_used_mib,
            resources: ByName(&state.resources),
            resourcesused: ByName(&state.resources_used),
            executors: objects(&state.executors),
            finishedexecutors: objects(&state.finished_executors),
        }
    }
}

impl<'a> ExecutorObject<'a> {
    fn new(report: &'a ExecutorReport) -> Self {
        Self {
            id: report.executor.number,
            memory: report.memory_mib,
            resources: ByName(&report.resources),
            appid: report.executor.application.0,
            appdesc: DescriptionObject::new(&report.description),
        }
    }
}

impl<'a> DescriptionObject<'a> {
    fn new(description: &'a ApplicationDescription) -> Self {
        let memory = description.memory_per_executor_mib();
        let resources = Amounts(&description.default_profile.custom_resources);
        Self {
            name: &description.name,
            cores: description.cores_max.unwrap_or(0),
            memoryperexecutor: memory,
            resourcesperexecutor: resources,
            memoryperslave: memory,
            resourcesperslave: resources,
            user: &description.user,
            command: shown(&description.command),
        }
    }
}

/// A command as Scala prints it: `toString` of the case class and of the collections in it.
fn shown(command: &Command) -> String {
    let environment = in_hash_order(&command.environment);
    let environment: Vec<_> = environment
        .iter()
        .map(|(name, value)| format!("{name} -> {value}"))
        .collect();
    format!(
        "Command({},List({}),Map({}),List({}),List({}),ArraySeq({}))",
        command.main_class,
        command.arguments.join(", "),
        environment.join(", "),
        command.class_path_entries.join(", "),
        command.library_path_entries.join(", "),
        command.java_options.join(", "),
    )
}

/// The entries in the order in which the application's hash map gives them: by place in its table,
/// then by hash. Spark: `SparkContext.executorEnvs`, a `mutable.HashMap` of Scala 2.13.
fn in_hash_order(map: &BTreeMap<String, String>) -> Vec<(&str, &str)> {
    let mut table_length: u32 = 16;
    // A table grows when it is to hold three quarters of its length.
    while map.len() >= (table_length / 4 * 3) as usize {
        table_length *= 2;
    }
    let mut entries: Vec<_> = map
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    entries.sort_by_key(|(name, _)| {
        let hash = java_hash(name);
        let spread = hash ^ (hash >> 16);
        (spread & (table_length - 1), spread.cast_signed())
    });
    entries
}

/// Java's `String.hashCode`.
fn java_hash(text: &str) -> u32 {
    let units = text.encode_utf16();
    units.fold(0, |hash: u32, unit| {
        hash.wrapping_mul(31).wrapping_add(u32::from(unit))
    })
}
