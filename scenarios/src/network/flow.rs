//! One direction of one TCP connection: what crosses, what waits for a retransmission, when the
//! sender gives up. It holds no messages: the world keeps what is held, in order, and acts on the
//! answers. Lost packets delay; only a break loses.

use super::path::{Path, Way};
use deploysim_protocol::time::Time;
use std::time::Duration;

#[cfg(test)]
mod tests;

/// The first retransmission comes this long after the byte; each later one waits twice as long.
const RETRANSMISSION_TIMEOUT: Duration = Duration::from_millis(200);

/// Retransmissions are never further apart than this (Linux: `TCP_RTO_MAX`). So it is also the
/// longest that held bytes wait after a healing: `r` of the invariants.
pub const RETRANSMISSION_TIMEOUT_MAX: Duration = Duration::from_secs(120);

/// How many retransmissions double the time-out: 0.2, 0.4, … 102.4 s are below the maximum.
const DOUBLINGS: u32 = 10;

/// Default age of the oldest unacknowledged byte at which a connection breaks: 924.6 s, which is
/// 0.2·(2¹⁰ − 1) + 6·120, Linux's answer to `tcp_retries2 = 15`.
pub const TCP_USER_TIMEOUT: Duration = Duration::from_millis(924_600);

/// The sender's side of one direction.
///
/// 1. A byte crosses if the way forward is open when it leaves; it is acknowledged if the way
///    back is open at that moment. An acknowledgement covers everything before it.
/// 2. Arrival times never decrease.
/// 3. While something is held, everything later is held behind it, also on an open path, until a
///    retransmission gets through.
/// 4. Retransmissions are due 0.2, 0.6, 1.4, … 204.6 s after the oldest unacknowledged byte, then
///    every 120 s. There is a next one if and only if something is unacknowledged.
/// 5. The flow breaks when the oldest unacknowledged byte is as old as the user time-out; a
///    retransmission due at that instant is not sent.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Flow {
    last_arrival: Time,
    user_timeout_nanos: u64,
    /// Present while something is unacknowledged, and for good once the flow is broken. Behind a
    /// pointer, because most flows of a run never wait: a run has thousands of them.
    waiting: Option<Box<Unacknowledged>>,
}

/// What a flow knows while it waits for an acknowledgement.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Unacknowledged {
    /// When the oldest unacknowledged byte was sent.
    oldest: Time,
    /// Retransmissions made, or missed, since then.
    attempts: u32,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum State {
    /// Everything sent has crossed, and some of it is not acknowledged.
    Unacknowledged,
    /// The world holds what has not crossed.
    Holding,
    /// Given up.
    Broken,
}

/// What becomes of a byte that is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sent {
    /// It arrives, and it and all before it are acknowledged.
    Arrives {
        /// When.
        at: Time,
    },
    /// It arrives, but the acknowledgement cannot come back.
    ArrivesUnacknowledged {
        /// When it arrives.
        at: Time,
        /// A retransmission to schedule; `None` if one is scheduled already.
        attempt_at: Option<Time>,
    },
    /// It has to be held, behind what is held already.
    Held {
        /// A retransmission to schedule; `None` if one is scheduled already.
        attempt_at: Option<Time>,
    },
    /// The flow broke earlier: the byte is lost.
    Broken,
}

/// What becomes of a retransmission.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Attempted {
    /// It got through. Nothing was held; everything is acknowledged.
    Acknowledged,
    /// It got through: everything held leaves now and is acknowledged.
    Released {
        /// When the first of it arrives.
        at: Time,
    },
    /// It got through, but the acknowledgement cannot come back: everything held leaves now.
    ReleasedUnacknowledged {
        /// When the first of it arrives.
        at: Time,
        /// The next retransmission to schedule.
        attempt_at: Time,
    },
    /// It did not help.
    Again {
        /// The next retransmission to schedule.
        attempt_at: Time,
    },
    /// The user time-out is reached: the flow is broken, what is held is lost, and this end of
    /// the connection is to be told.
    Broken,
    /// Nothing is due at this instant: the step was scheduled for bytes that are acknowledged.
    Stale,
}

impl Flow {
    /// A new connection's direction. It breaks when a byte is unacknowledged for `user_timeout`.
    pub fn new(user_timeout: Duration) -> Self {
        Self {
            last_arrival: Time::ZERO,
            user_timeout_nanos: u64::try_from(user_timeout.as_nanos()).unwrap_or(u64::MAX),
            waiting: None,
        }
    }

    /// Sends one message (or the end of the stream, which is a byte like others) at `now`, over a
    /// network that is at this moment as `path` says. `delay` is asked only if it leaves at once.
    #[inline]
    pub fn send(&mut self, now: Time, path: Path, delay: impl FnOnce() -> Duration) -> Sent {
        match self.state() {
            Some(State::Broken) => return Sent::Broken,
            Some(State::Holding) => return Sent::Held { attempt_at: None },
            None | Some(State::Unacknowledged) => {}
        }
        match (path.forward, path.backward) {
            (Way::Open, Way::Open) => {
                self.waiting = None;
                let at = self.follow(now, delay());
                Sent::Arrives { at }
            }
            (Way::Open, Way::Cut) => {
                let at = self.follow(now, delay());
                let attempt_at = self.wait(now, State::Unacknowledged);
                Sent::ArrivesUnacknowledged { at, attempt_at }
            }
            (Way::Cut, Way::Open | Way::Cut) => {
                let attempt_at = self.wait(now, State::Holding);
                Sent::Held { attempt_at }
            }
        }
    }

    /// Makes the retransmission that is due at `now`. `delay` is asked only if held bytes leave;
    /// it is the delay of the first of them.
    ///
    /// A step is recognised by its time: one that comes before the next retransmission is due is
    /// stale. Two steps for one instant are as good as one: the first makes the retransmission,
    /// and the other is stale. A step that comes late (a world with a coarse clock) is made
    /// once, and those missed meanwhile are skipped.
    pub fn attempt(
        &mut self,
        now: Time,
        path: Path,
        delay: impl FnOnce() -> Duration,
    ) -> Attempted {
        let breaks_after = Duration::from_nanos(self.user_timeout_nanos);
        let Some(waiting) = self.waiting.as_deref_mut() else {
            return Attempted::Stale;
        };
        if waiting.attempt_at(breaks_after).is_none_or(|due| now < due) {
            return Attempted::Stale;
        }
        if now >= waiting.oldest + breaks_after {
            waiting.state = State::Broken;
            return Attempted::Broken;
        }
        let is_holding = waiting.state == State::Holding;
        match (path.forward, path.backward) {
            (Way::Open, Way::Open) => {
                self.waiting = None;
                if is_holding {
                    let at = self.follow(now, delay());
                    Attempted::Released { at }
                } else {
                    Attempted::Acknowledged
                }
            }
            (Way::Open, Way::Cut) if is_holding => {
                waiting.state = State::Unacknowledged;
                let attempt_at = waiting.next_attempt(now, breaks_after);
                let at = self.follow(now, delay());
                Attempted::ReleasedUnacknowledged { at, attempt_at }
            }
            (Way::Open | Way::Cut, Way::Open | Way::Cut) => {
                let attempt_at = waiting.next_attempt(now, breaks_after);
                Attempted::Again { attempt_at }
            }
        }
    }

    /// When a byte arrives that leaves at `now`, behind all that left before: for the second and
    /// later messages of a release, each with its own delay.
    #[inline]
    pub fn follow(&mut self, now: Time, delay: Duration) -> Time {
        self.last_arrival = self.last_arrival.max(now + delay);
        self.last_arrival
    }

    /// When the next retransmission, or the break, is due; `None` if nothing is unacknowledged or
    /// the flow is broken.
    pub fn attempt_at(&self) -> Option<Time> {
        let breaks_after = Duration::from_nanos(self.user_timeout_nanos);
        self.waiting.as_ref()?.attempt_at(breaks_after)
    }

    /// Whether the world holds bytes of this flow.
    pub fn is_holding(&self) -> bool {
        self.state() == Some(State::Holding)
    }

    /// Whether the user time-out has broken it.
    pub fn is_broken(&self) -> bool {
        self.state() == Some(State::Broken)
    }

    fn state(&self) -> Option<State> {
        Some(self.waiting.as_ref()?.state)
    }

    /// Enters a waiting state; a retransmission must be scheduled if nothing waited before.
    fn wait(&mut self, now: Time, state: State) -> Option<Time> {
        if let Some(waiting) = &mut self.waiting {
            waiting.state = state;
            return None;
        }
        let waiting = Unacknowledged {
            oldest: now,
            attempts: 0,
            state,
        };
        self.waiting = Some(Box::new(waiting));
        self.attempt_at()
    }
}

impl Unacknowledged {
    /// When the next retransmission, or the break, is due; `None` once the flow is broken.
    fn attempt_at(&self, breaks_after: Duration) -> Option<Time> {
        match self.state {
            State::Broken => None,
            State::Unacknowledged | State::Holding => Some(self.due(breaks_after)),
        }
    }

    fn next_attempt(&mut self, now: Time, breaks_after: Duration) -> Time {
        while self.due(breaks_after) <= now {
            self.attempts += 1;
        }
        self.due(breaks_after)
    }

    fn due(&self, breaks_after: Duration) -> Time {
        let retransmission = self.oldest + retransmission_age(self.attempts);
        retransmission.min(self.oldest + breaks_after)
    }
}

/// The age of the oldest unacknowledged byte at its retransmission number `attempts`, from 0.
fn retransmission_age(attempts: u32) -> Duration {
    let doubled = (attempts + 1).min(DOUBLINGS);
    let steady = attempts + 1 - doubled;
    RETRANSMISSION_TIMEOUT * ((1 << doubled) - 1) + RETRANSMISSION_TIMEOUT_MAX * steady
}
