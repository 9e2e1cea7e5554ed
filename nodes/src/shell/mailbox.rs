//! What waits to be handled by the process: in the order of its coming, and of one instant in
//! the order of its class. Deadlines are in `deadlines.rs`.

use super::surroundings::Parcel;
use crate::hosted::Happening;
use deploysim_protocol::address::Connection;
use deploysim_protocol::time::Time;
use std::collections::BTreeMap;

/// Things that wait at most; more stay in the streams of their connections. A bound for memory,
/// far above what any healthy process has waiting.
const WAITING_MAX: usize = 65_536;

/// What comes first of one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    /// A connection ended, or a call failed with its connection.
    Connection,
    /// Something about the process itself or a child.
    Process,
    /// The election agent spoke.
    Election,
    /// A deadline.
    Timer,
    /// A message, a question or an answer.
    Message,
}

/// One thing that waits.
#[derive(Debug)]
pub(super) enum Waiting {
    /// Something that happened at the process itself.
    Happening(Happening),
    /// Something that came on a connection.
    Parcel {
        /// Which connection.
        connection: Connection,
        /// What.
        parcel: Parcel,
    },
    /// A connection's stream goes on with bytes that are no frame. It waits behind the frames
    /// that came before, which count.
    Garbled {
        /// Which connection.
        connection: Connection,
    },
}

impl Waiting {
    fn class(&self) -> Class {
        match self {
            Self::Parcel { .. } | Self::Garbled { .. } => Class::Message,
            Self::Happening(happening) => class(happening),
        }
    }
}

/// What waits.
#[derive(Debug, Default)]
pub(super) struct Mailbox {
    waiting: BTreeMap<(Time, Class, u64), Waiting>,
    next: u64,
}

impl Mailbox {
    /// Something came at `now`.
    pub(super) fn put(&mut self, now: Time, waiting: Waiting) {
        self.waiting
            .insert((now, waiting.class(), self.next), waiting);
        self.next += 1;
    }

    /// When the first thing came, and its class.
    pub(super) fn first(&self) -> Option<(Time, Class)> {
        let ((at, class, _), _) = self.waiting.first_key_value()?;
        Some((*at, *class))
    }

    /// Takes the first thing, with when it came.
    pub(super) fn take(&mut self) -> Option<(Time, Waiting)> {
        let ((came, ..), waiting) = self.waiting.pop_first()?;
        Some((came, waiting))
    }

    /// Whether more may come in from connections.
    pub(super) fn has_room(&self) -> bool {
        self.waiting.len() < WAITING_MAX
    }
}

const fn class(happening: &Happening) -> Class {
    match happening {
        Happening::Disconnected { .. } | Happening::ConnectionError { .. } => Class::Connection,
        Happening::Answered { answer, .. } => match answer {
            Ok(_) => Class::Message,
            Err(_) => Class::Connection,
        },
        Happening::Resolved { endpoint, .. } => match endpoint {
            Ok(_) => Class::Message,
            Err(_) => Class::Connection,
        },
        Happening::Started
        | Happening::ProcessStarted { .. }
        | Happening::ProcessEnded { .. }
        | Happening::Operator(_) => Class::Process,
        // The pages of a master's own process ask it beside its mailbox.
        Happening::Asked { .. } => Class::Process,
        Happening::Elected | Happening::Revoked => Class::Election,
        Happening::Fired { .. } => Class::Timer,
        Happening::Received { .. } => Class::Message,
    }
}
