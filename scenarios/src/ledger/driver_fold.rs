//! How a master's notes about submitted drivers add up to its books.

use super::books::Books;
use super::books_fold::{drop_one, put};
use super::names::Names;
use super::records::{DriverRecord, Kept};
use crate::trace::NodeId;
use deploysim_protocol::event::{DriverSlot, MasterEvent, WorkerSlot};
use deploysim_protocol::state::DriverState;
use deploysim_protocol::time::Time;

impl Books {
    pub(super) fn add_driver(
        &mut self,
        master: NodeId,
        at: Time,
        event: &MasterEvent,
        names: &mut Names,
    ) {
        let MasterEvent::DriverAdded {
            driver,
            id,
            cores,
            memory_mib,
            supervise,
        } = *event
        else {
            return;
        };
        let name = names.driver_added(master, id);
        self.driver_by_id.insert(id, driver);
        if let Some(name) = name {
            self.driver_by_name.insert(name, driver);
        }
        let record = DriverRecord {
            id,
            name,
            state: DriverState::Submitted,
            kept: Kept::Active,
            worker: None,
            waiting: false,
            cores,
            memory_mib,
            supervise,
            kill_requested: false,
            predecessor: None,
            successor: None,
            placements: 0,
            added: at,
            changed: at,
        };
        put(&mut self.drivers, driver.index(), record);
    }

    pub(super) fn relaunch_driver(&mut self, old: DriverSlot, new: DriverSlot, names: &mut Names) {
        let (Some(old_id), Some(new_id)) = (
            self.driver(old).map(|record| record.id),
            self.driver(new).map(|record| record.id),
        ) else {
            return;
        };
        if old == new {
            return;
        }
        let name = names.driver_relaunched(old_id, new_id);
        if let Some(record) = self.driver_mut(old) {
            record.successor = Some(new_id);
        }
        if let Some(record) = self.driver_mut(new) {
            record.predecessor = Some(old_id);
            record.name = name;
        }
        if let Some(name) = name {
            self.driver_by_name.insert(name, new);
        }
    }

    pub(super) fn change_driver(&mut self, at: Time, event: &MasterEvent) {
        if let MasterEvent::DriverPlaced { driver, worker } = *event {
            self.place_driver(driver, worker);
        } else if let MasterEvent::DriverLeftWorker { driver, worker } = *event {
            self.driver_leaves_worker(driver, worker);
        } else if let MasterEvent::DriverStateChanged { driver, state } = *event
            && let Some(record) = self.driver_mut(driver)
        {
            record.state = state;
            record.changed = at;
        } else if let MasterEvent::DriverQueued { driver } = *event
            && let Some(record) = self.driver_mut(driver)
        {
            record.waiting = true;
        } else if let MasterEvent::DriverDequeued { driver } = *event
            && let Some(record) = self.driver_mut(driver)
        {
            record.waiting = false;
        } else if let MasterEvent::DriverRemoved { driver, .. } = *event
            && let Some(record) = self.driver_mut(driver)
        {
            record.kept = Kept::Completed;
        } else if let MasterEvent::DriverForgotten { driver } = *event
            && let Some(record) = self.driver_mut(driver)
        {
            record.kept = Kept::Forgotten;
        } else if let MasterEvent::DriverKillRequested { driver } = *event
            && let Some(record) = self.driver_mut(driver)
        {
            record.kill_requested = true;
        }
    }

    fn place_driver(&mut self, driver: DriverSlot, worker: WorkerSlot) {
        let Some(record) = self.driver_mut(driver) else {
            return;
        };
        record.worker = Some(worker);
        record.placements += 1;
        let (cores, memory_mib) = (record.cores, record.memory_mib);
        if let Some(record) = self.worker_mut(worker) {
            record.cores_used = record.cores_used.wrapping_add(cores);
            record.memory_used_mib = record.memory_used_mib.wrapping_add(memory_mib);
            if !record.drivers.contains(&driver) {
                record.drivers.push(driver);
            }
        }
    }

    fn driver_leaves_worker(&mut self, driver: DriverSlot, worker: WorkerSlot) {
        let Some(record) = self.driver_mut(driver) else {
            return;
        };
        if record.worker == Some(worker) {
            record.worker = None;
        }
        let (cores, memory_mib) = (record.cores, record.memory_mib);
        if let Some(record) = self.worker_mut(worker) {
            drop_one(&mut record.drivers, driver);
            record.cores_used = record.cores_used.wrapping_sub(cores);
            record.memory_used_mib = record.memory_used_mib.wrapping_sub(memory_mib);
        }
    }
}
