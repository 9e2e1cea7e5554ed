//! A pending dial: when its connection requests (SYN) go out, and whether it ends connected,
//! refused or given up. The connection itself is a pair of `Flow`s, which the world makes.

use super::path::{Path, Way};
use deploysim_protocol::time::Time;
use std::time::Duration;

#[cfg(test)]
mod tests;

/// Default age at which a pending dial fails (Spark: `spark.rpc.io.connectionCreationTimeout`,
/// which falls back in the end to `spark.network.timeout`, 120 s).
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(120);

/// Requests go out 0, 1, 3, 7, 15, 31 and 63 s after the start (Linux: `tcp_syn_retries = 6`).
const REQUESTS: u8 = 7;

/// A dial that is not decided yet, or has ended.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Dial {
    start: Time,
    timeout_nanos: u64,
    /// Requests made, or missed.
    requests: u8,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum State {
    Pending,
    Ended,
}

/// What there is at the other end's port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Peer {
    /// A process that accepts, be it paused.
    Listening,
    /// A machine that runs, without the process.
    Dead,
}

/// One draw for each way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RoundTrip {
    /// From the dialler to the other end.
    pub forward: Duration,
    /// And back.
    pub backward: Duration,
}

/// What becomes of one connection request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialled {
    /// It gets through: the dial succeeds.
    Connects {
        /// When the request reaches the other end.
        reached_at: Time,
        /// When the answer is back and the dialler may send.
        at: Time,
    },
    /// It gets through to a machine on which nothing listens: the dial fails.
    Refused {
        /// When the dialler knows.
        at: Time,
    },
    /// It does not get through.
    Again {
        /// The next step to schedule: another request, or the end of patience.
        attempt_at: Time,
    },
    /// The connect time-out is reached: the dial has failed.
    TimedOut,
    /// Nothing is due at this instant.
    Stale,
}

impl Dial {
    /// A dial that starts at `now`; its first [`Self::attempt`] is due at once. It fails when no
    /// answer is back before it is `connect_timeout` old.
    pub fn new(now: Time, connect_timeout: Duration) -> Self {
        Self {
            start: now,
            timeout_nanos: u64::try_from(connect_timeout.as_nanos()).unwrap_or(u64::MAX),
            requests: 0,
            state: State::Pending,
        }
    }

    /// Sends the request that is due at `now`. It gets through if both ways are open at this
    /// moment, which is also when `peer` is judged; `round_trip` is asked only then. A request
    /// whose answer would come too late counts as not answered. A step that comes early or twice
    /// is stale; of requests that a late step has missed, one is made.
    pub fn attempt(
        &mut self,
        now: Time,
        path: Path,
        peer: Peer,
        round_trip: impl FnOnce() -> RoundTrip,
    ) -> Dialled {
        if self.attempt_at().is_none_or(|due| now < due) {
            return Dialled::Stale;
        }
        if now >= self.deadline() {
            self.state = State::Ended;
            return Dialled::TimedOut;
        }
        if let (Way::Open, Way::Open) = (path.forward, path.backward) {
            let RoundTrip { forward, backward } = round_trip();
            let reached_at = now + forward;
            let at = reached_at + backward;
            if at < self.deadline() {
                self.state = State::Ended;
                return match peer {
                    Peer::Listening => Dialled::Connects { reached_at, at },
                    Peer::Dead => Dialled::Refused { at },
                };
            }
        }
        while self.due() <= now {
            self.requests += 1;
        }
        Dialled::Again {
            attempt_at: self.due(),
        }
    }

    /// When the next request, or the time-out, is due; `None` if the dial has ended.
    pub fn attempt_at(&self) -> Option<Time> {
        match self.state {
            State::Pending => Some(self.due()),
            State::Ended => None,
        }
    }

    fn due(&self) -> Time {
        if self.requests >= REQUESTS {
            return self.deadline();
        }
        let age = Duration::from_secs((1 << self.requests) - 1);
        (self.start + age).min(self.deadline())
    }

    fn deadline(&self) -> Time {
        self.start + Duration::from_nanos(self.timeout_nanos)
    }
}
