//! `[cluster]`: masters and groups of workers, and the names that they get.

use super::{Context, resources};
use crate::scenario::keys::{MASTERS_MAX, WORKER};
use crate::scenario::plan::{ClusterPlan, WorkerPlan};
use crate::scenario::table::Table;
use deploysim_protocol::conf::RecoveryMode;
use deploysim_protocol::time::Time;

const DEFAULT_CORES: u32 = 8;
const DEFAULT_MEMORY_MIB: u32 = 16 * 1024;

/// Reads the table and declares the names of its nodes.
pub(super) fn read(table: Table<'_>, context: &mut Context<'_>) -> ClusterPlan {
    let masters = table
        .find("master")
        .and_then(|value| value.integer::<u32>(1, MASTERS_MAX));
    let numbers = 1..=masters.unwrap_or(1);
    let masters: Vec<String> = numbers.map(|number| format!("master-{number}")).collect();
    context.names.masters.clone_from(&masters);
    context.names.has_election = context.conf.recovery_mode == RecoveryMode::Zookeeper;
    let mut workers = Vec::new();
    let mut unnamed = 0;
    for group in table
        .find("worker")
        .map(|value| value.one_or_list())
        .unwrap_or_default()
    {
        if let Some(group) = group.table(&WORKER) {
            workers.extend(read_group(group, &mut unnamed, context));
        }
    }
    ClusterPlan { masters, workers }
}

fn read_group(group: Table<'_>, unnamed: &mut u32, context: &mut Context<'_>) -> Vec<WorkerPlan> {
    let count = group
        .find("count")
        .and_then(|value| value.integer(1, 1_000_000))
        .unwrap_or(1);
    let cores = group
        .find("cores")
        .and_then(|value| value.integer(1, i64::from(i32::MAX)));
    let memory = group.find("memory").and_then(|value| value.memory_mib());
    let at = group.find("at").and_then(|value| value.time());
    context.before_end(group.find("at"), at);
    let resources = resources(group, "gpu", "resources")
        .unwrap_or_else(|| context.conf.worker_resources.clone());
    let name = group.find("name");
    let base = name.and_then(|value| Some((value, value.text()?)));
    let mut workers = Vec::new();
    for number in 1..=count {
        let own = match base {
            Some((_, base)) if count == 1 => base.to_owned(),
            Some((_, base)) => format!("{base}-{number}"),
            None => {
                *unnamed += 1;
                format!("worker-{unnamed}")
            }
        };
        let span = name.map_or_else(|| group.span(), |value| value.span());
        context.names.declare_worker(&own, span);
        workers.push(WorkerPlan {
            name: own,
            at: at.unwrap_or(Time::ZERO),
            cores: cores.unwrap_or(DEFAULT_CORES),
            memory_mib: memory.unwrap_or(DEFAULT_MEMORY_MIB),
            resources: resources.clone(),
        });
    }
    workers
}
