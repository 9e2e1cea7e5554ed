//! The `message` fault: which parcels it touches, and who is meant by a target.

use super::QueueWorld;
use super::lanes::kind_of;
use super::wire::Parcel;
use crate::ledger::ProcessName;
use crate::network::Cause;
use crate::scenario::plan::{MessageAction, Target};
use crate::trace::Observer;

/// One active `message` fault.
#[derive(Debug)]
pub(super) struct Tamper {
    pub(super) cause: Cause,
    pub(super) kind: &'static str,
    pub(super) from: Vec<Target>,
    pub(super) to: Vec<Target>,
    pub(super) nth: u32,
    pub(super) count: u32,
    pub(super) seen: u32,
    pub(super) action: MessageAction,
}

impl<O: Observer> QueueWorld<'_, O> {
    /// What the active faults do to a parcel that enters its lane. Every fault counts it; the
    /// first that touches it decides.
    pub(super) fn tamper(&mut self, parcel: u32) -> Option<MessageAction> {
        let Parcel { to, unit } = self.wires.parcels.value(parcel)?;
        let kind = kind_of(unit)?;
        let wire = self.wires.wire(*to)?;
        let receiver = wire.ends[to.side.index()].node;
        let sender = wire.ends[to.side.other().index()].node;
        let mut decided = None;
        for at in 0..self.tamperings.len() {
            let tamper = &self.tamperings[at];
            let touches = tamper.kind == kind
                && self.is_one_of(sender, &tamper.from)
                && self.is_one_of(receiver, &tamper.to);
            if !touches {
                continue;
            }
            let tamper = &mut self.tamperings[at];
            tamper.seen += 1;
            let last = tamper.nth.saturating_add(tamper.count - 1);
            if decided.is_none() && (tamper.nth..=last).contains(&tamper.seen) {
                decided = Some(tamper.action);
            }
        }
        decided
    }

    /// Whether a node is one of the targets; no targets mean every node.
    fn is_one_of(&self, node: u32, targets: &[Target]) -> bool {
        targets.is_empty() || targets.iter().any(|target| self.is_target(node, target))
    }

    /// Whether a target means this node.
    pub(super) fn is_target(&self, node: u32, target: &Target) -> bool {
        let life = &self.lives[node as usize];
        match target {
            Target::Master(wanted) | Target::Worker(wanted) | Target::Application(wanted) => {
                *life.name.as_str() == **wanted
            }
            Target::Driver { name: wanted, copy } => match ProcessName::of(life.name) {
                ProcessName::Driver { driver, copy: own } => {
                    *driver.as_str() == **wanted && copy.is_none_or(|copy| copy == own)
                }
                ProcessName::Plain | ProcessName::Executor { .. } => false,
            },
            Target::Executor {
                application: wanted,
                number,
            } => match ProcessName::of(life.name) {
                ProcessName::Executor {
                    application,
                    number: own,
                } => *application.as_str() == **wanted && number.is_none_or(|number| number == own),
                ProcessName::Plain | ProcessName::Driver { .. } => false,
            },
        }
    }

    /// Every living process that the targets mean, each once, in the order of their places.
    pub(super) fn targets(&self, targets: &[Target]) -> Vec<u32> {
        let count = u32::try_from(self.lives.len()).expect("fewer than 2^32 processes");
        (0..count)
            .filter(|node| self.is_alive(*node))
            .filter(|node| targets.iter().any(|target| self.is_target(*node, target)))
            .collect()
    }
}
