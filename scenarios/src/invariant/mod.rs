//! The invariants: what must hold in every run, whatever the scenario. They read entries and the
//! ledger, and never a node; the audit, which compares the ledger with a node's books, is the
//! one exception.
//!
//! Most checkers are folds with one step per note. What has to come about in time is an
//! obligation: opened and closed by looking at the ledger whenever something changes that it
//! depends on, and due when its bound has passed without a fault.

mod answers;
mod audit;
mod batch;
mod books;
mod bounds;
mod calm;
mod clients;
mod demand;
mod drift;
mod drivers;
mod duties;
mod executors;
mod exits;
mod failover;
mod ghosts;
mod heartbeats;
mod identities;
mod leadership;
mod membership;
mod notices;
mod observe;
mod observe_master;
mod observe_recovery;
mod orders;
mod passes;
mod pending;
mod queries;
mod review;
mod scene;
mod shapes;
mod stored;
mod supervision;
mod table;
#[cfg(test)]
mod tests;
mod violation;
mod watch;

pub use bounds::Bounds;
pub use table::{Checked, Kind, Row, TABLE, Verdict};
pub use violation::Violation;

use crate::ledger::Ledger;
use crate::scenario::plan::{Plan, Settle};
use crate::trace::{Beat, Entry, Fact, NodeId};
use answers::Answers;
use batch::Batch;
use calm::Calm;
use clients::Clients;
use demand::Demand;
use deploysim_nodes::hosted::AnyNode;
use deploysim_protocol::behaviour::ExecutorRetryLimit;
use deploysim_protocol::conf::RecoveryMode;
use deploysim_protocol::time::Time;
use drivers::Drivers;
use executors::Executors;
use exits::Exits;
use failover::Failover;
use heartbeats::Heartbeats;
use identities::Identities;
use leadership::Leadership;
use notices::Notices;
use orders::Orders;
use passes::Passes;
use pending::Pending;
use queries::Queries;
use scene::Scene;
use shapes::Shapes;
use std::time::Duration;
use stored::Stored;
use supervision::Supervision;
use violation::{Finding, Log};
use watch::Watch;

/// The limit of abnormal ends before it was a key. Spark: `ApplicationState.MAX_NUM_RETRY`.
const RETRIES_MAX: i32 = 10;

/// The invariant of this id.
pub fn known(id: &str) -> Option<&'static Row> {
    TABLE.iter().find(|row| row.id == id)
}

/// All invariants of one run.
#[derive(Clone, Debug)]
pub struct Invariants {
    bounds: Bounds,
    calm: Calm,
    /// Whether obligations are judged at all.
    is_liveness_judged: bool,
    log: Log,
    pending: Pending,
    batch: Batch,
    watch: Watch,
    shapes: Shapes,
    demand: Demand,
    clients: Clients,
    notices: Notices,
    answers: Answers,
    drivers: Drivers,
    supervision: Supervision,
    executors: Executors,
    passes: Passes,
    heartbeats: Heartbeats,
    exits: Exits,
    queries: Queries,
    leadership: Leadership,
    orders: Orders,
    identities: Identities,
    failover: Failover,
    stored: Stored,
    /// Who leads, once somebody did.
    led_by: Option<Option<NodeId>>,
}

impl Invariants {
    /// The invariants of a run of `plan`. Make them in the scope of texts in which the run is
    /// played.
    pub fn new(plan: &Plan) -> Self {
        let bounds = Bounds::of(plan);
        let limit = match plan.behaviour.executor_retry_limit {
            ExecutorRetryLimit::Constant => RETRIES_MAX,
            ExecutorRetryLimit::Key => plan.conf.max_executor_retries,
        };
        let persistent = plan.conf.recovery_mode != RecoveryMode::None;
        Self {
            calm: Calm::new(plan, &bounds),
            is_liveness_judged: plan.settle != Settle::Off,
            log: Log::default(),
            pending: Pending::default(),
            batch: Batch::default(),
            watch: Watch::default(),
            shapes: Shapes::default(),
            demand: Demand::default(),
            clients: Clients::default(),
            notices: Notices::default(),
            answers: Answers::default(),
            drivers: Drivers::new(plan.behaviour.relaunched_driver, persistent),
            supervision: Supervision::default(),
            executors: Executors::new(limit),
            passes: Passes::default(),
            heartbeats: Heartbeats::new(&bounds, plan.behaviour.heartbeat_timer),
            exits: Exits::new(),
            queries: Queries::default(),
            leadership: Leadership::default(),
            orders: Orders::default(),
            identities: Identities::new(plan.conf.recovery_mode),
            failover: Failover::new(plan),
            stored: Stored::new(plan.conf.recovery_mode),
            led_by: None,
            bounds,
        }
    }

    /// Takes one entry into account. The ledger has taken it into account already.
    pub fn observe(&mut self, entry: &Entry<'_>, ledger: &Ledger) {
        if self.batch.is_over(entry) {
            self.close_batch(entry.at, ledger);
        }
        if self.pending.is_due(entry.at) {
            self.judge_overdue(entry.at, ledger);
        }
        self.log.remember(entry);
        self.read(entry, ledger);
        if matches!(entry.fact, Fact::Finished) {
            self.close_batch(entry.at, ledger);
            for (at, finding) in self.notices.rest(ledger) {
                self.find(at, [finding], ledger);
            }
            self.judge_rest(entry.at, ledger);
        }
    }

    /// As [`Self::observe`], for an entry that belongs to an ordinary heartbeat.
    #[inline]
    pub fn observe_beat(&mut self, entry: &Entry<'_>, beat: Beat, ledger: &Ledger) {
        if self.batch.is_over(entry) {
            self.close_batch(entry.at, ledger);
        }
        if self.pending.is_due(entry.at) {
            self.judge_overdue(entry.at, ledger);
        }
        match beat {
            Beat::Noted => {
                let finding = self.heartbeats.sent(entry.node, entry.at, ledger);
                if finding.is_some() {
                    self.find(entry.at, finding, ledger);
                }
            }
            Beat::Received => self.turn_is_over(entry.node, ledger),
            Beat::Sent | Beat::Heard { .. } => {}
        }
    }

    /// What did not hold so far, in the order in which it was first seen; what differs only in
    /// names, times and numbers is there once, with a count.
    pub fn violations(&self) -> &[Violation] {
        self.log.violations()
    }

    /// Whether nothing has to come about any more.
    pub fn is_decided(&self) -> bool {
        self.pending.is_empty() && self.batch.is_empty()
    }

    /// The bounds in force.
    pub const fn bounds(&self) -> &Bounds {
        &self.bounds
    }

    /// How long a run may have to go on after its fault phase until everything is decided.
    pub fn settling(&self) -> Duration {
        self.calm.settling() + self.bounds.longest()
    }

    /// Compares a living node's books with what its notes add up to. The node must not be in
    /// the middle of a turn.
    pub fn inspect(&mut self, at: Time, node: NodeId, view: &AnyNode, ledger: &Ledger) {
        self.pass_to(at, ledger);
        let findings = audit::check(node, view, &self.answers, &self.drivers, ledger);
        self.find(at, findings, ledger);
    }

    /// The clock has come to `at`: where nothing is written down any more, no entry says so.
    fn pass_to(&mut self, at: Time, ledger: &Ledger) {
        if self.pending.is_due(at) {
            self.judge_overdue(at, ledger);
        }
        if self.batch.at < at && !self.batch.is_empty() {
            self.close_batch(at, ledger);
        }
    }

    fn scene<'a>(&'a self, ledger: &'a Ledger) -> Scene<'a> {
        Scene {
            ledger,
            watch: &self.watch,
            bounds: &self.bounds,
            calm: &self.calm,
            shapes: &self.shapes,
            stored: &self.stored,
            drivers: &self.drivers,
        }
    }

    fn find(&mut self, at: Time, finding: impl IntoIterator<Item = Finding>, ledger: &Ledger) {
        for finding in finding {
            self.log.record(at, finding, ledger);
        }
    }
}
