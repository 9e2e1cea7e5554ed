//! The turmoil world as the direction of a run sees it: its processes and its list of what is
//! due.

use super::journal::{Noted, OwnedFact};
use super::life::Life;
use super::wire::{Load, Side, WireEnd};
use super::{Phase, Step, TurmoilWorld};
use crate::network::{Cuts, Process};
use crate::scenario::plan::{Plan, Told};
use crate::trace::{End, EndOfConnection, Fact};
use crate::world::Class;
use crate::world::simulated::{Cue, Direction, Part, SimulatedWorld, faults, processes};
use deploysim_nodes::dice::Dice;
use deploysim_nodes::hosted::{AnyNode, Happening};
use deploysim_nodes::shell::Command;
use deploysim_protocol::time::Time;
use rand_chacha::ChaCha8Rng;
use std::sync::Arc;

impl SimulatedWorld for TurmoilWorld {
    type PlanRef = Arc<Plan>;

    fn plan(&self) -> Arc<Plan> {
        Arc::clone(&self.plan)
    }

    fn state(&self) -> &Direction {
        &self.direction
    }

    fn state_mut(&mut self) -> &mut Direction {
        &mut self.direction
    }

    fn now(&self) -> Time {
        self.now
    }

    fn cue(&mut self, at: Time, class: Class, cue: Cue) {
        self.push(at, class, Step::Cue(cue));
    }

    /// What is posted for this instant is handed over at once: the shell puts what is of one
    /// instant in its order.
    fn post_at(&mut self, at: Time, class: Class, node: u32, happening: Happening) {
        let process = self.part(node).place.process;
        if at <= self.now {
            self.post_now(node, process, happening);
        } else {
            let step = Step::Post {
                node,
                process,
                happening: Box::new(happening),
            };
            self.push(at, class, step);
        }
    }

    fn post_now(&mut self, node: u32, process: Process, happening: Happening) {
        let life = &self.lives[node as usize];
        if life.part.is_alive && life.part.place.process == process {
            life.tell(Command::Happen(happening));
        }
    }

    fn record(&mut self, node: u32, fact: Fact<'_>) {
        self.note(node, fact);
    }

    fn count(&self) -> u32 {
        u32::try_from(self.lives.len()).expect("fewer than 2^32 processes")
    }

    fn part(&self, node: u32) -> Part {
        self.lives[node as usize].part
    }

    fn make(&mut self, part: Part, node: AnyNode, dice: Dice) -> u32 {
        let index = self.count();
        self.lives.push(Life::new(Part {
            is_alive: true,
            ..part
        }));
        self.host(index, node, dice);
        index
    }

    fn revive(&mut self, node: u32, role: AnyNode, dice: Dice, process: Process) {
        let part = &mut self.lives[node as usize].part;
        part.restarts += 1;
        part.place.process = process;
        part.is_alive = true;
        self.host(node, role, dice);
    }

    fn end_process(&mut self, node: u32, end: End) {
        let life = &mut self.lives[node as usize];
        if !life.part.is_alive {
            return;
        }
        life.part.is_alive = false;
        life.node = None;
        life.pauses = 0;
        life.is_handling = false;
        if let Some(task) = life.task.take() {
            task.abort();
        }
        let process = life.part.place.process;
        self.note(node, Fact::Ended { end });
        for own_end in self.wires.ends_of(node, process) {
            if let Some(own) = self.wires.end_mut(own_end) {
                own.is_open = false;
                if end == End::PowerLost {
                    // Nothing leaves any more, and nobody is told.
                    own.held.clear();
                    own.is_ended = true;
                }
            }
            // During a tick the writers still have what the process has written just now, and
            // end the streams behind it.
            if self.phase == Phase::BetweenTicks {
                self.end_stream(own_end);
            }
        }
        processes::part_ended(self, node, end);
    }

    fn pause(&mut self, node: u32) {
        let life = &mut self.lives[node as usize];
        if !life.part.is_alive {
            return;
        }
        life.pauses += 1;
        if life.pauses == 1 {
            life.tell(Command::Pause);
            self.note(node, Fact::Paused);
        }
    }

    fn resume(&mut self, node: u32, timers_first: f64, dice: ChaCha8Rng) {
        let life = &mut self.lives[node as usize];
        life.pauses = match life.pauses {
            0 => return,
            pauses => pauses - 1,
        };
        if life.pauses == 0 {
            let dice = Box::new(dice);
            life.tell(Command::Resume { timers_first, dice });
            self.note(node, Fact::Resumed);
        }
    }

    fn inspect_all(&mut self) {
        self.journal.push(Noted::InspectAll);
    }

    fn sever(&mut self, between: &Cuts, told: &Told) {
        let hit: Vec<(u64, [u32; 2])> = self
            .wires
            .wires
            .iter()
            .filter(|(_, wire)| wire.is_made)
            .filter(|(_, wire)| !between.is_open(wire.ends[0].place, wire.ends[1].place))
            .map(|(wire, value)| (*wire, [value.ends[0].node, value.ends[1].node]))
            .collect();
        for (wire, nodes) in hit {
            let end = WireEnd {
                wire,
                side: Side::Dialler,
            };
            if let Some(wire) = self.wires.wire_mut(end) {
                wire.severed = true;
            }
            for (end, node) in [(end, nodes[0]), (end.other(), nodes[1])] {
                if faults::is_told(self, node, told) {
                    self.break_end(end, EndOfConnection::Reset);
                }
            }
        }
    }

    fn release_reordered(&mut self) {
        self.release_reordered_lanes();
    }
}

impl TurmoilWorld {
    /// Keeps a fact for the observer.
    pub(super) fn note(&mut self, node: u32, fact: Fact<'_>) {
        self.journal.push(Noted::Fact(node, OwnedFact::of(fact)));
    }

    /// A process ends its stream. An end for which nobody waits goes past the network, so that
    /// the sockets come to their end.
    pub(super) fn end_stream(&mut self, end: WireEnd) {
        match self.wires.end_mut(end) {
            Some(own) if !own.is_ended => own.is_ended = true,
            Some(_) | None => return,
        }
        if self
            .wires
            .end(end.other())
            .is_some_and(|other| other.is_open)
        {
            self.transmit(end, Load::End);
        } else {
            self.depart(end, self.now, Load::End);
        }
    }
}
