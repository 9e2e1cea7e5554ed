//! Connections: two ends, two byte streams, and what is on its way. Dialling is in `dial.rs`,
//! sending and arriving in `traffic.rs`.

use crate::network::{Flow, Place};
use crate::world::slab::Slab;
use deploysim_nodes::growth;
use deploysim_protocol::address::{Address, Connection};
use deploysim_protocol::message::{Answer, Ask, Message};
use deploysim_protocol::thrown::Thrown;
use deploysim_protocol::time::Time;
use std::collections::VecDeque;
use std::num::NonZeroU64;
use std::time::Duration;

/// One end of one connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct WireEnd {
    /// Which connection.
    pub(super) wire: u32,
    /// Of which use of its place.
    pub(super) generation: u32,
    /// Which end.
    pub(super) side: Side,
}

/// Who dialled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// The end that dialled.
    Dialler = 0,
    /// The end that accepted.
    Acceptor = 1,
}

impl Side {
    pub(super) const fn other(self) -> Self {
        match self {
            Self::Dialler => Self::Acceptor,
            Self::Acceptor => Self::Dialler,
        }
    }

    pub(super) const fn index(self) -> usize {
        self as usize
    }
}

impl WireEnd {
    /// The number by which the node at this end knows the connection.
    pub(super) fn connection(self) -> Connection {
        let number =
            (u64::from(self.generation) << 33) | (u64::from(self.wire) << 1) | self.side as u64;
        Connection(NonZeroU64::new(number).expect("a generation is at least 1"))
    }

    /// The end that a node knows by this number.
    pub(super) fn of(connection: Connection) -> Self {
        let number = connection.0.get();
        let low = u32::try_from((number >> 1) & 0xffff_ffff).expect("32 bits fit");
        let generation = u32::try_from(number >> 33).expect("31 bits fit");
        let side = if number & 1 == 0 {
            Side::Dialler
        } else {
            Side::Acceptor
        };
        Self {
            wire: low,
            generation,
            side,
        }
    }

    pub(super) const fn other(self) -> Self {
        Self {
            wire: self.wire,
            generation: self.generation,
            side: self.side.other(),
        }
    }
}

/// One end of a connection: all that sending from there and arriving there look at. It fills one
/// line of the processor's cache, because a run has thousands of connections, and what is said on
/// each comes far apart.
#[derive(Debug)]
#[repr(align(64))]
pub(super) struct End {
    /// The node at this end.
    pub(super) node: u32,
    /// The node at the other end.
    pub(super) peer: u32,
    /// The address of the node at the other end.
    pub(super) peer_address: Address,
    /// The last time a byte was read or written here.
    pub(super) active_at: Time,
    /// The byte stream that leaves from here.
    pub(super) flow: Flow,
    /// The link of that stream.
    pub(super) link: u32,
    /// Parcels and resets that were sent from here, less those that came here.
    balance: i32,
    /// Which use of its place this is.
    generation: u32,
    /// Whether the process still has this end.
    pub(super) is_open: bool,
    /// A fault has broken the connection: whatever arrives is answered by a reset.
    pub(super) is_severed: bool,
    /// Whether the node at the other end listens at its address, and has said so.
    pub(super) peer_listens: bool,
    /// Whether a step is due that looks for idleness.
    pub(super) idle_check: bool,
}

impl End {
    /// Something leaves from here.
    pub(super) const fn sends(&mut self) {
        self.balance += 1;
    }

    /// Something that had left from here is lost.
    pub(super) const fn loses(&mut self) {
        self.balance -= 1;
    }

    /// Something that had left from the other end is here.
    pub(super) const fn receives(&mut self) {
        self.balance -= 1;
    }
}

/// What a connection has that not everything sent on it needs.
#[derive(Debug)]
pub(super) struct Rest {
    /// Where the processes of its ends run, by side.
    pub(super) places: [Place; 2],
    /// Where it stands in the lists of its nodes, by side.
    pub(super) positions: [u32; 2],
    /// How many connections of the run are older.
    older: u64,
    /// What only faults bring about.
    rare: Option<Box<Rare>>,
}

/// What a connection keeps while faults act on it.
#[derive(Debug, Default)]
struct Rare {
    /// What waits for a retransmission, by the side that sends.
    held: [VecDeque<u32>; 2],
    /// Held lanes, where a `message` fault holds any.
    lanes: Vec<HeldLane>,
}

impl Rest {
    /// What waits for a retransmission from this side.
    pub(super) fn held(&mut self, side: Side) -> &mut VecDeque<u32> {
        &mut self.rare.get_or_insert_default().held[side.index()]
    }

    /// The first of what waits for a retransmission from this side.
    pub(super) fn held_first(&self, side: Side) -> Option<u32> {
        self.rare.as_ref()?.held[side.index()].front().copied()
    }

    /// The lanes that a `message` fault holds.
    pub(super) fn lanes(&mut self) -> &mut Vec<HeldLane> {
        &mut self.rare.get_or_insert_default().lanes
    }

    /// The lanes that a `message` fault holds, to look at.
    pub(super) fn held_lanes(&self) -> &[HeldLane] {
        self.rare.as_ref().map_or(&[], |rare| &rare.lanes)
    }
}

/// One end of a connection that is being made.
#[derive(Clone, Copy, Debug)]
pub(super) struct NewEnd {
    /// The node.
    pub(super) node: u32,
    /// Where its process runs.
    pub(super) place: Place,
    /// Its address.
    pub(super) address: Address,
    /// Whether it listens there.
    pub(super) listens: bool,
    /// Where the connection stands in its list.
    pub(super) position: u32,
    /// The link of what it sends.
    pub(super) link: u32,
}

/// Which of the two lanes at the end of a byte stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lane {
    /// One-way messages and questions.
    Mailbox,
    /// Answers.
    Answers,
}

/// A lane that a fault holds.
#[derive(Debug)]
pub(super) struct HeldLane {
    /// At which end.
    pub(super) side: Side,
    /// Which of its lanes.
    pub(super) lane: Lane,
    /// Until when; `None`: until the next arrives (reorder).
    pub(super) until: Option<Time>,
    /// What waits in it.
    pub(super) parcels: VecDeque<u32>,
}

/// What crosses a connection.
#[derive(Debug)]
pub(super) enum Unit {
    /// A one-way message.
    Message(Message),
    /// A question, with the asker's number.
    Ask(u64, Ask),
    /// An answer, with the asker's number.
    Answer(u64, Result<Answer, Thrown>),
    /// "Is there such an endpoint?", with the asker's number.
    Resolve(u64),
    /// "There is."
    Resolved(u64),
    /// The end of the stream.
    End,
}

impl Unit {
    pub(super) const fn lane(&self) -> Lane {
        match self {
            Self::Message(_) | Self::Ask(..) | Self::Resolve(_) | Self::End => Lane::Mailbox,
            Self::Answer(..) | Self::Resolved(_) => Lane::Answers,
        }
    }

    /// As traces show it; `None` for the end of the stream.
    pub(super) const fn shown(&self) -> Option<crate::trace::Unit<'_>> {
        use crate::trace::Unit as Shown;
        match self {
            Self::Message(message) => Some(Shown::Message(message)),
            Self::Ask(_, ask) => Some(Shown::Ask(ask)),
            Self::Answer(_, answer) => Some(Shown::Answer(answer)),
            Self::Resolve(_) => Some(Shown::Resolve),
            Self::Resolved(_) => Some(Shown::Resolved),
            Self::End => None,
        }
    }
}

/// Something on its way to one end of a connection.
#[derive(Debug)]
pub(super) struct Parcel {
    /// The end that it goes to.
    pub(super) to: WireEnd,
    /// What it is.
    pub(super) unit: Unit,
}

/// All connections, and all parcels on their way. Places of connections are used again; each use
/// has a generation, from 1.
#[derive(Debug)]
pub(super) struct Wires {
    ends: Vec<[End; 2]>,
    /// Beside each pair of ends; none where nothing is.
    rests: Vec<Option<Rest>>,
    free: Vec<u32>,
    /// How many were ever made.
    made: u64,
    pub(super) parcels: Slab<Parcel>,
}

impl Wires {
    pub(super) const fn new() -> Self {
        Self {
            ends: Vec::new(),
            rests: Vec::new(),
            free: Vec::new(),
            made: 0,
            parcels: Slab::new(),
        }
    }

    /// Makes a connection; returns its dialler's end.
    ///
    /// # Panics
    /// At 2³² connections at once.
    pub(super) fn add(&mut self, ends: [NewEnd; 2], now: Time, user_timeout: Duration) -> WireEnd {
        let wire = self.free.pop();
        let generation = wire.map_or(1, |wire| self.ends[wire as usize][0].generation);
        let [dialler, acceptor] = ends;
        let made = [(dialler, acceptor), (acceptor, dialler)].map(|(own, other)| End {
            node: own.node,
            peer: other.node,
            peer_address: other.address,
            active_at: now,
            flow: Flow::new(user_timeout),
            link: own.link,
            balance: 0,
            generation,
            is_open: true,
            is_severed: false,
            peer_listens: other.listens,
            idle_check: false,
        });
        let rest = Rest {
            places: ends.map(|end| end.place),
            positions: ends.map(|end| end.position),
            older: self.made,
            rare: None,
        };
        self.made += 1;
        let wire = match wire {
            Some(wire) => {
                self.ends[wire as usize] = made;
                self.rests[wire as usize] = Some(rest);
                wire
            }
            None => {
                growth::push(&mut self.ends, made);
                growth::push(&mut self.rests, Some(rest));
                u32::try_from(self.ends.len() - 1).expect("fewer than 2^32 connections")
            }
        };
        WireEnd {
            wire,
            generation,
            side: Side::Dialler,
        }
    }

    /// The end, if the connection still exists.
    pub(super) fn end(&self, end: WireEnd) -> Option<&End> {
        let found = &self.ends.get(end.wire as usize)?[end.side.index()];
        (found.generation == end.generation).then_some(found)
    }

    /// As [`Wires::end`], to change it.
    pub(super) fn end_mut(&mut self, end: WireEnd) -> Option<&mut End> {
        let found = &mut self.ends.get_mut(end.wire as usize)?[end.side.index()];
        (found.generation == end.generation).then_some(found)
    }

    /// Puts connections into the order in which they were made.
    pub(super) fn sort_by_age(&self, ends: &mut [WireEnd]) {
        ends.sort_by_key(|end| self.rest(*end).map(|rest| rest.older));
    }

    /// The rest of the connection, if it still exists.
    pub(super) fn rest(&self, end: WireEnd) -> Option<&Rest> {
        self.end(end)?;
        self.rests[end.wire as usize].as_ref()
    }

    /// As [`Wires::rest`], to change it.
    pub(super) fn rest_mut(&mut self, end: WireEnd) -> Option<&mut Rest> {
        self.end(end)?;
        self.rests[end.wire as usize].as_mut()
    }

    /// Every connection, by its dialler's end.
    pub(super) fn iter(&self) -> impl Iterator<Item = (WireEnd, &Rest)> {
        let wires = (0_u32..).zip(self.ends.iter().zip(&self.rests));
        wires.filter_map(|(wire, (ends, rest))| {
            let end = WireEnd {
                wire,
                generation: ends[0].generation,
                side: Side::Dialler,
            };
            Some((end, rest.as_ref()?))
        })
    }

    /// Forgets a connection that nobody has and nothing is on the way in. Returns the nodes that
    /// it joined, if it is forgotten.
    pub(super) fn forget_if_over(&mut self, end: WireEnd) -> Option<[u32; 2]> {
        self.end(end)?;
        let ends = &mut self.ends[end.wire as usize];
        let under_way: i32 = ends.iter().map(|end| end.balance).sum();
        if under_way > 0 || ends.iter().any(|end| end.is_open) {
            return None;
        }
        for end in &mut *ends {
            end.generation = end.generation.wrapping_add(1).max(1);
        }
        let nodes = ends.each_ref().map(|end| end.node);
        self.rests[end.wire as usize] = None;
        self.free.push(end.wire);
        Some(nodes)
    }
}
