//! The subjects of the benchmarks as a reader meets them: one heading, one growth chart, and a
//! sentence that says what to see. What is drawn is looked up by the benchmarks' names.

use crate::charts::{Lines, Measure, Panel, Point, Scale, Series, Write};
use crate::data::Data;
use crate::numbers::{bytes, count, duration};

/// One subject.
pub(crate) struct Subject {
    /// Its name: what the names of its benchmarks begin with.
    pub(crate) name: &'static str,
    /// Its heading.
    pub(crate) heading: &'static str,
    /// What to see.
    pub(crate) see: &'static str,
    /// What is drawn.
    pub(crate) chart: Lines,
}

/// How values of a series are read.
#[derive(Clone, Copy)]
enum Value {
    /// The median of an iteration.
    Whole,
    /// The median of one element of an iteration.
    Each,
    /// The median of an iteration, divided by its size.
    PerSize,
    /// The shortest of real Spark's recorded times.
    Spark,
}

/// A line: its name in the legend, its benchmarks with `{}` for the size, how it is read.
type Line = (&'static str, &'static str, Value);

const SIZES: [u32; 12] = [
    1, 10, 100, 1_000, 2_000, 4_000, 8_000, 10_000, 16_000, 32_000, 64_000, 100_000,
];

/// The last size of a growth by doubling.
const LAST_DOUBLING: u32 = 128_000;

/// Every subject, in the order of the page.
pub(crate) fn all(data: &Data) -> Vec<Subject> {
    vec![
        placement(data),
        schedule(data),
        master(data),
        events(data),
        drivers(data),
        registration(data),
        queue(data),
        world(data),
        memory(data),
    ]
}

fn placement(data: &Data) -> Subject {
    Subject {
        name: "placement",
        heading: "One decision",
        see: "The line of the core has the slope of the launches that it writes down, four for each worker; real Spark's recorded time is a point far above, because it adds up sums again for every candidate.",
        chart: growth(
            data,
            "workers",
            "processor time",
            duration,
            &[
                (
                    "core, 4 cores each",
                    "placement/spread-out/cores=4/occupied=0%/fast/workers={}",
                    Value::Whole,
                ),
                (
                    "plain, 4 cores each",
                    "placement/spread-out/cores=4/occupied=0%/plain/workers={}",
                    Value::Whole,
                ),
                (
                    "core, cores unset",
                    "placement/spread-out/cores=unset/occupied=0%/fast/workers={}",
                    Value::Whole,
                ),
                (
                    "core, full cluster",
                    "placement/spread-out/cores=4/occupied=100%/fast/workers={}",
                    Value::Whole,
                ),
                (
                    "Spark, 4 cores each",
                    "placement/spread-out/cores=4/occupied=0%/fast/workers={}",
                    Value::Spark,
                ),
            ],
        ),
    }
}

fn schedule(data: &Data) -> Subject {
    Subject {
        name: "schedule",
        heading: "One pass of the scheduling core",
        see: "At a fixed number of decisions (100 applications of 16 executors) the lowest line of the empty cluster stays nearly level while the workers double; the full cluster costs less still, and a steady state hardly feels its size.",
        chart: growth(
            data,
            "workers",
            "processor time",
            duration,
            &[
                (
                    "100 applications, empty",
                    "schedule/growth/fast/workers={}/applications=100",
                    Value::Whole,
                ),
                (
                    "1,000, empty",
                    "schedule/occupied=0%/fast/workers={}/applications=1000",
                    Value::Whole,
                ),
                (
                    "1,000, empty, plain",
                    "schedule/occupied=0%/plain/workers={}/applications=1000",
                    Value::Whole,
                ),
                (
                    "1,000, full",
                    "schedule/occupied=100%/fast/workers={}/applications=1000",
                    Value::Whole,
                ),
                (
                    "one executor ends",
                    "schedule/steady/one-executor-ends/workers={}/applications=1000",
                    Value::Whole,
                ),
            ],
        ),
    }
}

fn master(data: &Data) -> Subject {
    Subject {
        name: "master",
        heading: "One pass of the Master",
        see: "Bookkeeping, notes and messages cost the same for each launch: ten times the applications take ten times the time, from a hundred applications on. Real Spark's recorded time for 100 is the point at the top.",
        chart: growth(
            data,
            "waiting applications, at 10,000 workers",
            "processor time",
            duration,
            &[
                (
                    "Master",
                    "master/schedule/workers=10000/applications={}",
                    Value::Whole,
                ),
                (
                    "core alone",
                    "schedule/occupied=0%/fast/workers=10000/applications={}",
                    Value::Whole,
                ),
                (
                    "Spark",
                    "master/schedule/workers=10000/applications={}",
                    Value::Spark,
                ),
            ],
        ),
    }
}

fn events(data: &Data) -> Subject {
    Subject {
        name: "events",
        heading: "The Master event by event",
        see: "The ends of executors, which are nearly all inputs, hardly feel the size of the cluster. The means of what is rare, and the 99.9th percentile, grow with it, and the mean of all depends on how rare that is: those inputs are told to every worker or to every application, one message each, as Spark does.",
        chart: growth(
            data,
            "workers, and as many waiting applications",
            "processor time",
            duration,
            &[
                ("mean", "events/workers={}/waiting={}/mean", Value::Whole),
                (
                    "99.9th percentile",
                    "events/workers={}/waiting={}/p99.9",
                    Value::Whole,
                ),
                (
                    "executor ends",
                    "events/workers={}/waiting={}/executor-ends",
                    Value::Whole,
                ),
                (
                    "application registers",
                    "events/workers={}/waiting={}/application-registers",
                    Value::Whole,
                ),
                (
                    "application finishes",
                    "events/workers={}/waiting={}/application-finishes",
                    Value::Whole,
                ),
                (
                    "worker lost",
                    "events/workers={}/waiting={}/worker-lost",
                    Value::Whole,
                ),
            ],
        ),
    }
}

fn drivers(data: &Data) -> Subject {
    Subject {
        name: "drivers",
        heading: "Waiting drivers",
        see: "That a shape fits nowhere is found once for all drivers of it, so that 10,000 cost a few times what 100 do; the plain algorithm, and real Spark, look at every worker for each of them.",
        chart: growth(
            data,
            "workers",
            "processor time",
            duration,
            &[
                (
                    "100 fit nowhere",
                    "drivers/fit-nowhere/fast/workers={}/drivers=100",
                    Value::Whole,
                ),
                (
                    "100 fit nowhere, plain",
                    "drivers/fit-nowhere/plain/workers={}/drivers=100",
                    Value::Whole,
                ),
                (
                    "10,000 fit nowhere",
                    "drivers/fit-nowhere/fast/workers={}/drivers=10000",
                    Value::Whole,
                ),
                (
                    "100 fit",
                    "drivers/fit/fast/workers={}/drivers=100",
                    Value::Whole,
                ),
                (
                    "Spark, 100 fit nowhere",
                    "drivers/fit-nowhere/fast/workers={}/drivers=100",
                    Value::Spark,
                ),
            ],
        ),
    }
}

fn registration(data: &Data) -> Subject {
    Subject {
        name: "registration",
        heading: "Registration of workers",
        see: "The cost of one worker grows slowly with the number of those that are there: it is a search in an order of ids.",
        chart: growth(
            data,
            "workers",
            "processor time per worker",
            duration,
            &[
                (
                    "ids ascending",
                    "registration/ascending/workers={}",
                    Value::PerSize,
                ),
                (
                    "descending",
                    "registration/descending/workers={}",
                    Value::PerSize,
                ),
                (
                    "scattered",
                    "registration/scattered/workers={}",
                    Value::PerSize,
                ),
                (
                    "numbered",
                    "registration/numbered/workers={}",
                    Value::PerSize,
                ),
            ],
        ),
    }
}

fn queue(data: &Data) -> Subject {
    Subject {
        name: "queue",
        heading: "The event queue",
        see: "Both heaps grow with the timers that wait; the queue grows more slowly, because heartbeats wait in the order in which they came.",
        chart: growth(
            data,
            "timers",
            "processor time per step",
            duration,
            &[
                ("this queue", "queue/agenda/timers={}", Value::Each),
                ("standard heap", "queue/binary-heap/timers={}", Value::Each),
                ("4-ary heap", "queue/4-ary-heap/timers={}", Value::Each),
            ],
        ),
    }
}

fn world(data: &Data) -> Subject {
    Subject {
        name: "world",
        heading: "Whole runs",
        see: "The distance between the lines of a run and those of a bare heap is what the nodes, the network, the invariants and the metrics cost. The inputs with which workers register cost most, so a short run has fewer of them per second.",
        chart: growth(
            data,
            "workers",
            "processor time per input",
            duration,
            &[
                (
                    "until all are registered",
                    "world/start/workers={}",
                    Value::Each,
                ),
                (
                    "an hour, applications come and go",
                    "world/hour/applications/workers={}",
                    Value::Each,
                ),
                ("an hour, idle", "world/hour/idle/workers={}", Value::Each),
                (
                    "ten minutes, idle",
                    "world/ten-minutes/idle/workers={}",
                    Value::Each,
                ),
                (
                    "bare heap, applications",
                    "world/hour/bare-heap-for-applications/workers={}",
                    Value::Each,
                ),
                (
                    "bare heap, idle",
                    "world/hour/bare-heap-for-idle/workers={}",
                    Value::Each,
                ),
            ],
        ),
    }
}

fn memory(data: &Data) -> Subject {
    Subject {
        name: "memory",
        heading: "Memory of whole runs",
        see: "A nearly level line: an idle worker costs about the same at any size.",
        chart: growth(
            data,
            "workers",
            "memory per worker at the peak",
            bytes,
            &[("idle", "memory/idle/workers={}", Value::Each)],
        ),
    }
}

/// A chart of the lines of which something was measured, both axes logarithmic.
fn growth(data: &Data, across: &str, up: &str, write: Write, wanted: &[Line]) -> Lines {
    let series = wanted.iter().map(|(name, benchmarks, value)| Series {
        name: (*name).to_owned(),
        points: points(data, benchmarks, *value),
    });
    let series = series.filter(|series| !series.points.is_empty()).collect();
    let measure = |label: &str, write| Measure {
        label: label.to_owned(),
        scale: Scale::Logarithmic,
        write,
    };
    let title = String::new();
    Lines {
        across: measure(across, count),
        up: measure(up, write),
        panels: vec![Panel { title, series }],
    }
}

fn points(data: &Data, benchmarks: &str, value: Value) -> Vec<Point> {
    let sizes = SIZES.into_iter().chain([LAST_DOUBLING]);
    let points = sizes.filter_map(|size| {
        let name = benchmarks.replace("{}", &size.to_string());
        // Of medians the data have an interval; of what real Spark took only the times themselves.
        let scaled = |by: f64| {
            let measured = data.measurements.get(&name)?;
            let ends = (measured.lower / by, measured.upper / by);
            Some((measured.median / by, Some(ends)))
        };
        let found = match value {
            Value::Whole => scaled(1.0),
            Value::Each => scaled(data.elements(&name)),
            Value::PerSize => scaled(f64::from(size)),
            Value::Spark => data.recorded(&name).map(|it| (it.low_ms * 1e6, None)),
        };
        let (value, interval) = found.filter(|(value, _)| *value > 0.0)?;
        // The axis has no place for what is not above zero.
        let interval = interval.filter(|(low, _)| *low > 0.0);
        Some(Point {
            at: size.into(),
            value,
            interval,
        })
    });
    points.collect()
}
