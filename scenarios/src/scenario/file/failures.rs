//! `[[failures]]`: machines that fail and are repaired, at random or from a trace.

use super::{Context, distribution, fault, nemesis};
use crate::failures::{Outage, faults};
use crate::jobs::seconds;
use crate::scenario::keys::FAILURES;
use crate::scenario::plan::{Breakdown, Disk, FailureUnit, FailuresPlan, FaultPlan, Target};
use crate::scenario::table::Table;
use crate::scenario::value::Value;
use deploysim_protocol::time::Time;
use std::collections::{BTreeMap, BTreeSet};

const COLUMNS: [&str; 3] = ["machine", "from_s", "to_s"];

/// Reads all tables: what is drawn, and what traces say, which are ordinary faults.
pub(super) fn read(top: Table<'_>, context: &Context<'_>) -> (Vec<FailuresPlan>, Vec<FaultPlan>) {
    let tables = top.find("failures").map(|value| value.tables(&FAILURES));
    let (mut drawn, mut told) = (Vec::new(), Vec::new());
    let mut streams = BTreeSet::new();
    for table in tables.unwrap_or_default() {
        let breakdown = breakdown(table);
        if let Some(trace) = table.find("csv") {
            let keys = [
                "of", "up", "down", "rack", "unit", "together", "at", "until",
            ];
            table.refuse(&keys, "has no meaning for a trace");
            told.extend(read_trace(trace, breakdown, context).unwrap_or_default());
            continue;
        }
        let Some(own) = random(table, breakdown, context) else {
            continue;
        };
        // Two of one name would draw the same.
        if let Some(value) = table.find("of")
            && !streams.insert(own.of.clone())
        {
            let message = "there are failures of these already";
            (context.problems).push(value.problem(message).allowed("one table for each"));
        }
        drawn.push(own);
    }
    (drawn, told)
}

fn breakdown(table: Table<'_>) -> Breakdown {
    let how = table.find("how").and_then(|value| {
        value.word(&[
            ("power_loss", Breakdown::PowerLoss),
            ("crash", Breakdown::Crash(Disk::Kept)),
        ])
    });
    let wipe = table.find("wipe").and_then(|value| value.flag());
    match how {
        Some(Breakdown::Crash(_)) => Breakdown::Crash(Disk::of(wipe == Some(true))),
        Some(Breakdown::PowerLoss) | None => {
            table.refuse(&["wipe"], "needs `how = \"crash\"`");
            Breakdown::PowerLoss
        }
    }
}

fn random(table: Table<'_>, breakdown: Breakdown, context: &Context<'_>) -> Option<FailuresPlan> {
    let of = table.require("of");
    let machines = of.and_then(|value| {
        let targets = fault::machines(value, context)?;
        // Nobody knows beforehand who leads.
        context.names.without_leader(value, &targets)?;
        Some(targets)
    });
    let length = |key| {
        let value = table.require(key)?;
        distribution::length(value, context)
    };
    let (up, down) = (length("up"), length("down"));
    let rack_value = table.find("rack");
    let rack = rack_value.and_then(|value| value.integer(1, i64::from(i32::MAX)));
    let unit = unit(table);
    let (from, until) = context.window(table, "failures");
    Some(FailuresPlan {
        of: nemesis::words(of?),
        machines: machines?,
        breakdown,
        up: up?,
        down: down?,
        rack,
        unit: unit?,
        from: from?,
        until,
    })
}

fn unit(table: Table<'_>) -> Option<FailureUnit> {
    let together = table.find("together");
    let unit = table.find("unit").map_or(Some(false), |value| {
        value.word(&[("machine", false), ("rack", true)])
    })?;
    if table.find("rack").is_none() {
        table.refuse(&["unit", "together"], "needs `rack`");
    }
    if unit {
        table.refuse(
            &["together"],
            "has no meaning for racks that fail as a whole",
        );
        return Some(FailureUnit::Rack);
    }
    let together = together.map_or(Some(0.0), |value| {
        value.number("a number from 0 to 1", |share| (0.0..=1.0).contains(&share))
    });
    Some(FailureUnit::Machine {
        together: together?,
    })
}

/// The failures of a CSV file with a line for each.
fn read_trace(
    value: Value<'_>,
    breakdown: Breakdown,
    context: &Context<'_>,
) -> Option<Vec<FaultPlan>> {
    let name = value.text()?;
    let refuse = |reason: String| {
        let problem = value.problem(format!("`{name}` cannot be read: {reason}"));
        let allowed = format!("a CSV file with the columns {}", COLUMNS.join(", "));
        context.problems.push(problem.allowed(allowed));
    };
    let text = match std::fs::read_to_string(context.folder.join(name)) {
        Ok(text) => text,
        Err(error) => {
            refuse(error.to_string());
            return None;
        }
    };
    match outages(&text, context) {
        Ok(outages) => Some(faults(
            breakdown,
            outages.iter().map(|(machine, own)| (machine, own.clone())),
        )),
        Err(reason) => {
            refuse(reason);
            None
        }
    }
}

/// When each machine is down.
fn outages(text: &str, context: &Context<'_>) -> Result<BTreeMap<Target, Vec<Outage>>, String> {
    let mut reader = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let heading = reader.headers().map_err(|error| error.to_string())?;
    if heading.iter().ne(COLUMNS) {
        let found: Vec<&str> = heading.iter().collect();
        return Err(format!("line 1: the columns are {}", found.join(", ")));
    }
    let mut outages: BTreeMap<Target, Vec<Outage>> = BTreeMap::new();
    for record in reader.records() {
        let record = record.map_err(|error| error.to_string())?;
        let line = record.position().map_or(0, csv::Position::line);
        let at = |column: usize| match seconds(&record[column]) {
            Ok(time) => Ok(Time::ZERO + time),
            Err(why) => Err(format!("line {line}: `{}` {why}", COLUMNS[column])),
        };
        let (from, to) = (at(1)?, at(2)?);
        if to <= from {
            return Err(format!("line {line}: `to_s` is not after `from_s`"));
        }
        let machine = context.names.machine(&record[0]);
        let machine =
            machine.ok_or_else(|| format!("line {line}: there is no machine `{}`", &record[0]))?;
        if context.until.is_some_and(|until| from > until) {
            continue;
        }
        outages.entry(machine).or_default().push((from, to));
    }
    Ok(outages)
}
