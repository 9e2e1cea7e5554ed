//! Registration of workers: accepted, acknowledged as a duplicate, or refused. Applications
//! register in `applications.rs`; the worker's end of this conversation is in `worker/`.

use super::Master;
use super::lifecycle::Registered;
use crate::turn::Turn;
use deploysim_protocol::address::{Address, Reference};
use deploysim_protocol::behaviour::{DuplicateWorker, StandbyRegistration};
use deploysim_protocol::event::{MasterEvent, RefusalReason, WorkerSlot};
use deploysim_protocol::message::ToWorker;
use deploysim_protocol::message::to_master::RegisterWorker;
use deploysim_protocol::message::to_worker::RegisteredWorker;
use deploysim_protocol::record::{Record, WorkerRecord};
use deploysim_protocol::state::{MasterState, WorkerState};
use deploysim_protocol::thrown::Thrown;
use std::sync::Arc;

impl Master {
    /// Spark: `Master.receive`, `RegisterWorker`. S-03: the answer is a one-way message to the
    /// worker's reference since 2.2.
    ///
    /// # Errors
    /// If the store fails: the worker is then in the books, but not stored and not answered
    /// (RD-07).
    pub(super) fn handle_register_worker(
        &mut self,
        message: RegisterWorker,
        turn: &mut Turn<'_, Self>,
    ) -> Result<(), Thrown> {
        let behaviour = &self.settings.shared.behaviour;
        let address = Address {
            host: message.host,
            port: message.port,
        };
        if self.state == MasterState::Standby {
            note_refused(address, RefusalReason::Standby, turn);
            // S-01
            match behaviour.standby_registration {
                StandbyRegistration::ReplyInStandby => {
                    turn.send(message.worker, ToWorker::MasterInStandby);
                }
                StandbyRegistration::Silent => {}
            }
            return Ok(());
        }
        if let Some(slot) = self.books.workers.by_id(message.worker_id) {
            // S-02
            match behaviour.duplicate_worker {
                DuplicateWorker::AckDuplicate => self.acknowledge_duplicate(slot, &message, turn),
                DuplicateWorker::Fail => {
                    note_refused(address, RefusalReason::DuplicateId, turn);
                    refuse(message.worker, "Duplicate worker ID".into(), turn);
                }
            }
            return Ok(());
        }
        let worker = message.worker;
        let record = WorkerRecord {
            id: message.worker_id,
            address,
            cores: message.cores,
            memory_mib: message.memory_mib,
            endpoint: worker,
            web_ui_url: message.web_ui_url,
            resources: message.resources,
        };
        match self.register_worker(&record, turn)? {
            Registered::Accepted(_) => {
                turn.add(&Record::Worker(WorkerRecord {
                    endpoint: worker.forget_connection(),
                    ..record
                }))?;
                self.send_registered(worker, message.master_address, false, turn);
                self.schedule(turn);
            }
            Registered::SameAddress => {
                note_refused(address, RefusalReason::SameAddress, turn);
                let at = worker.address;
                let text = format!("Attempted to re-register worker at same address: {at}");
                refuse(worker, text.into(), turn);
            }
        }
        Ok(())
    }

    /// The record keeps its cores, memory and reference. S-05: a worker that a recovering
    /// master has not heard of becomes ALIVE since 4.0, but recovery is not completed and its
    /// executors stay unknown (KB-25).
    fn acknowledge_duplicate(
        &mut self,
        worker: WorkerSlot,
        message: &RegisterWorker,
        turn: &mut Turn<'_, Self>,
    ) {
        turn.note(MasterEvent::RegistrationDuplicate { worker });
        if self.books.workers.state(worker) == WorkerState::Unknown {
            self.set_worker_state(worker, WorkerState::Alive, turn);
        }
        self.send_registered(message.worker, message.master_address, true, turn);
    }

    fn send_registered(
        &self,
        worker: Reference,
        master_address: Address,
        duplicate: bool,
        turn: &mut Turn<'_, Self>,
    ) {
        let master = Reference::unbound(turn.me());
        turn.send(
            worker,
            ToWorker::RegisteredWorker(Box::new(RegisteredWorker {
                master,
                master_web_ui_url: self.settings.web_ui_url,
                master_address,
                duplicate,
            })),
        );
    }
}

fn note_refused(address: Address, reason: RefusalReason, turn: &mut Turn<'_, Master>) {
    turn.note(MasterEvent::RegistrationRefused { address, reason });
}

fn refuse(worker: Reference, message: Arc<str>, turn: &mut Turn<'_, Master>) {
    turn.send(worker, ToWorker::RegisterWorkerFailed { message });
}
