//! Subject: whole runs of the queue world, with ledger, invariants and metrics, and without a
//! trace. An iteration is one run. Beside an hour runs a bare heap that takes as many steps as the
//! run has inputs. What a run costs before it gets going, until every worker is registered and
//! idle, is measured apart.

use crate::clusters::sample;
use crate::queue::{Binary, Program};
use criterion::measurement::Measurement;
use criterion::{BenchmarkGroup, Criterion, Throughput};
use deploysim_scenarios::measure::Measures;
use deploysim_scenarios::outcome::Outcome;
use deploysim_scenarios::output::metrics::Metrics;
use deploysim_scenarios::run::{self, Witness};
use deploysim_scenarios::scenario::{self, plan::Plan};
use deploysim_scenarios::world::World;
use std::fmt::Write as _;
use std::path::Path;

const SEED: u64 = 2026;

/// Seconds until every worker has registered and beaten for the first time.
const START: u32 = 12;
const HOUR: u32 = 3_600;
const TEN_MINUTES: u32 = 600;
/// One each ten seconds of an hour.
const APPLICATIONS: u32 = 356;

/// A run: workers that beat, and perhaps applications that come and go.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    /// How many workers, of 16 cores and 64 GiB each.
    pub workers: u32,
    /// How long, in simulated seconds.
    pub seconds: u32,
    /// Applications of 64 cores, 4 per executor, that come evenly from the 20th second on. Each
    /// runs for 10 seconds, and has 10 more to end.
    pub applications: u32,
}

impl Run {
    /// A run without applications.
    pub const fn idle(workers: u32, seconds: u32) -> Self {
        Self {
            workers,
            seconds,
            applications: 0,
        }
    }

    /// The scenario of it.
    ///
    /// # Panics
    /// If the scenario is wrong, which is a bug.
    pub fn plan(self) -> Plan {
        let Self {
            workers,
            seconds,
            applications,
        } = self;
        let mut text = format!(
            "title = \"Workers beat while applications come and go\"\n\
             until = \"{seconds}s\"\n\
             settle = \"0s\"\n\
             [cluster]\n\
             worker = {{ count = {workers}, cores = 16, memory = \"64g\" }}\n"
        );
        for application in 0..applications {
            let at = 20 + application * (seconds - 40) / applications;
            write!(
                text,
                "[[application]]\nname = \"application-{application}\"\nat = \"{at}s\"\n\
                 cores_max = 64\ncores_per_executor = 4\nrun = \"10s\"\n"
            )
            .expect("a string takes everything");
        }
        scenario::parse("benchmark.toml", text.as_bytes(), Path::new(""), &[])
            .expect("the scenario is right")
    }
}

/// Plays it once, with the metrics on.
///
/// # Panics
/// If a property was violated.
pub fn play(plan: &Plan) -> Outcome {
    let mut metrics = Metrics::default();
    let mut measures = Measures::new(plan);
    let witnesses: &mut [&mut dyn Witness] = &mut [&mut metrics, &mut measures];
    let outcome = run::play(World::Queue, plan, SEED, witnesses).expect("metrics are not written");
    measures.finish(outcome.end).expect("the trace adds up");
    assert!(outcome.holds(), "{:?}", outcome.violations);
    outcome
}

/// Defines the benchmarks `world/…`.
///
/// # Panics
/// If a property is violated, or a run has fewer inputs than the heartbeats make.
pub fn define<M: Measurement>(criterion: &mut Criterion<M>) {
    let mut group = criterion.benchmark_group("world");
    // The biggest come last, since they leave the heap in pieces.
    for workers in [1_000, 10_000] {
        for (name, applications) in [("applications", APPLICATIONS), ("idle", 0)] {
            let run = Run {
                applications,
                ..Run::idle(workers, HOUR)
            };
            let inputs = measure(&mut group, &format!("hour/{name}"), run);
            let name = format!("hour/bare-heap-for-{name}/workers={workers}");
            group.bench_function(name, |bencher| {
                let mut heap = Program::<Binary>::settled(workers);
                let inputs = u32::try_from(inputs).unwrap_or(u32::MAX);
                bencher.iter(|| heap.take(inputs));
            });
        }
    }
    for workers in [1_000, 10_000, 100_000] {
        measure(&mut group, "start", Run::idle(workers, START));
    }
    measure(
        &mut group,
        "ten-minutes/idle",
        Run::idle(100_000, TEN_MINUTES),
    );
    group.finish();
}

/// Measures a run, and gives its number of inputs.
fn measure<M: Measurement>(group: &mut BenchmarkGroup<'_, M>, name: &str, run: Run) -> u64 {
    let plan = run.plan();
    let inputs = play(&plan).inputs;
    // Registering takes six inputs, and each worker beats every 15 seconds, which is one input for
    // it and one for the master.
    let beats = u64::from(run.workers) * u64::from((run.seconds / 15).saturating_sub(1));
    let least = 6 * u64::from(run.workers) + 2 * beats;
    assert!(inputs > least, "{inputs} inputs");
    sample(group, run.workers.max(1_001));
    group.throughput(Throughput::Elements(inputs));
    group.bench_function(format!("{name}/workers={}", run.workers), |bencher| {
        bencher.iter(|| play(&plan));
    });
    inputs
}
