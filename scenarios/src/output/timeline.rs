//! The timeline of a run for people: a line for each notable thing, written as it happens.

use crate::ledger::Ledger;
use crate::run::Witness;
use crate::trace::{Entry, Fact};
use deploysim_protocol::event::{Event, Field};
use std::fmt::Write as _;
use std::io::{self, Write};

/// Writes the notable things of a run, a line each.
pub struct Timeline<W> {
    out: W,
}

impl<W: Write> Timeline<W> {
    /// A timeline that is written to `out`.
    pub const fn new(out: W) -> Self {
        Self { out }
    }
}

/// Notes that come with every heartbeat or pass of the scheduler.
const ROUTINE: [&str; 4] = [
    "WorkerHeard",
    "HeartbeatSent",
    "ScheduleBegan",
    "ScheduleEnded",
];

impl<W: Write> Witness for Timeline<W> {
    fn see(&mut self, entry: &Entry<'_>, ledger: &Ledger) -> io::Result<()> {
        let Some(sentence) = sentence(entry) else {
            return Ok(());
        };
        let at = entry.at.to_string();
        let name = ledger.name(entry.node);
        writeln!(self.out, "{at:>15}  {name:<12}  {sentence}")
    }
}

fn sentence(entry: &Entry<'_>) -> Option<String> {
    Some(match &entry.fact {
        Fact::Note(event) if ROUTINE.contains(&event.kind()) => return None,
        Fact::Note(event) => note(event),
        Fact::Started(start) => format!("{} started", start.role.name()),
        Fact::Ended { end } => format!("ended: {end:?}"),
        Fact::Paused => "paused".to_owned(),
        Fact::Resumed => "goes on".to_owned(),
        Fact::FaultBegan { fault } => format!("fault {} begins", fault + 1),
        Fact::FaultEnded { fault } => format!("fault {} ends", fault + 1),
        Fact::Settling => "the fault phase is over".to_owned(),
        Fact::ChildLaunched { .. }
        | Fact::ChildLost { .. }
        | Fact::ChildSignalled { .. }
        | Fact::Sent { .. }
        | Fact::Received { .. }
        | Fact::Tampered { .. }
        | Fact::ConnectionOpened { .. }
        | Fact::ConnectionEnded { .. }
        | Fact::DialFailed { .. }
        | Fact::Finished => return None,
    })
}

fn note(event: &Event) -> String {
    let mut text = event.kind().to_owned();
    event.fields(&mut |name, field| {
        // Writing to a text cannot fail.
        let _ = match field {
            Field::Worker(slot) => write!(text, " {name}=#{}", slot.0),
            Field::Application(slot) => write!(text, " {name}=#{}", slot.0),
            Field::Driver(slot) => write!(text, " {name}=#{}", slot.0),
            Field::Text(value) => write!(text, " {name}={value}"),
            Field::Executor(value) => write!(text, " {name}={value}"),
            Field::Address(value) => write!(text, " {name}={value}"),
            Field::Number(value) => write!(text, " {name}={value}"),
            Field::Word(value) => write!(text, " {name}={value}"),
            Field::Wall(value) => write!(text, " {name}={}", value.as_millis()),
            Field::Thrown(value) => write!(text, " {name}={value}"),
        };
    });
    text
}
