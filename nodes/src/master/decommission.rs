//! Decommissioning of workers: they stay, take no new work, and their executors leave the
//! applications' books at once. The worker's end is in `worker/decommission.rs`.

use super::Master;
use super::lifecycle::tell_client;
use crate::turn::Turn;
use deploysim_protocol::address::Reference;
use deploysim_protocol::event::{MasterEvent, WorkerSlot};
use deploysim_protocol::id::WorkerId;
use deploysim_protocol::message::{Answer, ToMaster, ToWorker};
use deploysim_protocol::record::RecordKey;
use deploysim_protocol::state::{ExecutorState, MasterState, WorkerState};
use deploysim_protocol::text::Text;
use deploysim_protocol::thrown::Thrown;
use std::sync::Arc;

impl Master {
    /// Counts the workers on these hosts, decommissioned ones again, and puts the work into the
    /// mailbox. S-26: since 3.1. Spark: `Master.decommissionWorkersOnHosts`.
    pub(super) fn handle_decommission_workers_on_hosts(
        &self,
        hosts: &[Text],
        turn: &mut Turn<'_, Self>,
    ) -> Answer {
        if self.state == MasterState::Standby {
            return Answer::Count(0);
        }
        let wanted: Vec<_> = hosts.iter().map(|host| lower(*host)).collect();
        let workers = &self.books.workers;
        let matching = workers.by_id_where(|worker| {
            workers.state(worker) != WorkerState::Dead
                && wanted.contains(&lower(workers.endpoint(worker).address.host))
        });
        let ids = matching.iter().map(|worker| workers.info(*worker).id);
        turn.send_self(ToMaster::DecommissionWorkers {
            worker_ids: ids.collect(),
        });
        Answer::Count(u32::try_from(matching.len()).unwrap_or(u32::MAX))
    }

    /// Spark: `Master.receive`, `DecommissionWorkers`.
    ///
    /// # Errors
    /// If the store fails: the workers that were to follow are left alone.
    pub(super) fn handle_decommission_workers(
        &mut self,
        worker_ids: &[WorkerId],
        turn: &mut Turn<'_, Self>,
    ) -> Result<(), Thrown> {
        for id in worker_ids {
            if let Some(worker) = self.books.workers.by_id(*id) {
                self.decommission_worker(worker, turn)?;
                let endpoint = self.books.workers.endpoint(worker);
                turn.send(endpoint, ToWorker::DecommissionWorker);
            }
        }
        Ok(())
    }

    /// Spark: `Master.receive`, `WorkerDecommissioning`.
    ///
    /// # Errors
    /// If the store fails.
    pub(super) fn handle_worker_decommissioning(
        &mut self,
        worker_id: WorkerId,
        worker: Reference,
        turn: &mut Turn<'_, Self>,
    ) -> Result<(), Thrown> {
        if self.state == MasterState::Standby {
            turn.send(worker, ToWorker::MasterInStandby);
            return Ok(());
        }
        match self.books.workers.by_id(worker_id) {
            Some(worker) => self.decommission_worker(worker, turn),
            None => {
                turn.note(MasterEvent::WorkerUnknown { id: worker_id });
                Ok(())
            }
        }
    }

    /// The worker keeps its executors and their cores for good, its drivers are left alone, and
    /// it is no longer stored (RD-18); if it registers again after a removal, it is ALIVE
    /// (RD-08). Spark: `Master.decommissionWorker`.
    fn decommission_worker(
        &mut self,
        worker: WorkerSlot,
        turn: &mut Turn<'_, Self>,
    ) -> Result<(), Thrown> {
        if self.books.workers.state(worker) == WorkerState::Decommissioned {
            return Ok(());
        }
        self.set_worker_state(worker, WorkerState::Decommissioned, turn);
        let info = self.books.workers.info(worker);
        let (id, host) = (info.id, info.address.host);
        let executors: Vec<_> = info.executors.values().collect();
        let message: Arc<str> = "worker decommissioned".into();
        let state = ExecutorState::Decommissioned;
        for executor in executors {
            let facts = self.books.executor(executor);
            let client = self.books.applications.client(facts.application);
            tell_client(client, facts.id.number, state, &message, host, turn);
            self.set_executor_state(executor, state, turn);
            self.executor_leaves_application(executor, turn);
        }
        turn.remove(RecordKey::Worker(id))
    }
}

fn lower(host: Text) -> String {
    host.as_str().to_lowercase()
}
