//! The `message` fault: which messages it touches, and what is to be done to them. And who is
//! meant by a target. How a message is held or repeated is the world's own.

use super::SimulatedWorld;
use crate::ledger::ProcessName;
use crate::network::Cause;
use crate::scenario::plan::{MessageAction, Target};
use crate::trace::Role;
use deploysim_protocol::text::Text;

/// One active `message` fault.
#[derive(Debug)]
pub(in crate::world) struct Tamper {
    pub(in crate::world) cause: Cause,
    pub(in crate::world) kind: &'static str,
    pub(in crate::world) from: Vec<Target>,
    pub(in crate::world) to: Vec<Target>,
    pub(in crate::world) nth: u32,
    pub(in crate::world) count: u32,
    pub(in crate::world) seen: u32,
    pub(in crate::world) action: MessageAction,
}

/// What the active faults do to something of this kind that enters its lane at the receiver.
/// Every fault counts it; the first that touches it decides.
pub(in crate::world) fn tamper<W: SimulatedWorld>(
    world: &mut W,
    kind: &str,
    sender: u32,
    receiver: u32,
) -> Option<MessageAction> {
    let mut decided = None;
    for at in 0..world.state().tamperings.len() {
        let tamper = &world.state().tamperings[at];
        let touches = tamper.kind == kind
            && is_one_of(world, sender, &tamper.from)
            && is_one_of(world, receiver, &tamper.to);
        if !touches {
            continue;
        }
        let tamper = &mut world.state_mut().tamperings[at];
        tamper.seen += 1;
        let last = tamper.nth.saturating_add(tamper.count - 1);
        if decided.is_none() && (tamper.nth..=last).contains(&tamper.seen) {
            decided = Some(tamper.action);
        }
    }
    decided
}

/// Whether a node is one of the targets; no targets mean every node.
fn is_one_of<W: SimulatedWorld>(world: &W, node: u32, targets: &[Target]) -> bool {
    targets.is_empty() || targets.iter().any(|target| is_target(world, node, target))
}

/// Whether a target means this node.
pub(in crate::world) fn is_target<W: SimulatedWorld>(
    world: &W,
    node: u32,
    target: &Target,
) -> bool {
    if *target == Target::Leader {
        return world.state().reigns.leader(world) == Some(node);
    }
    let part = world.part(node);
    is_named(part.name, part.role, target)
}

/// Whether a target means the process of this name and role. Who leads has no name.
pub(in crate::world) fn is_named(name: Text, role: Role, target: &Target) -> bool {
    match target {
        Target::Election => role == Role::ElectionService,
        Target::Leader => false,
        Target::Master(wanted) | Target::Worker(wanted) | Target::Application(wanted) => {
            *name.as_str() == **wanted
        }
        Target::Driver { name: wanted, copy } => match ProcessName::of(name) {
            ProcessName::Driver { driver, copy: own } => {
                *driver.as_str() == **wanted && copy.is_none_or(|copy| copy == own)
            }
            ProcessName::Plain | ProcessName::Executor { .. } => false,
        },
        Target::Executor {
            application: wanted,
            number,
        } => match ProcessName::of(name) {
            ProcessName::Executor {
                application,
                number: own,
            } => *application.as_str() == **wanted && number.is_none_or(|number| number == own),
            ProcessName::Plain | ProcessName::Driver { .. } => false,
        },
    }
}

/// Every living process that the targets mean, each once, in the order of their places.
pub(in crate::world) fn targets<W: SimulatedWorld>(world: &W, targets: &[Target]) -> Vec<u32> {
    (0..world.count())
        .filter(|node| world.is_alive(*node))
        .filter(|node| targets.iter().any(|target| is_target(world, *node, target)))
        .collect()
}
