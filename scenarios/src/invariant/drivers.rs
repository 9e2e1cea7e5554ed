//! INV-D1, INV-D3, INV-D6, INV-D8, and INV-D4 after a fail-over: what may follow what in the life of a submitted driver.

use super::pending::Name;
use super::violation::Finding;
use crate::trace::NodeId;
use deploysim_protocol::behaviour::RelaunchedDriver;
use deploysim_protocol::id::DriverId;
use deploysim_protocol::state::DriverState;
use deploysim_protocol::time::Time;
use std::collections::{BTreeMap, BTreeSet};

/// A driver's id at one master.
#[derive(Clone, Copy, Debug)]
struct Life {
    state: DriverState,
    /// Whether it left the list of drivers.
    ended: bool,
}

/// What was seen of submitted drivers.
#[derive(Clone, Debug)]
pub(super) struct Drivers {
    relaunched: RelaunchedDriver,
    persistent: bool,
    lives: BTreeMap<(NodeId, Name), Life>,
    /// Submissions of which a process ended with code 0.
    succeeded: BTreeMap<Name, Time>,
    /// Ids that were RUNNING at some master.
    ran: BTreeSet<Name>,
}

impl Drivers {
    pub(super) const fn new(relaunched: RelaunchedDriver, persistent: bool) -> Self {
        Self {
            relaunched,
            persistent,
            lives: BTreeMap::new(),
            succeeded: BTreeMap::new(),
            ran: BTreeSet::new(),
        }
    }

    /// A master began: its books are empty.
    pub(super) fn forget(&mut self, master: NodeId) {
        self.lives.retain(|(node, _), _| *node != master);
    }

    /// A process of the submission ended with code 0.
    pub(super) fn succeeded(&mut self, root: Name, at: Time) {
        self.succeeded.entry(root).or_insert(at);
    }

    pub(super) fn added(&mut self, master: NodeId, id: DriverId) -> Option<Finding> {
        let life = Life {
            state: DriverState::Submitted,
            ended: false,
        };
        let former = self.lives.insert((master, id.0.into()), life)?;
        let sentence = format!(
            "driver {id} is entered as SUBMITTED again, after it was {}",
            former.state
        );
        Some(Finding::new("INV-D1", sentence).about(id).mark("id-again"))
    }

    /// INV-D1, INV-D8, INV-D4: a driver's state changed at a master.
    pub(super) fn changed(
        &mut self,
        master: NodeId,
        id: DriverId,
        root: Name,
        state: DriverState,
    ) -> Option<Finding> {
        let keeps_id = self.relaunched == RelaunchedDriver::KeepId;
        let life = self.lives.get_mut(&(master, id.0.into()))?;
        let from = life.state;
        life.state = state;
        if state == DriverState::Running {
            self.ran.insert(id.0.into());
        }
        if !may_follow(from, state, keeps_id) {
            let mark = if from == DriverState::Relaunching {
                "id-kept"
            } else {
                "order"
            };
            let sentence = format!("driver {id} went from {from} to {state}");
            return Some(Finding::new("INV-D1", sentence).about(id).mark(mark));
        }
        // Its worker reported the end while nobody listened, and no worker claims it any more.
        if state == DriverState::Error
            && from == DriverState::Submitted
            && let Some(at) = self.succeeded.get(&root)
        {
            let sentence = format!("driver {id} ended with code 0 at {at} and counts as {state}");
            return Some(Finding::new("INV-D4", sentence).about(id).mark("unheard"));
        }
        if self.persistent && state == DriverState::Error && !self.ran.contains(&id.0.into()) {
            let sentence = format!("driver {id} was accepted and ended as ERROR without a run");
            return Some(Finding::new("INV-D8", sentence).about(id));
        }
        None
    }

    /// INV-D3: a driver left the list of drivers.
    pub(super) fn ended(&mut self, master: NodeId, id: DriverId) {
        if let Some(life) = self.lives.get_mut(&(master, id.0.into())) {
            life.ended = true;
        }
    }

    /// INV-D3, INV-D6: a driver is ordered on a worker.
    pub(super) fn placed(&self, master: NodeId, id: DriverId, root: Name) -> Vec<Finding> {
        let mut findings = Vec::new();
        if let Some(life) = self.lives.get(&(master, id.0.into()))
            && life.ended
        {
            let sentence = format!(
                "driver {id} was reported as {} and is launched again",
                life.state
            );
            findings.push(Finding::new("INV-D3", sentence).about(id));
        }
        if let Some(at) = self.succeeded.get(&root) {
            let sentence = format!(
                "a process of driver {id} ended with code 0 at {at}, and it is launched again"
            );
            findings.push(Finding::new("INV-D6", sentence).about(id));
        }
        findings
    }
}

/// Whether a driver may go from one state to another at one master.
const fn may_follow(from: DriverState, to: DriverState, keeps_id: bool) -> bool {
    use DriverState::{Error, Failed, Finished, Killed, Relaunching, Running, Submitted};
    match from {
        Submitted => matches!(to, Running | Killed | Error | Relaunching),
        Running => matches!(to, Finished | Failed | Killed | Error | Relaunching),
        Relaunching => keeps_id && matches!(to, Running | Killed | Error),
        Finished | Failed | Killed | Error | DriverState::Unknown => false,
    }
}
