//! What was found when an expectation was decided, in words.

use super::question::{Named, Question};
use super::wanted::{Wanted, master_state};
use super::who::Who;
use crate::ledger::Ledger;
use crate::trace::{End, text};
use deploysim_protocol::text::Text;
use deploysim_protocol::time::Time;

impl Question {
    /// A sentence without its full stop.
    pub(super) fn found(&self, ledger: &Ledger) -> String {
        match self {
            Self::Named(named) => named.found(ledger),
            Self::Executors(executors) => {
                if let Some(number) = executors.number {
                    return executor(executors.application, number, ledger);
                }
                let (fitting, all) = executors.fitting(ledger);
                let application = executors.application;
                format!("{fitting} of {all} executors of {application} fit")
            }
            Self::Processes(processes) => {
                let found = processes.whom.iter().map(|who| process(*who, ledger));
                found.collect::<Vec<_>>().join(", ")
            }
            Self::Messages(messages) => format!("{} × {}", messages.count, messages.kind),
        }
    }
}

impl Named {
    /// One thing is described; of several, how many fit and the first that does not.
    fn found(&self, ledger: &Ledger) -> String {
        if let [name] = *self.names {
            return self.wanted.found(name, ledger);
        }
        let (fitting, all) = (self.fitting, self.names.len());
        let stranger = self.fits.iter().position(|fits| !fits);
        match stranger {
            Some(place) => {
                let found = self.wanted.found(self.names[place], ledger);
                format!("{fitting} of {all} fit; {found}")
            }
            None => format!("all {all} fit"),
        }
    }
}

impl Wanted {
    fn found(&self, name: Text, ledger: &Ledger) -> String {
        match self {
            Self::Master(_) => match master_state(name, ledger) {
                Some(state) => format!("{name} is {state}"),
                None => format!("{name} does not run"),
            },
            Self::Worker(_) => worker(name, ledger),
            Self::Driver(_) => driver(name, ledger),
            Self::Application(_) => application(name, ledger),
        }
    }
}

const NO_LEADER: &str = "no master is ALIVE";

fn worker(name: Text, ledger: &Ledger) -> String {
    let Some(books) = ledger.leader_books() else {
        return NO_LEADER.to_owned();
    };
    let node = ledger.node_named(name);
    let Some((_, record)) = node.and_then(|node| books.worker_of(node)) else {
        return format!("{name} is not listed");
    };
    format!(
        "{name} is {}, uses {} cores, {} MiB, has {} executors, {} drivers",
        record.state,
        record.cores_used,
        record.memory_used_mib,
        record.executors.len(),
        record.drivers.len()
    )
}

fn driver(name: Text, ledger: &Ledger) -> String {
    let copies = ledger.driver_processes(name);
    let copies = copies.map_or(0, |family| family.living);
    let ids = ledger.driver_ids(name).len();
    let Some(books) = ledger.leader_books() else {
        return format!("{NO_LEADER}; driver {name} has {ids} ids, {copies} living copies");
    };
    let Some((_, record)) = books.driver_named(name) else {
        return format!("driver {name} is not in the books, has {ids} ids, {copies} living copies");
    };
    let worker = record.worker.and_then(|slot| books.worker(slot)?.node);
    let worker = worker.map_or_else(
        || "no worker".to_owned(),
        |node| ledger.name(node).to_string(),
    );
    format!(
        "driver {name} is {} on {worker}, has {ids} ids, {copies} living copies",
        record.state
    )
}

fn application(name: Text, ledger: &Ledger) -> String {
    let ids = ledger.application_ids(name).len();
    let Some(books) = ledger.leader_books() else {
        return format!("{NO_LEADER}; application {name} has {ids} ids");
    };
    let Some((_, record)) = books.application_named(name) else {
        return format!("application {name} is not in the books, has {ids} ids");
    };
    format!(
        "application {name} is {}, has {} cores, {} executors, {ids} ids",
        record.state, record.cores_granted, record.executors_booked
    )
}

fn executor(name: Text, number: u32, ledger: &Ledger) -> String {
    let Some(books) = ledger.leader_books() else {
        return NO_LEADER.to_owned();
    };
    let application = books.application_named(name);
    let record = application.and_then(|(_, record)| record.executors.get(&number));
    let Some(record) = record else {
        return format!("executor:{name}/{number} was never made");
    };
    let worker = record.worker_node.map_or_else(
        || "an unknown worker".to_owned(),
        |node| ledger.name(node).to_string(),
    );
    format!(
        "executor:{name}/{number} is {} on {worker} with {} cores",
        record.state, record.cores
    )
}

fn process(who: Who, ledger: &Ledger) -> String {
    if let Some(family) = who.family(ledger) {
        let running = match family.living {
            0 => "does not run".to_owned(),
            living => format!("runs {living} times"),
        };
        return format!("{who} {running}{}", ended(family.end));
    }
    match who.fate(ledger) {
        Some(fate) if fate.is_alive => format!("{who} runs{}", ended(fate.end)),
        Some(fate) => format!("{who} does not run{}", ended(fate.end)),
        None => format!("{who} never ran"),
    }
}

fn ended(end: Option<(Time, End)>) -> String {
    match end {
        Some((at, end)) => format!(" (ended at {at}: {})", text::ending(end)),
        None => String::new(),
    }
}
