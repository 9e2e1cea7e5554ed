//! Faults: when they begin and end, and what each does to the network and to processes. A fault
//! never reaches into a node.

use super::QueueWorld;
use super::agenda::Class;
use super::step::Step;
use super::tampering::Tamper;
use super::wire::WireEnd;
use crate::network::{Cause, Cuts, Direction as Ways, Latency, Member, Place};
use crate::scenario::plan::{
    Direction, FaultEnd, FaultStart, FaultWord, LatencyPlan, Plan, Target, Told,
};
use crate::trace::{End, EndOfConnection, Fact, Observer};
use deploysim_protocol::time::Time;
use rand_chacha::ChaCha8Rng;
use rustc_hash::FxHashMap;
use std::sync::Arc;
use std::time::Duration;

/// One occurrence of a fault that has begun and not ended.
pub(super) struct Active {
    fault: u32,
    cause: Cause,
    /// Processes that it has stopped or ended, to be let go on or started again.
    nodes: Vec<u32>,
}

/// A `delay` fault: which ways are slow, and by how much. Each pair of processes has a stream.
pub(super) struct Slowdown {
    cause: Cause,
    fault: u32,
    ways: Cuts,
    extra: Arc<Latency>,
    /// Looked up, never walked through.
    streams: FxHashMap<(u32, u32), ChaCha8Rng>,
}

impl<O: Observer> QueueWorld<'_, O> {
    pub(super) fn schedule_faults(&mut self) {
        for (row, fault) in self.plan.faults.iter().enumerate() {
            if let FaultStart::At(at) = fault.start {
                let fault = u32::try_from(row).expect("fewer than 2^32 faults");
                self.push(at, Class::Fault, Step::FaultBegins { fault });
            }
        }
    }

    /// The trigger of a fault was seen.
    pub(super) fn trigger(&mut self, fault: u32) {
        if let FaultStart::On(trigger) = &self.plan.faults[fault as usize].start {
            self.push(
                self.now + trigger.after,
                Class::Fault,
                Step::FaultBegins { fault },
            );
        }
    }

    pub(super) fn begin_fault(&mut self, fault: u32) {
        if self.is_settling {
            return;
        }
        let plan: &Plan = self.plan;
        let row = &plan.faults[fault as usize];
        if let Some(repeat) = row.repeat {
            let next = self.now + repeat.every;
            if repeat.until.is_none_or(|until| next <= until) {
                self.push(next, Class::Fault, Step::FaultBegins { fault });
            }
        }
        let cause = Cause(self.causes);
        self.causes += 1;
        self.record(0, Fact::FaultBegan { fault });
        let nodes = self.apply(fault, cause, &row.word);
        let end = match row.end {
            FaultEnd::Never => None,
            FaultEnd::AtOnce => Some(self.now),
            FaultEnd::At(at) => Some(at),
            FaultEnd::After(duration) => Some(self.now + duration),
        };
        self.inspect_all();
        self.active_faults.push(Active {
            fault,
            cause,
            nodes,
        });
        match end {
            Some(at) if at <= self.now => self.end_fault(fault, cause),
            Some(at) => self.push(at, Class::Fault, Step::FaultEnds { fault, cause }),
            None => {}
        }
    }

    fn apply(&mut self, fault: u32, cause: Cause, word: &FaultWord) -> Vec<u32> {
        match word {
            FaultWord::Partition {
                first,
                second,
                direction,
            } => {
                let (first, second) = (self.members(first), self.members(second));
                self.cuts.cut(cause, &first, &second, ways(*direction));
                Vec::new()
            }
            FaultWord::Delay {
                first,
                second,
                direction,
                amount,
            } => {
                let (first, second) = (self.members(first), self.members(second));
                let mut slow = Cuts::default();
                slow.cut(cause, &first, &second, ways(*direction));
                self.slow_down(fault, cause, slow, amount);
                Vec::new()
            }
            FaultWord::Reset {
                first,
                second,
                told,
            } => {
                self.reset(first, second, told);
                Vec::new()
            }
            FaultWord::Message {
                kind,
                from,
                to,
                nth,
                count,
                action,
            } => {
                self.tamperings.push(Tamper {
                    cause,
                    kind,
                    from: from.clone(),
                    to: to.clone(),
                    nth: *nth,
                    count: *count,
                    seen: 0,
                    action: *action,
                });
                Vec::new()
            }
            FaultWord::Crash { targets, .. } => self.end_processes(targets, End::Crashed),
            FaultWord::Pause { targets, .. } => {
                let nodes = self.targets(targets);
                for node in &nodes {
                    self.pause(*node);
                }
                nodes
            }
            FaultWord::Exit { targets, code } => {
                self.end_processes(targets, End::Exited(*code));
                Vec::new()
            }
        }
    }

    fn slow_down(&mut self, fault: u32, cause: Cause, ways: Cuts, amount: &LatencyPlan) {
        self.slowdowns.push(Slowdown {
            cause,
            fault,
            ways,
            extra: super::links::latency(amount),
            streams: FxHashMap::default(),
        });
    }

    fn end_processes(&mut self, targets: &[Target], end: End) -> Vec<u32> {
        let nodes = self.targets(targets);
        for node in &nodes {
            self.end_process(*node, end);
        }
        nodes
    }

    pub(super) fn end_fault(&mut self, fault: u32, cause: Cause) {
        let Some(at) = self
            .active_faults
            .iter()
            .position(|active| active.cause == cause)
        else {
            return;
        };
        let active = self.active_faults.remove(at);
        self.record(0, Fact::FaultEnded { fault });
        let plan: &Plan = self.plan;
        let row = &plan.faults[fault as usize];
        match &row.word {
            FaultWord::Partition { .. } => self.cuts.heal(cause),
            FaultWord::Delay { .. } => self.slowdowns.retain(|slowdown| slowdown.cause != cause),
            FaultWord::Message { .. } => {
                self.tamperings.retain(|tamper| tamper.cause != cause);
                self.release_reordered();
            }
            FaultWord::Crash { .. } => {
                // A process that crashes for good does not come back when the phase ends.
                if !matches!(row.end, FaultEnd::Never | FaultEnd::AtOnce) {
                    for node in active.nodes {
                        self.push(self.now, Class::Process, Step::Restart { node });
                    }
                }
            }
            FaultWord::Pause { timers_first, .. } => {
                for node in active.nodes {
                    let name = self.lives[node as usize].name;
                    let stream = format!("fault {fault} resumes {} {name}", cause.0);
                    let dice = self.seeds.chacha(&stream);
                    self.resume(node, *timers_first, dice);
                }
            }
            FaultWord::Reset { .. } | FaultWord::Exit { .. } => {}
        }
        self.inspect_all();
    }

    /// The fault phase is over: remaining faults are lifted, and no new work arrives.
    pub(super) fn end_phase(&mut self) {
        while let Some(active) = self.active_faults.first() {
            let (fault, cause) = (active.fault, active.cause);
            self.end_fault(fault, cause);
        }
        self.is_settling = true;
        self.record(0, Fact::Settling);
    }

    /// Targets as the network knows them: a worker's name means its machine.
    fn members(&mut self, targets: &[Target]) -> Vec<Member> {
        let mut members = Vec::new();
        for target in targets {
            match target {
                Target::Master(name) | Target::Worker(name) | Target::Application(name) => {
                    let name = deploysim_protocol::text::Text::new(name);
                    members.push(Member::Machine(self.links.machine(name)));
                }
                Target::Driver { .. } | Target::Executor { .. } => {
                    let living = self.targets(std::slice::from_ref(target));
                    members.extend(
                        living
                            .iter()
                            .map(|node| Member::Process(self.lives[*node as usize].place.process)),
                    );
                }
            }
        }
        members
    }

    /// Breaks every connection between two groups.
    fn reset(&mut self, first: &[Target], second: &[Target], told: &Told) {
        let mut between = Cuts::default();
        between.cut(
            Cause(0),
            &self.members(first),
            &self.members(second),
            Ways::Both,
        );
        let hit: Vec<(WireEnd, [u32; 2])> = self
            .wires
            .wires
            .iter()
            .filter(|(.., wire)| !between.is_open(wire.ends[0].place, wire.ends[1].place))
            .map(|(wire, generation, value)| {
                let end = WireEnd {
                    wire,
                    generation,
                    side: super::wire::Side::Dialler,
                };
                (end, [value.ends[0].node, value.ends[1].node])
            })
            .collect();
        for (end, nodes) in hit {
            if let Some(wire) = self.wires.wire_mut(end) {
                wire.severed = true;
            }
            for (end, node) in [(end, nodes[0]), (end.other(), nodes[1])] {
                let is_told = match told {
                    Told::Both => true,
                    Told::None => false,
                    Told::One(target) => self.is_target(node, target),
                };
                if is_told {
                    self.drop_held(end);
                    self.end_connection(end, EndOfConnection::Reset);
                }
            }
        }
    }

    pub(super) const fn cuts_are_none(&self) -> bool {
        self.active_faults.is_empty()
    }

    /// What the active `delay` faults add to something that leaves from this end.
    pub(super) fn slowed(&mut self, from: WireEnd) -> Duration {
        let Some(wire) = self.wires.wire(from) else {
            return Duration::ZERO;
        };
        let [own, other] = [from.side, from.side.other()].map(|side| &wire.ends[side.index()]);
        let (own, other) = ((own.node, own.place), (other.node, other.place));
        self.slowed_between(own, other)
    }

    /// What the active `delay` faults add to something on its way from one process to another,
    /// each with its place.
    pub(super) fn slowed_between(
        &mut self,
        (own, own_place): (u32, Place),
        (other, other_place): (u32, Place),
    ) -> Duration {
        let (own_name, other_name) = (
            self.lives[own as usize].name,
            self.lives[other as usize].name,
        );
        let mut total = Duration::ZERO;
        for slowdown in &mut self.slowdowns {
            if slowdown.ways.is_open(own_place, other_place) {
                continue;
            }
            let (fault, seeds) = (slowdown.fault, &self.seeds);
            let key = (own_name.number(), other_name.number());
            let stream = slowdown.streams.entry(key).or_insert_with(|| {
                seeds.chacha(&format!("fault {fault} delays {own_name} -> {other_name}"))
            });
            total += slowdown.extra.draw(stream);
        }
        total
    }
}

const fn ways(direction: Direction) -> Ways {
    match direction {
        Direction::Both => Ways::Both,
        Direction::To => Ways::To,
    }
}

/// The end of the fault phase, as a step.
pub(super) const fn phase_end(until: Time) -> (Time, Class, Step) {
    (until, Class::Fault, Step::PhaseEnds)
}
