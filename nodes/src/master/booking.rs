//! Changes of the books that touch several tables, each with its notes: executors and drivers
//! that enter or leave the maps, states, and what is forgotten. Nothing is sent here.

use super::Master;
use super::books::{ExecutorSlot, NewExecutor};
use super::scheduling::Usable;
use crate::turn::Turn;
use deploysim_protocol::event::{ApplicationSlot, DriverSlot, MasterEvent, WorkerSlot};
use deploysim_protocol::id::ProfileId;
use deploysim_protocol::resource::Resources;
use deploysim_protocol::state::{ApplicationState, DriverState, ExecutorState, WorkerState};

/// Executors.
impl Master {
    /// Books an executor whose cores and addresses the scheduler has accounted for.
    pub(super) fn book_executor(
        &mut self,
        application: ApplicationSlot,
        worker: WorkerSlot,
        new: NewExecutor,
        turn: &mut Turn<'_, Self>,
    ) -> ExecutorSlot {
        let (number, profile) = (new.number, new.profile);
        let (cores, memory_mib) = (new.cores, new.memory_mib);
        let slot = self.books.book_executor(application, worker, new);
        turn.note(MasterEvent::ExecutorAdded {
            application,
            number,
            worker,
            profile,
            cores,
            memory_mib,
        });
        slot
    }

    /// Sets an executor's state.
    pub(super) fn set_executor_state(
        &mut self,
        executor: ExecutorSlot,
        state: ExecutorState,
        turn: &mut Turn<'_, Self>,
    ) {
        let info = self.books.executor_mut(executor);
        if info.state != state {
            info.state = state;
            turn.note(MasterEvent::ExecutorStateChanged {
                application: info.application,
                number: info.id.number,
                state,
            });
        }
    }

    /// Spark: `ApplicationInfo.removeExecutor`.
    pub(super) fn executor_leaves_application(
        &mut self,
        executor: ExecutorSlot,
        turn: &mut Turn<'_, Self>,
    ) {
        let info = self.books.executor(executor);
        let (application, number) = (info.application, info.id.number);
        let (profile, cores): (ProfileId, i32) = (info.profile, info.cores);
        if self.books.unmap_from_application(executor) {
            self.scheduler.revoke(application, profile, cores);
            turn.note(MasterEvent::ExecutorLeftApplication {
                application,
                number,
            });
        }
    }

    /// Spark: `WorkerInfo.removeExecutor`. What is subtracted is this executor's, also where the
    /// map had another one under its id.
    pub(super) fn executor_leaves_worker(
        &mut self,
        executor: ExecutorSlot,
        turn: &mut Turn<'_, Self>,
    ) {
        let Some(worker) = self.books.unmap_from_worker(executor) else {
            return;
        };
        let info = self.books.executor(executor);
        turn.note(MasterEvent::ExecutorLeftWorker {
            application: info.application,
            number: info.id.number,
            worker,
        });
        let (cores, memory_mib) = (info.cores, info.memory_mib);
        let held = info.resources.clone();
        self.release(worker, cores, memory_mib, &held, turn);
    }
}

/// Drivers.
impl Master {
    /// Books a driver whose cores and addresses the scheduler has accounted for.
    /// Spark: `WorkerInfo.addDriver` and `DriverInfo.worker`.
    pub(super) fn book_driver(
        &mut self,
        driver: DriverSlot,
        worker: WorkerSlot,
        held: Resources,
        turn: &mut Turn<'_, Self>,
    ) {
        let former = self.books.map_driver_on_worker(driver, worker);
        let assignment = self.books.workers.assignment(worker);
        let info = self.books.drivers.info_mut(driver);
        info.worker = Some(assignment);
        info.resources = held;
        turn.note(MasterEvent::DriverPlaced { driver, worker });
        if let Some(former) = former {
            self.vacate_driver(former);
        }
    }

    /// Sets a driver's state.
    pub(super) fn set_driver_state(
        &mut self,
        driver: DriverSlot,
        state: DriverState,
        turn: &mut Turn<'_, Self>,
    ) {
        let info = self.books.drivers.info_mut(driver);
        if info.state != state {
            info.state = state;
            turn.note(MasterEvent::DriverStateChanged { driver, state });
        }
    }

    /// Spark: `WorkerInfo.removeDriver` of the driver's worker, if it has one; it subtracts
    /// without looking whether the driver is there.
    pub(super) fn driver_leaves_worker(&mut self, driver: DriverSlot, turn: &mut Turn<'_, Self>) {
        let info = self.books.drivers.info(driver);
        let workers = &self.books.workers;
        let Some(worker) = info.worker.as_ref().and_then(|held| workers.slot_of(held)) else {
            return;
        };
        let (id, held) = (info.id, info.resources.clone());
        let (cores, memory_mib) = (info.description.cores, info.description.memory_mib);
        let found = self.books.workers.info_mut(worker).drivers.remove(&id);
        turn.note(MasterEvent::DriverLeftWorker { driver, worker });
        self.release(worker, cores, memory_mib, &held, turn);
        if let Some(found) = found {
            self.books.drivers.info_mut(found).on_workers -= 1;
            self.vacate_driver(found);
        }
    }

    /// Forgets the oldest completed driver.
    pub(super) fn forget_oldest_driver(&mut self, turn: &mut Turn<'_, Self>) {
        if let Some(driver) = self.books.drivers.forget_oldest() {
            turn.note(MasterEvent::DriverForgotten { driver });
            self.vacate_driver(driver);
        }
    }

    /// A place that is still waited for is kept: Spark launches a driver that ended while it
    /// waited.
    fn vacate_driver(&mut self, driver: DriverSlot) {
        if !self.scheduler.is_waiting(driver) {
            self.books.drivers.vacate(driver);
        }
    }
}

/// Workers and applications.
impl Master {
    /// Sets the state of a worker to one other than DEAD.
    pub(super) fn set_worker_state(
        &mut self,
        worker: WorkerSlot,
        state: WorkerState,
        turn: &mut Turn<'_, Self>,
    ) {
        if self.books.workers.state(worker) == state {
            return;
        }
        self.books.workers.set_state(worker, state);
        self.scheduler.set_usable(
            worker,
            match state {
                WorkerState::Alive => Usable::Yes,
                WorkerState::Dead | WorkerState::Decommissioned | WorkerState::Unknown => {
                    Usable::No
                }
            },
        );
        turn.note(MasterEvent::WorkerStateChanged { worker, state });
    }

    /// Forgets a DEAD worker, with whatever is still booked on it.
    pub(super) fn forget_worker(&mut self, worker: WorkerSlot, turn: &mut Turn<'_, Self>) {
        let info = self.books.workers.forget(worker);
        self.scheduler.forget_worker(worker);
        turn.note(MasterEvent::WorkerForgotten { worker });
        for executor in info.executors.values() {
            self.books.executor_left_worker(executor);
        }
        for driver in info.drivers.into_values() {
            self.books.drivers.info_mut(driver).on_workers -= 1;
            self.vacate_driver(driver);
        }
    }

    /// Sets an application's state.
    pub(super) fn set_application_state(
        &mut self,
        application: ApplicationSlot,
        state: ApplicationState,
        turn: &mut Turn<'_, Self>,
    ) {
        if self.books.applications.set_state(application, state) != state {
            turn.note(MasterEvent::ApplicationStateChanged { application, state });
        }
    }

    /// Cores of the executors in an application's map, also after its end.
    pub(super) fn cores_granted(&self, slot: ApplicationSlot) -> i32 {
        match self.books.applications.info(slot).end {
            Some(end) => end.cores_granted,
            None => self.scheduler.cores_granted(slot),
        }
    }

    /// Forgets the oldest completed application.
    pub(super) fn forget_oldest_application(&mut self, turn: &mut Turn<'_, Self>) {
        if let Some(application) = self.books.applications.forget_oldest() {
            turn.note(MasterEvent::ApplicationForgotten { application });
            self.books.application_was_forgotten(application);
        }
    }
}

/// Capacities.
impl Master {
    /// Accounts for what a worker reported in a recovery, and notes the addresses that become
    /// taken.
    pub(super) fn charge_reported(
        &mut self,
        worker: WorkerSlot,
        cores: i32,
        memory_mib: i32,
        held: &Resources,
        turn: &mut Turn<'_, Self>,
    ) {
        if !held.is_empty() {
            let offered = self.scheduler.resources_offered(worker);
            let used = self.scheduler.resources_used(worker);
            for resource in &held.0 {
                for address in &resource.addresses {
                    if offered.addresses(resource.name).contains(address)
                        && !used.addresses(resource.name).contains(address)
                    {
                        turn.note(MasterEvent::ResourceTaken {
                            worker,
                            name: resource.name,
                            address: *address,
                        });
                    }
                }
            }
        }
        self.scheduler.charge(worker, cores, memory_mib, held);
    }

    fn release(
        &mut self,
        worker: WorkerSlot,
        cores: i32,
        memory_mib: i32,
        held: &Resources,
        turn: &mut Turn<'_, Self>,
    ) {
        if !held.is_empty() {
            let used = self.scheduler.resources_used(worker);
            for resource in &held.0 {
                for address in &resource.addresses {
                    if used.addresses(resource.name).contains(address) {
                        turn.note(MasterEvent::ResourceReleased {
                            worker,
                            name: resource.name,
                            address: *address,
                        });
                    }
                }
            }
        }
        self.scheduler.release(worker, cores, memory_mib, held);
    }
}

/// Notes that a pass took these addresses of a worker.
pub(super) fn note_taken(worker: WorkerSlot, held: &Resources, turn: &mut Turn<'_, Master>) {
    for resource in &held.0 {
        for address in &resource.addresses {
            turn.note(MasterEvent::ResourceTaken {
                worker,
                name: resource.name,
                address: *address,
            });
        }
    }
}
