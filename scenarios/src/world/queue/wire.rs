//! Connections: two ends, two byte streams, and what is on its way. Dialling is in `dial.rs`,
//! sending and arriving in `traffic.rs`.

use crate::network::{Flow, Place};
use crate::world::slab::Slab;
use deploysim_protocol::address::{Address, Connection};
use deploysim_protocol::message::{Answer, Ask, Message};
use deploysim_protocol::thrown::Thrown;
use deploysim_protocol::time::Time;
use std::collections::VecDeque;
use std::num::NonZeroU64;

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

/// A connection.
#[derive(Debug)]
pub(super) struct Wire {
    /// Its two ends, by side.
    pub(super) ends: [End; 2],
    /// Its two byte streams, by the side that sends.
    pub(super) flows: [Flow; 2],
    /// The link of each stream, by the side that sends.
    pub(super) links: [u32; 2],
    /// Parcels and resets under way; the connection is forgotten when both ends are closed and
    /// this is 0.
    pub(super) under_way: u32,
    /// A fault has broken it: whatever arrives is answered by a reset.
    pub(super) severed: bool,
    /// What only faults bring about.
    pub(super) rare: Option<Box<Rare>>,
}

/// What a connection keeps while faults act on it.
#[derive(Debug, Default)]
pub(super) struct Rare {
    /// What waits for a retransmission, by the side that sends.
    pub(super) held: [VecDeque<u32>; 2],
    /// Held lanes, where a `message` fault holds any.
    pub(super) lanes: Vec<HeldLane>,
}

impl Wire {
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

/// One end of a connection.
#[derive(Debug)]
pub(super) struct End {
    /// The node.
    pub(super) node: u32,
    /// Where its process runs.
    pub(super) place: Place,
    /// The node's address.
    pub(super) address: Address,
    /// Whether the node listens there and has said so to the other end.
    pub(super) listens: bool,
    /// Whether the process still has this end.
    pub(super) is_open: bool,
    /// Where the connection stands in its node's list.
    pub(super) position: u32,
    /// The last time a byte was read or written here.
    pub(super) active_at: Time,
    /// Whether a step is due that looks for idleness.
    pub(super) idle_check: bool,
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

/// All connections, and all parcels on their way.
#[derive(Debug)]
pub(super) struct Wires {
    pub(super) wires: Slab<Wire>,
    pub(super) parcels: Slab<Parcel>,
}

impl Wires {
    pub(super) const fn new() -> Self {
        Self {
            wires: Slab::new(),
            parcels: Slab::new(),
        }
    }

    pub(super) fn wire(&self, end: WireEnd) -> Option<&Wire> {
        self.wires.at(end.wire, end.generation)
    }

    pub(super) fn wire_mut(&mut self, end: WireEnd) -> Option<&mut Wire> {
        self.wires.at_mut(end.wire, end.generation)
    }

    /// The end, if the connection still exists.
    pub(super) fn end(&self, end: WireEnd) -> Option<&End> {
        Some(&self.wire(end)?.ends[end.side.index()])
    }

    /// As [`Wires::end`], to change it.
    pub(super) fn end_mut(&mut self, end: WireEnd) -> Option<&mut End> {
        Some(&mut self.wire_mut(end)?.ends[end.side.index()])
    }

    /// Forgets a connection that nobody has and nothing is on the way in. Returns the nodes that
    /// it joined, if it is forgotten.
    pub(super) fn forget_if_over(&mut self, end: WireEnd) -> Option<[u32; 2]> {
        let wire = self.wire(end)?;
        if wire.under_way > 0 || wire.ends.iter().any(|end| end.is_open) {
            return None;
        }
        let wire = self.wires.take(end.wire)?;
        Some(wire.ends.map(|end| end.node))
    }
}
