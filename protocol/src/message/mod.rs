//! The messages: one file per direction, so that each role matches exhaustively what it can
//! receive. [`Message`], [`Ask`] and [`Answer`] are their unions, which travel.

pub mod to_client;
pub mod to_driver;
pub mod to_election;
pub mod to_executor;
pub mod to_master;
pub mod to_worker;

pub use to_client::Answer;
pub use to_driver::{AskDriver, ToDriver};
pub use to_election::{AskElection, ToElection};
pub use to_executor::ToExecutor;
pub use to_master::{AskMaster, ToMaster};
pub use to_worker::{AskWorker, ToWorker};

use crate::address::Connection;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A one-way message, by the role that handles it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Message {
    /// For a Master.
    ToMaster(ToMaster),
    /// For a Worker.
    ToWorker(ToWorker),
    /// For a Driver.
    ToDriver(ToDriver),
    /// For an executor.
    ToExecutor(ToExecutor),
    /// For the election service.
    ToElection(ToElection),
}

/// A question, by the role that answers it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Ask {
    /// For a Master.
    AskMaster(AskMaster),
    /// For a Worker.
    AskWorker(AskWorker),
    /// For a Driver.
    AskDriver(AskDriver),
    /// For the election service.
    AskElection(AskElection),
}

macro_rules! unions {
    ($($union:ident :: $variant:ident),* $(,)?) => {
        $(impl From<$variant> for $union {
            fn from(message: $variant) -> Self {
                Self::$variant(message)
            }
        })*
    };
}
unions!(
    Message::ToMaster,
    Message::ToWorker,
    Message::ToDriver,
    Message::ToExecutor,
    Message::ToElection,
    Ask::AskMaster,
    Ask::AskWorker,
    Ask::AskDriver,
    Ask::AskElection,
);

impl Message {
    /// The name of this kind of message, as in Spark.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::ToMaster(message) => message.kind(),
            Self::ToWorker(message) => message.kind(),
            Self::ToDriver(message) => message.kind(),
            Self::ToExecutor(message) => message.kind(),
            Self::ToElection(message) => message.kind(),
        }
    }

    /// Binds the references in this message to the connection on which it came. Whoever
    /// receives bytes or values from a connection does this before a node sees them.
    pub fn bind(&mut self, connection: Connection) {
        match self {
            Self::ToMaster(message) => message.bind(connection),
            Self::ToWorker(message) => message.bind(connection),
            Self::ToDriver(message) => message.bind(connection),
            Self::ToExecutor(_) | Self::ToElection(_) => {}
        }
    }
}

impl Ask {
    /// The name of this kind of question, as in Spark.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::AskMaster(ask) => ask.kind(),
            Self::AskWorker(ask) => ask.kind(),
            Self::AskDriver(ask) => ask.kind(),
            Self::AskElection(ask) => ask.kind(),
        }
    }

    /// Binds the references in this question to the connection on which it came.
    pub fn bind(&mut self, connection: Connection) {
        match self {
            Self::AskDriver(ask) => ask.bind(connection),
            Self::AskMaster(_) | Self::AskWorker(_) | Self::AskElection(_) => {}
        }
    }
}

/// An answer of a kind that the asker did not expect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnexpectedAnswer {
    /// The kind that came.
    pub kind: &'static str,
}

impl fmt::Display for UnexpectedAnswer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "unexpected answer of kind {}", self.kind)
    }
}

impl std::error::Error for UnexpectedAnswer {}

/// The yes or no that Workers, Drivers and executors ask for.
impl TryFrom<Answer> for bool {
    type Error = UnexpectedAnswer;
    fn try_from(answer: Answer) -> Result<Self, UnexpectedAnswer> {
        match answer {
            Answer::Flag(flag) => Ok(flag),
            Answer::Count(_)
            | Answer::SubmitDriver(_)
            | Answer::KillDriver(_)
            | Answer::KillAllDrivers(_)
            | Answer::DriverStatus(_)
            | Answer::BoundPorts(_)
            | Answer::MasterState(_)
            | Answer::WorkerState(_)
            | Answer::Session(_)
            | Answer::Latch(_) => Err(UnexpectedAnswer {
                kind: answer.kind(),
            }),
        }
    }
}
