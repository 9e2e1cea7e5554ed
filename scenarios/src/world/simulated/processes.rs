//! Processes: children of workers from the order to the end, and restarts. How a process ends is
//! the world's own.

use super::{Cue, SimulatedWorld, start};
use crate::network::{Machine, Process as ProcessNumber};
use crate::trace::{Child, End, Fact, NodeId, Start};
use crate::world::Class;
use deploysim_nodes::hosted::Happening;
use deploysim_nodes::node::Signal;
use deploysim_nodes::process::{Exit, Process, ProcessId, Program};
use deploysim_protocol::text::Text;

/// What a child's parent sees as its exit code after a polite and after a forced signal.
const OBEYED: i32 = 143;
const FORCED: i32 = 137;

/// A child process, from the order to its end.
#[derive(Debug)]
pub(in crate::world) struct ChildProcess {
    parent: u32,
    parent_process: ProcessNumber,
    id: ProcessId,
    pub(in crate::world) program: Program,
    pub(in crate::world) name: Text,
    pub(in crate::world) child: Child,
    pub(in crate::world) machine: Machine,
    /// The node, once it has started up.
    node: Option<u32>,
}

/// A worker starts a child: the process exists from here on, and becomes a node when it has
/// started up.
pub(in crate::world) fn launch<W: SimulatedWorld>(world: &mut W, node: u32, process: Process) {
    let Process { id, program } = process;
    let name = start::child_name(world, &program);
    let child = match &program {
        Program::Driver(driver) => Child::Driver(driver.driver),
        Program::Executor(executor) => Child::Executor(executor.order.executor),
    };
    let place = world.part(node).place;
    let delay = start::draw_start(world, name);
    let (index, generation) = world.state_mut().children.insert(ChildProcess {
        parent: node,
        parent_process: place.process,
        id,
        program,
        name,
        child,
        machine: place.machine,
        node: None,
    });
    world
        .state_mut()
        .children_found
        .insert((place.process, id), (index, generation));
    world.record(node, Fact::ChildLaunched { name, child });
    world.cue(
        world.now() + delay,
        Class::Process,
        Cue::ChildStarts {
            child: index,
            generation,
        },
    );
}

/// The child has started up. Its worker may be gone by then: the child then has no parent.
pub(in crate::world) fn start_child<W: SimulatedWorld>(world: &mut W, child: u32, generation: u32) {
    let Some(process) = world.state().children.at(child, generation) else {
        return;
    };
    let (parent, parent_process, id) = (process.parent, process.parent_process, process.id);
    let node = start::make_child(world, child, generation);
    if let Some(process) = world.state_mut().children.at_mut(child, generation) {
        process.node = Some(node);
    }
    if world.part(parent).place.process == parent_process {
        world.post(
            Class::Process,
            parent,
            Happening::ProcessStarted { process: id },
        );
    }
    let process = world.part(node).place.process;
    world.cue(world.now(), Class::Process, Cue::Begin { node, process });
}

/// A worker ends a child.
pub(in crate::world) fn terminate<W: SimulatedWorld>(
    world: &mut W,
    node: u32,
    process: ProcessId,
    signal: Signal,
) {
    let own = world.part(node).place.process;
    let Some((child, generation)) = world.state().children_found.get(&(own, process)).copied()
    else {
        return;
    };
    let Some(name) = world
        .state()
        .children
        .at(child, generation)
        .map(|child| child.name)
    else {
        return;
    };
    world.record(node, Fact::ChildSignalled { name, signal });
    match signal {
        Signal::Polite => {
            let delay = start::draw_stop(world, name);
            world.cue(
                world.now() + delay,
                Class::Process,
                Cue::ChildObeys { child, generation },
            );
        }
        Signal::Forced => end_child(world, child, End::Signalled(FORCED)),
    }
}

/// The child ends by a polite signal, unless it is gone already.
pub(in crate::world) fn child_obeys<W: SimulatedWorld>(world: &mut W, child: u32, generation: u32) {
    if world.state().children.at(child, generation).is_some() {
        end_child(world, child, End::Signalled(OBEYED));
    }
}

fn end_child<W: SimulatedWorld>(world: &mut W, child: u32, end: End) {
    let Some(process) = world.state().children.value(child) else {
        return;
    };
    match process.node {
        Some(node) => world.end_process(node, end),
        None => {
            let (parent, name, runs) = (process.parent, process.name, process.child);
            world.record(parent, Fact::ChildLost { name, child: runs });
            tell_parent(world, child, end);
        }
    }
}

/// Children on a machine that have not started up are gone with its power.
pub(super) fn lose_children<W: SimulatedWorld>(world: &mut W, machine: Machine) {
    let children = world.state().children.iter();
    let lost: Vec<u32> = children
        .filter(|(.., child)| child.machine == machine)
        .map(|(child, ..)| child)
        .collect();
    for child in lost {
        end_child(world, child, End::PowerLost);
    }
}

/// The child is gone: its worker is told, if that is still the process that started it.
fn tell_parent<W: SimulatedWorld>(world: &mut W, child: u32, end: End) {
    let Some(process) = world.state_mut().children.take(child) else {
        return;
    };
    world
        .state_mut()
        .children_found
        .remove(&(process.parent_process, process.id));
    let code = match end {
        End::Exited(code) | End::Signalled(code) => code,
        End::Crashed | End::PowerLost => FORCED,
    };
    if world.part(process.parent).place.process == process.parent_process {
        let exit = Exit::Code(code);
        world.post(
            Class::Process,
            process.parent,
            Happening::ProcessEnded {
                process: process.id,
                exit,
            },
        );
    }
}

/// To be called by the world when a process has ended and everything of it is gone but its
/// place: if it is a child, its worker is told.
pub(in crate::world) fn part_ended<W: SimulatedWorld>(world: &mut W, node: u32, end: End) {
    if let Some((child, generation)) = world.part(node).child
        && world.state().children.at(child, generation).is_some()
    {
        tell_parent(world, child, end);
    }
}

/// A node that crashed starts again as a new process at the same address.
pub(in crate::world) fn restart<W: SimulatedWorld>(world: &mut W, node: u32) {
    let part = world.part(node);
    if part.is_alive || part.child.is_some() {
        return;
    }
    let Some(role) = start::role_of(world, part.name, part.restarts + 1) else {
        return;
    };
    let process = world.state_mut().next_process();
    let stream = format!("{} restart {}", part.name, part.restarts + 1);
    let dice = world.state().dice(&stream);
    world.revive(node, role, dice, process);
    announce(world, node, None, None);
    start::schedule_begin(world, node);
}

/// Tells the observer that a process has begun.
pub(in crate::world) fn announce<W: SimulatedWorld>(
    world: &mut W,
    node: u32,
    parent: Option<u32>,
    child: Option<Child>,
) {
    let part = world.part(node);
    let start = Start {
        name: part.name,
        role: part.role,
        machine: part.place.machine,
        address: part.address,
        parent: parent.map(NodeId),
        child,
        restarts: part.restarts,
    };
    world.record(node, Fact::Started(start));
}

/// The parent of a child, if that process still lives.
pub(in crate::world) fn parent_of<W: SimulatedWorld>(world: &W, child: u32) -> Option<u32> {
    let process = world.state().children.value(child)?;
    let parent = world.part(process.parent);
    (parent.place.process == process.parent_process && parent.is_alive).then_some(process.parent)
}
