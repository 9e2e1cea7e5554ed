//! The beginning of a run and of each process: which node plays which role, where it runs, and
//! what its program will do.

use super::QueueWorld;
use super::agenda::Class;
use super::life::{Cold, Life, Standing, Timers};
use super::step::Step;
use super::work::WorkId;
use crate::network::Place;
use crate::roles;
use crate::scenario::plan::Plan;
use crate::trace::{Observer, Role};
use deploysim_nodes::dice::Dice;
use deploysim_nodes::hosted::AnyNode;
use deploysim_nodes::process::Program;
use deploysim_protocol::address::Address;
use deploysim_protocol::text::Text;
use rand::Rng;
use std::time::Duration;

/// Ports from which children get theirs, each machine's in turn.
const CHILD_PORTS: std::ops::Range<u16> = 30_000..65_000;

impl<O: Observer> QueueWorld<'_, O> {
    /// Puts everything that is known from the start onto the agenda.
    pub(super) fn begin(&mut self) {
        let plan: &Plan = self.plan;
        self.schedule_faults();
        let (at, class, step) = super::faults::phase_end(plan.until);
        self.push(at, class, step);
        for name in &plan.cluster.masters {
            let node = roles::master(plan, name, &self.settings);
            self.make_named(name, roles::master_address(name), node);
        }
        for (row, worker) in plan.cluster.workers.iter().enumerate() {
            self.schedule_work(worker.at, WorkId::Worker(row));
        }
        for (row, application) in plan.applications.iter().enumerate() {
            self.schedule_work(application.at, WorkId::Application(row));
        }
        for (index, driver) in plan.drivers.iter().enumerate() {
            self.schedule_work(driver.at, WorkId::Submission(index));
        }
        for (index, operation) in plan.operations.iter().enumerate() {
            self.schedule_work(operation.at, WorkId::Operation(index));
        }
    }

    /// Starts a node on a machine of its own.
    pub(super) fn make_named(&mut self, name: &str, address: Address, node: AnyNode) {
        let name = Text::new(name);
        let machine = self.links.machine(name);
        let place = Place {
            machine,
            process: self.next_process(),
        };
        let index = self.make_life(name, address, place, node);
        self.announce(index, None, None);
        self.schedule_begin(index);
    }

    /// The role of a node that the scenario names, ready to be started.
    pub(super) fn role_of(&self, name: Text) -> Option<AnyNode> {
        roles::named(self.plan, &name.as_str(), &self.settings)
    }

    /// Puts a new process into a free place.
    pub(super) fn make_life(
        &mut self,
        name: Text,
        address: Address,
        place: Place,
        node: AnyNode,
    ) -> u32 {
        let dice = self.dice(&name.as_str());
        let life = Life {
            role: node.role(),
            node: Some(node),
            name,
            place,
            address,
            timers: Timers::default(),
            standing: Standing::Going,
            cold: Box::new(Cold::new(dice)),
        };
        let listens = life.listens();
        let index = match self.free_lives.pop() {
            Some(free) => {
                // Armings of the former process stay recognisable.
                let timers = std::mem::take(&mut self.lives[free as usize].timers);
                self.lives[free as usize] = Life { timers, ..life };
                free
            }
            None => {
                self.lives.push(life);
                u32::try_from(self.lives.len() - 1).expect("fewer than 2^32 processes")
            }
        };
        self.names.insert(name, index);
        if listens {
            self.addresses.insert(address, index);
        }
        index
    }

    /// The node's own stream of random numbers.
    pub(super) fn dice(&self, name: &str) -> Dice {
        let mut seed = [0; 32];
        self.seeds.chacha(&format!("node {name}")).fill(&mut seed);
        Dice::from_seed(seed)
    }

    /// Starts a process whose node is ready; a master's election agent speaks right after.
    pub(super) fn schedule_begin(&mut self, node: u32) {
        let life = &self.lives[node as usize];
        let (process, role) = (life.place.process, life.role);
        self.push(self.now, Class::Process, Step::Begin { node, process });
        match role {
            // With recovery mode NONE the agent elects at once. Spark:
            // `MonarchyLeaderAgent`.
            Role::Master => self.push(self.now, Class::Election, Step::Elect { node, process }),
            Role::Driver => self.schedule_program(node),
            Role::Worker | Role::Executor | Role::SubmitClient => {}
        }
    }

    /// A child that has started up becomes a node.
    pub(super) fn make_child(&mut self, child: u32, generation: u32) -> u32 {
        let process = self
            .children
            .at(child, generation)
            .expect("a child starts while it exists");
        let (name, machine, runs) = (process.name, process.machine, process.child);
        let program = process.program.clone();
        let host = self.links.name(machine);
        let place = Place {
            machine,
            process: self.next_process(),
        };
        let port = match &program {
            Program::Driver(_) => child_port(place),
            // An executor's process does not listen.
            Program::Executor(_) => 0,
        };
        let address = Address { host, port };
        let node = roles::child(self.plan, &program, address, &self.settings);
        let index = self.make_life(name, address, place, node);
        self.lives[index as usize].cold.child = Some((child, generation));
        let parent = self.parent_of(child);
        self.announce(index, parent, Some(runs));
        match program {
            Program::Driver(_) => self.schedule_program(index),
            Program::Executor(executor) => self.schedule_executor_end(index, &executor),
        }
        index
    }

    /// The name that a child will have as a node.
    pub(super) fn child_name(&mut self, program: &Program) -> Text {
        match program {
            Program::Driver(driver) => {
                let name = roles::driver_name(&driver.description);
                let copies = self.work.copies.entry(Text::new(name)).or_insert(0);
                *copies += 1;
                match *copies {
                    1 => Text::new(&format!("driver:{name}")),
                    copy => Text::new(&format!("driver:{name}#{copy}")),
                }
            }
            Program::Executor(executor) => {
                let application = self.application_of(executor.order.driver_address());
                Text::new(&format!(
                    "executor:{application}/{}",
                    executor.order.executor.number
                ))
            }
        }
    }

    /// The scenario's name of the application whose driver listens at an address.
    fn application_of(&self, driver: Option<Address>) -> String {
        let node = driver.and_then(|address| self.addresses.get(&address));
        let name = node.map(|node| self.lives[*node as usize].name.as_str());
        name.map_or_else(String::new, |name| {
            roles::application_name(self.plan, &name)
        })
    }

    /// How long a child needs to start up, drawn from a stream of its own.
    pub(super) fn draw_start(&self, child: Text) -> Duration {
        let mut rng = self.seeds.chacha(&format!("process {child} start"));
        super::links::latency(&self.plan.process.start).draw(&mut rng)
    }

    /// How long a child needs to obey a polite signal, drawn from a stream of its own.
    pub(super) fn draw_stop(&self, child: Text) -> Duration {
        let mut rng = self.seeds.chacha(&format!("process {child} stop"));
        super::links::latency(&self.plan.process.stop).draw(&mut rng)
    }
}

fn child_port(place: Place) -> u16 {
    let span = u32::from(CHILD_PORTS.end - CHILD_PORTS.start);
    let offset = u16::try_from(place.process.0 % span).expect("a remainder below the span fits");
    CHILD_PORTS.start + offset
}
