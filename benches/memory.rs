//! The memory of whole runs: the most bytes that were allocated at once by the thread that
//! played. A program of its own, since counting allocations costs time.

use allocation_counter::measure;
use criterion::measurement::{Measurement, ValueFormatter};
use criterion::{Criterion, SamplingMode, Throughput};
use deploysim_benches::world::{Run, play};
use std::cell::{Cell, LazyCell};
use std::time::Duration;

/// Long enough for every worker to register and to beat three times.
const SECONDS: u32 = 60;

fn main() {
    let mut criterion = Criterion::default()
        .with_measurement(PeakBytes)
        .warm_up_time(Duration::from_millis(1))
        .measurement_time(Duration::from_millis(1))
        .nresamples(1_001)
        .configure_from_args();
    let mut group = criterion.benchmark_group("memory");
    group.sampling_mode(SamplingMode::Flat).sample_size(10);
    for workers in [1_000, 10_000, 100_000] {
        let run = Run::idle(workers, SECONDS);
        group.throughput(Throughput::Elements(u64::from(workers)));
        let peak = LazyCell::new(|| {
            let plan = run.plan();
            let inputs = Cell::new(0);
            let allocated = measure(|| inputs.set(play(&plan).inputs));
            assert!(inputs.get() >= u64::from(6 * workers));
            allocated.bytes_max as f64
        });
        group.bench_function(format!("idle/workers={workers}"), |bencher| {
            bencher.iter_custom(|iterations| *peak * iterations as f64);
        });
    }
    group.finish();
    criterion.final_summary();
}

/// Bytes that are allocated at once, at most. A run allocates the same bytes each time, so one
/// run serves all samples.
struct PeakBytes;

impl Measurement for PeakBytes {
    type Intermediate = ();
    type Value = f64;

    fn start(&self) -> Self::Intermediate {}

    fn end(&self, (): Self::Intermediate) -> Self::Value {
        0.0
    }

    fn add(&self, one: &Self::Value, other: &Self::Value) -> Self::Value {
        one + other
    }

    fn zero(&self) -> Self::Value {
        0.0
    }

    fn to_f64(&self, value: &Self::Value) -> f64 {
        *value
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        &Bytes
    }
}

/// Writes bytes as MiB, and per worker as bytes.
struct Bytes;

impl ValueFormatter for Bytes {
    fn scale_values(&self, _: f64, values: &mut [f64]) -> &'static str {
        for value in values {
            *value /= 1_048_576.0;
        }
        "MiB"
    }

    fn scale_throughputs(
        &self,
        _: f64,
        throughput: &Throughput,
        values: &mut [f64],
    ) -> &'static str {
        let Throughput::Elements(workers) = *throughput else {
            return "B";
        };
        for value in values {
            *value /= workers as f64;
        }
        "B/worker"
    }

    fn scale_for_machines(&self, _: &mut [f64]) -> &'static str {
        "B"
    }
}
