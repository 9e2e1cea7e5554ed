//! The trace: what happened, in order, as values. Invariants, expectations, reports and people
//! read only this. How an entry is written as a line of text or of JSON is in `trace/`.

mod beat;
#[cfg(test)]
pub(crate) mod history;
pub mod json;
mod kind;
pub mod notable;
pub mod table;
#[cfg(test)]
mod tests;
pub mod text;

pub use beat::Beat;
pub use deploysim_nodes::hosted::Role;
pub use deploysim_nodes::report::{DialFailure, EndOfConnection, Fate, Unit};

use crate::network::Machine;
use deploysim_nodes::hosted::{AnyNode, Happening};
use deploysim_nodes::node::Signal;
use deploysim_protocol::address::{Address, Connection, Peer};
use deploysim_protocol::event::Event;
use deploysim_protocol::text::Text;
use deploysim_protocol::time::Time;
use std::time::Duration;

/// A node of a run: one process at a time. The number of an ended child process is used again;
/// [`Fact::Started`] says who bears it from there on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub u32);

impl NodeId {
    /// As an index into a vector.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// One entry of a trace.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// When.
    pub at: Time,
    /// At which node; for a fault or the end of the fault phase, node 0.
    pub node: NodeId,
    /// What.
    pub fact: Fact<'a>,
}

/// What an entry records.
#[derive(Clone, Copy, Debug)]
pub enum Fact<'a> {
    /// A process began. Always the first entry of a node, and of a node that starts again.
    Started(Start),
    /// A process is gone.
    Ended {
        /// How.
        end: End,
    },
    /// A process stands still.
    Paused,
    /// A process goes on.
    Resumed,
    /// At a worker: a child's process was made. It becomes a node when it has started up.
    ChildLaunched {
        /// The name that it will have as a node.
        name: Text,
        /// The driver or executor that it runs.
        child: Child,
    },
    /// At a worker: a child's process is gone before it had started up, or was never made.
    ChildLost {
        /// The name that it would have had as a node.
        name: Text,
        /// The driver or executor that it ran.
        child: Child,
    },
    /// At a worker: a child is told to end.
    ChildSignalled {
        /// The child's name.
        name: Text,
        /// How.
        signal: Signal,
    },
    /// The node reports a fact.
    Note(Event),
    /// The node sent something, also something that will be lost.
    Sent {
        /// To which address.
        to: Address,
        /// What.
        unit: Unit<'a>,
        /// What became of it at once.
        fate: Fate,
    },
    /// The node received something, and handles it.
    Received {
        /// From which node.
        from: NodeId,
        /// What.
        unit: Unit<'a>,
        /// How long it was there already: its process stood still, or its store took time.
        waited: Duration,
    },
    /// A fault took something away at the node's lane, or repeated it.
    Tampered {
        /// From which node it came.
        from: NodeId,
        /// What.
        unit: Unit<'a>,
        /// How.
        tampering: Tampering,
    },
    /// A connection of the node is open.
    ConnectionOpened {
        /// As the node knows it.
        connection: Connection,
        /// Who is at the other end.
        peer: NodeId,
    },
    /// The node was told that a connection ended.
    ConnectionEnded {
        /// As the node knew it.
        connection: Connection,
        /// Whose end it was told of, last.
        peer: Peer,
        /// Why.
        cause: EndOfConnection,
    },
    /// The node could not open a connection.
    DialFailed {
        /// To which address.
        to: Address,
        /// Why.
        cause: DialFailure,
    },
    /// A fault begins: the index of its row in the scenario.
    FaultBegan {
        /// Which one.
        fault: u32,
    },
    /// A fault is over.
    FaultEnded {
        /// Which one.
        fault: u32,
    },
    /// The fault phase is over: no fault is active from here on and no new work arrives.
    Settling,
    /// The run is over. The last entry.
    Finished,
}

/// Who a process is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Start {
    /// Its name in the scenario.
    pub name: Text,
    /// Its role.
    pub role: Role,
    /// The machine it runs on.
    pub machine: Machine,
    /// Its address.
    pub address: Address,
    /// The worker that started it.
    pub parent: Option<NodeId>,
    /// What the worker started it as.
    pub child: Option<Child>,
    /// 0 for the first process of this name, then 1 more for each restart.
    pub restarts: u32,
}

/// What a worker's child runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Child {
    /// A submitted driver.
    Driver(deploysim_protocol::id::DriverId),
    /// An executor.
    Executor(deploysim_protocol::id::ExecutorId),
}

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum End {
    /// By itself, with this code.
    Exited(i32),
    /// A signal of its worker ended it; the code that its worker sees.
    Signalled(i32),
    /// A fault ended it.
    Crashed,
    /// Its machine lost its power.
    PowerLost,
}

/// What a `message` fault did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tampering {
    /// Took it away.
    Dropped,
    /// Repeated it.
    Duplicated,
    /// Holds it, and what follows in its lane.
    Delayed,
    /// Swapped it with the next in its lane.
    Reordered,
}

/// The most nodes that a run may have for its nodes to be inspected after every input.
pub const INSPECTED_NODES_MAX: usize = 20;

/// How often every node of a run is inspected.
pub const INSPECTION_PERIOD: Duration = Duration::from_secs(60);

/// Reads entries as they happen. Whoever wants to know what happens in a run is one.
pub trait Observer {
    /// One thing happened.
    fn observe(&mut self, entry: &Entry<'_>);

    /// Nothing else happened before this instant. A world says so if its time passes also while
    /// nothing happens.
    fn pass_to(&mut self, _at: Time) {}

    /// Shows a node that is alive, so that its books can be compared with what it said. Worlds do
    /// this for the node that has just handled an input in runs of up to
    /// [`INSPECTED_NODES_MAX`] nodes, and for every node each [`INSPECTION_PERIOD`], when a fault
    /// begins or ends, and at the end of the run.
    fn inspect(&mut self, _at: Time, _node: NodeId, _view: &AnyNode) {}

    /// Whether it wants to be shown what nodes are handed, by [`Self::handed`].
    fn shows_inputs(&self) -> bool {
        false
    }

    /// A node is about to handle this.
    fn handed(&mut self, _at: Time, _node: NodeId, _happening: &Happening) {}

    /// A fault of the scenario, by its row, whose trigger was seen and that was not asked for yet.
    fn triggered(&mut self) -> Option<u32> {
        None
    }

    /// Whether nothing has to be waited for any more once the fault phase is over.
    fn is_decided(&self) -> bool {
        true
    }

    /// Whether it wants to see no more of the run, whatever happens: for a world whose time is
    /// real.
    fn has_seen_enough(&self) -> bool {
        false
    }
}
