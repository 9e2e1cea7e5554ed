//! INV-L1, INV-L8, INV-W5: that a living worker is ALIVE at the leader, that one whose process
//! is gone becomes DEAD and is forgotten, and that both sides agree whether it is decommissioned.

use super::scene::Scene;
use super::violation::Finding;
use crate::ledger::Ledger;
use crate::trace::NodeId;
use deploysim_protocol::event::WorkerSlot;
use deploysim_protocol::state::WorkerState;
use deploysim_protocol::time::Time;

/// INV-L1: the worker lives, is not decommissioned, does not end, and the leader does not have
/// it as ALIVE.
pub(super) fn is_missing(scene: &Scene<'_>, worker: NodeId) -> bool {
    let Some(tables) = scene.living_worker(worker) else {
        return false;
    };
    let state = scene.record(worker).map(|(_, record)| record.state);
    scene.ledger.leader().is_some()
        && !tables.decommissioned
        && !tables.stopping
        && !matches!(
            state,
            Some(WorkerState::Alive | WorkerState::Decommissioned)
        )
}

pub(super) fn missing(scene: &Scene<'_>, worker: NodeId, since: Time) -> Finding {
    let name = scene.ledger.name(worker);
    let seen = scene.record(worker).map(|(_, record)| record.state);
    let tables = scene.ledger.worker(worker);
    let follows = tables.and_then(|tables| tables.followed);
    let mark = if scene.watch.is_forgotten(worker) {
        "forgotten"
    } else if !scene.watch.was_registered(worker) && follows.is_some() {
        "never-registered"
    } else if follows_another(worker, scene.ledger) {
        "follows-another"
    } else if seen == Some(WorkerState::Dead) {
        "heartbeats-ignored"
    } else if seen == Some(WorkerState::Unknown) {
        "recovered"
    } else {
        "unreachable"
    };
    let seen = match seen {
        Some(state) => format!("has it as {state}"),
        None if mark == "forgotten" => "has forgotten it".to_owned(),
        None => "does not know it".to_owned(),
    };
    let sentence = format!(
        "{name} has lived without being ALIVE at the leader since {since}, no fault was active for {}, and the leader {seen}",
        show(scene.bounds.live),
    );
    Finding::new("INV-L1", sentence).at(worker).mark(mark)
}

/// Whether somebody leads, and the worker follows another (RD-12).
pub(super) fn follows_another(worker: NodeId, ledger: &Ledger) -> bool {
    let follows = ledger.worker(worker).and_then(|tables| tables.followed);
    let leader = ledger.leader().and_then(|leader| ledger.process(leader));
    match (follows, leader) {
        (Some(follows), Some(leader)) => follows != leader.address,
        (None, _) | (_, None) => false,
    }
}

/// INV-L8: the master lists a worker as not DEAD whose process is gone.
pub(super) fn is_unburied(scene: &Scene<'_>, master: NodeId, slot: WorkerSlot) -> bool {
    let record = scene.leading(master).and_then(|books| books.worker(slot));
    record.is_some_and(|record| {
        record.listed
            && record.state != WorkerState::Dead
            && record.node.is_some()
            && scene.living_process(record).is_none()
    })
}

pub(super) fn unburied(
    scene: &Scene<'_>,
    master: NodeId,
    slot: WorkerSlot,
    since: Time,
) -> Finding {
    let record = scene
        .ledger
        .books(master)
        .and_then(|books| books.worker(slot));
    let (id, state) = record.map_or_else(
        || (String::new(), String::new()),
        |record| (record.id.to_string(), record.state.to_string()),
    );
    let sentence = format!(
        "the process of {id} is gone since {since} and it still is {state}, more than {} later",
        show(scene.bounds.dead)
    );
    Finding::new("INV-L8", sentence)
        .at(master)
        .about(id)
        .mark("not-dead")
}

/// INV-L8: the master lists a DEAD worker.
pub(super) fn is_remembered(scene: &Scene<'_>, master: NodeId, slot: WorkerSlot) -> bool {
    let record = scene.leading(master).and_then(|books| books.worker(slot));
    record.is_some_and(|record| record.listed && record.state == WorkerState::Dead)
}

pub(super) fn remembered(
    scene: &Scene<'_>,
    master: NodeId,
    slot: WorkerSlot,
    since: Time,
) -> Finding {
    let record = scene
        .ledger
        .books(master)
        .and_then(|books| books.worker(slot));
    let id = record.map_or_else(String::new, |record| record.id.to_string());
    let sentence = format!(
        "{id} is DEAD since {since} and is still listed, more than {} after its last heartbeat",
        show(scene.bounds.cull)
    );
    Finding::new("INV-L8", sentence)
        .at(master)
        .about(id)
        .mark("not-forgotten")
}

/// INV-W5: one side only takes the worker for decommissioned.
pub(super) fn is_at_odds(scene: &Scene<'_>, worker: NodeId) -> bool {
    let Some(tables) = scene.living_worker(worker) else {
        return false;
    };
    let state = scene.record(worker).map(|(_, record)| record.state);
    !tables.stopping
        && match state {
            Some(WorkerState::Alive) => tables.decommissioned,
            Some(WorkerState::Decommissioned) => !tables.decommissioned,
            Some(WorkerState::Dead | WorkerState::Unknown) | None => false,
        }
}

pub(super) fn at_odds(scene: &Scene<'_>, worker: NodeId, since: Time) -> Finding {
    let name = scene.ledger.name(worker);
    let decommissioned = scene
        .ledger
        .worker(worker)
        .is_some_and(|tables| tables.decommissioned);
    let (sentence, mark) = if decommissioned {
        (
            format!("{name} is decommissioned, and ALIVE at the leader since {since}"),
            "came-back",
        )
    } else {
        (
            format!("{name} is DECOMMISSIONED at the leader since {since}, and goes on as ever"),
            "refused",
        )
    };
    Finding::new("INV-W5", sentence).at(worker).mark(mark)
}

/// A duration in seconds, without needless digits.
pub(super) fn show(duration: std::time::Duration) -> String {
    format!("{:.3} s", duration.as_secs_f64())
}
