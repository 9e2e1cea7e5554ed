//! INV-G3: a fail-over without any other fault kills no executor and no driver.

use super::pending::Name;
use super::violation::Finding;
use super::watch::Watch;
use crate::ledger::{Books, Ledger};
use crate::scenario::plan::{Disk, FaultWord, Plan, Target};
use crate::trace::NodeId;
use deploysim_protocol::conf::RecoveryMode;
use deploysim_protocol::event::DriverSlot;
use deploysim_protocol::id::DriverId;
use std::collections::BTreeSet;
use std::fmt;

/// The fail-overs of a run.
#[derive(Clone, Debug)]
pub(super) struct Failover {
    /// Whether masters keep what they know, and nothing goes wrong in the scenario but that
    /// their processes end.
    is_pure: bool,
    /// Masters that recover at this moment.
    recovering: BTreeSet<NodeId>,
    /// Whether a master has recovered anything yet.
    any: bool,
    /// Drivers that did not survive, of which nothing more is said.
    given_up: BTreeSet<Name>,
}

impl Failover {
    pub(super) fn new(plan: &Plan) -> Self {
        let keeps = !matches!(
            plan.conf.recovery_mode,
            RecoveryMode::None | RecoveryMode::Custom
        );
        Self {
            is_pure: keeps && plan.faults.iter().all(|fault| ends_masters(&fault.word)),
            recovering: BTreeSet::new(),
            any: false,
            given_up: BTreeSet::new(),
        }
    }

    /// A master began.
    pub(super) fn forget(&mut self, master: NodeId) {
        self.recovering.remove(&master);
    }

    /// A master waits for those that it read from the store.
    pub(super) fn begins(&mut self, master: NodeId) {
        self.recovering.insert(master);
        self.any = true;
    }

    /// A master's recovery is complete.
    pub(super) fn completes(&mut self, master: NodeId) {
        self.recovering.remove(&master);
    }

    /// A driver is ended, or replaced by another, in a recovery.
    pub(super) fn gives_up(
        &mut self,
        master: NodeId,
        driver: DriverSlot,
        books: &Books,
        watch: &Watch,
        ledger: &Ledger,
    ) -> Option<Finding> {
        if !self.is_pure || !self.recovering.contains(&master) {
            return None;
        }
        let id = books.driver(driver)?.id;
        let had_processes =
            (ledger.driver_name(id)).is_some_and(|name| ledger.driver_processes(name).is_some());
        let is_alive = !watch.submission(watch.root(id)).is_empty();
        let mark = match (is_alive, had_processes) {
            (true, _) => "unclaimed",
            (false, false) => "waiting",
            // It had ended by itself while nobody led.
            (false, true) => return None,
        };
        self.given_up.insert(id.0.into());
        let sentence = format!("driver {id} does not survive the fail-over");
        Some(
            Finding::new("INV-G3", sentence)
                .at(master)
                .about(id)
                .mark(mark),
        )
    }

    /// A master orders the end of a driver that it does not know.
    pub(super) fn kills_driver(&self, master: NodeId, id: DriverId) -> Option<Finding> {
        let is_said = self.given_up.contains(&id.0.into());
        if is_said {
            None
        } else {
            self.kills(master, &id)
        }
    }

    /// A master orders the end of something that it does not know.
    pub(super) fn kills(&self, master: NodeId, what: &dyn fmt::Display) -> Option<Finding> {
        let sentence = || format!("{what} is ended because the new leader does not know it");
        (self.is_pure && self.any).then(|| {
            Finding::new("INV-G3", sentence())
                .at(master)
                .about(what)
                .mark("unknown")
        })
    }
}

/// Whether a fault does nothing but end processes of masters.
fn ends_masters(word: &FaultWord) -> bool {
    matches!(word, FaultWord::Crash { targets, disk: Disk::Kept }
        if targets.iter().all(|target| matches!(target, Target::Master(_) | Target::Leader)))
}
