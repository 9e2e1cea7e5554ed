//! Who answers at an address, for a world in which processes dial each other. Whether a request
//! gets there, and when its answer is back, is not decided here.

use super::SimulatedWorld;
use crate::network::{Peer, Place, Process};
use deploysim_protocol::address::Address;

/// The process that has an address, or had it last.
#[derive(Clone, Copy, Debug)]
pub(in crate::world) struct Holder {
    /// Which node.
    pub(in crate::world) node: u32,
    /// Where its process is, or was.
    pub(in crate::world) place: Place,
    /// Whether it listens there.
    pub(in crate::world) peer: Peer,
}

/// Who has an address, or had it last; `None` for one that nobody has ever had: a machine that
/// runs and on which nobody listens.
pub(in crate::world) fn holder<W: SimulatedWorld>(world: &W, address: Address) -> Option<Holder> {
    let node = world.state().addresses.get(&address).copied()?;
    let part = world.part(node);
    let peer = if part.is_alive && part.address == address {
        Peer::Listening
    } else {
        Peer::Dead
    };
    Some(Holder {
        node,
        place: part.place,
        peer,
    })
}

/// The node at an address, if the process there is still the one that `answered` a dial. One that
/// has ended since it accepted counts as a refusal.
pub(in crate::world) fn acceptor<W: SimulatedWorld>(
    world: &W,
    address: Address,
    answered: Option<Process>,
) -> Option<u32> {
    let node = world.state().addresses.get(&address).copied()?;
    let part = world.part(node);
    (part.is_alive && Some(part.place.process) == answered).then_some(node)
}
