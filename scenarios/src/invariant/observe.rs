//! What each entry means to the checkers. The notes that come all the time are left first.

use super::pending::Duty;
use super::queries::Queries;
use super::watch::succeeded;
use super::{Invariants, ghosts, leadership};
use crate::ledger::Ledger;
use crate::trace::{Child, End, Entry, Fact, NodeId, Role, Start, Unit};
use deploysim_protocol::address::Address;
use deploysim_protocol::event::{ClientEvent, DriverEvent, ElectionEvent, Event, WorkerEvent};
use deploysim_protocol::id::ApplicationId;
use deploysim_protocol::message::{Message, ToDriver, ToWorker};
use deploysim_protocol::record::RecordKey;
use deploysim_protocol::state::DriverState;
use deploysim_protocol::time::Time;

impl Invariants {
    pub(super) fn read(&mut self, entry: &Entry<'_>, ledger: &Ledger) {
        let (node, at) = (entry.node, entry.at);
        match &entry.fact {
            Fact::Note(event) => match event {
                Event::Worker(event) => self.read_worker(node, at, event, ledger),
                Event::Master(event) => self.read_master(node, at, event, ledger),
                Event::Driver(event) => self.read_driver(node, at, event, ledger),
                Event::Client(event) => self.read_client(node, at, event, ledger),
                Event::Election(ElectionEvent::LatchLed { owner }) => {
                    self.leadership.latch_led(*owner);
                }
                Event::HandlerThrew { thrown } => {
                    let finding = self.leadership.threw(node, thrown, ledger);
                    self.find(at, finding.map(|finding| finding.at(node)), ledger);
                }
                Event::Executor(_) | Event::Election(_) => {}
            },
            Fact::Sent { to, unit, .. } => {
                self.read_sent(node, at, unit, ledger);
                if let Unit::Message(message) = unit {
                    self.read_order(node, *to, at, message, ledger);
                }
            }
            Fact::Received { from, unit, .. } => {
                self.turn_is_over(node, ledger);
                self.read_received(node, unit, ledger);
                if let Unit::Message(message) = unit {
                    self.orders.gets(node, *from, message, ledger);
                }
            }
            Fact::Started(start) => self.read_start(node, at, start, ledger),
            Fact::Ended { end } => self.read_end(node, at, *end, ledger),
            Fact::Paused => {
                self.heartbeats.paused(node, at);
                self.supervision.stood_still(node);
            }
            Fact::Resumed => {
                self.heartbeats.resumed(node, at);
                self.supervision.stood_still(node);
            }
            Fact::ChildLaunched { name, .. } => self.watch.launched(node, *name),
            Fact::ChildLost { name, child } => {
                self.watch.lost(*name);
                if let Child::Driver(id) = child {
                    self.supervision.ended(node, *id, at, None);
                }
                self.review(Duty::Obedience(*name), at, ledger);
            }
            Fact::ChildSignalled { name, .. } => {
                self.watch.signalled(*name);
                self.review(Duty::Obedience(*name), at, ledger);
            }
            Fact::Tampered { .. } => self.calm.tampered(at),
            Fact::FaultBegan { fault } => self.calm.fault_began(at, *fault),
            Fact::FaultEnded { fault } => self.calm.fault_ended(at, *fault),
            Fact::Settling => self.calm.settle(at),
            Fact::ConnectionOpened { .. }
            | Fact::ConnectionEnded { .. }
            | Fact::DialFailed { .. }
            | Fact::Finished => {}
        }
    }

    fn read_sent(&mut self, node: NodeId, at: Time, unit: &Unit<'_>, ledger: &Ledger) {
        if let Unit::Answer(Ok(answer)) = unit {
            let finding = Queries::answered(node, answer, ledger);
            self.find(at, finding, ledger);
            let finding = self.stored.answers(node, answer);
            self.find(at, finding, ledger);
        } else if let Unit::Message(Message::ToDriver(ToDriver::WorkerRemoved { .. })) = unit {
            self.notices.tells(node);
        }
    }

    /// A master handles the next thing: the turn before is over.
    pub(super) fn turn_is_over(&mut self, master: NodeId, ledger: &Ledger) {
        if self.notices.are_due(master)
            && let Some((at, finding)) = self.notices.over(master, ledger)
        {
            self.find(at, [finding], ledger);
        }
    }

    /// A node sends a message, perhaps a master an order.
    fn read_order(
        &mut self,
        node: NodeId,
        to: Address,
        at: Time,
        message: &Message,
        ledger: &Ledger,
    ) {
        self.orders
            .gives(node, to, message, &self.leadership, ledger);
        let mut findings = Vec::new();
        findings.extend(leadership::says(node, message, ledger));
        findings.extend(self.stored.promises(node, to, message, ledger));
        if let Message::ToWorker(ToWorker::LaunchExecutor(order)) = message {
            let executor = order.order.executor;
            findings.extend(self.identities.launches(node, executor));
        }
        if !findings.is_empty() {
            let findings = findings.into_iter();
            self.find(at, findings.map(|finding| finding.at(node)), ledger);
        }
    }

    fn read_received(&mut self, node: NodeId, unit: &Unit<'_>, ledger: &Ledger) {
        let slot = |id| {
            let (slot, _) = ledger.books(node)?.application_by_id(id)?;
            Some(slot)
        };
        self.shapes.received(node, unit, slot);
        self.answers.received(node, unit, ledger);
    }

    fn read_start(&mut self, node: NodeId, at: Time, start: &Start, ledger: &Ledger) {
        self.clients.forget(node);
        self.queries.forget(node);
        self.heartbeats.forget(node);
        self.watch.started(node, at, start, ledger);
        match start.role {
            Role::Master => {
                self.notices.forget(node);
                self.answers.forget(node);
                self.leadership.forget(node);
                self.stored.forget(node);
                self.orders.forget(node);
                self.identities.forget(node);
                self.failover.forget(node);
                self.drivers.forget(node);
                self.executors.forget(node);
                self.passes.forget(node);
                self.demand.forget(node);
            }
            Role::Worker => self.supervision.forget(node),
            Role::Driver | Role::Executor | Role::SubmitClient | Role::ElectionService => {}
        }
        if start.restarts > 0 {
            self.calm.disturb(at);
            self.leadership_may_change(at, ledger);
        }
        if matches!(start.role, Role::Master | Role::ElectionService) {
            self.review(Duty::Leader, at, ledger);
        }
        if let (Some(Child::Driver(id)), Some(parent)) = (start.child, start.parent) {
            self.supervision.began(parent, id, at);
        }
        if let Some(child) = start.child {
            self.review_child(node, at, ledger);
            self.review(Duty::Fit(start.machine.0), at, ledger);
            if self.bounds.shows_brief_overcommit {
                let machine = start.machine.0;
                let finding = ghosts::overcommitted_by_kill(&self.scene(ledger), machine, at);
                self.find(at, finding, ledger);
            }
            if let Child::Driver(id) = child {
                self.review_driver(id, at, ledger);
            }
        }
    }

    fn read_end(&mut self, node: NodeId, at: Time, end: End, ledger: &Ledger) {
        if matches!(end, End::Crashed | End::PowerLost) {
            self.calm.disturb(at);
        }
        let Some(process) = ledger.process(node) else {
            return;
        };
        match process.role {
            Role::Master => {
                self.notices.forget(node);
                self.leadership_may_change(at, ledger);
            }
            Role::Worker => self.worker_ended(node, at, ledger),
            Role::Driver => {
                self.clients.forget(node);
                self.review_client(node, at, ledger);
            }
            Role::SubmitClient => {
                let finding = self.queries.ended(node, end, &self.calm, ledger);
                self.find(at, finding, ledger);
            }
            Role::ElectionService => self.review(Duty::Leader, at, ledger),
            Role::Executor => {}
        }
        if process.child.is_some() {
            self.child_ended(node, at, end, ledger);
        }
    }

    fn worker_ended(&mut self, worker: NodeId, at: Time, ledger: &Ledger) {
        let starting = 4 * self.bounds.delay;
        self.watch.worker_ended(worker, at, starting);
        self.review_worker(worker, at, ledger);
        if let Some(leader) = ledger.leader()
            && let Some((slot, _)) = ledger
                .leader_books()
                .and_then(|books| books.worker_of(worker))
        {
            self.review(Duty::Burial(leader, slot), at, ledger);
        }
    }

    fn child_ended(&mut self, node: NodeId, at: Time, end: End, ledger: &Ledger) {
        let Some(facts) = self.watch.child(node).copied() else {
            return;
        };
        let was_booked = self.scene(ledger).is_booked(&facts);
        self.watch.ended(node);
        for duty in super::duties::of_child(node, facts.child) {
            self.review(duty, at, ledger);
        }
        self.review(Duty::Obedience(facts.name), at, ledger);
        self.review(Duty::Fit(facts.machine), at, ledger);
        match facts.child {
            Child::Executor(id) => self.review(Duty::Clearance(id.application), at, ledger),
            Child::Driver(id) => {
                let root = self.watch.root(id);
                self.review(Duty::Single(root), at, ledger);
                let code = match end {
                    End::Exited(code) | End::Signalled(code) => Some(code),
                    End::Crashed | End::PowerLost => None,
                };
                if let Some(parent) = facts.parent {
                    self.supervision.ended(parent, id, at, code);
                }
                if succeeded(end) && facts.has_parent {
                    self.drivers.succeeded(root, at);
                    let state = ledger
                        .leader_books()
                        .and_then(|books| books.driver_by_id(id));
                    let is_running =
                        state.is_some_and(|(_, record)| record.state == DriverState::Running);
                    if was_booked && is_running {
                        self.review(Duty::Success(id), at, ledger);
                    }
                }
            }
        }
    }

    /// A master began or ended.
    fn leadership_may_change(&mut self, at: Time, ledger: &Ledger) {
        self.see_leader(at, ledger);
        self.review(Duty::Leader, at, ledger);
        self.review_all(at, ledger);
    }

    /// A master's state or process changed: somebody else may lead now, or nobody.
    pub(super) fn see_leader(&mut self, at: Time, ledger: &Ledger) {
        let leader = ledger.leader();
        let process = leader.and_then(|leader| ledger.process(leader));
        self.exits.leads(process.map(|own| own.address), at);
        if self.led_by == Some(leader) {
            return;
        }
        match (self.led_by, leader) {
            (Some(_), Some(_)) => self.calm.leader_found(at),
            (Some(_), None) => self.calm.leader_gone(at),
            // The first election is no fail-over.
            (None, Some(_)) => {}
            (None, None) => return,
        }
        self.led_by = Some(leader);
    }

    fn read_worker(&mut self, node: NodeId, at: Time, event: &WorkerEvent, ledger: &Ledger) {
        let finding = self.orders.reports(node, event, ledger);
        self.find(at, finding, ledger);
        match *event {
            WorkerEvent::HeartbeatSent => {
                let finding = self.heartbeats.sent(node, at, ledger);
                self.find(at, finding, ledger);
            }
            WorkerEvent::WorkerStarted {
                cores, memory_mib, ..
            } => {
                self.watch.offers(node, cores, memory_mib, ledger);
                self.review_worker(node, at, ledger);
            }
            WorkerEvent::Registered { .. } => {
                self.heartbeats.registered(node);
                self.watch.worker_registered(node);
            }
            WorkerEvent::RegistrationGivenUp
            | WorkerEvent::RegistrationRefused
            | WorkerEvent::ReportsGivenUp { .. } => {
                let finding = self
                    .exits
                    .reports(node, at, event, &self.bounds, &self.calm, ledger);
                self.find(at, finding, ledger);
                self.review_worker(node, at, ledger);
            }
            WorkerEvent::WorkerDecommissioned | WorkerEvent::WorkerStopping => {
                self.review_worker(node, at, ledger);
            }
            WorkerEvent::ReportFailed { executor, .. } => {
                let key = (executor.application.0.into(), executor.number);
                self.watch.report_failed(node, at, key);
            }
            WorkerEvent::ExecutorAccepted { executor, .. }
            | WorkerEvent::ExecutorFinished { executor } => {
                self.review_executor(executor, at, ledger);
            }
            WorkerEvent::DriverAccepted { driver, .. } => {
                self.supervision.accepted(node, driver);
                self.review_driver(driver, at, ledger);
            }
            WorkerEvent::DriverEnded { driver, .. } => self.review_driver(driver, at, ledger),
            WorkerEvent::DriverAttempted { driver, attempt } => {
                let finding = self.supervision.attempted(node, driver, at, attempt);
                self.find(at, finding, ledger);
            }
            WorkerEvent::DriverBackedOff { driver, pause_s } => {
                let finding = self.supervision.backed_off(node, driver, at, pause_s);
                self.find(at, finding, ledger);
                self.review_driver(driver, at, ledger);
            }
            WorkerEvent::DriverKillOrdered { driver } => {
                self.supervision.kill_ordered(node, driver);
            }
            WorkerEvent::RegistrationBegan
            | WorkerEvent::RegistrationPending
            | WorkerEvent::RegistrationAttempted { .. }
            | WorkerEvent::MasterUnreachable { .. }
            | WorkerEvent::MasterFollowed { .. }
            | WorkerEvent::MasterDisconnected { .. }
            | WorkerEvent::ReconnectRequested { .. }
            | WorkerEvent::OrderIgnored { .. }
            | WorkerEvent::ExecutorLaunchFailed { .. }
            | WorkerEvent::ExecutorStateChanged { .. }
            | WorkerEvent::ReportDropped { .. }
            | WorkerEvent::ApplicationCleanedUp { .. }
            | WorkerEvent::WorkDirectoryCleaned { .. } => {}
        }
    }

    fn read_driver(&mut self, node: NodeId, at: Time, event: &DriverEvent, ledger: &Ledger) {
        let finding = self.clients.reports(node, at, event, ledger);
        self.find(at, finding, ledger);
        if let DriverEvent::ApplicationConnected { application, .. } = *event {
            self.watch.client_is(application, node, ledger);
            let finding = self.clients.given(node, application, ledger);
            let finding = finding.map(|finding| finding.mark("second-id"));
            self.find(at, finding, ledger);
        }
        if matches!(
            event,
            DriverEvent::ApplicationConnected { .. } | DriverEvent::ApplicationDead { .. }
        ) {
            self.review_client(node, at, ledger);
        }
        if let DriverEvent::ExecutorGranted { number, .. }
        | DriverEvent::ExecutorUpdated { number, .. }
        | DriverEvent::ExecutorRegistered { number }
        | DriverEvent::ExecutorForgotten { number }
        | DriverEvent::ExecutorLost { number } = *event
            && let Some(application) = ledger.driver(node).and_then(|own| own.application)
        {
            for child in self.watch.living((application.0.into(), number)) {
                self.review(Duty::Owner(child), at, ledger);
            }
        }
    }

    /// INV-A1: a master enters a client's application; an id that was never stored before it is
    /// told from one that was answered (RD-07).
    pub(super) fn gives_id(
        &mut self,
        node: NodeId,
        client: NodeId,
        id: ApplicationId,
        at: Time,
        ledger: &Ledger,
    ) {
        let first = self.clients.first_id(client).map(RecordKey::Application);
        let is_stored = first.is_none_or(|first| self.stored.is_kept(node, first));
        let finding = self.clients.given(client, id, ledger);
        let mark = if is_stored {
            "second-id"
        } else {
            "first-unstored"
        };
        self.find(at, finding.map(|finding| finding.mark(mark)), ledger);
    }

    fn read_client(&mut self, node: NodeId, at: Time, event: &ClientEvent, ledger: &Ledger) {
        let finding = self.queries.reports(node, event);
        self.find(at, finding, ledger);
    }
}
