//! The beginning of a run and of each process: which node plays which role, where it runs, and
//! what its program will do.

use super::work::{self, WorkId};
use super::{Cue, Part, SimulatedWorld, faults, links, processes};
use crate::network::Place;
use crate::roles;
use crate::scenario::plan::ELECTION;
use crate::trace::Role;
use crate::world::Class;
use deploysim_nodes::hosted::AnyNode;
use deploysim_nodes::process::Program;
use deploysim_protocol::address::Address;
use deploysim_protocol::text::Text;
use std::time::Duration;

/// Ports from which children get theirs, each machine's in turn.
const CHILD_PORTS: std::ops::Range<u16> = 30_000..65_000;

/// Schedules everything that is known from the start.
pub(in crate::world) fn begin<W: SimulatedWorld>(world: &mut W) {
    let plan = world.plan();
    faults::schedule_faults(world);
    world.cue(plan.until, Class::Fault, Cue::PhaseEnds);
    if let Some(election) = &plan.election {
        let node = roles::election_service(election);
        make_named(world, ELECTION, roles::election_address(), node);
    }
    for name in &plan.cluster.masters {
        let agent = roles::election_agent(&plan, name, 0, &world.state().seeds);
        let node = roles::master(&plan, name, agent, &world.state().settings);
        make_named(world, name, roles::master_address(name), node);
    }
    for (row, worker) in plan.cluster.workers.iter().enumerate() {
        work::schedule_work(world, worker.at, WorkId::Worker(row));
    }
    for (row, application) in plan.applications.iter().enumerate() {
        work::schedule_work(world, application.at, WorkId::Application(row));
    }
    for (index, driver) in plan.drivers.iter().enumerate() {
        work::schedule_work(world, driver.at, WorkId::Submission(index));
    }
    for (index, operation) in plan.operations.iter().enumerate() {
        work::schedule_work(world, operation.at, WorkId::Operation(index));
    }
}

/// Starts a node on a machine of its own.
pub(in crate::world) fn make_named<W: SimulatedWorld>(
    world: &mut W,
    name: &str,
    address: Address,
    node: AnyNode,
) {
    let name = Text::new(name);
    let machine = world.state_mut().links.machine(name);
    let place = Place {
        machine,
        process: world.state_mut().next_process(),
    };
    let index = make(world, Part::new(name, address, place, &node), node);
    processes::announce(world, index, None, None);
    schedule_begin(world, index);
}

/// The role of a node that the scenario names, ready to be started.
/// `restarts` says how often it will have been started again.
pub(in crate::world) fn role_of<W: SimulatedWorld>(
    world: &W,
    name: Text,
    restarts: u32,
) -> Option<AnyNode> {
    let (plan, direction) = (world.plan(), world.state());
    let agent = roles::election_agent(&plan, &name.as_str(), restarts, &direction.seeds);
    roles::named(&plan, &name.as_str(), agent, &direction.settings)
}

/// Makes a process, which from here on bears its name and has its address.
fn make<W: SimulatedWorld>(world: &mut W, part: Part, node: AnyNode) -> u32 {
    let dice = world.state().dice(&part.name.as_str());
    let index = world.make(part, node, dice);
    let direction = world.state_mut();
    direction.names.insert(part.name, index);
    if part.role.listens() {
        direction.addresses.insert(part.address, index);
    }
    index
}

/// Starts a process whose node is ready. Without an election service a master is elected right
/// after.
pub(in crate::world) fn schedule_begin<W: SimulatedWorld>(world: &mut W, node: u32) {
    let part = world.part(node);
    let (process, role) = (part.place.process, part.role);
    world.cue(world.now(), Class::Process, Cue::Begin { node, process });
    match role {
        // Spark: `MonarchyLeaderAgent`, with every recovery mode but ZOOKEEPER.
        Role::Master if world.plan().election.is_none() => {
            world.cue(world.now(), Class::Election, Cue::Elect { node, process });
        }
        Role::Driver => work::schedule_program(world, node),
        Role::Master
        | Role::Worker
        | Role::Executor
        | Role::SubmitClient
        | Role::ElectionService => {}
    }
}

/// A child that has started up becomes a node.
pub(in crate::world) fn make_child<W: SimulatedWorld>(
    world: &mut W,
    child: u32,
    generation: u32,
) -> u32 {
    let process = world
        .state()
        .children
        .at(child, generation)
        .expect("a child starts while it exists");
    let (name, machine, runs) = (process.name, process.machine, process.child);
    let program = process.program.clone();
    let host = world.state().links.name(machine);
    let place = Place {
        machine,
        process: world.state_mut().next_process(),
    };
    let port = match &program {
        Program::Driver(_) => child_port(place),
        // An executor's process does not listen.
        Program::Executor(_) => 0,
    };
    let address = Address { host, port };
    let (plan, direction) = (world.plan(), world.state());
    let node = roles::child(
        &plan,
        &direction.programs,
        &program,
        address,
        &direction.settings,
    );
    let part = Part {
        child: Some((child, generation)),
        ..Part::new(name, address, place, &node)
    };
    let index = make(world, part, node);
    let parent = processes::parent_of(world, child);
    processes::announce(world, index, parent, Some(runs));
    match program {
        Program::Driver(_) => work::schedule_program(world, index),
        Program::Executor(executor) => work::schedule_executor_end(world, index, &executor),
    }
    index
}

/// The name that a child will have as a node.
pub(in crate::world) fn child_name<W: SimulatedWorld>(world: &mut W, program: &Program) -> Text {
    match program {
        Program::Driver(driver) => {
            let name = roles::driver_name(&driver.description);
            let copies = world
                .state_mut()
                .work
                .copies
                .entry(Text::new(name))
                .or_insert(0);
            *copies += 1;
            match *copies {
                1 => Text::new(&format!("driver:{name}")),
                copy => Text::new(&format!("driver:{name}#{copy}")),
            }
        }
        Program::Executor(executor) => {
            let application = application_of(world, executor.order.driver_address());
            Text::new(&format!(
                "executor:{application}/{}",
                executor.order.executor.number
            ))
        }
    }
}

/// The scenario's name of the application whose driver listens at an address.
fn application_of<W: SimulatedWorld>(world: &W, driver: Option<Address>) -> Text {
    let node = driver.and_then(|address| world.state().addresses.get(&address));
    let name = node.map(|node| world.part(*node).name);
    let programs = &world.state().programs;
    name.map_or_else(
        || Text::new(""),
        |name| programs.application_name(&world.plan(), name),
    )
}

/// How long a child needs to start up, drawn from a stream of its own.
pub(in crate::world) fn draw_start<W: SimulatedWorld>(world: &W, child: Text) -> Duration {
    let mut rng = world
        .state()
        .seeds
        .chacha(&format!("process {child} start"));
    links::latency(&world.plan().process.start).draw(&mut rng)
}

/// How long a child needs to obey a polite signal, drawn from a stream of its own.
pub(in crate::world) fn draw_stop<W: SimulatedWorld>(world: &W, child: Text) -> Duration {
    let mut rng = world.state().seeds.chacha(&format!("process {child} stop"));
    links::latency(&world.plan().process.stop).draw(&mut rng)
}

fn child_port(place: Place) -> u16 {
    let span = u32::from(CHILD_PORTS.end - CHILD_PORTS.start);
    let offset = u16::try_from(place.process.0 % span).expect("a remainder below the span fits");
    CHILD_PORTS.start + offset
}
