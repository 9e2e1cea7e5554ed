//! What a Master's notes add up to, and the same read off its books.

use super::Lab;
use crate::master::view::{ApplicationView, BooksView, DriverView, ExecutorView, WorkerView};
use deploysim_protocol::event::{ApplicationSlot, DriverSlot, MasterEvent, WorkerSlot};
use deploysim_protocol::id::{ApplicationId, DriverId, ProfileId, WorkerId};
use deploysim_protocol::state::{
    ApplicationState, DriverState, ExecutorState, MasterState, WorkerState,
};
use deploysim_protocol::text::Text;
use deploysim_protocol::time::WallTime;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, PartialEq)]
struct WorkerSum {
    id: WorkerId,
    state: WorkerState,
    last_heartbeat: WallTime,
    cores_used: i32,
    memory_used_mib: i32,
    taken: BTreeSet<(Text, Text)>,
    executors: BTreeSet<(ApplicationSlot, u32)>,
    drivers: BTreeSet<DriverSlot>,
}

#[derive(Debug, PartialEq)]
struct ApplicationSum {
    id: ApplicationId,
    state: ApplicationState,
    retry_count: i32,
    cores_granted: i32,
    executors: BTreeSet<u32>,
    targets: BTreeMap<ProfileId, i32>,
}

#[derive(Debug, PartialEq)]
struct ExecutorSum {
    cores: i32,
    memory_mib: i32,
    state: ExecutorState,
}

#[derive(Debug, PartialEq)]
struct DriverSum {
    id: DriverId,
    state: DriverState,
    cores: i32,
    memory_mib: i32,
}

/// What the notes add up to.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Fold {
    state: Option<MasterState>,
    workers: BTreeMap<WorkerSlot, WorkerSum>,
    applications: BTreeMap<ApplicationSlot, ApplicationSum>,
    active: Vec<ApplicationSlot>,
    completed: Vec<ApplicationSlot>,
    executors: BTreeMap<(ApplicationSlot, u32), ExecutorSum>,
    drivers: BTreeMap<DriverSlot, DriverSum>,
    active_drivers: BTreeSet<DriverSlot>,
    completed_drivers: Vec<DriverSlot>,
    waiting: Vec<DriverSlot>,
}

impl Fold {
    fn worker(&mut self, slot: WorkerSlot) -> &mut WorkerSum {
        self.workers.get_mut(&slot).unwrap()
    }

    fn application(&mut self, slot: ApplicationSlot) -> &mut ApplicationSum {
        self.applications.get_mut(&slot).unwrap()
    }

    pub(super) fn note(&mut self, event: MasterEvent) {
        self.count_workers(event);
        self.count_applications(event);
        self.count_executors(event);
        self.count_drivers(event);
    }

    /// The Master itself and its workers.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other events are counted by its siblings"
    )]
    fn count_workers(&mut self, event: MasterEvent) {
        use MasterEvent as E;
        match event {
            E::MasterStateChanged { state } => self.state = Some(state),
            E::WorkerAdded { worker, id, .. } => {
                let sum = WorkerSum {
                    id,
                    state: WorkerState::Alive,
                    last_heartbeat: WallTime::EPOCH,
                    cores_used: 0,
                    memory_used_mib: 0,
                    taken: BTreeSet::new(),
                    executors: BTreeSet::new(),
                    drivers: BTreeSet::new(),
                };
                assert!(self.workers.insert(worker, sum).is_none());
            }
            E::WorkerHeard { worker, at } => self.worker(worker).last_heartbeat = at,
            E::WorkerStateChanged { worker, state } => self.worker(worker).state = state,
            E::WorkerRemoved {
                worker,
                last_heartbeat,
                ..
            } => {
                assert_eq!(self.worker(worker).last_heartbeat, last_heartbeat);
                self.worker(worker).state = WorkerState::Dead;
            }
            E::WorkerForgotten { worker } => {
                let gone = self.workers.remove(&worker).unwrap();
                assert_eq!(gone.state, WorkerState::Dead);
            }
            E::ResourceTaken {
                worker,
                name,
                address,
            } => {
                assert!(self.worker(worker).taken.insert((name, address)));
            }
            E::ResourceReleased {
                worker,
                name,
                address,
            } => {
                assert!(self.worker(worker).taken.remove(&(name, address)));
            }
            _ => {}
        }
    }

    /// Applications.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other events are counted by its siblings"
    )]
    fn count_applications(&mut self, event: MasterEvent) {
        use MasterEvent as E;
        match event {
            E::ApplicationAdded {
                application, id, ..
            } => {
                let sum = ApplicationSum {
                    id,
                    state: ApplicationState::Waiting,
                    retry_count: 0,
                    cores_granted: 0,
                    executors: BTreeSet::new(),
                    targets: BTreeMap::new(),
                };
                assert!(self.applications.insert(application, sum).is_none());
                self.active.push(application);
            }
            E::ApplicationStateChanged { application, state } => {
                assert_ne!(self.application(application).state, state);
                self.application(application).state = state;
            }
            E::ApplicationRemoved { application, state } => {
                self.application(application).state = state;
                self.active.retain(|other| *other != application);
                self.completed.push(application);
            }
            E::ApplicationForgotten { application } => {
                assert_eq!(self.completed.remove(0), application);
                self.applications.remove(&application).unwrap();
            }
            E::TargetChanged {
                application,
                profile,
                target,
            } => {
                self.application(application)
                    .targets
                    .insert(profile, target);
            }
            E::RetryCountChanged { application, count } => {
                self.application(application).retry_count = count;
            }
            _ => {}
        }
    }

    /// Executors.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other events are counted by its siblings"
    )]
    fn count_executors(&mut self, event: MasterEvent) {
        use MasterEvent as E;
        match event {
            E::ExecutorAdded {
                application,
                number,
                worker,
                cores,
                memory_mib,
                ..
            } => {
                let sum = ExecutorSum {
                    cores,
                    memory_mib,
                    state: ExecutorState::Launching,
                };
                assert!(self.executors.insert((application, number), sum).is_none());
                self.application(application).executors.insert(number);
                self.application(application).cores_granted += cores;
                let host = self.worker(worker);
                assert_eq!(host.state, WorkerState::Alive, "INV-W1");
                host.executors.insert((application, number));
                host.cores_used += cores;
                host.memory_used_mib += memory_mib;
            }
            E::ExecutorStateChanged {
                application,
                number,
                state,
            } => {
                let sum = self.executors.get_mut(&(application, number)).unwrap();
                assert_ne!(sum.state, state);
                sum.state = state;
            }
            E::ExecutorLeftApplication {
                application,
                number,
            } => {
                let cores = self.executors[&(application, number)].cores;
                let sum = self.application(application);
                assert!(sum.executors.remove(&number));
                sum.cores_granted -= cores;
            }
            E::ExecutorLeftWorker {
                application,
                number,
                worker,
            } => {
                let sum = &self.executors[&(application, number)];
                let (cores, memory_mib) = (sum.cores, sum.memory_mib);
                let host = self.worker(worker);
                assert!(host.executors.remove(&(application, number)));
                host.cores_used -= cores;
                host.memory_used_mib -= memory_mib;
            }
            _ => {}
        }
    }

    /// Drivers.
    #[expect(
        clippy::wildcard_enum_match_arm,
        reason = "the other events are counted by its siblings"
    )]
    fn count_drivers(&mut self, event: MasterEvent) {
        use MasterEvent as E;
        match event {
            E::DriverAdded {
                driver,
                id,
                cores,
                memory_mib,
                ..
            } => {
                let state = DriverState::Submitted;
                let sum = DriverSum {
                    id,
                    state,
                    cores,
                    memory_mib,
                };
                assert!(self.drivers.insert(driver, sum).is_none());
                self.active_drivers.insert(driver);
            }
            E::DriverQueued { driver } => self.waiting.push(driver),
            E::DriverDequeued { driver } => {
                assert!(self.waiting.contains(&driver));
                self.waiting.retain(|other| *other != driver);
            }
            E::DriverPlaced { driver, worker } => {
                let (cores, memory_mib) = (
                    self.drivers[&driver].cores,
                    self.drivers[&driver].memory_mib,
                );
                let host = self.worker(worker);
                assert_eq!(host.state, WorkerState::Alive, "INV-W1");
                assert!(host.drivers.insert(driver));
                host.cores_used += cores;
                host.memory_used_mib += memory_mib;
            }
            E::DriverLeftWorker { driver, worker } => {
                let (cores, memory_mib) = (
                    self.drivers[&driver].cores,
                    self.drivers[&driver].memory_mib,
                );
                let host = self.worker(worker);
                assert!(host.drivers.remove(&driver));
                host.cores_used -= cores;
                host.memory_used_mib -= memory_mib;
            }
            E::DriverStateChanged { driver, state } => {
                self.drivers.get_mut(&driver).unwrap().state = state;
            }
            E::DriverRemoved { driver, .. } => {
                assert!(self.active_drivers.remove(&driver));
                self.completed_drivers.push(driver);
            }
            E::DriverForgotten { driver } => {
                assert_eq!(self.completed_drivers.remove(0), driver);
                self.drivers.remove(&driver).unwrap();
            }
            _ => {}
        }
    }

    /// The same, read off the books.
    pub(super) fn of(lab: &Lab) -> Self {
        let books = lab.master.books();
        let mut fold = Self {
            state: Some(books.state()),
            waiting: books.waiting_drivers().collect(),
            ..Self::default()
        };
        for worker in books.workers() {
            let live = worker.state != WorkerState::Dead;
            assert_eq!(worker.is_found_by_id, live, "INV-W4");
            assert_eq!(worker.is_found_by_address, live, "INV-W4");
            fold.read_worker(books, &worker);
        }
        for view in books.applications() {
            let target = |profile| (profile, books.target(view.slot, profile));
            let targets = books.profiles(view.slot).map(target).collect();
            fold.active.push(view.slot);
            fold.read_application(books, &view, targets);
        }
        for view in books.completed_applications() {
            fold.completed.push(view.slot);
            fold.read_application(books, &view, BTreeMap::new());
        }
        let waiting: Vec<_> = books.waiting_applications().collect();
        assert_eq!(waiting, fold.active, "INV-A4");
        for view in books.drivers() {
            fold.active_drivers.insert(view.slot);
            fold.read_driver(lab, &view);
        }
        for view in books.completed_drivers() {
            fold.completed_drivers.push(view.slot);
            fold.read_driver(lab, &view);
        }
        fold
    }

    fn read_worker(&mut self, books: BooksView<'_>, view: &WorkerView) {
        let mut taken = BTreeSet::new();
        for resource in &view.resources_taken.0 {
            taken.extend(resource.addresses.iter().map(|one| (resource.name, *one)));
        }
        for executor in books.executors_on(view.slot) {
            self.read_executor(&executor);
        }
        let executors = books.executors_on(view.slot);
        let sum = WorkerSum {
            id: view.id,
            state: view.state,
            last_heartbeat: view.last_heartbeat,
            cores_used: view.capacity.cores_used,
            memory_used_mib: view.capacity.memory_used_mib,
            taken,
            executors: executors.map(|one| (one.application, one.number)).collect(),
            drivers: view.drivers.iter().copied().collect(),
        };
        self.workers.insert(view.slot, sum);
    }

    fn read_application(
        &mut self,
        books: BooksView<'_>,
        view: &ApplicationView,
        targets: BTreeMap<ProfileId, i32>,
    ) {
        for executor in books.executors_of(view.slot) {
            self.read_executor(&executor);
        }
        let executors = books.executors_of(view.slot);
        let sum = ApplicationSum {
            id: view.id,
            state: view.state,
            retry_count: view.retry_count,
            cores_granted: view.cores_granted,
            executors: executors.map(|one| one.number).collect(),
            targets,
        };
        self.applications.insert(view.slot, sum);
    }

    fn read_executor(&mut self, view: &ExecutorView) {
        let sum = ExecutorSum {
            cores: view.cores,
            memory_mib: view.memory_mib,
            state: view.state,
        };
        self.executors.insert((view.application, view.number), sum);
    }

    fn read_driver(&mut self, lab: &Lab, view: &DriverView) {
        let description = &lab.master.books.drivers.info(view.slot).description;
        let sum = DriverSum {
            id: view.id,
            state: view.state,
            cores: description.cores,
            memory_mib: description.memory_mib,
        };
        self.drivers.insert(view.slot, sum);
    }

    /// A record that is gone takes its executors with it, and only active targets count.
    pub(super) fn forget_what_is_gone(&mut self) {
        let mut known = BTreeSet::new();
        for worker in self.workers.values() {
            known.extend(worker.executors.iter().copied());
        }
        for (slot, application) in &self.applications {
            known.extend(application.executors.iter().map(|number| (*slot, *number)));
        }
        self.executors.retain(|id, _| known.contains(id));
        for slot in &self.completed {
            self.applications.get_mut(slot).unwrap().targets.clear();
        }
    }
}
