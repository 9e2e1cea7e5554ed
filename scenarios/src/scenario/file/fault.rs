//! `[[fault]]`: what goes wrong, when it begins and ends.

use super::{Context, distribution, trigger};
use crate::scenario::keys::{FAULT, FAULT_WORDS, LATER_WORDS, TRIGGER};
use crate::scenario::known::MESSAGE_KINDS;
use crate::scenario::plan::{
    Direction, Disk, DiskTrouble, FaultEnd, FaultPlan, FaultStart, FaultWord, MessageAction,
    Repeat, Target, Targets, Told,
};
use crate::scenario::table::Table;
use crate::scenario::value::Value;
use deploysim_protocol::conf::show_duration;
use deploysim_protocol::time::Time;

/// Real Spark's overdue check mostly runs before the messages that queued up in a pause.
const TIMERS_FIRST: f64 = 0.9;
pub(super) const INTEGER_MAX: i64 = i32::MAX as i64;

/// Keys that only some words use, and which.
const USES: [(&str, &[&str]); 18] = [
    ("direction", &["partition", "delay"]),
    ("between", &["delay"]),
    ("from", &["delay", "message"]),
    ("to", &["delay", "message"]),
    ("told", &["reset"]),
    ("nth", &["message"]),
    ("count", &["message"]),
    ("action", &["message"]),
    ("by", &["message"]),
    ("wipe", &["crash"]),
    ("slow", &["disk"]),
    ("full", &["disk"]),
    ("failing", &["disk"]),
    ("torn", &["disk"]),
    ("timers_first", &["pause"]),
    ("code", &["exit"]),
    ("until", LASTING),
    ("for", LASTING),
];

/// Words of faults that last.
const LASTING: &[&str] = &[
    "partition",
    "delay",
    "message",
    "crash",
    "power_loss",
    "disk",
    "pause",
];

/// Reads all entries.
pub(super) fn read(top: Table<'_>, context: &Context<'_>) -> Vec<FaultPlan> {
    let tables = top
        .find("fault")
        .map(|value| value.tables(&FAULT))
        .unwrap_or_default();
    tables
        .into_iter()
        .filter_map(|table| fault(table, context))
        .collect()
}

fn fault(table: Table<'_>, context: &Context<'_>) -> Option<FaultPlan> {
    for value in LATER_WORDS.iter().filter_map(|word| table.find(word)) {
        let message = format!("fault `{}` is not playable yet", value.key);
        context
            .problems
            .push(value.problem(message).allowed(FAULT_WORDS.join(", ")));
    }
    if LATER_WORDS.iter().any(|word| table.find(word).is_some()) {
        return None;
    }
    let word = table.exactly_one(FAULT_WORDS);
    if let Some(word) = word {
        for (key, words) in USES {
            // A repeated instant may say until when it repeats.
            let repeats = key == "until" && table.find("every").is_some();
            if !words.contains(&word.key) && !repeats {
                table.refuse(&[key], &format!("has no meaning for `{}`", word.key));
            }
        }
    }
    let start = start(table, word, context);
    let (end, repeat) = end(table, start.as_ref(), word, context);
    let word = match word?.key {
        "partition" => partition(table, word?, context),
        "delay" => delay(table, word?, context),
        "reset" => reset(table, word?, context),
        "message" => message(table, word?, context),
        "crash" => crash(table, word?, context),
        "power_loss" => power_loss(word?, context),
        "disk" => disk(table, word?, context),
        "pause" => pause(table, word?, context),
        _ => exit(table, word?, context),
    };
    let (start, word) = (start?, word?);
    trigger::check(table, &start, &word);
    Some(FaultPlan {
        start,
        end,
        repeat,
        word,
    })
}

fn start(table: Table<'_>, word: Option<Value<'_>>, context: &Context<'_>) -> Option<FaultStart> {
    let is_message = word.is_some_and(|word| word.key == "message");
    if is_message && table.find("at").is_none() && table.find("on").is_none() {
        return Some(FaultStart::At(Time::ZERO));
    }
    if table.find("at").is_none() && table.find("on").is_none() {
        table.missing("[[fault]] needs `at` or `on`");
        return None;
    }
    let value = table.exactly_one(&["at", "on"])?;
    if value.key == "on" {
        return trigger::read(value.table(&TRIGGER)?, context).map(FaultStart::On);
    }
    let at = value.time();
    context.before_end(Some(value), at);
    at.map(FaultStart::At)
}

fn end(
    table: Table<'_>,
    start: Option<&FaultStart>,
    word: Option<Value<'_>>,
    context: &Context<'_>,
) -> (FaultEnd, Option<Repeat>) {
    let every_value = table.find("every");
    let every = every_value.and_then(|value| value.positive_duration());
    let until_value = table.find("until");
    let until = until_value.and_then(|value| value.time());
    let lasting_value = table.find("for");
    let lasting = lasting_value.and_then(|value| value.positive_duration());
    if let (Some(value), Some(until), Some(FaultStart::At(at))) = (until_value, until, start)
        && until <= *at
    {
        let begin = show_duration(at.since_start());
        let message = format!("the fault ends before it begins, `at = \"{begin}\"`");
        let allowed = format!("a time after {begin}");
        context
            .problems
            .push(value.problem(message).allowed(allowed).about_file());
    }
    let instant = word.is_some_and(|word| ["reset", "exit"].contains(&word.key));
    let once = |end| (end, None);
    if every_value.is_none() {
        if until_value.is_some() {
            table.at_most_one(&["until", "for"]);
        }
        return match (until, lasting) {
            _ if instant => once(FaultEnd::AtOnce),
            (Some(until), _) => once(FaultEnd::At(until)),
            (None, Some(lasting)) => once(FaultEnd::After(lasting)),
            (None, None) => once(FaultEnd::Never),
        };
    }
    let repeat = every.map(|every| Repeat { every, until });
    if instant {
        return (FaultEnd::AtOnce, repeat);
    }
    if lasting_value.is_none() {
        table.missing("a [[fault]] that comes again needs `for`, how long it lasts each time");
    }
    if let (Some(value), Some(lasting), Some(every)) = (lasting_value, lasting, every)
        && lasting >= every
    {
        let message = "the fault comes again before it has ended: `for` is not below `every`";
        context.problems.push(value.problem(message));
    }
    (lasting.map_or(FaultEnd::Never, FaultEnd::After), repeat)
}

pub(super) fn direction(table: Table<'_>) -> Direction {
    let words = [("both", Direction::Both), ("to", Direction::To)];
    table
        .find("direction")
        .and_then(|value| value.word(&words))
        .unwrap_or(Direction::Both)
}

fn partition(table: Table<'_>, word: Value<'_>, context: &Context<'_>) -> Option<FaultWord> {
    let direction = direction(table);
    let (first, second) = context.names.pair(word)?;
    Some(FaultWord::Partition {
        first,
        second,
        direction,
    })
}

fn delay(table: Table<'_>, word: Value<'_>, context: &Context<'_>) -> Option<FaultWord> {
    let amount = distribution::latency(word, context);
    if table.find("between").is_some() {
        table.refuse(
            &["from", "to"],
            "and `between` exclude each other in [[fault]]",
        );
        let direction = direction(table);
        let (first, second) = context.names.pair(table.find("between")?)?;
        return Some(FaultWord::Delay {
            first,
            second,
            direction,
            amount: amount?,
        });
    }
    if table.find("from").is_none() && table.find("to").is_none() {
        table.missing("`delay` needs `between`, or `from` and `to`");
        return None;
    }
    table.refuse(&["direction"], "goes with `between`");
    let first = table
        .require("from")
        .and_then(|value| context.names.targets(value));
    let second = table
        .require("to")
        .and_then(|value| context.names.targets(value));
    Some(FaultWord::Delay {
        first: first?,
        second: second?,
        direction: Direction::To,
        amount: amount?,
    })
}

fn reset(table: Table<'_>, word: Value<'_>, context: &Context<'_>) -> Option<FaultWord> {
    let pair = context.names.pair(word);
    let told = match table.find("told") {
        None => Some(Told::Both),
        Some(value) => match value.text()? {
            "both" => Some(Told::Both),
            "none" => Some(Told::None),
            _ => context.names.single_target(value).and_then(|side| {
                let (first, second) = pair.as_ref()?;
                if first.contains(&side) || second.contains(&side) {
                    return Some(Told::One(side));
                }
                let sides: Vec<String> = first
                    .iter()
                    .chain(second)
                    .map(ToString::to_string)
                    .collect();
                let message = format!("`{side}` is no side of this reset");
                let allowed = format!("both, none, {}", sides.join(", "));
                context
                    .problems
                    .push(value.problem(message).allowed(allowed).about_file());
                None
            }),
        },
    };
    let (first, second) = pair?;
    Some(FaultWord::Reset {
        first,
        second,
        told: told?,
    })
}

/// A kind of message, as in Spark.
pub(super) fn message_kind(value: Value<'_>) -> Option<&'static str> {
    let words: Vec<(&str, &'static str)> =
        MESSAGE_KINDS.iter().map(|kind| (*kind, *kind)).collect();
    value.word(&words)
}

/// Targets under `key`; none if it is absent.
pub(super) fn any_or(
    table: Table<'_>,
    key: &'static str,
    context: &Context<'_>,
) -> Option<Targets> {
    table
        .find(key)
        .map_or(Some(Vec::new()), |value| context.names.targets(value))
}

/// The four things that can be done to a message, without the time of the third.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Action {
    Drop,
    Delay,
    Duplicate,
    Reorder,
}

fn message(table: Table<'_>, word: Value<'_>, context: &Context<'_>) -> Option<FaultWord> {
    let kind = message_kind(word);
    let (from, to) = (any_or(table, "from", context), any_or(table, "to", context));
    let number = |key| {
        table
            .find(key)
            .map_or(Some(1), |value| value.integer(1, INTEGER_MAX))
    };
    let (nth, count) = (number("nth"), number("count"));
    let action = table.require("action").and_then(|value| {
        value.word(&[
            ("drop", Action::Drop),
            ("delay", Action::Delay),
            ("duplicate", Action::Duplicate),
            ("reorder", Action::Reorder),
        ])
    });
    let by = table.find("by").map(|value| value.positive_duration());
    if action.is_some_and(|action| action != Action::Delay) {
        table.refuse(&["by"], "goes with `action = \"delay\"`");
    }
    let action = match action? {
        Action::Drop => MessageAction::Drop,
        Action::Duplicate => MessageAction::Duplicate,
        Action::Reorder => MessageAction::Reorder,
        Action::Delay => {
            if by.is_none() {
                table.missing("`action = \"delay\"` needs `by`, how long");
            }
            MessageAction::Delay(by??)
        }
    };
    Some(FaultWord::Message {
        kind: kind?,
        from: from?,
        to: to?,
        nth: nth?,
        count: count?,
        action,
    })
}

pub(super) fn crash(table: Table<'_>, word: Value<'_>, context: &Context<'_>) -> Option<FaultWord> {
    let wipe = table.find("wipe").and_then(|value| value.flag());
    Some(FaultWord::Crash {
        targets: context.names.targets(word)?,
        disk: Disk::of(wipe == Some(true)),
    })
}

/// A process has no power supply of its own: only those after which machines are named can lose
/// it.
pub(super) fn power_loss(word: Value<'_>, context: &Context<'_>) -> Option<FaultWord> {
    machines(word, context).map(|targets| FaultWord::PowerLoss { targets })
}

/// Targets that are machines.
pub(super) fn machines(word: Value<'_>, context: &Context<'_>) -> Option<Targets> {
    let targets = context.names.targets(word)?;
    let is_on_a_machine = |target: &Target| match target {
        Target::Election
        | Target::Leader
        | Target::Master(_)
        | Target::Worker(_)
        | Target::Application(_) => true,
        Target::Driver { .. } | Target::Executor { .. } => false,
    };
    if !targets.iter().all(is_on_a_machine) {
        let problem = word.problem("only machines lose their power");
        let allowed = "masters, workers and applications";
        (context.problems).push(problem.allowed(allowed).about_file());
        return None;
    }
    Some(targets)
}

pub(super) fn disk(table: Table<'_>, word: Value<'_>, context: &Context<'_>) -> Option<FaultWord> {
    let trouble = table.exactly_one(&["slow", "full", "failing", "torn"]);
    let trouble = trouble.and_then(|value| match value.key {
        "slow" => value.positive_duration().map(DiskTrouble::Slow),
        key => value.only_true().map(|()| match key {
            "full" => DiskTrouble::Full,
            "failing" => DiskTrouble::Failing,
            _ => DiskTrouble::Torn,
        }),
    });
    let targets = context.names.targets(word)?;
    if !(targets.iter()).all(|target| matches!(target, Target::Master(_))) {
        let problem = word.problem("only the disk of a master matters");
        (context.problems).push(problem.allowed("masters").about_file());
        return None;
    }
    Some(FaultWord::Disk {
        targets,
        trouble: trouble?,
    })
}

pub(super) fn pause(table: Table<'_>, word: Value<'_>, context: &Context<'_>) -> Option<FaultWord> {
    let timers_first = table
        .find("timers_first")
        .map_or(Some(TIMERS_FIRST), |value| {
            value.number("a probability from 0 to 1", |share| {
                (0.0..=1.0).contains(&share)
            })
        });
    let targets = context.names.targets(word);
    Some(FaultWord::Pause {
        targets: targets?,
        timers_first: timers_first?,
    })
}

fn exit(table: Table<'_>, word: Value<'_>, context: &Context<'_>) -> Option<FaultWord> {
    let code = table.find("code").map_or(Some(1), |value| {
        value.integer(i64::from(i32::MIN), INTEGER_MAX)
    });
    let targets = context.names.targets(word)?;
    if targets.iter().any(|target| !may_exit(target)) {
        let message = "a master, worker or election service cannot `exit` by itself";
        let problem = word
            .problem(message)
            .allowed("driver:…, executor:… and applications");
        let mut problem = problem.about_file();
        problem.suggestion = Some("crash".to_owned());
        context.problems.push(problem);
        return None;
    }
    Some(FaultWord::Exit {
        targets,
        code: code?,
    })
}

const fn may_exit(target: &Target) -> bool {
    match target {
        Target::Application(_) | Target::Driver { .. } | Target::Executor { .. } => true,
        Target::Election | Target::Leader | Target::Master(_) | Target::Worker(_) => false,
    }
}
