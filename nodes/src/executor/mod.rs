//! The executor's process: registers with its driver, and ends with its driver or its worker.
//! What it computes is not here; the world decides when it ends by itself.

use crate::node::{Call, Input, Node};
use crate::process::ExecutorProgram;
use crate::settings::Shared;
use crate::turn::Turn;
use crate::watcher::{WORKER_LOST_EXIT_CODE, WorkerWatcher};
use deploysim_protocol::address::{Address, Peer, Reference};
use deploysim_protocol::event::ExecutorEvent;
use deploysim_protocol::message::ToExecutor;
use deploysim_protocol::message::to_driver::{AskDriver, RegisterExecutor};
use deploysim_protocol::thrown::AskError;
use std::convert::Infallible;
use std::sync::Arc;

/// What one executor process is started with.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ExecutorSettings {
    /// What it is, and the worker whose end it watches for.
    pub program: ExecutorProgram,
    /// The driver that it registers with.
    pub driver: Address,
    /// What all nodes share.
    pub shared: Shared,
}

/// An executor keeps no deadlines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ExecutorTimer {}

/// What the simulated program can do in an executor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExecutorOperation {
    /// The process ends by itself.
    Finish {
        /// Its exit code.
        code: i32,
    },
}

/// How far an executor has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Phase {
    /// It looks its driver up, or was not started yet.
    LookingUp {
        /// The look-up, once begun.
        call: Option<Call>,
    },
    /// It asked its driver to accept it.
    Registering {
        /// The question.
        call: Call,
    },
    /// Its driver accepted it.
    Registered,
    /// It exits; nothing that still comes matters.
    Ended,
}

/// An executor's process. Spark: `CoarseGrainedExecutorBackend`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Executor {
    settings: Arc<ExecutorSettings>,
    phase: Phase,
}

impl Executor {
    /// An executor that was not started yet.
    pub fn new(settings: ExecutorSettings) -> Self {
        Self {
            settings: Arc::new(settings),
            phase: Phase::LookingUp { call: None },
        }
    }

    /// Whether its driver accepted it and it has not ended. For the audit.
    pub fn is_registered(&self) -> bool {
        self.phase == Phase::Registered
    }

    /// Looks the driver up and dials the worker.
    /// Spark: `CoarseGrainedExecutorBackend.run`, `onStart`.
    ///
    /// **Differs:** Spark first fetches its properties from the driver, in up to three tries, and
    /// installs the watcher after that. One look-up stands for all of it.
    fn start(&mut self, turn: &mut Turn<'_, Self>) {
        let timeout = self.settings.shared.conf.ask_timeout();
        let call = turn.resolve(self.settings.driver, timeout);
        self.phase = Phase::LookingUp { call: Some(call) };
        self.watcher().start(timeout, turn);
    }

    /// Asks the driver to accept this executor. Spark: `CoarseGrainedExecutorBackend.onStart`.
    fn handle_resolved(
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
    fn handle_answered(
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
    fn handle_disconnected(&mut self, peer: Peer, turn: &mut Turn<'_, Self>) {
        let looked_up = !matches!(self.phase, Phase::LookingUp { .. });
        if looked_up && peer == Peer::Listening(self.settings.driver) {
            self.end(ExecutorEvent::DriverLost, 1, turn);
        } else {
            self.handle_worker_loss(peer, turn);
        }
    }

    fn handle_worker_loss(&mut self, peer: Peer, turn: &mut Turn<'_, Self>) {
        if self.watcher().is_worker(peer) {
            self.end(ExecutorEvent::WorkerLost, WORKER_LOST_EXIT_CODE, turn);
        }
    }

    /// Reports why, and exits. Spark: `CoarseGrainedExecutorBackend.exitExecutor`.
    fn end(&mut self, why: ExecutorEvent, code: i32, turn: &mut Turn<'_, Self>) {
        turn.note(why);
        self.exit(code, turn);
    }

    fn exit(&mut self, code: i32, turn: &mut Turn<'_, Self>) {
        self.phase = Phase::Ended;
        turn.exit(code);
    }

    fn watcher(&self) -> WorkerWatcher {
        WorkerWatcher::new(self.settings.program.worker)
    }
}

impl Node for Executor {
    type Message = ToExecutor;
    type Ask = Infallible;
    type Answer = bool;
    type Timer = ExecutorTimer;
    type Operation = ExecutorOperation;

    fn handle(&mut self, input: Input<Self>, turn: &mut Turn<'_, Self>) {
        if self.phase == Phase::Ended {
            return;
        }
        match input {
            Input::Started => self.start(turn),
            Input::Received {
                message: ToExecutor::StopExecutor,
                ..
            } => self.end(ExecutorEvent::StopOrdered, 0, turn),
            Input::Asked { ask, .. } => match ask {},
            Input::Answered { call, answer } => self.handle_answered(call, answer, turn),
            Input::Resolved { call, endpoint } => self.handle_resolved(call, endpoint, turn),
            Input::Disconnected { peer } => self.handle_disconnected(peer, turn),
            Input::ConnectionError { peer } => self.handle_worker_loss(peer, turn),
            Input::Fired { timer, .. } => match timer {},
            Input::Operator(ExecutorOperation::Finish { code }) => self.exit(code, turn),
            // An executor has no children and is never elected.
            Input::ProcessStarted { .. }
            | Input::ProcessEnded { .. }
            | Input::Elected
            | Input::Revoked => {}
        }
    }
}

#[cfg(test)]
mod tests;
