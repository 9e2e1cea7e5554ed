//! INV-C3, INV-C4, INV-C5, INV-C6, INV-W1, INV-W3, INV-X6: a master's books, looked at when a
//! turn of the master is over. Only what the turn touched is looked at.

use super::answers::Share;
use super::violation::Finding;
use crate::ledger::{Books, ExecutorKey, Kept, Ledger, WorkerRecord};
use crate::trace::NodeId;
use deploysim_protocol::event::{ApplicationSlot, DriverSlot, WorkerSlot};
use deploysim_protocol::state::{DriverState, ExecutorState, WorkerState};

/// INV-W1: something is placed on a worker.
pub(super) fn placed(books: &Books, worker: WorkerSlot, what: &str) -> Option<Finding> {
    let record = books.worker(worker)?;
    if record.listed && record.state == WorkerState::Alive {
        return None;
    }
    let sentence = format!(
        "{what} is placed on {}, which is {}",
        record.id, record.state
    );
    Some(Finding::new("INV-W1", sentence).about(record.id))
}

/// INV-W3: a worker is added.
pub(super) fn added(books: &Books, worker: WorkerSlot, twins: &[WorkerSlot]) -> Option<Finding> {
    let own = books.worker(worker)?;
    let living = |record: &&WorkerRecord| record.listed && record.state != WorkerState::Dead;
    let twin = twins
        .iter()
        .filter(|slot| **slot != worker)
        .filter_map(|slot| books.worker(*slot))
        .filter(living)
        .find(|twin| twin.id == own.id || twin.address == own.address)?;
    let sentence = format!(
        "{} at {} is added, although {} at {} is {}",
        own.id, own.address, twin.id, twin.address, twin.state
    );
    Some(
        Finding::new("INV-W3", sentence)
            .about(own.id)
            .about(twin.id),
    )
}

/// INV-C3: a worker's use, of which this much is from late answers, is within its size.
pub(super) fn worker(books: &Books, slot: WorkerSlot, late: Share) -> Option<Finding> {
    let record = books.worker(slot)?;
    let within = |used: i32, size: i32| (0..=size).contains(&used);
    if !record.listed
        || within(record.cores_used, record.cores)
            && within(record.memory_used_mib, record.memory_mib)
    {
        return None;
    }
    let mark = if record.cores_used < 0 || record.memory_used_mib < 0 {
        "below-zero"
    } else if late != Share::default()
        && i64::from(record.cores_used) - late.cores <= i64::from(record.cores)
        && i64::from(record.memory_used_mib) - late.memory_mib <= i64::from(record.memory_mib)
    {
        "late-answer"
    } else {
        "above-size"
    };
    let sentence = format!(
        "{} uses {} of {} cores and {} of {} MiB",
        record.id, record.cores_used, record.cores, record.memory_used_mib, record.memory_mib
    );
    Some(Finding::new("INV-C3", sentence).about(record.id).mark(mark))
}

/// INV-C4: an application's grants, of which so many cores are from late answers, are within its
/// request. That they are the sum of its executors is looked at in the real books.
pub(super) fn application(books: &Books, slot: ApplicationSlot, late: i64) -> Option<Finding> {
    let record = books.application(slot)?;
    if record.kept != Kept::Active || record.cores_granted <= record.cores_requested {
        return None;
    }
    let sentence = format!(
        "application {} was granted {} cores and asked for {}",
        record.id, record.cores_granted, record.cores_requested
    );
    let surplus = i64::from(record.cores_granted) - i64::from(record.cores_requested);
    let mark = if surplus <= late {
        "late-answer"
    } else {
        "beyond-request"
    };
    Some(Finding::new("INV-C4", sentence).about(record.id).mark(mark))
}

/// INV-C5 and INV-X6: an executor is in both maps or in none.
pub(super) fn executor(books: &Books, key: ExecutorKey) -> Option<Finding> {
    let application = books.application(key.application)?;
    if application.kept != Kept::Active {
        return None;
    }
    let record = application.executors.get(&key.number)?;
    let worker = books.worker(record.worker)?;
    let id = application.executor_id(key.number);
    let is_dead = !worker.listed || worker.state == WorkerState::Dead;
    if is_dead && record.in_worker && record.state == ExecutorState::Running {
        let sentence = format!("executor {id} is RUNNING on {}, which is DEAD", worker.id);
        return Some(Finding::new("INV-X6", sentence).about(id).about(worker.id));
    }
    let sentence = if is_dead && record.in_application && record.in_worker {
        format!(
            "application {} still counts the {} cores of executor {} as granted, although {} is DEAD: it has {} of {} cores, and its executors on workers that are not DEAD have {}",
            application.id,
            record.cores,
            key.number,
            worker.id,
            application.cores_granted,
            application.cores_requested,
            living_cores(books, key.application)
        )
    } else if !is_dead
        && worker.state != WorkerState::Decommissioned
        && record.in_application != record.in_worker
    {
        let (here, there) = if record.in_application {
            ("in its application's map", "not in its worker's")
        } else {
            ("in its worker's map", "not in its application's")
        };
        format!("executor {id} on {} is {here} and {there}", worker.id)
    } else {
        return None;
    };
    let mark = if is_dead { "worker-dead" } else { "one-map" };
    let finding = Finding::new("INV-C5", sentence).about(id);
    Some(finding.about(worker.id).mark(mark))
}

/// The cores of an application's executors on workers that are not DEAD.
fn living_cores(books: &Books, slot: ApplicationSlot) -> i32 {
    let executors = books.application(slot).map(|own| own.executors.values());
    let living = executors.into_iter().flatten().filter(|own| {
        let worker = books.worker(own.worker);
        own.in_worker && worker.is_some_and(|worker| worker.state != WorkerState::Dead)
    });
    living.map(|own| own.cores).sum()
}

/// INV-C6: a driver waits, or has a worker.
pub(super) fn driver(books: &Books, slot: DriverSlot) -> Option<Finding> {
    let record = books.driver(slot)?;
    let (sentence, mark) = if record.waiting && record.kept != Kept::Active {
        let (id, state) = (record.id, record.state);
        let sentence = format!("driver {id} waits, and has left the list of drivers as {state}");
        (sentence, "still-waiting")
    } else if record.waiting && record.worker.is_some() {
        let sentence = format!("driver {} waits, and has a worker", record.id);
        (sentence, "has-worker")
    } else if record.kept == Kept::Active
        && record.state == DriverState::Running
        && record.worker.is_none()
    {
        let sentence = format!("driver {} is RUNNING and has no worker", record.id);
        (sentence, "no-worker")
    } else {
        return None;
    };
    Some(Finding::new("INV-C6", sentence).about(record.id).mark(mark))
}

/// INV-S3: how many drivers run.
pub(super) fn running(
    books: &Books,
    most: Option<u32>,
    master: NodeId,
    ledger: &Ledger,
) -> Option<Finding> {
    let most = most?;
    let active = books.drivers().filter(|(_, own)| own.kept == Kept::Active);
    let running = active.filter(|(_, own)| !own.waiting).count();
    if running <= most as usize {
        return None;
    }
    let sentence = format!(
        "{running} submitted drivers run at {}, and {most} may",
        ledger.name(master)
    );
    Some(Finding::new("INV-S3", sentence).at(master))
}
