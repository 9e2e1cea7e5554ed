//! Sending and arriving: from a node's effect into the byte stream of a connection, and out of
//! it at the other end. The lanes behind the stream are in `lanes.rs`.

use super::QueueWorld;
use super::dial::Dialling;
use super::life::{Line, Waiting};
use super::step::Step;
use super::wire::{Parcel, Side, Unit, WireEnd};
use crate::network::{Attempted, Path, Sent};
use crate::trace::{EndOfConnection, Entry, Fact, Fate, NodeId, Observer};
use crate::world::Class;
use crate::world::simulated::faults;
use crate::world::slab::Slab;
use deploysim_nodes::hosted::Happening;
use deploysim_nodes::node::Call;
use deploysim_protocol::address::{Address, Peer, Reference};
use deploysim_protocol::message::Message;
use deploysim_protocol::time::Time;
use std::collections::VecDeque;
use std::time::Duration;

/// Where something that is sent goes.
pub(super) enum Route {
    /// To the node itself.
    Local,
    /// Into an open connection.
    Wire(WireEnd),
    /// Behind a dial.
    Dial(u32),
    /// Nowhere: its connection is gone.
    Gone,
}

impl<O: Observer> QueueWorld<'_, O> {
    pub(super) fn send(&mut self, node: u32, to: Reference, message: Message) {
        match self.route(node, to) {
            Route::Local => {
                self.note_sent(
                    node,
                    to.address,
                    &Unit::Message(message.clone()),
                    Fate::Local,
                );
                self.post(
                    Class::Message,
                    node,
                    Happening::Received { from: to, message },
                );
            }
            Route::Wire(end) => {
                self.transmit(end, Unit::Message(message));
            }
            Route::Dial(dial) => self.wait_for_dial(node, dial, Unit::Message(message)),
            Route::Gone => self.note_sent(node, to.address, &Unit::Message(message), Fate::Lost),
        }
    }

    /// The connection that a reference names, or the node's own to its address, which is dialled
    /// if there is none.
    pub(super) fn route(&mut self, node: u32, to: Reference) -> Route {
        if let Some(connection) = to.connection {
            let end = WireEnd::of(connection);
            let is_open = self
                .wires
                .end(end)
                .is_some_and(|own| own.is_open && own.node == node);
            return if is_open {
                Route::Wire(end)
            } else {
                Route::Gone
            };
        }
        let life = &self.lives[node as usize];
        if to.address == life.address {
            return Route::Local;
        }
        match life.cold.lines.find(to.address) {
            Some(Line::Open(end)) => Route::Wire(end),
            Some(Line::Dialling(dial)) => Route::Dial(dial),
            None => Route::Dial(self.dial(node, to.address)),
        }
    }

    pub(super) fn wait_for_dial(&mut self, node: u32, dial: u32, unit: Unit) {
        let Some(to) = self.dials.value(dial).map(|dialling| dialling.to) else {
            return;
        };
        self.note_sent(node, to, &unit, Fate::WaitsForConnection);
        if let Some(Dialling { outbox, .. }) = self.dials.value_mut(dial) {
            outbox.push_back(unit);
        }
    }

    pub(super) fn note_sent(&mut self, node: u32, to: Address, unit: &Unit, fate: Fate) {
        if let Some(unit) = unit.shown() {
            self.record(node, Fact::Sent { to, unit, fate });
        }
    }

    /// Puts a unit into the byte stream that leaves from this end.
    pub(super) fn transmit(&mut self, from: WireEnd, unit: Unit) {
        let path = if self.direction.cuts_are_none() {
            Path::OPEN
        } else {
            self.path(from)
        };
        let extra = if self.direction.slowdowns.is_empty() {
            Duration::ZERO
        } else {
            self.slowed(from)
        };
        let now = self.now;
        let Some(own) = self.wires.end_mut(from) else {
            return;
        };
        if let Some(shown) = unit.shown() {
            let fact = Fact::Sent {
                to: own.peer_address,
                unit: shown,
                fate: Fate::Carried,
            };
            self.observer.observe(&Entry {
                at: now,
                node: NodeId(own.node),
                fact,
            });
        }
        own.active_at = now;
        let link = self.direction.links.link_mut(own.link);
        let sent = own.flow.send(now, path, || {
            link.delay(now, || super::lanes::size_of(&unit)) + extra
        });
        let to = from.other();
        own.sends();
        match sent {
            Sent::Arrives { at } => self.carry(at, to, unit),
            Sent::ArrivesUnacknowledged { at, attempt_at } => {
                self.carry(at, to, unit);
                self.schedule_attempt(from, attempt_at);
            }
            Sent::Held { attempt_at } => {
                let (parcel, _) = self.wires.parcels.insert(Parcel { to, unit });
                if let Some(rest) = self.wires.rest_mut(from) {
                    rest.held(from.side).push_back(parcel);
                }
                self.schedule_attempt(from, attempt_at);
            }
            Sent::Broken => own.loses(),
        }
    }

    fn carry(&mut self, at: Time, to: WireEnd, unit: Unit) {
        let (parcel, _) = self.wires.parcels.insert(Parcel { to, unit });
        self.agenda
            .push(at, Class::Message, Step::Arrive { parcel });
    }

    fn schedule_attempt(&mut self, from: WireEnd, attempt_at: Option<Time>) {
        if let Some(at) = attempt_at {
            self.push(at, Class::Connection, Step::Retransmit(from));
        }
    }

    /// Both ways between the two ends of a connection at this moment, as the sender sees them.
    pub(super) fn path(&self, from: WireEnd) -> Path {
        self.wires.rest(from).map_or(Path::CUT, |rest| {
            let [own, other] = [from.side, from.side.other()].map(|side| rest.places[side.index()]);
            self.direction.cuts.path(own, other)
        })
    }

    /// What the active `delay` faults add to something that leaves from this end.
    fn slowed(&mut self, from: WireEnd) -> Duration {
        let (Some(end), Some(rest)) = (self.wires.end(from), self.wires.rest(from)) else {
            return Duration::ZERO;
        };
        let own = (end.node, rest.places[from.side.index()]);
        let other = (end.peer, rest.places[from.side.other().index()]);
        faults::slowed_between(self, own, other)
    }

    pub(super) fn retransmit(&mut self, from: WireEnd) {
        let path = self.path(from);
        let extra = if self.direction.slowdowns.is_empty() {
            Duration::ZERO
        } else {
            self.slowed(from)
        };
        let now = self.now;
        let Some(rest) = self.wires.rest(from) else {
            return;
        };
        let first = rest.held_first(from.side);
        let size_bytes = first.map_or(0, |parcel| size_in(&self.wires.parcels, parcel));
        let Some(own) = self.wires.end_mut(from) else {
            return;
        };
        let link = self.direction.links.link_mut(own.link);
        let delay = || link.delay(now, || size_bytes) + extra;
        let attempted = own.flow.attempt(now, path, delay);
        match attempted {
            Attempted::Stale | Attempted::Acknowledged => {}
            Attempted::Released { at } => self.release(from, at),
            Attempted::ReleasedUnacknowledged { at, attempt_at } => {
                self.release(from, at);
                self.schedule_attempt(from, Some(attempt_at));
            }
            Attempted::Again { attempt_at } => self.schedule_attempt(from, Some(attempt_at)),
            Attempted::Broken => {
                self.drop_held(from);
                self.end_connection(from, EndOfConnection::UserTimeout);
            }
        }
    }

    /// Everything held leaves now; the first of it arrives at `first_at`.
    fn release(&mut self, from: WireEnd, first_at: Time) {
        let now = self.now;
        let mut at = first_at;
        let mut is_first = true;
        loop {
            let extra = if self.direction.slowdowns.is_empty() {
                Duration::ZERO
            } else {
                self.slowed(from)
            };
            let held = self.wires.rest_mut(from).map(|rest| rest.held(from.side));
            let Some(parcel) = held.and_then(VecDeque::pop_front) else {
                return;
            };
            let size_bytes = size_in(&self.wires.parcels, parcel);
            if !is_first && let Some(own) = self.wires.end_mut(from) {
                let link = self.direction.links.link_mut(own.link);
                let delay = link.delay(now, || size_bytes) + extra;
                at = own.flow.follow(now, delay);
            }
            is_first = false;
            self.agenda
                .push(at, Class::Message, Step::Arrive { parcel });
        }
    }

    /// What waited for a retransmission from this end is lost.
    pub(super) fn drop_held(&mut self, from: WireEnd) {
        while let Some(rest) = self.wires.rest_mut(from) {
            let Some(parcel) = rest.held(from.side).pop_front() else {
                break;
            };
            if let Some(own) = self.wires.end_mut(from) {
                own.loses();
            }
            self.wires.parcels.take(parcel);
        }
    }

    /// A parcel reaches the end of its byte stream.
    pub(super) fn arrive(&mut self, parcel: u32) {
        let Some(Parcel { to, .. }) = self.wires.parcels.value(parcel) else {
            return;
        };
        let to = *to;
        let Some(end) = self.wires.end_mut(to) else {
            self.wires.parcels.take(parcel);
            return;
        };
        end.receives();
        if !end.is_open || end.is_severed {
            self.wires.parcels.take(parcel);
            self.answer_with_reset(to);
            return;
        }
        end.active_at = self.now;
        if self.are_lanes_free {
            self.hand(parcel);
        } else {
            self.enter_lane(parcel);
        }
    }

    /// A parcel's turn in its lane has come: it is handed to its process, or waits with it.
    pub(super) fn hand(&mut self, parcel: u32) {
        let Some(Parcel { to, .. }) = self.wires.parcels.value(parcel) else {
            return;
        };
        let Some(end) = self.wires.end(*to).filter(|end| end.is_open) else {
            self.wires.parcels.take(parcel);
            return;
        };
        let life = &mut self.lives[end.node as usize];
        if life.waits() {
            let since = self.now;
            let waiting = Waiting::Parcel { parcel, since };
            life.cold.backlog.push_back(waiting);
        } else {
            self.open(parcel, self.now);
        }
    }

    /// Hands what a parcel contains to its node, where it has been since `since`.
    pub(super) fn open(&mut self, parcel: u32, since: Time) {
        let Some(Parcel { to, unit }) = self.wires.parcels.take(parcel) else {
            return;
        };
        let Some(own) = self.wires.end(to).filter(|own| own.is_open) else {
            return;
        };
        let (node, from) = (own.node, NodeId(own.peer));
        let sender = Reference::bound(own.peer_address, to.connection());
        if let Some(unit) = unit.shown() {
            self.observer.observe(&Entry {
                at: self.now,
                node: NodeId(node),
                fact: Fact::Received {
                    from,
                    unit,
                    waited: self.now.since(since),
                },
            });
        }
        match unit {
            Unit::Message(mut message) => {
                message.bind(to.connection());
                self.feed(
                    node,
                    Happening::Received {
                        from: sender,
                        message,
                    },
                );
            }
            Unit::Ask(number, mut ask) => {
                ask.bind(to.connection());
                let call = Call(self.lives[node as usize].cold.inquiries.add(to, number));
                self.feed(
                    node,
                    Happening::Asked {
                        from: sender,
                        call,
                        ask,
                    },
                );
            }
            Unit::Answer(number, answer) => self.answered(node, to, number, answer),
            Unit::Resolve(number) => self.transmit(to, Unit::Resolved(number)),
            Unit::Resolved(number) => self.resolved(node, number),
            Unit::End => self.end_connection(to, EndOfConnection::Closed),
        }
    }

    /// What arrived at an end that nobody has is answered by a reset, if the way back is open.
    fn answer_with_reset(&mut self, at: WireEnd) {
        let to = at.other();
        let extra = self.slowed(at);
        if self.path(at).forward == crate::network::Way::Open
            && self.wires.end(to).is_some_and(|end| end.is_open)
            && let Some(own) = self.wires.end_mut(at)
        {
            let link = self.direction.links.link_mut(own.link);
            let delay = link.delay(self.now, || 0);
            own.sends();
            self.push(
                self.now + delay + extra,
                Class::Connection,
                Step::ResetArrives(to),
            );
        } else {
            self.forget_wire(at);
        }
    }

    pub(super) fn reset_arrives(&mut self, at: WireEnd) {
        if let Some(end) = self.wires.end_mut(at) {
            end.receives();
            self.drop_held(at);
            self.end_connection(at, EndOfConnection::Reset);
        }
    }

    /// An end of a connection is gone for the process that has it, which is told: first that the
    /// connection ended, once for the socket and once for the address it knows; then its calls
    /// on it fail. The process itself may be gone, and is then told nothing.
    pub(super) fn end_connection(&mut self, end: WireEnd, cause: EndOfConnection) {
        let Some((node, peer_address, peer_listens)) = self.close_end(end) else {
            self.forget_wire(end);
            return;
        };
        let connection = end.connection();
        let peers = match end.side {
            Side::Dialler => [Some(Peer::Listening(peer_address)); 2],
            Side::Acceptor => [
                Some(Peer::Socket(connection)),
                peer_listens.then_some(Peer::Listening(peer_address)),
            ],
        };
        let last = peers
            .iter()
            .flatten()
            .last()
            .copied()
            .unwrap_or(Peer::Socket(connection));
        self.record(
            node,
            Fact::ConnectionEnded {
                connection,
                peer: last,
                cause,
            },
        );
        for peer in peers.into_iter().flatten() {
            self.post(Class::Connection, node, Happening::Disconnected { peer });
        }
        self.fail_calls_on(node, end);
        self.forget_wire(end);
    }

    /// Takes an end away from its process. Returns the node, and the other end's address and
    /// whether it listens there; `None` if the process did not have it any more.
    pub(super) fn close_end(&mut self, end: WireEnd) -> Option<(u32, Address, bool)> {
        let own = self.wires.end_mut(end)?;
        if !own.is_open {
            return None;
        }
        own.is_open = false;
        let (node, address, listens) = (own.node, own.peer_address, own.peer_listens);
        let position = self.wires.rest(end)?.positions[end.side.index()];
        let life = &mut self.lives[node as usize];
        life.cold.wires.swap_remove(position as usize);
        if let Some(moved) = life.cold.wires.get(position as usize).copied()
            && let Some(rest) = self.wires.rest_mut(moved)
        {
            rest.positions[moved.side.index()] = position;
        }
        let life = &mut self.lives[node as usize];
        if life.cold.lines.find(address) == Some(Line::Open(end)) {
            life.cold.lines.remove(address);
        }
        Some((node, address, listens))
    }
}

/// How many bytes a parcel takes in the stream.
fn size_in(parcels: &Slab<Parcel>, parcel: u32) -> u32 {
    let parcel = parcels.value(parcel);
    parcel.map_or(0, |parcel| super::lanes::size_of(&parcel.unit))
}
