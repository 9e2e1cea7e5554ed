//! The executor's process and its one match; no logic. What an executor computes is nowhere: the
//! world decides when it ends by itself.

mod registration;

use crate::node::{Call, Input, Node};
use crate::process::ExecutorProgram;
use crate::settings::Shared;
use crate::turn::Turn;
use deploysim_protocol::address::Address;
use deploysim_protocol::event::ExecutorEvent;
use deploysim_protocol::message::ToExecutor;
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
