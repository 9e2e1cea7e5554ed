//! What becomes of bytes: when they leave, that they are held back, and what is done with them
//! where they arrive. The pure `Flow`, `Link` and `Cuts` decide, the same as in the queue world.

use super::wire::{Departure, Load, Side, WireEnd};
use super::{Step, TurmoilWorld, whole_ticks};
use crate::network::{Attempted, Path, Sent, Way};
use crate::trace::EndOfConnection;
use crate::world::Class;
use crate::world::simulated::faults;
use deploysim_nodes::shell::Command;
use deploysim_protocol::time::Time;
use std::time::Duration;

/// What is to be done with bytes that have arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arrival {
    /// They are the process's.
    Delivered,
    /// Nobody has that end any more.
    Late,
    /// They answer a dial, and the process that answered is gone: nobody listens there.
    Refused,
}

impl TurmoilWorld {
    /// Puts something into the byte stream that leaves from this end.
    pub(super) fn transmit(&mut self, from: WireEnd, load: Load) {
        let is_ended = self.wires.end(from).is_some_and(|own| own.is_ended);
        if is_ended && !matches!(load, Load::End) {
            // Its machine has lost its power, and the writer has not.
            return;
        }
        let path = self.path(from);
        let extra = self.slowed(from);
        let now = self.now;
        let Some(own) = self.wires.end_mut(from) else {
            return;
        };
        let link = self.direction.links.link_mut(own.link);
        let sent = own
            .flow
            .send(now, path, || link.delay(now, || load.size_bytes()) + extra);
        match sent {
            Sent::Arrives { at } => self.depart(from, at, load),
            Sent::ArrivesUnacknowledged { at, attempt_at } => {
                self.depart(from, at, load);
                self.schedule_attempt(from, attempt_at);
            }
            Sent::Held { attempt_at } => {
                own.held.push_back(load);
                self.schedule_attempt(from, attempt_at);
            }
            Sent::Broken => {}
        }
    }

    /// Puts something into the socket, past the network: the greeting, and ends that nobody
    /// waits for.
    pub(super) fn depart(&self, from: WireEnd, arrives_at: Time, load: Load) {
        let Some(own) = self.wires.end(from) else {
            return;
        };
        let arrives_after = whole_ticks(arrives_at.since(Time::ZERO), self.tick);
        let at = Time::ZERO + arrives_after.saturating_sub(own.transit);
        // A gate that is gone has nobody to tell either.
        drop(own.gate.send(Departure { at, load }));
    }

    fn schedule_attempt(&mut self, from: WireEnd, attempt_at: Option<Time>) {
        if let Some(at) = attempt_at {
            self.push(at, Class::Connection, Step::Retransmit(from));
        }
    }

    /// Both ways between the two ends of a connection at this moment, as the sender sees them.
    fn path(&self, from: WireEnd) -> Path {
        match (self.wires.end(from), self.wires.end(from.other())) {
            (Some(own), Some(other)) => self.direction.cuts.path(own.place, other.place),
            (Some(_) | None, Some(_) | None) => Path::CUT,
        }
    }

    /// What the active `delay` faults add to something that leaves from this end.
    fn slowed(&mut self, from: WireEnd) -> Duration {
        if self.direction.slowdowns.is_empty() {
            return Duration::ZERO;
        }
        let (Some(own), Some(other)) = (self.wires.end(from), self.wires.end(from.other())) else {
            return Duration::ZERO;
        };
        let (own, other) = ((own.node, own.place), (other.node, other.place));
        faults::slowed_between(self, own, other)
    }

    pub(super) fn retransmit(&mut self, from: WireEnd) {
        let path = self.path(from);
        let extra = self.slowed(from);
        let now = self.now;
        let Some(own) = self.wires.end_mut(from) else {
            return;
        };
        let link = self.direction.links.link_mut(own.link);
        let size = || own.held.front().map_or(0, Load::size_bytes);
        let attempted = own
            .flow
            .attempt(now, path, || link.delay(now, size) + extra);
        match attempted {
            Attempted::Stale | Attempted::Acknowledged => {}
            Attempted::Released { at } => self.release(from, at),
            Attempted::ReleasedUnacknowledged { at, attempt_at } => {
                self.release(from, at);
                self.schedule_attempt(from, Some(attempt_at));
            }
            Attempted::Again { attempt_at } => self.schedule_attempt(from, Some(attempt_at)),
            Attempted::Broken => self.break_end(from, EndOfConnection::UserTimeout),
        }
    }

    /// Everything held leaves now; the first of it arrives at `first_at`.
    fn release(&mut self, from: WireEnd, first_at: Time) {
        let now = self.now;
        let mut at = first_at;
        let mut is_first = true;
        loop {
            let extra = self.slowed(from);
            let Some(own) = self.wires.end_mut(from) else {
                return;
            };
            let Some(load) = own.held.pop_front() else {
                return;
            };
            if !is_first {
                let link = self.direction.links.link_mut(own.link);
                let delay = link.delay(now, || load.size_bytes()) + extra;
                at = own.flow.follow(now, delay);
            }
            is_first = false;
            self.depart(from, at, load);
        }
    }

    /// Bytes, or the end of a stream, have arrived at this end.
    pub(super) fn arrive(&mut self, at: WireEnd) -> Arrival {
        let Some(wire) = self.wires.wire_mut(at) else {
            return Arrival::Late;
        };
        let (is_made, is_severed) = (wire.is_made, wire.severed);
        let is_open = |end| self.wires.end(end).is_some_and(|own| own.is_open);
        if is_open(at) && !is_severed {
            return match at.side {
                Side::Dialler if !is_made && !is_open(at.other()) => Arrival::Refused,
                Side::Dialler | Side::Acceptor => Arrival::Delivered,
            };
        }
        self.answer_with_reset(at);
        Arrival::Late
    }

    /// What arrived at an end that nobody has is answered by a reset, if the way back is open.
    fn answer_with_reset(&mut self, at: WireEnd) {
        let to = at.other();
        let extra = self.slowed(at);
        let now = self.now;
        if self.path(at).forward == Way::Open
            && self.wires.end(to).is_some_and(|other| other.is_open)
            && let Some(own) = self.wires.end(at)
        {
            let delay = self.direction.links.link_mut(own.link).delay(now, || 0);
            self.push(
                now + delay + extra,
                Class::Connection,
                Step::ResetArrives(to),
            );
        }
    }

    /// Breaks one end: what it holds is lost, and its process is told. The socket stays, so that
    /// the other end learns nothing.
    pub(super) fn break_end(&mut self, end: WireEnd, cause: EndOfConnection) {
        let Some(own) = self.wires.end_mut(end) else {
            return;
        };
        own.held.clear();
        if !own.is_open {
            return;
        }
        own.is_open = false;
        let node = own.node;
        let connection = end.connection();
        self.lives[node as usize].tell(Command::Break { connection, cause });
    }

    /// One of a connection's streams has ended; both having ended, it is forgotten.
    pub(super) fn stream_over(&mut self, end: WireEnd) {
        let Some(wire) = self.wires.wire_mut(end) else {
            return;
        };
        wire.streams_over += 1;
        if wire.streams_over == 2 {
            self.wires.wires.remove(&end.wire);
        }
    }
}
