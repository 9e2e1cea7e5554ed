//! Connections as the network knows them: two ends, two byte streams, and what faults make of
//! them. The bytes themselves are in sockets; what is done with them is in `traffic.rs`.

use super::lanes::HeldLane;
use crate::network::{Flow, Place, Process};
use deploysim_protocol::address::Connection;
use deploysim_protocol::time::Time;
use std::collections::{BTreeMap, VecDeque};
use std::num::NonZeroU64;
use std::time::Duration;
use tokio::sync::mpsc;

/// One end of one connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct WireEnd {
    /// Which connection.
    pub(super) wire: u64,
    /// Which end.
    pub(super) side: Side,
}

/// Who dialled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Side {
    /// The end that dialled.
    Dialler = 0,
    /// The end that accepted.
    Acceptor = 1,
}

impl WireEnd {
    /// The number by which the process at this end knows the connection.
    pub(super) fn connection(self) -> Connection {
        let number = self.wire * 2 + self.side as u64 + 1;
        Connection(NonZeroU64::new(number).expect("it is at least 1"))
    }

    /// The end that a process knows by this number.
    pub(super) fn of(connection: Connection) -> Self {
        let number = connection.0.get() - 1;
        let side = if number.is_multiple_of(2) {
            Side::Dialler
        } else {
            Side::Acceptor
        };
        Self {
            wire: number / 2,
            side,
        }
    }

    pub(super) const fn other(self) -> Self {
        let side = match self.side {
            Side::Dialler => Side::Acceptor,
            Side::Acceptor => Side::Dialler,
        };
        Self {
            wire: self.wire,
            side,
        }
    }

    const fn index(self) -> usize {
        self.side as usize
    }
}

/// A connection.
#[derive(Debug)]
pub(super) struct Wire {
    /// Its two ends, by side.
    pub(super) ends: [End; 2],
    /// The dial has ended well: before that there is nothing that could break.
    pub(super) is_made: bool,
    /// A fault has broken it: whatever arrives is answered by a reset.
    pub(super) severed: bool,
    /// Lanes that a `message` fault holds.
    pub(super) lanes: Vec<HeldLane>,
    /// How many of its two streams have come to their end.
    pub(super) streams_over: u8,
}

/// One end of a connection.
#[derive(Debug)]
pub(super) struct End {
    /// The node.
    pub(super) node: u32,
    /// Where its process runs.
    pub(super) place: Place,
    /// Whether the process has this end.
    pub(super) is_open: bool,
    /// Whether the end of the stream that leaves here was written.
    pub(super) is_ended: bool,
    /// The stream that leaves here.
    pub(super) flow: Flow,
    /// Its link.
    pub(super) link: u32,
    /// What waits for a retransmission.
    pub(super) held: VecDeque<Load>,
    /// Where what leaves goes.
    pub(super) gate: mpsc::UnboundedSender<Departure>,
    /// How long the socket needs from here to the other end.
    pub(super) transit: Duration,
    /// What the gate takes from `gate`, until it is there to take it.
    pub(super) departures: Option<mpsc::UnboundedReceiver<Departure>>,
}

impl End {
    pub(super) const fn process(&self) -> Process {
        self.place.process
    }
}

/// What leaves an end.
#[derive(Debug)]
pub(super) enum Load {
    /// A frame.
    Frame(Vec<u8>),
    /// Who accepted: it leaves only if the process still lives.
    Greeting(Vec<u8>),
    /// The end of the stream.
    End,
}

impl Load {
    pub(super) fn size_bytes(&self) -> u32 {
        match self {
            Self::Frame(bytes) => u32::try_from(bytes.len()).unwrap_or(u32::MAX),
            Self::Greeting(_) | Self::End => 0,
        }
    }
}

/// Something that is to enter the socket.
#[derive(Debug)]
pub(super) struct Departure {
    /// When, so that it arrives when the network says; at once if that is over.
    pub(super) at: Time,
    /// What.
    pub(super) load: Load,
}

/// All connections of a run.
#[derive(Debug, Default)]
pub(super) struct Wires {
    pub(super) wires: BTreeMap<u64, Wire>,
    made: u64,
}

impl Wires {
    pub(super) fn insert(&mut self, ends: [End; 2]) -> u64 {
        let wire = self.made;
        self.made += 1;
        let value = Wire {
            ends,
            is_made: false,
            severed: false,
            lanes: Vec::new(),
            streams_over: 0,
        };
        self.wires.insert(wire, value);
        wire
    }

    /// Every end that a process has.
    pub(super) fn ends_of(&self, node: u32, process: Process) -> Vec<WireEnd> {
        let wires = self.wires.iter().flat_map(|(wire, value)| {
            let ends = [Side::Dialler, Side::Acceptor].map(|side| WireEnd { wire: *wire, side });
            ends.into_iter().zip(&value.ends)
        });
        let own = wires.filter(|(_, own)| own.node == node && own.process() == process);
        own.map(|(end, _)| end).collect()
    }

    pub(super) fn wire_mut(&mut self, end: WireEnd) -> Option<&mut Wire> {
        self.wires.get_mut(&end.wire)
    }

    pub(super) fn end(&self, end: WireEnd) -> Option<&End> {
        Some(&self.wires.get(&end.wire)?.ends[end.index()])
    }

    pub(super) fn end_mut(&mut self, end: WireEnd) -> Option<&mut End> {
        Some(&mut self.wires.get_mut(&end.wire)?.ends[end.index()])
    }
}
