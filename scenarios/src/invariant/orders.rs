//! INV-M2: what a master orders after its term is not obeyed. A term is over when the election
//! service says that another leads; the master may not know it yet.

use super::leadership::Leadership;
use super::pending::Name;
use super::violation::Finding;
use crate::ledger::Ledger;
use crate::trace::NodeId;
use deploysim_protocol::address::Address;
use deploysim_protocol::event::WorkerEvent;
use deploysim_protocol::message::{Message, ToWorker};
use deploysim_protocol::text::Text;
use std::collections::{BTreeMap, VecDeque};

/// What a master orders a worker to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Order {
    LaunchExecutor(Name, u32),
    KillExecutor,
    LaunchDriver(Name),
    KillDriver(Name),
    Reconnect,
    Follow,
}

impl Order {
    fn of(message: &ToWorker) -> Option<Self> {
        Some(match message {
            ToWorker::LaunchExecutor(order) => {
                let executor = order.order.executor;
                Self::LaunchExecutor(executor.application.0.into(), executor.number)
            }
            ToWorker::KillExecutor { .. } => Self::KillExecutor,
            ToWorker::LaunchDriver(order) => Self::LaunchDriver(order.driver.0.into()),
            ToWorker::KillDriver { driver } => Self::KillDriver(driver.0.into()),
            ToWorker::ReconnectWorker { .. } => Self::Reconnect,
            ToWorker::MasterChanged { .. } => Self::Follow,
            ToWorker::RegisteredWorker(_)
            | ToWorker::RegisterWorkerFailed { .. }
            | ToWorker::MasterInStandby
            | ToWorker::ApplicationFinished { .. }
            | ToWorker::DecommissionWorker
            | ToWorker::ExecutorStateChanged(_)
            | ToWorker::DriverStateChanged { .. } => return None,
        })
    }

    /// Whether this is what a worker reports when it obeys.
    fn is_obeyed_by(self, event: &WorkerEvent) -> bool {
        match (self, *event) {
            (
                Self::LaunchExecutor(application, number),
                WorkerEvent::ExecutorAccepted { executor, .. },
            ) => (application, number) == (executor.application.0.into(), executor.number),
            (Self::LaunchDriver(own), WorkerEvent::DriverAccepted { driver, .. })
            | (Self::KillDriver(own), WorkerEvent::DriverKillOrdered { driver }) => {
                own == driver.0.into()
            }
            (Self::Reconnect, WorkerEvent::ReconnectRequested { .. })
            | (Self::Follow, WorkerEvent::MasterFollowed { .. }) => true,
            (
                Self::LaunchExecutor(..)
                | Self::KillExecutor
                | Self::LaunchDriver(_)
                | Self::KillDriver(_)
                | Self::Reconnect
                | Self::Follow,
                _,
            ) => false,
        }
    }

    const fn mark(self) -> &'static str {
        match self {
            Self::LaunchExecutor(..) | Self::KillExecutor => "executor-order",
            Self::LaunchDriver(_) | Self::KillDriver(_) => "driver-order",
            Self::Reconnect => "reconnect",
            Self::Follow => "master-changed",
        }
    }
}

/// Orders that masters gave after their terms.
#[derive(Clone, Debug, Default)]
pub(super) struct Orders {
    /// On their way, by master and worker's address, each with whether it was late.
    sent: BTreeMap<(NodeId, Address), VecDeque<(Order, bool)>>,
    /// What a worker is handling: a late order, its master, and its kind.
    handled: Option<(NodeId, NodeId, Order, Text)>,
}

impl Orders {
    /// A master began or ended: what it had sent does not matter any more, or is late for good.
    pub(super) fn forget(&mut self, master: NodeId) {
        self.sent.retain(|(from, _), _| *from != master);
    }

    /// A master sends something into a connection.
    pub(super) fn gives(
        &mut self,
        master: NodeId,
        to: Address,
        message: &Message,
        leadership: &Leadership,
        ledger: &Ledger,
    ) {
        if let Message::ToWorker(message) = message
            && let Some(order) = Order::of(message)
            && let Some(process) = ledger.process(master)
        {
            let is_late = leadership.is_over(process.address);
            let queue = self.sent.entry((master, to)).or_default();
            if is_late || !queue.is_empty() {
                queue.push_back((order, is_late));
            }
        }
    }

    /// A worker is handed something that a master sent.
    pub(super) fn gets(
        &mut self,
        worker: NodeId,
        from: NodeId,
        message: &Message,
        ledger: &Ledger,
    ) {
        self.handled = None;
        let Message::ToWorker(order) = message else {
            return;
        };
        let Some(order) = Order::of(order) else {
            return;
        };
        let process = ledger.process(worker);
        let queue = process.and_then(|process| self.sent.get_mut(&(from, process.address)));
        let Some(queue) = queue else {
            return;
        };
        // What was lost on the way is skipped.
        if let Some(place) = queue.iter().position(|(sent, _)| *sent == order) {
            let (_, is_late) = queue[place];
            queue.drain(..=place);
            if is_late {
                self.handled = Some((worker, from, order, Text::new(message.kind())));
            }
        }
    }

    /// INV-M2: a worker reports what it does.
    pub(super) fn reports(
        &mut self,
        worker: NodeId,
        event: &WorkerEvent,
        ledger: &Ledger,
    ) -> Option<Finding> {
        let (handling, master, order, kind) = self.handled?;
        if handling != worker || !order.is_obeyed_by(event) {
            return None;
        }
        self.handled = None;
        let (worker_name, master_name) = (ledger.name(worker), ledger.name(master));
        let sentence = format!(
            "{worker_name} obeys {kind} of {master_name}, which sent it after its term was over"
        );
        let finding = Finding::new("INV-M2", sentence).at(worker).at(master);
        Some(finding.mark(order.mark()))
    }
}
