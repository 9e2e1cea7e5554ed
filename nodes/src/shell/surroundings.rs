//! What a shell has around it: the trait that a world implements, what the shell tells it, and
//! what it tells the shell.

use super::clock::Clock;
use super::transport::Transport;
use crate::hosted::{AnyNode, Happening};
use crate::node::Signal;
use crate::process::{Process, ProcessId};
use crate::report::{DialFailure, EndOfConnection, Fate, Unit};
use deploysim_protocol::address::{Address, Connection, Peer};
use deploysim_protocol::event::Event;
use deploysim_protocol::message::{Answer, Ask};
use deploysim_protocol::text::Text;
use deploysim_protocol::thrown::Thrown;
use deploysim_protocol::time::{Time, WallTime};
use deploysim_protocol::wire::Envelope;
use rand_chacha::ChaCha8Rng;
use std::io;
use std::time::Duration;
use tokio::sync::oneshot;

/// A world, as one of its processes sees it.
pub trait Surroundings: 'static {
    /// Where its connections come from.
    type Transport: Transport;

    /// Where this process's connections come from.
    fn transport(&self) -> Self::Transport;

    /// The run's clock.
    fn clock(&self) -> Clock;

    /// The process's own calendar clock at the instant `now`.
    fn wall(&self, now: Time) -> WallTime;

    /// The number by which this process will know a connection: never given twice in a run.
    fn number(&self, stream: &<Self::Transport as Transport>::Stream) -> Connection;

    /// The socket's address of a peer that does not listen, by the name that it gave.
    fn address_of(&self, peer: Text) -> Address;

    /// Something happened that a trace may want to have.
    fn report(&self, report: Report<'_>);

    /// Shows the node after it has handled an input and everything that it caused is under way.
    fn inspect(&self, node: &AnyNode);

    /// Something came to the end of a connection's stream. The world may keep it, and hand it on
    /// later by [`Command::Hand`].
    fn screen(&self, connection: Connection, parcel: Parcel) -> Screened;

    /// Starts a child.
    fn launch(&self, process: Process);

    /// Ends a child.
    fn terminate(&self, process: ProcessId, signal: Signal);

    /// The process ends itself. The shell handles nothing after this.
    fn exit(&self, code: i32);

    /// The process was ended during a call of its store, as that said. The shell handles nothing
    /// after this.
    fn crash(&self);
}

/// What can be seen of a process.
#[derive(Clone, Copy, Debug)]
pub enum Report<'a> {
    /// Its node is about to handle this.
    Handed {
        /// What.
        happening: &'a Happening,
    },
    /// Its node reports a fact.
    Note(Event),
    /// It sent something, also something that will be lost.
    Sent {
        /// To which address.
        to: Address,
        /// What.
        unit: Unit<'a>,
        /// What became of it at once.
        fate: Fate,
    },
    /// It received something, and handles it.
    Received {
        /// On which connection.
        connection: Connection,
        /// What.
        unit: Unit<'a>,
        /// How long it waited until the process could handle it.
        waited: Duration,
    },
    /// A connection is open.
    Opened {
        /// Its number.
        connection: Connection,
        /// The name that the peer gave.
        peer: Text,
    },
    /// Somebody dialled it and did not say who it is, or said what is no frame.
    Refused {
        /// From where, as far as the network knows.
        origin: &'a str,
        /// What was wrong.
        error: &'a io::Error,
    },
    /// It was told that a connection ended.
    Ended {
        /// Its number.
        connection: Connection,
        /// Whose end it was told of, last.
        peer: Peer,
        /// Why.
        cause: EndOfConnection,
    },
    /// It could not open a connection.
    DialFailed {
        /// To which address.
        to: Address,
        /// Why.
        cause: DialFailure,
    },
}

/// What comes out of a connection's stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Parcel {
    /// A frame.
    Envelope(Envelope),
    /// The end of the stream.
    End,
}

/// What is handed on of something that came.
#[derive(Debug)]
pub enum Screened {
    /// It, as it is.
    Same(Parcel),
    /// These, in this order.
    Others(Vec<Parcel>),
}

/// What comes of a question: the answer, or what the handler threw.
pub type Outcome = Result<Answer, Thrown>;

/// What a world tells a shell.
#[derive(Debug)]
pub enum Command {
    /// Something happened at the process itself.
    Happen(Happening),
    /// The process stands still: it handles nothing.
    Pause,
    /// The process goes on and works through what has queued up.
    Resume {
        /// How likely an overdue deadline is handled before a queued message, from 0 to 1.
        timers_first: f64,
        /// Decides each time.
        dice: Box<ChaCha8Rng>,
    },
    /// A connection ended, and the process is to be told.
    Break {
        /// Which one.
        connection: Connection,
        /// Why.
        cause: EndOfConnection,
    },
    /// Something that [`Surroundings::screen`] kept is handed on.
    Hand {
        /// The connection on which it came.
        connection: Connection,
        /// What came.
        parcel: Parcel,
    },
    /// The world itself asks the node.
    Ask {
        /// What.
        ask: Ask,
        /// Where the answer goes; dropped if the process ends before.
        reply: oneshot::Sender<Outcome>,
    },
}
