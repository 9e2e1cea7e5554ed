//! From what nodes send and receive to arrows: which sending belongs to which receipt, and what
//! never arrives.

use super::lanes::{LaneId, Lanes};
use super::record::{Arrival, Fact, Record};
use crate::pairing::{Pairing, Sending, Way};
use deploysim_scenarios::ledger::Ledger;
use deploysim_scenarios::trace::{self, Entry, Fate, NodeId, Tampering, Unit};
use std::collections::BTreeMap;

/// The number of a kind of message, in the order in which kinds are first seen.
pub(super) type Kind = u32;

/// What is on its way.
#[derive(Debug, Default)]
pub(super) struct Traffic {
    pairing: Pairing<Kind>,
    numbers: BTreeMap<(&'static str, &'static str), Kind>,
    kinds: Vec<KindCount>,
}

/// A kind of message, and how many of it there were.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct KindCount {
    /// `message`, `ask`, `answer`, `resolve` or `resolved`.
    pub(super) way: &'static str,
    pub(super) name: &'static str,
    pub(super) arrived: u64,
    pub(super) lost: u64,
}

impl Traffic {
    /// The arrows that an entry completes.
    pub(super) fn see(&mut self, entry: &Entry<'_>, ledger: &Ledger, lanes: &Lanes) -> Vec<Record> {
        let (at, node) = (entry.at.as_nanos(), entry.node);
        match &entry.fact {
            trace::Fact::Sent { to, unit, fate } => match ledger.node_at(*to) {
                Some(to) => self.sent(at, way(node, to), unit, *fate, lanes),
                None => Vec::new(),
            },
            trace::Fact::Received {
                from,
                unit,
                waited: _,
            } => {
                let kind = self.kind(unit);
                let sent = self.pairing.arrived(way(*from, node), kind);
                self.arrow(at, way(*from, node), kind, sent, Arrival::Arrived, lanes)
            }
            trace::Fact::Tampered {
                from,
                unit,
                tampering,
            } => self.tampered(at, way(*from, node), unit, *tampering, lanes),
            trace::Fact::ConnectionEnded { connection, .. } => {
                let peer = ledger.peer(*connection);
                if let Some(peer) = peer.and_then(|peer| ledger.node_named(peer)) {
                    self.pairing.disconnected(node.0, peer.0);
                }
                Vec::new()
            }
            trace::Fact::DialFailed { to, .. } => {
                let Some(to) = ledger.node_at(*to) else {
                    return Vec::new();
                };
                let way = way(node, to);
                let lost = self.pairing.not_connected(way);
                self.all_lost(at, lost.into_iter().map(|one| (way, one)), lanes)
            }
            trace::Fact::Ended { .. } => {
                let lost = self.pairing.gone(node.0);
                self.all_lost(at, lost, lanes)
            }
            trace::Fact::Finished => {
                let lost: Vec<_> = std::mem::take(&mut self.pairing).finish().collect();
                self.all_lost(at, lost, lanes)
            }
            trace::Fact::Started(_)
            | trace::Fact::Paused
            | trace::Fact::Resumed
            | trace::Fact::ChildLaunched { .. }
            | trace::Fact::ChildLost { .. }
            | trace::Fact::ChildSignalled { .. }
            | trace::Fact::Note(_)
            | trace::Fact::ConnectionOpened { .. }
            | trace::Fact::FaultBegan { .. }
            | trace::Fact::FaultEnded { .. }
            | trace::Fact::Settling => Vec::new(),
        }
    }

    fn sent(
        &mut self,
        at: u64,
        way: Way,
        unit: &Unit<'_>,
        fate: Fate,
        lanes: &Lanes,
    ) -> Vec<Record> {
        let kind = self.kind(unit);
        let given_up = match fate {
            Fate::Carried => self.pairing.left(way, kind, at),
            Fate::WaitsForConnection => self.pairing.waits(way, kind, at),
            Fate::Lost => return self.arrow(at, way, kind, Some(at), Arrival::Lost, lanes),
            Fate::Local => None,
        };
        self.all_lost(at, given_up.map(|one| (way, one)), lanes)
    }

    fn tampered(
        &mut self,
        at: u64,
        way: Way,
        unit: &Unit<'_>,
        tampering: Tampering,
        lanes: &Lanes,
    ) -> Vec<Record> {
        let kind = self.kind(unit);
        match tampering {
            Tampering::Dropped => {
                let sent = self.pairing.arrived(way, kind);
                self.arrow(at, way, kind, sent, Arrival::Dropped, lanes)
            }
            // What is repeated, held or moved is received all the same.
            Tampering::Duplicated | Tampering::Delayed | Tampering::Reordered => {
                self.arrow(at, way, kind, Some(at), Arrival::Tampered, lanes)
            }
        }
    }

    /// All kinds, by their numbers.
    pub(super) fn kinds(&self) -> &[KindCount] {
        &self.kinds
    }

    /// Whether a kind is the ordinary heartbeat of workers.
    pub(super) fn is_heartbeat(&self, kind: Kind) -> bool {
        self.kinds[kind as usize].name == "Heartbeat"
    }

    fn kind(&mut self, unit: &Unit<'_>) -> Kind {
        let (way, name) = (unit.way(), unit.kind());
        let next = Kind::try_from(self.kinds.len()).unwrap_or(Kind::MAX);
        let number = *self.numbers.entry((way, name)).or_insert(next);
        if number == next {
            self.kinds.push(KindCount {
                way,
                name,
                arrived: 0,
                lost: 0,
            });
        }
        number
    }

    fn all_lost(
        &mut self,
        at: u64,
        lost: impl IntoIterator<Item = (Way, Sending<Kind>)>,
        lanes: &Lanes,
    ) -> Vec<Record> {
        let lost = lost.into_iter();
        lost.flat_map(|(way, one)| {
            self.arrow(at, way, one.kind, Some(one.mark), Arrival::Lost, lanes)
        })
        .collect()
    }

    /// Counts what came of a message, and draws it if both of its ends have lanes.
    fn arrow(
        &mut self,
        at: u64,
        way: Way,
        kind: Kind,
        sent: Option<u64>,
        fate: Arrival,
        lanes: &Lanes,
    ) -> Vec<Record> {
        let counts = &mut self.kinds[kind as usize];
        match fate {
            Arrival::Arrived => counts.arrived += 1,
            Arrival::Dropped | Arrival::Lost => counts.lost += 1,
            Arrival::Tampered => {}
        }
        let lane = |node| -> Option<LaneId> { lanes.of(NodeId(node)) };
        let (Some(to), Some(from)) = (lane(way.to), lane(way.from)) else {
            return Vec::new();
        };
        let fact = Fact::Arrow {
            to,
            from,
            kind,
            sent,
            fate,
        };
        vec![Record { at, fact }]
    }
}

const fn way(from: NodeId, to: NodeId) -> Way {
    Way {
        to: to.0,
        from: from.0,
    }
}
