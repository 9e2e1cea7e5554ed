//! `deploysim run`: plays one scenario once and shows what happened. With live processes: `run/live.rs`.

mod live;

use super::existing::existing;
use super::kept::Kept;
use super::replay::replay;
use super::warnings::warn;
use super::world::{World, can_play};
use super::{Failure, Verdict};
use crate::stopwatch::{Stopwatch, rate};
use crate::terminal::{Results, results, show};
use deploysim_reports::view::{Subject, Window};
use deploysim_scenarios::measure::Measures;
use deploysim_scenarios::outcome::Outcome;
use deploysim_scenarios::output::folder::Folder;
use deploysim_scenarios::output::judgement;
use deploysim_scenarios::output::manifest::{Manifest, digest};
use deploysim_scenarios::output::metrics::Metrics;
use deploysim_scenarios::output::summary::Summary;
use deploysim_scenarios::run::{self, RunError, Witness};
use deploysim_scenarios::scenario;
use deploysim_scenarios::scenario::plan::Plan;
use deploysim_scenarios::trace::json::JsonWriter;
use deploysim_scenarios::trace::notable::Timeline;
use deploysim_scenarios::trace::text::TextWriter;
use deploysim_scenarios::world::World as Playing;
use std::io::{self, Write};
use std::path::PathBuf;

/// Play one scenario once and show what happened.
///
/// Shows a timeline of what is notable, what became of each expectation, and what the invariants
/// say. The same scenario and seed give the same run, byte for byte.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  deploysim run scenarios/files/liveness/silent-worker-comes-back.toml
  deploysim run scenario.toml --seed 12 --set cluster.worker.count=50
  deploysim run scenario.toml --set 'conf.\"spark.worker.timeout\"=30' --out runs/short-timeout
  deploysim run scenario.toml --out runs/one --view-window 20s..90s
  deploysim run scenario.toml --trace | grep ReconnectWorker
  deploysim run scenario.toml --format json | jq .verdict
  deploysim run scenario.toml --world live --set 'conf.\"spark.worker.timeout\"=4' --set until=20s
  deploysim run scenario.toml --world live --out runs/live --format json

In the world `live` the scenario is played by real masters, workers and drivers on this machine, and
takes as long as it says, at most. What cannot be played or seen there is refused. A shorter run: other times
with --set; spark.worker.timeout is at least 4 s.")]
pub(crate) struct Run {
    /// The scenario file.
    scenario: PathBuf,
    /// The seed of the run, instead of the scenario's.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// What plays the scenario.
    #[arg(long, value_enum, default_value_t = World::Queue)]
    world: World,
    /// Change a key of the scenario (repeatable).
    #[arg(long = "set", value_name = "KEY=VALUE")]
    changes: Vec<String>,
    /// Write the run into this folder: scenario, trace, events, metrics, summary, manifest, and
    /// run.html, which shows it in a browser. Of live processes: scenario, trace, summary, manifest,
    /// the log of each node and what the masters showed, also if the run fails.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Show everything between two instants in run.html, heartbeats one by one: `20s..90s`.
    #[arg(long, value_name = "FROM..TO", requires = "out")]
    view_window: Option<Window>,
    /// Replace a run that the folder holds already.
    #[arg(long, requires = "out")]
    force: bool,
    /// Show every event, a line each, instead of the timeline.
    #[arg(long)]
    trace: bool,
    /// How results are written to stdout.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// How results are written to stdout.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    /// Lines for people.
    Text,
    /// One JSON object on a line of its own; with --trace, after one object per event.
    Json,
}

impl Run {
    /// Plays it.
    pub(crate) fn carry_out(&self) -> Result<Verdict, Failure> {
        if self.world == World::Live {
            return self.carry_out_live();
        }
        let world = self.world.playing()?;
        let plan = scenario::read(&self.scenario, &self.changes)?;
        can_play(world, &self.scenario, &plan)?;
        warn(&self.scenario, &plan);
        let seed = self.seed.unwrap_or(plan.seed);
        let plan = run::drawn(&plan, seed);
        let mut record = self.record(world, &plan, seed)?;
        let mut out = results();
        let stopwatch = Stopwatch::start();
        let outcome = match self.format {
            Format::Text => self.show_text(world, &plan, seed, record.as_mut(), &mut out)?,
            Format::Json => self.show_json(world, &plan, seed, record.as_mut(), &mut out)?,
        };
        let elapsed = stopwatch.elapsed();
        if let Some(record) = record {
            record.finish(&plan, &outcome, self.manifest(seed))?;
        }
        if self.format == Format::Text {
            let speed = rate(outcome.inputs, elapsed);
            let passed = outcome.end.as_nanos() / 1_000_000_000;
            let pace = rate(passed, elapsed);
            writeln!(
                out,
                "\nsimulated {}, {} events, {speed} events and {pace} simulated seconds per second",
                outcome.end, outcome.inputs,
            )?;
        }
        out.flush()?;
        Ok(Verdict::from(outcome.holds()))
    }

    /// The folder that the run is written into, if it is.
    fn folder(&self) -> Result<Option<Folder>, Failure> {
        let Some(path) = &self.out else {
            return Ok(None);
        };
        Ok(Some(Folder::open(path, existing(self.force))?))
    }

    fn record(&self, world: Playing, plan: &Plan, seed: u64) -> Result<Option<Kept>, Failure> {
        let Some(folder) = self.folder()? else {
            return Ok(None);
        };
        let subject = Subject {
            title: plan.title.clone(),
            seed,
            world,
            window: self.view_window,
        };
        Ok(Some(Kept::begin(folder, plan, subject)?))
    }

    fn show_text(
        &self,
        world: Playing,
        plan: &Plan,
        seed: u64,
        record: Option<&mut Kept>,
        out: &mut Results,
    ) -> Result<Outcome, Failure> {
        writeln!(out, "{}\nseed {seed}, world {}\n", plan.title, world.name())?;
        let mut events = TextWriter::new(&mut *out);
        let outcome = if self.trace {
            play(world, plan, seed, &mut events, record)?
        } else {
            let mut timeline = Timeline::new(&mut *out);
            let outcome = play(world, plan, seed, &mut timeline, record)?;
            timeline.finish()?;
            outcome
        };
        writeln!(out)?;
        show(&judgement::all(&outcome), out)?;
        if !outcome.holds() {
            let command = replay(&self.scenario, self.world, seed, &self.changes);
            writeln!(out, "\nreplay: {command}")?;
        }
        Ok(outcome)
    }

    fn show_json(
        &self,
        world: Playing,
        plan: &Plan,
        seed: u64,
        record: Option<&mut Kept>,
        out: &mut Results,
    ) -> Result<Outcome, Failure> {
        let mut metrics = Metrics::default();
        let mut measures = Measures::new(plan);
        let mut witnesses: Vec<&mut dyn Witness> = vec![&mut metrics, &mut measures];
        witnesses.extend(record.map(|record| record as &mut dyn Witness));
        let mut events;
        if self.trace {
            events = JsonWriter::new(&mut *out, &plan.title, seed)?;
            witnesses.push(&mut events);
        }
        let outcome = run::play(world, plan, seed, &mut witnesses)?;
        let measured = measures.finish(outcome.end)?;
        let summary = Summary::new(&plan.title, &outcome, &metrics, &measured);
        let object = serde_json::to_string(&summary).map_err(io::Error::other)?;
        writeln!(out, "{object}")?;
        Ok(outcome)
    }

    fn manifest(&self, seed: u64) -> Manifest {
        let binary = std::env::current_exe().and_then(std::fs::read);
        let arguments = std::env::args_os().skip(1);
        Manifest {
            version: 1,
            program: env!("CARGO_PKG_VERSION"),
            seed,
            world: self.world.name(),
            scenario: self.scenario.display().to_string(),
            scenario_digest: String::new(),
            binary_digest: binary.ok().map(|bytes| digest(&bytes)),
            lock_digest: digest(include_bytes!("../../Cargo.lock")),
            features: Vec::new(),
            profile: if cfg!(debug_assertions) {
                "debug"
            } else {
                "release"
            },
            platform: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
            arguments: arguments
                .map(|argument| argument.to_string_lossy().into_owned())
                .collect(),
        }
    }
}

/// Plays before a witness, and before the record if there is one.
fn play<'w>(
    world: Playing,
    plan: &Plan,
    seed: u64,
    shown: &'w mut dyn Witness,
    record: Option<&'w mut Kept>,
) -> Result<Outcome, RunError> {
    let mut witnesses = vec![shown];
    witnesses.extend(record.map(|record| record as &mut dyn Witness));
    run::play(world, plan, seed, &mut witnesses)
}
