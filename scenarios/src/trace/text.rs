//! One line per entry, for people: when, where, what. Slots of a master's books are shown by
//! the names that they stand for. What is worth a line of a timeline is in `notable.rs`.

use super::{Child, End, Entry, Fact, Fate, NodeId, Start, Tampering, Unit};
use crate::ledger::Ledger;
use deploysim_nodes::node::Signal;
use deploysim_protocol::address::Address;
use deploysim_protocol::event::{ApplicationSlot, DriverSlot, Event, Field, WorkerSlot};
use deploysim_protocol::message::{
    Ask, AskDriver, AskMaster, Message, ToDriver, ToMaster, ToWorker,
};
use deploysim_protocol::time::WallTime;
use std::fmt::Write;
use std::io;

/// Writes each entry as a line.
#[derive(Debug)]
pub struct TextWriter<W> {
    out: W,
}

impl<W: io::Write> TextWriter<W> {
    /// Writes to `out`.
    pub const fn new(out: W) -> Self {
        Self { out }
    }

    /// Writes one entry, which `ledger` has applied already.
    ///
    /// # Errors
    /// If writing fails.
    pub fn write(&mut self, entry: &Entry<'_>, ledger: &Ledger) -> io::Result<()> {
        writeln!(self.out, "{}", line(entry, ledger))
    }

    /// Gives back what was written to.
    pub fn into_inner(self) -> W {
        self.out
    }
}

/// An entry, which `ledger` has applied already, as a line without its end.
pub fn line(entry: &Entry<'_>, ledger: &Ledger) -> String {
    columns(
        &entry.at.to_string(),
        &place(entry, ledger),
        &what(entry, ledger),
    )
}

/// The three columns of a line.
pub(super) fn columns(time: &str, place: &str, what: &str) -> String {
    format!("{time:>14}  {place:<14}  {what}")
}

/// Where an entry happened: the node's name; `-` for what concerns the whole run.
pub fn place(entry: &Entry<'_>, ledger: &Ledger) -> String {
    match entry.fact {
        Fact::FaultBegan { .. } | Fact::FaultEnded { .. } | Fact::Settling | Fact::Finished => {
            "-".to_owned()
        }
        Fact::Started(_)
        | Fact::Ended { .. }
        | Fact::Paused
        | Fact::Resumed
        | Fact::ChildLaunched { .. }
        | Fact::ChildLost { .. }
        | Fact::ChildSignalled { .. }
        | Fact::Note(_)
        | Fact::Sent { .. }
        | Fact::Received { .. }
        | Fact::Tampered { .. }
        | Fact::ConnectionOpened { .. }
        | Fact::ConnectionEnded { .. }
        | Fact::DialFailed { .. } => name(entry.node, ledger),
    }
}

/// What happened.
pub fn what(entry: &Entry<'_>, ledger: &Ledger) -> String {
    match &entry.fact {
        Fact::Started(start) => started(start, ledger),
        Fact::Ended { end } => format!("ended: {}", ending(*end)),
        Fact::Paused => "paused".to_owned(),
        Fact::Resumed => "resumed".to_owned(),
        Fact::ChildLaunched { name, child } => format!("launches {name} ({})", of_child(*child)),
        Fact::ChildLost { name, .. } => format!("loses {name} before it had started up"),
        Fact::ChildSignalled { name, signal } => match signal {
            Signal::Polite => format!("tells {name} to end"),
            Signal::Forced => format!("ends {name} by force"),
        },
        Fact::Note(event) => note(entry.node, event, ledger),
        Fact::Sent { to, unit, fate } => {
            format!("-> {} {}{}", at(*to, ledger), said(unit), suffix(*fate))
        }
        Fact::Received { from, unit, .. } => {
            format!("<- {} {}", name(*from, ledger), said(unit))
        }
        Fact::Tampered {
            from,
            unit,
            tampering,
        } => {
            let word = tampered(*tampering);
            format!("{word} {} from {}", said(unit), name(*from, ledger))
        }
        Fact::ConnectionOpened { peer, .. } => format!("connected to {}", name(*peer, ledger)),
        Fact::ConnectionEnded {
            connection, cause, ..
        } => {
            let peer = ledger.peer(*connection);
            let peer = peer.map_or_else(|| "a peer".to_owned(), |peer| peer.to_string());
            format!("disconnected from {peer} ({})", cause.name())
        }
        Fact::DialFailed { to, cause } => {
            format!("cannot connect to {} ({})", at(*to, ledger), cause.name())
        }
        Fact::FaultBegan { fault } => fault_line(*fault, "begins", ledger),
        Fact::FaultEnded { fault } => fault_line(*fault, "ends", ledger),
        Fact::Settling => "the fault phase is over".to_owned(),
        Fact::Finished => "the run is over".to_owned(),
    }
}

/// Faults are numbered from 1 for people.
fn fault_line(row: u32, verb: &str, ledger: &Ledger) -> String {
    match ledger.fault(row) {
        "" => format!("fault {} {verb}", row + 1),
        what => format!("fault {} {verb}: {what}", row + 1),
    }
}

fn name(node: NodeId, ledger: &Ledger) -> String {
    match ledger.process(node) {
        Some(process) => process.name.to_string(),
        None => format!("node {}", node.0),
    }
}

fn at(address: Address, ledger: &Ledger) -> String {
    match ledger.node_at(address) {
        Some(node) => name(node, ledger),
        None => address.to_string(),
    }
}

fn started(start: &Start, ledger: &Ledger) -> String {
    let again = if start.restarts > 0 { " again" } else { "" };
    let mut text = format!("started{again}: {} at {}", start.role.name(), start.address);
    if let Some(parent) = start.parent {
        text += &format!(", by {}", name(parent, ledger));
    }
    text
}

/// How a process ended, in words.
pub fn ending(end: End) -> String {
    match end {
        End::Exited(code) => format!("exit {code}"),
        End::Signalled(code) => format!("signal, exit {code}"),
        End::Crashed => "crashed".to_owned(),
        End::PowerLost => "lost its power".to_owned(),
    }
}

pub(super) fn of_child(child: Child) -> String {
    match child {
        Child::Driver(driver) => driver.to_string(),
        Child::Executor(executor) => executor.to_string(),
    }
}

const fn suffix(fate: Fate) -> &'static str {
    match fate {
        Fate::Carried => "",
        Fate::WaitsForConnection => " (waits for its connection)",
        Fate::Local => " (to itself)",
        Fate::Lost => " (lost)",
    }
}

const fn tampered(tampering: Tampering) -> &'static str {
    match tampering {
        Tampering::Dropped => "loses",
        Tampering::Duplicated => "gets twice",
        Tampering::Delayed => "gets late",
        Tampering::Reordered => "gets out of order",
    }
}

/// A note: its kind, then its fields. The thing that it is about and its state stand alone,
/// everything else is `name=value`.
pub(super) fn note(node: NodeId, event: &Event, ledger: &Ledger) -> String {
    let mut text = event.kind().to_owned();
    let mut after_application = false;
    event.fields(&mut |key, field| {
        if let Field::Number(number) = field
            && key == "number"
            && after_application
        {
            write!(text, "/{number}").expect(STRING);
        } else {
            let value = value(node, field, ledger);
            match (key, field) {
                ("address", Field::Address(address)) => write!(text, " at {address}"),
                ("driver", Field::Address(_)) => write!(text, " from {value}"),
                ("worker", Field::Worker(_)) if text.contains(' ') => write!(text, " on {value}"),
                (
                    "worker" | "application" | "driver" | "executor" | "state" | "id" | "master"
                    | "old" | "order",
                    _,
                ) => write!(text, " {value}"),
                ("number", _) => write!(text, " #{value}"),
                ("new", _) => write!(text, " -> {value}"),
                ("reason", _) => write!(text, " ({value})"),
                _ => write!(text, " {key}={value}"),
            }
            .expect(STRING);
        }
        after_application = matches!(field, Field::Application(_));
    });
    text
}

const STRING: &str = "writing to a string does not fail";

fn value(node: NodeId, field: Field, ledger: &Ledger) -> String {
    match field {
        Field::Worker(slot) => worker(node, slot, ledger),
        Field::Application(slot) => application(node, slot, ledger),
        Field::Driver(slot) => driver(node, slot, ledger),
        Field::Text(text) => text.to_string(),
        Field::Executor(executor) => executor.to_string(),
        Field::Record(record) => record.to_string(),
        Field::Address(address) => at(address, ledger),
        Field::Number(number) => number.to_string(),
        Field::Word(word) => word.to_owned(),
        Field::Wall(wall) => since_epoch(wall),
        Field::Thrown(thrown) => thrown.to_string(),
    }
}

fn worker(master: NodeId, slot: WorkerSlot, ledger: &Ledger) -> String {
    let record = ledger.books(master).and_then(|books| books.worker(slot));
    match record {
        Some(record) => record
            .node
            .map_or_else(|| record.id.to_string(), |node| name(node, ledger)),
        None => format!("worker in slot {}", slot.0),
    }
}

fn application(master: NodeId, slot: ApplicationSlot, ledger: &Ledger) -> String {
    let record = ledger
        .books(master)
        .and_then(|books| books.application(slot));
    match record {
        Some(record) => record
            .name
            .map_or_else(|| record.id.to_string(), |name| name.to_string()),
        None => format!("application in slot {}", slot.0),
    }
}

/// A submitted driver's name alone does not tell its ids apart.
fn driver(master: NodeId, slot: DriverSlot, ledger: &Ledger) -> String {
    let record = ledger.books(master).and_then(|books| books.driver(slot));
    match record {
        Some(record) => match record.name {
            Some(name) => format!("{name}[{}]", record.id),
            None => record.id.to_string(),
        },
        None => format!("driver in slot {}", slot.0),
    }
}

/// An instant of a calendar clock, as seconds since the beginning of every run.
fn since_epoch(wall: WallTime) -> String {
    let millis = wall.as_millis() - WallTime::EPOCH.as_millis();
    let sign = if millis < 0 { "-" } else { "" };
    let millis = millis.unsigned_abs();
    format!("{sign}{}.{:03}s", millis / 1000, millis % 1000)
}

/// What was said: its kind, and whom or what it is about where that says more.
fn said(unit: &Unit<'_>) -> String {
    let about = match unit {
        Unit::Message(message) => about_message(message),
        Unit::Ask(ask) => about_ask(ask),
        Unit::Answer(Err(thrown)) => Some(thrown.to_string()),
        Unit::Answer(Ok(_)) | Unit::Resolve | Unit::Resolved => None,
    };
    match about {
        Some(about) => format!("{} {about}", unit.kind()),
        None => unit.kind().to_owned(),
    }
}

fn about_message(message: &Message) -> Option<String> {
    match message {
        Message::ToMaster(ToMaster::DriverStateChanged { driver, state, .. })
        | Message::ToWorker(ToWorker::DriverStateChanged { driver, state, .. }) => {
            Some(format!("{driver} {state}"))
        }
        Message::ToWorker(ToWorker::LaunchExecutor(launch)) => {
            Some(launch.order.executor.to_string())
        }
        Message::ToWorker(ToWorker::KillExecutor { executor, .. }) => Some(executor.to_string()),
        Message::ToWorker(ToWorker::LaunchDriver(launch)) => Some(launch.driver.to_string()),
        Message::ToWorker(ToWorker::KillDriver { driver }) => Some(driver.to_string()),
        Message::ToWorker(ToWorker::ExecutorStateChanged(changed)) => {
            Some(format!("{} {}", changed.executor, changed.state))
        }
        Message::ToDriver(ToDriver::ExecutorAdded {
            number, worker_id, ..
        }) => Some(format!("{number} on {worker_id}")),
        Message::ToDriver(ToDriver::ExecutorUpdated(updated)) => {
            Some(format!("{} {}", updated.number, updated.state))
        }
        Message::ToDriver(ToDriver::ApplicationRemoved { state }) => Some(state.to_string()),
        Message::ToMaster(_)
        | Message::ToWorker(_)
        | Message::ToDriver(_)
        | Message::ToExecutor(_)
        | Message::ToElection(_) => None,
    }
}

fn about_ask(ask: &Ask) -> Option<String> {
    match ask {
        Ask::AskMaster(AskMaster::ExecutorStateChanged(changed)) => {
            Some(format!("{} {}", changed.executor, changed.state))
        }
        Ask::AskMaster(
            AskMaster::RequestKillDriver { driver } | AskMaster::RequestDriverStatus { driver },
        ) => Some(driver.to_string()),
        Ask::AskDriver(AskDriver::RegisterExecutor(register)) => {
            Some(register.executor.to_string())
        }
        Ask::AskMaster(_) | Ask::AskWorker(_) | Ask::AskElection(_) => None,
    }
}
