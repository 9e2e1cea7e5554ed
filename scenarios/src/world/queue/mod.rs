//! The queue world: an event queue over exact time. Fast, and exact from a seed.
//!
//! A step is popped, fed to the node that it concerns, and what the node causes becomes further
//! steps. When a message arrives is asked of `network`; what happens is told to an observer.
//! This file has the loop; each concern has a file of its own.

pub mod agenda;

mod ahead;
mod calls;
mod dial;
mod direction;
mod ends;
mod lanes;
mod life;
mod own_lines;
mod pauses;
mod step;
#[cfg(test)]
mod tests;
mod traffic;
mod turns;
mod wire;

use crate::scenario::plan::{FaultWord, Plan};
use crate::trace::{End, Entry, Fact, INSPECTED_NODES_MAX, INSPECTION_PERIOD, NodeId, Observer};
use crate::world::simulated::{
    Cue, Direction, SimulatedWorld, faults, processes, progress, start, stores,
};
use crate::world::slab::Slab;
use crate::world::{Class, limit};
use agenda::Agenda;
use deploysim_nodes::hosted::Happening;
use deploysim_nodes::node::Effect;
use deploysim_nodes::turn::Stamped;
use deploysim_protocol::time::Time;
use life::Life;
use step::Step;

pub use crate::world::Played;

/// One run of one scenario.
pub struct QueueWorld<'run, O> {
    plan: &'run Plan,
    observer: O,
    direction: Direction,
    now: Time,
    agenda: Agenda<Step>,
    lives: Vec<Life>,
    /// Places of children that are gone.
    free_lives: Vec<u32>,
    wires: wire::Wires,
    dials: Slab<dial::Dialling>,
    posts: Slab<turns::Posted>,
    carries: Slab<turns::Carried>,
    /// When every node is inspected next.
    inspection_at: Time,
    effects: Vec<Stamped>,
    /// Whether the observer wants to see what nodes are handed.
    shows_inputs: bool,
    /// Whether nothing in this scenario ever holds or changes what has arrived.
    are_lanes_free: bool,
    inputs: u64,
    steps: u64,
    ahead: ahead::Ahead,
}

/// Plays a scenario with a seed. Everything that happens is shown to `observer`.
pub fn play<O: Observer>(plan: &Plan, seed: u64, observer: O) -> (Played, O) {
    let mut world = QueueWorld::new(plan, seed, observer);
    start::begin(&mut world);
    let played = world.run();
    (played, world.observer)
}

impl<'run, O: Observer> QueueWorld<'run, O> {
    fn new(plan: &'run Plan, seed: u64, observer: O) -> Self {
        Self {
            plan,
            shows_inputs: observer.shows_inputs(),
            are_lanes_free: plan.network.answer_delay.is_zero()
                && !(plan.faults.iter())
                    .any(|fault| matches!(fault.word, FaultWord::Message { .. })),
            observer,
            direction: Direction::new(plan, seed),
            now: Time::ZERO,
            agenda: Agenda::new(),
            lives: Vec::new(),
            free_lives: Vec::new(),
            wires: wire::Wires::new(),
            dials: Slab::new(),
            posts: Slab::new(),
            carries: Slab::new(),
            inspection_at: Time::ZERO,
            effects: Vec::new(),
            inputs: 0,
            steps: 0,
            ahead: ahead::Ahead::new(),
        }
    }

    /// Takes steps until the run is over.
    fn run(&mut self) -> Played {
        let limit = limit(self.plan);
        while let Some(at) = self.agenda.peek_time() {
            if at > limit
                || (self.direction.is_settling && at > self.now && self.observer.is_decided())
            {
                break;
            }
            let Some(entry) = self.agenda.pop() else {
                break;
            };
            self.now = entry.time();
            self.steps += 1;
            if self.now >= self.inspection_at {
                self.inspect_all();
            }
            self.read_ahead(entry.step());
            self.take(entry.step());
            while let Some(fault) = self.observer.triggered() {
                faults::trigger(self, fault);
            }
        }
        let undecided = self.direction.is_settling && !self.observer.is_decided();
        if !self.direction.is_settling || undecided {
            self.now = limit.max(self.now);
        }
        self.inspect_all();
        self.record(0, Fact::Finished);
        Played {
            end: self.now,
            inputs: self.inputs,
            steps: self.steps,
        }
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Fire {
                node,
                slot,
                generation,
            } => self.fire(node, slot, generation),
            Step::Arrive { parcel } => self.arrive(parcel),
            Step::Hand { parcel } => self.hand_later(parcel),
            Step::Post { post } => self.take_post(post),
            Step::CallTimeout {
                node,
                call,
                process,
            } => self.time_out(node, call, process),
            Step::DialAttempt { dial, generation } => self.attempt_dial(dial, generation),
            Step::DialAnswered { dial, generation } => self.answer_dial(dial, generation),
            Step::Retransmit(end) => self.retransmit(end),
            Step::ResetArrives(end) => self.reset_arrives(end),
            Step::IdleCheck(end) => self.check_idle(end),
            Step::ChildStarts { child, generation } => {
                self.take_cue(Cue::ChildStarts { child, generation });
            }
            Step::ChildObeys { child, generation } => {
                self.take_cue(Cue::ChildObeys { child, generation });
            }
            Step::Begin { node, process } => self.take_cue(Cue::Begin { node, process }),
            Step::Elect { node, process } => self.take_cue(Cue::Elect { node, process }),
            Step::Restart { node } => self.take_cue(Cue::Restart { node }),
            Step::Strike { node } => self.take_cue(Cue::Strike { node }),
            Step::Wake { node, process } => self.wake(node, process),
            Step::Carry { effect } => self.carry_later(effect),
            Step::Work { work } => self.take_cue(Cue::Work { work }),
            Step::WorkDone { node, generation } => {
                self.take_cue(Cue::WorkDone { node, generation });
            }
            Step::TasksDue { node, generation } => {
                self.take_cue(Cue::TasksDue { node, generation });
            }
            Step::FaultBegins { fault } => self.take_cue(Cue::FaultBegins { fault }),
            Step::FaultEnds { fault, cause } => self.take_cue(Cue::FaultEnds { fault, cause }),
            Step::PhaseEnds => self.take_cue(Cue::PhaseEnds),
        }
    }

    /// Shows every living node to the observer.
    fn inspect_all(&mut self) {
        self.inspection_at = self.now + INSPECTION_PERIOD;
        for (node, life) in (0..).zip(&self.lives) {
            self.read_neighbours(node);
            if let Some(view) = life.view() {
                self.observer.inspect(self.now, NodeId(node), view);
            }
        }
    }

    /// Shows the node that has just handled an input, and all of whose effects have happened, to
    /// the observer, in a small run.
    fn inspect(&mut self, node: u32) {
        if self.lives.len() > INSPECTED_NODES_MAX {
            return;
        }
        if let Some(view) = self.lives[node as usize].view() {
            self.observer.inspect(self.now, NodeId(node), view);
        }
    }

    fn record(&mut self, node: u32, fact: Fact<'_>) {
        self.observer.observe(&Entry {
            at: self.now,
            node: NodeId(node),
            fact,
        });
    }

    fn push(&mut self, at: Time, class: Class, step: Step) {
        self.agenda.push(at.max(self.now), class, step);
    }

    /// Lets a living node handle one happening, and carries out what it causes.
    fn feed(&mut self, node: u32, happening: Happening) {
        self.inputs += 1;
        if self.shows_inputs {
            self.observer.handed(self.now, NodeId(node), &happening);
        }
        stores::look(self, node);
        let handled = self.turn(node, happening);
        let mut effects = std::mem::take(&mut self.effects);
        let process = self.lives[node as usize].place.process;
        let mut left = effects.drain(..);
        loop {
            self.read_sends(left.as_slice());
            let Some(Stamped { at, effect }) = left.next() else {
                break;
            };
            if at > self.now {
                self.defer(at, node, effect);
            } else if self.lives[node as usize].place.process == process && self.is_alive(node) {
                self.carry_out(node, effect);
            }
        }
        drop(left);
        self.effects = effects;
        self.wake_after(node, process, handled);
        self.inspect(node);
    }

    fn is_alive(&self, node: u32) -> bool {
        self.lives[node as usize].is_alive()
    }

    fn carry_out(&mut self, node: u32, effect: Effect) {
        match effect {
            Effect::Note(event) => {
                self.record(node, Fact::Note(event));
                progress::read_note(self, node, event);
            }
            Effect::Send { to, message } => self.send(node, to, message),
            Effect::Arm { timer, at } => self.arm(node, timer, at),
            Effect::Disarm { timer } => self.lives[node as usize].disarm(timer),
            Effect::Ask {
                to,
                call,
                ask,
                timeout,
            } => self.ask(node, to, call, ask, timeout),
            Effect::Resolve { at, call, timeout } => self.resolve(node, at, call, timeout),
            Effect::Reply { call, answer } => self.reply(node, call, answer),
            Effect::Abandon { call } => self.abandon(node, call),
            Effect::Launch(process) => processes::launch(self, node, process),
            Effect::Terminate { process, signal } => {
                processes::terminate(self, node, process, signal)
            }
            Effect::Exit { code } => self.end_process(node, End::Exited(code)),
        }
    }
}
