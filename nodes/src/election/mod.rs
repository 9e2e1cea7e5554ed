//! The election service, which says which Master leads: sessions that have to be kept alive, and
//! a latch whose lowest candidate is the leader. It stands for a ZooKeeper ensemble, of which
//! only this much is seen by Masters; what a Master's process does is in [`agent`].
//!
//! **Differs:** the ensemble is one process that keeps everything in memory, so its sessions are
//! gone when it starts again; ZooKeeper writes them down and goes on with them. ZooKeeper also
//! rounds expiry up to whole ticks of its own.

pub mod agent;
#[cfg(test)]
mod tests;

use crate::node::{Input, Node};
use crate::turn::Turn;
use deploysim_protocol::address::Reference;
use deploysim_protocol::event::{ElectionEvent, SessionEnd};
use deploysim_protocol::id::{CandidacyId, SessionId};
use deploysim_protocol::message::to_election::LatchResponse;
use deploysim_protocol::message::{Answer, AskElection, ToElection, ToMaster};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::time::Duration;

/// How many numbers of sessions there are for each millisecond at which a service may start.
const SESSIONS_PER_START: u64 = 1 << 32;

/// What an election service is started with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ElectionSettings {
    /// How long a session lives after it was heard of last.
    pub session_timeout: Duration,
}

/// The deadlines of an election service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ElectionTimer {
    /// When to end a session that was not heard of, by its number within this process.
    ExpireSession(u32),
}

/// One session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Session {
    /// Where its owner is told of changes: the connection on which it spoke last.
    owner: Reference,
    candidacy: Option<CandidacyId>,
}

/// Says which Master leads.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ElectionService {
    settings: ElectionSettings,
    /// What the numbers of this process's sessions are added to: another one for each start.
    base: u64,
    sessions: BTreeMap<u32, Session>,
    /// Sessions opened so far.
    opened: u32,
    /// Candidacies so far.
    candidacies: u64,
    /// The lowest candidacy when the latch changed last.
    leader: Option<CandidacyId>,
}

impl ElectionService {
    /// A service that was not started yet.
    pub const fn new(settings: ElectionSettings) -> Self {
        Self {
            settings,
            base: 0,
            sessions: BTreeMap::new(),
            opened: 0,
            candidacies: 0,
            leader: None,
        }
    }

    fn answer(&mut self, from: Reference, ask: AskElection, turn: &mut Turn<'_, Self>) -> Answer {
        match ask {
            AskElection::OpenSession { session: None } => {
                Answer::Session(Some(self.open(from, turn)))
            }
            AskElection::OpenSession {
                session: Some(session),
            } => Answer::Session(self.resume(session, from, turn)),
            AskElection::PingSession { session } => {
                Answer::Flag(self.hear(session, from, turn).is_some())
            }
            AskElection::EnterLatch { session } => {
                if let Some(number) = self.hear(session, from, turn) {
                    self.enter(number, turn);
                }
                self.latch(session)
            }
            AskElection::ReadLatch { session } => {
                self.hear(session, from, turn);
                self.latch(session)
            }
        }
    }

    fn open(&mut self, owner: Reference, turn: &mut Turn<'_, Self>) -> SessionId {
        self.opened += 1;
        let (number, candidacy) = (self.opened, None);
        self.sessions.insert(number, Session { owner, candidacy });
        let session = self.id(number);
        turn.note(ElectionEvent::SessionOpened {
            session,
            owner: owner.address,
        });
        self.await_silence(number, turn);
        session
    }

    fn resume(
        &mut self,
        session: SessionId,
        owner: Reference,
        turn: &mut Turn<'_, Self>,
    ) -> Option<SessionId> {
        self.hear(session, owner, turn)?;
        turn.note(ElectionEvent::SessionResumed { session });
        Some(session)
    }

    /// A session was heard of: its number, if it lives.
    fn hear(
        &mut self,
        session: SessionId,
        owner: Reference,
        turn: &mut Turn<'_, Self>,
    ) -> Option<u32> {
        let number = self.number(session)?;
        self.sessions.get_mut(&number)?.owner = owner;
        self.await_silence(number, turn);
        Some(number)
    }

    fn await_silence(&self, number: u32, turn: &mut Turn<'_, Self>) {
        let timer = ElectionTimer::ExpireSession(number);
        turn.arm_after(timer, self.settings.session_timeout);
    }

    /// The session becomes a candidate, after all that are. A second time changes nothing.
    fn enter(&mut self, number: u32, turn: &mut Turn<'_, Self>) {
        let next = CandidacyId(self.candidacies);
        if let Some(session) = self.sessions.get_mut(&number)
            && session.candidacy.is_none()
        {
            session.candidacy = Some(next);
            self.candidacies += 1;
            self.see_leader(turn);
        }
    }

    fn latch(&self, session: SessionId) -> Answer {
        let own = self.number(session);
        let own = own.and_then(|number| self.sessions.get(&number)?.candidacy);
        let leader = self.leader;
        Answer::Latch(LatchResponse { own, leader })
    }

    /// Ends a session, if it lives. The candidate after it watches it, and is told; nobody else
    /// is, as in Curator, whose candidates watch the one before.
    fn end(&mut self, number: u32, reason: SessionEnd, turn: &mut Turn<'_, Self>) {
        let Some(ended) = self.sessions.remove(&number) else {
            return;
        };
        turn.disarm(ElectionTimer::ExpireSession(number));
        turn.note(ElectionEvent::SessionEnded {
            session: self.id(number),
            owner: ended.owner.address,
            reason,
        });
        self.see_leader(turn);
        let later = |session: &&Session| session.candidacy > ended.candidacy;
        let next = self.sessions.values().filter(later);
        if ended.candidacy.is_some()
            && let Some(next) = next.min_by_key(|session| session.candidacy)
        {
            turn.send(next.owner, ToMaster::LatchChanged);
        }
    }

    fn see_leader(&mut self, turn: &mut Turn<'_, Self>) {
        let candidates = self.sessions.values();
        let candidates =
            candidates.filter_map(|session| Some((session.candidacy?, session.owner.address)));
        let first = candidates.min_by_key(|(candidacy, _)| *candidacy);
        let leader = first.map(|(candidacy, _)| candidacy);
        if leader == self.leader {
            return;
        }
        self.leader = leader;
        if let Some((_, owner)) = first {
            turn.note(ElectionEvent::LatchLed { owner });
        }
    }

    const fn id(&self, number: u32) -> SessionId {
        SessionId(self.base + number as u64)
    }

    /// The number of a session of this process that lives.
    fn number(&self, session: SessionId) -> Option<u32> {
        let number = session.0.checked_sub(self.base)?;
        let number = u32::try_from(number).ok()?;
        self.sessions.contains_key(&number).then_some(number)
    }
}

impl Node for ElectionService {
    type Message = ToElection;
    type Ask = AskElection;
    type Answer = Answer;
    type Timer = ElectionTimer;
    type Operation = Infallible;

    fn handle(&mut self, input: Input<Self>, turn: &mut Turn<'_, Self>) {
        match input {
            Input::Started => {
                let start_ms = turn.uptime().as_nanos() / 1_000_000;
                self.base = start_ms * SESSIONS_PER_START;
            }
            Input::Received {
                message: ToElection::CloseSession { session },
                ..
            } => {
                if let Some(number) = self.number(session) {
                    self.end(number, SessionEnd::Closed, turn);
                }
            }
            Input::Asked { from, call, ask } => {
                let answer = self.answer(from, ask, turn);
                turn.reply(call, Ok(answer));
            }
            Input::Fired {
                timer: ElectionTimer::ExpireSession(number),
                ..
            } => self.end(number, SessionEnd::Expired, turn),
            Input::Operator(operation) => match operation {},
            // A session outlives its connection. The service asks nothing, has no children and
            // is not elected itself.
            Input::Disconnected { .. }
            | Input::ConnectionError { .. }
            | Input::Answered { .. }
            | Input::Resolved { .. }
            | Input::ProcessStarted { .. }
            | Input::ProcessEnded { .. }
            | Input::Elected
            | Input::Revoked => {}
        }
    }
}
