//! The run view: one HTML page about one run, written while the run goes on. Its data come first,
//! in script elements; then, when the run is over, what there is to read; then the program that
//! draws.
//!
//! Memory does not grow with the length of the run: what is written is forgotten, and what is not
//! shown is counted. The page is a function of the scenario, the seed, the world and the window.

mod detail;
mod folds;
mod lanes;
mod page;
mod record;
mod tally;
#[cfg(test)]
mod tests;
mod traffic;

pub use detail::{AROUND, Window, WindowError};

use deploysim_protocol::time::Time;
use deploysim_scenarios::ledger::Ledger;
use deploysim_scenarios::outcome::Outcome;
use deploysim_scenarios::run::Witness;
use deploysim_scenarios::scenario::plan::Plan;
use deploysim_scenarios::trace::notable::is_notable;
use deploysim_scenarios::trace::{self, Entry, text};
use deploysim_scenarios::world::World;
use detail::{Class, Delay, Reason, Shares, Waiting};
use folds::Folds;
use lanes::Lanes;
use page::Row;
use record::{Chunk, Fact, Record};
use std::collections::BTreeMap;
use std::io::{self, Write};
use tally::Tally;
use traffic::Traffic;

/// The most notable events that the page lists as a table.
const ROWS_MAX: usize = 300;

/// Which run it is.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The scenario's title.
    pub title: String,
    /// The seed.
    pub seed: u64,
    /// The world that plays it.
    pub world: World,
    /// What is to be shown in full.
    pub window: Option<Window>,
}

/// Writes the page of a run.
#[derive(Debug)]
pub struct RunView<W> {
    out: W,
    subject: Subject,
    lanes: Lanes,
    traffic: Traffic,
    delay: Delay,
    folds: Folds,
    shares: Shares,
    chunk: Chunk,
    tally: Tally,
    rows: Vec<Row>,
    faults: BTreeMap<u32, String>,
}

impl<W: Write> RunView<W> {
    /// Begins the page of a run of `plan`.
    ///
    /// # Errors
    /// If writing fails.
    pub fn begin(mut out: W, plan: &Plan, subject: Subject) -> io::Result<Self> {
        out.write_all(page::head(&subject).as_bytes())?;
        Ok(Self {
            out,
            lanes: Lanes::default(),
            traffic: Traffic::default(),
            delay: Delay::new(subject.window),
            folds: Folds::new(plan.until.as_nanos(), page::workers(plan)),
            shares: Shares::new(subject.window, plan),
            chunk: Chunk::default(),
            tally: Tally::default(),
            rows: Vec::new(),
            faults: BTreeMap::new(),
            subject,
        })
    }

    /// Writes the rest of the page, and gives back what was written to.
    ///
    /// # Errors
    /// If writing fails.
    pub fn finish(mut self, outcome: &Outcome) -> io::Result<W> {
        while let Some(waiting) = self.delay.pop_any() {
            self.settle(waiting)?;
        }
        for fold in self.folds.close(outcome.end.as_nanos()) {
            self.write(&fold, Reason::Fold)?;
        }
        self.chunk.write(&mut self.out)?;
        let rest = page::rest(&page::Contents {
            subject: &self.subject,
            outcome,
            tally: &self.tally,
            kinds: self.traffic.kinds(),
            lanes: &self.lanes,
            rows: &self.rows,
            faults: &self.faults,
        })?;
        self.out.write_all(rest.as_bytes())?;
        self.out.flush()?;
        Ok(self.out)
    }

    fn passed(&mut self, now: u64) -> io::Result<()> {
        while let Some(waiting) = self.delay.pop(now) {
            self.settle(waiting)?;
        }
        Ok(())
    }

    /// A record has waited long enough: it is written, or counted.
    fn settle(&mut self, waiting: Waiting) -> io::Result<()> {
        let has_room = |reason: &Reason| self.shares.has_room(*reason);
        let reason = waiting.reasons().find(has_room);
        let Waiting { record, class, .. } = waiting;
        for fold in self.folds.pass_to(record.at) {
            self.write(&fold, Reason::Fold)?;
        }
        self.tally.settled(record.at, class, reason.is_some());
        match (reason, &record.fact) {
            (Some(reason), _) => self.write(&record, reason)?,
            (None, Fact::Arrow { from, .. }) if class == Class::Heartbeat => {
                self.folds.count(*from);
            }
            (None, _) => {}
        }
        Ok(())
    }

    fn write(&mut self, record: &Record, reason: Reason) -> io::Result<()> {
        if self.shares.has_room(reason) {
            let bytes = self.chunk.push(record);
            self.shares.fill(reason, bytes);
            if self.chunk.is_full() {
                self.chunk.write(&mut self.out)?;
            }
        }
        Ok(())
    }

    /// What an entry says in words, if it is not said by an arrow or a fault.
    fn event(&mut self, entry: &Entry<'_>, ledger: &Ledger) {
        let is_notable = is_notable(entry);
        let class = if is_notable {
            Class::Notable
        } else {
            Class::Detail
        };
        let text = text::what(entry, ledger);
        if is_notable {
            self.tally.notable += 1;
            if self.rows.len() < ROWS_MAX {
                let place = text::place(entry, ledger);
                let what = text.clone();
                let at = entry.at;
                self.rows.push(Row { at, place, what });
            }
        }
        let at = entry.at.as_nanos();
        if let trace::Fact::FaultBegan { fault } | trace::Fact::FaultEnded { fault } = entry.fact {
            let begins = matches!(entry.fact, trace::Fact::FaultBegan { .. });
            let words = || ledger.fault(fault).to_owned();
            self.faults.entry(fault).or_insert_with(words);
            self.delay.look_closely(at, Reason::Fault);
            let row = fault;
            let fact = Fact::Fault { row, begins };
            return self.delay.push(Record { at, fact }, class);
        }
        let lane = self.lanes.of(entry.node);
        let lane = lane.filter(|_| !is_of_the_run(entry));
        let fact = Fact::Event {
            lane,
            text,
            is_notable,
        };
        self.delay.push(Record { at, fact }, class);
    }

    fn arrows(&mut self, entry: &Entry<'_>, ledger: &Ledger) {
        for record in self.traffic.see(entry, ledger, &self.lanes) {
            let class = match &record.fact {
                Fact::Arrow { kind, .. } if self.traffic.is_heartbeat(*kind) => Class::Heartbeat,
                Fact::Arrow { .. }
                | Fact::Event { .. }
                | Fact::State { .. }
                | Fact::Fault { .. }
                | Fact::Fold { .. } => Class::Message,
            };
            self.delay.push(record, class);
        }
    }
}

impl<W: Write> Witness for RunView<W> {
    fn see(&mut self, entry: &Entry<'_>, ledger: &Ledger) -> io::Result<()> {
        self.tally.entries += 1;
        self.passed(entry.at.as_nanos())?;
        if entry.beat().is_some() {
            // A heartbeat is shown by its arrow; what both ends note of it says the same.
            self.arrows(entry, ledger);
            return Ok(());
        }
        if let Some(lane) = self.lanes.meet(entry) {
            self.chunk.lane(lane);
        }
        self.arrows(entry, ledger);
        let is_traffic = matches!(
            entry.fact,
            trace::Fact::Sent { .. } | trace::Fact::Received { .. }
        );
        if !is_traffic {
            self.event(entry, ledger);
        }
        let at = entry.at.as_nanos();
        for fact in self.lanes.changes(entry, ledger) {
            self.delay.push(Record { at, fact }, Class::Notable);
        }
        Ok(())
    }

    fn judged(&mut self, at: Time) {
        self.delay.look_closely(at.as_nanos(), Reason::Judged);
    }
}

/// Whether an entry is about the whole run and not about the node that it names.
const fn is_of_the_run(entry: &Entry<'_>) -> bool {
    matches!(entry.fact, trace::Fact::Settling | trace::Fact::Finished)
}
