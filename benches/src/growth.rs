//! Part of the subject `schedule`: a pass of always the same decisions, at a number of workers that
//! doubles. All sizes are measured in turn, one pass of each after the other, so that what a
//! neighbour on the machine does for a second slows all of them alike.

use crate::ProcessorTime;
use crate::clusters::{Occupied, cluster, pass, rules, submit};
use crate::processor_time::repeated;
use criterion::measurement::Measurement;
use criterion::{Criterion, SamplingMode};
use deploysim_nodes::master::scheduling::Scheduler;
use std::cell::{LazyCell, RefCell};
use std::collections::VecDeque;
use std::time::Duration;

/// From 1,000 to 128,000 workers.
const SIZES: [u32; 8] = [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 128_000];
const APPLICATIONS: u32 = 100;
/// Of 4 cores each, for applications of 64 cores.
const LAUNCHES: u64 = 16 * APPLICATIONS as u64;
const CORES: i32 = 64;
/// Passes at each size.
const SAMPLES: usize = 50;

/// The clusters, and the passes that were measured and not yet given out.
struct Turns {
    clusters: [Scheduler; SIZES.len()],
    took: [VecDeque<Duration>; SIZES.len()],
}

impl Turns {
    /// Empty clusters, at which the applications wait.
    fn new() -> Self {
        let clusters = SIZES.map(|workers| {
            let mut ready = cluster(rules(), workers, Occupied::Empty);
            submit(&mut ready, APPLICATIONS, CORES);
            let (counts, _) = pass(&mut ready.clone(), 0);
            assert_eq!(counts.executors_launched, LAUNCHES);
            ready
        });
        Self {
            clusters,
            took: Default::default(),
        }
    }

    /// The next pass at a size, by its place in [`SIZES`]. Where none is left, one is measured at
    /// each size.
    fn next(&mut self, size: usize) -> Duration {
        if self.took[size].is_empty() {
            for (cluster, took) in self.clusters.iter().zip(&mut self.took) {
                let mut cluster = cluster.clone();
                let clock = ProcessorTime::new();
                let start = clock.start();
                let result = std::hint::black_box(pass(&mut cluster, 0));
                took.push_back(clock.end(start));
                drop(result);
            }
        }
        self.took[size].pop_front().expect("one was measured")
    }
}

/// Defines the benchmarks `schedule/growth/…`.
///
/// # Panics
/// If a pass does not launch what the applications want.
pub fn define(criterion: &mut Criterion<ProcessorTime>) {
    let mut group = criterion.benchmark_group("schedule/growth");
    group.sampling_mode(SamplingMode::Flat).sample_size(SAMPLES);
    // Warming up is a single pass, because it would otherwise use up the passes of its size.
    group.warm_up_time(Duration::from_nanos(1));
    // Made only where one of its benchmarks is asked for.
    let turns = LazyCell::new(|| RefCell::new(Turns::new()));
    for (size, workers) in SIZES.into_iter().enumerate() {
        let name = format!("fast/workers={workers}/applications={APPLICATIONS}");
        group.bench_function(name, |bencher| {
            bencher.iter_custom(|iterations| repeated(turns.borrow_mut().next(size), iterations));
        });
    }
    group.finish();
}
