//! How an executor registers with its driver, and how it ends with its driver or its worker.

use super::{Executor, Phase};
use crate::node::Call;
use crate::turn::Turn;
use crate::watcher::{WORKER_LOST_EXIT_CODE, WorkerWatcher};
use deploysim_protocol::address::{Peer, Reference};
use deploysim_protocol::event::ExecutorEvent;
use deploysim_protocol::message::to_driver::{AskDriver, RegisterExecutor};
use deploysim_protocol::thrown::AskError;

impl Executor {
    /// Looks the driver up and dials the worker.
    /// Spark: `CoarseGrainedExecutorBackend.run`, `onStart`.
    ///
    /// **Differs:** Spark first fetches its properties from the driver, in up to three tries, and
    /// installs the watcher after that. One look-up stands for all of it.
    pub(super) fn start(&mut self, turn: &mut Turn<'_, Self>) {
        let timeout = self.settings.shared.conf.ask_timeout();
        let call = turn.resolve(self.settings.driver, timeout);
        self.phase = Phase::LookingUp { call: Some(call) };
        self.watcher().start(timeout, turn);
    }

    /// Asks the driver to accept this executor. Spark: `CoarseGrainedExecutorBackend.onStart`.
    pub(super) fn handle_resolved(
        &mut self,
        call: Call,
        endpoint: Result<Reference, AskError>,
        turn: &mut Turn<'_, Self>,
    ) {
        if self.phase != (Phase::LookingUp { call: Some(call) }) {
            return;
        }
        let Ok(driver) = endpoint else {
            return self.end(ExecutorEvent::DriverLost, 1, turn);
        };
        let program = &self.settings.program;
        let ask = AskDriver::RegisterExecutor(Box::new(RegisterExecutor {
            executor: program.order.executor,
            reference: Reference::unbound(turn.me()),
            host: program.worker.host,
            cores: program.order.cores,
            resources: program.order.resources.clone(),
            profile: program.order.profile,
        }));
        let call = turn.ask(driver, ask, self.settings.shared.conf.ask_timeout());
        self.phase = Phase::Registering { call };
    }

    /// The driver's answer: whatever is not a failure is an acceptance.
    /// Spark: `CoarseGrainedExecutorBackend.onStart`, its `onComplete`.
    pub(super) fn handle_answered(
        &mut self,
        call: Call,
        answer: Result<bool, AskError>,
        turn: &mut Turn<'_, Self>,
    ) {
        if self.phase != (Phase::Registering { call }) {
            return;
        }
        match answer {
            Ok(_) => {
                self.phase = Phase::Registered;
                turn.note(ExecutorEvent::RegisteredWithDriver);
            }
            Err(AskError::Remote(_)) => self.end(ExecutorEvent::RefusedByDriver, 1, turn),
            Err(AskError::TimedOut | AskError::Connection) => {
                self.end(ExecutorEvent::DriverLost, 1, turn);
            }
        }
    }

    /// A driver that is not looked up yet cannot be lost; the look-up fails by itself.
    /// Spark: `CoarseGrainedExecutorBackend.onDisconnected`, `WorkerWatcher.onDisconnected`.
    pub(super) fn handle_disconnected(&mut self, peer: Peer, turn: &mut Turn<'_, Self>) {
        let looked_up = !matches!(self.phase, Phase::LookingUp { .. });
        if looked_up && peer == Peer::Listening(self.settings.driver) {
            self.end(ExecutorEvent::DriverLost, 1, turn);
        } else {
            self.handle_worker_loss(peer, turn);
        }
    }

    pub(super) fn handle_worker_loss(&mut self, peer: Peer, turn: &mut Turn<'_, Self>) {
        if self.watcher().is_worker(peer) {
            self.end(ExecutorEvent::WorkerLost, WORKER_LOST_EXIT_CODE, turn);
        }
    }

    /// Reports why, and exits. Spark: `CoarseGrainedExecutorBackend.exitExecutor`.
    pub(super) fn end(&mut self, why: ExecutorEvent, code: i32, turn: &mut Turn<'_, Self>) {
        turn.note(why);
        self.exit(code, turn);
    }

    pub(super) fn exit(&mut self, code: i32, turn: &mut Turn<'_, Self>) {
        self.phase = Phase::Ended;
        turn.exit(code);
    }

    fn watcher(&self) -> WorkerWatcher {
        WorkerWatcher::new(self.settings.program.worker)
    }
}
