//! How a worker enters the books, and how it becomes DEAD.

use crate::master::Master;
use crate::master::books::WorkerInfo;
use crate::master::scheduling::Usable;
use crate::turn::Turn;
use deploysim_protocol::address::Reference;
use deploysim_protocol::event::{MasterEvent, RemovalReason, WorkerSlot};
use deploysim_protocol::message::ToDriver;
use deploysim_protocol::message::to_driver::ExecutorUpdated;
use deploysim_protocol::record::{RecordKey, WorkerRecord};
use deploysim_protocol::state::{DriverState, ExecutorState, WorkerState};
use deploysim_protocol::text::Text;
use deploysim_protocol::thrown::Thrown;
use std::sync::Arc;

/// What became of a registration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::master) enum Registered {
    /// The worker is in the books.
    Accepted(WorkerSlot),
    /// Another worker that is not DEAD has its address.
    SameAddress,
}

impl Master {
    /// Enters a worker into the books, unless its address is held by another that is neither
    /// DEAD nor UNKNOWN. Spark: `Master.registerWorker`.
    ///
    /// # Errors
    /// If the store fails while a worker that it replaces is removed.
    pub(in crate::master) fn register_worker(
        &mut self,
        record: &WorkerRecord,
        turn: &mut Turn<'_, Self>,
    ) -> Result<Registered, Thrown> {
        for dead in self.books.workers.dead_at(record.address) {
            self.forget_worker(dead, turn);
        }
        if let Some(old) = self.books.workers.by_address(record.endpoint.address) {
            if self.books.workers.state(old) != WorkerState::Unknown {
                return Ok(Registered::SameAddress);
            }
            self.remove_worker(old, RemovalReason::Replaced, turn)?;
        }
        let info = WorkerInfo::new(record.id, record.address, record.web_ui_url);
        let now = turn.wall();
        let worker = self.books.workers.insert(info, record.endpoint, now);
        let (cores, memory_mib) = (record.cores, record.memory_mib);
        self.scheduler
            .add_worker(worker, record.id, cores, memory_mib, &record.resources);
        turn.note(MasterEvent::WorkerAdded {
            worker,
            id: record.id,
            address: record.address,
            cores,
            memory_mib,
        });
        for resource in &record.resources.0 {
            for address in &resource.addresses {
                turn.note(MasterEvent::ResourceOffered {
                    worker,
                    name: resource.name,
                    address: *address,
                });
            }
        }
        turn.note(MasterEvent::WorkerHeard { worker, at: now });
        Ok(Registered::Accepted(worker))
    }

    /// Makes a worker DEAD: its executors are LOST, its drivers relaunched or ended. It keeps
    /// its maps and what they use, and nothing is sent to it. Spark: `Master.removeWorker`.
    ///
    /// # Errors
    /// If the store fails: what was to follow is not done (RD-06).
    pub(in crate::master) fn remove_worker(
        &mut self,
        worker: WorkerSlot,
        reason: RemovalReason,
        turn: &mut Turn<'_, Self>,
    ) -> Result<(), Thrown> {
        let message = self.removal_message(worker, reason);
        let last_heartbeat = self.books.workers.last_heartbeat(worker);
        self.books.workers.bury(worker);
        self.scheduler.set_usable(worker, Usable::No);
        let now = turn.wall();
        turn.note(MasterEvent::WorkerRemoved {
            worker,
            reason,
            last_heartbeat,
            now,
        });
        let info = self.books.workers.info(worker);
        let (id, host) = (info.id, info.address.host);
        let executors: Vec<_> = info.executors.values().collect();
        let drivers: Vec<_> = info.drivers.values().copied().collect();
        // S-54: the reason and the host are told since 2.3 and 3.1.
        let lost: Arc<str> = format!("worker lost: {message}").into();
        for executor in executors {
            let facts = self.books.executor(executor);
            let number = facts.id.number;
            let client = self.books.applications.client(facts.application);
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
            let client = self.books.applications.client(*application);
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

    fn removal_message(&self, worker: WorkerSlot, reason: RemovalReason) -> Arc<str> {
        match reason {
            RemovalReason::Silent => {
                let seconds = self.settings.shared.conf.worker_timeout.as_secs();
                format!("Not receiving heartbeat for {seconds} seconds").into()
            }
            RemovalReason::Disassociated => {
                let address = self.books.workers.endpoint(worker).address;
                format!("{address} got disassociated").into()
            }
            RemovalReason::Replaced => "Worker replaced by a new worker with same address".into(),
            RemovalReason::NotResponding => "Not responding for recovery".into(),
        }
    }
}

/// Tells an application's client that an executor changed with its whole worker.
pub(in crate::master) fn tell_client(
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
