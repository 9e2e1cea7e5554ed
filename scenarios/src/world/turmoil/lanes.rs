//! The two lanes at the end of a byte stream, the mailbox and the answers: `message` faults act
//! here, behind the stream, and answers may be handled later than they arrive.

use super::wire::WireEnd;
use super::{Step, TurmoilWorld};
use crate::scenario::plan::MessageAction;
use crate::trace::{Fact, NodeId, Tampering, Unit};
use crate::world::Class;
use crate::world::simulated::tampering;
use deploysim_nodes::shell::{Command, Parcel};
use deploysim_protocol::time::Time;
use deploysim_protocol::wire::Envelope;

/// Which lane.
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
    end: WireEnd,
    lane: Lane,
    /// Until when; `None`: until the next arrives (reorder).
    until: Option<Time>,
    /// What waits in it.
    parcels: Vec<Parcel>,
}

impl TurmoilWorld {
    /// Something came to the end of its stream: what of it is handed on at this moment.
    pub(super) fn screen(&mut self, to: WireEnd, parcel: Parcel) -> Vec<Parcel> {
        let lane = lane_of(&parcel);
        match self.tamper(to, &parcel) {
            None => self.pass_lane(to, lane, parcel),
            Some(MessageAction::Drop) => {
                self.note_tampered(to, &parcel, Tampering::Dropped);
                Vec::new()
            }
            Some(MessageAction::Duplicate) => {
                self.note_tampered(to, &parcel, Tampering::Duplicated);
                let copy = parcel.clone();
                let mut passed = self.pass_lane(to, lane, parcel);
                passed.extend(self.pass_lane(to, lane, copy));
                passed
            }
            Some(MessageAction::Delay(by)) => {
                self.note_tampered(to, &parcel, Tampering::Delayed);
                let until = self.now + by;
                self.hold_lane(to, lane, Some(until), parcel);
                self.push(until, Class::Message, Step::LaneOpens { end: to, lane });
                Vec::new()
            }
            Some(MessageAction::Reorder) => {
                self.note_tampered(to, &parcel, Tampering::Reordered);
                self.hold_lane(to, lane, None, parcel);
                Vec::new()
            }
        }
    }

    /// Whether nothing can happen to a parcel at its lane.
    pub(super) fn lanes_are_free(&mut self, to: WireEnd) -> bool {
        self.direction.tamperings.is_empty()
            && self.plan.network.answer_delay.is_zero()
            && self
                .wires
                .wire_mut(to)
                .is_none_or(|wire| wire.lanes.is_empty())
    }

    fn tamper(&mut self, to: WireEnd, parcel: &Parcel) -> Option<MessageAction> {
        let unit = shown(parcel)?;
        let receiver = self.wires.end(to)?.node;
        let sender = self.wires.end(to.other())?.node;
        tampering::tamper(self, unit.kind(), sender, receiver)
    }

    /// Behind what its lane holds, if it holds anything; otherwise to the process.
    fn pass_lane(&mut self, to: WireEnd, lane: Lane, parcel: Parcel) -> Vec<Parcel> {
        let Some(wire) = self.wires.wire_mut(to) else {
            return vec![parcel];
        };
        let held = wire
            .lanes
            .iter()
            .position(|held| held.end == to && held.lane == lane);
        let parcels = match held {
            Some(at) if wire.lanes[at].until.is_none() => {
                // The next has come: it goes first, then the one that waited for it.
                let waited = wire.lanes.swap_remove(at).parcels;
                std::iter::once(parcel).chain(waited).collect()
            }
            Some(at) => {
                wire.lanes[at].parcels.push(parcel);
                return Vec::new();
            }
            None => vec![parcel],
        };
        self.leave_lane(to, lane, parcels)
    }

    fn leave_lane(&mut self, end: WireEnd, lane: Lane, parcels: Vec<Parcel>) -> Vec<Parcel> {
        let delay = self.plan.network.answer_delay;
        if lane == Lane::Mailbox || delay.is_zero() {
            return parcels;
        }
        for parcel in parcels {
            self.push(self.now + delay, Class::Message, Step::Hand { end, parcel });
        }
        Vec::new()
    }

    fn hold_lane(&mut self, end: WireEnd, lane: Lane, until: Option<Time>, parcel: Parcel) {
        let Some(wire) = self.wires.wire_mut(end) else {
            return;
        };
        match wire
            .lanes
            .iter_mut()
            .find(|held| held.end == end && held.lane == lane)
        {
            Some(held) => {
                held.until = held.until.max(until);
                held.parcels.push(parcel);
            }
            None => wire.lanes.push(HeldLane {
                end,
                lane,
                until,
                parcels: vec![parcel],
            }),
        }
    }

    /// The hold of a lane may be over.
    pub(super) fn open_lane(&mut self, end: WireEnd, lane: Lane) {
        let now = self.now;
        let Some(wire) = self.wires.wire_mut(end) else {
            return;
        };
        let over = wire.lanes.iter().position(|held| {
            held.end == end && held.lane == lane && held.until.is_some_and(|until| until <= now)
        });
        if let Some(at) = over {
            for parcel in wire.lanes.swap_remove(at).parcels {
                self.hand(end, parcel);
            }
        }
    }

    /// Hands something that was kept to its process.
    pub(super) fn hand(&self, end: WireEnd, parcel: Parcel) {
        if let Some(own) = self.wires.end(end).filter(|own| own.is_open) {
            let connection = end.connection();
            self.lives[own.node as usize].tell(Command::Hand { connection, parcel });
        }
    }

    /// Lanes that wait for a next parcel wait no longer.
    pub(super) fn release_reordered_lanes(&mut self) {
        let mut released = Vec::new();
        for wire in self.wires.wires.values_mut() {
            released.extend(wire.lanes.extract_if(.., |held| held.until.is_none()));
        }
        for held in released {
            for parcel in held.parcels {
                self.hand(held.end, parcel);
            }
        }
    }

    fn note_tampered(&mut self, to: WireEnd, parcel: &Parcel, tampering: Tampering) {
        let (Some(own), Some(other)) = (self.wires.end(to), self.wires.end(to.other())) else {
            return;
        };
        let (node, from) = (own.node, NodeId(other.node));
        if let Some(unit) = shown(parcel) {
            self.note(
                node,
                Fact::Tampered {
                    from,
                    unit,
                    tampering,
                },
            );
        }
    }
}

const fn lane_of(parcel: &Parcel) -> Lane {
    match parcel {
        Parcel::Envelope(Envelope::Answer { .. } | Envelope::Resolved { .. }) => Lane::Answers,
        Parcel::Envelope(
            Envelope::Hello { .. }
            | Envelope::OneWay(_)
            | Envelope::Ask { .. }
            | Envelope::Resolve { .. },
        )
        | Parcel::End => Lane::Mailbox,
    }
}

const fn shown(parcel: &Parcel) -> Option<Unit<'_>> {
    match parcel {
        Parcel::Envelope(envelope) => Unit::of(envelope),
        Parcel::End => None,
    }
}
