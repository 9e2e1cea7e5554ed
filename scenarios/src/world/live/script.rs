//! What begins, arrives, and is done by the operator, and what comes of it.

use super::cast::{Body, Member};
use super::errands::{Answer, Errand};
use super::hosting::Hosted;
use super::program::{Introduction, Order};
use super::stage::{Due, Stage};
use super::{Number, documents::Document, reading::Told};
use crate::roles;
use crate::scenario::plan::{Operation, SubmittedDriverPlan, Supervision};
use crate::trace::{Child, End, Fact, Observer, Role, Unit};
use crate::world::Class;
use deploysim_nodes::live::{Submission, masters_in};
use deploysim_protocol::address::Address;
use deploysim_protocol::event::{ClientEvent, Event, MasterEvent};
use deploysim_protocol::id::DriverId;
use deploysim_protocol::message::{Ask, AskMaster};
use deploysim_protocol::state::MasterState;
use deploysim_protocol::text::Text;
use rustix::process::{Pid, Signal};
use std::collections::BTreeMap;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::time::Duration;

/// How long a process that is to start again is waited for, before it is looked at again.
const STILL_ENDING: Duration = Duration::from_millis(10);

impl<'run, O: Observer> Stage<'run, O> {
    /// Starts the process of a master or worker.
    ///
    /// # Errors
    /// What the machine says.
    pub(super) fn begin(&mut self, index: usize) -> Result<(), String> {
        let number = self.cast.next_number();
        let member = &mut self.cast.members[index];
        let failed = |error| format!("{} cannot be started: {error}", member.name);
        if std::mem::take(&mut member.is_wiped) {
            self.site.wipe(&member.name.as_str()).map_err(failed)?;
        }
        let port = member.address.port;
        let worker = self.plan.worker(&member.name.as_str());
        let arguments = match worker {
            Some(worker) => self
                .site
                .worker(worker, port, &self.masters, &self.plan.conf),
            None => self.site.master(&member.name.as_str(), port, self.plan),
        };
        let arguments = arguments.map_err(failed)?;
        let name = member.name.as_str();
        let log = self.keeping.as_mut().map(|keeping| keeping.log(&name));
        let log = log.transpose().map_err(failed)?;
        let events = self.sender.clone();
        let process = Hosted::start(number, self.site.program(), &arguments, log, events);
        let process = process.map_err(failed)?;
        member.body = Body::Hosted {
            number,
            process,
            places: None,
            _watched: None,
        };
        Ok(())
    }

    /// A process that a fault has ended starts again, once it has ended.
    pub(super) fn restart(&mut self, index: usize) -> Result<(), String> {
        let member = &self.cast.members[index];
        match (&member.body, member.role) {
            (Body::Absent, Role::Master | Role::Worker) => self.begin(index),
            (Body::Hosted { .. }, _) if member.is_struck => {
                let later = self.now + STILL_ENDING;
                self.schedule(later, Class::Process, Due::Restart(index));
                Ok(())
            }
            (Body::Absent | Body::Hosted { .. } | Body::Program { .. } | Body::Client, _) => Ok(()),
        }
    }

    /// A driver is submitted.
    pub(super) fn submit(&mut self, row: usize) {
        let driver = &self.plan.drivers[row];
        let supervise = driver.supervision == Supervision::Supervised;
        let properties = [
            ("spark.app.name", driver.name.clone()),
            ("spark.driver.cores", driver.cores.to_string()),
            ("spark.driver.memory", format!("{}m", driver.memory_mib)),
            ("spark.driver.supervise", supervise.to_string()),
            ("spark.master", self.cast.rest_servers()),
            ("deploysim.driver.command", self.site.driver_command()),
        ];
        let submission = Submission {
            resource: self.site.resource(),
            main_class: driver.name.clone(),
            arguments: Vec::new(),
            properties: BTreeMap::from(properties.map(|(key, value)| (key.to_owned(), value))),
        };
        let client = self.add_client(&format!("submit:{}", driver.name));
        self.note(client, ClientEvent::SubmissionRequested);
        self.send(client, Errand::Submit(Box::new(submission)));
    }

    /// The operator does something.
    pub(super) fn operate(&mut self, row: usize) {
        match &self.plan.operations[row].operation {
            Operation::Stop(target) => {
                for index in self.cast.targets(std::slice::from_ref(target)) {
                    self.cast.members[index].signal(Signal::TERM);
                }
            }
            Operation::KillDriver(name) => {
                if let Some(id) = self.newest.get(name).cloned() {
                    self.clients += 1;
                    let client = self.add_client(&format!("kill-{}:{name}", self.clients));
                    let driver = DriverId::new(&id);
                    self.note(client, ClientEvent::KillRequested { driver });
                    self.send(client, Errand::Kill(id));
                }
            }
            Operation::DriverStatus(name) => {
                if let Some(id) = self.newest.get(name).cloned() {
                    self.clients += 1;
                    let client = self.add_client(&format!("status-{}:{name}", self.clients));
                    self.send(client, Errand::Status(id));
                }
            }
            Operation::DecommissionSignal(_)
            | Operation::DecommissionHost(_)
            | Operation::KillAllDrivers
            | Operation::KillApplication(_)
            | Operation::ClearCompleted => unreachable!("such scenarios are refused"),
        }
    }

    fn add_client(&mut self, name: &str) -> usize {
        let machine = self.cast.next_machine();
        let address = Address {
            port: 0,
            ..roles::client_address(name)
        };
        let mut client = Member::new(Text::new(name), Role::SubmitClient, machine, address);
        client.body = Body::Client;
        let client = self.cast.add(client);
        self.started(client, None, None);
        client
    }

    fn send(&self, client: usize, errand: Errand) {
        errand.run(client, self.cast.rest_servers(), self.sender.clone());
    }

    fn note(&mut self, client: usize, event: ClientEvent) {
        self.record(client, Fact::Note(Event::Client(event)));
    }

    /// What a client asked is answered.
    pub(super) fn hear_answer(&mut self, client: usize, answer: &Answer) {
        let id = |id: &str| DriverId::new(id);
        let (is_done, event) = match answer {
            Answer::Given(Errand::Submit(_), reply) => {
                let driver = reply.submission_id.as_deref().filter(|_| reply.success);
                let accepted =
                    driver.map(|driver| ClientEvent::SubmissionAccepted { driver: id(driver) });
                let event = accepted.unwrap_or(ClientEvent::RequestRefused);
                (accepted.is_some(), Some(event))
            }
            Answer::Given(Errand::Kill(driver), reply) => {
                let (driver, success) = (id(driver), reply.success);
                (success, Some(ClientEvent::KillAnswered { driver, success }))
            }
            Answer::Given(Errand::Status(driver), reply) => {
                let driver = id(driver);
                let state = reply.driver_state.as_deref();
                let event = match state.and_then(|state| state.parse().ok()) {
                    Some(state) => ClientEvent::StatusFound { driver, state },
                    None => ClientEvent::StatusUnknown { driver },
                };
                (reply.success, Some(event))
            }
            Answer::Missing(masters) => {
                let masters = masters_in(masters).unwrap_or_default();
                let first = masters.first().copied();
                let event = first.map(|master| ClientEvent::RequestFailed { master });
                (false, event)
            }
        };
        if let Some(event) = event {
            self.note(client, event);
        }
        self.cast.members[client].body = Body::Absent;
        let end = End::Exited(i32::from(!is_done));
        self.record(client, Fact::Ended { end });
    }

    /// A master's document says something.
    pub(super) fn hear_document(
        &mut self,
        process: Number,
        document: &Document,
    ) -> Result<(), String> {
        let Some(master) = self.cast.hosted(process) else {
            return Ok(());
        };
        let reading = &mut self.cast.members[master].reading;
        let told = reading.read(document, &mut self.ids);
        for told in told.map_err(|error| format!("a state document is wrong: {error}"))? {
            match told {
                Told::Submitted(name) => self.record_submission(master, &name),
                Told::Named { name, id } => {
                    self.newest.insert(name, id);
                }
                Told::Changed(event) => {
                    if let MasterEvent::MasterStateChanged {
                        state: MasterState::Alive,
                    } = event
                    {
                        self.cast.reigns(master);
                    }
                    self.record(master, Fact::Note(Event::Master(event)));
                }
            }
        }
        Ok(())
    }

    fn submitted(&self, name: &str) -> Option<&'run SubmittedDriverPlan> {
        let plan = self.plan;
        plan.drivers.iter().find(|driver| driver.name == name)
    }

    /// The master has handled a submission: that is what its document proves.
    fn record_submission(&mut self, master: usize, name: &str) {
        let client = self.cast.named(&format!("submit:{name}"));
        let driver = self.submitted(name);
        if let (Some(client), Some(driver)) = (client, driver) {
            let description = Arc::new(roles::driver_description(driver));
            let ask = Ask::AskMaster(AskMaster::RequestSubmitDriver { description });
            let fact = Fact::Received {
                from: Self::node(client),
                unit: Unit::Ask(&ask),
                waited: Duration::ZERO,
            };
            self.record(master, fact);
        }
    }

    /// The program of a driver has begun, and is told what to do.
    pub(super) fn hear_program(
        &mut self,
        number: Number,
        introduction: &Introduction,
        link: UnixStream,
    ) {
        let name = &introduction.driver;
        let Some(driver) = self.submitted(name) else {
            return;
        };
        let copy = self.copies.entry(name.clone()).or_insert(0);
        *copy += 1;
        let node = match *copy {
            1 => format!("driver:{name}"),
            copy => format!("driver:{name}#{copy}"),
        };
        let last = driver.exit_codes.len() - 1;
        let code = driver.exit_codes[last.min(*copy as usize - 1)];
        let length = driver.run.as_ref().map(|run| {
            let mut dice = self.seeds.chacha(&format!("process {node} run"));
            run.distribution().draw(&mut dice)
        });
        Order::Run { length, code }.give(&link);
        let worker = self.site.worker_of(&introduction.directory);
        let worker = worker.and_then(|name| self.cast.named(&name));
        let machine = match worker {
            Some(worker) => self.cast.members[worker].machine,
            None => self.cast.next_machine(),
        };
        let host = worker.map_or_else(|| Text::new(name), |it| self.cast.members[it].address.host);
        let address = Address { host, port: 0 };
        let mut member = Member::new(Text::new(&node), Role::Driver, machine, address);
        let process = i32::try_from(introduction.process).ok();
        member.body = Body::Program {
            number,
            process: process.and_then(Pid::from_raw),
            link,
        };
        let id = introduction.directory.file_name().unwrap_or_default();
        let child = Child::Driver(DriverId::new(&id.to_string_lossy()));
        let member = self.cast.add(member);
        self.started(member, worker, Some(child));
    }

    /// The program of a driver is gone.
    pub(super) fn hear_end_of_program(&mut self, program: Number, code: Option<i32>) {
        /// What a process that is ended by force leaves to whoever waits for it.
        const KILLED: i32 = 137;
        let Some(index) = self.cast.program(program) else {
            return;
        };
        let member = &mut self.cast.members[index];
        member.body = Body::Absent;
        let end = match (code, member.is_struck) {
            (Some(code), _) => End::Exited(code),
            (None, true) => End::Crashed,
            (None, false) => End::Signalled(KILLED),
        };
        self.record(index, Fact::Ended { end });
    }
}
