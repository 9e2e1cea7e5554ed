//! Faults: when they begin and end, and what each does to the network and to processes. A fault
//! never reaches into a node. How a world breaks connections or stops a process is its own.

use super::stores::Stores;
use super::tampering::{self, Tamper};
use super::{Cue, SimulatedWorld, links, processes};
use crate::network::{Cause, Cuts, Direction as Ways, Latency, Member, Place};
use crate::scenario::plan::{
    Direction, Disk, ELECTION, FaultEnd, FaultStart, FaultWord, LatencyPlan, Target, Told,
};
use crate::trace::{End, Fact};
use crate::world::Class;
use deploysim_protocol::text::Text;
use rand_chacha::ChaCha8Rng;
use rustc_hash::FxHashMap;
use std::sync::Arc;
use std::time::Duration;

/// One occurrence of a fault that has begun and not ended.
pub(in crate::world) struct Active {
    fault: u32,
    cause: Cause,
    /// Processes that it has stopped or ended, to be let go on or started again.
    nodes: Vec<u32>,
}

/// A `delay` fault: which ways are slow, and by how much. Each pair of processes has a stream.
pub(in crate::world) struct Slowdown {
    cause: Cause,
    stream: String,
    ways: Cuts,
    extra: Arc<Latency>,
    /// Looked up, never walked through.
    streams: FxHashMap<(u32, u32), ChaCha8Rng>,
}

impl Slowdown {
    fn new(
        (cause, stream): (Cause, &str),
        (first, second): &(Vec<Member>, Vec<Member>),
        direction: Ways,
        amount: &LatencyPlan,
    ) -> Self {
        let mut ways = Cuts::default();
        ways.cut(cause, first, second, direction);
        Self {
            cause,
            stream: stream.to_owned(),
            ways,
            extra: links::latency(amount),
            streams: FxHashMap::default(),
        }
    }
}

/// Schedules the faults that begin at a time of their own.
pub(in crate::world) fn schedule_faults<W: SimulatedWorld>(world: &mut W) {
    let plan = world.plan();
    for (row, fault) in plan.faults.iter().enumerate() {
        if let FaultStart::At(at) = fault.start {
            let fault = u32::try_from(row).expect("fewer than 2^32 faults");
            world.cue(at, Class::Fault, Cue::FaultBegins { fault });
        }
    }
}

/// The trigger of a fault was seen.
pub(in crate::world) fn trigger<W: SimulatedWorld>(world: &mut W, fault: u32) {
    let plan = world.plan();
    if let FaultStart::On(trigger) = &plan.faults[fault as usize].start {
        world.cue(
            world.now() + trigger.after,
            Class::Fault,
            Cue::FaultBegins { fault },
        );
    }
}

/// An occurrence of a fault begins, unless the fault phase is over.
pub(in crate::world) fn begin_fault<W: SimulatedWorld>(world: &mut W, fault: u32) {
    if !world.state().is_settling {
        begin(world, fault);
    }
}

/// An occurrence of a fault begins.
pub(super) fn begin<W: SimulatedWorld>(world: &mut W, fault: u32) {
    let plan = world.plan();
    let row = &plan.faults[fault as usize];
    if let Some(repeat) = row.repeat {
        let next = world.now() + repeat.every;
        if repeat.until.is_none_or(|until| next <= until) {
            world.cue(next, Class::Fault, Cue::FaultBegins { fault });
        }
    }
    let cause = Cause(world.state().causes);
    world.state_mut().causes += 1;
    world.record(0, Fact::FaultBegan { fault });
    let stream = world.state_mut().fault_streams.begins(fault);
    let nodes = apply(world, (cause, &stream), &row.word);
    let end = match row.end {
        FaultEnd::Never => None,
        FaultEnd::AtOnce => Some(world.now()),
        FaultEnd::At(at) => Some(at),
        FaultEnd::After(duration) => Some(world.now() + duration),
    };
    world.inspect_all();
    world.state_mut().active_faults.push(Active {
        fault,
        cause,
        nodes,
    });
    match end {
        Some(at) if at <= world.now() => end_fault(world, fault, cause),
        Some(at) => world.cue(at, Class::Fault, Cue::FaultEnds { fault, cause }),
        None => {}
    }
}

fn apply<W: SimulatedWorld>(
    world: &mut W,
    (cause, stream): (Cause, &str),
    word: &FaultWord,
) -> Vec<u32> {
    match word {
        FaultWord::Partition {
            first,
            second,
            direction,
        } => {
            let (first, second) = (members(world, first), members(world, second));
            let cuts = &mut world.state_mut().cuts;
            cuts.cut(cause, &first, &second, ways(*direction));
            Vec::new()
        }
        FaultWord::Delay {
            first,
            second,
            direction,
            amount,
        } => {
            let between = (members(world, first), members(world, second));
            let slowdown = Slowdown::new((cause, stream), &between, ways(*direction), amount);
            world.state_mut().slowdowns.push(slowdown);
            Vec::new()
        }
        FaultWord::Reset {
            first,
            second,
            told,
        } => {
            reset(world, first, second, told);
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
            world.state_mut().tamperings.push(Tamper {
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
        FaultWord::Crash { targets, disk } => crash(world, targets, *disk),
        FaultWord::PowerLoss { targets } => lose_power(world, cause, targets),
        FaultWord::Disk { targets, trouble } => {
            on_disks(world, targets, |own, name| {
                own.trouble(name, cause, *trouble)
            });
            Vec::new()
        }
        FaultWord::Pause { targets, .. } => pause(world, targets),
        FaultWord::Exit { targets, code } => {
            end_processes(world, targets, End::Exited(*code));
            Vec::new()
        }
    }
}

fn crash<W: SimulatedWorld>(world: &mut W, targets: &[Target], disk: Disk) -> Vec<u32> {
    if disk == Disk::Wiped {
        on_disks(world, targets, |stores, name| stores.wipe(name));
    }
    end_processes(world, targets, End::Crashed)
}

fn pause<W: SimulatedWorld>(world: &mut W, targets: &[Target]) -> Vec<u32> {
    let nodes = tampering::targets(world, targets);
    for node in &nodes {
        world.pause(*node);
    }
    nodes
}

fn end_processes<W: SimulatedWorld>(world: &mut W, targets: &[Target], end: End) -> Vec<u32> {
    let nodes = tampering::targets(world, targets);
    for node in &nodes {
        world.end_process(*node, end);
    }
    nodes
}

/// An occurrence of a fault ends, unless it has ended already.
pub(in crate::world) fn end_fault<W: SimulatedWorld>(world: &mut W, fault: u32, cause: Cause) {
    let Some(at) = world
        .state()
        .active_faults
        .iter()
        .position(|active| active.cause == cause)
    else {
        return;
    };
    let active = world.state_mut().active_faults.remove(at);
    world.record(0, Fact::FaultEnded { fault });
    let plan = world.plan();
    let row = &plan.faults[fault as usize];
    match &row.word {
        FaultWord::Partition { .. } => world.state_mut().cuts.heal(cause),
        FaultWord::Delay { .. } => world
            .state_mut()
            .slowdowns
            .retain(|slowdown| slowdown.cause != cause),
        FaultWord::Message { .. } => {
            world
                .state_mut()
                .tamperings
                .retain(|tamper| tamper.cause != cause);
            world.release_reordered();
        }
        FaultWord::Crash { .. } => restart(world, row.end, active.nodes),
        FaultWord::PowerLoss { .. } => {
            world.state_mut().cuts.heal(cause);
            restart(world, row.end, active.nodes);
        }
        FaultWord::Disk { targets, .. } => {
            on_disks(world, targets, |stores, name| stores.mend(name, cause));
        }
        FaultWord::Pause { timers_first, .. } => {
            for node in active.nodes {
                let name = world.part(node).name;
                let stream = format!("{name} catches up at {}", world.now());
                let dice = world.state().seeds.chacha(&stream);
                world.resume(node, *timers_first, dice);
            }
        }
        FaultWord::Reset { .. } | FaultWord::Exit { .. } => {}
    }
    world.inspect_all();
}

/// Starts processes again that a fault has ended, unless it was without an end: such a process
/// does not come back when the phase ends.
fn restart<W: SimulatedWorld>(world: &mut W, end: FaultEnd, nodes: Vec<u32>) {
    if !matches!(end, FaultEnd::Never | FaultEnd::AtOnce) {
        for node in nodes {
            world.cue(world.now(), Class::Process, Cue::Restart { node });
        }
    }
}

/// Does something to the disks of the masters that are named.
fn on_disks<W: SimulatedWorld>(
    world: &mut W,
    targets: &[Target],
    mut change: impl FnMut(&mut Stores, Text),
) {
    for target in targets {
        if let Target::Master(name) = target {
            change(&mut world.state_mut().stores, Text::new(name));
        }
    }
}

/// Machines lose their power: they can be reached no more, and every process on them is gone,
/// also those that have not started up. Returns the processes that are named.
fn lose_power<W: SimulatedWorld>(world: &mut W, cause: Cause, targets: &[Target]) -> Vec<u32> {
    let machines = members(world, targets);
    let cuts = &mut world.state_mut().cuts;
    cuts.cut(cause, &machines, &[Member::Everywhere], Ways::Both);
    let named = tampering::targets(world, targets);
    for node in &named {
        world.end_process(*node, End::PowerLost);
    }
    for node in 0..world.count() {
        if machines.contains(&Member::Machine(world.part(node).place.machine)) {
            world.end_process(node, End::PowerLost);
        }
    }
    for machine in machines {
        if let Member::Machine(machine) = machine {
            processes::lose_children(world, machine);
            let name = world.state().links.name(machine);
            world.state().stores.lose_power(name);
        }
    }
    named
}

/// The fault phase is over: remaining faults are lifted, and no new work arrives.
pub(in crate::world) fn end_phase<W: SimulatedWorld>(world: &mut W) {
    while let Some(active) = world.state().active_faults.first() {
        let (fault, cause) = (active.fault, active.cause);
        end_fault(world, fault, cause);
    }
    for name in &world.plan().cluster.masters {
        world.state().stores.settle(Text::new(name));
    }
    world.state_mut().is_settling = true;
    world.record(0, Fact::Settling);
}

/// Targets as the network knows them: a worker's name means its machine. While nobody leads, the
/// leader is nobody.
fn members<W: SimulatedWorld>(world: &mut W, targets: &[Target]) -> Vec<Member> {
    let mut members = Vec::new();
    for target in targets {
        match target {
            Target::Master(name) | Target::Worker(name) | Target::Application(name) => {
                let name = Text::new(name);
                members.push(Member::Machine(world.state_mut().links.machine(name)));
            }
            Target::Election => {
                let name = Text::new(ELECTION);
                members.push(Member::Machine(world.state_mut().links.machine(name)));
            }
            Target::Leader => {
                let leader = world.state().reigns.leader(world);
                members.extend(leader.map(|node| Member::Machine(world.part(node).place.machine)));
            }
            Target::Driver { .. } | Target::Executor { .. } => {
                let living = tampering::targets(world, std::slice::from_ref(target));
                members.extend(
                    living
                        .iter()
                        .map(|node| Member::Process(world.part(*node).place.process)),
                );
            }
        }
    }
    members
}

/// Breaks every connection between two groups.
fn reset<W: SimulatedWorld>(world: &mut W, first: &[Target], second: &[Target], told: &Told) {
    let mut between = Cuts::default();
    between.cut(
        Cause(0),
        &members(world, first),
        &members(world, second),
        Ways::Both,
    );
    world.sever(&between, told);
}

/// Whether a `reset` fault tells this node of the connections that it breaks.
pub(in crate::world) fn is_told<W: SimulatedWorld>(world: &W, node: u32, told: &Told) -> bool {
    match told {
        Told::Both => true,
        Told::None => false,
        Told::One(target) => tampering::is_target(world, node, target),
    }
}

/// What the active `delay` faults add to something on its way from one process to another,
/// each with its place.
pub(in crate::world) fn slowed_between<W: SimulatedWorld>(
    world: &mut W,
    (own, own_place): (u32, Place),
    (other, other_place): (u32, Place),
) -> Duration {
    let (own_name, other_name) = (world.part(own).name, world.part(other).name);
    let mut total = Duration::ZERO;
    let direction = world.state_mut();
    for slowdown in &mut direction.slowdowns {
        if slowdown.ways.is_open(own_place, other_place) {
            continue;
        }
        let (fault, seeds) = (&slowdown.stream, &direction.seeds);
        let key = (own_name.number(), other_name.number());
        let stream = slowdown
            .streams
            .entry(key)
            .or_insert_with(|| seeds.chacha(&format!("{fault} delays {own_name} -> {other_name}")));
        total += slowdown.extra.draw(stream);
    }
    total
}

const fn ways(direction: Direction) -> Ways {
    match direction {
        Direction::Both => Ways::Both,
        Direction::To => Ways::To,
    }
}
