//! Removal of a worker, and what happens when a connection ends. Why a silent worker is removed
//! is decided in `heartbeat.rs`.

use super::Master;
use crate::turn::Turn;
use deploysim_protocol::address::{Address, Peer, Reference};
use deploysim_protocol::event::{MasterEvent, RemovalReason, WorkerSlot};
use deploysim_protocol::message::ToDriver;
use deploysim_protocol::message::to_driver::ExecutorUpdated;
use deploysim_protocol::record::RecordKey;
use deploysim_protocol::state::{ApplicationState, DriverState, ExecutorState, MasterState};
use deploysim_protocol::text::Text;
use deploysim_protocol::thrown::Thrown;
use std::sync::Arc;

impl Master {
    /// Makes a worker DEAD: its executors are LOST, its drivers relaunched or ended. It keeps
    /// its maps and what they use, and nothing is sent to it. Spark: `Master.removeWorker`.
    ///
    /// # Errors
    /// If the store fails: what was to follow is not done (RD-06).
    pub(super) fn remove_worker(
        &mut self,
        worker: WorkerSlot,
        reason: RemovalReason,
        turn: &mut Turn<'_, Self>,
    ) -> Result<(), Thrown> {
        let message = self.removal_message(worker, reason);
        let last_heartbeat = self.books.workers.last_heartbeat(worker);
        self.books.workers.bury(worker);
        self.scheduler
            .set_usable(worker, super::scheduling::Usable::No);
        let now = turn.wall();
        turn.note(MasterEvent::WorkerRemoved {
            worker,
            reason,
            last_heartbeat,
            now,
        });
        let info = self.books.workers.info(worker);
        let (id, host) = (info.id, info.address.host);
        let executors: Vec<_> = info.executors.values().copied().collect();
        let drivers: Vec<_> = info.drivers.values().copied().collect();
        // S-54: the reason and the host are told since 2.3 and 3.1.
        let lost: Arc<str> = format!("worker lost: {message}").into();
        for executor in executors {
            let facts = self.books.executor(executor);
            let number = facts.id.number;
            let client = self.books.applications.info(facts.application).driver;
            tell_client(client, number, ExecutorState::Lost, &lost, host, turn);
            // S-16: the state is set since 2.0.
            self.set_executor_state(executor, ExecutorState::Lost, turn);
            self.executor_leaves_application(executor, turn);
        }
        for driver in drivers {
            let info = self.books.drivers.info(driver);
            if info.description.supervise {
                self.relaunch_driver(driver, turn)?;
            } else {
                self.remove_driver(info.id, DriverState::Error, None, turn)?;
            }
        }
        // S-18: applications are told since 2.3.
        for application in self.books.applications.active() {
            let client = self.books.applications.info(*application).driver;
            turn.send(
                client,
                ToDriver::WorkerRemoved {
                    worker_id: id,
                    host,
                    message: Arc::clone(&message),
                },
            );
        }
        turn.remove(RecordKey::Worker(id))?;
        // S-14: scheduled since 3.1.3.
        self.schedule(turn);
        Ok(())
    }

    /// Removes the worker, or finishes the application, that had announced this address; no
    /// grace time. Spark: `Master.onDisconnected`.
    ///
    /// # Errors
    /// If the store fails.
    pub(super) fn handle_disconnected(
        &mut self,
        peer: Peer,
        turn: &mut Turn<'_, Self>,
    ) -> Result<(), Thrown> {
        match peer {
            Peer::Listening(address) => self.disconnect(address, turn)?,
            // A socket's own address is nobody's listening address.
            Peer::Socket(_) => {}
        }
        if self.state == MasterState::Recovering && self.can_complete_recovery() {
            self.complete_recovery(turn)?;
        }
        Ok(())
    }

    fn disconnect(&mut self, address: Address, turn: &mut Turn<'_, Self>) -> Result<(), Thrown> {
        if let Some(worker) = self.books.workers.by_address(address) {
            self.remove_worker(worker, RemovalReason::Disassociated, turn)?;
        }
        if let Some(application) = self.books.applications.by_client(address) {
            self.remove_application(application, ApplicationState::Finished, turn)?;
        }
        Ok(())
    }

    fn removal_message(&self, worker: WorkerSlot, reason: RemovalReason) -> Arc<str> {
        match reason {
            RemovalReason::Silent => {
                let seconds = self.settings.shared.conf.worker_timeout.as_secs();
                format!("Not receiving heartbeat for {seconds} seconds").into()
            }
            RemovalReason::Disassociated => {
                let address = self.books.workers.info(worker).endpoint.address;
                format!("{address} got disassociated").into()
            }
            RemovalReason::Replaced => "Worker replaced by a new worker with same address".into(),
            RemovalReason::NotResponding => "Not responding for recovery".into(),
        }
    }
}

/// Tells an application's client that an executor changed with its whole worker.
pub(super) fn tell_client(
    client: Reference,
    number: u32,
    state: ExecutorState,
    message: &Arc<str>,
    worker_host: Text,
    turn: &mut Turn<'_, Master>,
) {
    turn.send(
        client,
        ToDriver::ExecutorUpdated(Box::new(ExecutorUpdated {
            number,
            state,
            message: Some(Arc::clone(message)),
            exit_status: None,
            worker_host: Some(worker_host),
        })),
    );
}
