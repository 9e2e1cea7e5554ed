//! How a driver's process ends: with its program, with its application client, or with its
//! worker.

use super::Driver;
use crate::turn::Turn;
use crate::watcher::{WORKER_LOST_EXIT_CODE, WorkerWatcher};
use deploysim_protocol::address::Peer;
use deploysim_protocol::event::{DeathReason, DriverEvent};
use deploysim_protocol::message::{ToExecutor, ToMaster};

impl Driver {
    /// The program is over: tells the executors and the master, then exits with `code`.
    /// Spark: `StandaloneSchedulerBackend.stop`: `CoarseGrainedSchedulerBackend.stopExecutors`,
    /// then `ClientEndpoint.receiveAndReply`, `StopAppClient`.
    pub(super) fn finish(&mut self, code: i32, turn: &mut Turn<'_, Self>) {
        if self.settings.application.is_some() {
            self.stop_executors(turn);
            self.mark_dead(DeathReason::Stopped, turn);
            // S-35: up to 1.3 the master only notices that the connection ends.
            if let Some(master) = self.master {
                let application = self.application_or_null();
                turn.send(master, ToMaster::UnregisterApplication { application });
            }
        }
        self.exit(code, turn);
    }

    /// The master removed the application. Spark: `ClientEndpoint.receive`, `ApplicationRemoved`.
    pub(super) fn handle_removed(&mut self, turn: &mut Turn<'_, Self>) {
        self.stop_program(DeathReason::Removed, turn);
    }

    /// The client is dead, so the program is stopped: the context stops its executors, whatever
    /// the program does next fails, and its process ends with 1.
    /// Spark: `StandaloneSchedulerBackend.dead`.
    ///
    /// **Differs:** the process ends at once. In Spark the context stops in a thread of its own
    /// and the program may go on for as long as it needs no context. A context without running
    /// jobs also unregisters the application, which no master knows then.
    pub(super) fn stop_program(&mut self, reason: DeathReason, turn: &mut Turn<'_, Self>) {
        self.mark_dead(reason, turn);
        self.stop_executors(turn);
        self.exit(1, turn);
    }

    /// The worker that started this process is gone. Spark: `WorkerWatcher.exitNonZero`.
    pub(super) fn end_without_worker(&mut self, turn: &mut Turn<'_, Self>) {
        turn.note(DriverEvent::WorkerLost);
        self.exit(WORKER_LOST_EXIT_CODE, turn);
    }

    /// An error on a connection ends the process if the worker is at its other end. The client
    /// does nothing about it. Spark: `WorkerWatcher.onNetworkError`,
    /// `ClientEndpoint.onNetworkError`.
    pub(super) fn handle_connection_error(&mut self, peer: Peer, turn: &mut Turn<'_, Self>) {
        if self.is_watched_worker(peer) {
            self.end_without_worker(turn);
        }
    }

    pub(super) fn is_watched_worker(&self, peer: Peer) -> bool {
        self.watcher()
            .is_some_and(|watcher| watcher.is_worker(peer))
    }

    pub(super) fn watcher(&self) -> Option<WorkerWatcher> {
        self.settings.worker.map(WorkerWatcher::new)
    }

    /// Reports the death, once. Spark: `ClientEndpoint.markDead`.
    fn mark_dead(&mut self, reason: DeathReason, turn: &mut Turn<'_, Self>) {
        if self.dead.is_none() {
            self.dead = Some(reason);
            turn.note(DriverEvent::ApplicationDead { reason });
        }
    }

    /// Tells every registered executor to end.
    /// Spark: `CoarseGrainedSchedulerBackend.DriverEndpoint`, `StopExecutors`.
    fn stop_executors(&self, turn: &mut Turn<'_, Self>) {
        for executor in self.executors.values() {
            turn.send(executor.reference, ToExecutor::StopExecutor);
        }
    }

    fn exit(&mut self, code: i32, turn: &mut Turn<'_, Self>) {
        self.ended = true;
        turn.exit(code);
    }
}
