//! INV-A1, INV-A2, INV-A5, INV-A7, INV-L6: what an application's client is given, what
//! it is told, and whether the leader knows it.

use super::scene::Scene;
use super::violation::Finding;
use crate::ledger::{Kept, Ledger};
use crate::trace::NodeId;
use deploysim_protocol::event::DriverEvent;
use deploysim_protocol::id::ApplicationId;
use deploysim_protocol::state::ApplicationState;
use deploysim_protocol::time::Time;
use std::collections::BTreeMap;

/// What was seen of each client's process.
#[derive(Clone, Debug, Default)]
pub(super) struct Clients {
    /// The ids that masters gave it.
    given: BTreeMap<NodeId, Vec<ApplicationId>>,
    /// Clients that are dead.
    dead: BTreeMap<NodeId, Time>,
}

impl Clients {
    /// A process began, or ended: nothing is known of it.
    pub(super) fn forget(&mut self, node: NodeId) {
        self.given.remove(&node);
        self.dead.remove(&node);
    }

    /// INV-A1: a master gave an id to the client at this process.
    pub(super) fn given(
        &mut self,
        client: NodeId,
        id: ApplicationId,
        ledger: &Ledger,
    ) -> Option<Finding> {
        if !ledger.is_alive(client) {
            return None;
        }
        let ids = self.given.entry(client).or_default();
        if ids.contains(&id) {
            return None;
        }
        ids.push(id);
        let [first, .., last] = ids.as_slice() else {
            return None;
        };
        let name = ledger.name(client);
        let sentence = format!("{name} was given {first}, and then {last} as well");
        let finding = Finding::new("INV-A1", sentence).at(client);
        Some(finding.about(first).about(last))
    }

    /// The first id that a master gave to the client.
    pub(super) fn first_id(&self, client: NodeId) -> Option<ApplicationId> {
        self.given.get(&client)?.first().copied()
    }

    /// INV-A7: a client reports.
    pub(super) fn reports(
        &mut self,
        client: NodeId,
        at: Time,
        event: &DriverEvent,
        ledger: &Ledger,
    ) -> Option<Finding> {
        let name = || ledger.name(client);
        if let DriverEvent::ApplicationDead { .. } = event {
            let before = self.dead.insert(client, at)?;
            let sentence = format!("{} died at {before}, and a second time", name());
            return Some(Finding::new("INV-A7", sentence).at(client).mark("twice"));
        }
        if let DriverEvent::RegistrationAttempted { attempt } = event
            && let Some(before) = self.dead.get(&client)
        {
            let sentence = format!(
                "{} died at {before}, and makes attempt {attempt} to register",
                name()
            );
            let finding = Finding::new("INV-A7", sentence).at(client);
            return Some(finding.mark("registers"));
        }
        None
    }
}

/// The id of a client that lives and was not stopped.
fn holds(scene: &Scene<'_>, client: NodeId) -> Option<ApplicationId> {
    let tables = scene.ledger.driver(client)?;
    if !scene.ledger.is_alive(client) || tables.dead.is_some() {
        return None;
    }
    tables.application
}

/// INV-L6: the leader has no application of the client, under whatever id.
pub(super) fn is_absent(scene: &Scene<'_>, client: NodeId) -> bool {
    is_unknown(scene, client)
        && scene.ledger.leader_books().is_some_and(|books| {
            let mut own = books
                .applications()
                .filter(|(_, record)| record.client == Some(client));
            !own.any(|(_, record)| record.kept == Kept::Active)
        })
}

/// INV-A2: the leader does not have the id among its applications.
pub(super) fn is_unknown(scene: &Scene<'_>, client: NodeId) -> bool {
    scene.ledger.leader().is_some()
        && holds(scene, client).is_some_and(|id| scene.active(id).is_none())
}

/// INV-A5: the application was removed, and the client goes on.
pub(super) fn is_untold(scene: &Scene<'_>, client: NodeId) -> bool {
    holds(scene, client).is_some_and(|id| scene.watch.removed(id).is_some())
}

pub(super) fn unknown(
    scene: &Scene<'_>,
    invariant: &'static str,
    client: NodeId,
    since: Time,
) -> Finding {
    let name = scene.ledger.name(client);
    let Some(id) = holds(scene, client) else {
        return Finding::new(invariant, String::new());
    };
    let (mark, why) = match scene.watch.removed(id) {
        Some(ApplicationState::Finished) => (
            "finished-silently",
            "the master has finished it, which clients are not told",
        ),
        Some(
            ApplicationState::Waiting
            | ApplicationState::Running
            | ApplicationState::Failed
            | ApplicationState::Killed
            | ApplicationState::Unknown,
        ) => ("removed", "the master has removed it"),
        None if scene.watch.was_booked(id) => (
            "master-restarted",
            "the master that knew it is gone with its books",
        ),
        None => (
            "never-in-the-books",
            "the master gave that id without entering it",
        ),
    };
    let sentence = if invariant == "INV-A5" {
        format!(
            "the application {id} of {name} is over since {since}, and {name} was not told: {why}"
        )
    } else {
        format!("{name} holds the id {id}, which the leader has not known since {since}: {why}")
    };
    let finding = Finding::new(invariant, sentence).at(client);
    finding.about(id).mark(mark)
}
