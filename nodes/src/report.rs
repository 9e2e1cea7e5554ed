//! What can be seen of a process from outside: what it sends and receives, and what becomes of
//! its connections. Worlds record these; what a node says of itself is an `Event`.

use deploysim_protocol::message::{Answer, Ask, Message};
use deploysim_protocol::thrown::Thrown;
use deploysim_protocol::wire::Envelope;

/// What crosses a connection.
#[derive(Clone, Copy, Debug)]
pub enum Unit<'a> {
    /// A one-way message.
    Message(&'a Message),
    /// A question.
    Ask(&'a Ask),
    /// An answer.
    Answer(&'a Result<Answer, Thrown>),
    /// "Is there such an endpoint?"
    Resolve,
    /// The answer to that.
    Resolved,
}

impl<'a> Unit<'a> {
    /// What an envelope carries; `None` for the greeting.
    pub const fn of(envelope: &'a Envelope) -> Option<Self> {
        match envelope {
            Envelope::Hello { .. } => None,
            Envelope::OneWay(message) => Some(Self::Message(message)),
            Envelope::Ask { ask, .. } => Some(Self::Ask(ask)),
            Envelope::Answer { outcome, .. } => Some(Self::Answer(outcome)),
            Envelope::Resolve { .. } => Some(Self::Resolve),
            Envelope::Resolved { .. } => Some(Self::Resolved),
        }
    }
}

impl Unit<'_> {
    /// The kind, as in Spark where it has a name.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Message(message) => message.kind(),
            Self::Ask(ask) => ask.kind(),
            Self::Answer(Ok(answer)) => answer.kind(),
            Self::Answer(Err(_)) => "Failure",
            Self::Resolve => "Resolve",
            Self::Resolved => "Resolved",
        }
    }

    /// Which way of talking it is.
    pub const fn way(&self) -> &'static str {
        match self {
            Self::Message(_) => "message",
            Self::Ask(_) => "ask",
            Self::Answer(_) => "answer",
            Self::Resolve => "resolve",
            Self::Resolved => "resolved",
        }
    }
}

/// What became of something that was sent, as far as its sender's side knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fate {
    /// It left, or waits in the stream of its connection.
    Carried,
    /// It waits until the connection is open.
    WaitsForConnection,
    /// The node posted it to itself.
    Local,
    /// Its connection is gone: lost.
    Lost,
}

/// Why a connection ended, as far as the node that is told knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EndOfConnection {
    /// The end of the peer's stream.
    Closed,
    /// A reset.
    Reset,
    /// Its own bytes were not acknowledged for as long as TCP waits.
    UserTimeout,
    /// A question on it was not answered, and nothing moved on it, for `spark.network.timeout`.
    Idle,
    /// It sent bytes that are no frame of the protocol, or not where they belong.
    BadFrame,
    /// It did not read, and what waited for it had become too much.
    Overflow,
}

/// Why a connection could not be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DialFailure {
    /// Nobody listens there.
    Refused,
    /// No answer.
    TimedOut,
}

macro_rules! words {
    ($($name:ident { $($variant:ident = $word:literal,)* })*) => {
        $(impl $name {
            /// The word, as traces print it.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        })*
    };
}
words! {
    Fate {
        Carried = "carried",
        WaitsForConnection = "waits-for-connection",
        Local = "local",
        Lost = "lost",
    }
    EndOfConnection {
        Closed = "closed",
        Reset = "reset",
        UserTimeout = "user time-out",
        Idle = "idle",
        BadFrame = "bad frame",
        Overflow = "overflow",
    }
    DialFailure {
        Refused = "refused",
        TimedOut = "timed out",
    }
}
