//! Which scenarios turmoil can play, and how fine its time is. Whatever cannot be played exactly
//! is refused with a reason, never played as something else.

use crate::scenario::plan::{FaultEnd, FaultStart, LatencyPlan, Plan};
use deploysim_protocol::time::Time;
use std::fmt;
use std::time::Duration;

/// The most nodes that a scenario may name. Beyond it a simulated second takes longer than a
/// real one.
pub const NODES_MAX: usize = 2_000;

/// Up to this `spark.worker.timeout` a tick is a millisecond: heartbeats are then so close that
/// ten milliseconds would show.
const FINE_TIMEOUT: Duration = Duration::from_secs(10);

/// Why a scenario cannot be played on turmoil.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It names more nodes than [`NODES_MAX`].
    TooManyNodes {
        /// How many.
        found: usize,
    },
    /// Something happens between two ticks.
    BetweenTicks {
        /// What.
        what: String,
        /// When.
        at: Duration,
        /// The tick.
        tick: Duration,
    },
}

impl Refusal {
    /// What turmoil is missing, in fixed words.
    pub const fn mechanism(&self) -> &'static str {
        match self {
            Self::TooManyNodes { .. } => "speed for more than 2000 nodes",
            Self::BetweenTicks { .. } => "time finer than a tick",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooManyNodes { found } => write!(
                formatter,
                "{found} nodes: turmoil plays at most {NODES_MAX}, use the queue world"
            ),
            Self::BetweenTicks { what, at, tick } => write!(
                formatter,
                "{what} at {}s lies between two ticks of {} ms",
                at.as_secs_f64(),
                tick.as_millis()
            ),
        }
    }
}

/// How far time advances in one step: every node sees it in whole ticks.
pub fn tick(plan: &Plan) -> Duration {
    if plan.conf.worker_timeout <= FINE_TIMEOUT {
        Duration::from_millis(1)
    } else {
        Duration::from_millis(10)
    }
}

/// A length of time as nodes see it here: rounded up to whole ticks.
pub fn whole_ticks(duration: Duration, tick: Duration) -> Duration {
    let ticks = duration.as_nanos().div_ceil(tick.as_nanos());
    let nanos = ticks.saturating_mul(tick.as_nanos());
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}

/// Why a scenario cannot be played, if it cannot.
pub fn refusal(plan: &Plan) -> Option<Refusal> {
    let found = named_nodes(plan);
    if found > NODES_MAX {
        return Some(Refusal::TooManyNodes { found });
    }
    let tick = tick(plan);
    moments(plan)
        .into_iter()
        .find(|(_, at)| at.as_nanos() % tick.as_nanos() != 0)
        .map(|(what, at)| Refusal::BetweenTicks { what, at, tick })
}

/// The scenario with each drawn time as long as it can take here, where everything waits for the
/// next tick. For the bounds of invariants; what is played is the scenario itself.
pub fn as_lived(plan: &Plan) -> Plan {
    let tick = tick(plan);
    let mut lived = plan.clone();
    let links = lived.network.links.iter_mut();
    for latency in links
        .filter_map(|link| link.latency.as_mut())
        .chain([&mut lived.network.latency])
        .chain([&mut lived.process.start, &mut lived.process.stop])
        .chain(
            (lived.election.iter_mut())
                .flat_map(|election| [&mut election.suspend_delay, &mut election.callback_delay]),
        )
    {
        let longest = latency.distribution().max();
        *latency = LatencyPlan::constant(whole_ticks(longest, tick));
    }
    lived.store.call = whole_ticks(plan.store.call, tick);
    lived
}

/// The nodes that a scenario names: those that a submitted driver's process and executors become
/// come and go.
pub(super) fn named_nodes(plan: &Plan) -> usize {
    usize::from(plan.election.is_some())
        + plan.cluster.masters.len()
        + plan.cluster.workers.len()
        + plan.applications.len()
        + plan.drivers.len()
}

/// Every instant that the scenario sets, with a word for what happens then.
fn moments(plan: &Plan) -> Vec<(String, Duration)> {
    let since_zero = |at: Time| at.since(Time::ZERO);
    let mut moments = vec![(
        "the end of the fault phase".to_owned(),
        since_zero(plan.until),
    )];
    let workers = plan.cluster.workers.iter();
    moments.extend(workers.map(|it| (format!("the start of {}", it.name), since_zero(it.at))));
    let applications = plan.applications.iter();
    moments.extend(
        applications.map(|it| (format!("the start of {}", it.work.name), since_zero(it.at))),
    );
    let drivers = plan.drivers.iter();
    moments.extend(drivers.map(|it| (format!("the submission of {}", it.name), since_zero(it.at))));
    let operations = plan.operations.iter();
    moments.extend(operations.map(|it| ("an operation".to_owned(), since_zero(it.at))));
    for (row, fault) in plan.faults.iter().enumerate() {
        let what = |word: &str| format!("the {word} of fault {}", row + 1);
        match &fault.start {
            FaultStart::At(at) => moments.push((what("beginning"), since_zero(*at))),
            FaultStart::On(trigger) => moments.push((what("delay"), trigger.after)),
        }
        if let Some(repeat) = fault.repeat {
            moments.push((what("period"), repeat.every));
        }
        match fault.end {
            FaultEnd::Never | FaultEnd::AtOnce => {}
            FaultEnd::At(at) => moments.push((what("end"), since_zero(at))),
            FaultEnd::After(duration) => moments.push((what("length"), duration)),
        }
    }
    moments
}
