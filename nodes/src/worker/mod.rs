//! The Worker and its one match; no logic.

use crate::node::{Input, Node};
use crate::settings::Shared;
use crate::turn::Turn;
use deploysim_protocol::address::Address;
use deploysim_protocol::message::{AskWorker, ToWorker};
use deploysim_protocol::resource::Resources;
use deploysim_protocol::text::Text;
use std::sync::Arc;

/// What one Worker process is started with.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct WorkerSettings {
    /// Cores it offers.
    pub cores: i32,
    /// Memory it offers, in MiB.
    pub memory_mib: i32,
    /// Named resources it offers.
    pub resources: Resources,
    /// The configured masters, in order.
    pub masters: Arc<[Address]>,
    /// Its web page.
    pub web_ui_url: Text,
    /// What all nodes share.
    pub shared: Shared,
}

/// The deadlines of a Worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WorkerTimer {
    /// When to tell the master that this worker lives. Fixed rate. Numbered from 0; only the
    /// generations that let heartbeat timers pile up (S-56) have more than one.
    SendHeartbeat(u32),
    /// When to try to register again.
    ReregisterWithMaster,
    /// When to look for old directories. Fixed rate. Numbered as the heartbeats are.
    WorkDirCleanup(u32),
    /// When to send a failed report about an executor again.
    RetryReport,
    /// When to start a supervised driver's process again, by the runner's number.
    RestartDriver(u32),
    /// When to end a driver's process by force, or to give it up, by the runner's number.
    DriverTermination(u32),
    /// When to end an executor's process by force, or to give it up, by the runner's number.
    ExecutorTermination(u32),
}

/// What a signal can ask of a Worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WorkerOperation {
    /// The decommission signal (SIGPWR by default).
    Decommission,
    /// SIGTERM: kill the children, then exit with 143.
    StopPolitely,
}

/// Runs on one machine and starts what the master orders.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Worker {
    settings: Arc<WorkerSettings>,
}

impl Worker {
    /// A Worker that was not started yet.
    pub fn new(settings: WorkerSettings) -> Self {
        Self {
            settings: Arc::new(settings),
        }
    }
}

impl Node for Worker {
    type Message = ToWorker;
    type Ask = AskWorker;
    type Answer = bool;
    type Timer = WorkerTimer;
    type Operation = WorkerOperation;

    fn handle(&mut self, _input: Input<Self>, _turn: &mut Turn<'_, Self>) {}
}
