//! Reading ahead: what the next steps will look at is read before they are taken, for many steps
//! at once. Nothing changes by it but the processor's cache.
//!
//! In a big run each step needs memory that was last used thousands of steps before, and waits
//! for it several times in a row: the process, its node, its connection, its link. Reads that do
//! not depend on each other wait together.

use super::QueueWorld;
use super::step::Step;
use super::wire::{Parcel, Unit, WireEnd};
use crate::trace::Observer;
use deploysim_nodes::hosted::AnyNode;
use deploysim_protocol::message::{Message, ToMaster};
use std::hint::black_box;

/// How many steps of each kind are read ahead at once.
const STEPS: usize = 16;

/// Runs of fewer processes fit into the cache anyway.
const PROCESSES_MIN: usize = 1_000;

impl<O: Observer> QueueWorld<'_, O> {
    /// Reads ahead if everything that was read is used up.
    #[inline]
    pub(super) fn read_ahead(&mut self) {
        match self.ahead_left.checked_sub(1) {
            Some(left) => self.ahead_left = left,
            None => {
                self.ahead_left = STEPS as u32;
                if self.lives.len() >= PROCESSES_MIN {
                    self.read_next();
                }
            }
        }
    }

    #[inline(never)]
    fn read_next(&self) {
        let mut nodes = [0_u32; STEPS];
        let mut parcels = [0_u32; STEPS];
        let (mut fires, mut arrivals) = (0, 0);
        for step in self.agenda.ahead(STEPS) {
            if let Step::Fire { node, .. } = step
                && fires < STEPS
            {
                nodes[fires] = node;
                fires += 1;
            } else if let Step::Arrive { parcel } = step
                && arrivals < STEPS
            {
                parcels[arrivals] = parcel;
                arrivals += 1;
            }
        }
        self.read_processes(&nodes[..fires]);
        self.read_parcels(&parcels[..arrivals]);
    }

    /// The processes whose timers fire, and for workers the connections into which they will
    /// send.
    fn read_processes(&self, nodes: &[u32]) {
        for node in nodes {
            black_box(self.lives[*node as usize].place.process);
        }
        let mut ends: [Option<WireEnd>; STEPS] = [None; STEPS];
        for (end, node) in ends.iter_mut().zip(nodes) {
            if let Some(AnyNode::Worker(worker)) = &self.lives[*node as usize].node {
                black_box(worker.is_ending());
                let connection = worker.followed_master().and_then(|own| own.connection);
                *end = connection.map(WireEnd::of);
            }
        }
        for end in ends.iter().flatten() {
            if let Some(own) = self.wires.end(*end) {
                black_box(own.is_open);
            }
        }
        for end in ends.iter().flatten() {
            if let Some(own) = self.wires.end(*end) {
                self.direction.links.read(own.link);
            }
        }
    }

    /// The parcels that arrive, the ends at which they do, and what a master looks up for a
    /// heartbeat.
    fn read_parcels(&self, parcels: &[u32]) {
        let mut ends: [Option<WireEnd>; STEPS] = [None; STEPS];
        for (end, parcel) in ends.iter_mut().zip(parcels) {
            if let Some(Parcel { to, .. }) = self.wires.parcels.value(*parcel) {
                *end = Some(*to);
            }
        }
        for (end, parcel) in ends.iter().zip(parcels) {
            let (Some(own), Some(Parcel { unit, .. })) = (
                end.and_then(|end| self.wires.end(end)),
                self.wires.parcels.value(*parcel),
            ) else {
                continue;
            };
            if let Unit::Message(Message::ToMaster(ToMaster::Heartbeat { worker_id, .. })) = unit
                && let Some(AnyNode::Master(master)) = &self.lives[own.node as usize].node
            {
                black_box(master.books().worker_found(*worker_id));
            }
        }
    }
}
