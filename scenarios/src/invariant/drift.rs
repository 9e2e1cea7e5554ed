//! INV-C2 (what is booked is held), INV-X1, INV-D4: orders and reports that were lost on the way
//! between a master and a worker leave the two apart.

use super::membership::show;
use super::scene::Scene;
use super::violation::Finding;
use crate::ledger::{ExecutorKey, ExecutorRecord, WorkerRecord, WorkerTables};
use crate::trace::NodeId;
use deploysim_protocol::event::DriverSlot;
use deploysim_protocol::id::{DriverId, ExecutorId};
use deploysim_protocol::state::{DriverState, ExecutorState, WorkerState};
use deploysim_protocol::time::Time;

/// A booked executor with its worker and that worker's tables, if the worker can be reached.
struct BookedExecutor<'a> {
    id: ExecutorId,
    record: &'a ExecutorRecord,
    worker: &'a WorkerRecord,
    node: NodeId,
    tables: &'a WorkerTables,
}

fn executor<'a>(scene: &Scene<'a>, master: NodeId, key: ExecutorKey) -> Option<BookedExecutor<'a>> {
    let books = scene.leading(master)?;
    let application = books.application(key.application)?;
    let record = application.executors.get(&key.number)?;
    let worker = books.worker(record.worker)?;
    if !record.in_worker || !worker.listed || worker.state != WorkerState::Alive {
        return None;
    }
    let (node, tables) = scene.living_process(worker)?;
    (!tables.stopping).then_some(BookedExecutor {
        id: application.executor_id(key.number),
        record,
        worker,
        node,
        tables,
    })
}

/// INV-X1: the executor is LAUNCHING.
pub(super) fn is_launching(scene: &Scene<'_>, master: NodeId, key: ExecutorKey) -> bool {
    executor(scene, master, key)
        .is_some_and(|booked| booked.record.state == ExecutorState::Launching)
}

pub(super) fn launching(
    scene: &Scene<'_>,
    master: NodeId,
    key: ExecutorKey,
    since: Time,
) -> Finding {
    lost_executor(scene, master, key, "INV-X1", |booked| {
        format!(
            "executor {} is LAUNCHING on {} since {since}",
            booked.id, booked.worker.id
        )
    })
}

/// INV-C2: the executor is booked, and its worker does not have it.
pub(super) fn is_executor_missing(scene: &Scene<'_>, master: NodeId, key: ExecutorKey) -> bool {
    executor(scene, master, key).is_some_and(|booked| booked.tables.executor(booked.id).is_none())
}

pub(super) fn executor_missing(
    scene: &Scene<'_>,
    master: NodeId,
    key: ExecutorKey,
    since: Time,
) -> Finding {
    lost_executor(scene, master, key, "INV-C2", |booked| {
        format!(
            "executor {} is booked on {} with {} cores as {}, and the worker has not had it since {since}",
            booked.id, booked.worker.id, booked.record.cores, booked.record.state
        )
    })
}

fn lost_executor(
    scene: &Scene<'_>,
    master: NodeId,
    key: ExecutorKey,
    invariant: &'static str,
    sentence: impl FnOnce(&BookedExecutor<'_>) -> String,
) -> Finding {
    let Some(booked) = executor(scene, master, key) else {
        return Finding::new(invariant, String::new());
    };
    let mark = if booked.tables.decommissioned {
        "decommissioned"
    } else if booked.record.state == ExecutorState::Launching {
        "order-lost"
    } else {
        "report-lost"
    };
    Finding::new(invariant, sentence(&booked))
        .at(booked.node)
        .about(booked.id)
        .mark(mark)
}

/// Until when a report about an executor may still be under way: a failed one is repeated after
/// an ask's time, one after the other.
pub(super) fn reported_by(scene: &Scene<'_>, master: NodeId, key: ExecutorKey) -> Option<Time> {
    let booked = executor(scene, master, key)?;
    let (last, failing) = scene.watch.failed_reports(booked.node)?;
    let each = scene.bounds.ask + 4 * scene.bounds.delay;
    Some(last + each * (failing + 1))
}

/// A booked driver with its worker's tables, if the worker can be reached.
struct BookedDriver<'a> {
    id: DriverId,
    worker: &'a WorkerRecord,
    node: NodeId,
    tables: &'a WorkerTables,
}

fn driver<'a>(scene: &Scene<'a>, master: NodeId, slot: DriverSlot) -> Option<BookedDriver<'a>> {
    let books = scene.leading(master)?;
    let record = books.driver(slot)?;
    let worker = books.worker(record.worker?)?;
    if !worker.listed || worker.state != WorkerState::Alive {
        return None;
    }
    let (node, tables) = scene.living_process(worker)?;
    (!tables.stopping).then_some(BookedDriver {
        id: record.id,
        worker,
        node,
        tables,
    })
}

/// INV-C2: the driver is booked, and its worker does not have it.
pub(super) fn is_driver_missing(scene: &Scene<'_>, master: NodeId, slot: DriverSlot) -> bool {
    driver(scene, master, slot).is_some_and(|booked| booked.tables.driver(booked.id).is_none())
}

pub(super) fn driver_missing(
    scene: &Scene<'_>,
    master: NodeId,
    slot: DriverSlot,
    since: Time,
) -> Finding {
    let Some(booked) = driver(scene, master, slot) else {
        return Finding::new("INV-C2", String::new());
    };
    let sentence = format!(
        "driver {} is booked on {}, and the worker has not had it since {since}",
        booked.id, booked.worker.id
    );
    Finding::new("INV-C2", sentence)
        .at(booked.node)
        .about(booked.id)
        .mark("driver")
}

/// INV-L3: a relaunched driver is booked, and does not run.
pub(super) fn is_idle(scene: &Scene<'_>, master: NodeId, slot: DriverSlot) -> bool {
    let relaunched = scene
        .leading(master)
        .and_then(|books| books.driver(slot))
        .is_some_and(|record| record.predecessor.is_some());
    relaunched
        && driver(scene, master, slot).is_some_and(|booked| {
            let held = booked.tables.driver(booked.id);
            scene.watch.copies(booked.id).is_empty()
                && held.is_none_or(|held| held.attempts <= 1 && held.pause_s.is_none())
        })
}

pub(super) fn idle(scene: &Scene<'_>, master: NodeId, slot: DriverSlot, since: Time) -> Finding {
    let Some(booked) = driver(scene, master, slot) else {
        return Finding::new("INV-L3", String::new());
    };
    let sentence = format!(
        "driver {} was relaunched on {} and has had no process since {since}, for more than {}",
        booked.id,
        booked.worker.id,
        show(scene.bounds.rerun)
    );
    Finding::new("INV-L3", sentence)
        .at(booked.node)
        .about(booked.id)
        .mark("order-lost")
}

/// INV-D4: the driver's process ended with code 0, and its record is not FINISHED.
pub(super) fn is_misjudged(scene: &Scene<'_>, id: DriverId) -> bool {
    let books = scene.ledger.leader_books();
    let record = books.and_then(|books| books.driver_by_id(id));
    record.is_some_and(|(_, record)| record.state != DriverState::Finished)
}

pub(super) fn misjudged(scene: &Scene<'_>, id: DriverId, since: Time) -> Finding {
    let books = scene.ledger.leader_books();
    let state = books
        .and_then(|books| books.driver_by_id(id))
        .map(|(_, record)| record.state);
    let sentence = format!(
        "driver {id} ended with code 0 at {since} on a worker that lived on, and is {}",
        state.map_or("unknown", DriverState::name)
    );
    let given_up = scene.drivers.given_up(scene.watch.root(id));
    let mark = if state == Some(DriverState::Running) {
        "report-lost"
    } else {
        given_up.unwrap_or("otherwise")
    };
    Finding::new("INV-D4", sentence).about(id).mark(mark)
}
