//! INV-Q1, INV-Q2, INV-Q3: what masters grant, and what submission clients learn.

use super::calm::Calm;
use super::violation::Finding;
use crate::ledger::Ledger;
use crate::trace::{End, NodeId};
use deploysim_protocol::event::ClientEvent;
use deploysim_protocol::id::DriverId;
use deploysim_protocol::message::Answer;
use deploysim_protocol::state::{DriverState, MasterState};
use std::collections::{BTreeMap, BTreeSet};

/// What submission clients know.
#[derive(Clone, Debug, Default)]
pub(super) struct Queries {
    /// The driver that a master accepted from a client.
    accepted: BTreeMap<NodeId, DriverId>,
    /// Clients that have been told why they fail.
    told: BTreeSet<NodeId>,
    /// Every driver that was accepted.
    drivers: BTreeSet<DriverId>,
}

impl Queries {
    /// A process began.
    pub(super) fn forget(&mut self, client: NodeId) {
        self.accepted.remove(&client);
        self.told.remove(&client);
    }

    /// INV-Q1: a master answers.
    pub(super) fn answered(master: NodeId, answer: &Answer, ledger: &Ledger) -> Option<Finding> {
        let granted = match answer {
            Answer::SubmitDriver(answer) => answer.success,
            Answer::KillDriver(answer) => answer.success,
            Answer::KillAllDrivers(answer) => answer.success,
            Answer::Flag(_)
            | Answer::Count(_)
            | Answer::DriverStatus(_)
            | Answer::BoundPorts(_)
            | Answer::MasterState(_)
            | Answer::WorkerState(_)
            | Answer::Session(_)
            | Answer::Latch(_) => false,
        };
        let state = ledger.books(master)?.state();
        if !granted || state == MasterState::Alive {
            return None;
        }
        let name = ledger.name(master);
        let kind = answer.kind();
        let sentence = format!("{name} is {state} and answers {kind} with success");
        Some(Finding::new("INV-Q1", sentence).at(master))
    }

    /// INV-Q3: a client reports.
    pub(super) fn reports(&mut self, client: NodeId, event: &ClientEvent) -> Option<Finding> {
        let (driver, sentence) = match *event {
            ClientEvent::SubmissionAccepted { driver } => {
                self.accepted.insert(client, driver);
                self.drivers.insert(driver);
                return None;
            }
            ClientEvent::DriverExceptionReported { .. } => {
                self.told.insert(client);
                return None;
            }
            ClientEvent::StatusFound {
                driver,
                state: DriverState::Relaunching,
            } => (
                driver,
                format!(
                    "{driver} lives on under another id, and its submitter is told only that it was relaunched"
                ),
            ),
            ClientEvent::StatusUnknown { driver } => {
                self.told.insert(client);
                (
                    driver,
                    format!("{driver} was accepted, and no master knows it"),
                )
            }
            ClientEvent::StatusFound { .. }
            | ClientEvent::SubmissionRequested
            | ClientEvent::KillRequested { .. }
            | ClientEvent::KillAnswered { .. }
            | ClientEvent::StandbyAnswered
            | ClientEvent::RequestRefused
            | ClientEvent::RequestFailed { .. }
            | ClientEvent::MasterLost { .. } => return None,
        };
        if !self.drivers.contains(&driver) {
            return None;
        }
        Some(Finding::new("INV-Q3", sentence).at(client).about(driver))
    }

    /// INV-Q2: a client's process ended.
    pub(super) fn ended(
        &self,
        client: NodeId,
        end: End,
        calm: &Calm,
        ledger: &Ledger,
    ) -> Option<Finding> {
        let driver = self.accepted.get(&client)?;
        let failed = matches!(end, End::Exited(code) if code != 0);
        let excused = self.told.contains(&client) || calm.was_troubled();
        if !failed || excused || ledger.leader().is_none() {
            return None;
        }
        let sentence = format!(
            "{} fails although the leader that accepted {driver} lives",
            ledger.name(client)
        );
        Some(Finding::new("INV-Q2", sentence).at(client).about(driver))
    }
}
