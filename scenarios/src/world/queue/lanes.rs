//! The two lanes at the end of a byte stream: the mailbox and the answers. `message` faults act
//! here, behind the stream, and answers may be handled later than they arrive.

use super::QueueWorld;
use super::step::Step;
use super::wire::{HeldLane, Lane, Parcel, Unit, WireEnd};
use crate::scenario::plan::MessageAction;
use crate::trace::{Entry, Fact, NodeId, Observer, Tampering};
use crate::world::Class;
use crate::world::simulated::tampering;
use deploysim_protocol::time::Time;
use deploysim_protocol::wire::{Envelope, encoded_len};
use std::collections::VecDeque;

impl<O: Observer> QueueWorld<'_, O> {
    /// A parcel enters its lane while some fault or delay acts on lanes.
    pub(super) fn enter_lane(&mut self, parcel: u32) {
        let Some(Parcel { to, unit }) = self.wires.parcels.value(parcel) else {
            return;
        };
        let (to, lane) = (*to, unit.lane());
        let action = if matches!(unit, Unit::End) {
            None
        } else {
            self.tamper(parcel)
        };
        match action {
            None => self.pass_lane(parcel, to, lane),
            Some(MessageAction::Drop) => {
                self.note_tampered(parcel, Tampering::Dropped);
                self.wires.parcels.take(parcel);
            }
            Some(MessageAction::Duplicate) => {
                self.note_tampered(parcel, Tampering::Duplicated);
                let copy = self
                    .wires
                    .parcels
                    .value(parcel)
                    .and_then(|parcel| copy_of(&parcel.unit));
                self.pass_lane(parcel, to, lane);
                if let Some(unit) = copy {
                    let (copy, _) = self.wires.parcels.insert(Parcel { to, unit });
                    self.pass_lane(copy, to, lane);
                }
            }
            Some(MessageAction::Delay(by)) => {
                self.note_tampered(parcel, Tampering::Delayed);
                let until = self.now + by;
                self.hold_lane(to, lane, Some(until), parcel);
                self.push(until, Class::Message, Step::Hand { parcel });
            }
            Some(MessageAction::Reorder) => {
                self.note_tampered(parcel, Tampering::Reordered);
                self.hold_lane(to, lane, None, parcel);
            }
        }
    }

    /// Behind what its lane holds, if it holds anything; otherwise to the process.
    fn pass_lane(&mut self, parcel: u32, to: WireEnd, lane: Lane) {
        let Some(wire) = self.wires.rest_mut(to) else {
            return;
        };
        let held = wire
            .held_lanes()
            .iter()
            .position(|held| held.side == to.side && held.lane == lane);
        match held {
            Some(at) if wire.lanes()[at].until.is_none() => {
                // The next has come: it goes first, then the one that waited for it.
                let waited = wire.lanes().swap_remove(at).parcels;
                self.leave_lane(parcel, lane);
                for parcel in waited {
                    self.leave_lane(parcel, lane);
                }
            }
            Some(at) => wire.lanes()[at].parcels.push_back(parcel),
            None => self.leave_lane(parcel, lane),
        }
    }

    fn leave_lane(&mut self, parcel: u32, lane: Lane) {
        let delay = self.plan.network.answer_delay;
        if lane == Lane::Answers && !delay.is_zero() {
            self.agenda
                .push_after(self.now, delay, Class::Message, Step::Hand { parcel });
        } else {
            self.hand(parcel);
        }
    }

    fn hold_lane(&mut self, to: WireEnd, lane: Lane, until: Option<Time>, parcel: u32) {
        let Some(wire) = self.wires.rest_mut(to) else {
            return;
        };
        match wire
            .lanes()
            .iter_mut()
            .find(|held| held.side == to.side && held.lane == lane)
        {
            Some(held) => {
                held.until = held.until.max(until);
                held.parcels.push_back(parcel);
            }
            None => {
                let parcels = VecDeque::from([parcel]);
                wire.lanes().push(HeldLane {
                    side: to.side,
                    lane,
                    until,
                    parcels,
                });
            }
        }
    }

    /// The step behind a delayed answer, or behind a lane whose hold is over.
    pub(super) fn hand_later(&mut self, parcel: u32) {
        let Some(Parcel { to, .. }) = self.wires.parcels.value(parcel) else {
            return;
        };
        let to = *to;
        let now = self.now;
        let over = self.wires.rest_mut(to).and_then(|wire| {
            let at = wire
                .held_lanes()
                .iter()
                .position(|held| held.parcels.contains(&parcel))?;
            if wire.lanes()[at].until.is_some_and(|until| until > now) {
                None
            } else {
                Some(wire.lanes().swap_remove(at))
            }
        });
        match over {
            Some(lane) => {
                for parcel in lane.parcels {
                    self.hand(parcel);
                }
            }
            None if self.is_held(to, parcel) => {}
            None => self.hand(parcel),
        }
    }

    fn is_held(&self, to: WireEnd, parcel: u32) -> bool {
        self.wires.rest(to).is_some_and(|wire| {
            wire.held_lanes()
                .iter()
                .any(|held| held.parcels.contains(&parcel))
        })
    }

    /// Lanes that wait for a next parcel wait no longer.
    pub(super) fn release_reordered(&mut self) {
        let mut waiting: Vec<(WireEnd, usize)> = Vec::new();
        for (end, rest) in self.wires.iter() {
            let held = rest.held_lanes().iter().enumerate();
            for (at, held) in held.filter(|(_, held)| held.until.is_none()) {
                let side = held.side;
                waiting.push((WireEnd { side, ..end }, at));
            }
        }
        for (end, at) in waiting.into_iter().rev() {
            let parcels = self
                .wires
                .rest_mut(end)
                .map(|wire| wire.lanes().remove(at).parcels);
            for parcel in parcels.into_iter().flatten() {
                self.hand(parcel);
            }
        }
    }

    /// What the active `message` faults do to a parcel that enters its lane.
    fn tamper(&mut self, parcel: u32) -> Option<MessageAction> {
        let Parcel { to, unit } = self.wires.parcels.value(parcel)?;
        let kind = unit.shown()?.kind();
        let own = self.wires.end(*to)?;
        let (sender, receiver) = (own.peer, own.node);
        tampering::tamper(self, kind, sender, receiver)
    }

    fn note_tampered(&mut self, parcel: u32, tampering: Tampering) {
        let Some(Parcel { to, unit }) = self.wires.parcels.value(parcel) else {
            return;
        };
        let (Some(own), Some(unit)) = (self.wires.end(*to), unit.shown()) else {
            return;
        };
        let (node, from) = (NodeId(own.node), NodeId(own.peer));
        let fact = Fact::Tampered {
            from,
            unit,
            tampering,
        };
        self.observer.observe(&Entry {
            at: self.now,
            node,
            fact,
        });
    }
}

fn copy_of(unit: &Unit) -> Option<Unit> {
    match unit {
        Unit::Message(message) => Some(Unit::Message(message.clone())),
        Unit::Ask(call, ask) => Some(Unit::Ask(*call, ask.clone())),
        Unit::Answer(call, answer) => Some(Unit::Answer(*call, answer.clone())),
        Unit::Resolve(call) => Some(Unit::Resolve(*call)),
        Unit::Resolved(call) => Some(Unit::Resolved(*call)),
        Unit::End => None,
    }
}

/// How many bytes a unit takes in the stream: its encoded frame. The end of the stream, a
/// request and a reset are bytes of the transport and take none.
pub(super) fn size_of(unit: &Unit) -> u32 {
    let envelope = match unit {
        Unit::Message(message) => return length(deploysim_protocol::wire::one_way_len(message)),
        Unit::Ask(call, ask) => return length(deploysim_protocol::wire::ask_len(*call, ask)),
        Unit::Answer(call, answer) => {
            return length(deploysim_protocol::wire::answer_len(*call, answer));
        }
        Unit::Resolve(call) => Envelope::Resolve {
            call: *call,
            endpoint: deploysim_protocol::text::Text::new("Master"),
        },
        Unit::Resolved(call) => Envelope::Resolved {
            call: *call,
            found: true,
        },
        Unit::End => return 0,
    };
    length(encoded_len(&envelope))
}

fn length(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}
