//! The worker watcher: how a child process learns that the worker which started it is gone. It
//! keeps no state: what has no connection to its worker hears of no end of one.

use crate::node::Node;
use crate::turn::Turn;
use deploysim_protocol::address::{Address, Peer};
use std::time::Duration;

/// With what a child exits when its worker is gone: Java's −1 as a process shows it.
pub const WORKER_LOST_EXIT_CODE: i32 = 255;

/// Watches one worker. Spark: `WorkerWatcher`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct WorkerWatcher {
    worker: Address,
}

impl WorkerWatcher {
    /// A watcher of the worker that listens at `worker`.
    pub const fn new(worker: Address) -> Self {
        Self { worker }
    }

    /// Dials the worker. What comes of the look-up is not waited for: a child that never gets a
    /// connection is not ended (measured, RD-20).
    pub fn start<N: Node>(self, timeout: Duration, turn: &mut Turn<'_, N>) {
        turn.resolve(self.worker, timeout);
    }

    /// Whether the end of, or an error on, a connection to `peer` means that the worker is gone.
    /// Spark: `WorkerWatcher.onDisconnected`, `onNetworkError`.
    pub fn is_worker(self, peer: Peer) -> bool {
        peer == Peer::Listening(self.worker)
    }
}
