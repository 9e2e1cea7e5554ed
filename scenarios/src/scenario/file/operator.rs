//! `[[operator]]`: signals, web actions and submit clients other than submissions.

use super::Context;
use super::names::Kind;
use crate::scenario::keys::OPERATOR;
use crate::scenario::plan::{Operation, OperationPlan, Target};
use crate::scenario::table::Table;

/// The words of an entry; exactly one is there.
const WORDS: [&str; 7] = [
    "stop",
    "decommission",
    "kill_driver",
    "kill_all_drivers",
    "driver_status",
    "kill_application",
    "clear_completed",
];

/// Reads all entries; an entry that names several nodes becomes several operations.
pub(super) fn read(top: Table<'_>, context: &Context<'_>) -> Vec<OperationPlan> {
    let tables = top
        .find("operator")
        .map(|value| value.tables(&OPERATOR))
        .unwrap_or_default();
    tables
        .into_iter()
        .flat_map(|table| entry(table, context).unwrap_or_default())
        .collect()
}

/// How a worker is decommissioned.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Via {
    Signal,
    Master,
}

fn entry(table: Table<'_>, context: &Context<'_>) -> Option<Vec<OperationPlan>> {
    let at_value = table.require("at");
    let at = at_value.and_then(|value| value.time());
    context.before_end(at_value, at);
    let via = table
        .find("via")
        .and_then(|value| value.word(&[("signal", Via::Signal), ("master", Via::Master)]));
    let word = table.exactly_one(&WORDS)?;
    if word.key != "decommission" {
        table.refuse(&["via"], "only says how to `decommission`");
    }
    let names = |kind| context.names.select(word, kind);
    let each = |names: Vec<String>, make: fn(String) -> Operation| {
        names.into_iter().map(make).collect::<Vec<_>>()
    };
    let operations = match word.key {
        "stop" => {
            let targets = context.names.targets(word)?;
            if targets
                .iter()
                .any(|target| matches!(target, Target::Executor { .. }))
            {
                let message = "an executor cannot be stopped by the operator";
                context.problems.push(word.problem(message).allowed(
                    "masters, workers, applications and drivers; see [[application.kill]]",
                ));
                return None;
            }
            targets.into_iter().map(Operation::Stop).collect()
        }
        "decommission" => each(
            names(Kind::Worker)?,
            match via {
                None | Some(Via::Signal) => Operation::DecommissionSignal,
                Some(Via::Master) => Operation::DecommissionHost,
            },
        ),
        "kill_driver" => each(names(Kind::Driver)?, Operation::KillDriver),
        "driver_status" => each(names(Kind::Driver)?, Operation::DriverStatus),
        "kill_application" => each(names(Kind::Application)?, Operation::KillApplication),
        "kill_all_drivers" => vec![word.only_true().map(|()| Operation::KillAllDrivers)?],
        _ => vec![word.only_true().map(|()| Operation::ClearCompleted)?],
    };
    let at = at?;
    Some(
        operations
            .into_iter()
            .map(|operation| OperationPlan { at, operation })
            .collect(),
    )
}
