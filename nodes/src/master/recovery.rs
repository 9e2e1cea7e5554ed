//! Election and recovery: what was read from the store is UNKNOWN until it answers, and who has
//! not answered in time is removed.

use super::Master;
use super::MasterTimer;
use super::books::NewExecutor;
use super::lifecycle::Registered;
use crate::turn::Turn;
use deploysim_protocol::address::Reference;
use deploysim_protocol::description::ExecutorDescription;
use deploysim_protocol::event::{ApplicationSlot, MasterEvent, RemovalReason, WorkerSlot};
use deploysim_protocol::id::ApplicationId;
use deploysim_protocol::message::to_master::WorkerSchedulerStateResponse;
use deploysim_protocol::message::{ToDriver, ToWorker};
use deploysim_protocol::record::{Records, WorkerRecord};
use deploysim_protocol::resource::Resources;
use deploysim_protocol::state::{ApplicationState, DriverState, MasterState, WorkerState};
use deploysim_protocol::text::Text;
use deploysim_protocol::thrown::Thrown;

impl Master {
    /// Leads from here on, whatever the state was. With nothing stored it is ALIVE at once and
    /// does not schedule. Spark: `Master.receive`, `ElectedLeader`.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub(super) fn handle_elected(&mut self, turn: &mut Turn<'_, Self>) -> Result<(), Thrown> {
        let records = turn.read_all()?;
        if records.is_empty() {
            self.become_state(MasterState::Alive, turn);
            return Ok(());
        }
        self.become_state(MasterState::Recovering, turn);
        self.begin_recovery(&records, turn);
        // S-28: with nothing to wait for, recovery is complete at once since 4.0.
        if self.can_complete_recovery() {
            return self.complete_recovery(turn);
        }
        // S-27: the key is separate from the worker time-out since 4.0.
        let wait = self.settings.shared.conf.recovery_timeout();
        turn.arm_after(MasterTimer::CompleteRecovery, wait);
        Ok(())
    }

    /// Ends the process, without a word to anybody. What was in the mailbox before was handled
    /// with the old powers (KB-22). Spark: `Master.receive`, `RevokedLeadership`.
    pub(super) fn handle_revoked(&self, turn: &mut Turn<'_, Self>) {
        turn.exit(0);
    }

    /// Spark: `Master.beginRecovery`.
    fn begin_recovery(&mut self, records: &Records, turn: &mut Turn<'_, Self>) {
        let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        turn.note(MasterEvent::RecoveryBegan {
            applications: count(records.applications.len()),
            drivers: count(records.drivers.len()),
            workers: count(records.workers.len()),
        });
        let master = Reference::unbound(turn.me());
        let master_web_ui_url = self.settings.web_ui_url;
        for record in &records.applications {
            if let Some(application) = self.register_application(record, turn) {
                self.set_application_state(application, ApplicationState::Unknown, turn);
            }
            let changed = ToDriver::MasterChanged {
                master,
                master_web_ui_url,
            };
            turn.send(record.driver, changed);
        }
        for record in &records.drivers {
            // Whether it waited is not stored, so it does not (RD-04).
            self.enter_driver(record, turn);
        }
        for record in &records.workers {
            // Spark logs what this throws and goes on with the next.
            let _logged = self.recover_worker(record, turn);
        }
    }

    fn recover_worker(
        &mut self,
        record: &WorkerRecord,
        turn: &mut Turn<'_, Self>,
    ) -> Result<(), Thrown> {
        match self.register_worker(record, turn)? {
            Registered::Accepted(worker) => {
                self.set_worker_state(worker, WorkerState::Unknown, turn);
            }
            Registered::SameAddress => {}
        }
        turn.send(
            record.endpoint,
            ToWorker::MasterChanged {
                master: Reference::unbound(turn.me()),
                master_web_ui_url: self.settings.web_ui_url,
            },
        );
        Ok(())
    }

    /// Whether every worker and application has answered. Spark: `Master.canCompleteRecovery`.
    fn can_complete_recovery(&self) -> bool {
        let books = &self.books;
        !books.workers.is_any_unknown() && !books.applications.is_any_unknown()
    }

    /// The Master's own state is not looked at: a late copy sets a running application back to
    /// WAITING. Spark: `Master.receive`, `MasterChangeAcknowledged`.
    ///
    /// # Errors
    /// As [`Master::complete_recovery`].
    pub(super) fn handle_master_change_acknowledged(
        &mut self,
        application: ApplicationId,
        turn: &mut Turn<'_, Self>,
    ) -> Result<(), Thrown> {
        match self.books.applications.by_id(application) {
            Some(slot) => self.set_application_state(slot, ApplicationState::Waiting, turn),
            None => turn.note(MasterEvent::ApplicationUnknown { id: application }),
        }
        self.complete_recovery_if_all_answered(turn)
    }

    /// The Master's own state is not looked at, nor whether this is a second copy, which adds
    /// everything again (RD-16). Spark: `Master.receive`, `WorkerSchedulerStateResponse`.
    ///
    /// # Errors
    /// If a reported address of a named resource is not free: what follows is not added. As
    /// [`Master::complete_recovery`].
    pub(super) fn handle_worker_scheduler_state_response(
        &mut self,
        message: WorkerSchedulerStateResponse,
        turn: &mut Turn<'_, Self>,
    ) -> Result<(), Thrown> {
        match self.books.workers.by_id(message.worker_id) {
            Some(worker) => self.adopt(worker, message, turn)?,
            None => turn.note(MasterEvent::WorkerUnknown {
                id: message.worker_id,
            }),
        }
        self.complete_recovery_if_all_answered(turn)
    }

    fn adopt(
        &mut self,
        worker: WorkerSlot,
        message: WorkerSchedulerStateResponse,
        turn: &mut Turn<'_, Self>,
    ) -> Result<(), Thrown> {
        self.set_worker_state(worker, WorkerState::Alive, turn);
        for (description, held) in message.executors {
            let id = description.executor.application;
            match self.books.applications.by_id(id) {
                Some(application) => {
                    self.adopt_executor(application, worker, &description, held, turn)?;
                }
                None => turn.note(MasterEvent::ApplicationUnknown { id }),
            }
        }
        for (id, held) in message.drivers {
            let Some(driver) = self.books.drivers.by_id(id) else {
                turn.note(MasterEvent::DriverUnknown { id });
                continue;
            };
            let are_free = self.scheduler.are_free(worker, &held);
            let description = &self.books.drivers.info(driver).description;
            let (cores, memory_mib) = (description.cores, description.memory_mib);
            // S-09: its cores and memory count since 2.2.
            self.charge_reported(worker, cores, memory_mib, &held, turn);
            self.book_driver(driver, worker, held, turn);
            self.set_driver_state(driver, DriverState::Running, turn);
            if !are_free {
                return Err(address_taken());
            }
        }
        Ok(())
    }

    fn adopt_executor(
        &mut self,
        application: ApplicationSlot,
        worker: WorkerSlot,
        description: &ExecutorDescription,
        held: Resources,
        turn: &mut Turn<'_, Self>,
    ) -> Result<(), Thrown> {
        let number = description.executor.number;
        let (cores, memory_mib) = (description.cores, description.memory_mib);
        let are_free = self.scheduler.are_free(worker, &held);
        let known = &self.books.applications.info(application).executors;
        if known.contains_key(&number) {
            self.scheduler
                .grant_again(application, description.profile, cores);
        } else {
            self.scheduler
                .grant(application, description.profile, cores);
        }
        self.charge_reported(worker, cores, memory_mib, &held, turn);
        let new = NewExecutor {
            number,
            profile: description.profile,
            cores,
            memory_mib,
            resources: held,
        };
        let executor = self.book_executor(application, worker, new, turn);
        if !are_free {
            return Err(address_taken());
        }
        self.set_executor_state(executor, description.state, turn);
        Ok(())
    }

    /// Completes the recovery unless it waits for somebody; nothing unless RECOVERING.
    ///
    /// # Errors
    /// As [`Master::complete_recovery`].
    pub(super) fn complete_recovery_if_all_answered(
        &mut self,
        turn: &mut Turn<'_, Self>,
    ) -> Result<(), Thrown> {
        if self.state == MasterState::Recovering && self.can_complete_recovery() {
            self.complete_recovery(turn)?;
        }
        Ok(())
    }

    /// Removes whoever has not answered, and goes on; nothing unless RECOVERING. Drivers without
    /// a worker are relaunched or ended, also those that were still waiting (RD-04).
    /// Spark: `Master.completeRecovery`.
    ///
    /// # Errors
    /// If the store fails: the Master then stays in COMPLETING_RECOVERY for good (KB-27).
    pub(super) fn complete_recovery(&mut self, turn: &mut Turn<'_, Self>) -> Result<(), Thrown> {
        if self.state != MasterState::Recovering {
            return Ok(());
        }
        self.become_state(MasterState::CompletingRecovery, turn);
        let workers = &self.books.workers;
        let silent = workers.by_id_where(|worker| workers.state(worker) == WorkerState::Unknown);
        for worker in silent {
            self.remove_worker(worker, RemovalReason::NotResponding, turn)?;
        }
        for application in self.applications_in(ApplicationState::Unknown) {
            self.remove_application(application, ApplicationState::Finished, turn)?;
        }
        // S-10: RUNNING since 2.2, with or without executors.
        for application in self.applications_in(ApplicationState::Waiting) {
            self.set_application_state(application, ApplicationState::Running, turn);
        }
        let drivers = &self.books.drivers;
        let unclaimed: Vec<_> = drivers
            .active()
            .filter(|driver| drivers.info(*driver).worker.is_none())
            .collect();
        for driver in unclaimed {
            let info = self.books.drivers.info(driver);
            if info.description.supervise {
                self.relaunch_driver(driver, turn)?;
            } else {
                self.remove_driver(info.id, DriverState::Error, None, turn)?;
            }
        }
        self.become_state(MasterState::Alive, turn);
        turn.note(MasterEvent::RecoveryCompleted);
        self.schedule(turn);
        Ok(())
    }

    fn applications_in(&self, state: ApplicationState) -> Vec<ApplicationSlot> {
        let applications = &self.books.applications;
        let active = applications.active().iter().copied();
        active
            .filter(|slot| applications.info(*slot).state == state)
            .collect()
    }
}

/// Spark: `ResourceAllocator.acquire`.
fn address_taken() -> Thrown {
    Thrown::IllegalArgument {
        reason: Text::new("Try to acquire an address that is not available."),
    }
}
