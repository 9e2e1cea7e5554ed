//! `deploysim run`: plays one scenario once and shows what happened.

use super::{Failure, Verdict, read, unwritable};
use crate::stopwatch::{Stopwatch, rate};
use crate::terminal::Results;
use deploysim_protocol::text::scope;
use deploysim_scenarios::output::timeline::Timeline;
use deploysim_scenarios::run;
use std::io::Write;
use std::path::PathBuf;

/// Play one scenario once and show what happened.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  deploysim run scenarios/files/liveness/silent-worker-comes-back.toml
  deploysim run scenario.toml --seed 12 --set cluster.worker.count=50")]
pub struct Run {
    /// The scenario file.
    scenario: PathBuf,
    /// The seed of the run, instead of the scenario's.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Change a key of the scenario (repeatable).
    #[arg(long = "set", value_name = "KEY=VALUE")]
    changes: Vec<String>,
}

impl Run {
    /// Plays it.
    pub fn carry_out(&self) -> Result<Verdict, Failure> {
        let plan = read(&self.scenario, &self.changes)?;
        let seed = self.seed.unwrap_or(plan.seed);
        let stopwatch = Stopwatch::start();
        let mut results = Results::to_stdout();
        let shown = scope(|| {
            writeln!(results, "{}\nseed {seed}\n", plan.title)?;
            let mut timeline = Timeline::new(&mut results);
            run::play(&plan, seed, &mut [&mut timeline])
        });
        let played = shown.map_err(|error| unwritable(&error))?;
        let speed = rate(played.inputs, stopwatch.elapsed());
        writeln!(
            results,
            "\nsimulated {}, {} events, {speed} events per second",
            played.end, played.inputs,
        )
        .and_then(|()| results.flush())
        .map_err(|error| unwritable(&error))?;
        Ok(Verdict::Held)
    }
}
