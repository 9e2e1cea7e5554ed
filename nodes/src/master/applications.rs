//! Applications: registration, end, and the dynamic allocation of executors. State changes of
//! single executors are in `executors.rs`.

use super::Master;
use super::books::{ApplicationInfo, End};
use super::scheduling::ExecutorShape;
use crate::turn::Turn;
use deploysim_protocol::address::Reference;
use deploysim_protocol::description::{ApplicationDescription, ResourceProfile};
use deploysim_protocol::event::{ApplicationSlot, MasterEvent, RefusalReason};
use deploysim_protocol::id::{ApplicationId, ProfileId};
use deploysim_protocol::message::{Answer, ToDriver, ToWorker};
use deploysim_protocol::record::{ApplicationRecord, Record, RecordKey};
use deploysim_protocol::state::{ApplicationState, MasterState};
use deploysim_protocol::thrown::Thrown;
use std::sync::Arc;

impl Master {
    /// Spark: `Master.receive`, `RegisterApplication`. The outcome of the entry into the books
    /// is not looked at: a second registration from one client is given an id, stored and
    /// answered (RD-03).
    ///
    /// # Errors
    /// If no id can be made, or the store fails: the application is then in the books, but not
    /// stored and not answered (RD-07).
    pub(super) fn handle_register_application(
        &mut self,
        description: Arc<ApplicationDescription>,
        driver: Reference,
        turn: &mut Turn<'_, Self>,
    ) -> Result<(), Thrown> {
        if self.state == MasterState::Standby {
            turn.note(MasterEvent::RegistrationRefused {
                address: driver.address,
                reason: RefusalReason::Standby,
            });
            return Ok(());
        }
        let cores_default = self.settings.shared.conf.default_cores;
        let record = ApplicationRecord {
            start_time: turn.wall(),
            id: self.make_application_id(&description.name, turn)?,
            description,
            driver,
            cores_default: i32::try_from(cores_default).unwrap_or(i32::MAX),
        };
        self.register_application(&record, turn);
        let application = record.id;
        turn.add(&Record::Application(ApplicationRecord {
            driver: driver.forget_connection(),
            ..record
        }))?;
        let master = Reference::unbound(turn.me());
        turn.send(
            driver,
            ToDriver::RegisteredApplication {
                application,
                master,
            },
        );
        self.schedule(turn);
        Ok(())
    }

    /// Enters an application into the books, unless its client's address has one.
    /// Spark: `Master.registerApplication`.
    pub(super) fn register_application(
        &mut self,
        record: &ApplicationRecord,
        turn: &mut Turn<'_, Self>,
    ) -> Option<ApplicationSlot> {
        let client = record.driver.address;
        if self.books.applications.by_client(client).is_some() {
            turn.note(MasterEvent::ApplicationNotInserted {
                id: record.id,
                driver: client,
            });
            return None;
        }
        let info = ApplicationInfo::new(record);
        let cores_requested = info.cores_requested();
        let application = self.books.applications.insert(info);
        let description = &record.description;
        // S-46: the first limit is honoured since 2.0.
        let target = description.initial_executor_limit.unwrap_or(i32::MAX);
        let shape = executor_shape(description, &description.default_profile);
        self.scheduler
            .add_application(application, cores_requested, shape, target);
        turn.note(MasterEvent::ApplicationAdded {
            application,
            id: record.id,
            driver: client,
            cores_requested,
        });
        turn.note(MasterEvent::TargetChanged {
            application,
            profile: ProfileId::DEFAULT,
            target,
        });
        Some(application)
    }

    /// S-35: clients say so since 1.4. Spark: `Master.receive`, `UnregisterApplication`.
    ///
    /// # Errors
    /// If the store fails.
    pub(super) fn handle_unregister_application(
        &mut self,
        application: ApplicationId,
        turn: &mut Turn<'_, Self>,
    ) -> Result<(), Thrown> {
        match self.books.applications.by_id(application) {
            Some(slot) => self.remove_application(slot, ApplicationState::Finished, turn),
            None => {
                turn.note(MasterEvent::ApplicationUnknown { id: application });
                Ok(())
            }
        }
    }

    /// Ends an active application; a FINISHED one is not told (RD-05), and the cores of its
    /// executors are free before their processes are gone (RD-17). It keeps its executors for
    /// its page. Spark: `Master.removeApplication`.
    ///
    /// # Errors
    /// If the store fails: nothing is scheduled then, and no worker is told.
    pub(super) fn remove_application(
        &mut self,
        application: ApplicationSlot,
        state: ApplicationState,
        turn: &mut Turn<'_, Self>,
    ) -> Result<(), Thrown> {
        let info = self.books.applications.info(application);
        if info.end.is_some() {
            return Ok(());
        }
        let (id, client) = (info.id, info.driver);
        self.books.applications.deactivate(application);
        turn.note(MasterEvent::ApplicationRemoved { application, state });
        let retained = self.settings.shared.conf.retained_applications as usize;
        for _ in 0..surplus(self.books.applications.completed_count(), retained) {
            self.forget_oldest_application(turn);
        }
        self.books.applications.complete(application);
        let end = End {
            time: None,
            cores_granted: self.scheduler.cores_granted(application),
            executor_limit: self.scheduler.executor_limit(application),
        };
        self.scheduler.remove_application(application);
        let info = self.books.applications.info_mut(application);
        info.end = Some(end);
        let executors: Vec<_> = info.executors.values().copied().collect();
        for executor in executors {
            self.kill_executor(executor, turn);
        }
        let info = self.books.applications.info_mut(application);
        info.state = state;
        let time = Some(turn.wall());
        info.end = Some(End { time, ..end });
        if state != ApplicationState::Finished {
            turn.send(client, ToDriver::ApplicationRemoved { state });
        }
        turn.remove(RecordKey::Application(id))?;
        self.schedule(turn);
        for worker in self.books.workers.slots() {
            turn.send(
                self.books.workers.info(worker).endpoint,
                ToWorker::ApplicationFinished { application: id },
            );
        }
        Ok(())
    }

    /// Each total is absolute; profiles that are not named keep theirs, and lowering one kills
    /// nothing. S-36, S-42: totals per profile since 3.4. Spark: `Master.handleRequestExecutors`.
    pub(super) fn handle_request_executors(
        &mut self,
        application: ApplicationId,
        totals: &[(Arc<ResourceProfile>, i32)],
        turn: &mut Turn<'_, Self>,
    ) -> Answer {
        let Some(slot) = self.books.applications.by_id(application) else {
            turn.note(MasterEvent::ApplicationUnknown { id: application });
            return Answer::Flag(false);
        };
        let description = &self.books.applications.info(slot).description;
        for (profile, target) in totals {
            let shape = executor_shape(description, profile);
            self.scheduler.add_profile(slot, profile.id, shape);
            self.scheduler.set_target(slot, profile.id, *target);
            turn.note(MasterEvent::TargetChanged {
                application: slot,
                profile: profile.id,
                target: *target,
            });
        }
        self.schedule(turn);
        Answer::Flag(true)
    }
}

/// What an executor of a profile takes: cores and memory fall back to the application's own,
/// named resources do not. Spark: `ApplicationInfo.createResourceDescForResourceProfile`.
fn executor_shape(
    description: &ApplicationDescription,
    profile: &ResourceProfile,
) -> ExecutorShape {
    let mut requirements = profile.custom_resources.clone();
    requirements.sort_unstable_by_key(|requirement| requirement.name);
    ExecutorShape {
        cores: profile
            .executor_cores
            .or_else(|| description.cores_per_executor()),
        memory_mib: profile
            .executor_memory_mib
            .unwrap_or_else(|| description.memory_per_executor_mib()),
        requirements,
    }
}

/// How many of the oldest completed records are forgotten before another is added: none below
/// the limit, then a tenth of the limit at once.
pub(super) fn surplus(completed: usize, retained: usize) -> usize {
    if completed >= retained {
        (retained / 10).max(1)
    } else {
        0
    }
}
