//! What the election service receives, and what it answers with. These messages are this
//! project's own: in Spark a Master's agent speaks ZooKeeper's protocol, of which only what a
//! leader latch needs is modelled here.

use crate::id::{CandidacyId, SessionId};
use serde::{Deserialize, Serialize};

/// One-way messages to the election service.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ToElection {
    /// The session is over, and its candidacy with it. ZooKeeper: `closeSession`. A Master's
    /// process that merely ends does not send it: its session expires.
    CloseSession {
        /// Which session.
        session: SessionId,
    },
}

/// Questions to the election service. Each of a session that lives keeps it alive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AskElection {
    /// Open a session, or go on with one on this connection; answer: the session, none if the
    /// one that was named has expired. Master → election service. ZooKeeper: `ConnectRequest`.
    OpenSession {
        /// The session to go on with; a new one if there is none.
        session: Option<SessionId>,
    },
    /// The session goes on; answer: whether it lives. Master → election service. ZooKeeper: `ping`.
    PingSession {
        /// Which session.
        session: SessionId,
    },
    /// Become a candidate, once in a session; answer: the latch. Master → election service.
    /// ZooKeeper: `create` of an ephemeral sequential node, then `getChildren`.
    EnterLatch {
        /// Which session.
        session: SessionId,
    },
    /// Who leads? Answer: the latch. Master → election service. ZooKeeper: `getChildren`.
    ReadLatch {
        /// Which session.
        session: SessionId,
    },
}

/// Answer to `EnterLatch` and `ReadLatch`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct LatchResponse {
    /// The candidacy of the session that asks; none if it has none or has expired.
    pub own: Option<CandidacyId>,
    /// The lowest candidacy, which leads.
    pub leader: Option<CandidacyId>,
}

impl LatchResponse {
    /// Whether the session that asks leads. Curator: `LeaderLatch.checkLeadership`.
    pub fn leads(self) -> bool {
        self.own.is_some() && self.own == self.leader
    }
}

impl ToElection {
    /// The name of this kind of message.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::CloseSession { .. } => "CloseSession",
        }
    }
}

impl AskElection {
    /// The name of this kind of question.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::OpenSession { .. } => "OpenSession",
            Self::PingSession { .. } => "PingSession",
            Self::EnterLatch { .. } => "EnterLatch",
            Self::ReadLatch { .. } => "ReadLatch",
        }
    }
}
