//! `deploysim run --world live`: plays a scenario with real processes, and shows what happens while
//! it happens.

use super::{Format, Run};
use crate::command::replay::replay;
use crate::command::{Failure, Verdict};
use crate::terminal::{Results, complain, results, show};
use deploysim_scenarios::ledger::Ledger;
use deploysim_scenarios::outcome::Outcome;
use deploysim_scenarios::output::judgement::{self, Line, Mark};
use deploysim_scenarios::output::metrics::Metrics;
use deploysim_scenarios::output::record::LiveRecord;
use deploysim_scenarios::output::summary::Summary;
use deploysim_scenarios::run::{RunError, Witness, play_live};
use deploysim_scenarios::scenario;
use deploysim_scenarios::scenario::plan::Plan;
use deploysim_scenarios::trace::Entry;
use deploysim_scenarios::trace::json::JsonWriter;
use deploysim_scenarios::trace::notable::Timeline;
use deploysim_scenarios::trace::text::TextWriter;
use deploysim_scenarios::world::live::{DOCUMENTS, Keeping, LOGS, POLL, refusals};
use std::io::{self, Write};
use std::path::Path;

impl Run {
    /// Plays the scenario with live processes.
    pub(super) fn carry_out_live(&self) -> Result<Verdict, Failure> {
        let plan = scenario::read(&self.scenario, &self.changes)?;
        self.refuse_live(&plan)?;
        crate::command::warnings::warn(&self.scenario, &plan);
        let seed = self.seed.unwrap_or(plan.seed);
        let folder = self.folder()?;
        let record = folder.map(|folder| LiveRecord::begin(folder, &plan, seed));
        let mut seen = Seen {
            metrics: Metrics::default(),
            record: record.transpose()?,
        };
        let keeping = self.out.as_deref().map(Keeping::begin).transpose()?;
        let mut out = results();
        if self.format == Format::Text {
            let limit = plan.until;
            writeln!(
                out,
                "{}\nseed {seed}, world live: real processes and real time, at most {limit}\n",
                plan.title
            )?;
            out.flush()?;
        }
        let outcome = self.show_live(&plan, seed, keeping, &mut seen, &mut out);
        let outcome = match outcome {
            Ok(outcome) => outcome,
            Err(error) => {
                complain(&self.where_to_look());
                return Err(error.into());
            }
        };
        let summary = Summary::of_live(&plan.title, &outcome, &seen.metrics);
        if let Some(record) = seen.record {
            record.finish(&plan, seed, &summary, self.manifest(seed))?;
        }
        match self.format {
            Format::Text => self.conclude_live(&outcome, seed, &mut out)?,
            Format::Json => {
                let object = serde_json::to_string(&summary).map_err(io::Error::other)?;
                writeln!(out, "{object}")?;
            }
        }
        out.flush()?;
        Ok(Verdict::from(outcome.holds()))
    }

    /// Plays it, and shows what happens while it happens.
    fn show_live(
        &self,
        plan: &Plan,
        seed: u64,
        keeping: Option<Keeping>,
        seen: &mut Seen,
        out: &mut Results,
    ) -> Result<Outcome, RunError> {
        let at_once = AtOnce(out);
        match (self.format, self.trace) {
            (Format::Text, false) => {
                let mut timeline = Timeline::new(at_once);
                let outcome = play(plan, seed, keeping, &mut [&mut timeline, seen])?;
                timeline.finish().map_err(RunError::Unwritten)?;
                Ok(outcome)
            }
            (Format::Text, true) => {
                let mut events = TextWriter::new(at_once);
                play(plan, seed, keeping, &mut [&mut events, seen])
            }
            (Format::Json, false) => play(plan, seed, keeping, &mut [seen]),
            (Format::Json, true) => {
                let events = JsonWriter::new(at_once, &plan.title, seed);
                let mut events = events.map_err(RunError::Unwritten)?;
                play(plan, seed, keeping, &mut [&mut events, seen])
            }
        }
    }

    fn conclude_live(&self, outcome: &Outcome, seed: u64, out: &mut Results) -> io::Result<()> {
        writeln!(out)?;
        show(&judgement::all(outcome), out)?;
        show(&[tolerance()], out)?;
        if !outcome.holds() {
            let command = replay(&self.scenario, self.world, seed, &self.changes);
            writeln!(out, "\nto try again: {command}")?;
        }
        if !outcome.holds() || self.out.is_some() {
            writeln!(out, "{}", self.where_to_look())?;
        }
        writeln!(out, "\nplayed {}", outcome.end)
    }

    /// Where the logs are, or how to keep them.
    fn where_to_look(&self) -> String {
        let below = |folder: &Path, name: &str| folder.join(name).display().to_string();
        self.out.as_ref().map_or_else(
            || "to keep the nodes' logs and what the masters showed: --out DIR".to_owned(),
            |folder| {
                format!(
                    "the nodes' logs are in {}, what the masters showed in {}",
                    below(folder, LOGS),
                    below(folder, DOCUMENTS)
                )
            },
        )
    }

    /// Refuses what live processes cannot play, and what is not known of them.
    fn refuse_live(&self, plan: &Plan) -> Result<(), Failure> {
        let mut reasons = refusals(plan);
        if self.view_window.is_some() {
            reasons.push("--view-window: there is no run.html of live processes".to_owned());
        }
        if reasons.is_empty() {
            return Ok(());
        }
        Err(Failure::BadInput(format!(
            "error: {} cannot be played in the world `live`:\n  {}",
            self.scenario.display(),
            reasons.join("\n  ")
        )))
    }
}

/// What is counted and written down, however the run is shown.
struct Seen {
    metrics: Metrics,
    record: Option<LiveRecord>,
}

impl Witness for Seen {
    fn see(&mut self, entry: &Entry<'_>, ledger: &Ledger) -> io::Result<()> {
        self.metrics.see(entry, ledger)?;
        let record = self.record.as_mut();
        record.map_or(Ok(()), |record| record.see(entry, ledger))
    }
}

fn play(
    plan: &Plan,
    seed: u64,
    keeping: Option<Keeping>,
    witnesses: &mut [&mut dyn Witness],
) -> Result<Outcome, RunError> {
    let program = std::env::current_exe().map_err(RunError::Unwritten)?;
    play_live(plan, seed, &program, keeping, witnesses)
}

/// How exact all that is.
fn tolerance() -> Line {
    let milliseconds = POLL.as_millis();
    Line {
        mark: Mark::Noted,
        text: format!(
            "masters are asked for their state every {milliseconds} ms: what is seen of it is that \
             much late, and what lasts shorter can be missed"
        ),
    }
}

/// Lets everything that is written be seen at once.
struct AtOnce<'a>(&'a mut Results);

impl Write for AtOnce<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.0.write(bytes)?;
        self.0.flush()?;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}
