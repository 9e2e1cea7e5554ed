//! INV-D1, INV-D3, INV-D6, INV-D8, and INV-D4 after a fail-over: what may follow what in the life of a submitted driver.

use super::pending::Name;
use super::violation::Finding;
use crate::ledger::DriverRecord;
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
    /// Ids that left the list of drivers of some master as FINISHED.
    heard: BTreeSet<Name>,
    /// Ids that left the list of drivers of some master and went on waiting (ND-05).
    still_waiting: BTreeSet<Name>,
    /// Why submissions of which a process ended with code 0 were given up, at first.
    given_up: BTreeMap<Name, &'static str>,
}

impl Drivers {
    pub(super) const fn new(relaunched: RelaunchedDriver, persistent: bool) -> Self {
        Self {
            relaunched,
            persistent,
            lives: BTreeMap::new(),
            succeeded: BTreeMap::new(),
            ran: BTreeSet::new(),
            heard: BTreeSet::new(),
            still_waiting: BTreeSet::new(),
            given_up: BTreeMap::new(),
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
        if matches!(state, DriverState::Error | DriverState::Relaunching) {
            self.gives_up(id, root, from);
        }
        if !may_follow(from, state, keeps_id) {
            let mark = if self.is_still_waiting(id) {
                "still-waiting"
            } else if from == DriverState::Relaunching {
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
            let mark = self.given_up(root).unwrap_or("unheard");
            return Some(Finding::new("INV-D4", sentence).about(id).mark(mark));
        }
        if self.persistent && state == DriverState::Error && !self.ran.contains(&id.0.into()) {
            let sentence = format!("driver {id} was accepted and ended as ERROR without a run");
            return Some(Finding::new("INV-D8", sentence).about(id));
        }
        None
    }

    /// A driver ends without being FINISHED, perhaps although a process of it succeeded: a leader
    /// heard of that and could not strike its record off (ND-04), its worker was given up first
    /// (ND-03), or nobody that leads ever heard of it (KB-30).
    fn gives_up(&mut self, id: DriverId, root: Name, from: DriverState) {
        if self.succeeded.contains_key(&root) {
            let why = if self.heard.contains(&id.0.into()) {
                "record-left"
            } else if from == DriverState::Running {
                "report-late"
            } else {
                "unheard"
            };
            self.given_up.entry(root).or_insert(why);
        }
    }

    /// Why a submission of which a process ended with code 0 was given up.
    pub(super) fn given_up(&self, root: Name) -> Option<&'static str> {
        self.given_up.get(&root).copied()
    }

    /// Whether a driver left the list of drivers and went on waiting.
    pub(super) fn is_still_waiting(&self, id: DriverId) -> bool {
        self.still_waiting.contains(&id.0.into())
    }

    /// INV-D3: a driver left the list of drivers, and is to have this state.
    pub(super) fn ended(&mut self, master: NodeId, record: &DriverRecord, state: DriverState) {
        let id = record.id;
        if state == DriverState::Finished {
            self.heard.insert(id.0.into());
        }
        if record.waiting {
            self.still_waiting.insert(id.0.into());
        }
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
            let mark = if self.is_still_waiting(id) {
                "still-waiting"
            } else {
                "again"
            };
            findings.push(Finding::new("INV-D3", sentence).about(id).mark(mark));
        }
        if let Some(at) = self.succeeded.get(&root) {
            let sentence = format!(
                "a process of driver {id} ended with code 0 at {at}, and it is launched again"
            );
            let mark = self.given_up(root).unwrap_or("again");
            findings.push(Finding::new("INV-D6", sentence).about(id).mark(mark));
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
