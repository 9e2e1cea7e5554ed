//! Processes: children of workers from the order to the end, and the end of any process. A child
//! needs 1 s to start unless told otherwise.

use super::actor::{Actor, Happening, Playing};
use super::traffic::Peers;
use super::words::{Argument, Command};
use super::world::{Host, Item, Part, Who, World};
use deploysim_nodes::driver::{Driver, DriverSettings};
use deploysim_nodes::executor::{Executor, ExecutorSettings};
use deploysim_nodes::node::Signal;
use deploysim_nodes::process::{Exit, Process, ProcessId, Program};
use deploysim_protocol::address::Address;
use deploysim_protocol::text::Text;
use std::sync::Arc;
use std::time::Duration;

/// Exit codes after the two signals.
const OBEYED: i32 = 143;
const FORCED: i32 = 137;

/// A child process of a worker.
pub(super) struct Child {
    parent: Who,
    id: ProcessId,
    program: Program,
    name: String,
    /// Where it runs, once it has started.
    host: Option<usize>,
    is_over: bool,
}

/// How children behave.
pub(super) struct Habits {
    start: Duration,
    /// How many masters everybody knows.
    pub(super) masters: usize,
    /// Why none can be started.
    failure: Option<String>,
    /// Names of those that do not obey a polite signal.
    stubborn: Vec<String>,
    /// Names of those that outlive a forced one too.
    immortal: Vec<String>,
}

impl Default for Habits {
    fn default() -> Self {
        Self {
            start: Duration::from_secs(1),
            masters: 1,
            failure: None,
            stubborn: Vec::new(),
            immortal: Vec::new(),
        }
    }
}

impl World {
    /// `processes start=5s`, `processes fail="…"`, `processes ok`, `processes stubborn NAME`,
    /// `processes immortal NAME`.
    pub(super) fn set_habits(&mut self, command: &Command) {
        if let Some(start) = command.duration("start") {
            self.habits.start = start;
        }
        self.habits.failure = command.value("fail").map(str::to_owned);
        let mut words = command.words();
        match words.next() {
            Some("stubborn") => self.habits.stubborn.extend(words.map(str::to_owned)),
            Some("immortal") => self.habits.immortal.extend(words.map(str::to_owned)),
            Some("ok") | None => {}
            Some(_) => command.wrong("no such habit"),
        }
    }

    pub(super) fn launch(&mut self, host: usize, process: Process) {
        let Process { id, program } = process;
        let base = match &program {
            Program::Driver(driver) => {
                format!("driver:{}", driver.description.command.arguments[2])
            }
            Program::Executor(executor) => {
                let order = &executor.order;
                format!("{}/{}", order.description.name, order.executor.number)
            }
        };
        let taken = |name: &String| self.children.iter().any(|child| child.name == *name);
        let mut names = (1..).map(|number| match number {
            1 => base.clone(),
            number => format!("{base}#{number}"),
        });
        let name = names.find(|name| !taken(name)).unwrap();
        let left = format!("launch {}", self.hosts[host].name);
        self.page.fact(self.now, left, name.clone());
        let parent = self.who(host);
        self.children.push(Child {
            parent,
            id,
            program,
            name,
            host: None,
            is_over: false,
        });
        let index = self.children.len() - 1;
        if let Some(reason) = &self.habits.failure {
            let reason = Text::new(reason);
            self.children[index].is_over = true;
            let ended = Happening::ProcessEnded(id, Exit::NotStarted { reason });
            self.post(Item::Feed(parent, ended));
        } else {
            self.post_after(self.habits.start, Item::ChildStarts(index));
        }
    }

    /// A child exists: it becomes a node, and its worker is told.
    pub(super) fn start_child(&mut self, index: usize) {
        let child = &self.children[index];
        if child.is_over {
            return;
        }
        let (parent, id, name) = (child.parent, child.id, child.name.clone());
        let port = match child.program {
            Program::Driver(_) => 7079,
            Program::Executor(_) => 0,
        };
        let address = Address::new(&name, port);
        let program = child.program.clone();
        let actor = self.child_actor(program, address);
        let host = self.hosts.len();
        self.page
            .fact(self.now, format!("start {name}"), String::new());
        self.hosts.push(Host {
            name,
            address,
            part: Part::Child,
            written: Argument::default(),
            life: 1,
            actor: Some(actor),
            paused: None,
            child: Some(index),
        });
        self.children[index].host = Some(host);
        self.post(Item::Feed(parent, Happening::ProcessStarted(id)));
        self.post(Item::Feed(self.who(host), Happening::Started));
    }

    fn child_actor(&mut self, program: Program, address: Address) -> Box<dyn Actor> {
        let shared = self.shared();
        let dice = Self::dice(&address.host.as_str());
        match program {
            Program::Driver(driver) => {
                let name = &driver.description.command.arguments[2];
                let written = self
                    .submitted
                    .get(name)
                    .filter(|written| written.has("app"));
                let application = written
                    .map(|written| Arc::new(Self::application(written, address, &shared.conf)));
                let settings = DriverSettings {
                    masters: self.masters(),
                    application,
                    worker: Some(driver.worker),
                    shared,
                };
                Box::new(Playing::new(Driver::new(settings), dice))
            }
            Program::Executor(executor) => {
                let driver = executor.order.driver_address().unwrap();
                let settings = ExecutorSettings {
                    program: *executor,
                    driver,
                    shared,
                };
                Box::new(Playing::new(Executor::new(settings), dice))
            }
        }
    }

    pub(super) fn terminate(&mut self, host: usize, process: ProcessId, signal: Signal) {
        let parent = self.who(host);
        let mut children = self.children.iter();
        let index = children
            .position(|child| child.parent == parent && child.id == process && !child.is_over);
        let Some(index) = index else { return };
        let name = &self.children[index].name;
        let left = format!("signal {}", self.hosts[host].name);
        let (text, code) = match signal {
            Signal::Polite => (format!("{name} politely"), OBEYED),
            Signal::Forced => (format!("{name} by force"), FORCED),
        };
        let obeys = !self.habits.immortal.contains(name)
            && (signal == Signal::Forced || !self.habits.stubborn.contains(name));
        self.page.fact(self.now, left, text);
        if obeys {
            self.post(Item::ChildEnds(index, code));
        }
    }

    /// A child ends from outside.
    pub(super) fn end_child(&mut self, index: usize, code: i32) {
        let child = &self.children[index];
        if child.is_over {
            return;
        }
        let left = format!("exit {}", child.name);
        self.page.fact(self.now, left, format!("code={code}"));
        match child.host {
            Some(host) => self.end_process(host, code),
            None => self.tell_parent(index, code),
        }
    }

    /// A process is over: its peers notice, and its parent does.
    pub(super) fn end_process(&mut self, host: usize, code: i32) {
        let who = self.who(host);
        let place = &mut self.hosts[host];
        place.actor = None;
        place.paused = None;
        place.life += 1;
        if let Some(child) = place.child {
            self.tell_parent(child, code);
        }
        self.hang_up(who, Peers::Told);
    }

    fn tell_parent(&mut self, index: usize, code: i32) {
        let child = &mut self.children[index];
        child.is_over = true;
        let ended = Happening::ProcessEnded(child.id, Exit::Code(code));
        let parent = child.parent;
        self.post(Item::Feed(parent, ended));
    }

    /// `exit NAME code=3`: a process ends by itself, without a word.
    pub(super) fn exit(&mut self, command: &Command) {
        let name = command.word(0);
        let code = command.number("code").unwrap_or(0);
        let mut children = self.children.iter();
        match children.position(|child| child.name == name && !child.is_over) {
            Some(child) => self.end_child(child, code),
            None => command.wrong("no such process"),
        }
    }
}
