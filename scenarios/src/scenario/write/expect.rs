//! Expectations as tables of a scenario file.

use super::fault::write_ends;
use super::text::{Lines, memory, names, quoted, time};
use crate::scenario::plan::{Claim, ExpectationPlan, Frequency, Quantity, Window};
use deploysim_protocol::time::Time;

pub(super) fn write(lines: &mut Lines, expectations: &[ExpectationPlan]) {
    for expectation in expectations {
        lines.header("[[expect]]");
        write_window(lines, expectation.window);
        match expectation.frequency {
            Frequency::Always => {}
            Frequency::Sometimes => lines.key("sometimes", "true".to_owned()),
        }
        write_nodes(lines, &expectation.claim);
        write_work(lines, &expectation.claim);
        write_traffic(lines, &expectation.claim);
    }
}

fn write_window(lines: &mut Lines, window: Window) {
    let (after, by) = match window {
        Window::At(at) => return lines.key("at", time(at)),
        Window::By { after, by } => (after, Some(by)),
        Window::Always { after, by } => {
            lines.key("always", "true".to_owned());
            (after, by)
        }
        Window::Never { after, by } => {
            lines.key("never", "true".to_owned());
            (after, by)
        }
    };
    if after > Time::ZERO {
        lines.key("after", time(after));
    }
    if let Some(by) = by {
        lines.key("by", time(by));
    }
}

fn put(lines: &mut Lines, key: &str, value: Option<String>) {
    if let Some(value) = value {
        lines.key(key, value);
    }
}

fn put_count(lines: &mut Lines, key: &str, quantity: Option<Quantity>) {
    let text = quantity.map(|Quantity { at_least, at_most }| match at_most {
        Some(most) if most == at_least => most.to_string(),
        Some(most) => format!("{{ at_least = {at_least}, at_most = {most} }}"),
        None => format!("{{ at_least = {at_least} }}"),
    });
    put(lines, key, text);
}

/// Claims about masters and workers.
fn write_nodes(lines: &mut Lines, claim: &Claim) {
    let flag = |flag: &Option<bool>| flag.map(|flag| flag.to_string());
    match claim {
        Claim::Master {
            names: which,
            count,
            state,
        } => {
            lines.key("master", names(which));
            put_count(lines, "count", *count);
            put(lines, "state", state.map(|state| quoted(state.name())));
        }
        Claim::Worker {
            names: which,
            count,
            state,
            listed,
            cores_used,
            memory_used_mib,
            executors,
            drivers,
        } => {
            lines.key("worker", names(which));
            put_count(lines, "count", *count);
            put(lines, "state", state.map(|state| quoted(state.name())));
            put(lines, "listed", flag(listed));
            put_count(lines, "cores_used", *cores_used);
            let used = memory_used_mib.and_then(|used| u32::try_from(used.at_least).ok());
            put(lines, "memory_used", used.map(memory));
            put_count(lines, "executors", *executors);
            put_count(lines, "drivers", *drivers);
        }
        Claim::Driver { .. }
        | Claim::Application { .. }
        | Claim::Executor { .. }
        | Claim::Message { .. }
        | Claim::Process { .. } => {}
    }
}

/// Claims about what masters schedule.
fn write_work(lines: &mut Lines, claim: &Claim) {
    match claim {
        Claim::Driver {
            names: which,
            count,
            state,
            worker,
            ids,
            copies,
        } => {
            lines.key("driver", names(which));
            put_count(lines, "count", *count);
            put(lines, "state", state.map(|state| quoted(state.name())));
            put(lines, "on_worker", worker.as_deref().map(quoted));
            put_count(lines, "ids", *ids);
            put_count(lines, "copies", *copies);
        }
        Claim::Application {
            names: which,
            count,
            state,
            cores,
            executors,
            ids,
        } => {
            lines.key("application", names(which));
            put_count(lines, "count", *count);
            put(lines, "state", state.map(|state| quoted(state.name())));
            put_count(lines, "cores", *cores);
            put_count(lines, "executors", *executors);
            put_count(lines, "ids", *ids);
        }
        Claim::Executor {
            application,
            number,
            count,
            state,
            worker,
            cores,
        } => {
            let number = number.map_or_else(|| "*".to_owned(), |number| number.to_string());
            lines.key("executor", quoted(&format!("{application}/{number}")));
            put_count(lines, "count", *count);
            put(lines, "state", state.map(|state| quoted(state.name())));
            put(lines, "on_worker", worker.as_deref().map(quoted));
            put_count(lines, "cores", *cores);
        }
        Claim::Master { .. }
        | Claim::Worker { .. }
        | Claim::Message { .. }
        | Claim::Process { .. } => {}
    }
}

/// Claims about messages and processes.
fn write_traffic(lines: &mut Lines, claim: &Claim) {
    let flag = |flag: &Option<bool>| flag.map(|flag| flag.to_string());
    match claim {
        Claim::Message {
            kind,
            from,
            to,
            count,
        } => {
            lines.key("message", quoted(kind));
            write_ends(lines, from, to);
            put_count(lines, "count", Some(*count));
        }
        Claim::Process {
            targets,
            count,
            running,
            exit,
        } => {
            lines.key("process", names(targets));
            put_count(lines, "count", *count);
            put(lines, "running", flag(running));
            put(lines, "exit", exit.map(|code| code.to_string()));
        }
        Claim::Master { .. }
        | Claim::Worker { .. }
        | Claim::Driver { .. }
        | Claim::Application { .. }
        | Claim::Executor { .. } => {}
    }
}
