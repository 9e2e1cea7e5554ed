//! The queue world as the direction of a run sees it: its processes, its agenda, and what a
//! `reset` fault does to its connections.

use super::QueueWorld;
use super::life::{Cold, Life};
use super::wire::WireEnd;
use crate::network::{Cuts, Process};
use crate::scenario::plan::{Plan, Told};
use crate::trace::{End, EndOfConnection, Fact, Observer};
use crate::world::Class;
use crate::world::simulated::{Cue, Direction, Part, SimulatedWorld, faults};
use deploysim_nodes::dice::Dice;
use deploysim_nodes::growth;
use deploysim_nodes::hosted::{AnyNode, Happening};
use deploysim_nodes::node::Counters;
use deploysim_protocol::time::Time;
use rand_chacha::ChaCha8Rng;

/// Where the world has a method of the same name for its own use, that one is called.
impl<'run, O: Observer> SimulatedWorld for QueueWorld<'run, O> {
    type PlanRef = &'run Plan;

    #[inline]
    fn plan(&self) -> &'run Plan {
        self.plan
    }

    #[inline]
    fn state(&self) -> &Direction {
        &self.direction
    }

    #[inline]
    fn state_mut(&mut self) -> &mut Direction {
        &mut self.direction
    }

    #[inline]
    fn now(&self) -> Time {
        self.now
    }

    #[inline]
    fn cue(&mut self, at: Time, class: Class, cue: Cue) {
        self.push(at, class, cue.into());
    }

    #[inline]
    fn post_at(&mut self, at: Time, class: Class, node: u32, happening: Happening) {
        Self::post_at(self, at, class, node, happening);
    }

    #[inline]
    fn post_now(&mut self, node: u32, process: Process, happening: Happening) {
        Self::post_now(self, node, process, happening);
    }

    #[inline]
    fn record(&mut self, node: u32, fact: Fact<'_>) {
        Self::record(self, node, fact);
    }

    #[inline]
    fn count(&self) -> u32 {
        u32::try_from(self.lives.len()).expect("fewer than 2^32 processes")
    }

    #[inline]
    fn part(&self, node: u32) -> Part {
        let life = &self.lives[node as usize];
        Part {
            name: life.cold.name,
            role: life.cold.role,
            place: life.place,
            address: life.address,
            is_alive: life.is_alive(),
            restarts: life.cold.restarts,
            child: life.cold.child,
        }
    }

    fn make(&mut self, part: Part, node: AnyNode, dice: Dice) -> u32 {
        let mut cold = Box::new(Cold::new(part.name, part.role, dice));
        cold.restarts = part.restarts;
        cold.child = part.child;
        cold.store = self.direction.stores.open(self.plan, part.name);
        let life = Life::new(node, part.place, part.address, cold);
        match self.free_lives.pop() {
            Some(free) => {
                self.lives[free as usize].replace(life);
                free
            }
            None => {
                let place = self.count();
                growth::push(&mut self.lives, life);
                place
            }
        }
    }

    fn revive(&mut self, node: u32, role: AnyNode, dice: Dice, process: Process) {
        let life = &mut self.lives[node as usize];
        life.cold.restarts += 1;
        life.place.process = process;
        life.cold.dice = dice;
        life.cold.counters = Counters::default();
        life.cold.store = self.direction.stores.open(self.plan, life.cold.name);
        life.node = Some(role);
    }

    fn end_process(&mut self, node: u32, end: End) {
        Self::end_process(self, node, end);
    }

    fn pause(&mut self, node: u32) {
        Self::pause(self, node);
    }

    fn resume(&mut self, node: u32, timers_first: f64, dice: ChaCha8Rng) {
        Self::resume(self, node, timers_first, dice);
    }

    fn inspect_all(&mut self) {
        Self::inspect_all(self);
    }

    fn sever(&mut self, between: &Cuts, told: &Told) {
        let hit: Vec<WireEnd> = (self.wires.iter())
            .filter(|(_, rest)| !between.is_open(rest.places[0], rest.places[1]))
            .map(|(end, _)| end)
            .collect();
        for dialler in hit {
            let ends = [dialler, dialler.other()];
            let nodes = ends.map(|end| {
                let end = self.wires.end_mut(end)?;
                end.is_severed = true;
                Some(end.node)
            });
            for (end, node) in ends.into_iter().zip(nodes) {
                if node.is_some_and(|node| faults::is_told(self, node, told)) {
                    self.drop_held(end);
                    self.end_connection(end, EndOfConnection::Reset);
                }
            }
        }
    }

    fn release_reordered(&mut self) {
        Self::release_reordered(self);
    }
}
