//! The bytes of the protocol: what crosses a connection, and how it is written and read.
//!
//! A connection carries frames. A frame is a length (4 bytes, big-endian, counting what follows)
//! and a body; a body is one byte that names the kind of [`Envelope`] and then its fields in
//! [postcard](https://postcard.jamesmunns.com/wire-format) form. How bytes travel, who dials and
//! what happens when a connection ends is the business of whoever owns the connection.
//!
//! ```
//! use deploysim_protocol::message::{Message, ToWorker};
//! use deploysim_protocol::wire::{Envelope, FrameReader, Limit, encode};
//!
//! let sent = Envelope::OneWay(Message::ToWorker(ToWorker::MasterInStandby));
//! let mut reader = FrameReader::new(Limit::DEFAULT);
//! reader.push(&encode(&sent, Limit::DEFAULT)?);
//! assert_eq!(reader.next_envelope()?, Some(sent));
//! # Ok::<(), deploysim_protocol::wire::Error>(())
//! ```

mod codec;
mod error;
mod frame;
#[cfg(test)]
mod tests;

pub use codec::{
    answer_len, ask_len, decode, decode_record, encode, encode_into, encode_record, encoded_len,
    one_way_len,
};
pub use error::{Error, FieldError};
pub use frame::{FrameReader, HEADER_BYTES, Limit};

use crate::address::{Address, Connection};
use crate::message::{Answer, Ask, Message};
use crate::text::Text;
use crate::thrown::Thrown;

/// Everything that crosses a connection. A call number is the asker's own; it comes back with
/// the answer, on the same connection.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Envelope {
    /// Who speaks. The first frame in each direction, from the dialler and from the acceptor.
    /// Spark announces the sender's listening address inside each request (`RequestMessage`).
    ///
    /// **Differs:** it is sent once per direction, because several nodes may share one socket
    /// address and the acceptor has to know which of them dialled.
    Hello {
        /// The speaking node's name.
        name: Text,
        /// Where it listens, if it does.
        listening: Option<Address>,
    },
    /// A one-way message. Spark: `OneWayMessage`.
    OneWay(Message),
    /// A question. Spark: `RpcRequest`.
    Ask {
        /// The asker's number for it.
        call: u64,
        /// What is asked.
        ask: Ask,
    },
    /// What came of a question. Spark: `RpcResponse`, or `RpcFailure` if the handler threw.
    Answer {
        /// The asker's number for the question.
        call: u64,
        /// The answer, or what the handler threw.
        outcome: Result<Answer, Thrown>,
    },
    /// Is there an endpoint of this name? Answered by the process, not through a mailbox.
    /// Spark: `RpcEndpointVerifier.CheckExistence`.
    Resolve {
        /// The asker's number for it.
        call: u64,
        /// The endpoint's name, for instance `Master`.
        endpoint: Text,
    },
    /// The reply to [`Envelope::Resolve`].
    Resolved {
        /// The asker's number for the question.
        call: u64,
        /// Whether there is such an endpoint.
        found: bool,
    },
}

impl Envelope {
    /// The name of this kind of envelope.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Hello { .. } => "Hello",
            Self::OneWay(_) => "OneWay",
            Self::Ask { .. } => "Ask",
            Self::Answer { .. } => "Answer",
            Self::Resolve { .. } => "Resolve",
            Self::Resolved { .. } => "Resolved",
        }
    }

    /// Binds the references inside to the connection on which this envelope came. Whoever reads
    /// a connection does this before a node sees the contents.
    pub fn bind(&mut self, connection: Connection) {
        match self {
            Self::OneWay(message) => message.bind(connection),
            Self::Ask { ask, .. } => ask.bind(connection),
            Self::Answer { outcome, .. } => {
                if let Ok(answer) = outcome {
                    answer.bind(connection);
                }
            }
            Self::Hello { .. } | Self::Resolve { .. } | Self::Resolved { .. } => {}
        }
    }
}
