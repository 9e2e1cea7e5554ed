//! A Master's books: the tables of workers, applications, drivers and executors, and how to look
//! things up. Capacities, granted cores, targets and waiting orders are the scheduler's; what
//! follows from a change is decided in the files of the concerns.

mod applications;
mod drivers;
mod row;
mod slab;
mod workers;

pub(in crate::master) use applications::{ApplicationInfo, Applications, End};
pub(in crate::master) use drivers::{DriverInfo, Drivers};
pub(in crate::master) use workers::{Assignment, WorkerInfo, Workers};

use deploysim_protocol::event::{ApplicationSlot, DriverSlot, WorkerSlot};
use deploysim_protocol::id::{ExecutorId, ProfileId};
use deploysim_protocol::resource::Resources;
use deploysim_protocol::state::ExecutorState;
use slab::Slab;

/// An executor's place in the books.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(in crate::master) struct ExecutorSlot(u32);

/// One executor. Spark: `ExecutorDesc`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::master) struct ExecutorInfo {
    /// Its full id.
    pub(in crate::master) id: ExecutorId,
    /// Its application.
    pub(in crate::master) application: ApplicationSlot,
    /// Its worker.
    pub(in crate::master) worker: Assignment,
    /// Its profile.
    pub(in crate::master) profile: ProfileId,
    /// Its cores.
    pub(in crate::master) cores: i32,
    /// Its memory, in MiB.
    pub(in crate::master) memory_mib: i32,
    /// Addresses of named resources that it holds.
    pub(in crate::master) resources: Resources,
    /// Its state.
    pub(in crate::master) state: ExecutorState,
    in_application: bool,
    in_worker: bool,
}

/// What an executor is made of, before it is booked.
pub(in crate::master) struct NewExecutor {
    /// Its number within the application.
    pub(in crate::master) number: u32,
    /// Its profile.
    pub(in crate::master) profile: ProfileId,
    /// Its cores.
    pub(in crate::master) cores: i32,
    /// Its memory, in MiB.
    pub(in crate::master) memory_mib: i32,
    /// Addresses of named resources that it holds.
    pub(in crate::master) resources: Resources,
}

/// All tables.
///
/// Invariants:
/// 1. An executor has a place as long as its application's or its worker's map has it.
/// 2. `executors_on_workers` of an application and `on_workers` of a driver count the entries
///    in workers' maps, DEAD workers included.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::master) struct Books {
    pub(in crate::master) workers: Workers,
    pub(in crate::master) applications: Applications,
    pub(in crate::master) drivers: Drivers,
    executors: Slab<ExecutorInfo>,
}

impl Books {
    /// Empty books.
    pub(in crate::master) const fn new() -> Self {
        Self {
            workers: Workers::new(),
            applications: Applications::new(),
            drivers: Drivers::new(),
            executors: Slab::new(),
        }
    }

    /// The executor at a place.
    ///
    /// # Panics
    /// If the place is vacant.
    pub(in crate::master) fn executor(&self, slot: ExecutorSlot) -> &ExecutorInfo {
        self.executors.find(slot.0).expect(VACANT)
    }

    /// The executor at a place.
    ///
    /// # Panics
    /// If the place is vacant.
    pub(in crate::master) fn executor_mut(&mut self, slot: ExecutorSlot) -> &mut ExecutorInfo {
        self.executors.find_mut(slot.0).expect(VACANT)
    }

    /// Makes room for as many executors as are about to be booked.
    pub(in crate::master) fn expect_executors(&mut self, count: usize) {
        self.executors.reserve(count);
    }

    /// Enters an executor, LAUNCHING, into the maps of its application and its worker. An entry
    /// of the same id is overwritten (RD-16).
    /// Spark: `ApplicationInfo.addExecutor`, `WorkerInfo.addExecutor`.
    pub(in crate::master) fn book_executor(
        &mut self,
        application: ApplicationSlot,
        worker: WorkerSlot,
        new: NewExecutor,
    ) -> ExecutorSlot {
        let id = ExecutorId {
            application: self.applications.info(application).id,
            number: new.number,
        };
        let slot = ExecutorSlot(self.executors.insert(ExecutorInfo {
            id,
            application,
            worker: self.workers.assignment(worker),
            profile: new.profile,
            cores: new.cores,
            memory_mib: new.memory_mib,
            resources: new.resources,
            state: ExecutorState::Launching,
            in_application: true,
            in_worker: true,
        }));
        let info = self.applications.info_mut(application);
        info.executor_next = info.executor_next.max(new.number.saturating_add(1));
        info.executors_on_workers += 1;
        if let Some(former) = info.executors.insert(new.number, slot) {
            self.executor_mut(former).in_application = false;
            self.sweep_executor(former);
        }
        let info = self.workers.info_mut(worker);
        if let Some(former) = info.executors.insert(id, slot) {
            self.executor_left_worker(former);
        }
        slot
    }

    /// Strikes the executor of that number off its application's map; tells whether there was
    /// one. Call [`Books::sweep_executor`] when done with it.
    pub(in crate::master) fn unmap_from_application(&mut self, slot: ExecutorSlot) -> bool {
        let (application, number) = (
            self.executor(slot).application,
            self.executor(slot).id.number,
        );
        let info = self.applications.info_mut(application);
        let Some(found) = info.executors.remove(&number) else {
            return false;
        };
        self.executor_mut(found).in_application = false;
        if found != slot {
            self.sweep_executor(found);
        }
        true
    }

    /// Strikes the executor of that id off its worker's map; tells at which worker there was
    /// one. Call [`Books::sweep_executor`] when done with it.
    pub(in crate::master) fn unmap_from_worker(
        &mut self,
        slot: ExecutorSlot,
    ) -> Option<WorkerSlot> {
        let executor = self.executor(slot);
        let id = executor.id;
        let worker = self.workers.slot_of(&executor.worker)?;
        let found = self.workers.info_mut(worker).executors.remove(&id)?;
        self.unmark_on_worker(found);
        if found != slot {
            self.sweep_executor(found);
        }
        Some(worker)
    }

    /// Vacates the place of an executor that is in no map.
    pub(in crate::master) fn sweep_executor(&mut self, slot: ExecutorSlot) {
        let executor = self.executor(slot);
        if !executor.in_application && !executor.in_worker {
            let application = executor.application;
            self.executors.remove(slot.0);
            self.applications.vacate(application);
        }
    }

    /// A worker that was forgotten takes an executor's entry with it.
    pub(in crate::master) fn executor_left_worker(&mut self, slot: ExecutorSlot) {
        self.unmark_on_worker(slot);
        self.sweep_executor(slot);
    }

    /// A forgotten application takes the entries of its executors with it, and its place is
    /// vacated as soon as nothing of it is left on any worker.
    pub(in crate::master) fn application_was_forgotten(&mut self, slot: ApplicationSlot) {
        let info = self.applications.info_mut(slot);
        let executors = std::mem::take(&mut info.executors);
        info.executors_on_workers += 1;
        for executor in executors.into_values() {
            self.executor_mut(executor).in_application = false;
            self.sweep_executor(executor);
        }
        self.applications.info_mut(slot).executors_on_workers -= 1;
        self.applications.vacate(slot);
    }

    /// Enters a driver into a worker's map. An entry of the same id is overwritten.
    pub(in crate::master) fn map_driver_on_worker(
        &mut self,
        driver: DriverSlot,
        worker: WorkerSlot,
    ) -> Option<DriverSlot> {
        let info = self.drivers.info_mut(driver);
        info.on_workers += 1;
        let id = info.id;
        let former = self.workers.info_mut(worker).drivers.insert(id, driver)?;
        self.drivers.info_mut(former).on_workers -= 1;
        Some(former)
    }

    fn unmark_on_worker(&mut self, slot: ExecutorSlot) {
        let executor = self.executor_mut(slot);
        executor.in_worker = false;
        let application = executor.application;
        self.applications.info_mut(application).executors_on_workers -= 1;
    }
}

const VACANT: &str = "the place holds an executor";
