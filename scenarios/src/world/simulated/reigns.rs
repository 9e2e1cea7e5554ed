//! Who leads: the last master that became ALIVE and has not ended. Faults may aim at it.

use super::SimulatedWorld;
use crate::network::Process;

/// The masters that became ALIVE, the last one last; those that have ended since may be among
/// them.
#[derive(Debug, Default)]
pub(in crate::world) struct Reigns(Vec<(u32, Process)>);

impl Reigns {
    /// A master's process became ALIVE.
    pub(in crate::world) fn begin(&mut self, node: u32, process: Process) {
        self.0.push((node, process));
    }

    /// The master that leads.
    pub(in crate::world) fn leader<W: SimulatedWorld>(&self, world: &W) -> Option<u32> {
        let reigns = self.0.iter().rev();
        let mut living = reigns.filter(|(node, process)| {
            let part = world.part(*node);
            part.is_alive && part.place.process == *process
        });
        living.next().map(|(node, _)| *node)
    }
}
