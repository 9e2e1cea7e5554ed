//! A run written into a folder: the files that are written while it runs, and those that are
//! written when it is over.

use super::folder::{Folder, MANIFEST, Part};
use super::manifest::{Manifest, digest};
use super::metrics::Metrics;
use super::summary::Summary;
use crate::ledger::Ledger;
use crate::measure::Measures;
use crate::outcome::Outcome;
use crate::run::{self, Witness};
use crate::scenario::plan::Plan;
use crate::trace::Entry;
use crate::trace::json::JsonWriter;
use crate::trace::table::CsvWriter;
use std::io::{self, Write};

/// Writes a run into a folder.
#[derive(Debug)]
pub struct Record {
    folder: Folder,
    trace: JsonWriter<Part>,
    events: CsvWriter<Part>,
    metrics: Metrics,
    measures: Measures,
}

impl Record {
    /// Begins the files of a run.
    ///
    /// # Errors
    /// If they cannot be made.
    pub fn begin(mut folder: Folder, plan: &Plan, seed: u64) -> io::Result<Self> {
        let trace = JsonWriter::new(folder.begin("trace.jsonl")?, &plan.title, seed)?;
        let events = CsvWriter::new(folder.begin("events.csv")?)?;
        Ok(Self {
            folder,
            trace,
            events,
            metrics: Metrics::default(),
            measures: Measures::new(&run::drawn(plan, seed)),
        })
    }

    /// Writes what is known when the run is over, and gives all files their final names. The
    /// manifest's digest of the scenario is filled in here. The scenario has the run's seed, and
    /// its drawn jobs and faults in the place of random ones.
    ///
    /// # Errors
    /// If something cannot be written, or the trace does not add up.
    pub fn finish(self, plan: &Plan, outcome: &Outcome, manifest: Manifest) -> io::Result<()> {
        let Self {
            mut folder,
            trace,
            events,
            metrics,
            measures,
        } = self;
        trace.into_inner().flush()?;
        events.finish()?;
        let mut part = folder.begin("metrics.csv")?;
        let measured = measures.finish(outcome.end)?;
        metrics.write(&mut part, &outcome.seed.to_string(), outcome, &measured)?;
        part.flush()?;
        let summary = Summary::new(&plan.title, outcome, &metrics, &measured);
        complete(folder, plan, &summary, outcome.seed, manifest)
    }
}

/// Writes what every run has: the scenario as it was played, the summary and the manifest.
fn complete(
    mut folder: Folder,
    plan: &Plan,
    summary: &Summary<'_>,
    seed: u64,
    manifest: Manifest,
) -> io::Result<()> {
    let replayed = Plan {
        seed,
        ..run::drawn(plan, seed).into_owned()
    };
    let scenario = replayed.to_toml();
    folder.write("scenario.toml", scenario.as_bytes())?;
    folder.write("summary.json", &pretty(summary)?)?;
    let manifest = Manifest {
        scenario_digest: digest(scenario.as_bytes()),
        ..manifest
    };
    folder.write(MANIFEST, &pretty(&manifest)?)?;
    folder.complete()
}

/// Writes a run with live processes into a folder: what was seen of it, and what that came to.
#[derive(Debug)]
pub struct LiveRecord {
    folder: Folder,
    trace: JsonWriter<Part>,
}

impl LiveRecord {
    /// Begins the files of a run.
    ///
    /// # Errors
    /// If they cannot be made.
    pub fn begin(mut folder: Folder, plan: &Plan, seed: u64) -> io::Result<Self> {
        let trace = JsonWriter::new(folder.begin("trace.jsonl")?, &plan.title, seed)?;
        Ok(Self { folder, trace })
    }

    /// As [`Record::finish`], with what the run came to.
    ///
    /// # Errors
    /// If something cannot be written.
    pub fn finish(
        self,
        plan: &Plan,
        seed: u64,
        summary: &Summary<'_>,
        manifest: Manifest,
    ) -> io::Result<()> {
        self.trace.into_inner().flush()?;
        complete(self.folder, plan, summary, seed, manifest)
    }
}

impl Witness for LiveRecord {
    fn see(&mut self, entry: &Entry<'_>, ledger: &Ledger) -> io::Result<()> {
        self.trace.write(entry, ledger)
    }
}

impl Witness for Record {
    fn see(&mut self, entry: &Entry<'_>, ledger: &Ledger) -> io::Result<()> {
        self.trace.write(entry, ledger)?;
        self.events.write(entry, ledger)?;
        self.metrics.see(entry, ledger)?;
        self.measures.see(entry, ledger)
    }
}

fn pretty(value: &impl serde::Serialize) -> io::Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec_pretty(value)?;
    bytes.push(b'\n');
    Ok(bytes)
}
