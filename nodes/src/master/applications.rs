//! What application clients say: register, unregister, and totals of executors. How an
//! application ends is in `lifecycle/`; single executors are in `executors.rs`.

use super::Master;
use super::lifecycle::executor_shape;
use crate::turn::Turn;
use deploysim_protocol::address::Reference;
use deploysim_protocol::description::{ApplicationDescription, ResourceProfile};
use deploysim_protocol::event::{MasterEvent, RefusalReason};
use deploysim_protocol::id::ApplicationId;
use deploysim_protocol::message::{Answer, ToDriver};
use deploysim_protocol::record::{ApplicationRecord, Record};
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
