//! What submit clients ask: run a driver, kill one or all, how is one; and what workers report
//! about drivers. How a driver is relaunched is in `lifecycle/`; the client's end of this
//! conversation is in `submission/`.

use super::Master;
use super::scheduling::Waiting;
use crate::turn::Turn;
use deploysim_protocol::address::Reference;
use deploysim_protocol::description::DriverDescription;
use deploysim_protocol::event::{DriverSlot, MasterEvent};
use deploysim_protocol::id::DriverId;
use deploysim_protocol::message::to_client::{
    DriverStatusResponse, KillAllDriversResponse, KillDriverResponse, SubmitDriverResponse,
};
use deploysim_protocol::message::{Answer, ToMaster, ToWorker};
use deploysim_protocol::state::{DriverState, MasterState};
use deploysim_protocol::thrown::Thrown;
use std::sync::Arc;

impl Master {
    /// Queues a driver; success says no more than that.
    /// Spark: `Master.receiveAndReply`, `RequestSubmitDriver`.
    ///
    /// # Errors
    /// If no id can be made or the store fails.
    pub(super) fn handle_request_submit_driver(
        &mut self,
        description: Arc<DriverDescription>,
        turn: &mut Turn<'_, Self>,
    ) -> Result<Answer, Thrown> {
        let master = Reference::unbound(turn.me());
        if let Some(message) = self.refusal("accept driver submissions") {
            return Ok(Answer::SubmitDriver(Box::new(SubmitDriverResponse {
                master,
                success: false,
                driver: None,
                message,
            })));
        }
        let record = self.create_driver(description, turn)?;
        let driver = self.enter_driver(&record, turn);
        self.queue_driver(driver, turn);
        self.schedule(turn);
        Ok(Answer::SubmitDriver(Box::new(SubmitDriverResponse {
            master,
            success: true,
            driver: Some(record.id),
            message: format!("Driver successfully submitted as {}", record.id).into(),
        })))
    }

    /// Spark: `Master.receiveAndReply`, `RequestKillDriver`.
    pub(super) fn handle_request_kill_driver(
        &mut self,
        driver: DriverId,
        turn: &mut Turn<'_, Self>,
    ) -> Answer {
        let (success, message) = if let Some(message) = self.refusal("kill drivers") {
            (false, message)
        } else if let Some(slot) = self.books.drivers.by_id(driver) {
            self.request_kill(slot, turn);
            let text = format!("Kill request for {driver} submitted");
            (true, text.into())
        } else {
            turn.note(MasterEvent::DriverUnknown { id: driver });
            let text = format!("Driver {driver} has already finished or does not exist");
            (false, text.into())
        };
        Answer::KillDriver(Box::new(KillDriverResponse {
            master: Reference::unbound(turn.me()),
            driver,
            success,
            message,
        }))
    }

    /// S-33: since 4.0. Spark: `Master.receiveAndReply`, `RequestKillAllDrivers`.
    pub(super) fn handle_request_kill_all_drivers(&mut self, turn: &mut Turn<'_, Self>) -> Answer {
        let (success, message) = match self.refusal("kill drivers") {
            Some(message) => (false, message),
            None => {
                let drivers: Vec<_> = self.books.drivers.active().collect();
                for driver in drivers {
                    self.request_kill(driver, turn);
                }
                (true, "Kill request for all drivers submitted".into())
            }
        };
        Answer::KillAllDrivers(Box::new(KillAllDriversResponse {
            master: Reference::unbound(turn.me()),
            success,
            message,
        }))
    }

    /// The books change only when the state change arrives; the order may be lost (RD-02).
    fn request_kill(&mut self, driver: DriverSlot, turn: &mut Turn<'_, Self>) {
        turn.note(MasterEvent::DriverKillRequested { driver });
        let info = self.books.drivers.info(driver);
        match self.scheduler.dequeue_driver(driver) {
            Waiting::Yes => {
                turn.note(MasterEvent::DriverDequeued { driver });
                turn.send_self(ToMaster::DriverStateChanged {
                    driver: info.id,
                    state: DriverState::Killed,
                    exception: None,
                });
            }
            Waiting::No => {
                if let Some(worker) = info.worker {
                    turn.send(worker.endpoint, ToWorker::KillDriver { driver: info.id });
                }
            }
        }
    }

    /// Spark: `Master.receive`, `DriverStateChanged`.
    ///
    /// # Errors
    /// If the state is none that a worker may report, or the store fails.
    pub(super) fn handle_driver_state_changed(
        &mut self,
        driver: DriverId,
        state: DriverState,
        exception: Option<Arc<str>>,
        turn: &mut Turn<'_, Self>,
    ) -> Result<(), Thrown> {
        if !state.is_reportable() {
            return Err(Thrown::UnexpectedDriverState { driver, state });
        }
        self.remove_driver(driver, state, exception, turn)
    }

    /// S-19: refused unless ALIVE since 1.4. Spark: `Master.receiveAndReply`,
    /// `RequestDriverStatus`.
    pub(super) fn handle_request_driver_status(&self, driver: DriverId) -> Answer {
        let drivers = &self.books.drivers;
        let refusal = self.refusal("request driver status");
        let found = match refusal {
            Some(_) => None,
            None => drivers.by_id(driver).or_else(|| {
                let mut completed = drivers.completed();
                completed.find(|slot| drivers.info(*slot).id == driver)
            }),
        };
        let info = found.map(|slot| drivers.info(slot));
        let worker = info.and_then(|info| info.worker);
        Answer::DriverStatus(Box::new(DriverStatusResponse {
            found: info.is_some(),
            state: info.map(|info| info.state),
            worker_id: worker.map(|worker| worker.id),
            worker_address: worker.map(|worker| worker.address),
            exception: refusal.or_else(|| info.and_then(|info| info.exception.clone())),
        }))
    }

    /// Why a Master that is not ALIVE does not do `what`. Clients recognise the beginning.
    /// Spark: `Utils.BACKUP_STANDALONE_MASTER_PREFIX`.
    fn refusal(&self, what: &str) -> Option<Arc<str>> {
        let state = self.state;
        (state != MasterState::Alive).then(|| {
            format!("Current state is not alive: {state}. Can only {what} in ALIVE state.").into()
        })
    }
}
