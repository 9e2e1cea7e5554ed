//! What happened during a step, kept until the step is over: the observer lives outside the
//! simulated hosts, whose tasks may borrow nothing.

use crate::trace::{Entry, Fact, Fate, NodeId, Observer, Tampering, Unit};
use deploysim_nodes::hosted::{AnyNode, Happening};
use deploysim_protocol::address::Address;
use deploysim_protocol::message::{Answer, Ask, Message};
use deploysim_protocol::thrown::Thrown;
use deploysim_protocol::time::Time;
use std::time::Duration;

/// One thing that happened.
#[derive(Debug)]
pub(super) enum Noted {
    /// For the trace.
    Fact(u32, OwnedFact),
    /// A node is about to handle this.
    Handed(u32, Happening),
    /// A node as it was after an input.
    Inspected(u32, Box<AnyNode>),
    /// Every living node is to be inspected.
    InspectAll,
}

/// A fact that borrows nothing.
#[derive(Debug)]
pub(super) enum OwnedFact {
    Plain(Fact<'static>),
    Sent {
        to: Address,
        unit: OwnedUnit,
        fate: Fate,
    },
    Received {
        from: NodeId,
        unit: OwnedUnit,
        waited: Duration,
    },
    Tampered {
        from: NodeId,
        unit: OwnedUnit,
        tampering: Tampering,
    },
}

/// A unit that borrows nothing.
#[derive(Debug)]
pub(super) enum OwnedUnit {
    Message(Message),
    Ask(Ask),
    Answer(Result<Answer, Thrown>),
    Resolve,
    Resolved,
}

impl OwnedUnit {
    fn of(unit: Unit<'_>) -> Self {
        match unit {
            Unit::Message(message) => Self::Message(message.clone()),
            Unit::Ask(ask) => Self::Ask(ask.clone()),
            Unit::Answer(answer) => Self::Answer(answer.clone()),
            Unit::Resolve => Self::Resolve,
            Unit::Resolved => Self::Resolved,
        }
    }

    const fn shown(&self) -> Unit<'_> {
        match self {
            Self::Message(message) => Unit::Message(message),
            Self::Ask(ask) => Unit::Ask(ask),
            Self::Answer(answer) => Unit::Answer(answer),
            Self::Resolve => Unit::Resolve,
            Self::Resolved => Unit::Resolved,
        }
    }
}

impl OwnedFact {
    /// The fact without what it borrows.
    pub(super) fn of(fact: Fact<'_>) -> Self {
        Self::Plain(match fact {
            Fact::Sent { to, unit, fate } => {
                let unit = OwnedUnit::of(unit);
                return Self::Sent { to, unit, fate };
            }
            Fact::Received { from, unit, waited } => {
                let unit = OwnedUnit::of(unit);
                return Self::Received { from, unit, waited };
            }
            Fact::Tampered {
                from,
                unit,
                tampering,
            } => {
                let unit = OwnedUnit::of(unit);
                return Self::Tampered {
                    from,
                    unit,
                    tampering,
                };
            }
            Fact::Started(start) => Fact::Started(start),
            Fact::Ended { end } => Fact::Ended { end },
            Fact::Paused => Fact::Paused,
            Fact::Resumed => Fact::Resumed,
            Fact::ChildLaunched { name, child } => Fact::ChildLaunched { name, child },
            Fact::ChildLost { name, child } => Fact::ChildLost { name, child },
            Fact::ChildSignalled { name, signal } => Fact::ChildSignalled { name, signal },
            Fact::Note(event) => Fact::Note(event),
            Fact::ConnectionOpened { connection, peer } => {
                Fact::ConnectionOpened { connection, peer }
            }
            Fact::ConnectionEnded {
                connection,
                peer,
                cause,
            } => Fact::ConnectionEnded {
                connection,
                peer,
                cause,
            },
            Fact::DialFailed { to, cause } => Fact::DialFailed { to, cause },
            Fact::FaultBegan { fault } => Fact::FaultBegan { fault },
            Fact::FaultEnded { fault } => Fact::FaultEnded { fault },
            Fact::Settling => Fact::Settling,
            Fact::Finished => Fact::Finished,
        })
    }

    /// Tells the observer.
    pub(super) fn tell<O: Observer>(&self, at: Time, node: u32, observer: &mut O) {
        let fact = match self {
            Self::Plain(fact) => *fact,
            Self::Sent { to, unit, fate } => Fact::Sent {
                to: *to,
                unit: unit.shown(),
                fate: *fate,
            },
            Self::Received { from, unit, waited } => Fact::Received {
                from: *from,
                unit: unit.shown(),
                waited: *waited,
            },
            Self::Tampered {
                from,
                unit,
                tampering,
            } => Fact::Tampered {
                from: *from,
                unit: unit.shown(),
                tampering: *tampering,
            },
        };
        let node = NodeId(node);
        observer.observe(&Entry { at, node, fact });
    }
}
