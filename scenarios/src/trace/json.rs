//! One JSON object per entry, for tools: canonical, so that two runs can be compared byte by
//! byte. Times are integer nanoseconds, keys come in a fixed order, and slots of a master's
//! books stay numbers. Nothing here reads traces back.
//!
//! The first line says what follows: `{"format":"deploysim-trace","version":2,…}`.

use super::kind::signal_name;
use super::{Child, Entry, Fact, NodeId, Start, Unit};
use crate::ledger::Ledger;
use deploysim_protocol::address::{Address, Peer};
use deploysim_protocol::event::{Event, Field};
use serde::ser::{Error, SerializeMap};
use serde::{Serialize, Serializer};
use std::io;

/// The version of this form of traces. It rises with every change that a reader could notice.
pub const VERSION: u32 = 2;

/// Writes each entry as a line of JSON.
#[derive(Debug)]
pub struct JsonWriter<W> {
    out: W,
}

/// The first line.
#[derive(Serialize)]
struct Header<'a> {
    format: &'static str,
    version: u32,
    title: &'a str,
    seed: u64,
}

impl<W: io::Write> JsonWriter<W> {
    /// Writes to `out`, beginning with the line that names the format, the scenario's title and
    /// the seed.
    ///
    /// # Errors
    /// If writing fails.
    pub fn new(out: W, title: &str, seed: u64) -> io::Result<Self> {
        let mut writer = Self { out };
        writer.line(&Header {
            format: "deploysim-trace",
            version: VERSION,
            title,
            seed,
        })?;
        Ok(writer)
    }

    /// Writes one entry, which `ledger` has applied already.
    ///
    /// # Errors
    /// If writing fails.
    pub fn write(&mut self, entry: &Entry<'_>, ledger: &Ledger) -> io::Result<()> {
        self.line(&Line { entry, ledger })
    }

    /// Gives back what was written to.
    pub fn into_inner(self) -> W {
        self.out
    }

    fn line(&mut self, value: &impl Serialize) -> io::Result<()> {
        serde_json::to_writer(&mut self.out, value)?;
        self.out.write_all(b"\n")
    }
}

struct Line<'a> {
    entry: &'a Entry<'a>,
    ledger: &'a Ledger,
}

impl Serialize for Line<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("at", &self.entry.at)?;
        map.serialize_entry("fact", self.entry.fact.kind())?;
        match &self.entry.fact {
            Fact::Settling | Fact::Finished => {}
            Fact::FaultBegan { fault } | Fact::FaultEnded { fault } => {
                map.serialize_entry("fault", fault)?;
            }
            fact @ (Fact::Started(_)
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
            | Fact::DialFailed { .. }) => {
                map.serialize_entry("node", &self.entry.node.0)?;
                map.serialize_entry("name", &self.ledger.name(self.entry.node))?;
                match fact {
                    Fact::Sent { .. } | Fact::Received { .. } | Fact::Tampered { .. } => {
                        self.traffic(&mut map)?;
                    }
                    Fact::ConnectionOpened { .. }
                    | Fact::ConnectionEnded { .. }
                    | Fact::DialFailed { .. } => self.connection(&mut map)?,
                    Fact::Started(start) => started(start, &mut map)?,
                    Fact::Note(event) => note(event, &mut map)?,
                    Fact::Ended { .. }
                    | Fact::Paused
                    | Fact::Resumed
                    | Fact::ChildLaunched { .. }
                    | Fact::ChildLost { .. }
                    | Fact::ChildSignalled { .. }
                    | Fact::FaultBegan { .. }
                    | Fact::FaultEnded { .. }
                    | Fact::Settling
                    | Fact::Finished => life(fact, &mut map)?,
                }
            }
        }
        map.end()
    }
}

impl Line<'_> {
    fn traffic<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        if let Fact::Sent { to, unit, fate } = &self.entry.fact {
            map.serialize_entry("to", &host_and_port(*to))?;
            map.serialize_entry("fate", fate.name())?;
            content(unit, map)
        } else if let Fact::Received { from, unit, waited } = &self.entry.fact {
            self.from(*from, map)?;
            if !waited.is_zero() {
                map.serialize_entry("waited_ns", &waited.as_nanos())?;
            }
            content(unit, map)
        } else if let Fact::Tampered {
            from,
            unit,
            tampering,
        } = &self.entry.fact
        {
            self.from(*from, map)?;
            map.serialize_entry("tampering", tampering.name())?;
            content(unit, map)
        } else {
            Ok(())
        }
    }

    fn from<M: SerializeMap>(&self, from: NodeId, map: &mut M) -> Result<(), M::Error> {
        map.serialize_entry("from", &from.0)?;
        map.serialize_entry("from_name", &self.ledger.name(from))
    }

    fn connection<M: SerializeMap>(&self, map: &mut M) -> Result<(), M::Error> {
        if let Fact::ConnectionOpened { connection, peer } = self.entry.fact {
            map.serialize_entry("connection", &connection.0)?;
            map.serialize_entry("peer", &peer.0)?;
            map.serialize_entry("peer_name", &self.ledger.name(peer))
        } else if let Fact::ConnectionEnded {
            connection,
            peer,
            cause,
        } = self.entry.fact
        {
            map.serialize_entry("connection", &connection.0)?;
            if let Peer::Listening(address) = peer {
                map.serialize_entry("peer", &host_and_port(address))?;
            }
            map.serialize_entry("cause", cause.name())
        } else if let Fact::DialFailed { to, cause } = self.entry.fact {
            map.serialize_entry("to", &host_and_port(to))?;
            map.serialize_entry("cause", cause.name())
        } else {
            Ok(())
        }
    }
}

fn host_and_port(address: Address) -> String {
    address.to_string()
}

fn started<M: SerializeMap>(start: &Start, map: &mut M) -> Result<(), M::Error> {
    map.serialize_entry("role", start.role.name())?;
    map.serialize_entry("machine", &start.machine.0)?;
    map.serialize_entry("address", &host_and_port(start.address))?;
    map.serialize_entry("restarts", &start.restarts)?;
    if let Some(parent) = start.parent {
        map.serialize_entry("parent", &parent.0)?;
    }
    start.child.map_or(Ok(()), |child| child_of(child, map))
}

fn life<M: SerializeMap>(fact: &Fact<'_>, map: &mut M) -> Result<(), M::Error> {
    if let Fact::Ended { end } = fact {
        map.serialize_entry("end", end.name())?;
        map.serialize_entry("code", &end.code())
    } else if let Fact::ChildLaunched { name, child } | Fact::ChildLost { name, child } = fact {
        map.serialize_entry("child", name)?;
        child_of(*child, map)
    } else if let Fact::ChildSignalled { name, signal } = fact {
        map.serialize_entry("child", name)?;
        map.serialize_entry("signal", signal_name(*signal))
    } else {
        Ok(())
    }
}

fn child_of<M: SerializeMap>(child: Child, map: &mut M) -> Result<(), M::Error> {
    match child {
        Child::Driver(driver) => map.serialize_entry("driver", &driver),
        Child::Executor(executor) => map.serialize_entry("executor", &executor.to_string()),
    }
}

fn content<M: SerializeMap>(unit: &Unit<'_>, map: &mut M) -> Result<(), M::Error> {
    map.serialize_entry("unit", unit.way())?;
    map.serialize_entry("kind", unit.kind())?;
    match unit {
        Unit::Message(message) => map.serialize_entry("content", message),
        Unit::Ask(ask) => map.serialize_entry("content", ask),
        Unit::Answer(answer) => map.serialize_entry("content", answer),
        Unit::Resolve | Unit::Resolved => Ok(()),
    }
}

fn note<M: SerializeMap>(event: &Event, map: &mut M) -> Result<(), M::Error> {
    map.serialize_entry("kind", event.kind())?;
    map.serialize_entry("content", &Fields(event))
}

struct Fields<'a>(&'a Event);

impl Serialize for Fields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        let mut failure = None;
        self.0.fields(&mut |key, field| {
            if failure.is_none() {
                failure = value(key, field, &mut map).err();
            }
        });
        match failure {
            Some(failure) => Err(S::Error::custom(failure)),
            None => map.end(),
        }
    }
}

fn value<M: SerializeMap>(key: &'static str, field: Field, map: &mut M) -> Result<(), M::Error> {
    match field {
        Field::Worker(slot) => map.serialize_entry(key, &slot.0),
        Field::Application(slot) => map.serialize_entry(key, &slot.0),
        Field::Driver(slot) => map.serialize_entry(key, &slot.0),
        Field::Text(text) => map.serialize_entry(key, &text),
        Field::Executor(executor) => map.serialize_entry(key, &executor.to_string()),
        Field::Record(record) => map.serialize_entry(key, &record.to_string()),
        Field::Address(address) => map.serialize_entry(key, &host_and_port(address)),
        Field::Number(number) => map.serialize_entry(key, &number),
        Field::Word("true") => map.serialize_entry(key, &true),
        Field::Word("false") => map.serialize_entry(key, &false),
        Field::Word(word) => map.serialize_entry(key, word),
        Field::Wall(wall) => map.serialize_entry(key, &wall),
        Field::Thrown(thrown) => map.serialize_entry(key, &thrown),
    }
}
