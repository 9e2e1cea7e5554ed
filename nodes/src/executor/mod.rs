//! The executor's process: registers with its driver, and ends with its driver or its worker.

use crate::node::{Input, Node};
use crate::process::ExecutorProgram;
use crate::settings::Shared;
use crate::turn::Turn;
use deploysim_protocol::address::Address;
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

/// An executor's process.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Executor {
    settings: Arc<ExecutorSettings>,
}

impl Executor {
    /// An executor that was not started yet.
    pub fn new(settings: ExecutorSettings) -> Self {
        Self {
            settings: Arc::new(settings),
        }
    }
}

impl Node for Executor {
    type Message = ToExecutor;
    type Ask = Infallible;
    type Answer = bool;
    type Timer = ExecutorTimer;
    type Operation = ExecutorOperation;

    fn handle(&mut self, _input: Input<Self>, _turn: &mut Turn<'_, Self>) {}
}
