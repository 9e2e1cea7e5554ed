//! `on` of a `[[fault]]`: the event that sets it off.

use super::Context;
use super::fault::{INTEGER_MAX, any_or, message_kind};
use super::names::Kind;
use crate::scenario::keys::TRIGGER_SUBJECTS;
use crate::scenario::plan::{FaultStart, FaultWord, Target, Trigger, TriggerEvent};
use crate::scenario::table::Table;
use crate::scenario::value::Value;
use std::time::Duration;

/// Refuses a fault that a call of the store cannot set off: the call does not happen, so the
/// fault has to end the process that makes it.
pub(super) fn check(fault: Table<'_>, start: &FaultStart, word: &FaultWord) {
    let FaultStart::On(Trigger {
        event: TriggerEvent::StoreCall { name },
        ..
    }) = start
    else {
        return;
    };
    let ends_it = match word {
        FaultWord::Crash { targets, .. } | FaultWord::PowerLoss { targets } => {
            targets.contains(&Target::Master(name.clone()))
        }
        FaultWord::Partition { .. }
        | FaultWord::Delay { .. }
        | FaultWord::Reset { .. }
        | FaultWord::Message { .. }
        | FaultWord::Disk { .. }
        | FaultWord::Pause { .. }
        | FaultWord::Exit { .. } => false,
    };
    if !ends_it {
        let why = format!("with `store_call` only sets off `crash` or `power_loss` of {name}");
        fault.refuse(&["on"], &why);
    }
    fault.refuse(&["every"], "has no meaning with `store_call`");
}

/// Reads the event that sets off a fault.
pub(super) fn read(table: Table<'_>, context: &Context<'_>) -> Option<Trigger> {
    let nth = table
        .find("nth")
        .map_or(Some(1), |value| value.integer(1, INTEGER_MAX));
    let after = table
        .find("after")
        .map_or(Some(Duration::ZERO), |value| value.duration());
    let subject = table.exactly_one(TRIGGER_SUBJECTS)?;
    if subject.key != "master" {
        table.refuse(&["store_call"], "goes with `master`");
    }
    if let Some(call) = table.find("store_call")
        && subject.key == "master"
    {
        let what = "has no meaning for a call of the store";
        table.refuse(&["state", "nth", "after", "from", "to"], what);
        let name = context.names.single(subject, Kind::Master);
        let nth = call.integer(1, INTEGER_MAX);
        return Some(Trigger {
            event: TriggerEvent::StoreCall { name: name? },
            nth: nth?,
            after: Duration::ZERO,
        });
    }
    if subject.key == "message" {
        table.refuse(&["state"], "has no meaning for a message");
        let kind = message_kind(subject);
        let (from, to) = (any_or(table, "from", context), any_or(table, "to", context));
        let event = TriggerEvent::Message {
            kind: kind?,
            from: from?,
            to: to?,
        };
        return Some(Trigger {
            event,
            nth: nth?,
            after: after?,
        });
    }
    table.refuse(&["from", "to"], "goes with `message`");
    let event = state_event(table, subject, context);
    Some(Trigger {
        event: event?,
        nth: nth?,
        after: after?,
    })
}

/// Something that enters a state.
fn state_event(
    table: Table<'_>,
    subject: Value<'_>,
    context: &Context<'_>,
) -> Option<TriggerEvent> {
    let state = table.require("state");
    Some(match subject.key {
        "master" => {
            let name = context.names.single(subject, Kind::Master);
            TriggerEvent::Master {
                state: state?.state()?,
                name: name?,
            }
        }
        "worker" => {
            let name = context.names.single(subject, Kind::Worker);
            TriggerEvent::Worker {
                state: state?.state()?,
                name: name?,
            }
        }
        "application" => {
            let name = context.names.single(subject, Kind::Application);
            TriggerEvent::Application {
                state: state?.state()?,
                name: name?,
            }
        }
        "driver" => {
            let name = context.names.single(subject, Kind::Driver);
            TriggerEvent::Driver {
                state: state?.state()?,
                name: name?,
            }
        }
        _ => {
            let executor = context.names.executor(subject);
            let state = state?.state()?;
            let (application, number) = executor?;
            TriggerEvent::Executor {
                application,
                number,
                state,
            }
        }
    })
}
