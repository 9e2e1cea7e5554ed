//! `deploysim run --world live`: plays a scenario with real processes, and shows what happens while
//! it happens.

use super::{Format, Run};
use crate::command::replay::replay_live;
use crate::command::{Failure, Verdict};
use crate::terminal::{Results, results, show};
use deploysim_scenarios::outcome::Outcome;
use deploysim_scenarios::output::judgement::{self, Line, Mark};
use deploysim_scenarios::run::play_live;
use deploysim_scenarios::scenario;
use deploysim_scenarios::scenario::plan::Plan;
use deploysim_scenarios::trace::notable::Timeline;
use deploysim_scenarios::trace::text::TextWriter;
use deploysim_scenarios::world::live::{POLL, refusals};
use std::io::{self, Write};

impl Run {
    /// Plays the scenario with live processes.
    pub(super) fn carry_out_live(&self) -> Result<Verdict, Failure> {
        let plan = scenario::read(&self.scenario, &self.changes)?;
        self.refuse_live(&plan)?;
        crate::command::warnings::warn(&self.scenario, &plan);
        let seed = self.seed.unwrap_or(plan.seed);
        let mut out = results();
        writeln!(
            out,
            "{}\nseed {seed}, world live: real processes and real time, at most {}\n",
            plan.title, plan.until
        )?;
        out.flush()?;
        let outcome = self.show_live(&plan, seed, &mut out)?;
        writeln!(out)?;
        show(&judgement::all(&outcome), &mut out)?;
        show(&[tolerance()], &mut out)?;
        if !outcome.holds() {
            let command = replay_live(&self.scenario, seed, &self.changes);
            writeln!(out, "\nto try again: {command}")?;
        }
        writeln!(out, "\nplayed {}", outcome.end)?;
        out.flush()?;
        Ok(Verdict::from(outcome.holds()))
    }

    fn show_live(&self, plan: &Plan, seed: u64, out: &mut Results) -> Result<Outcome, Failure> {
        let program = std::env::current_exe()?;
        let at_once = AtOnce(out);
        if self.trace {
            let mut events = TextWriter::new(at_once);
            return Ok(play_live(plan, seed, &program, &mut [&mut events])?);
        }
        let mut timeline = Timeline::new(at_once);
        let outcome = play_live(plan, seed, &program, &mut [&mut timeline])?;
        timeline.finish()?;
        Ok(outcome)
    }

    /// Refuses what live processes cannot play, and what is not known of them.
    fn refuse_live(&self, plan: &Plan) -> Result<(), Failure> {
        let mut reasons = refusals(plan);
        if self.out.is_some() {
            reasons
                .push("--out: what a run is measured by is not seen of live processes".to_owned());
        }
        if self.format == Format::Json {
            reasons.push("--format json: a live run is shown as text only".to_owned());
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
