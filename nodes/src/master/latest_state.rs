//! What a worker says it runs, right after it registered: whatever the books do not have on it
//! is to be killed. The opposite case, something booked that the worker does not have, is not
//! noticed, as in Spark (RD-02).

use super::Master;
use crate::turn::Turn;
use deploysim_protocol::event::MasterEvent;
use deploysim_protocol::message::ToWorker;
use deploysim_protocol::message::to_master::WorkerLatestState;

impl Master {
    /// S-08: workers report this since 2.0. Spark: `Master.receive`, `WorkerLatestState`.
    pub(super) fn handle_worker_latest_state(
        &self,
        message: &WorkerLatestState,
        turn: &mut Turn<'_, Self>,
    ) {
        let Some(worker) = self.books.workers.by_id(message.worker_id) else {
            turn.note(MasterEvent::WorkerUnknown {
                id: message.worker_id,
            });
            return;
        };
        let info = self.books.workers.info(worker);
        let endpoint = self.books.workers.endpoint(worker);
        for description in &message.executors {
            let executor = description.executor;
            if !info.executors.contains_key(&executor) {
                turn.note(MasterEvent::UnknownExecutorKilled { worker, executor });
                let master_url = turn.me();
                turn.send(
                    endpoint,
                    ToWorker::KillExecutor {
                        master_url,
                        executor,
                    },
                );
            }
        }
        for driver in &message.drivers {
            if !info.drivers.contains_key(driver) {
                turn.note(MasterEvent::UnknownDriverKilled {
                    worker,
                    id: *driver,
                });
                turn.send(endpoint, ToWorker::KillDriver { driver: *driver });
            }
        }
    }
}
