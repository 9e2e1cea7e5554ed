//! The whole interface of a node: what can go in, what can come out.
//!
//! ```text
//!              Input                               Effect
//!   Started ───────────────┐              ┌── Send, Ask, Resolve, Reply, Abandon
//!   Received, Asked ───────┤              ├── Arm, Disarm
//!   Answered, Resolved ────┤   ┌──────┐   │
//!   Disconnected, Error ───┼──►│ Node │───┼── Launch, Terminate
//!   Fired ─────────────────┤   └──────┘   │
//!   Process… ──────────────┤      ▲       ├── Exit
//!   Elected, Revoked ──────┤      │       │
//!   Operator ──────────────┘      │       └── Note
//!                          Turn: the time, the dice, the store
//! ```
//!
//! A node never does I/O, reads no clock, and has no hidden randomness. It never waits: the
//! answer to a question is another input. How effects are carried out is the world's business.

use crate::hosted::AnyTimer;
use crate::process::{Exit, Process, ProcessId};
use crate::turn::Turn;
use deploysim_protocol::address::{Address, Peer, Reference};
use deploysim_protocol::event::Event;
use deploysim_protocol::message::{Answer, Ask, Message};
use deploysim_protocol::thrown::{AskError, Thrown};
use deploysim_protocol::time::Time;
use std::fmt::Debug;
use std::hash::Hash;
use std::time::Duration;

/// One participant of the protocol: a value that turns inputs into effects.
pub trait Node: Clone + Eq + Hash + Debug {
    /// The one-way messages that this role handles.
    type Message: Debug;
    /// The questions that this role answers.
    type Ask: Debug;
    /// The answers that this role gets.
    type Answer: Debug + TryFrom<Answer>;
    /// The deadlines that this role keeps, by name.
    type Timer: Copy + Ord + Hash + Debug + Into<AnyTimer>;
    /// What an operator, a signal or the user's program can ask of this role.
    type Operation: Debug;

    /// Handles one input. Whatever `turn` collects is carried out before this node's next input.
    fn handle(&mut self, input: Input<Self>, turn: &mut Turn<'_, Self>);
}

/// Everything that can happen to a node.
#[derive(Debug)]
pub enum Input<N: Node> {
    /// The process began. The first input, once.
    Started,
    /// A one-way message came. References in it are bound to the connection on which it came.
    Received {
        /// Who sent it, bound to that connection; the node itself, unbound, for its own.
        from: Reference,
        /// What was said.
        message: N::Message,
    },
    /// A question came.
    Asked {
        /// Who asks.
        from: Reference,
        /// What the reply has to name.
        call: Call,
        /// What is asked.
        ask: N::Ask,
    },
    /// A question of this node's was answered, or will not be.
    Answered {
        /// Which one.
        call: Call,
        /// The answer.
        answer: Result<N::Answer, AskError>,
    },
    /// An address was looked up: there is such an endpoint, or it cannot be reached.
    Resolved {
        /// Which look-up.
        call: Call,
        /// The endpoint, unbound: sending to it uses this node's own connection.
        endpoint: Result<Reference, AskError>,
    },
    /// A connection ended. Spark: `RemoteProcessDisconnected`.
    Disconnected {
        /// Whose.
        peer: Peer,
    },
    /// An established connection had an I/O error. Spark: `RemoteProcessConnectionError`.
    ConnectionError {
        /// Whose.
        peer: Peer,
    },
    /// A deadline has come.
    Fired {
        /// Which one.
        timer: N::Timer,
        /// When it was due; earlier than now if the node was busy or paused.
        due: Time,
    },
    /// A child's process exists.
    ProcessStarted {
        /// Which one.
        process: ProcessId,
    },
    /// A child's process is gone, or could not be made.
    ProcessEnded {
        /// Which one.
        process: ProcessId,
        /// How.
        exit: Exit,
    },
    /// The election agent made this Master the leader. Spark: `ElectedLeader`.
    Elected,
    /// The election agent took leadership away. Spark: `RevokedLeadership`.
    Revoked,
    /// A signal, a web action, or the user's program.
    Operator(N::Operation),
}

/// Everything that a node can cause. One type for all roles, so that what a node pushes is what
/// its world carries out.
#[derive(Debug)]
pub enum Effect {
    /// Send a one-way message. It may be lost with its connection; nobody is told.
    Send {
        /// To whom.
        to: Reference,
        /// What.
        message: Message,
    },
    /// Ask a question; the answer is an [`Input::Answered`].
    Ask {
        /// Whom.
        to: Reference,
        /// The number that the answer will carry.
        call: Call,
        /// What.
        ask: Ask,
        /// How long to wait.
        timeout: Duration,
    },
    /// Look an address up, dialling if need be; the answer is an [`Input::Resolved`].
    Resolve {
        /// Where.
        at: Address,
        /// The number that the answer will carry.
        call: Call,
        /// How long to wait.
        timeout: Duration,
    },
    /// Answer a question, on the connection on which it came.
    Reply {
        /// The number that the question carried.
        call: Call,
        /// The answer, or what the handler threw.
        answer: Result<Answer, Thrown>,
    },
    /// Stop waiting: no answer to this call is wanted any more.
    Abandon {
        /// Which call.
        call: Call,
    },
    /// Wake this node at an instant, instead of whenever this timer was armed for before.
    Arm {
        /// Which deadline.
        timer: AnyTimer,
        /// When; an instant in the past fires at once.
        at: Time,
    },
    /// Do not wake this node for this deadline.
    Disarm {
        /// Which deadline.
        timer: AnyTimer,
    },
    /// Start a child process.
    Launch(Process),
    /// End a child process.
    Terminate {
        /// Which one.
        process: ProcessId,
        /// How.
        signal: Signal,
    },
    /// End this node's own process.
    Exit {
        /// Its exit code.
        code: i32,
    },
    /// Report a fact.
    Note(Event),
}

/// How a child process is ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Signal {
    /// Politely: the process may take its time, or hang. SIGTERM.
    Polite,
    /// At once. SIGKILL.
    Forced,
}

/// A question or look-up under way: this node's own, numbered by its [`Counters`], or another's
/// that this node has to reply to, numbered by the world.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Call(pub u64);

/// Counters of one process, from which [`Turn`] hands out numbers. They belong to the process
/// and not to the role, so the world keeps them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Counters {
    /// Calls made so far.
    pub calls: u64,
    /// Children launched so far.
    pub processes: u32,
}
