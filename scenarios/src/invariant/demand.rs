//! INV-L3 and INV-L4: who waits although there is room. A pass is part of the turn that makes
//! room, so a wait that outlasts a turn is one for which nothing was scheduled.

use super::scene::Scene;
use super::shapes::{Shape, fits};
use super::violation::Finding;
use crate::ledger::{ApplicationRecord, Books, Kept, WorkerRecord};
use crate::trace::NodeId;
use deploysim_protocol::event::{ApplicationSlot, DriverSlot, WorkerSlot};
use deploysim_protocol::id::ProfileId;
use deploysim_protocol::state::WorkerState;
use deploysim_protocol::time::Time;
use std::collections::{BTreeMap, BTreeSet};

/// Who wants something from a master, and where something is free.
#[derive(Clone, Debug, Default)]
pub(super) struct Demand {
    waiting: BTreeMap<NodeId, BTreeSet<DriverSlot>>,
    hungry: BTreeMap<NodeId, BTreeSet<ApplicationSlot>>,
    roomy: BTreeMap<NodeId, BTreeSet<WorkerSlot>>,
    /// What happened last at each master that may explain why nothing was scheduled.
    last: BTreeMap<NodeId, &'static str>,
}

impl Demand {
    /// The master's process began or ended: its books are empty.
    pub(super) fn forget(&mut self, master: NodeId) {
        self.waiting.remove(&master);
        self.hungry.remove(&master);
        self.roomy.remove(&master);
        self.last.remove(&master);
    }

    pub(super) fn queued(&mut self, master: NodeId, driver: DriverSlot) {
        self.waiting.entry(master).or_default().insert(driver);
    }

    pub(super) fn dequeued(&mut self, master: NodeId, driver: DriverSlot) {
        if let Some(waiting) = self.waiting.get_mut(&master) {
            waiting.remove(&driver);
        }
    }

    pub(super) fn freed(&mut self, master: NodeId, by: &'static str) {
        self.last.insert(master, by);
    }

    /// A worker's free cores or state may have changed.
    pub(super) fn see_worker(&mut self, master: NodeId, slot: WorkerSlot, books: &Books) {
        let roomy = self.roomy.entry(master).or_default();
        if books.worker(slot).is_some_and(has_room) {
            roomy.insert(slot);
        } else {
            roomy.remove(&slot);
        }
    }

    /// An application's cores, executors or targets may have changed.
    pub(super) fn see_application(
        &mut self,
        master: NodeId,
        slot: ApplicationSlot,
        books: &Books,
        shapes: &[Shape],
    ) {
        let hungry = self.hungry.entry(master).or_default();
        let wants = books
            .application(slot)
            .is_some_and(|record| shapes.iter().any(|shape| wants(record, shape)));
        if wants {
            hungry.insert(slot);
        } else {
            hungry.remove(&slot);
        }
    }

    /// The drivers that wait at a master.
    pub(super) fn waiting(&self, master: NodeId) -> Vec<DriverSlot> {
        let found = self.waiting.get(&master);
        found.map_or_else(Vec::new, |slots| slots.iter().copied().collect())
    }

    /// The applications that want executors from a master.
    pub(super) fn hungry(&self, master: NodeId) -> Vec<ApplicationSlot> {
        let found = self.hungry.get(&master);
        found.map_or_else(Vec::new, |slots| slots.iter().copied().collect())
    }

    /// Whether a worker has free cores.
    pub(super) fn is_roomy(&self, master: NodeId, slot: WorkerSlot) -> bool {
        let found = self.roomy.get(&master);
        found.is_some_and(|slots| slots.contains(&slot))
    }

    fn rooms<'a>(
        &self,
        master: NodeId,
        books: &'a Books,
    ) -> impl Iterator<Item = &'a WorkerRecord> {
        let found = self.roomy.get(&master).into_iter().flatten();
        found.filter_map(|slot| books.worker(*slot))
    }

    /// INV-L3: the driver waits, may run, and a worker has room for it.
    pub(super) fn is_waiting(&self, scene: &Scene<'_>, master: NodeId, slot: DriverSlot) -> bool {
        self.room_for_driver(scene, master, slot).is_some()
    }

    fn room_for_driver<'a>(
        &self,
        scene: &Scene<'a>,
        master: NodeId,
        slot: DriverSlot,
    ) -> Option<&'a WorkerRecord> {
        let books = scene.leading(master)?;
        let record = books.driver(slot)?;
        let requirements = scene.shapes.driver(master, slot)?;
        if !record.waiting || record.worker.is_some() || record.kept != Kept::Active {
            return None;
        }
        let running = books.drivers().filter(|(_, own)| own.kept == Kept::Active);
        let may_run = scene.bounds.drivers_max.is_none_or(|most| {
            let running = running.filter(|(_, own)| !own.waiting).count();
            running < most as usize
        });
        let fitting =
            |worker: &&WorkerRecord| fits(worker, record.cores, record.memory_mib, requirements);
        may_run.then(|| self.rooms(master, books).find(fitting))?
    }

    pub(super) fn waits(
        &self,
        scene: &Scene<'_>,
        master: NodeId,
        slot: DriverSlot,
        since: Time,
    ) -> Finding {
        let books = scene.ledger.books(master);
        let driver = books.and_then(|books| books.driver(slot));
        let room = self.room_for_driver(scene, master, slot);
        let (Some(driver), Some(room)) = (driver, room) else {
            return Finding::new("INV-L3", String::new());
        };
        let sentence = format!(
            "driver {} waits for {} cores although {} has had room since {since}",
            driver.id, driver.cores, room.id
        );
        let finding = Finding::new("INV-L3", sentence).at(master);
        finding.about(driver.id).about(room.id).mark("waits")
    }

    /// INV-L4: the application wants an executor, and a worker has room for one.
    pub(super) fn is_starving(
        &self,
        scene: &Scene<'_>,
        master: NodeId,
        slot: ApplicationSlot,
    ) -> bool {
        self.room_for_executor(scene, master, slot).is_some()
    }

    fn room_for_executor<'a>(
        &self,
        scene: &Scene<'a>,
        master: NodeId,
        slot: ApplicationSlot,
    ) -> Option<(&'a WorkerRecord, &'a Shape)> {
        let books = scene.leading(master)?;
        let record = books.application(slot)?;
        let shapes = scene.shapes.of(master, slot);
        let wanted = shapes.iter().filter(|shape| wants(record, shape));
        wanted.into_iter().find_map(|shape| {
            let mut rooms = self.rooms(master, books);
            let room = rooms.find(|worker| has_room_for(worker, shape))?;
            Some((room, shape))
        })
    }

    pub(super) fn starves(
        &self,
        scene: &Scene<'_>,
        master: NodeId,
        slot: ApplicationSlot,
        since: Time,
    ) -> Finding {
        let books = scene.ledger.books(master);
        let application = books.and_then(|books| books.application(slot));
        let room = self.room_for_executor(scene, master, slot);
        let (Some(application), Some((room, shape))) = (application, room) else {
            return Finding::new("INV-L4", String::new());
        };
        let sentence = format!(
            "application {} has {} of {} cores and wants an executor of {} cores and {} MiB; {} has had room since {since} ({} cores free), and nothing was launched",
            application.id,
            application.cores_granted,
            application.cores_requested,
            shape.cores_min(),
            shape.memory_mib,
            room.id,
            room.cores.wrapping_sub(room.cores_used)
        );
        let mark = self
            .last
            .get(&master)
            .copied()
            .unwrap_or("after-registration");
        let finding = Finding::new("INV-L4", sentence).at(master);
        finding.about(application.id).about(room.id).mark(mark)
    }
}

/// Whether an executor of this shape fits on an ALIVE worker.
pub(super) fn has_room_for(worker: &WorkerRecord, shape: &Shape) -> bool {
    fits(
        worker,
        shape.cores_min(),
        shape.memory_mib,
        &shape.requirements,
    )
}

/// Whether an application could use one of these workers.
pub(super) fn is_wanted(
    books: &Books,
    application: ApplicationSlot,
    shapes: &[Shape],
    workers: &[WorkerSlot],
) -> bool {
    let Some(record) = books.application(application) else {
        return false;
    };
    let workers = workers.iter().filter_map(|slot| books.worker(*slot));
    let mut rooms = workers.filter(|worker| has_room(worker));
    rooms.any(|worker| {
        let mut fitting = shapes.iter().filter(|shape| has_room_for(worker, shape));
        fitting.any(|shape| wants(record, shape))
    })
}

fn has_room(worker: &WorkerRecord) -> bool {
    worker.listed && worker.state == WorkerState::Alive && worker.cores_used < worker.cores
}

/// Whether an application has cores and executors left to ask for.
pub(super) fn wants(application: &ApplicationRecord, shape: &Shape) -> bool {
    application.kept == Kept::Active
        && application
            .cores_requested
            .wrapping_sub(application.cores_granted)
            >= shape.cores_min()
        && is_below_target(application, shape.profile)
}

/// Whether fewer executors of a profile are booked than its target.
fn is_below_target(application: &ApplicationRecord, profile: ProfileId) -> bool {
    match application.target(profile) {
        Some(i32::MAX) => true,
        Some(target) => {
            i64::try_from(booked(application, profile)).is_ok_and(|own| own < i64::from(target))
        }
        None => false,
    }
}

/// How many executors of a profile are in an application's map.
pub(super) fn booked(application: &ApplicationRecord, profile: ProfileId) -> usize {
    let executors = application.executors.values();
    let own = executors.filter(|own| own.in_application && own.profile == profile);
    own.count()
}
