//! What the election service reports, and what a Master's election agent does.

use super::{events, words};
use crate::address::Address;
use crate::id::SessionId;

words! {
    /// Why a session is over.
    SessionEnd {
        /// Nothing was heard of it for longer than the session time-out.
        Expired = "expired",
        /// Its owner closed it.
        Closed = "closed",
    }
}

events! {
    /// What the election service and the agents of Masters report.
    ElectionEvent {
        /// The service opened a session.
        SessionOpened {
            /// Its number.
            session: SessionId,
            /// Whose it is.
            owner: Address,
        },
        /// A session goes on on another connection.
        SessionResumed {
            /// Its number.
            session: SessionId,
        },
        /// A session is over, and its candidacy with it.
        SessionEnded {
            /// Its number.
            session: SessionId,
            /// Whose it was.
            owner: Address,
            /// Why.
            reason: SessionEnd,
        },
        /// The latch has another leader. Nobody leads while there is no candidate.
        LatchLed {
            /// Who is the lowest candidate now.
            owner: Address,
        },
        /// The agent has a session, on this connection.
        AgentConnected {
            /// Its number.
            session: SessionId,
        },
        /// The agent lost its connection to the service, or no answer came in time.
        AgentDisconnected,
        /// Word of the loss has reached the agent: it does not count on its session any more.
        AgentSuspended,
        /// The agent was told that its session has expired.
        AgentExpired,
        /// The agent told its Master that it leads, or leads no more.
        LeadershipChanged {
            /// Whether it leads.
            leads: bool,
        },
    }
}
