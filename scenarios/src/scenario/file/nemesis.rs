//! `[nemesis]`: faults that come at random, one table per kind, or several.

use super::{Context, distribution, fault};
use crate::scenario::keys::{NEMESIS, RANDOM_FAULTS};
use crate::scenario::plan::{FaultWord, LatencyPlan, RandomFault, Target, Targets};
use crate::scenario::table::Table;
use crate::scenario::value::Value;
use std::collections::BTreeSet;

/// More random faults of one kind than this, on average, are surely not meant.
const FAULTS_MAX: u128 = 100_000;

/// Who is hit, as the file says it, from whom, and the fault over all of them.
type Hit = (Vec<String>, Vec<String>, FaultWord);

/// Reads all kinds, in the order of the table of kinds.
pub(super) fn read(top: Table<'_>, context: &Context<'_>) -> Vec<RandomFault> {
    let Some(table) = top.find("nemesis").and_then(|value| value.table(&NEMESIS)) else {
        return Vec::new();
    };
    let mut streams = BTreeSet::new();
    let mut nemesis = Vec::new();
    for (kind, keys) in RANDOM_FAULTS {
        let Some(value) = table.find(kind) else {
            continue;
        };
        for element in value.one_or_list() {
            let table = element.table(keys);
            let Some(random) = table.and_then(|table| random(table, kind, context)) else {
                continue;
            };
            // Two of one name would draw the same.
            if !streams.insert(random.stream()) {
                let message = format!("there is a random `{kind}` of these already");
                (context.problems).push(element.problem(message).allowed("one table for each"));
            }
            nemesis.push(random);
        }
    }
    nemesis
}

fn random(table: Table<'_>, kind: &str, context: &Context<'_>) -> Option<RandomFault> {
    let hit = hit(table, kind, context);
    let every_value = table.require("every");
    let every = every_value.and_then(|value| value.positive_duration());
    let lasting = table
        .require("for")
        .and_then(|value| lasting(value, context));
    let (at, until) = context.window(table, "random faults");
    if let (Some(value), Some(every), Some(at), Some(last)) =
        (every_value, every, at, until.or(context.until))
        && last > at
        && last.since(at).as_nanos() / every.as_nanos() > FAULTS_MAX
    {
        let message = format!("`every` makes more than {FAULTS_MAX} random faults");
        (context.problems).push(value.problem(message).about_file());
    }
    let (of, against, word) = hit?;
    Some(RandomFault {
        of,
        against,
        word,
        every: every?,
        lasting: lasting?,
        from: at?,
        until,
    })
}

/// A time above zero, or a distribution.
fn lasting(value: Value<'_>, context: &Context<'_>) -> Option<LatencyPlan> {
    if value.is_table() {
        return distribution::latency(value, context);
    }
    value.positive_duration().map(LatencyPlan::constant)
}

fn hit(table: Table<'_>, kind: &str, context: &Context<'_>) -> Option<Hit> {
    if ["partition", "delay"].contains(&kind) {
        return between(table, kind, context);
    }
    let of = table.require("of")?;
    let word = match kind {
        "crash" => fault::crash(table, of, context),
        "power_loss" => fault::power_loss(of, context),
        "pause" => fault::pause(table, of, context),
        _ => fault::disk(table, of, context),
    };
    Some((words(of), Vec::new(), word?))
}

fn between(table: Table<'_>, kind: &str, context: &Context<'_>) -> Option<Hit> {
    let direction = fault::direction(table);
    let amount = match kind {
        "delay" => table
            .require("by")
            .and_then(|value| distribution::latency(value, context)),
        _ => None,
    };
    let groups = table.require("between")?;
    let (of, against, first, second) = groups_of(groups, context)?;
    let word = match kind {
        "delay" => FaultWord::Delay {
            first,
            second,
            direction,
            amount: amount?,
        },
        _ => FaultWord::Partition {
            first,
            second,
            direction,
        },
    };
    Some((of, against, word))
}

/// Two groups, which may have members in common: nobody is cut off from itself.
fn groups_of(
    value: Value<'_>,
    context: &Context<'_>,
) -> Option<(Vec<String>, Vec<String>, Targets, Targets)> {
    const ALLOWED: &str = "two groups: [\"workers\", \"masters\"]";
    let groups = value.list(ALLOWED)?;
    let [first, second] = groups.as_slice() else {
        value.wrong(ALLOWED);
        return None;
    };
    let (of, against) = (words(*first), words(*second));
    let (first, second) = (
        context.names.targets(*first),
        context.names.targets(*second),
    );
    let (first, second): (Targets, Targets) = (first?, second?);
    let alone: Option<&Target> = match second.as_slice() {
        [only] => Some(only).filter(|only| first.contains(only)),
        _ => None,
    };
    if let Some(alone) = alone {
        let message = format!("`{alone}` is in both groups, and alone in the second");
        (context.problems).push(value.problem(message).about_file());
        return None;
    }
    Some((of, against, first, second))
}

/// Names, globs and roles as they stand in the file.
pub(super) fn words(value: Value<'_>) -> Vec<String> {
    let words = value.one_or_list();
    let words = words.iter().filter_map(Value::as_text);
    words.map(str::to_owned).collect()
}
