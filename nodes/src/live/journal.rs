//! What a live process logs: what its node notes, and what is worth knowing of its connections.
//! Structured, through `tracing`; who shows it, and where, is the business of the binary.

use crate::report::EndOfConnection;
use crate::shell::Report;
use deploysim_protocol::address::Peer;
use deploysim_protocol::event::{Event, Field, WorkerEvent};
use deploysim_protocol::text::Text;
use std::fmt::Write;
use tracing::{debug, info, trace, warn};

/// Logs what was seen of the process called `name`. `origin` is where the connection that it is
/// about comes from, if it is about one.
pub(super) fn log(name: Text, report: &Report<'_>, origin: &str) {
    let name = name.as_str();
    let name = &*name;
    match report {
        Report::Note(event) => note(name, event),
        Report::Refused { origin, error } => warn!(name, origin, %error, "connection refused"),
        Report::DialFailed { to, cause } => {
            warn!(name, %to, cause = cause.name(), "dial failed");
        }
        Report::Opened { peer, .. } => debug!(name, origin, %peer, "connection opened"),
        Report::Ended { peer, cause, .. } => {
            let peer = match peer {
                Peer::Listening(address) => address.to_string(),
                Peer::Socket(_) => String::new(),
            };
            let cause_name = cause.name();
            match cause {
                EndOfConnection::Closed | EndOfConnection::Reset => {
                    debug!(name, origin, peer, cause = cause_name, "connection ended");
                }
                EndOfConnection::UserTimeout
                | EndOfConnection::Idle
                | EndOfConnection::BadFrame
                | EndOfConnection::Overflow => {
                    warn!(name, origin, peer, cause = cause_name, "connection ended");
                }
            }
        }
        Report::Sent { to, unit, fate } => {
            trace!(name, %to, kind = unit.kind(), fate = fate.name(), "sent");
        }
        Report::Received { unit, .. } => trace!(name, origin, kind = unit.kind(), "received"),
        Report::Handed { .. } => {}
    }
}

fn note(name: &str, event: &Event) {
    let (kind, fields) = (event.kind(), words(event));
    match event {
        Event::Worker(WorkerEvent::HeartbeatSent) => debug!(name, event = kind, "{fields}"),
        Event::HandlerThrew { .. } => warn!(name, event = kind, "{fields}"),
        Event::Master(_)
        | Event::Worker(_)
        | Event::Driver(_)
        | Event::Executor(_)
        | Event::Client(_)
        | Event::Election(_) => info!(name, event = kind, "{fields}"),
    }
}

/// The fields of an event, as `name=value` with blanks between them. Slots of a master's books
/// are numbers.
fn words(event: &Event) -> String {
    let mut words = String::new();
    event.fields(&mut |name, field| {
        let value = match field {
            Field::Worker(slot) => slot.0.to_string(),
            Field::Application(slot) => slot.0.to_string(),
            Field::Driver(slot) => slot.0.to_string(),
            Field::Text(text) => text.to_string(),
            Field::Executor(executor) => executor.to_string(),
            Field::Address(address) => address.to_string(),
            Field::Record(record) => record.to_string(),
            Field::Number(number) => number.to_string(),
            Field::Word(word) => word.to_owned(),
            Field::Wall(wall) => wall.as_millis().to_string(),
            Field::Thrown(thrown) => thrown.to_string(),
        };
        let blank = if words.is_empty() { "" } else { " " };
        // A text takes whatever is written.
        let _ = write!(words, "{blank}{name}={value}");
    });
    words
}
