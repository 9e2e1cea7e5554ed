//! How long things may take at most once no fault is active, from the configuration, the
//! latencies and the start of processes. Every time is an upper bound; what a fault leaves
//! behind is added in `calm.rs`.

use crate::network::Shape;
use crate::scenario::plan::{FaultWord, LatencyPlan, MessageAction, Plan};
use deploysim_protocol::behaviour::RelaunchedDriver;
use deploysim_protocol::conf::{EXECUTOR_TERMINATE_TIMEOUT, RecoveryMode};
use std::time::Duration;

/// Allowed beyond each bound: a millisecond for each of the events of the longest chain.
const SLACK: Duration = Duration::from_millis(20);

/// The longest interval between two registration attempts of a worker: `round(60 f)`, f < 1.5.
const ATTEMPT_PAUSE_MAX: Duration = Duration::from_secs(90);

/// The shortest intervals: `round(10 f)` and `round(60 f)`, f ≥ 0.5.
const FIRST_ATTEMPT_PAUSE_MIN: Duration = Duration::from_secs(5);
const ATTEMPT_PAUSE_MIN: Duration = Duration::from_secs(30);

/// The longest pause between two attempts of an election agent to reach its service.
const RECONNECT_PAUSE_MAX: Duration = Duration::from_secs(20);

/// What a link of finite bandwidth may hold before the next byte.
const QUEUED_BYTES: u64 = 1 << 20;

/// The bounds of a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// T: how long a worker may be silent, exactly.
    pub timeout: Duration,
    /// H: from one heartbeat to the next, exactly.
    pub heartbeat: Duration,
    /// d: a message, one way.
    pub delay: Duration,
    /// c: until a side that sends something notices that its connection is gone.
    pub notice: Duration,
    /// x: the start of a process.
    pub start: Duration,
    /// The end of a process that obeys a polite signal.
    pub stop: Duration,
    /// k: the end of a process by both signals.
    pub kill: Duration,
    /// Q: an ask.
    pub ask: Duration,
    /// A worker whose process is gone is DEAD.
    pub dead: Duration,
    /// … and forgotten.
    pub cull: Duration,
    /// A worker that finds no master exits: at the earliest.
    pub exit_min: Duration,
    /// A worker is ALIVE.
    pub live: Duration,
    /// A relaunched driver runs.
    pub rerun: Duration,
    /// Room is used.
    pub exec: Duration,
    /// What nobody wants is gone from a worker that came back.
    pub ghost: Duration,
    /// A lost order or report is noticed by a time-out, if by any.
    pub drift: Duration,
    /// How many submitted drivers may run at a time; `None`: any number.
    pub drivers_max: Option<u32>,
    /// Whether a relaunched driver keeps its id (S-06).
    pub keeps_id: bool,
    /// Whether the scenario is about RD-17: that cores are given away before a killed process is
    /// gone. Everywhere else the time of a kill is allowed.
    pub shows_brief_overcommit: bool,
    /// How long a fault of the scenario can hold a message beyond its own end.
    pub held: Duration,
    /// A master that was elected has recovered.
    pub recover: Duration,
    /// Another master leads after one is gone; zero where nobody can follow with what it knew.
    pub lead: Duration,
}

impl Bounds {
    /// The bounds of `plan`.
    pub fn of(plan: &Plan) -> Self {
        let conf = &plan.conf;
        let timeout = conf.worker_timeout;
        let heartbeat = conf.heartbeat_interval();
        let delay = delay(plan) + SLACK;
        let store = plan.store.call * 8;
        let start = longest(&plan.process.start) + SLACK;
        let stop = longest(&plan.process.stop) + SLACK;
        let kill = 2 * conf
            .driver_terminate_timeout
            .max(EXECUTOR_TERMINATE_TIMEOUT)
            + SLACK;
        let notice = heartbeat + 2 * delay;
        let dead = 2 * timeout + delay;
        let registered = ATTEMPT_PAUSE_MAX + 4 * delay + store;
        let reconnected = heartbeat + 6 * delay + store;
        let live = (notice + registered).max(dead + reconnected);
        let retries = conf.initial_registration_retries;
        let late = conf.max_registration_retries.saturating_sub(retries) + 1;
        Self {
            timeout,
            heartbeat,
            delay,
            notice,
            start,
            stop,
            kill,
            ask: conf.ask_timeout(),
            dead,
            cull: timeout * (conf.dead_worker_persistence + 2) + delay,
            exit_min: FIRST_ATTEMPT_PAUSE_MIN * retries + ATTEMPT_PAUSE_MIN * late,
            live,
            rerun: dead + store + delay + start,
            exec: delay + start,
            ghost: live + 3 * delay + kill,
            drift: dead + notice + 4 * delay + store,
            drivers_max: Some(conf.max_drivers).filter(|most| *most < i32::MAX as u32),
            keeps_id: plan.behaviour.relaunched_driver == RelaunchedDriver::KeepId,
            shows_brief_overcommit: plan
                .expected_violations
                .iter()
                .any(|expected| expected.defect == "RD-17"),
            held: held(plan),
            recover: recover(plan, delay),
            lead: lead(plan, delay),
        }
    }

    /// The shortest disturbance for which a worker may give up.
    pub fn short(&self) -> Duration {
        self.exit_min.min(self.dead)
    }

    /// The longest bound in force: how far a run may have to go on after its fault phase.
    pub fn longest(&self) -> Duration {
        let reports = self.ask * 2;
        let most = self.cull.max(self.dead + self.live + self.ghost);
        most.max(self.drift + reports) + self.held + self.lead
    }
}

/// The longest one-way delay of any link, with what waits before it where the bandwidth is
/// finite, and with the delay of answers.
fn delay(plan: &Plan) -> Duration {
    let network = &plan.network;
    let own = network
        .links
        .iter()
        .filter_map(|link| link.latency.as_ref());
    let latency = own.chain([&network.latency]).map(longest).max();
    let narrow = network.links.iter().filter_map(|link| link.bandwidth);
    let narrow = narrow.chain(network.bandwidth).min();
    let queue = narrow.map_or(Duration::ZERO, |bytes_per_second| {
        Duration::from_secs(QUEUED_BYTES.div_ceil(bytes_per_second.max(1)))
    });
    latency.unwrap_or_default() + queue + network.answer_delay
}

/// How long a recovery takes: what is read is waited for, then removed or relaunched.
fn recover(plan: &Plan, delay: Duration) -> Duration {
    let records = plan.cluster.workers.len() + plan.applications.len() + plan.drivers.len();
    let calls = u32::try_from(4 * records + 1).unwrap_or(u32::MAX);
    plan.store.call * calls + plan.conf.recovery_timeout() + 2 * delay
}

/// How long it takes after the end of a leader until another is ALIVE: the old session expires,
/// the next candidate is told, asks and is called back, and recovers what is stored. An agent
/// that found no service first has to find it.
fn lead(plan: &Plan, delay: Duration) -> Duration {
    let recovery = recover(plan, delay);
    match (&plan.election, plan.conf.recovery_mode) {
        (Some(election), _) => {
            let reconnected = election.connection_timeout + RECONNECT_PAUSE_MAX;
            let called_back = longest(&election.callback_delay);
            election.session_timeout + reconnected + called_back + 3 * delay + recovery
        }
        (None, RecoveryMode::None) => Duration::ZERO,
        (
            None,
            RecoveryMode::Filesystem
            | RecoveryMode::Zookeeper
            | RecoveryMode::Rocksdb
            | RecoveryMode::Custom,
        ) => recovery,
    }
}

/// The longest time by which a `delay` or `message` fault can hold a message.
fn held(plan: &Plan) -> Duration {
    let held = plan.faults.iter().map(|fault| match &fault.word {
        FaultWord::Delay { amount, .. } => longest(amount),
        FaultWord::Message { action, .. } => match action {
            MessageAction::Delay(duration) => *duration,
            MessageAction::Drop | MessageAction::Duplicate | MessageAction::Reorder => {
                Duration::ZERO
            }
        },
        FaultWord::Partition { .. }
        | FaultWord::Reset { .. }
        | FaultWord::Crash { .. }
        | FaultWord::PowerLoss { .. }
        | FaultWord::Disk { .. }
        | FaultWord::Pause { .. }
        | FaultWord::Exit { .. } => Duration::ZERO,
    });
    held.max().unwrap_or_default()
}

/// The longest draw.
pub(super) fn longest(plan: &LatencyPlan) -> Duration {
    const MEDIANS: f64 = 20.0;
    let capped = |median: Duration| plan.max.unwrap_or_else(|| median.mul_f64(MEDIANS));
    match &plan.shape {
        Shape::Constant(duration) => *duration,
        Shape::Uniform { high, .. } => *high,
        Shape::Empirical(samples) => samples.last().copied().unwrap_or_default(),
        Shape::Normal { mean, .. } | Shape::Exponential { mean } => capped(*mean),
        Shape::LogNormal { median, .. } => capped(*median),
        Shape::Pareto { scale, shape } => capped(scale.mul_f64(2_f64.powf(1.0 / shape))),
        Shape::Weibull { scale, shape } => {
            capped(scale.mul_f64(std::f64::consts::LN_2.powf(1.0 / shape)))
        }
    }
}
