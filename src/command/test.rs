//! `deploysim test`: plays scenarios with many seeds, in parallel, and says which failed and how
//! to see it again. What a series of runs adds up to is decided in the library.

mod agreement;
mod tally;

use super::world::World;
use super::{Failure, Verdict, junit, paths};
use crate::stopwatch::Stopwatch;
use deploysim_scenarios::outcome::Outcome;
use deploysim_scenarios::run;
use deploysim_scenarios::scenario::plan::Plan;
use deploysim_scenarios::seeds::Seeds;
use deploysim_scenarios::world::World as Playing;
use rayon::iter::{
    IndexedParallelIterator, IntoParallelIterator, IntoParallelRefIterator, ParallelIterator,
};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::sync::mpsc;
use std::time::Duration;
use tally::Tally;

/// Play scenarios with many seeds and say which properties were violated.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  deploysim test scenarios/files --seeds 1..20
  deploysim test scenarios/files/liveness my-scenario.toml --seeds 1000 --jobs 8
  deploysim test scenarios/files --seeds 5 --junit target/scenarios.xml
  deploysim test scenarios/files --world queue --world turmoil

With both worlds, each scenario is also played with fixed times in both, and the two must tell the
same story: the agreement is shown at the end.")]
pub(crate) struct Test {
    /// Scenario files, and folders of them.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Seeds, both ends included; N means 1..N. [default: the scenario's own]
    #[arg(long, value_name = "A..B")]
    seeds: Option<Seeds>,
    /// Runs at the same time. [default: one per processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
    /// What plays the scenarios (repeatable).
    #[arg(long, value_enum, default_value = "queue")]
    world: Vec<World>,
    /// Write the results as a JUnit file.
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
}

/// How the results are called in a JUnit file.
const SUITE: junit::Suite = junit::Suite {
    report: "deploysim test",
    name: "scenarios",
    failure: "a property was violated",
};

/// One scenario that is tested in one world.
struct Subject {
    path: PathBuf,
    plan: Plan,
    seeds: Seeds,
    world: Playing,
    /// Why the world cannot play it.
    refusal: Option<String>,
}

impl Subject {
    /// How many runs it takes.
    fn runs(&self) -> u64 {
        match self.refusal {
            Some(_) => 0,
            None => self.seeds.count(),
        }
    }
}

/// What one run came to: its scenario, its seed, and its outcome, or nothing if the program
/// failed; and how long it took.
struct Ran {
    subject: usize,
    seed: u64,
    outcome: Option<Outcome>,
    elapsed: Duration,
}

impl Test {
    /// Tests them.
    pub(crate) fn carry_out(&self) -> Result<Verdict, Failure> {
        let worlds = self.worlds()?;
        let subjects = self.subjects(&worlds)?;
        let mut builder = rayon::ThreadPoolBuilder::new();
        if let Some(jobs) = self.jobs {
            builder = builder.num_threads(jobs.into());
        }
        let pool = builder
            .build()
            .map_err(|error| Failure::Machine(format!("error: no threads: {error}")))?;
        let (sender, ran) = mpsc::channel();
        let mut tally = Tally::new(&subjects, worlds.len());
        let told = pool.in_place_scope(|scope| {
            let subjects = &subjects;
            scope.spawn(move |_| play_all(subjects, &sender));
            ran.iter().try_for_each(|ran| tally.add(ran))
        });
        tally.finish()?;
        told?;
        if worlds.len() > 1 {
            pool.install(|| agreement::compare_all(&subjects, &mut tally))?;
        }
        let verdict = tally.conclude()?;
        if let Some(path) = &self.junit {
            junit::write(path, &SUITE, tally.cases())?;
        }
        Ok(verdict)
    }

    /// The worlds that are asked for, each once.
    fn worlds(&self) -> Result<Vec<Playing>, Failure> {
        let mut worlds = Vec::new();
        for world in &self.world {
            worlds.push(world.playing()?);
        }
        worlds.sort_unstable();
        worlds.dedup();
        Ok(worlds)
    }

    /// The scenarios, all of them sound.
    fn subjects(&self, worlds: &[Playing]) -> Result<Vec<Subject>, Failure> {
        let mut wrong = Vec::new();
        let mut subjects = Vec::new();
        for (path, plan) in paths::read(paths::files(&self.paths)?) {
            match plan {
                Ok(plan) => subjects.extend(worlds.iter().map(|world| Subject {
                    path: path.clone(),
                    seeds: self.seeds.clone().unwrap_or(Seeds(plan.seed..=plan.seed)),
                    world: *world,
                    refusal: world.refusal(&plan).map(|refusal| refusal.to_string()),
                    plan: plan.clone(),
                })),
                Err(error) => wrong.push(error),
            }
        }
        paths::all_sound(wrong)?;
        Ok(subjects)
    }
}

/// Plays every scenario with every seed, on all threads of the pool.
fn play_all(subjects: &[Subject], sender: &mpsc::Sender<Ran>) {
    let playable = subjects.par_iter().enumerate();
    let playable = playable.filter(|(_, it)| it.refusal.is_none());
    let runs = playable.flat_map(|(subject, it)| {
        let seeds = it.seeds.0.clone().into_par_iter();
        seeds.map(move |seed| (subject, seed))
    });
    runs.for_each_with(sender.clone(), |sender, (subject, seed)| {
        let stopwatch = Stopwatch::start();
        let Subject { plan, world, .. } = &subjects[subject];
        // A panic is a fault of the program; its message is on stderr already. A run without
        // witnesses writes nothing.
        let outcome = catch_unwind(AssertUnwindSafe(|| run::play(*world, plan, seed, &mut [])));
        let ran = Ran {
            subject,
            seed,
            outcome: outcome.ok().and_then(Result::ok),
            elapsed: stopwatch.elapsed(),
        };
        // Nobody listens any more if stdout cannot be written.
        let _ = sender.send(ran);
    });
}
