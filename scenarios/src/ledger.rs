//! The ledger: what every node says of itself, added up from the entries of a trace. Judges,
//! triggers and writers look here; nothing here judges, and nothing here asks a node.
//!
//! Every entry is applied in constant time, and the notes of heartbeats allocate nothing.
//! A node's part is empty again when its process starts again.

mod books;
mod books_fold;
mod driver_fold;
mod names;
mod process;
mod records;
mod tables;
mod touch;

#[cfg(test)]
mod tests;

pub use books::Books;
pub use names::Submission;
pub use process::{Family, Fate, Process, ProcessName, Standing};
pub use records::{
    ApplicationRecord, DriverRecord, ExecutorKey, ExecutorRecord, Kept, Removal, WorkerRecord,
};
pub use tables::{
    DriverTables, ExecutorTables, GrantedExecutor, HeldDriver, HeldExecutor, WorkerTables,
};
pub use touch::{Change, Touch};

use crate::scenario::plan::Plan;
use crate::trace::{Beat, Entry, Fact, NodeId, Role, Start, Unit};
use deploysim_nodes::growth::lengthen;
use deploysim_protocol::address::{Address, Connection};
use deploysim_protocol::event::{Event, MasterEvent, WorkerEvent};
use deploysim_protocol::id::{ApplicationId, DriverId, WorkerId};
use deploysim_protocol::message::{Ask, AskMaster};
use deploysim_protocol::state::MasterState;
use deploysim_protocol::text::Text;
use deploysim_protocol::time::Time;
use names::Names;
use process::Processes;

/// What a node says of itself, by its role.
#[derive(Clone, Debug)]
enum Part {
    Master(Box<Books>),
    Worker(Box<WorkerTables>),
    Driver(Box<DriverTables>),
    Executor(ExecutorTables),
    /// A submit client or an election service, of which nothing is added up.
    Other(Role),
}

impl Part {
    fn of(role: Role) -> Self {
        match role {
            Role::Master => Self::Master(Box::default()),
            Role::Worker => Self::Worker(Box::default()),
            Role::Driver => Self::Driver(Box::default()),
            Role::Executor => Self::Executor(ExecutorTables::default()),
            Role::SubmitClient | Role::ElectionService => Self::Other(role),
        }
    }
}

/// All that is known of a run so far.
#[derive(Clone, Debug)]
pub struct Ledger {
    now: Time,
    is_settling: bool,
    processes: Processes,
    parts: Vec<Option<Part>>,
    masters: Vec<NodeId>,
    /// Masters that became ALIVE, the last one last.
    reigns: Vec<NodeId>,
    leader: Option<NodeId>,
    names: Names,
}

impl Ledger {
    /// An empty ledger for runs of `plan`. Make it in the scope of texts in which the run is
    /// played.
    pub fn new(plan: &Plan) -> Self {
        Self {
            now: Time::ZERO,
            is_settling: false,
            processes: Processes::default(),
            parts: Vec::new(),
            masters: Vec::new(),
            reigns: Vec::new(),
            leader: None,
            names: Names::new(plan),
        }
    }

    /// What a fault of the scenario does, in a few words; empty for a row that there is not.
    pub fn fault(&self, row: u32) -> &str {
        self.names.fault(row).unwrap_or_default()
    }

    /// Takes one more entry into account.
    pub fn apply(&mut self, entry: &Entry<'_>) {
        self.now = entry.at;
        match &entry.fact {
            Fact::Note(event) => self.apply_note(entry.node, entry.at, event),
            Fact::Received { unit, .. } => self.apply_received(entry.node, unit),
            Fact::Sent { unit, .. } => self.apply_sent(entry.node, unit),
            Fact::Started(start) => self.apply_start(entry.node, entry.at, start),
            Fact::Ended { end } => {
                self.processes.end(entry.node, entry.at, *end);
                self.find_leader();
            }
            Fact::Paused => self.processes.stand(entry.node, Standing::Paused),
            Fact::Resumed => self.processes.stand(entry.node, Standing::Running),
            Fact::Settling => self.is_settling = true,
            Fact::ConnectionOpened { connection, peer } => {
                self.processes.connect(*connection, *peer);
            }
            Fact::ConnectionEnded { connection, .. } => self.processes.disconnect(*connection),
            Fact::ChildLaunched { .. }
            | Fact::ChildLost { .. }
            | Fact::ChildSignalled { .. }
            | Fact::Tampered { .. }
            | Fact::DialFailed { .. }
            | Fact::FaultBegan { .. }
            | Fact::FaultEnded { .. }
            | Fact::Finished => {}
        }
    }

    /// As [`Ledger::apply`], for an entry that belongs to an ordinary heartbeat.
    #[inline]
    pub fn apply_beat(&mut self, entry: &Entry<'_>, beat: Beat) {
        self.now = entry.at;
        match beat {
            Beat::Heard { worker, at } => {
                if let Some(Some(Part::Master(books))) = self.parts.get_mut(entry.node.index()) {
                    books.hear(worker, at);
                }
            }
            Beat::Noted | Beat::Sent | Beat::Received => {}
        }
    }

    /// The time of the latest entry.
    pub const fn now(&self) -> Time {
        self.now
    }

    /// Whether the fault phase is over.
    pub const fn is_settling(&self) -> bool {
        self.is_settling
    }

    /// The process that bears this number, living or not; `None` before its first start.
    pub fn process(&self, node: NodeId) -> Option<&Process> {
        self.processes.process(node)
    }

    /// The name of a node; a stand-in before its first start.
    pub fn name(&self, node: NodeId) -> Text {
        self.processes
            .process(node)
            .map_or_else(|| Text::new("?"), |process| process.name)
    }

    /// The role of a node; `None` before its first start.
    pub fn role(&self, node: NodeId) -> Option<Role> {
        Some(match self.part(node)? {
            Part::Master(_) => Role::Master,
            Part::Worker(_) => Role::Worker,
            Part::Driver(_) => Role::Driver,
            Part::Executor(_) => Role::Executor,
            Part::Other(role) => *role,
        })
    }

    /// Whether the node's process lives, paused or not.
    pub fn is_alive(&self, node: NodeId) -> bool {
        self.processes.process(node).is_some_and(Process::is_alive)
    }

    /// Every number that was ever borne, with its latest process, in order.
    pub fn processes(&self) -> impl Iterator<Item = (NodeId, &Process)> {
        self.processes.all()
    }

    /// What became of the processes of this name; `None` if there never was one.
    pub fn fate(&self, name: Text) -> Option<&Fate> {
        self.processes.fate(name)
    }

    /// All processes of the submitted driver of this name.
    pub fn driver_processes(&self, driver: Text) -> Option<&Family> {
        self.processes.driver_family(driver)
    }

    /// All processes of the executors of the application of this name.
    pub fn executor_processes(&self, application: Text) -> Option<&Family> {
        self.processes.executor_family(application)
    }

    /// The node that bears this name, or bore it last.
    pub fn node_named(&self, name: Text) -> Option<NodeId> {
        self.processes.fate(name).map(|fate| fate.node)
    }

    /// The node that listens at this address, or listened there last.
    pub fn node_at(&self, address: Address) -> Option<NodeId> {
        self.names.node_at(address)
    }

    /// The name of who is at the other end of a connection that is open or ended just now.
    pub fn peer(&self, connection: Connection) -> Option<Text> {
        self.processes.peer(connection)
    }

    /// The worker process that announced this id.
    pub fn worker_node(&self, id: WorkerId) -> Option<NodeId> {
        self.names.worker_node(id)
    }

    /// Whether the very process that registered as this worker lives, paused or not.
    pub fn is_living_worker(&self, record: &WorkerRecord) -> bool {
        // A process that started again announces another id.
        record.node.is_some_and(|node| {
            let tables = self.worker(node);
            self.is_alive(node) && tables.is_some_and(|tables| tables.id == Some(record.id))
        })
    }

    /// Every master, by number.
    pub fn masters(&self) -> &[NodeId] {
        &self.masters
    }

    /// The master that became ALIVE last among those that are and whose processes live.
    pub const fn leader(&self) -> Option<NodeId> {
        self.leader
    }

    /// The books of the leader.
    pub fn leader_books(&self) -> Option<&Books> {
        self.leader.and_then(|leader| self.books(leader))
    }

    /// The books of a master, as its notes tell them.
    pub fn books(&self, master: NodeId) -> Option<&Books> {
        match self.part(master)? {
            Part::Master(books) => Some(books),
            Part::Worker(_) | Part::Driver(_) | Part::Executor(_) | Part::Other(_) => None,
        }
    }

    /// The tables of a worker's process, as its notes tell them.
    pub fn worker(&self, node: NodeId) -> Option<&WorkerTables> {
        match self.part(node)? {
            Part::Worker(tables) => Some(tables),
            Part::Master(_) | Part::Driver(_) | Part::Executor(_) | Part::Other(_) => None,
        }
    }

    /// The tables of an application's process, as its notes tell them.
    pub fn driver(&self, node: NodeId) -> Option<&DriverTables> {
        match self.part(node)? {
            Part::Driver(tables) => Some(tables),
            Part::Master(_) | Part::Worker(_) | Part::Executor(_) | Part::Other(_) => None,
        }
    }

    /// What an executor's process says of itself.
    pub fn executor(&self, node: NodeId) -> Option<&ExecutorTables> {
        match self.part(node)? {
            Part::Executor(tables) => Some(tables),
            Part::Master(_) | Part::Worker(_) | Part::Driver(_) | Part::Other(_) => None,
        }
    }

    /// The submission to which a driver's id belongs, with all relaunches.
    pub fn submission(&self, id: DriverId) -> Option<&Submission> {
        self.names.submission(id)
    }

    /// The ids that masters made for the submitted driver of this name, in order; each once.
    pub fn driver_ids(&self, name: Text) -> &[DriverId] {
        self.names.driver_ids(name)
    }

    /// The ids that masters made for the application of this scenario name, in order; each once.
    pub fn application_ids(&self, name: Text) -> &[ApplicationId] {
        self.names.application_ids(name)
    }

    /// The name of a submitted driver.
    pub fn driver_name(&self, id: DriverId) -> Option<Text> {
        self.names.submission(id).map(|submission| submission.name)
    }

    /// The scenario name of an application.
    pub fn application_name(&self, id: ApplicationId) -> Option<Text> {
        self.names.application_name(id)
    }

    /// The scenario name of the application that a process is, or hosts.
    pub fn application_of(&self, node: NodeId) -> Option<Text> {
        let process = self.processes.process(node)?;
        self.names.hosted_by(process.name, process.parts)
    }

    fn part(&self, node: NodeId) -> Option<&Part> {
        self.parts.get(node.index())?.as_ref()
    }

    fn apply_start(&mut self, node: NodeId, at: Time, start: &Start) {
        lengthen(&mut self.parts, node.index());
        self.parts[node.index()] = Some(Part::of(start.role));
        self.processes.start(node, at, start);
        self.names.start(node, start);
        if start.role == Role::Master
            && let Err(place) = self.masters.binary_search(&node)
        {
            self.masters.insert(place, node);
        }
        self.find_leader();
    }

    fn apply_note(&mut self, node: NodeId, at: Time, event: &Event) {
        let Some(Some(part)) = self.parts.get_mut(node.index()) else {
            return;
        };
        match (part, event) {
            (Part::Master(books), Event::Master(event)) => {
                books.apply(node, at, event, &mut self.names);
                if let MasterEvent::MasterStateChanged { state } = event {
                    if *state == MasterState::Alive {
                        self.reigns.retain(|master| *master != node);
                        self.reigns.push(node);
                    }
                    self.find_leader();
                }
            }
            (Part::Worker(tables), Event::Worker(event)) => {
                if let WorkerEvent::WorkerStarted { id, .. } = event {
                    self.names.worker_announced(*id, node);
                }
                tables.apply(at, event);
            }
            (Part::Driver(tables), Event::Driver(event)) => tables.apply(event),
            (Part::Executor(tables), Event::Executor(event)) => tables.apply(event),
            (
                Part::Master(_)
                | Part::Worker(_)
                | Part::Driver(_)
                | Part::Executor(_)
                | Part::Other(_),
                Event::Master(_)
                | Event::Worker(_)
                | Event::Driver(_)
                | Event::Executor(_)
                | Event::Client(_)
                | Event::Election(_)
                | Event::HandlerThrew { .. },
            ) => {}
        }
    }

    /// The next driver that this master adds is the one that it is asked to run.
    fn apply_received(&mut self, node: NodeId, unit: &Unit<'_>) {
        if let Unit::Ask(Ask::AskMaster(AskMaster::RequestSubmitDriver { description })) = unit {
            let name = description.command.arguments.get(2);
            self.names.submission_asked(node, name.map(String::as_str));
        }
    }

    fn apply_sent(&mut self, node: NodeId, unit: &Unit<'_>) {
        if let Unit::Answer(_) = unit {
            self.names.submission_answered(node);
        }
    }

    fn find_leader(&mut self) {
        let leads = |master: &NodeId| {
            self.is_alive(*master)
                && self
                    .books(*master)
                    .is_some_and(|books| books.state() == MasterState::Alive)
        };
        self.leader = self.reigns.iter().copied().rev().find(leads);
    }
}
