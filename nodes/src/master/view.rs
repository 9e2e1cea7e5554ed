//! A read-only view of a Master's books, for the audit that compares them with what the notes
//! add up to. Nothing else looks into a node.

use super::Master;
use super::books::ExecutorSlot;
use super::scheduling::Capacity;
use deploysim_protocol::address::Address;
use deploysim_protocol::event::{ApplicationSlot, DriverSlot, WorkerSlot};
use deploysim_protocol::id::{ApplicationId, DriverId, ProfileId, WorkerId};
use deploysim_protocol::resource::Resources;
use deploysim_protocol::state::{
    ApplicationState, DriverState, ExecutorState, MasterState, WorkerState,
};
use deploysim_protocol::time::WallTime;

/// A Master's books, to be read.
#[derive(Clone, Copy, Debug)]
pub struct BooksView<'a> {
    master: &'a Master,
}

/// A worker in the books.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkerView {
    /// Where.
    pub slot: WorkerSlot,
    /// Its id.
    pub id: WorkerId,
    /// Its host and port.
    pub address: Address,
    /// Its state.
    pub state: WorkerState,
    /// What it has and what is used.
    pub capacity: Capacity,
    /// Addresses of named resources that are taken; every name that is offered is listed.
    pub resources_taken: Resources,
    /// When it was last heard of.
    pub last_heartbeat: WallTime,
    /// Whether it is what its id finds (exactly if it is not DEAD).
    pub is_found_by_id: bool,
    /// Whether it is what its address finds (exactly if it is not DEAD).
    pub is_found_by_address: bool,
    /// The drivers in its map, by id; a DEAD one may keep some.
    pub drivers: Vec<DriverSlot>,
}

/// An executor in the books.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecutorView {
    /// Of which application.
    pub application: ApplicationSlot,
    /// Its number within the application.
    pub number: u32,
    /// Its worker's slot; none if that worker is forgotten.
    pub worker: Option<WorkerSlot>,
    /// Its profile.
    pub profile: ProfileId,
    /// Its cores.
    pub cores: i32,
    /// Its memory, in MiB.
    pub memory_mib: i32,
    /// Addresses of named resources that it holds.
    pub resources: Resources,
    /// Its state.
    pub state: ExecutorState,
}

/// An application in the books.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplicationView {
    /// Where.
    pub slot: ApplicationSlot,
    /// Its id.
    pub id: ApplicationId,
    /// Its client's address.
    pub driver: Address,
    /// Its state.
    pub state: ApplicationState,
    /// The most cores it may hold at one time.
    pub cores_requested: i32,
    /// Cores granted.
    pub cores_granted: i32,
    /// Abnormal executor ends in a row.
    pub retry_count: i32,
}

/// A submitted driver in the books.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DriverView {
    /// Where.
    pub slot: DriverSlot,
    /// Its id.
    pub id: DriverId,
    /// Its state.
    pub state: DriverState,
    /// Its cores.
    pub cores: i32,
    /// Its memory, in MiB.
    pub memory_mib: i32,
    /// Its worker's slot; none if it has none, or that worker is forgotten.
    pub worker: Option<WorkerSlot>,
    /// Its worker's id, also after that worker was forgotten.
    pub worker_id: Option<WorkerId>,
    /// Addresses of named resources that it holds.
    pub resources: Resources,
}

impl Master {
    /// The books, for an audit.
    pub const fn books(&self) -> BooksView<'_> {
        BooksView { master: self }
    }
}

impl<'a> BooksView<'a> {
    /// The state of the Master itself.
    pub const fn state(&self) -> MasterState {
        self.master.state
    }

    /// Where the worker of this id is that is not DEAD, and when it was last heard of.
    pub fn worker_found(&self, id: WorkerId) -> Option<(WorkerSlot, WallTime)> {
        let workers = &self.master.books.workers;
        let slot = workers.by_id(id)?;
        Some((slot, workers.last_heartbeat(slot)))
    }

    /// Where every worker is, also the DEAD ones, ascending.
    pub fn worker_slots(self) -> impl Iterator<Item = WorkerSlot> + 'a {
        self.master.books.workers.slots()
    }

    /// Every worker, also DEAD ones, by slot.
    pub fn workers(self) -> impl Iterator<Item = WorkerView> + 'a {
        self.worker_slots().map(move |slot| self.worker(slot))
    }

    /// One worker.
    ///
    /// # Panics
    /// If there is none at this slot.
    pub fn worker(&self, slot: WorkerSlot) -> WorkerView {
        let workers = &self.master.books.workers;
        let info = workers.info(slot);
        WorkerView {
            slot,
            id: info.id,
            address: info.address,
            state: workers.state(slot),
            capacity: *self.master.scheduler.capacity(slot),
            resources_taken: self.master.scheduler.resources_used(slot),
            last_heartbeat: workers.last_heartbeat(slot),
            is_found_by_id: workers.by_id(info.id) == Some(slot),
            is_found_by_address: workers.by_address(workers.endpoint(slot).address) == Some(slot),
            drivers: info.drivers.values().copied().collect(),
        }
    }

    /// The executors in a worker's map, by full id; a DEAD worker keeps those it had.
    ///
    /// # Panics
    /// If there is no worker at this slot.
    pub fn executors_on(self, worker: WorkerSlot) -> impl Iterator<Item = ExecutorView> + 'a {
        let info = self.master.books.workers.info(worker);
        let slots = info.executors.values();
        slots.map(move |slot| self.executor(slot))
    }

    /// The executors in an application's map, by number; a completed one keeps those it had.
    ///
    /// # Panics
    /// If there is no application at this slot.
    pub fn executors_of(
        self,
        application: ApplicationSlot,
    ) -> impl Iterator<Item = ExecutorView> + 'a {
        let info = self.master.books.applications.info(application);
        let slots = info.executors.values();
        slots.map(move |slot| self.executor(*slot))
    }

    /// The applications that are not removed, in order of registration.
    pub fn applications(self) -> impl Iterator<Item = ApplicationView> + 'a {
        let active = self.master.books.applications.active().iter();
        active.map(move |slot| self.application(*slot))
    }

    /// The applications that were removed and are remembered, oldest first.
    pub fn completed_applications(self) -> impl Iterator<Item = ApplicationView> + 'a {
        let completed = self.master.books.applications.completed();
        completed.map(move |slot| self.application(slot))
    }

    /// The applications that scheduling looks at, in its order.
    pub fn waiting_applications(self) -> impl Iterator<Item = ApplicationSlot> + 'a {
        self.master.scheduler.waiting_applications()
    }

    /// How many executors of a profile an application that is not removed wants.
    ///
    /// # Panics
    /// If there is no such application.
    pub fn target(&self, application: ApplicationSlot, profile: ProfileId) -> i32 {
        self.master.scheduler.target(application, profile)
    }

    /// The profiles of an application that is not removed, by ascending id.
    ///
    /// # Panics
    /// If there is no such application.
    pub fn profiles(self, application: ApplicationSlot) -> impl Iterator<Item = ProfileId> + 'a {
        let profiles = self.master.scheduler.profiles(application);
        profiles.map(|(profile, _)| profile)
    }

    /// The drivers that have not ended, by id.
    pub fn drivers(self) -> impl Iterator<Item = DriverView> + 'a {
        let active = self.master.books.drivers.active();
        active.map(move |slot| self.driver(slot))
    }

    /// The drivers that have ended and are remembered, oldest first.
    pub fn completed_drivers(self) -> impl Iterator<Item = DriverView> + 'a {
        let completed = self.master.books.drivers.completed();
        completed.map(move |slot| self.driver(slot))
    }

    /// The drivers that wait for a worker, first come first.
    pub fn waiting_drivers(self) -> impl Iterator<Item = DriverSlot> + 'a {
        self.master.scheduler.waiting_drivers()
    }

    fn executor(self, slot: ExecutorSlot) -> ExecutorView {
        let info = self.master.books.executor(slot);
        ExecutorView {
            application: info.application,
            number: info.id.number,
            worker: self.master.books.workers.slot_of(&info.worker),
            profile: info.profile,
            cores: info.cores,
            memory_mib: info.memory_mib,
            resources: info.resources.clone(),
            state: info.state,
        }
    }

    fn application(self, slot: ApplicationSlot) -> ApplicationView {
        let info = self.master.books.applications.info(slot);
        ApplicationView {
            slot,
            id: info.id,
            driver: self.master.books.applications.client(slot).address,
            state: info.state,
            cores_requested: info.cores_requested(),
            cores_granted: self.master.cores_granted(slot),
            retry_count: info.retry_count,
        }
    }

    fn driver(self, slot: DriverSlot) -> DriverView {
        let info = self.master.books.drivers.info(slot);
        let workers = &self.master.books.workers;
        DriverView {
            slot,
            id: info.id,
            cores: info.description.cores,
            memory_mib: info.description.memory_mib,
            state: info.state,
            worker: info
                .worker
                .as_ref()
                .and_then(|worker| workers.slot_of(worker)),
            worker_id: info.worker.map(|worker| worker.id),
            resources: info.resources.clone(),
        }
    }
}
