//! Heartbeats, and the check for workers from which none came. What follows from a removal is in
//! `removal.rs`; the worker's end is in `worker/heartbeat.rs`.

use super::{Master, MasterTimer};
use crate::turn::Turn;
use deploysim_protocol::address::Reference;
use deploysim_protocol::behaviour::RemovedWorkerHeartbeat;
use deploysim_protocol::event::{MasterEvent, RemovalReason};
use deploysim_protocol::id::WorkerId;
use deploysim_protocol::message::ToWorker;
use deploysim_protocol::state::WorkerState;
use deploysim_protocol::thrown::Thrown;
use deploysim_protocol::time::{Time, WallTime};

impl Master {
    /// Spark: `Master.receive`, `Heartbeat`. A worker that is forgotten is ignored, although it
    /// may still be connected (RD-19).
    pub(super) fn handle_heartbeat(
        &mut self,
        worker_id: WorkerId,
        worker: Reference,
        turn: &mut Turn<'_, Self>,
    ) {
        if let Some(slot) = self.books.workers.by_id(worker_id) {
            let at = turn.wall();
            self.books.workers.hear(slot, at);
            turn.note(MasterEvent::WorkerHeard { worker: slot, at });
            return;
        }
        // S-43
        match (
            self.books.workers.dead(worker_id),
            self.settings.shared.behaviour.removed_worker_heartbeat,
        ) {
            (Some(slot), RemovedWorkerHeartbeat::Reconnect) => {
                turn.note(MasterEvent::ReconnectAsked { worker: slot });
                let master_url = turn.me();
                turn.send(worker, ToWorker::ReconnectWorker { master_url });
            }
            (Some(_), RemovedWorkerHeartbeat::Ignore) | (None, _) => {
                turn.note(MasterEvent::HeartbeatIgnored { id: worker_id });
            }
        }
    }

    /// Removes the workers that were silent for longer than the time-out T, and forgets the DEAD
    /// ones that were silent for longer than (R + 1) · T, with R of
    /// `spark.dead.worker.persistence`. Both comparisons are strict, in whole milliseconds of
    /// the Master's own clock. UNKNOWN and DECOMMISSIONED workers are removed like any other.
    /// Spark: `Master.timeOutDeadWorkers`.
    ///
    /// # Errors
    /// If the store fails: the workers that were to follow are spared until the next check.
    pub(super) fn handle_check_for_worker_time_out(
        &mut self,
        due: Time,
        turn: &mut Turn<'_, Self>,
    ) -> Result<(), Thrown> {
        let conf = &self.settings.shared.conf;
        let period = conf.worker_timeout;
        let timeout_ms = i64::try_from(period.as_millis()).unwrap_or(i64::MAX);
        let periods = i64::from(conf.dead_worker_persistence) + 1;
        turn.arm(MasterTimer::CheckForWorkerTimeOut, due + period);
        let now_ms = turn.wall().as_millis();
        let silent_limit = WallTime::from_millis(now_ms.saturating_sub(timeout_ms));
        let kept_ms = timeout_ms.saturating_mul(periods);
        let forget_limit = WallTime::from_millis(now_ms.saturating_sub(kept_ms));
        for worker in self.books.workers.silent_since_before(silent_limit) {
            if self.books.workers.state(worker) != WorkerState::Dead {
                self.remove_worker(worker, RemovalReason::Silent, turn)?;
            } else if self.books.workers.last_heartbeat(worker) < forget_limit {
                self.forget_worker(worker, turn);
            }
        }
        Ok(())
    }
}
