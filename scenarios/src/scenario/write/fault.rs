//! Faults as tables of a scenario file.

use super::text::{Lines, duration, integer, latency, names, pair, quoted, time};
use crate::scenario::plan::{
    Direction, Disk, DiskTrouble, FaultEnd, FaultPlan, FaultStart, FaultWord, MessageAction,
    Repeat, Target, Told, Trigger, TriggerEvent,
};
use std::time::Duration;

pub(super) fn write(lines: &mut Lines, faults: &[FaultPlan]) {
    for fault in faults {
        lines.header("[[fault]]");
        match &fault.start {
            FaultStart::At(at) => lines.key("at", time(*at)),
            FaultStart::On(trigger) => lines.key("on", inline(trigger)),
        }
        match fault.end {
            FaultEnd::Never | FaultEnd::AtOnce => {}
            FaultEnd::At(until) => lines.key("until", time(until)),
            FaultEnd::After(lasting) => lines.key("for", duration(lasting)),
        }
        if let Some(Repeat { every, until }) = fault.repeat {
            lines.key("every", duration(every));
            if let Some(until) = until {
                lines.key("until", time(until));
            }
        }
        write_word(lines, &fault.word);
    }
}

fn inline(trigger: &Trigger) -> String {
    let mut keys = Vec::new();
    let mut put = |key: &str, value: String| keys.push(format!("{key} = {value}"));
    match &trigger.event {
        TriggerEvent::Master { name, state } => {
            put("master", quoted(name));
            put("state", quoted(state.name()));
        }
        TriggerEvent::Worker { name, state } => {
            put("worker", quoted(name));
            put("state", quoted(state.name()));
        }
        TriggerEvent::Application { name, state } => {
            put("application", quoted(name));
            put("state", quoted(state.name()));
        }
        TriggerEvent::Driver { name, state } => {
            put("driver", quoted(name));
            put("state", quoted(state.name()));
        }
        TriggerEvent::Executor {
            application,
            number,
            state,
        } => {
            let number = number.map_or_else(|| "*".to_owned(), |number| number.to_string());
            put("executor", quoted(&format!("{application}/{number}")));
            put("state", quoted(state.name()));
        }
        TriggerEvent::StoreCall { name } => {
            put("master", quoted(name));
            put("store_call", integer(trigger.nth));
        }
        TriggerEvent::Message { kind, from, to } => {
            put("message", quoted(kind));
            for (key, targets) in [("from", from), ("to", to)] {
                if !targets.is_empty() {
                    put(key, names(targets));
                }
            }
        }
    }
    let is_counted = matches!(trigger.event, TriggerEvent::StoreCall { .. });
    if trigger.nth != 1 && !is_counted {
        put("nth", integer(trigger.nth));
    }
    if trigger.after != Duration::ZERO {
        put("after", duration(trigger.after));
    }
    format!("{{ {} }}", keys.join(", "))
}

pub(super) fn write_direction(lines: &mut Lines, direction: Direction) {
    match direction {
        Direction::Both => {}
        Direction::To => lines.key("direction", quoted("to")),
    }
}

fn write_word(lines: &mut Lines, word: &FaultWord) {
    match word {
        FaultWord::Partition {
            first,
            second,
            direction,
        } => {
            lines.key("partition", pair(first, second));
            write_direction(lines, *direction);
        }
        FaultWord::Delay {
            first,
            second,
            direction,
            amount,
        } => {
            lines.key("delay", latency(amount));
            lines.key("between", pair(first, second));
            write_direction(lines, *direction);
        }
        FaultWord::Reset {
            first,
            second,
            told,
        } => {
            lines.key("reset", pair(first, second));
            write_told(lines, told);
        }
        FaultWord::Message {
            kind,
            from,
            to,
            nth,
            count,
            action,
        } => {
            lines.key("message", quoted(kind));
            write_ends(lines, from, to);
            lines.key("nth", integer(*nth));
            lines.key("count", integer(*count));
            write_action(lines, *action);
        }
        FaultWord::Crash { targets, disk } => {
            lines.key("crash", names(targets));
            lines.key("wipe", (*disk == Disk::Wiped).to_string());
        }
        FaultWord::PowerLoss { targets } => lines.key("power_loss", names(targets)),
        FaultWord::Disk { targets, trouble } => {
            lines.key("disk", names(targets));
            write_trouble(lines, *trouble);
        }
        FaultWord::Pause {
            targets,
            timers_first,
        } => {
            lines.key("pause", names(targets));
            lines.key("timers_first", format!("{timers_first:?}"));
        }
        FaultWord::Exit { targets, code } => {
            lines.key("exit", names(targets));
            lines.key("code", code.to_string());
        }
    }
}

fn write_told(lines: &mut Lines, told: &Told) {
    let told = match told {
        Told::Both => quoted("both"),
        Told::None => quoted("none"),
        Told::One(target) => quoted(&target.to_string()),
    };
    lines.key("told", told);
}

pub(super) fn write_trouble(lines: &mut Lines, trouble: DiskTrouble) {
    let how = match trouble {
        DiskTrouble::Slow(longer) => duration(longer),
        DiskTrouble::Full | DiskTrouble::Failing | DiskTrouble::Torn => "true".to_owned(),
    };
    lines.key(trouble.word(), how);
}

fn write_action(lines: &mut Lines, action: MessageAction) {
    let (action, by) = match action {
        MessageAction::Drop => ("drop", None),
        MessageAction::Delay(by) => ("delay", Some(by)),
        MessageAction::Duplicate => ("duplicate", None),
        MessageAction::Reorder => ("reorder", None),
    };
    lines.key("action", quoted(action));
    if let Some(by) = by {
        lines.key("by", duration(by));
    }
}

/// Senders and receivers; none means any.
pub(super) fn write_ends(lines: &mut Lines, from: &[Target], to: &[Target]) {
    for (key, targets) in [("from", from), ("to", to)] {
        if !targets.is_empty() {
            lines.key(key, names(targets));
        }
    }
}
