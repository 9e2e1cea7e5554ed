//! Executors as the driver sees them: what the master reports about them, and the processes that
//! register at the scheduler backend. What they compute is not simulated.

use super::Driver;
use crate::turn::Turn;
use deploysim_protocol::address::{Peer, Reference};
use deploysim_protocol::event::DriverEvent;
use deploysim_protocol::id::{ProfileId, WorkerId};
use deploysim_protocol::message::ToExecutor;
use deploysim_protocol::message::to_driver::{ExecutorUpdated, RegisterExecutor};
use deploysim_protocol::thrown::Thrown;

/// An executor that the backend accepted. Spark: `ExecutorData`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RegisteredExecutor {
    /// Its process, bound to the connection on which it registered.
    pub reference: Reference,
    /// Of which profile.
    pub profile: ProfileId,
    /// Whether a kill was requested. Spark: `executorsPendingToRemove`.
    pub pending_removal: bool,
}

impl Driver {
    /// The master ordered an executor. It is only reported: the backend knows an executor once
    /// its process registers. Spark: `StandaloneSchedulerBackend.executorAdded`.
    // S-11: in the oldest generation the client reports the executor RUNNING to the master here.
    pub(super) fn handle_executor_added(
        &self,
        number: u32,
        worker_id: WorkerId,
        cores: i32,
        turn: &mut Turn<'_, Self>,
    ) {
        turn.note(DriverEvent::ExecutorGranted {
            number,
            worker_id,
            cores,
        });
    }

    /// The master reports an executor's state; one that ended is forgotten.
    /// Spark: `ClientEndpoint.receive`, `ExecutorUpdated`; then
    /// `StandaloneSchedulerBackend.executorRemoved`.
    pub(super) fn handle_executor_updated(
        &mut self,
        update: &ExecutorUpdated,
        turn: &mut Turn<'_, Self>,
    ) {
        turn.note(DriverEvent::ExecutorUpdated {
            number: update.number,
            state: update.state,
        });
        if !update.state.is_finished() {
            // A decommissioned executor gets no further tasks, which are not simulated.
            return;
        }
        if let Some(executor) = self.executors.remove(&update.number) {
            // S-45: since 1.6.2 and 2.0 its process is told to stop, because the connection to
            // it may be alive.
            turn.send(executor.reference, ToExecutor::StopExecutor);
            turn.note(DriverEvent::ExecutorForgotten {
                number: update.number,
            });
        }
    }

    /// A worker was removed. The backend drops shuffle data of its host, which is not simulated.
    /// Spark: `StandaloneSchedulerBackend.workerRemoved`.
    pub(super) fn handle_worker_removed(&self, worker_id: WorkerId, turn: &mut Turn<'_, Self>) {
        turn.note(DriverEvent::WorkerRemoved { worker_id });
    }

    /// An executor's process registers. It is accepted also if the master never announced it,
    /// or reported its end.
    /// Spark: `CoarseGrainedSchedulerBackend.DriverEndpoint`, `RegisterExecutor`.
    ///
    /// # Errors
    /// The refusal, if the number is registered or the host excluded.
    pub(super) fn handle_register_executor(
        &mut self,
        ask: &RegisterExecutor,
        turn: &mut Turn<'_, Self>,
    ) -> Result<bool, Thrown> {
        let (executor, number) = (ask.executor, ask.executor.number);
        let refusal = if self.executors.contains_key(&number) {
            Some(Thrown::DuplicateExecutor { executor })
        } else if self.excluded.contains(&ask.host) {
            Some(Thrown::ExecutorExcluded { executor })
        } else {
            None
        };
        if let Some(refusal) = refusal {
            turn.note(DriverEvent::ExecutorRefused { number });
            return Err(refusal);
        }
        self.executors.insert(
            number,
            RegisteredExecutor {
                reference: ask.reference,
                profile: ask.profile,
                pending_removal: false,
            },
        );
        turn.note(DriverEvent::ExecutorRegistered { number });
        Ok(true)
    }

    /// The connection of an executor's process ended: the backend forgets the executor. The
    /// master is not told. Executors listen nowhere, so only the socket names one.
    /// Spark: `StandaloneSchedulerBackend.StandaloneDriverEndpoint.onDisconnected`.
    ///
    /// **Differs:** Spark 4.3.0 gives it no tasks at once and forgets it
    /// `spark.standalone.executorRemoveDelayOnDisconnection` (5 s) later, so that the exit code
    /// can come first by way of worker and master. Both only matter to tasks.
    pub(super) fn handle_executor_disconnected(&mut self, peer: Peer, turn: &mut Turn<'_, Self>) {
        let Peer::Socket(connection) = peer else {
            return;
        };
        let lost = self
            .executors
            .iter()
            .find(|(_, executor)| executor.reference.connection == Some(connection))
            .map(|(&number, _)| number);
        if let Some(number) = lost {
            self.executors.remove(&number);
            turn.note(DriverEvent::ExecutorLost { number });
        }
    }
}
