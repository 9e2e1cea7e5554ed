//! How a submitted driver enters the books, waits, is relaunched, and ends.

use super::surplus;
use crate::master::Master;
use crate::master::books::DriverInfo;
use crate::master::scheduling::DriverShape;
use crate::turn::Turn;
use deploysim_protocol::behaviour::RelaunchedDriver;
use deploysim_protocol::description::DriverDescription;
use deploysim_protocol::event::{DriverSlot, MasterEvent};
use deploysim_protocol::id::DriverId;
use deploysim_protocol::record::{DriverRecord, Record, RecordKey};
use deploysim_protocol::state::DriverState;
use deploysim_protocol::thrown::Thrown;
use std::sync::Arc;

impl Master {
    /// Makes a driver with a new id and stores it. Spark: `Master.createDriver`.
    ///
    /// # Errors
    /// If no id can be made or the store fails: nothing is queued then, but the id is used
    /// (RD-07).
    pub(in crate::master) fn create_driver(
        &mut self,
        description: Arc<DriverDescription>,
        turn: &mut Turn<'_, Self>,
    ) -> Result<DriverRecord, Thrown> {
        let record = DriverRecord {
            start_time: turn.wall(),
            id: self.make_driver_id(turn)?,
            description,
        };
        turn.add(&Record::Driver(record.clone()))?;
        Ok(record)
    }

    /// Enters a driver into the books, SUBMITTED and without a worker.
    pub(in crate::master) fn enter_driver(
        &mut self,
        record: &DriverRecord,
        turn: &mut Turn<'_, Self>,
    ) -> DriverSlot {
        let driver = self.books.drivers.insert(DriverInfo::new(record));
        turn.note(MasterEvent::DriverAdded {
            driver,
            id: record.id,
            cores: record.description.cores,
            memory_mib: record.description.memory_mib,
            supervise: record.description.supervise,
        });
        driver
    }

    /// Lets a driver wait for a worker, behind all others.
    pub(in crate::master) fn queue_driver(
        &mut self,
        driver: DriverSlot,
        turn: &mut Turn<'_, Self>,
    ) {
        // Differs: Spark's list takes a driver twice, which a keep_id relaunch (S-06) can do at
        // the end of a recovery, and launches it twice.
        if self.scheduler.is_waiting(driver) {
            return;
        }
        let description = &self.books.drivers.info(driver).description;
        let mut requirements = description.resource_requirements.clone();
        requirements.sort_unstable_by_key(|requirement| requirement.name);
        self.scheduler.queue_driver(
            driver,
            DriverShape {
                cores: description.cores,
                memory_mib: description.memory_mib,
                requirements,
            },
        );
        turn.note(MasterEvent::DriverQueued { driver });
    }

    /// Ends a driver. If it waits, it goes on waiting. Spark: `Master.removeDriver`.
    ///
    /// # Errors
    /// If the store fails: the driver has left `drivers`, and its worker keeps what it holds.
    pub(in crate::master) fn remove_driver(
        &mut self,
        id: DriverId,
        state: DriverState,
        exception: Option<Arc<str>>,
        turn: &mut Turn<'_, Self>,
    ) -> Result<(), Thrown> {
        let Some(driver) = self.books.drivers.by_id(id) else {
            turn.note(MasterEvent::DriverUnknown { id });
            return Ok(());
        };
        self.books.drivers.deactivate(driver);
        turn.note(MasterEvent::DriverRemoved { driver, state });
        let retained = self.settings.shared.conf.retained_drivers as usize;
        for _ in 0..surplus(self.books.drivers.completed_count(), retained) {
            self.forget_oldest_driver(turn);
        }
        self.books.drivers.complete(driver);
        turn.remove(RecordKey::Driver(id))?;
        self.set_driver_state(driver, state, turn);
        self.books.drivers.info_mut(driver).exception = exception;
        self.driver_leaves_worker(driver, turn);
        self.schedule(turn);
        Ok(())
    }

    /// Lets a supervised driver that lost its worker run elsewhere. The submitter is not told
    /// the new id (RD-13). Spark: `Master.relaunchDriver`.
    ///
    /// # Errors
    /// If the store fails: after the old record was removed, the driver is lost.
    pub(in crate::master) fn relaunch_driver(
        &mut self,
        driver: DriverSlot,
        turn: &mut Turn<'_, Self>,
    ) -> Result<(), Thrown> {
        // S-06
        match self.settings.shared.behaviour.relaunched_driver {
            RelaunchedDriver::NewId => {
                let info = self.books.drivers.info(driver);
                let (id, description) = (info.id, Arc::clone(&info.description));
                // S-07: the old record is removed and a new one added.
                self.remove_driver(id, DriverState::Relaunching, None, turn)?;
                let record = self.create_driver(description, turn)?;
                let new = self.enter_driver(&record, turn);
                turn.note(MasterEvent::DriverRelaunched { old: driver, new });
                self.queue_driver(new, turn);
            }
            RelaunchedDriver::KeepId => {
                // S-07: the store is untouched.
                self.books.drivers.info_mut(driver).worker = None;
                turn.note(MasterEvent::DriverRelaunched {
                    old: driver,
                    new: driver,
                });
                self.set_driver_state(driver, DriverState::Relaunching, turn);
                self.queue_driver(driver, turn);
            }
        }
        self.schedule(turn);
        Ok(())
    }
}
