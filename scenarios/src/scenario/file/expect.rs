//! `[[expect]]`: what must hold beyond the invariants, and when.

use super::fault::{any_or, message_kind};
use super::names::Kind;
use super::{Context, frequency};
use crate::scenario::keys::{EXPECT, QUANTITY, SUBJECTS};
use crate::scenario::plan::{Claim, ExpectationPlan, Quantity, Window};
use crate::scenario::table::Table;
use crate::scenario::value::Value;
use deploysim_protocol::conf::show_duration;
use deploysim_protocol::time::Time;

/// The fields that each subject takes.
const FIELDS: [(&str, &[&str]); 7] = [
    ("master", &["count", "state"]),
    (
        "worker",
        &[
            "count",
            "state",
            "listed",
            "cores_used",
            "memory_used",
            "executors",
            "drivers",
        ],
    ),
    ("driver", &["count", "state", "on_worker", "ids", "copies"]),
    (
        "application",
        &["count", "state", "cores", "executors", "ids"],
    ),
    ("executor", &["count", "state", "on_worker", "cores"]),
    ("message", &["count", "from", "to"]),
    ("process", &["count", "running", "exit"]),
];

/// Keys that say when, whatever the subject.
const WHEN: [&str; 6] = ["by", "at", "after", "always", "never", "sometimes"];

/// Reads all entries.
pub(super) fn read(top: Table<'_>, context: &Context<'_>) -> Vec<ExpectationPlan> {
    let tables = top
        .find("expect")
        .map(|value| value.tables(&EXPECT))
        .unwrap_or_default();
    tables
        .into_iter()
        .filter_map(|table| expectation(table, context))
        .collect()
}

fn expectation(table: Table<'_>, context: &Context<'_>) -> Option<ExpectationPlan> {
    let window = window(table, context);
    let sometimes = table.find("sometimes").and_then(|value| value.flag());
    let subject = table.exactly_one(SUBJECTS)?;
    let (_, fields) = FIELDS.iter().find(|(name, _)| *name == subject.key)?;
    let strangers: Vec<&'static str> = (EXPECT.keys.iter().map(|key| key.name))
        .filter(|key| !fields.contains(key) && !WHEN.contains(key) && !SUBJECTS.contains(key))
        .collect();
    table.refuse(
        &strangers,
        &format!(
            "cannot be expected of `{}`: allowed is {}",
            subject.key,
            fields.join(", ")
        ),
    );
    let says_something = |keys: &[&'static str]| keys.iter().any(|key| table.find(key).is_some());
    if !says_something(fields) && !says_something(&strangers) {
        table.missing(&format!(
            "[[expect]] says nothing about `{}`: it needs one of {}",
            subject.key,
            fields.join(", ")
        ));
    }
    let claim = claim(table, subject, context);
    Some(ExpectationPlan {
        window: window?,
        frequency: frequency(sometimes),
        claim: claim?,
    })
}

fn window(table: Table<'_>, context: &Context<'_>) -> Option<Window> {
    let time = |key| {
        let value = table.find(key);
        let time = value.and_then(|value: Value<'_>| value.time());
        context.before_end(value, time);
        (value, time)
    };
    let ((by_value, by), (at_value, at), (after_value, after)) =
        (time("by"), time("at"), time("after"));
    let always = table.find("always").map(|value| value.only_true());
    let never = table.find("never").map(|value| value.only_true());
    if let (Some(value), Some(by), Some(after)) = (by_value, by, after)
        && by < after
    {
        let begin = show_duration(after.since_start());
        let message = format!("`by` lies before `after = \"{begin}\"`");
        let allowed = format!("a time from {begin} on");
        context
            .problems
            .push(value.problem(message).allowed(allowed).about_file());
    }
    let after = if after_value.is_some() {
        after
    } else {
        Some(Time::ZERO)
    };
    if always.is_some() || never.is_some() {
        let value = table.exactly_one(&["always", "never"])?;
        table.refuse(&["at"], "and `always` or `never` exclude each other");
        value.only_true()?;
        let by = if by_value.is_some() { Some(by?) } else { None };
        return Some(if value.key == "always" {
            Window::Always { after: after?, by }
        } else {
            Window::Never { after: after?, by }
        });
    }
    if at_value.is_some() {
        table.refuse(&["by", "after"], "and `at` exclude each other");
        return at.map(Window::At);
    }
    if by_value.is_none() {
        table.missing("[[expect]] needs `by`, `at`, `always = true` or `never = true`");
    }
    Some(Window::By {
        after: after?,
        by: by?,
    })
}

fn quantity(table: Table<'_>, key: &'static str) -> Option<Quantity> {
    let value = table.find(key)?;
    const MOST: i64 = i32::MAX as i64;
    if !value.is_table() {
        return value.integer(0, MOST).map(Quantity::exactly);
    }
    let table = value.table(&QUANTITY)?;
    let bound = |key| table.find(key).map(|value| value.integer::<u64>(0, MOST));
    let (least, most) = (bound("at_least"), bound("at_most"));
    if least.is_none() && most.is_none() {
        table.missing("a count needs `at_least`, `at_most` or both");
        return None;
    }
    let (at_least, at_most) = (
        least.unwrap_or(Some(0))?,
        most.map_or(Some(None), |most| most.map(Some))?,
    );
    if at_most.is_some_and(|most| most < at_least) {
        value
            .problems
            .push(value.problem("`at_most` is below `at_least`"));
        return None;
    }
    Some(Quantity { at_least, at_most })
}

fn claim(table: Table<'_>, subject: Value<'_>, context: &Context<'_>) -> Option<Claim> {
    match subject.key {
        "master" | "worker" => about_nodes(table, subject, context),
        "driver" | "application" | "executor" => about_work(table, subject, context),
        _ => about_traffic(table, subject, context),
    }
}

/// Masters and workers.
fn about_nodes(table: Table<'_>, subject: Value<'_>, context: &Context<'_>) -> Option<Claim> {
    let state = table.find("state");
    let count = quantity(table, "count");
    let names = |kind| context.names.select(subject, kind);
    Some(match subject.key {
        "master" => {
            let state = state.map(|value| value.state());
            Claim::Master {
                names: names(Kind::Master)?,
                count,
                state: state.transpose_none()?,
            }
        }
        _ => {
            let state = state.map(|value| value.state());
            let memory = table
                .find("memory_used")
                .and_then(|value| value.used_memory_mib());
            Claim::Worker {
                names: names(Kind::Worker)?,
                count,
                state: state.transpose_none()?,
                listed: table.find("listed").and_then(|value| value.flag()),
                cores_used: quantity(table, "cores_used"),
                memory_used_mib: memory.map(|memory| Quantity::exactly(u64::from(memory))),
                executors: quantity(table, "executors"),
                drivers: quantity(table, "drivers"),
            }
        }
    })
}

/// What masters schedule.
fn about_work(table: Table<'_>, subject: Value<'_>, context: &Context<'_>) -> Option<Claim> {
    let state = table.find("state");
    let count = quantity(table, "count");
    let names = |kind| context.names.select(subject, kind);
    let on_worker = || {
        table
            .find("on_worker")
            .map(|value| context.names.single(value, Kind::Worker))
    };
    Some(match subject.key {
        "driver" => {
            let state = state.map(|value| value.state());
            Claim::Driver {
                names: names(Kind::Driver)?,
                count,
                state: state.transpose_none()?,
                worker: on_worker().transpose_none()?,
                ids: quantity(table, "ids"),
                copies: quantity(table, "copies"),
            }
        }
        "application" => {
            let state = state.map(|value| value.state());
            Claim::Application {
                names: names(Kind::Application)?,
                count,
                state: state.transpose_none()?,
                cores: quantity(table, "cores"),
                executors: quantity(table, "executors"),
                ids: quantity(table, "ids"),
            }
        }
        _ => {
            let (state, executor) = (
                state.map(|value| value.state()),
                context.names.executor(subject),
            );
            let worker = on_worker();
            let (application, number) = executor?;
            Claim::Executor {
                application,
                number,
                count,
                state: state.transpose_none()?,
                worker: worker.transpose_none()?,
                cores: quantity(table, "cores"),
            }
        }
    })
}

/// Messages and processes.
fn about_traffic(table: Table<'_>, subject: Value<'_>, context: &Context<'_>) -> Option<Claim> {
    let count = quantity(table, "count");
    Some(match subject.key {
        "message" => {
            let kind = message_kind(subject);
            let (from, to) = (any_or(table, "from", context), any_or(table, "to", context));
            if table.find("count").is_none() {
                table.missing("an expectation about messages needs `count`");
            }
            Claim::Message {
                kind: kind?,
                from: from?,
                to: to?,
                count: count?,
            }
        }
        _ => Claim::Process {
            targets: context.names.fixed_targets(subject)?,
            count,
            running: table.find("running").and_then(|value| value.flag()),
            exit: table
                .find("exit")
                .and_then(|value| value.integer(i64::from(i32::MIN), i64::from(i32::MAX))),
        },
    })
}

/// A key that is absent is fine; one whose value could not be read is not.
trait TransposeNone<T> {
    fn transpose_none(self) -> Option<Option<T>>;
}

impl<T> TransposeNone<T> for Option<Option<T>> {
    fn transpose_none(self) -> Self {
        match self {
            None => Some(None),
            Some(read) => read.map(Some),
        }
    }
}
