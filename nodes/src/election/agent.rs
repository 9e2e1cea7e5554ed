//! The election agent of a Master whose leader is elected: it keeps a session with the election
//! service, has its place in the latch, and tells its Master when it leads and when no more.
//! Spark: `ZooKeeperLeaderElectionAgent` over Curator's `LeaderLatch`.
//!
//! **Differs:** in Spark the agent lives on threads of Curator and ZooKeeper beside the Master's
//! mailbox; here it is part of the Master's node, and what the service says comes through the
//! same mailbox. Its notifications are messages of the Master to itself, as in Spark: what is in
//! the mailbox already is handled first, with the old powers (KB-22).

#[cfg(test)]
mod tests;

use crate::master::{Master, MasterTimer};
use crate::node::Call;
use crate::turn::Turn;
use deploysim_protocol::address::{Address, Peer, Reference};
use deploysim_protocol::event::ElectionEvent;
use deploysim_protocol::id::SessionId;
use deploysim_protocol::message::{Answer, AskElection, ToMaster};
use deploysim_protocol::thrown::AskError;
use deploysim_protocol::time::Time;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

/// How long the first pause between two attempts to connect is; each further one is twice as
/// long. Spark: `SparkCuratorUtil.RETRY_WAIT_MILLIS`.
const FIRST_PAUSE: Duration = Duration::from_secs(5);

/// After how many attempts the pause grows no more. Spark: `MAX_RECONNECT_ATTEMPTS`.
const GROWING_ATTEMPTS: u32 = 3;

/// How many pings a session time-out has room for: the connection is asked for a sign of life
/// before the session is in danger. ZooKeeper: `readTimeout / 2`, of which three fit.
const PINGS_PER_SESSION: u32 = 3;

/// What one agent is started with.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AgentSettings {
    /// Where the service listens.
    pub service: Address,
    /// How long a session lives after it was heard of last.
    pub session_timeout: Duration,
    /// How long to wait for an answer.
    pub connection_timeout: Duration,
    /// From the loss of the connection until word of it reaches the agent.
    pub suspend: Delays,
    /// From a change of the latch until the agent is called back.
    pub callback: Delays,
}

impl AgentSettings {
    /// An answer that comes later than this counts as none: the connection time-out, or earlier
    /// where the session would be in danger. ZooKeeper: `readTimeout`.
    fn patience(&self) -> Duration {
        self.connection_timeout.min(self.session_timeout * 2 / 3)
    }
}

/// Lengths of time, drawn beforehand: the first is used first, and after the last the first
/// again.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Delays(Arc<[Duration]>);

impl Delays {
    /// These lengths, in this order. None at all means no delay.
    pub fn new(drawn: impl IntoIterator<Item = Duration>) -> Self {
        Self(drawn.into_iter().collect())
    }

    fn at(&self, index: usize) -> Duration {
        let at = index.checked_rem(self.0.len());
        at.and_then(|at| self.0.get(at))
            .copied()
            .unwrap_or_default()
    }
}

/// The deadlines of an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AgentTimer {
    /// When to tell the service that the session goes on. Not at a fixed rate: after a pause one
    /// ping is enough.
    PingSession,
    /// When word of the loss of the connection arrives. Curator: `ConnectionState.SUSPENDED`.
    Suspend,
    /// When to try again to connect.
    Reconnect,
    /// When the agent is called back after the latch has changed. Curator: `LeaderLatchListener`.
    CallBack,
}

/// How the agent stands with the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Link {
    /// There is no connection: word of its loss is on its way, or the next attempt.
    Down,
    /// The service is looked up.
    Resolving(Call),
    /// A session is asked for, or the old one.
    Opening(Call, Reference),
    /// There is a session on the connection to this reference.
    Up(Reference),
}

/// A question under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Asked {
    call: Call,
    at: Time,
}

/// What the Master believes of itself. Spark: `LeadershipStatus`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Status {
    Leader,
    NotLeader,
}

impl Status {
    const fn of(leads: bool) -> Self {
        if leads { Self::Leader } else { Self::NotLeader }
    }
}

/// The election agent of one Master's process.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ElectionAgent {
    settings: Arc<AgentSettings>,
    link: Link,
    session: Option<SessionId>,
    /// The session in which it became a candidate.
    candidate_in: Option<SessionId>,
    /// When the last question that was answered in the session was asked.
    heard: Time,
    ping: Option<Asked>,
    reading: Option<Asked>,
    /// Whether the latch changed while it was being read.
    reads_again: bool,
    /// Attempts to connect that failed in a row.
    failures: u32,
    /// What the latch says. Curator: `LeaderLatch.hasLeadership`.
    latch: Status,
    /// What the Master was told last. Spark: `ZooKeeperLeaderElectionAgent.status`.
    told: Status,
    /// When call-backs are due, in order.
    callbacks: VecDeque<Time>,
    /// Losses of the connection so far.
    losses: usize,
    /// Changes of the latch so far.
    changes: usize,
}

impl ElectionAgent {
    /// An agent that was not started yet.
    pub fn new(settings: Arc<AgentSettings>) -> Self {
        Self {
            settings,
            link: Link::Down,
            session: None,
            candidate_in: None,
            heard: Time::ZERO,
            ping: None,
            reading: None,
            reads_again: false,
            failures: 0,
            latch: Status::NotLeader,
            told: Status::NotLeader,
            callbacks: VecDeque::new(),
            losses: 0,
            changes: 0,
        }
    }

    /// Dials the service. Spark: `ZooKeeperLeaderElectionAgent.start`.
    pub fn start(&mut self, turn: &mut Turn<'_, Master>) {
        let patience = self.settings.patience();
        self.link = Link::Resolving(turn.resolve(self.settings.service, patience));
    }

    /// A deadline has come.
    pub fn handle_fired(&mut self, timer: AgentTimer, turn: &mut Turn<'_, Master>) {
        match timer {
            AgentTimer::PingSession => self.ping(turn),
            AgentTimer::Suspend => {
                turn.note(ElectionEvent::AgentSuspended);
                self.see_latch(Status::NotLeader, turn);
                self.start(turn);
            }
            AgentTimer::Reconnect => self.start(turn),
            AgentTimer::CallBack => self.call_back(turn),
        }
    }

    /// The service was found, or cannot be reached.
    pub fn handle_resolved(
        &mut self,
        call: Call,
        endpoint: Result<Reference, AskError>,
        turn: &mut Turn<'_, Master>,
    ) {
        if self.link != Link::Resolving(call) {
            return;
        }
        match endpoint {
            Ok(service) => self.open(service, turn),
            Err(_) => self.try_later(turn),
        }
    }

    /// A question was answered, or will not be.
    pub fn handle_answered(
        &mut self,
        call: Call,
        answer: Result<Answer, AskError>,
        turn: &mut Turn<'_, Master>,
    ) {
        match self.link {
            Link::Opening(own, service) if own == call => self.opened(answer, service, turn),
            Link::Up(service) => {
                if let Some(asked) = self.ping.take_if(|asked| asked.call == call) {
                    self.pinged(asked, answer, service, turn);
                } else if let Some(asked) = self.reading.take_if(|asked| asked.call == call) {
                    self.latch_read(asked, answer, service, turn);
                }
            }
            Link::Opening(..) | Link::Down | Link::Resolving(_) => {}
        }
    }

    /// Whether the end of a connection is the agent's business, and what comes of it then.
    pub fn handle_disconnected(&mut self, peer: Peer, turn: &mut Turn<'_, Master>) -> bool {
        let is_service = peer == Peer::Listening(self.settings.service);
        // While it connects, the look-up or question under way fails, too.
        if is_service && matches!(self.link, Link::Up(_)) {
            self.lose_connection(turn);
        }
        is_service
    }

    /// Somebody left the latch. Curator: the watcher of the candidate before this one.
    pub fn handle_latch_changed(&mut self, turn: &mut Turn<'_, Master>) {
        let Link::Up(service) = self.link else {
            // It is read when there is a connection again.
            return;
        };
        if self.reading.is_some() {
            self.reads_again = true;
        } else {
            self.read_latch(service, turn);
        }
    }

    fn open(&mut self, service: Reference, turn: &mut Turn<'_, Master>) {
        let ask = AskElection::OpenSession {
            session: self.session,
        };
        let asked = self.ask(service, ask, turn);
        self.heard = asked.at;
        self.link = Link::Opening(asked.call, service);
    }

    fn opened(
        &mut self,
        answer: Result<Answer, AskError>,
        service: Reference,
        turn: &mut Turn<'_, Master>,
    ) {
        if let Ok(Answer::Session(Some(session))) = answer {
            turn.note(ElectionEvent::AgentConnected { session });
            self.session = Some(session);
            self.link = Link::Up(service);
            self.failures = 0;
            self.await_ping(turn);
            self.read_latch(service, turn);
        } else if let Ok(Answer::Session(None)) = answer {
            self.expire(service, turn);
        } else {
            self.try_later(turn);
        }
    }

    /// The session is over: a new one is asked for, and with it a place at the end of the latch.
    /// Curator: `ConnectionState.LOST`, then `LeaderLatch.reset`.
    fn expire(&mut self, service: Reference, turn: &mut Turn<'_, Master>) {
        turn.note(ElectionEvent::AgentExpired);
        self.session = None;
        self.abandon_questions(turn);
        self.see_latch(Status::NotLeader, turn);
        self.open(service, turn);
    }

    fn await_ping(&self, turn: &mut Turn<'_, Master>) {
        let interval = self.settings.session_timeout / PINGS_PER_SESSION;
        turn.arm_after(MasterTimer::Election(AgentTimer::PingSession), interval);
    }

    fn ping(&mut self, turn: &mut Turn<'_, Master>) {
        if let (Link::Up(service), Some(session)) = (self.link, self.session) {
            self.await_ping(turn);
            if self.ping.is_none() {
                let ask = AskElection::PingSession { session };
                self.ping = Some(self.ask(service, ask, turn));
            }
        }
    }

    fn pinged(
        &mut self,
        asked: Asked,
        answer: Result<Answer, AskError>,
        service: Reference,
        turn: &mut Turn<'_, Master>,
    ) {
        match answer {
            Ok(Answer::Flag(true)) => self.heard = asked.at,
            Ok(_) => self.expire(service, turn),
            Err(_) => self.lose_connection(turn),
        }
    }

    /// Asks who leads; as the first thing in a session it becomes a candidate.
    /// Curator: `LeaderLatch.getChildren`, `reset`.
    fn read_latch(&mut self, service: Reference, turn: &mut Turn<'_, Master>) {
        let Some(session) = self.session else {
            return;
        };
        self.reads_again = false;
        let ask = if self.candidate_in == Some(session) {
            AskElection::ReadLatch { session }
        } else {
            AskElection::EnterLatch { session }
        };
        self.reading = Some(self.ask(service, ask, turn));
    }

    fn latch_read(
        &mut self,
        asked: Asked,
        answer: Result<Answer, AskError>,
        service: Reference,
        turn: &mut Turn<'_, Master>,
    ) {
        if let Ok(Answer::Latch(latch)) = answer
            && latch.own.is_some()
        {
            self.heard = self.heard.max(asked.at);
            self.candidate_in = self.session;
            self.see_latch(Status::of(latch.leads()), turn);
            if self.reads_again {
                self.read_latch(service, turn);
            }
        } else if answer.is_ok() {
            self.expire(service, turn);
        } else {
            self.lose_connection(turn);
        }
    }

    /// The connection is gone, or silent. Word of it takes a while, but never longer than the
    /// session may still live: from then on the agent knows that nobody counts on it.
    fn lose_connection(&mut self, turn: &mut Turn<'_, Master>) {
        turn.note(ElectionEvent::AgentDisconnected);
        self.link = Link::Down;
        self.abandon_questions(turn);
        let delay = self.settings.suspend.at(self.losses);
        self.losses += 1;
        let latest = self.heard + self.settings.session_timeout;
        let at = (turn.uptime() + delay).min(latest.max(turn.uptime()));
        turn.arm(MasterTimer::Election(AgentTimer::Suspend), at);
    }

    fn abandon_questions(&mut self, turn: &mut Turn<'_, Master>) {
        turn.disarm(MasterTimer::Election(AgentTimer::PingSession));
        for asked in [self.ping.take(), self.reading.take()]
            .into_iter()
            .flatten()
        {
            turn.abandon(asked.call);
        }
    }

    /// **Differs:** ZooKeeper's client tries for ever, at random among its servers; here the
    /// pauses are those with which Spark has Curator repeat what fails, and the last one comes
    /// again and again. It also closes a silent connection and dials anew, where here what was
    /// sent on it still comes first.
    fn try_later(&mut self, turn: &mut Turn<'_, Master>) {
        self.link = Link::Down;
        let pause = FIRST_PAUSE * 2_u32.pow(self.failures.min(GROWING_ATTEMPTS - 1));
        self.failures = self.failures.saturating_add(1);
        turn.arm_after(MasterTimer::Election(AgentTimer::Reconnect), pause);
    }

    /// The latch says who leads. If that is new, the agent is called back.
    /// Curator: `LeaderLatch.setLeadership`.
    fn see_latch(&mut self, latch: Status, turn: &mut Turn<'_, Master>) {
        if latch == self.latch {
            return;
        }
        self.latch = latch;
        let delay = self.settings.callback.at(self.changes);
        self.changes += 1;
        // One thread calls back, so a later change does not overtake an earlier one.
        let due = turn.uptime() + delay;
        let due = self.callbacks.back().map_or(due, |last| due.max(*last));
        self.callbacks.push_back(due);
        if self.callbacks.len() == 1 {
            self.await_callback(turn);
        }
    }

    fn await_callback(&mut self, turn: &mut Turn<'_, Master>) {
        match self.callbacks.front() {
            Some(due) if *due <= turn.uptime() => self.call_back(turn),
            Some(due) => turn.arm(MasterTimer::Election(AgentTimer::CallBack), *due),
            None => {}
        }
    }

    /// Looks at the latch again, which may have changed since, and tells the Master only what is
    /// new to it. Spark: `ZooKeeperLeaderElectionAgent.isLeader`, `notLeader`,
    /// `updateLeadershipStatus`.
    fn call_back(&mut self, turn: &mut Turn<'_, Master>) {
        self.callbacks.pop_front();
        if self.told != self.latch {
            self.told = self.latch;
            let leads = self.told == Status::Leader;
            turn.note(ElectionEvent::LeadershipChanged { leads });
            turn.send_self(match self.told {
                Status::Leader => ToMaster::ElectedLeader,
                Status::NotLeader => ToMaster::RevokedLeadership,
            });
        }
        self.await_callback(turn);
    }

    fn ask(&self, service: Reference, ask: AskElection, turn: &mut Turn<'_, Master>) -> Asked {
        let call = turn.ask(service, ask, self.settings.patience());
        let at = turn.uptime();
        Asked { call, at }
    }
}
