//! Processes: children of workers from the order to the end, exits, crashes and restarts.

use super::QueueWorld;
use super::agenda::Class;
use super::life::{Life, Standing, Waiting};
use super::step::Step;
use super::wire::Unit;
use crate::network::{Machine, Process as ProcessNumber};
use crate::trace::{Child, End, Fact, Observer, Start};
use deploysim_nodes::hosted::Happening;
use deploysim_nodes::node::Signal;
use deploysim_nodes::process::{Exit, Process, ProcessId, Program};
use deploysim_protocol::text::Text;

/// What a child's parent sees as its exit code after a polite and after a forced signal.
const OBEYED: i32 = 143;
const FORCED: i32 = 137;

/// A child process, from the order to its end.
#[derive(Debug)]
pub(super) struct ChildProcess {
    parent: u32,
    parent_process: ProcessNumber,
    id: ProcessId,
    pub(super) program: Program,
    pub(super) name: Text,
    pub(super) child: Child,
    pub(super) machine: Machine,
    /// The node, once it has started up.
    node: Option<u32>,
}

impl<O: Observer> QueueWorld<'_, O> {
    /// A worker starts a child: the process exists from here on, and becomes a node when it has
    /// started up.
    pub(super) fn launch(&mut self, node: u32, process: Process) {
        let Process { id, program } = process;
        let name = self.child_name(&program);
        let child = match &program {
            Program::Driver(driver) => Child::Driver(driver.driver),
            Program::Executor(executor) => Child::Executor(executor.order.executor),
        };
        let place = self.lives[node as usize].place;
        let delay = self.draw_start(name);
        let (index, generation) = self.children.insert(ChildProcess {
            parent: node,
            parent_process: place.process,
            id,
            program,
            name,
            child,
            machine: place.machine,
            node: None,
        });
        self.children_found
            .insert((place.process, id), (index, generation));
        self.record(node, Fact::ChildLaunched { name, child });
        self.push(
            self.now + delay,
            Class::Process,
            Step::ChildStarts {
                child: index,
                generation,
            },
        );
    }

    /// The child has started up. Its worker may be gone by then: the child then has no parent.
    pub(super) fn start_child(&mut self, child: u32, generation: u32) {
        let Some(process) = self.children.at(child, generation) else {
            return;
        };
        let (parent, parent_process, id) = (process.parent, process.parent_process, process.id);
        let node = self.make_child(child, generation);
        if let Some(process) = self.children.at_mut(child, generation) {
            process.node = Some(node);
        }
        if self.lives[parent as usize].place.process == parent_process {
            self.post(
                Class::Process,
                parent,
                Happening::ProcessStarted { process: id },
            );
        }
        let process = self.lives[node as usize].place.process;
        self.push(self.now, Class::Process, Step::Begin { node, process });
    }

    /// A worker ends a child.
    pub(super) fn terminate(&mut self, node: u32, process: ProcessId, signal: Signal) {
        let own = self.lives[node as usize].place.process;
        let Some((child, generation)) = self.children_found.get(&(own, process)).copied() else {
            return;
        };
        let Some(name) = self.children.at(child, generation).map(|child| child.name) else {
            return;
        };
        self.record(node, Fact::ChildSignalled { name, signal });
        match signal {
            Signal::Polite => {
                let delay = self.draw_stop(name);
                self.push(
                    self.now + delay,
                    Class::Process,
                    Step::ChildObeys { child, generation },
                );
            }
            Signal::Forced => self.end_child(child, End::Signalled(FORCED)),
        }
    }

    pub(super) fn child_obeys(&mut self, child: u32, generation: u32) {
        if self.children.at(child, generation).is_some() {
            self.end_child(child, End::Signalled(OBEYED));
        }
    }

    fn end_child(&mut self, child: u32, end: End) {
        let Some(process) = self.children.value(child) else {
            return;
        };
        match process.node {
            Some(node) => self.end_process(node, end),
            None => {
                let (parent, name, runs) = (process.parent, process.name, process.child);
                self.record(parent, Fact::ChildLost { name, child: runs });
                self.tell_parent(child, end);
            }
        }
    }

    /// The child is gone: its worker is told, if that is still the process that started it.
    fn tell_parent(&mut self, child: u32, end: End) {
        let Some(process) = self.children.take(child) else {
            return;
        };
        self.children_found
            .remove(&(process.parent_process, process.id));
        let code = match end {
            End::Exited(code) | End::Signalled(code) => code,
            End::Crashed => FORCED,
        };
        if self.lives[process.parent as usize].place.process == process.parent_process {
            let exit = Exit::Code(code);
            self.post(
                Class::Process,
                process.parent,
                Happening::ProcessEnded {
                    process: process.id,
                    exit,
                },
            );
        }
    }

    pub(super) fn exit(&mut self, node: u32, code: i32) {
        self.end_process(node, End::Exited(code));
    }

    /// Ends a process: what it has written still leaves, then the end of each stream.
    pub(super) fn end_process(&mut self, node: u32, end: End) {
        let life = &mut self.lives[node as usize];
        if life.node.take().is_none() {
            return;
        }
        life.timers.disarm_all();
        life.cold.calls.clear();
        life.standing = Standing::Going;
        let backlog = std::mem::take(&mut life.cold.backlog);
        let child = life.cold.child;
        for waiting in backlog {
            match waiting {
                Waiting::Parcel(parcel) => drop(self.wires.parcels.take(parcel)),
                Waiting::Post(post) => drop(self.posts.take(post)),
                Waiting::Fire { .. } | Waiting::CallTimeout { .. } => {}
            }
        }
        self.record(node, Fact::Ended { end });
        while let Some(own) = self.lives[node as usize].cold.wires.last().copied() {
            self.transmit(own, Unit::End);
            self.close_end(own);
            self.forget_wire(own);
        }
        self.drop_dials(node);
        self.lives[node as usize].cold.lines.clear();
        if let Some((child, generation)) = child
            && self.children.at(child, generation).is_some()
        {
            self.tell_parent(child, end);
        }
        self.free_if_over(node);
    }

    /// A node that crashed starts again as a new process at the same address.
    pub(super) fn restart(&mut self, node: u32) {
        let life = &self.lives[node as usize];
        if life.is_alive() || life.cold.child.is_some() {
            return;
        }
        let role = self.role_of(life.name);
        let Some(role) = role else { return };
        let process = self.next_process();
        let dice = self.dice(&format!(
            "{} restart {}",
            self.lives[node as usize].name,
            self.lives[node as usize].cold.restarts + 1
        ));
        let life = &mut self.lives[node as usize];
        life.cold.restarts += 1;
        life.place.process = process;
        life.cold.dice = dice;
        life.cold.counters = deploysim_nodes::node::Counters::default();
        life.node = Some(role);
        self.announce(node, None, None);
        self.schedule_begin(node);
    }

    /// Tells the observer that a process has begun.
    pub(super) fn announce(&mut self, node: u32, parent: Option<u32>, child: Option<Child>) {
        let life = &self.lives[node as usize];
        let start = Start {
            name: life.name,
            role: life.role,
            machine: life.place.machine,
            address: life.address,
            parent: parent.map(crate::trace::NodeId),
            child,
            restarts: life.cold.restarts,
        };
        self.record(node, Fact::Started(start));
    }

    pub(super) fn next_process(&mut self) -> ProcessNumber {
        let process = ProcessNumber(self.processes_made);
        self.processes_made += 1;
        process
    }

    /// The place of a child that is gone is used again once no connection names it.
    pub(super) fn free_if_over(&mut self, node: u32) {
        let life: &mut Life = &mut self.lives[node as usize];
        if life.cold.child.is_some()
            && !life.is_alive()
            && life.cold.attached == 0
            && !life.cold.is_free
        {
            life.cold.is_free = true;
            self.free_lives.push(node);
        }
    }

    /// Forgets a connection that is over, and with it what it keeps alive.
    pub(super) fn forget_wire(&mut self, end: super::wire::WireEnd) {
        if let Some(nodes) = self.wires.forget_if_over(end) {
            for node in nodes {
                self.lives[node as usize].cold.attached -= 1;
                self.free_if_over(node);
            }
        }
    }

    /// The parent of a child, if that process still lives.
    pub(super) fn parent_of(&self, child: u32) -> Option<u32> {
        let process = self.children.value(child)?;
        let life = &self.lives[process.parent as usize];
        (life.place.process == process.parent_process && life.is_alive()).then_some(process.parent)
    }
}
