//! `deploysim test`: plays scenarios with many seeds, in parallel, and says which failed and how
//! to see it again. What a series of runs adds up to is decided in the library.

use super::junit::{self, Case};
use super::replay::replay;
use super::seeds::Seeds;
use super::world::World;
use super::{Failure, Verdict, paths};
use crate::stopwatch::{Stopwatch, rate};
use crate::terminal::{Results, results, show, sign};
use deploysim_scenarios::outcome::Outcome;
use deploysim_scenarios::output::judgement::{Mark, failures};
use deploysim_scenarios::run;
use deploysim_scenarios::scenario::plan::Plan;
use deploysim_scenarios::series::Series;
use indicatif::{ProgressBar, ProgressStyle};
use rayon::iter::{
    IndexedParallelIterator, IntoParallelIterator, IntoParallelRefIterator, ParallelIterator,
};
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

/// Failed runs of one scenario that are shown with their evidence.
const SHOWN_MAX: usize = 3;

/// Play scenarios with many seeds and say which properties were violated.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  deploysim test scenarios/files --seeds 1..20
  deploysim test scenarios/files/liveness my-scenario.toml --seeds 1000 --jobs 8
  deploysim test scenarios/files --seeds 5 --junit target/scenarios.xml")]
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

/// One scenario that is tested.
struct Subject {
    path: PathBuf,
    plan: Plan,
    seeds: Seeds,
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
        let subjects = self.subjects()?;
        let mut builder = rayon::ThreadPoolBuilder::new();
        if let Some(jobs) = self.jobs {
            builder = builder.num_threads(jobs.into());
        }
        let pool = builder
            .build()
            .map_err(|error| Failure::Machine(format!("error: no threads: {error}")))?;
        let (sender, ran) = mpsc::channel();
        let mut tally = Tally::new(&subjects);
        let told = pool.in_place_scope(|scope| {
            let subjects = &subjects;
            scope.spawn(move |_| play_all(subjects, &sender));
            ran.iter().try_for_each(|ran| tally.add(ran))
        });
        tally.bar.finish_and_clear();
        told?;
        let verdict = tally.conclude()?;
        if let Some(path) = &self.junit {
            junit::write(path, &tally.cases)?;
        }
        Ok(verdict)
    }

    /// The scenarios, all of them sound.
    fn subjects(&self) -> Result<Vec<Subject>, Failure> {
        let mut wrong = Vec::new();
        let mut subjects = Vec::new();
        for (path, plan) in paths::read(paths::files(&self.paths)?) {
            match plan {
                Ok(plan) => subjects.push(Subject {
                    path,
                    seeds: self.seeds.clone().unwrap_or(Seeds(plan.seed..=plan.seed)),
                    plan,
                }),
                Err(error) => wrong.push(error),
            }
        }
        paths::all_sound(wrong)?;
        Ok(subjects)
    }
}

/// Plays every scenario with every seed, on all threads of the pool.
fn play_all(subjects: &[Subject], sender: &mpsc::Sender<Ran>) {
    let runs = subjects.par_iter().enumerate().flat_map(|(subject, it)| {
        let seeds = it.seeds.0.clone().into_par_iter();
        seeds.map(move |seed| (subject, seed))
    });
    runs.for_each_with(sender.clone(), |sender, (subject, seed)| {
        let stopwatch = Stopwatch::start();
        let plan = &subjects[subject].plan;
        // A panic is a fault of the program; its message is on stderr already. A run without
        // witnesses writes nothing.
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            run::play(
                deploysim_scenarios::world::World::Queue,
                plan,
                seed,
                &mut [],
            )
        }));
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

/// What the runs so far came to; scenarios are shown in order, each when its last run is over.
struct Tally<'a> {
    subjects: &'a [Subject],
    series: Vec<Series>,
    elapsed: Vec<Duration>,
    broken: Vec<(usize, u64)>,
    shown: usize,
    cases: Vec<Case>,
    bar: ProgressBar,
    out: Results,
}

impl<'a> Tally<'a> {
    fn new(subjects: &'a [Subject]) -> Self {
        let runs = subjects.iter().map(|it| count(&it.seeds)).sum();
        // Drawn on stderr, and only if that is a terminal.
        let bar = ProgressBar::new(runs);
        if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} runs, {eta} left") {
            bar.set_style(style);
        }
        Self {
            subjects,
            series: vec![Series::default(); subjects.len()],
            elapsed: vec![Duration::ZERO; subjects.len()],
            broken: Vec::new(),
            shown: 0,
            cases: Vec::new(),
            bar,
            out: results(),
        }
    }

    fn add(&mut self, ran: Ran) -> io::Result<()> {
        self.bar.inc(1);
        self.elapsed[ran.subject] += ran.elapsed;
        match ran.outcome {
            Some(outcome) => self.series[ran.subject].add(outcome),
            None => self.broken.push((ran.subject, ran.seed)),
        }
        while self.shown < self.subjects.len() && self.is_over(self.shown) {
            let subject = self.shown;
            self.shown += 1;
            let bar = self.bar.clone();
            bar.suspend(|| self.conclude_scenario(subject))?;
        }
        Ok(())
    }

    fn is_over(&self, subject: usize) -> bool {
        let broken = self.broken.iter().filter(|(it, _)| *it == subject).count();
        self.series[subject].runs() + broken as u64 == count(&self.subjects[subject].seeds)
    }

    fn conclude_scenario(&mut self, subject: usize) -> io::Result<()> {
        let Subject { path, .. } = &self.subjects[subject];
        let series = &self.series[subject];
        let broken: Vec<u64> = (self.broken.iter())
            .filter_map(|(it, seed)| (*it == subject).then_some(*seed))
            .collect();
        let holds = series.holds() && broken.is_empty();
        let mark = if holds { Mark::Held } else { Mark::Failed };
        let elapsed = self.elapsed[subject];
        writeln!(
            self.out,
            "{} {}  {}, {} events, {} events/s",
            sign(mark),
            path.display(),
            counted(series.runs(), "seed"),
            series.inputs(),
            rate(series.inputs(), elapsed),
        )?;
        for (defect, count) in series.tolerated() {
            let times = counted(count, "time");
            writeln!(
                self.out,
                "  {} {defect} tolerated, {times}",
                sign(Mark::Noted)
            )?;
        }
        let mut failure = Vec::new();
        explain(path, series, &broken, &mut failure)?;
        self.out.write_all(&failure)?;
        self.out.flush()?;
        let text = anstream::adapter::strip_str(&String::from_utf8_lossy(&failure)).to_string();
        self.cases.push(Case {
            name: path.display().to_string(),
            failure: (!holds).then_some(text),
            elapsed,
        });
        Ok(())
    }

    fn conclude(&mut self) -> Result<Verdict, Failure> {
        let failed = self.cases.iter().filter(|case| case.failure.is_some());
        let failed = failed.count();
        let passed = self.cases.len() - failed;
        writeln!(self.out, "{passed} passed, {failed} failed, 0 skipped")?;
        self.out.flush()?;
        if self.broken.is_empty() {
            return Ok(Verdict::from(failed == 0));
        }
        let runs = counted(self.broken.len() as u64, "run");
        Err(Failure::Machine(format!(
            "error: the program failed in {runs}: this is a fault of deploysim"
        )))
    }
}

/// The evidence of failed runs, with the commands that play them again.
fn explain(path: &Path, series: &Series, broken: &[u64], out: &mut impl Write) -> io::Result<()> {
    for outcome in series.failed().take(SHOWN_MAX) {
        show(&failures(outcome), out)?;
        writeln!(out, "    replay: {}", replay(path, outcome.seed, &[]))?;
    }
    let rest: Vec<String> = (series.failed().skip(SHOWN_MAX))
        .map(|outcome| outcome.seed.to_string())
        .collect();
    if !rest.is_empty() {
        writeln!(out, "    also with the seeds {}", rest.join(", "))?;
    }
    for unseen in series.unseen() {
        writeln!(
            out,
            "  {} {unseen}: should be seen on some seed, and was on none",
            sign(Mark::Failed)
        )?;
    }
    for seed in broken {
        let command = replay(path, *seed, &[]);
        writeln!(out, "  {} the program failed", sign(Mark::Failed))?;
        writeln!(out, "    replay: {command}")?;
    }
    Ok(())
}

fn count(seeds: &Seeds) -> u64 {
    (seeds.0.end() - seeds.0.start()).saturating_add(1)
}

fn counted(count: u64, noun: &str) -> String {
    match count {
        1 => format!("1 {noun}"),
        _ => format!("{count} {noun}s"),
    }
}
