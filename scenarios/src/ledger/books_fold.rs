//! How a master's notes add up to its books. Sums are kept as the notes say, not checked: that
//! they are what they should be is an invariant's business. Drivers are in `driver_fold.rs`.

use super::books::Books;
use super::names::Names;
use super::records::{
    ApplicationRecord, DriverRecord, ExecutorKey, ExecutorRecord, Kept, Removal, WorkerRecord,
};
use crate::trace::NodeId;
use deploysim_nodes::growth::lengthen;
use deploysim_protocol::event::{ApplicationSlot, DriverSlot, MasterEvent, WorkerSlot};
use deploysim_protocol::id::ProfileId;
use deploysim_protocol::state::{ApplicationState, ExecutorState, MasterState, WorkerState};
use deploysim_protocol::time::{Time, WallTime};
use std::collections::BTreeMap;

impl Books {
    /// Takes one note of the master into account.
    pub(super) fn apply(
        &mut self,
        master: NodeId,
        at: Time,
        event: &MasterEvent,
        names: &mut Names,
    ) {
        match *event {
            MasterEvent::WorkerHeard { worker, at } => self.hear(worker, at),
            MasterEvent::WorkerAdded { .. } => self.add_worker(at, event, names),
            MasterEvent::ApplicationAdded { .. } => self.add_application(at, event, names),
            MasterEvent::DriverAdded { .. } => self.add_driver(master, at, event, names),
            MasterEvent::DriverRelaunched { old, new } => self.relaunch_driver(old, new, names),
            MasterEvent::MasterStateChanged { state } => {
                (self.state, self.changed) = (state, at);
                if state == MasterState::Alive {
                    names.submission_answered(master);
                }
            }
            MasterEvent::ScheduleBegan => self.begin_pass(),
            MasterEvent::ScheduleEnded { .. } => self.in_pass = false,
            MasterEvent::ResourceOffered { .. }
            | MasterEvent::WorkerStateChanged { .. }
            | MasterEvent::WorkerRemoved { .. }
            | MasterEvent::WorkerForgotten { .. }
            | MasterEvent::ResourceTaken { .. }
            | MasterEvent::ResourceReleased { .. } => self.change_worker(at, event),
            MasterEvent::ApplicationStateChanged { .. }
            | MasterEvent::ApplicationRemoved { .. }
            | MasterEvent::ApplicationForgotten { .. }
            | MasterEvent::TargetChanged { .. }
            | MasterEvent::RetryCountChanged { .. } => self.change_application(at, event),
            MasterEvent::ExecutorAdded { .. }
            | MasterEvent::ExecutorStateChanged { .. }
            | MasterEvent::ExecutorLeftApplication { .. }
            | MasterEvent::ExecutorLeftWorker { .. } => self.change_executor(at, event),
            MasterEvent::DriverQueued { .. }
            | MasterEvent::DriverDequeued { .. }
            | MasterEvent::DriverPlaced { .. }
            | MasterEvent::DriverStateChanged { .. }
            | MasterEvent::DriverLeftWorker { .. }
            | MasterEvent::DriverRemoved { .. }
            | MasterEvent::DriverForgotten { .. }
            | MasterEvent::DriverKillRequested { .. } => self.change_driver(at, event),
            // The id is made, stored and answered with, although it is in nobody's books (RD-03).
            MasterEvent::ApplicationNotInserted { id, driver } => {
                names.application_added(id, driver);
            }
            MasterEvent::RegistrationRefused { .. }
            | MasterEvent::RegistrationDuplicate { .. }
            | MasterEvent::HeartbeatIgnored { .. }
            | MasterEvent::ReconnectAsked { .. }
            | MasterEvent::UnknownExecutorKilled { .. }
            | MasterEvent::UnknownDriverKilled { .. }
            | MasterEvent::ExecutorUnknown { .. }
            | MasterEvent::DriverUnknown { .. }
            | MasterEvent::ApplicationUnknown { .. }
            | MasterEvent::WorkerUnknown { .. }
            | MasterEvent::ExecutorNumberInvalid { .. }
            | MasterEvent::CompletedCleared
            | MasterEvent::RecordStored { .. }
            | MasterEvent::RecordRemoved { .. }
            | MasterEvent::RecordNotRemoved { .. }
            | MasterEvent::RecordsRead { .. }
            | MasterEvent::RecordUnreadable { .. }
            | MasterEvent::StoreFailed { .. }
            | MasterEvent::RecoveryBegan { .. }
            | MasterEvent::RecoveryCompleted => {}
        }
    }

    const fn begin_pass(&mut self) {
        self.in_pass = true;
        self.passes += 1;
    }

    pub(super) fn hear(&mut self, worker: WorkerSlot, at: WallTime) {
        if let Some(heard) = self.heartbeats.get_mut(worker.index()) {
            *heard = Some(at);
        }
    }

    pub(super) fn worker_mut(&mut self, slot: WorkerSlot) -> Option<&mut WorkerRecord> {
        self.workers.get_mut(slot.index())?.as_mut()
    }

    fn application_mut(&mut self, slot: ApplicationSlot) -> Option<&mut ApplicationRecord> {
        self.applications.get_mut(slot.index())?.as_mut()
    }

    fn executor_mut(&mut self, key: ExecutorKey) -> Option<&mut ExecutorRecord> {
        let application = self.application_mut(key.application)?;
        application.executors.get_mut(&key.number)
    }

    pub(super) fn driver_mut(&mut self, slot: DriverSlot) -> Option<&mut DriverRecord> {
        self.drivers.get_mut(slot.index())?.as_mut()
    }

    fn add_worker(&mut self, at: Time, event: &MasterEvent, names: &Names) {
        let MasterEvent::WorkerAdded {
            worker,
            id,
            address,
            cores,
            memory_mib,
        } = *event
        else {
            return;
        };
        let node = names.worker_node(id).or_else(|| names.node_at(address));
        self.worker_by_id.insert(id, worker);
        if let Some(node) = node {
            self.worker_by_node.insert(node, worker);
        }
        let record = WorkerRecord {
            id,
            node,
            address,
            state: WorkerState::Alive,
            listed: true,
            cores,
            memory_mib,
            cores_used: 0,
            memory_used_mib: 0,
            added: at,
            changed: at,
            removed: None,
            executors: Vec::new(),
            drivers: Vec::new(),
            offered: Vec::new(),
            taken: Vec::new(),
        };
        put(&mut self.workers, worker.index(), record);
        self.heartbeats.resize(self.workers.len(), None);
        self.heartbeats[worker.index()] = None;
    }

    fn change_worker(&mut self, at: Time, event: &MasterEvent) {
        if let MasterEvent::WorkerForgotten { worker } = *event {
            return self.forget_worker(worker);
        }
        if let MasterEvent::WorkerStateChanged { worker, state } = *event
            && let Some(record) = self.worker_mut(worker)
        {
            record.state = state;
            record.changed = at;
        } else if let MasterEvent::WorkerRemoved {
            worker,
            reason,
            last_heartbeat,
            now,
        } = *event
            && let Some(record) = self.worker_mut(worker)
        {
            record.state = WorkerState::Dead;
            record.changed = at;
            record.removed = Some(Removal {
                at,
                reason,
                last_heartbeat,
                now,
            });
        } else {
            self.change_resources(event);
        }
    }

    fn change_resources(&mut self, event: &MasterEvent) {
        if let MasterEvent::ResourceOffered {
            worker,
            name,
            address,
        } = *event
            && let Some(record) = self.worker_mut(worker)
        {
            record.offered.push((name, address));
        } else if let MasterEvent::ResourceTaken {
            worker,
            name,
            address,
        } = *event
            && let Some(record) = self.worker_mut(worker)
        {
            record.taken.push((name, address));
        } else if let MasterEvent::ResourceReleased {
            worker,
            name,
            address,
        } = *event
            && let Some(record) = self.worker_mut(worker)
        {
            drop_one(&mut record.taken, (name, address));
        }
    }

    /// Whatever is still booked on a forgotten worker goes with it.
    fn forget_worker(&mut self, worker: WorkerSlot) {
        let Some(record) = self.worker_mut(worker) else {
            return;
        };
        record.listed = false;
        let executors = std::mem::take(&mut record.executors);
        let drivers = std::mem::take(&mut record.drivers);
        for key in executors {
            if let Some(executor) = self.executor_mut(key) {
                executor.in_worker = false;
            }
        }
        for driver in drivers {
            if let Some(record) = self.driver_mut(driver)
                && record.worker == Some(worker)
            {
                record.worker = None;
            }
        }
    }

    fn add_application(&mut self, at: Time, event: &MasterEvent, names: &mut Names) {
        let MasterEvent::ApplicationAdded {
            application,
            id,
            driver,
            cores_requested,
        } = *event
        else {
            return;
        };
        let name = names.application_added(id, driver);
        self.application_by_id.insert(id, application);
        if let Some(name) = name {
            self.application_by_name.insert(name, application);
        }
        let record = ApplicationRecord {
            id,
            client: names.node_at(driver),
            driver,
            name,
            state: ApplicationState::Waiting,
            kept: Kept::Active,
            cores_requested,
            cores_granted: 0,
            executors_booked: 0,
            executors: BTreeMap::new(),
            targets: Vec::new(),
            retry_count: 0,
            added: at,
            changed: at,
        };
        put(&mut self.applications, application.index(), record);
    }

    fn change_application(&mut self, at: Time, event: &MasterEvent) {
        if let MasterEvent::ApplicationStateChanged { application, state } = *event
            && let Some(record) = self.application_mut(application)
        {
            record.state = state;
            record.changed = at;
        } else if let MasterEvent::ApplicationRemoved { application, state } = *event
            && let Some(record) = self.application_mut(application)
        {
            record.state = state;
            record.changed = at;
            record.kept = Kept::Completed;
        } else if let MasterEvent::ApplicationForgotten { application } = *event
            && let Some(record) = self.application_mut(application)
        {
            record.kept = Kept::Forgotten;
        } else if let MasterEvent::TargetChanged {
            application,
            profile,
            target,
        } = *event
            && let Some(record) = self.application_mut(application)
        {
            set_target(&mut record.targets, profile, target);
        } else if let MasterEvent::RetryCountChanged { application, count } = *event
            && let Some(record) = self.application_mut(application)
        {
            record.retry_count = count;
        }
    }

    fn change_executor(&mut self, at: Time, event: &MasterEvent) {
        if let MasterEvent::ExecutorStateChanged {
            application,
            number,
            state,
        } = *event
        {
            let key = ExecutorKey {
                application,
                number,
            };
            if let Some(executor) = self.executor_mut(key) {
                executor.state = state;
                executor.changed = at;
            }
        } else if let MasterEvent::ExecutorLeftApplication {
            application,
            number,
        } = *event
            && let Some(record) = self.application_mut(application)
            && let Some(executor) = record.executors.get_mut(&number)
            && executor.in_application
        {
            executor.in_application = false;
            record.cores_granted = record.cores_granted.wrapping_sub(executor.cores);
            record.executors_booked -= 1;
        } else if let MasterEvent::ExecutorLeftWorker {
            application,
            number,
            worker,
        } = *event
        {
            let key = ExecutorKey {
                application,
                number,
            };
            self.executor_leaves_worker(key, worker);
        } else {
            self.add_executor(at, event);
        }
    }

    /// An executor of the same number is overwritten, with what was booked for it kept, as in
    /// Spark (RD-16).
    fn add_executor(&mut self, at: Time, event: &MasterEvent) {
        let MasterEvent::ExecutorAdded {
            application,
            number,
            worker,
            profile,
            cores,
            memory_mib,
        } = *event
        else {
            return;
        };
        let key = ExecutorKey {
            application,
            number,
        };
        let mut worker_node = None;
        if let Some(record) = self.worker_mut(worker) {
            worker_node = record.node;
            record.cores_used = record.cores_used.wrapping_add(cores);
            record.memory_used_mib = record.memory_used_mib.wrapping_add(memory_mib);
            if !record.executors.contains(&key) {
                record.executors.push(key);
            }
        }
        let executor = ExecutorRecord {
            worker,
            worker_node,
            profile,
            cores,
            memory_mib,
            state: ExecutorState::Launching,
            in_application: true,
            in_worker: true,
            added: at,
            changed: at,
        };
        if let Some(record) = self.application_mut(application) {
            record.cores_granted = record.cores_granted.wrapping_add(cores);
            let former = record.executors.insert(number, executor);
            if !former.is_some_and(|former| former.in_application) {
                record.executors_booked += 1;
            }
        }
    }

    fn executor_leaves_worker(&mut self, key: ExecutorKey, worker: WorkerSlot) {
        let Some(executor) = self.executor_mut(key) else {
            return;
        };
        if executor.worker == worker {
            executor.in_worker = false;
        }
        let (cores, memory_mib) = (executor.cores, executor.memory_mib);
        if let Some(record) = self.worker_mut(worker) {
            drop_one(&mut record.executors, key);
            record.cores_used = record.cores_used.wrapping_sub(cores);
            record.memory_used_mib = record.memory_used_mib.wrapping_sub(memory_mib);
        }
    }
}

pub(super) fn put<T>(places: &mut Vec<Option<T>>, at: usize, value: T) {
    lengthen(places, at);
    places[at] = Some(value);
}

pub(super) fn drop_one<T: PartialEq>(list: &mut Vec<T>, value: T) {
    if let Some(at) = list.iter().position(|own| *own == value) {
        list.swap_remove(at);
    }
}

fn set_target(targets: &mut Vec<(ProfileId, i32)>, profile: ProfileId, target: i32) {
    match targets.iter_mut().find(|(known, _)| *known == profile) {
        Some((_, known)) => *known = target,
        None => targets.push((profile, target)),
    }
}
