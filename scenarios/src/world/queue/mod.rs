//! The queue world: an event queue over exact time. Fast, and exact from a seed.
//!
//! A step is popped, fed to the node that it concerns, and what the node causes becomes further
//! steps. When a message arrives is asked of `network`; what happens is told to an observer.
//! This file has the loop; each concern has a file of its own.

pub mod agenda;

mod calls;
mod dial;
mod faults;
mod lanes;
mod life;
mod links;
mod pauses;
mod processes;
mod progress;
mod slab;
mod start;
mod step;
mod tampering;
#[cfg(test)]
mod tests;
mod traffic;
mod turns;
mod wire;
mod work;

use crate::network::{Cuts, Process};
use crate::scenario::plan::{Plan, Settle};
use crate::stream::Seeds;
use crate::trace::{Entry, Fact, INSPECTED_NODES_MAX, INSPECTION_PERIOD, NodeId, Observer};
use agenda::{Agenda, Class};
use deploysim_nodes::hosted::{AnyEffect, AnyStamped, Happening, Stage};
use deploysim_nodes::process::ProcessId;
use deploysim_nodes::settings::{Settings, Shared};
use deploysim_nodes::store::NoStore;
use deploysim_protocol::address::Address;
use deploysim_protocol::text::Text;
use deploysim_protocol::time::Time;
use life::Life;
use rustc_hash::FxHashMap;
use slab::Slab;
use std::time::Duration;
use step::Step;

/// The longest that a run goes on after its fault phase, beyond what the scenario says: a bound
/// for the bounds, reached only by a scenario whose obligations can never be decided.
const SETTLE_MAX: Duration = Duration::from_secs(24 * 3600);

/// What a run came to, beside what its observer saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Played {
    /// When the run ended.
    pub end: Time,
    /// Inputs that were handed to nodes.
    pub inputs: u64,
    /// Steps that were taken from the agenda.
    pub steps: u64,
}

/// One run of one scenario.
pub struct QueueWorld<'run, O> {
    plan: &'run Plan,
    seeds: Seeds,
    observer: O,
    settings: Shared,
    now: Time,
    agenda: Agenda<Step>,
    lives: Vec<Life>,
    /// Places of children that are gone.
    free_lives: Vec<u32>,
    /// Who bears a name. Looked up, never walked through.
    names: FxHashMap<Text, u32>,
    /// Who listens, or listened, at an address. Looked up, never walked through.
    addresses: FxHashMap<Address, u32>,
    /// Processes that were ever made.
    processes_made: u32,
    wires: wire::Wires,
    dials: Slab<dial::Dialling>,
    links: links::Links,
    cuts: Cuts,
    slowdowns: Vec<faults::Slowdown>,
    tamperings: Vec<tampering::Tamper>,
    active_faults: Vec<faults::Active>,
    causes: u32,
    children: Slab<processes::ChildProcess>,
    /// Where the child is that a worker's process knows by a number. Looked up, never walked
    /// through.
    children_found: FxHashMap<(Process, ProcessId), (u32, u32)>,
    posts: Slab<turns::Posted>,
    carries: Slab<turns::Carried>,
    work: work::Work,
    progress: progress::Progress,
    is_settling: bool,
    /// When every node is inspected next.
    inspection_at: Time,
    stage: Stage,
    effects: Vec<AnyStamped>,
    store: NoStore,
    inputs: u64,
    steps: u64,
}

/// Plays a scenario with a seed. Everything that happens is shown to `observer`.
pub fn play<O: Observer>(plan: &Plan, seed: u64, observer: O) -> (Played, O) {
    let mut world = QueueWorld::new(plan, seed, observer);
    world.begin();
    let played = world.run();
    (played, world.observer)
}

impl<'run, O: Observer> QueueWorld<'run, O> {
    fn new(plan: &'run Plan, seed: u64, observer: O) -> Self {
        let seeds = Seeds::new(seed);
        Self {
            plan,
            links: links::Links::new(plan),
            seeds,
            observer,
            settings: Shared::new(Settings {
                conf: plan.conf.clone(),
                behaviour: plan.behaviour,
            }),
            now: Time::ZERO,
            agenda: Agenda::new(),
            lives: Vec::new(),
            free_lives: Vec::new(),
            names: FxHashMap::default(),
            addresses: FxHashMap::default(),
            processes_made: 0,
            wires: wire::Wires::new(),
            dials: Slab::new(),
            cuts: Cuts::default(),
            slowdowns: Vec::new(),
            tamperings: Vec::new(),
            active_faults: Vec::new(),
            causes: 0,
            children: Slab::new(),
            children_found: FxHashMap::default(),
            posts: Slab::new(),
            carries: Slab::new(),
            work: work::Work::new(plan),
            progress: progress::Progress::default(),
            is_settling: false,
            inspection_at: Time::ZERO,
            stage: Stage::default(),
            effects: Vec::new(),
            store: NoStore,
            inputs: 0,
            steps: 0,
        }
    }

    /// Takes steps until the run is over.
    fn run(&mut self) -> Played {
        let limit = self.limit();
        while let Some(at) = self.agenda.peek_time() {
            if at > limit || (self.is_settling && at > self.now && self.observer.is_decided()) {
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
            self.take(entry.step());
            while let Some(fault) = self.observer.triggered() {
                self.trigger(fault);
            }
        }
        let undecided = self.is_settling && !self.observer.is_decided();
        if !self.is_settling || undecided {
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

    /// When the run is over at the latest.
    fn limit(&self) -> Time {
        let expected = self
            .plan
            .expectations
            .iter()
            .map(|expectation| expectation.window.end());
        let until = expected
            .flatten()
            .max()
            .map_or(self.plan.until, |last| last.max(self.plan.until));
        match self.plan.settle {
            Settle::Off => until,
            Settle::AtMost(longest) => until.max(self.plan.until + longest),
            Settle::UntilDecided => until + SETTLE_MAX,
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
            Step::ChildStarts { child, generation } => self.start_child(child, generation),
            Step::ChildObeys { child, generation } => self.child_obeys(child, generation),
            Step::Begin { node, process } => self.post_now(node, process, Happening::Started),
            Step::Elect { node, process } => self.post_now(node, process, Happening::Elected),
            Step::Restart { node } => self.restart(node),
            Step::Wake { node, process } => self.wake(node, process),
            Step::Carry { effect } => self.carry_later(effect),
            Step::Work { work } => self.start_work(work),
            Step::WorkDone { node, generation } => self.finish_work(node, generation),
            Step::FaultBegins { fault } => self.begin_fault(fault),
            Step::FaultEnds { fault, cause } => self.end_fault(fault, cause),
            Step::PhaseEnds => self.end_phase(),
        }
    }

    /// Shows every living node to the observer.
    fn inspect_all(&mut self) {
        self.inspection_at = self.now + INSPECTION_PERIOD;
        for (node, life) in (0..).zip(&self.lives) {
            if let Some(view) = &life.node {
                self.observer.inspect(self.now, NodeId(node), view);
            }
        }
    }

    /// Shows the node that has just handled an input to the observer, in a small run.
    fn inspect(&mut self, node: u32) {
        if self.lives.len() > INSPECTED_NODES_MAX {
            return;
        }
        if let Some(view) = &self.lives[node as usize].node {
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
        self.turn(node, happening);
        let mut effects = std::mem::take(&mut self.effects);
        let process = self.lives[node as usize].place.process;
        for AnyStamped { at, effect } in effects.drain(..) {
            if at > self.now {
                self.defer(at, node, effect);
            } else if self.lives[node as usize].place.process == process && self.is_alive(node) {
                self.carry_out(node, effect);
            }
        }
        self.effects = effects;
        self.inspect(node);
    }

    fn is_alive(&self, node: u32) -> bool {
        self.lives[node as usize].is_alive()
    }

    fn carry_out(&mut self, node: u32, effect: AnyEffect) {
        match effect {
            AnyEffect::Note(event) => {
                self.record(node, Fact::Note(event));
                self.read_note(node, event);
            }
            AnyEffect::Send { to, message } => self.send(node, to, message),
            AnyEffect::Arm { timer, at } => self.arm(node, timer, at),
            AnyEffect::Disarm { timer } => self.lives[node as usize].timers.disarm(timer),
            AnyEffect::Ask {
                to,
                call,
                ask,
                timeout,
            } => self.ask(node, to, call, ask, timeout),
            AnyEffect::Resolve { at, call, timeout } => self.resolve(node, at, call, timeout),
            AnyEffect::Reply { call, answer } => self.reply(node, call, answer),
            AnyEffect::Abandon { call } => self.abandon(node, call),
            AnyEffect::Launch(process) => self.launch(node, process),
            AnyEffect::Terminate { process, signal } => self.terminate(node, process, signal),
            AnyEffect::Exit { code } => self.exit(node, code),
        }
    }
}
