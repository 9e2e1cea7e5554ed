//! Reading ahead: what the next steps will look at is read before they are taken, for many steps
//! at once. Nothing changes by it but the processor's cache.
//!
//! In a big run each step needs memory that was last used thousands of steps before, and waits
//! for it several times in a row: the process, its node, its connection, its link. Reads that do
//! not depend on each other wait together.

use super::QueueWorld;
use super::life::Life;
use super::step::Step;
use super::wire::{Parcel, Unit, WireEnd};
use crate::trace::Observer;
use deploysim_nodes::hosted::AnyNode;
use deploysim_nodes::node::Effect;
use deploysim_nodes::turn::Stamped;
use deploysim_nodes::worker::Worker;
use deploysim_protocol::address::Reference;
use deploysim_protocol::message::{Message, ToMaster};
use std::hint::black_box;

/// How many steps of a kind are read ahead at once.
const STEPS: usize = 16;

/// Runs of fewer processes fit into the cache anyway.
const PROCESSES_MIN: usize = 1_000;

/// How many steps of each kind are to be taken before the next are read. What they look at was
/// read together with the last of them.
#[derive(Debug)]
pub(super) struct Ahead {
    fires: u32,
    arrivals: u32,
}

impl Ahead {
    /// Nothing is read yet.
    pub(super) const fn new() -> Self {
        Self {
            fires: 1,
            arrivals: 1,
        }
    }
}

/// Reads the two lines of a worker that its inputs look at; returns the master that it follows.
fn read_worker(worker: &Worker) -> Option<Reference> {
    black_box(worker.is_ending());
    black_box(worker.followed_master())
}

impl<O: Observer> QueueWorld<'_, O> {
    /// Reads ahead if this step, which has left the agenda, is the last of its kind that was read.
    #[inline]
    pub(super) fn read_ahead(&mut self, step: Step) {
        if let Step::Fire { .. } = step {
            self.ahead.fires -= 1;
            if self.ahead.fires == 0 {
                self.ahead.fires = self.read_fires();
            }
        } else if let Step::Arrive { .. } = step {
            self.ahead.arrivals -= 1;
            if self.ahead.arrivals == 0 {
                self.ahead.arrivals = self.read_arrivals();
            }
        }
    }

    /// Reads for the timers that fire next; returns in how many of them it is to be done again.
    #[inline(never)]
    fn read_fires(&self) -> u32 {
        if self.lives.len() < PROCESSES_MIN {
            return STEPS as u32;
        }
        let mut nodes = [0; STEPS];
        let mut count = 0;
        for step in self.agenda.ahead_in_lane(STEPS) {
            if let Step::Fire { node, .. } = step {
                nodes[count] = node;
                count += 1;
            }
        }
        self.read_processes(&nodes[..count]);
        count.max(1) as u32
    }

    /// As [`Self::read_fires`], for what arrives next.
    #[inline(never)]
    fn read_arrivals(&self) -> u32 {
        if self.lives.len() < PROCESSES_MIN {
            return STEPS as u32;
        }
        let mut parcels = [0; STEPS];
        let mut count = 0;
        for step in self.agenda.ahead_near(STEPS) {
            if let Step::Arrive { parcel } = step {
                parcels[count] = parcel;
                count += 1;
            }
        }
        self.read_parcels(&parcels[..count]);
        count.max(1) as u32
    }

    /// Reads ahead of what one turn sends, each time for as many effects as are read ahead at once:
    /// a Master that tells every worker something has thousands of them.
    #[inline]
    pub(super) fn read_sends(&self, effects: &[Stamped]) {
        if effects.len() >= STEPS && effects.len().is_multiple_of(STEPS) {
            self.read_ends(effects.iter().take(STEPS).map(|stamped| {
                let Effect::Send { to, .. } = stamped.effect else {
                    return None;
                };
                to.connection.map(WireEnd::of)
            }));
        }
    }

    /// Reads the processes that are inspected behind this one, each time as many of them as are
    /// read ahead at once.
    pub(super) fn read_neighbours(&self, node: u32) {
        if (node as usize).is_multiple_of(STEPS) && self.lives.len() >= PROCESSES_MIN {
            for life in self.lives.iter().skip(node as usize).take(STEPS) {
                if let Some(AnyNode::Worker(worker)) = &life.node {
                    read_worker(worker);
                }
            }
        }
    }

    /// The processes whose timers fire, and for workers the connections into which they will
    /// send.
    fn read_processes(&self, nodes: &[u32]) {
        for node in nodes {
            black_box(self.lives[*node as usize].place.process);
        }
        self.read_ends(nodes.iter().map(|node| {
            let Some(AnyNode::Worker(worker)) = &self.lives[*node as usize].node else {
                return None;
            };
            read_worker(worker)?.connection.map(WireEnd::of)
        }));
    }

    /// The ends into which something will be sent, at most [`STEPS`], and their links.
    fn read_ends(&self, sends: impl Iterator<Item = Option<WireEnd>>) {
        let mut ends: [Option<WireEnd>; STEPS] = [None; STEPS];
        for (end, send) in ends.iter_mut().zip(sends) {
            *end = send;
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

    /// The parcels that arrive, the ends at which they do, and what their receivers look at: a
    /// master that gets a heartbeat looks the worker up, a worker looks at itself.
    fn read_parcels(&self, parcels: &[u32]) {
        let mut ends: [Option<WireEnd>; STEPS] = [None; STEPS];
        for (end, parcel) in ends.iter_mut().zip(parcels) {
            if let Some(Parcel { to, .. }) = self.wires.parcels.value(*parcel) {
                *end = Some(*to);
            }
        }
        let mut lives: [Option<&Life>; STEPS] = [None; STEPS];
        for (life, end) in lives.iter_mut().zip(ends) {
            let own = end.and_then(|end| self.wires.end(end));
            *life = own.map(|own| &self.lives[own.node as usize]);
        }
        for life in lives.iter().flatten() {
            black_box(life.place.process);
        }
        for (life, parcel) in lives.iter().zip(parcels) {
            let node = life.and_then(|life| life.node.as_ref());
            if let Some(AnyNode::Worker(worker)) = node {
                read_worker(worker);
            } else if let Some(AnyNode::Master(master)) = node
                && let Some(Parcel { unit, .. }) = self.wires.parcels.value(*parcel)
                && let Unit::Message(Message::ToMaster(message)) = unit
                && let ToMaster::Heartbeat { worker_id, .. } = message
            {
                black_box(master.books().worker_found(*worker_id));
            }
        }
    }
}
