//! The end of a process in the queue world: what it leaves behind on its connections, and when
//! its place may be used again.

use super::QueueWorld;
use super::life::{Life, Standing, Waiting};
use super::own_lines::OwnLines;
use super::wire::{Unit, WireEnd};
use crate::trace::{End, Fact, Observer};
use crate::world::simulated::processes;

impl<O: Observer> QueueWorld<'_, O> {
    /// Ends a process: what it has written still leaves, then the end of each stream. Nothing
    /// leaves without power.
    pub(super) fn end_process(&mut self, node: u32, end: End) {
        let life = &mut self.lives[node as usize];
        if life.node.take().is_none() {
            return;
        }
        life.disarm_all();
        life.cold.calls.clear();
        life.cold.store = None;
        life.cold.carries = 0;
        life.standing = Standing::Going;
        let backlog = std::mem::take(&mut life.cold.backlog);
        let unfinished = life.cold.catch_up.take();
        let unfinished = unfinished.map(|catch_up| catch_up.left());
        for waiting in unfinished.into_iter().flatten().chain(backlog) {
            match waiting {
                Waiting::Parcel { parcel, .. } => drop(self.wires.parcels.take(parcel)),
                Waiting::Post(post) => drop(self.posts.take(post)),
                Waiting::Fire { .. } | Waiting::CallTimeout { .. } => {}
            }
        }
        self.record(node, Fact::Ended { end });
        // As a kernel does that closes the descriptors of a process in the order of their numbers.
        let mut wires = self.lives[node as usize].cold.wires.clone();
        self.wires.sort_by_age(&mut wires);
        for own in wires {
            match end {
                End::Exited(_) | End::Signalled(_) | End::Crashed => self.transmit(own, Unit::End),
                // Nothing leaves any more, and nobody is told.
                End::PowerLost => self.drop_held(own),
            }
            self.close_end(own);
            self.forget_wire(own);
        }
        self.drop_dials(node);
        self.lives[node as usize].cold.lines = OwnLines::new();
        processes::part_ended(self, node, end);
        self.free_if_over(node);
    }

    /// The place of a child that is gone is used again once no connection names it.
    fn free_if_over(&mut self, node: u32) {
        let life: &mut Life = &mut self.lives[node as usize];
        if life.cold.child.is_some()
            && !life.is_alive()
            && life.cold.attached == 0
            && !life.cold.is_free
        {
            life.cold.is_free = true;
            self.free_lives.push(node);
        }
    }

    /// Forgets a connection that is over, and with it what it keeps alive.
    pub(super) fn forget_wire(&mut self, end: WireEnd) {
        if let Some(nodes) = self.wires.forget_if_over(end) {
            for node in nodes {
                self.lives[node as usize].cold.attached -= 1;
                self.free_if_over(node);
            }
        }
    }
}
