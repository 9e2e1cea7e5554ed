//! The budgets of the scheduling core, the event queue and the queue world: what is allowed, and
//! what of the measurements says whether it is kept.

use crate::data::Data;
use crate::numbers::{bytes, count, duration, ratio};

/// One budget, held against the measurements.
pub(crate) struct Row {
    /// What is measured.
    pub(crate) what: &'static str,
    /// The benchmark's name, for its command.
    pub(crate) name: String,
    /// What is allowed.
    pub(crate) budget: String,
    /// What was measured; absent if nothing was.
    pub(crate) measured: Option<String>,
    /// Whether the budget is kept.
    pub(crate) standing: Standing,
    /// How many times faster than the plain algorithm, where that was measured.
    pub(crate) plain: Option<String>,
    /// How many times faster than real Spark's recorded time, where there is one.
    pub(crate) spark: Option<String>,
}

/// Whether a budget is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It is.
    Met,
    /// It is not.
    Missed,
    /// There is no measurement.
    Unknown,
    /// There is no budget: for comparison only.
    Compared,
}

/// A time: what, benchmark, most nanoseconds, benchmark of the plain algorithm.
type TimeBudget = (
    &'static str,
    &'static str,
    Option<f64>,
    Option<&'static str>,
);

const MICROSECOND: f64 = 1e3;
const MILLISECOND: f64 = 1e6;

const TIMES: [TimeBudget; 10] = [
    (
        "One decision, 10,000 empty workers, an application that wants everything, 4 cores per executor",
        "placement/spread-out/cores=4/occupied=0%/fast/workers=10000",
        Some(2.0 * MILLISECOND),
        Some("placement/spread-out/cores=4/occupied=0%/plain/workers=10000"),
    ),
    (
        "The same, cores per executor unset",
        "placement/spread-out/cores=unset/occupied=0%/fast/workers=10000",
        None,
        Some("placement/spread-out/cores=unset/occupied=0%/plain/workers=10000"),
    ),
    (
        "One pass of the Master, messages and notes included, 10,000 empty workers × 1,000 applications of 64 cores",
        "master/schedule/workers=10000/applications=1000",
        Some(10.0 * MILLISECOND),
        None,
    ),
    (
        "The same, 10,000 workers × 100 applications",
        "master/schedule/workers=10000/applications=100",
        None,
        None,
    ),
    (
        "The same, 1,000 workers × 1,000 applications",
        "master/schedule/workers=1000/applications=1000",
        None,
        Some("schedule/occupied=0%/plain/workers=1000/applications=1000"),
    ),
    (
        "One pass on a full cluster after one worker changed and changed back, 10,000 workers × 1,000 applications",
        "schedule/steady/changed-and-changed-back/workers=10000/applications=1000",
        Some(20.0 * MICROSECOND),
        None,
    ),
    (
        "One executor ends and one pass follows, 10,000 workers × 10,000 applications",
        "schedule/steady/one-executor-ends/workers=10000/applications=10000",
        Some(20.0 * MICROSECOND),
        None,
    ),
    (
        "100 waiting drivers that fit nowhere, 10,000 workers",
        "drivers/fit-nowhere/fast/workers=10000/drivers=100",
        Some(100.0 * MICROSECOND),
        Some("drivers/fit-nowhere/plain/workers=10000/drivers=100"),
    ),
    (
        "One input of the Master, in the mean of a mix of which 94 % are ends of executors, 10,000 full workers and 10,000 waiting applications",
        "events/workers=10000/waiting=10000/mean",
        Some(20.0 * MICROSECOND),
        None,
    ),
    (
        "The same, 99.9th percentile",
        "events/workers=10000/waiting=10000/p99.9",
        Some(MILLISECOND),
        None,
    ),
];

/// Every budget, in the order in which a reader asks for them.
pub(crate) fn rows(data: &Data) -> Vec<Row> {
    let mut rows: Vec<Row> = TIMES.iter().map(|budget| time(data, budget)).collect();
    rows.push(growth(data));
    rows.extend(queue_and_world(data));
    rows
}

fn time(data: &Data, budget: &TimeBudget) -> Row {
    let (what, name, most, plain) = *budget;
    let median = data.median(name);
    let plain = plain.and_then(|plain| Some(ratio(data.median(plain)? / median?)));
    let spark = data.recorded(name).and_then(|recorded| {
        let (low, high) = (
            recorded.low_ms * MILLISECOND,
            recorded.high_ms * MILLISECOND,
        );
        let (low, high) = (ratio(low / median?), ratio(high / median?));
        Some(if low == high {
            low
        } else {
            format!("{} to {high}", low.trim_end_matches(" ×"))
        })
    });
    Row {
        plain,
        spark,
        ..row(
            what,
            name.to_owned(),
            most.map_or_else(String::new, |most| format!("≤ {}", duration(most))),
            median.map(duration),
            most.map(|most| median.is_some_and(|median| median <= most)),
        )
    }
}

/// A row without comparisons; `is_met` is absent where there is no budget.
fn row(
    what: &'static str,
    name: String,
    budget: String,
    measured: Option<String>,
    is_met: Option<bool>,
) -> Row {
    let standing = match (&measured, is_met) {
        (None, _) => Standing::Unknown,
        (Some(_), None) => Standing::Compared,
        (Some(_), Some(true)) => Standing::Met,
        (Some(_), Some(false)) => Standing::Missed,
    };
    Row {
        what,
        name,
        budget,
        measured,
        standing,
        plain: None,
        spark: None,
    }
}

/// The largest ratio of a pass to the one at half the workers, at a fixed number of decisions.
fn growth(data: &Data) -> Row {
    let name = |doublings: u32| {
        format!(
            "schedule/growth/fast/workers={}/applications=100",
            1_000 << doublings
        )
    };
    let steps = (1..8).filter_map(|at| Some(data.median(&name(at))? / data.median(&name(at - 1))?));
    let most = steps.reduce(f64::max);
    row(
        "A pass at twice the workers, at the same 1,600 decisions: the largest step from 1,000 to 128,000",
        "schedule/growth".to_owned(),
        "< 1.3 ×".to_owned(),
        most.map(ratio),
        Some(most.is_some_and(|most| most < 1.3)),
    )
}

fn queue_and_world(data: &Data) -> Vec<Row> {
    let queue = "queue/agenda/timers=10000";
    let heap = data.median("queue/binary-heap/timers=10000");
    let faster = heap.and_then(|heap| Some(heap / data.median(queue)?));
    let world = "world/hour/applications/workers=10000";
    let rate = |name: &str| data.each(name).map(|each| 1e9 / each);
    let beside = rate("world/hour/bare-heap-for-applications/workers=10000");
    let share = beside.and_then(|beside| Some(rate(world)? / beside));
    let many = "world/ten-minutes/idle/workers=100000";
    let hour = "world/hour/idle/workers=10000";
    let small = "memory/idle/workers=10000";
    let large = "memory/idle/workers=100000";
    let at_least = |found: Option<f64>, least: f64| Some(found.is_some_and(|found| found >= least));
    let at_most = |found: Option<f64>, most: f64| Some(found.is_some_and(|found| found <= most));
    let per_second = |rate: f64| format!("{} per second", count(rate));
    vec![
        row(
            "The event queue beside the heap of the standard library, 10,000 timers",
            queue.to_owned(),
            "≥ 3 × as fast".to_owned(),
            faster.map(ratio),
            at_least(faster, 3.0),
        ),
        row(
            "Inputs of the queue world per second, an hour of 10,000 workers and a stream of applications, invariants and metrics on",
            world.to_owned(),
            "≥ 4 M per second".to_owned(),
            rate(world).map(per_second),
            at_least(rate(world), 4e6),
        ),
        row(
            "The same, beside a bare heap that takes as many steps",
            world.to_owned(),
            "≥ 0.33 ×".to_owned(),
            share.map(ratio),
            at_least(share, 1.0 / 3.0),
        ),
        row(
            "Inputs per second, ten minutes of 100,000 idle workers",
            many.to_owned(),
            "≥ 2 M per second".to_owned(),
            rate(many).map(per_second),
            at_least(rate(many), 2e6),
        ),
        row(
            "One simulated hour of 10,000 idle workers",
            hour.to_owned(),
            "≤ 2 s".to_owned(),
            data.median(hour).map(duration),
            at_most(data.median(hour), 2e9),
        ),
        row(
            "Memory per idle worker, 10,000 workers, the peak of the run",
            small.to_owned(),
            "≤ 2 KiB".to_owned(),
            data.each(small).map(bytes),
            at_most(data.each(small), 2_048.0),
        ),
        row(
            "Memory of 100,000 idle workers, the peak of the run",
            large.to_owned(),
            "≤ 400 MiB".to_owned(),
            data.median(large).map(bytes),
            at_most(data.median(large), 400.0 * 1_048_576.0),
        ),
    ]
}
