//! `deploysim sweep`: plays a scenario in every cell of its `[sweep]` with every seed, and writes a
//! row per run. What a row holds, when there are enough, and how a killed sweep goes on, is decided
//! in the library.

mod emit;
mod explain;
mod merge;
mod pace;
mod parquet;

use super::existing::existing;
use super::replay::replay;
use super::world::World;
use super::{Failure, Verdict};
use crate::terminal::complain;
use deploysim_scenarios::output::manifest::digest;
use deploysim_scenarios::run::RunError;
use deploysim_scenarios::scenario;
use deploysim_scenarios::scenario::plan::Plan;
use deploysim_scenarios::seeds::Seeds;
use deploysim_scenarios::sweep::{Course, Part, Row, Run, Shard, SweepError, Table, Until, Wave};
use emit::Emit;
use merge::Merge;
use pace::Pace;
use parquet::ParquetCopy;
use rayon::ThreadPool;
use rayon::iter::{ParallelBridge, ParallelIterator};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc;

/// Play a scenario over the values of its sweep, with many seeds; write a row per run.
///
/// The table is the same whatever the number of threads. A sweep that is killed leaves
/// `<FILE>.part`; the same command goes on from there and ends with the same bytes.
#[derive(clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_help = "Examples:
  deploysim sweep scenarios/files/liveness/sweep-of-time-outs.toml --explain
  deploysim sweep scenario.toml -o out.csv --jobs 4
  deploysim sweep scenario.toml -o out.csv --parquet out.parquet
  deploysim sweep scenario.toml -o out.csv --until ci=2%
  deploysim sweep scenario.toml -o out.csv --until ci=5%:application_wait_mean_ns --seeds 200
  deploysim sweep scenario.toml -o part-3.csv --shard 3/8
  deploysim sweep merge -o all.csv part-1.csv part-2.csv part-3.csv
  deploysim sweep emit slurm scenario.toml --shards 100 > sweep.sh"
)]
pub(crate) struct Sweep {
    #[command(subcommand)]
    beside: Option<Beside>,
    /// The scenario file.
    #[arg(required = true)]
    scenario: Option<PathBuf>,
    /// Where the table is written.
    #[arg(
        short,
        long,
        value_name = "FILE",
        required_unless_present = "explain",
        conflicts_with = "explain"
    )]
    output: Option<PathBuf>,
    /// Replace a table that is there already.
    #[arg(long)]
    force: bool,
    /// Runs at the same time. [default: one per processor]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    jobs: Option<u16>,
    /// Only every N-th run, beginning with the I-th.
    #[arg(long, value_name = "I/N", default_value_t = Shard::WHOLE)]
    shard: Shard,
    /// Seeds, both ends included; N means 1..N. [default: the sweep's own]
    #[arg(long, value_name = "A..B")]
    seeds: Option<Seeds>,
    /// Go on with ten more seeds in each cell until half the width of the 95 % interval is at most P
    /// percent of the mean: ci=P%, or ci=P%:COLUMN,COLUMN. The seeds are then the most there may
    /// be. [default: 1000]
    #[arg(long, value_name = "RULE", conflicts_with = "shard")]
    until: Option<Until>,
    /// Show what would be run and, from one run, how long it would take; write nothing.
    #[arg(long)]
    explain: bool,
    #[command(flatten)]
    copy: ParquetCopy,
}

/// What there is to do beside playing.
#[derive(clap::Subcommand)]
enum Beside {
    Merge(Merge),
    Emit(Emit),
}

/// What came of a run: its row, or why there is none.
type Played = (Run, Result<Row, Failure>);

impl Sweep {
    /// Sweeps `scenario` into `table`, in the place of a table that is there already.
    pub(super) const fn anew(scenario: PathBuf, table: PathBuf) -> Self {
        Self {
            beside: None,
            scenario: Some(scenario),
            output: Some(table),
            force: true,
            jobs: None,
            shard: Shard::WHOLE,
            seeds: None,
            until: None,
            explain: false,
            copy: ParquetCopy::NONE,
        }
    }

    /// Sweeps.
    pub(crate) fn carry_out(&self) -> Result<Verdict, Failure> {
        match &self.beside {
            Some(Beside::Merge(merge)) => return merge.carry_out(),
            Some(Beside::Emit(emit)) => return emit.carry_out(),
            None => {}
        }
        self.copy.check(self.force)?;
        let Some(scenario) = &self.scenario else {
            return Err(Failure::BadInput("error: no scenario".to_owned()));
        };
        let sweep = scenario::read_sweep(scenario)?;
        let table = Table::new(sweep, self.seeds.clone()).map_err(scenario::ReadError::Wrong)?;
        let table = match &self.until {
            Some(until) => table.until(until.clone(), self.seeds.clone())?,
            None => table,
        };
        let pool = self.pool()?;
        match &self.output {
            None => explain::explain(&table, scenario, self.shard, pool.current_num_threads()),
            Some(output) => self.fill(&table, scenario, output, &pool),
        }
    }

    fn pool(&self) -> Result<ThreadPool, Failure> {
        let mut builder = rayon::ThreadPoolBuilder::new();
        if let Some(jobs) = self.jobs {
            builder = builder.num_threads(jobs.into());
        }
        let built = builder.build();
        built.map_err(|error| Failure::Machine(format!("error: no threads: {error}")))
    }

    /// Plays what is missing of the table, and completes it.
    fn fill(
        &self,
        table: &Table,
        scenario: &Path,
        output: &Path,
        pool: &ThreadPool,
    ) -> Result<Verdict, Failure> {
        let mut course = Course::new(table, self.shard);
        let (mut part, kept) = Part::open(output, &mut course, &build(), existing(self.force))?;
        if kept.rows > 0 {
            let of = if table.is_open() {
                String::new()
            } else {
                format!(" of {}", course.runs())
            };
            complain(&format!("{}{of} runs are there already", kept.rows));
        }
        let mut violated = kept.violated;
        let mut pace = Pace::new(kept.rows);
        while let Some((wave, place)) = course.wave() {
            let wave = wave.clone();
            pace.lengthen(course.runs());
            let (sender, played) = mpsc::channel();
            pool.in_place_scope(|scope| {
                let wave = &wave;
                scope.spawn(move |_| play_all(table, wave, place, &sender));
                in_order(played, wave, place, |run, row| {
                    let row = row.map_err(|failure| named(failure, table, scenario, run))?;
                    part.add(&row, &mut course)?;
                    violated += u64::from(!row.holds);
                    pace.advance();
                    Ok(())
                })
            })?;
        }
        drop(pace);
        part.complete(&course)?;
        self.copy.write(output)?;
        for remark in course.remarks() {
            complain(&format!("warning: {remark}"));
        }
        let (name, runs) = (output.display(), course.runs());
        complain(&format!(
            "{name}: {runs} runs, {violated} of them violated a property"
        ));
        Ok(Verdict::from(violated == 0))
    }
}

/// Plays a wave from a place on, on all threads of the pool, about in order.
fn play_all(table: &Table, wave: &Wave, place: u64, sender: &mpsc::Sender<Played>) {
    let places = (place..wave.runs()).par_bridge();
    // Neighbours are mostly of one cell, whose scenario is read once by each thread.
    let own: (mpsc::Sender<Played>, Option<(usize, Plan)>) = (sender.clone(), None);
    let _ = places.try_for_each_with(own, |(sender, latest), place| {
        let run = wave.run(place);
        let row = plan_of(table, run.cell, latest).and_then(|plan| play(table, run, plan));
        // Nobody listens any more if a run failed or its row cannot be written.
        sender.send((run, row))
    });
}

fn plan_of<'a>(
    table: &Table,
    cell: usize,
    latest: &'a mut Option<(usize, Plan)>,
) -> Result<&'a Plan, Failure> {
    if latest.as_ref().is_none_or(|(known, _)| *known != cell) {
        let plan = table.plan(cell).map_err(scenario::ReadError::Wrong)?;
        *latest = Some((cell, plan));
    }
    match latest {
        Some((_, plan)) => Ok(plan),
        None => Err(Failure::Machine("error: a cell has no scenario".to_owned())),
    }
}

fn play(table: &Table, run: Run, plan: &Plan) -> Result<Row, Failure> {
    // A panic is a fault of the program; its message is on stderr already.
    let row = catch_unwind(AssertUnwindSafe(|| table.play(run, plan)));
    match row {
        Ok(row) => Ok(row.map_err(|error: RunError| Failure::from(error))?),
        Err(_) => Err(Failure::Machine("error: the program failed".to_owned())),
    }
}

/// Hands on what was played of a wave, in its order.
fn in_order(
    played: mpsc::Receiver<Played>,
    wave: &Wave,
    mut place: u64,
    mut hand_on: impl FnMut(Run, Result<Row, Failure>) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut early = BTreeMap::new();
    for (run, row) in played {
        early.insert(run.number, (run, row));
        while place < wave.runs()
            && let Some((run, row)) = early.remove(&wave.run(place).number)
        {
            hand_on(run, row)?;
            place += 1;
        }
    }
    Ok(())
}

/// A failure with the run in which it was met.
fn named(failure: Failure, table: &Table, scenario: &Path, run: Run) -> Failure {
    let changes = table.sweep().cells[run.cell].changes();
    let command = replay(scenario, World::Queue, run.seed, &changes);
    let with = |text| format!("{text}\nin run {}: {command}", run.number);
    match failure {
        Failure::BadInput(text) => Failure::BadInput(with(text)),
        Failure::Machine(text) => Failure::Machine(with(text)),
    }
}

/// Which program this is: rows of different builds are not mixed.
fn build() -> String {
    let binary = std::env::current_exe().and_then(std::fs::read);
    binary.map_or_else(|_| "unknown".to_owned(), |bytes| digest(&bytes))
}

impl From<SweepError> for Failure {
    fn from(error: SweepError) -> Self {
        match error {
            SweepError::Refused(reason) => Self::BadInput(format!("error: {reason}")),
            SweepError::Failed(error) => Self::from(error),
        }
    }
}
