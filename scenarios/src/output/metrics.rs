//! `metrics.csv`: what a run adds up to, a number per row, in tidy form: what was measured of its
//! work, and counts by kind. Their number does not grow with the length of a run.

use crate::ledger::Ledger;
use crate::measure::{BeatLengths, Measurement, Total, frame_bytes};
use crate::outcome::Outcome;
use crate::run::Witness;
use crate::trace::{Beat, Entry, Fact, Fate, Role};
use std::collections::BTreeMap;
use std::fmt::Display;
use std::io::{self, Write};

/// The names of the columns.
const COLUMNS: [&str; 6] = ["run", "time", "name", "labels", "value", "unit"];

/// What is counted, and by what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Count {
    /// Messages, questions and answers that a role handled, by kind.
    Handled(&'static str, &'static str),
    /// What a role sent, by kind.
    Sent(&'static str, &'static str),
    /// Bytes of the frames of what a role sent, by kind.
    Bytes(&'static str, &'static str),
    /// What was sent on a connection that was gone.
    Lost(&'static str),
    /// What a fault took, held or repeated.
    Tampered(&'static str),
    /// What nodes reported of themselves.
    Notes(&'static str),
    /// Processes that began.
    Started(&'static str),
    /// Processes that ended.
    Ended,
    /// Connections that were opened, as either side saw it.
    ConnectionsOpened,
    /// Connections that ended, as either side was told.
    ConnectionsEnded,
    /// Connections that could not be opened.
    DialsFailed,
    /// Faults that began.
    Faults,
}

impl Count {
    /// The metric's name, its labels, and what it counts.
    fn row(self) -> (&'static str, String, &'static str) {
        match self {
            Self::Handled(role, kind) => {
                ("handled", format!("role={role};kind={kind}"), "messages")
            }
            Self::Sent(role, kind) => ("sent", format!("role={role};kind={kind}"), "messages"),
            Self::Bytes(role, kind) => ("bytes", format!("role={role};kind={kind}"), "bytes"),
            Self::Lost(kind) => ("lost", format!("kind={kind}"), "messages"),
            Self::Tampered(kind) => ("tampered", format!("kind={kind}"), "messages"),
            Self::Notes(kind) => ("notes", format!("kind={kind}"), "notes"),
            Self::Started(role) => ("processes_started", format!("role={role}"), "processes"),
            Self::Ended => ("processes_ended", String::new(), "processes"),
            Self::ConnectionsOpened => ("connections_opened", String::new(), "ends"),
            Self::ConnectionsEnded => ("connections_ended", String::new(), "ends"),
            Self::DialsFailed => ("dials_failed", String::new(), "dials"),
            Self::Faults => ("faults", String::new(), "faults"),
        }
    }
}

/// Counts what happens.
#[derive(Clone, Debug, Default)]
pub struct Metrics {
    /// Each once. What is counted moves one place forward each time, so that what comes all the
    /// time is found first.
    counts: Vec<(Count, u64)>,
    /// What each part of an ordinary heartbeat adds to, and how much it added: of the entries of a
    /// long run these are nearly all.
    beats: [Option<(Count, u64)>; 5],
    beat_lengths: BeatLengths,
}

/// The places of what heartbeats add to.
const NOTED: usize = 0;
const SENT: usize = 1;
const BYTES: usize = 2;
const HANDLED: usize = 3;
const HEARD: usize = 4;

impl Metrics {
    /// Writes what was measured, and the counts, as rows of comma-separated values. `run` names
    /// the run. What there was nothing to measure of has no row.
    ///
    /// # Errors
    /// If writing fails.
    pub fn write(
        &self,
        out: impl Write,
        run: &str,
        outcome: &Outcome,
        measured: &Measurement,
    ) -> io::Result<()> {
        let mut table = csv::Writer::from_writer(out);
        table.write_record(COLUMNS)?;
        let time = outcome.end.as_nanos().to_string();
        let mut put = |name: &str, labels: &str, value: &dyn Display, unit: &str| {
            table.write_record([run, &time, name, labels, &value.to_string(), unit])
        };
        put("simulated", "", &outcome.end.as_nanos(), "ns")?;
        put("inputs", "", &outcome.inputs, "inputs")?;
        put("steps", "", &outcome.steps, "steps")?;
        for Total { name, value, unit } in &measured.totals {
            if let Some(value) = value {
                put(name, "", value, unit.name())?;
            }
        }
        for detail in &measured.details {
            let (value, unit) = (&detail.value, detail.unit.name());
            put(detail.name, &detail.labels, value, unit)?;
        }
        for (count, value) in self.sorted() {
            let (name, labels, unit) = count.row();
            put(name, &labels, &value, unit)?;
        }
        table.flush()
    }

    /// What was handled, by kind.
    pub(super) fn handled(&self) -> BTreeMap<&'static str, u64> {
        let mut kinds = BTreeMap::new();
        for (count, value) in self.sorted() {
            if let Count::Handled(_, kind) = count {
                *kinds.entry(kind).or_default() += value;
            }
        }
        kinds
    }

    /// What was reported, by kind.
    pub(super) fn notes(&self) -> BTreeMap<&'static str, u64> {
        let mut kinds = BTreeMap::new();
        for (count, value) in self.sorted() {
            if let Count::Notes(kind) = count {
                kinds.insert(kind, value);
            }
        }
        kinds
    }

    fn sorted(&self) -> BTreeMap<Count, u64> {
        let mut sorted = BTreeMap::new();
        for (count, value) in self.beats.iter().flatten().chain(&self.counts) {
            *sorted.entry(*count).or_default() += *value;
        }
        sorted
    }

    fn count(&mut self, count: Count) {
        self.add(count, 1);
    }

    fn add(&mut self, count: Count, number: u64) {
        let found = self.counts.iter().position(|(known, _)| *known == count);
        let Some(place) = found else {
            self.counts.push((count, number));
            return;
        };
        self.counts[place].1 += number;
        if place > 0 {
            self.counts.swap(place, place - 1);
        }
    }
}

impl Metrics {
    /// As [`Witness::see`], for an entry that belongs to an ordinary heartbeat.
    fn see_beat(&mut self, entry: &Entry<'_>, beat: Beat, ledger: &Ledger) {
        if let Fact::Note(event) = &entry.fact {
            let place = if beat == Beat::Noted { NOTED } else { HEARD };
            self.beat(place, 1, || Count::Notes(event.kind()));
        } else if let Fact::Sent { unit, fate, .. } = &entry.fact {
            // Nobody but workers sends heartbeats.
            let (worker, bytes) = (Role::Worker.name(), self.beat_lengths.of(entry.node, unit));
            self.beat(SENT, 1, || Count::Sent(worker, unit.kind()));
            self.beat(BYTES, bytes, || Count::Bytes(worker, unit.kind()));
            if *fate == Fate::Lost {
                self.count(Count::Lost(unit.kind()));
            }
        } else if let Fact::Received { unit, .. } = &entry.fact {
            let role = ledger.role(entry.node);
            let count = || Count::Handled(role.map_or("unknown", Role::name), unit.kind());
            if role == Some(Role::Master) {
                self.beat(HANDLED, 1, count);
            } else {
                self.count(count());
            }
        }
    }

    /// Adds to what a part of a heartbeat adds to; `count` says what that is.
    fn beat(&mut self, place: usize, number: u64, count: impl FnOnce() -> Count) {
        let (_, sum) = self.beats[place].get_or_insert_with(|| (count(), 0));
        *sum += number;
    }
}

impl Witness for Metrics {
    fn see(&mut self, entry: &Entry<'_>, ledger: &Ledger) -> io::Result<()> {
        if let Some(beat) = entry.beat() {
            self.see_beat(entry, beat, ledger);
            return Ok(());
        }
        let role = || ledger.role(entry.node).map_or("unknown", Role::name);
        match &entry.fact {
            Fact::Received { unit, .. } => self.count(Count::Handled(role(), unit.kind())),
            Fact::Sent { unit, fate, .. } => {
                self.count(Count::Sent(role(), unit.kind()));
                let bytes = frame_bytes(unit) as u64;
                self.add(Count::Bytes(role(), unit.kind()), bytes);
                if *fate == Fate::Lost {
                    self.count(Count::Lost(unit.kind()));
                }
            }
            Fact::Tampered { unit, .. } => self.count(Count::Tampered(unit.kind())),
            Fact::Note(event) => self.count(Count::Notes(event.kind())),
            Fact::Started(start) => {
                self.beat_lengths.started(entry.node);
                self.count(Count::Started(start.role.name()));
            }
            Fact::Ended { .. } => self.count(Count::Ended),
            Fact::ConnectionOpened { .. } => self.count(Count::ConnectionsOpened),
            Fact::ConnectionEnded { .. } => self.count(Count::ConnectionsEnded),
            Fact::DialFailed { .. } => self.count(Count::DialsFailed),
            Fact::FaultBegan { .. } => self.count(Count::Faults),
            Fact::FaultEnded { .. }
            | Fact::Paused
            | Fact::Resumed
            | Fact::ChildLaunched { .. }
            | Fact::ChildLost { .. }
            | Fact::ChildSignalled { .. }
            | Fact::Settling
            | Fact::Finished => {}
        }
        Ok(())
    }
}
