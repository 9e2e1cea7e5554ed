//! `deploysim test`: plays scenarios with many seeds, in parallel, and says which failed and how
//! to see it again. What a series of runs adds up to is decided in the library.

mod agreement;
mod tally;

use super::world::World;
use super::{Failure, Verdict, junit, paths};
use crate::stopwatch::Stopwatch;
use deploysim_scenarios::outcome::Outcome;
use deploysim_scenarios::run::RunError;
use deploysim_scenarios::scenario::plan::Plan;
use deploysim_scenarios::seeds::Seeds;
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
  deploysim test scenarios/files/every-world --world live --junit live.xml

In the world `live` scenarios are played by real processes, one after the other, and each takes as
long as it says, at most.
With the worlds queue and turmoil, each scenario is also played with fixed times in both, and the two must tell the
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
    world: World,
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

/// What one run came to: its scenario, its seed, and its outcome, or in words how the program or
/// the machine failed; and how long it took.
struct Ran {
    subject: usize,
    seed: u64,
    outcome: Result<Outcome, String>,
    elapsed: Duration,
}

impl Test {
    /// Tests them.
    pub(crate) fn carry_out(&self) -> Result<Verdict, Failure> {
        let worlds = self.worlds();
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
        if worlds.contains(&World::Queue) && worlds.contains(&World::Turmoil) {
            pool.install(|| agreement::compare_all(&subjects, &mut tally))?;
        }
        let verdict = tally.conclude()?;
        if let Some(path) = &self.junit {
            junit::write(path, &SUITE, tally.cases())?;
        }
        Ok(verdict)
    }

    /// The worlds that are asked for, each once.
    fn worlds(&self) -> Vec<World> {
        let mut worlds = self.world.clone();
        worlds.sort_unstable();
        worlds.dedup();
        worlds
    }

    /// The scenarios, all of them sound.
    fn subjects(&self, worlds: &[World]) -> Result<Vec<Subject>, Failure> {
        let mut wrong = Vec::new();
        let mut subjects = Vec::new();
        for (path, plan) in paths::read(paths::files(&self.paths)?) {
            match plan {
                Ok(plan) => subjects.extend(worlds.iter().map(|world| Subject {
                    path: path.clone(),
                    seeds: self.seeds.clone().unwrap_or(Seeds(plan.seed..=plan.seed)),
                    world: *world,
                    refusal: world.refusal(&plan),
                    plan: plan.clone(),
                })),
                Err(error) => wrong.push(error),
            }
        }
        paths::all_sound(wrong)?;
        Ok(subjects)
    }
}

/// Plays every scenario with every seed: simulated ones on all threads of the pool, then those with
/// live processes, one after the other, as they would be in each other's way.
fn play_all(subjects: &[Subject], sender: &mpsc::Sender<Ran>) {
    let is_simulated = |it: &Subject| it.refusal.is_none() && it.world != World::Live;
    let simulated = subjects.par_iter().enumerate();
    let simulated = simulated.filter(|(_, it)| is_simulated(it));
    let runs = simulated.flat_map(|(subject, it)| {
        let seeds = it.seeds.0.clone().into_par_iter();
        seeds.map(move |seed| (subject, seed))
    });
    runs.for_each_with(sender.clone(), |sender, (subject, seed)| {
        // Nobody listens any more if stdout cannot be written.
        let _ = sender.send(play_one(subjects, subject, seed));
    });
    let is_live = |it: &Subject| it.refusal.is_none() && it.world == World::Live;
    let live = subjects.iter().enumerate().filter(|(_, it)| is_live(it));
    for (subject, it) in live {
        for seed in it.seeds.0.clone() {
            if sender.send(play_one(subjects, subject, seed)).is_err() {
                return;
            }
        }
    }
}

fn play_one(subjects: &[Subject], subject: usize, seed: u64) -> Ran {
    let stopwatch = Stopwatch::start();
    let Subject { plan, world, .. } = &subjects[subject];
    // A panic is a fault of the program; its message is on stderr already. A run without
    // witnesses writes nothing.
    let outcome = catch_unwind(AssertUnwindSafe(|| world.play(plan, seed)));
    let outcome = match outcome {
        Ok(outcome) => outcome.map_err(|error: RunError| error.to_string()),
        Err(_panic) => Err("the program failed".to_owned()),
    };
    Ran {
        subject,
        seed,
        outcome,
        elapsed: stopwatch.elapsed(),
    }
}
