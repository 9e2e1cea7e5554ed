//! Connections, what crosses them, and questions that wait for an answer. A process has at most
//! one connection of its own to an address; it carries both directions, and a reference that
//! came on it dies with it.

use super::actor::Happening;
use super::faults::Fate;
use super::world::{Item, Who, World};
use deploysim_nodes::node::Call;
use deploysim_protocol::address::{Address, Connection, Peer, Reference};
use deploysim_protocol::message::{Answer, Ask, Message};
use deploysim_protocol::thrown::{AskError, Thrown};
use std::num::NonZeroU64;
use std::time::Duration;

/// A connection: the end that dialled, and the end that accepted.
#[derive(Debug)]
pub(super) struct Wire {
    pub(super) ends: [End; 2],
}

/// One end of a connection.
#[derive(Debug)]
pub(super) struct End {
    pub(super) who: Who,
    pub(super) is_open: bool,
}

/// Which end of which connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct EndId {
    pub(super) wire: usize,
    pub(super) side: usize,
}

impl EndId {
    const fn other(self) -> Self {
        Self {
            wire: self.wire,
            side: 1 - self.side,
        }
    }

    fn connection(self) -> Connection {
        let number = u64::try_from(self.wire * 2 + self.side + 1).unwrap();
        Connection(NonZeroU64::new(number).unwrap())
    }

    fn of(connection: Connection) -> Self {
        let number = usize::try_from(connection.0.get() - 1).unwrap();
        Self {
            wire: number / 2,
            side: number % 2,
        }
    }
}

/// What crosses a connection.
#[derive(Clone, Debug)]
pub(super) enum Unit {
    Message(Message),
    Ask(Call, Ask),
    Answer(Call, Result<Answer, Thrown>),
    LookUp(Call),
    Found(Call),
    End,
}

impl Unit {
    /// The kind by which a fault names it.
    pub(super) const fn kind(&self) -> &'static str {
        match self {
            Self::Message(message) => message.kind(),
            Self::Ask(_, ask) => ask.kind(),
            Self::Answer(..) => "answer",
            Self::LookUp(_) => "look-up",
            Self::Found(_) => "found",
            Self::End => "end",
        }
    }
}

/// Something on its way to one end of a connection.
#[derive(Clone, Debug)]
pub(super) struct Parcel {
    pub(super) to: EndId,
    pub(super) unit: Unit,
}

/// A question or look-up without an answer yet.
#[derive(Debug)]
pub(super) struct Outstanding {
    pub(super) who: Who,
    pub(super) call: Call,
    on: Option<EndId>,
    at: Address,
    is_look_up: bool,
}

/// A question that a node has to answer; its number is its place.
#[derive(Debug)]
pub(super) enum Inquiry {
    /// It came here, under the asker's number.
    Of(EndId, Call),
    /// The operator asks.
    Operator,
}

/// How a reference is reached.
enum Route {
    Wire(EndId),
    Itself,
    Nowhere,
}

impl World {
    pub(super) fn send(&mut self, host: usize, to: Reference, message: Message) {
        match self.route(host, to) {
            Route::Wire(end) => self.transmit(end, Unit::Message(message)),
            Route::Itself => {
                let from = Reference::unbound(to.address);
                self.post(Item::Feed(
                    self.who(host),
                    Happening::Received(from, message),
                ));
            }
            Route::Nowhere => self.show_lost(host, to.address, &Unit::Message(message)),
        }
    }

    pub(super) fn ask(
        &mut self,
        host: usize,
        to: Reference,
        call: Call,
        ask: Ask,
        timeout: Duration,
    ) {
        self.call(host, to, call, Unit::Ask(call, ask), timeout);
    }

    pub(super) fn resolve(&mut self, host: usize, at: Address, call: Call, timeout: Duration) {
        self.call(
            host,
            Reference::unbound(at),
            call,
            Unit::LookUp(call),
            timeout,
        );
    }

    fn call(&mut self, host: usize, to: Reference, call: Call, unit: Unit, timeout: Duration) {
        let who = self.who(host);
        let route = self.route(host, to);
        let open = Outstanding {
            who,
            call,
            on: match route {
                Route::Wire(end) => Some(end),
                Route::Itself | Route::Nowhere => None,
            },
            at: to.address,
            is_look_up: matches!(unit, Unit::LookUp(_)),
        };
        match route {
            Route::Wire(end) => {
                self.outstanding.push(open);
                self.post_after(timeout, Item::CallTimesOut(who, call));
                self.transmit(end, unit);
            }
            Route::Itself | Route::Nowhere => {
                self.show_lost(host, to.address, &unit);
                self.post(Item::Feed(who, failure(&open, AskError::Connection)));
            }
        }
    }

    pub(super) fn reply(&mut self, host: usize, call: Call, answer: Result<Answer, Thrown>) {
        match self.inquiries[usize::try_from(call.0).unwrap()] {
            Inquiry::Of(end, asked) => self.transmit(end, Unit::Answer(asked, answer)),
            Inquiry::Operator => self.show_answer_to_operator(host, &answer),
        }
    }

    /// Numbers a question that a node has to answer.
    pub(super) fn inquire(&mut self, inquiry: Inquiry) -> Call {
        self.inquiries.push(inquiry);
        Call(u64::try_from(self.inquiries.len() - 1).unwrap())
    }

    pub(super) fn time_out(&mut self, who: Who, call: Call) {
        if let Some(open) = self.take_call(who, call) {
            self.post(Item::Feed(who, failure(&open, AskError::TimedOut)));
        }
    }

    fn take_call(&mut self, who: Who, call: Call) -> Option<Outstanding> {
        let mut calls = self.outstanding.iter();
        let at = calls.position(|open| open.who == who && open.call == call)?;
        Some(self.outstanding.remove(at))
    }

    fn route(&mut self, host: usize, to: Reference) -> Route {
        if let Some(connection) = to.connection {
            let end = EndId::of(connection);
            return match self.wires[end.wire].ends[end.side].is_open {
                true => Route::Wire(end),
                false => Route::Nowhere,
            };
        }
        if to.address == self.hosts[host].address {
            return Route::Itself;
        }
        let Some(target) = self
            .hosts
            .iter()
            .position(|host| host.address == to.address)
        else {
            return Route::Nowhere;
        };
        let (from, to) = (self.who(host), self.who(target));
        let open = self.wires.iter().position(|wire| {
            wire.ends[0].who == from && wire.ends[0].is_open && wire.ends[1].who.host == target
        });
        if let Some(wire) = open {
            return Route::Wire(EndId { wire, side: 0 });
        }
        if !self.lives(to) {
            return Route::Nowhere;
        }
        let end = |who| End { who, is_open: true };
        self.wires.push(Wire {
            ends: [end(from), end(to)],
        });
        Route::Wire(EndId {
            wire: self.wires.len() - 1,
            side: 0,
        })
    }

    /// Puts something on a connection, at the end of its sender.
    fn transmit(&mut self, from: EndId, unit: Unit) {
        let to = from.other();
        if !self.wires[from.wire].ends[from.side].is_open {
            let host = self.wires[from.wire].ends[from.side].who.host;
            let address = self.hosts[self.wires[to.wire].ends[to.side].who.host].address;
            return self.show_lost(host, address, &unit);
        }
        let parcel = Parcel { to, unit };
        match self.fate(&parcel) {
            Fate::Arrives => self.post(Item::Arrives(parcel)),
            Fate::Twice => {
                self.post(Item::Arrives(parcel.clone()));
                self.post(Item::Arrives(parcel));
            }
            Fate::Held => self.held.push(parcel),
            Fate::Lost => {
                let host = self.wires[from.wire].ends[from.side].who.host;
                let address = self.hosts[self.wires[to.wire].ends[to.side].who.host].address;
                self.show_lost(host, address, &parcel.unit);
            }
        }
    }

    /// Something reaches the end of its way.
    pub(super) fn arrive(&mut self, parcel: Parcel) {
        let Parcel { to, unit } = parcel;
        let end = &self.wires[to.wire].ends[to.side];
        let who = end.who;
        if !end.is_open || !self.lives(who) {
            return;
        }
        let other = self.wires[to.wire].ends[1 - to.side].who.host;
        let from = Reference::bound(self.hosts[other].address, to.connection());
        self.show_arrival(other, who.host, &unit);
        match unit {
            Unit::Message(mut message) => {
                message.bind(to.connection());
                self.feed(who.host, Happening::Received(from, message));
            }
            Unit::Ask(call, mut ask) => {
                ask.bind(to.connection());
                let call = self.inquire(Inquiry::Of(to, call));
                self.feed(who.host, Happening::Asked(from, call, ask));
            }
            Unit::Answer(call, answer) => {
                if self.take_call(who, call).is_some() {
                    let mut answer = answer.map_err(AskError::Remote);
                    if let Ok(answer) = &mut answer {
                        answer.bind(to.connection());
                    }
                    self.feed(who.host, Happening::Answered(call, answer));
                }
            }
            Unit::LookUp(call) => self.transmit(to, Unit::Found(call)),
            Unit::Found(call) => {
                if let Some(open) = self.take_call(who, call) {
                    let endpoint = Ok(Reference::unbound(open.at));
                    self.feed(who.host, Happening::Resolved(call, endpoint));
                }
            }
            Unit::End => self.close(to),
        }
    }

    /// An end of a connection notices that it is over: both names of the peer are posted, then
    /// the questions that waited on it fail.
    pub(super) fn close(&mut self, at: EndId) {
        let Wire { ends } = &mut self.wires[at.wire];
        ends[at.side].is_open = false;
        let (who, peer) = (ends[at.side].who, ends[1 - at.side].who.host);
        let listening = Peer::Listening(self.hosts[peer].address);
        let posts = match (at.side, self.hosts[peer].address.port) {
            (0, _) => vec![listening, listening],
            (_, 0) => vec![Peer::Socket(at.connection())],
            (_, _) => vec![Peer::Socket(at.connection()), listening],
        };
        self.show_closed(who.host, peer);
        for peer in posts {
            self.post(Item::Feed(who, Happening::Disconnected(peer)));
        }
        let calls = std::mem::take(&mut self.outstanding);
        for open in calls {
            if open.on == Some(at) {
                self.post(Item::Feed(who, failure(&open, AskError::Connection)));
            } else {
                self.outstanding.push(open);
            }
        }
    }

    /// The connections between two hosts, by the end that each has.
    pub(super) fn ends_between(&self, one: usize, other: usize) -> Vec<EndId> {
        let mut ends = Vec::new();
        for (wire, Wire { ends: [a, b] }) in self.wires.iter().enumerate() {
            for (side, own, peer) in [(0, a, b), (1, b, a)] {
                if own.who.host == one && peer.who.host == other && own.is_open {
                    ends.push(EndId { wire, side });
                }
            }
        }
        ends
    }

    /// Ends every connection of a process that is over; its peers are told, or not.
    pub(super) fn hang_up(&mut self, who: Who, peers: Peers) {
        for wire in 0..self.wires.len() {
            for side in 0..2 {
                let end = &self.wires[wire].ends[side];
                if end.who == who && end.is_open {
                    let own = EndId { wire, side };
                    match peers {
                        Peers::Told => self.transmit(own, Unit::End),
                        Peers::NotTold => {}
                    }
                    self.wires[wire].ends[side].is_open = false;
                }
            }
        }
        self.outstanding.retain(|open| open.who != who);
    }
}

/// Whether the other ends of a process's connections learn of its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Peers {
    Told,
    NotTold,
}

const fn failure(open: &Outstanding, error: AskError) -> Happening {
    if open.is_look_up {
        Happening::Resolved(open.call, Err(error))
    } else {
        Happening::Answered(open.call, Err(error))
    }
}
