//! What each entry means to the checkers. The notes that come all the time are left first.

use super::exits::Leads;
use super::heartbeats;
use super::pending::Duty;
use super::queries::Queries;
use super::watch::succeeded;
use super::{Invariants, books, ghosts};
use crate::ledger::{Books, ExecutorKey, Ledger};
use crate::trace::{Child, End, Entry, Fact, NodeId, Role, Start, Unit};
use deploysim_protocol::event::{
    ApplicationSlot, ClientEvent, DriverEvent, DriverSlot, Event, MasterEvent, RemovalReason,
    WorkerEvent, WorkerSlot,
};
use deploysim_protocol::message::{Message, ToDriver};
use deploysim_protocol::state::{ApplicationState, DriverState, ExecutorState};
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
                Event::Executor(_) | Event::HandlerThrew { .. } => {}
            },
            Fact::Sent { unit, .. } => self.read_sent(node, at, unit, ledger),
            Fact::Received { unit, .. } => self.read_received(node, unit, ledger),
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
                    self.supervision.process_ended(node, *id, at, None);
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
        } else if self.batch.removals > 0
            && let Unit::Message(Message::ToDriver(ToDriver::WorkerRemoved { .. })) = unit
        {
            self.batch.told += 1;
        }
    }

    fn read_received(&mut self, node: NodeId, unit: &Unit<'_>, ledger: &Ledger) {
        let slot = |id| {
            let (slot, _) = ledger.books(node)?.application_by_id(id)?;
            Some(slot)
        };
        self.shapes.received(node, unit, slot);
    }

    fn read_start(&mut self, node: NodeId, at: Time, start: &Start, ledger: &Ledger) {
        self.clients.forget(node);
        self.queries.forget(node);
        self.heartbeats.forget(node);
        self.watch.started(node, at, start, ledger);
        match start.role {
            Role::Master => {
                self.drivers.forget(node);
                self.executors.forget(node);
                self.passes.forget(node);
                self.demand.forget(node);
            }
            Role::Worker => self.supervision.forget(node),
            Role::Driver | Role::Executor | Role::SubmitClient => {}
        }
        if start.restarts > 0 {
            self.calm.disturb(at);
            self.leadership_may_change(at, ledger);
        }
        if let (Some(Child::Driver(id)), Some(parent)) = (start.child, start.parent) {
            self.supervision.process_began(parent, id, at);
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
        if end == End::Crashed {
            self.calm.disturb(at);
        }
        let Some(process) = ledger.process(node) else {
            return;
        };
        match process.role {
            Role::Master => self.leadership_may_change(at, ledger),
            Role::Worker => self.worker_ended(node, at, ledger),
            Role::Driver => {
                self.clients.forget(node);
                self.review_client(node, at, ledger);
            }
            Role::SubmitClient => {
                let finding = self.queries.ended(node, end, &self.calm, ledger);
                self.find(at, finding, ledger);
            }
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
                    End::Crashed => None,
                };
                if let Some(parent) = facts.parent {
                    self.supervision.process_ended(parent, id, at, code);
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

    /// A master began, ended or changed its state.
    fn leadership_may_change(&mut self, at: Time, ledger: &Ledger) {
        let leads = if ledger.leader().is_some() {
            Leads::Somebody
        } else {
            Leads::Nobody
        };
        self.exits.leads(leads, at);
        self.review_all(at, ledger);
    }

    fn read_worker(&mut self, node: NodeId, at: Time, event: &WorkerEvent, ledger: &Ledger) {
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

    fn read_client(&mut self, node: NodeId, at: Time, event: &ClientEvent, ledger: &Ledger) {
        let finding = self.queries.reports(node, event);
        self.find(at, finding, ledger);
    }
}

/// What a master reports.
impl Invariants {
    fn read_master(&mut self, node: NodeId, at: Time, event: &MasterEvent, ledger: &Ledger) {
        if matches!(
            event,
            MasterEvent::WorkerHeard { .. } | MasterEvent::ScheduleEnded { .. }
        ) {
            return;
        }
        let Some(books) = ledger.books(node) else {
            return;
        };
        match *event {
            MasterEvent::ScheduleBegan => self.passes.began(),
            MasterEvent::MasterStateChanged { .. } => {
                self.batch.of(node, at).leads = true;
                let leads = if ledger.leader().is_some() {
                    Leads::Somebody
                } else {
                    Leads::Nobody
                };
                self.exits.leads(leads, at);
            }
            MasterEvent::WorkerAdded { .. }
            | MasterEvent::WorkerStateChanged { .. }
            | MasterEvent::WorkerRemoved { .. }
            | MasterEvent::WorkerForgotten { .. } => {
                self.read_membership(node, at, event, books, ledger);
            }
            MasterEvent::RegistrationRefused { address, reason } => {
                self.exits.refused(address, reason);
            }
            MasterEvent::ApplicationAdded { .. }
            | MasterEvent::ApplicationNotInserted { .. }
            | MasterEvent::ApplicationRemoved { .. }
            | MasterEvent::ApplicationStateChanged { .. }
            | MasterEvent::TargetChanged { .. }
            | MasterEvent::RetryCountChanged { .. } => {
                self.read_application(node, at, event, books, ledger);
            }
            MasterEvent::ExecutorAdded { .. }
            | MasterEvent::ExecutorStateChanged { .. }
            | MasterEvent::ExecutorLeftApplication { .. }
            | MasterEvent::ExecutorLeftWorker { .. } => {
                self.read_executor(node, at, event, books, ledger);
            }
            MasterEvent::DriverAdded { .. }
            | MasterEvent::DriverQueued { .. }
            | MasterEvent::DriverDequeued { .. }
            | MasterEvent::DriverPlaced { .. }
            | MasterEvent::DriverStateChanged { .. }
            | MasterEvent::DriverLeftWorker { .. }
            | MasterEvent::DriverRemoved { .. }
            | MasterEvent::DriverRelaunched { .. }
            | MasterEvent::DriverKillRequested { .. } => {
                self.read_submitted(node, at, event, books, ledger);
            }
            MasterEvent::WorkerHeard { .. }
            | MasterEvent::ScheduleEnded { .. }
            | MasterEvent::ResourceOffered { .. }
            | MasterEvent::RegistrationDuplicate { .. }
            | MasterEvent::HeartbeatIgnored { .. }
            | MasterEvent::ReconnectAsked { .. }
            | MasterEvent::ApplicationForgotten { .. }
            | MasterEvent::ResourceTaken { .. }
            | MasterEvent::ResourceReleased { .. }
            | MasterEvent::DriverForgotten { .. }
            | MasterEvent::UnknownExecutorKilled { .. }
            | MasterEvent::UnknownDriverKilled { .. }
            | MasterEvent::ExecutorUnknown { .. }
            | MasterEvent::DriverUnknown { .. }
            | MasterEvent::ApplicationUnknown { .. }
            | MasterEvent::WorkerUnknown { .. }
            | MasterEvent::ExecutorNumberInvalid { .. }
            | MasterEvent::CompletedCleared
            | MasterEvent::RecoveryBegan { .. }
            | MasterEvent::RecoveryCompleted => {}
        }
    }

    fn touch_worker(&mut self, master: NodeId, at: Time, worker: WorkerSlot) {
        self.batch.of(master, at).workers.push(worker);
    }

    fn touch_application(&mut self, master: NodeId, at: Time, application: ApplicationSlot) {
        self.batch.of(master, at).applications.push(application);
    }

    fn read_membership(
        &mut self,
        node: NodeId,
        at: Time,
        event: &MasterEvent,
        books: &Books,
        ledger: &Ledger,
    ) {
        if let MasterEvent::WorkerAdded { worker, .. } = *event {
            self.touch_worker(node, at, worker);
            let twins = self.watch.slots(node, worker, books);
            let finding = books::added(books, worker, &twins);
            self.find(at, finding.map(|finding| finding.at(node)), ledger);
            if let Some(process) = books.worker(worker).and_then(|record| record.node) {
                self.watch.worker_added(process);
            }
        } else if let MasterEvent::WorkerStateChanged { worker, .. } = *event {
            self.touch_worker(node, at, worker);
            self.demand.freed(node, "after-decommission");
        } else if let MasterEvent::WorkerRemoved {
            worker,
            reason,
            last_heartbeat,
            now,
        } = *event
        {
            self.touch_worker(node, at, worker);
            self.demand.freed(node, "after-removal");
            self.batch.removals += 1;
            self.batch.audience += self.passes.applications(node);
            if let Some(record) = books.worker(worker) {
                self.batch.executors.extend(&record.executors);
                self.batch.drivers.extend(&record.drivers);
            }
            if reason == RemovalReason::Silent {
                let timeout = self.bounds.timeout;
                let finding = heartbeats::silent(books, worker, last_heartbeat, now, timeout);
                self.find(at, finding.map(|finding| finding.at(node)), ledger);
            }
        } else if let MasterEvent::WorkerForgotten { worker } = *event {
            self.touch_worker(node, at, worker);
            if let Some(process) = books.worker(worker).and_then(|record| record.node)
                && ledger.is_alive(process)
            {
                self.watch.worker_forgotten(process);
            }
        }
    }

    fn read_application(
        &mut self,
        node: NodeId,
        at: Time,
        event: &MasterEvent,
        books: &Books,
        ledger: &Ledger,
    ) {
        if let MasterEvent::ApplicationAdded {
            application,
            id,
            driver,
            ..
        } = *event
        {
            self.touch_application(node, at, application);
            self.shapes.application_added(node, application, driver);
            self.passes.application_added(node, application);
            self.executors.application_added(node, application);
            self.watch.application_booked(id);
            if let Some(client) = ledger.node_at(driver) {
                self.watch.client_is(id, client, ledger);
                let finding = self.clients.given(client, id, ledger);
                self.find(at, finding, ledger);
            }
        } else if let MasterEvent::ApplicationNotInserted { id, driver } = *event {
            if let Some(client) = ledger.node_at(driver) {
                let finding = self.clients.given(client, id, ledger);
                self.find(at, finding, ledger);
            }
        } else if let MasterEvent::ApplicationRemoved { application, state } = *event {
            self.application_removed(node, at, application, state, books, ledger);
        } else if let MasterEvent::TargetChanged {
            application,
            profile,
            target,
        } = *event
        {
            self.touch_application(node, at, application);
            self.batch.has_totals = true;
            let finding = super::executors::Executors::target_set(
                books,
                application,
                profile,
                target,
                &self.shapes,
                node,
            );
            self.find(at, finding.map(|finding| finding.at(node)), ledger);
        } else if let MasterEvent::RetryCountChanged { application, .. } = *event {
            self.batch.of(node, at).counted.push(application);
        } else if let MasterEvent::ApplicationStateChanged { application, .. } = *event {
            self.touch_application(node, at, application);
        }
    }

    fn application_removed(
        &mut self,
        node: NodeId,
        at: Time,
        application: ApplicationSlot,
        state: ApplicationState,
        books: &Books,
        ledger: &Ledger,
    ) {
        self.touch_application(node, at, application);
        self.demand.freed(node, "after-application");
        self.passes.application_removed(node, application);
        if let Some(record) = books.application(application) {
            self.watch.application_removed(record.id, state);
        }
        let finding = self.executors.removed(application, state, books);
        self.find(at, finding.map(|finding| finding.at(node)), ledger);
    }

    fn read_executor(
        &mut self,
        node: NodeId,
        at: Time,
        event: &MasterEvent,
        books: &Books,
        ledger: &Ledger,
    ) {
        if let MasterEvent::ExecutorAdded {
            application,
            number,
            worker,
            ..
        } = *event
        {
            let key = ExecutorKey {
                application,
                number,
            };
            self.touch_worker(node, at, worker);
            self.touch_application(node, at, application);
            self.batch.executors.push(key);
            let mut findings = Vec::new();
            findings.extend(books::placed(books, worker, &format!("executor {number}")));
            findings.extend(self.executors.added(node, application, number, books));
            if books.is_in_pass() {
                findings.extend(self.passes.launched(node, key, books, &self.shapes));
            }
            self.find(
                at,
                findings.into_iter().map(|finding| finding.at(node)),
                ledger,
            );
        } else if let MasterEvent::ExecutorStateChanged {
            application,
            number,
            state,
        } = *event
        {
            let key = ExecutorKey {
                application,
                number,
            };
            self.batch.of(node, at).executors.push(key);
            if state == ExecutorState::Failed {
                self.batch.counted.push(application);
            }
            if state.is_finished() && state != ExecutorState::Lost {
                self.demand.freed(node, "after-executor");
            }
            let finding = self
                .executors
                .changed(node, application, number, state, books);
            self.find(at, finding.map(|finding| finding.at(node)), ledger);
        } else if let MasterEvent::ExecutorLeftApplication {
            application,
            number,
        } = *event
        {
            let key = ExecutorKey {
                application,
                number,
            };
            self.touch_application(node, at, application);
            self.batch.executors.push(key);
        } else if let MasterEvent::ExecutorLeftWorker {
            application,
            number,
            worker,
        } = *event
        {
            let key = ExecutorKey {
                application,
                number,
            };
            self.touch_worker(node, at, worker);
            self.batch.executors.push(key);
        }
    }

    fn read_submitted(
        &mut self,
        node: NodeId,
        at: Time,
        event: &MasterEvent,
        books: &Books,
        ledger: &Ledger,
    ) {
        if let MasterEvent::DriverAdded { driver, id, .. } = *event {
            self.touch_driver(node, at, driver);
            self.shapes.driver_added(node, driver);
            let finding = self.drivers.added(node, id);
            self.find(at, finding.map(|finding| finding.at(node)), ledger);
        } else if let MasterEvent::DriverQueued { driver } = *event {
            self.touch_driver(node, at, driver);
            self.demand.queued(node, driver);
        } else if let MasterEvent::DriverDequeued { driver } = *event {
            self.touch_driver(node, at, driver);
            self.demand.dequeued(node, driver);
        } else if let MasterEvent::DriverRelaunched { old, new } = *event {
            self.shapes.driver_relaunched(node, old, new);
            let id = |slot| books.driver(slot).map(|record| record.id);
            if let (Some(old), Some(new)) = (id(old), id(new)) {
                self.watch.relaunched(old, new);
            }
        } else if let MasterEvent::DriverPlaced { driver, worker } = *event {
            self.touch_driver(node, at, driver);
            self.touch_worker(node, at, worker);
            if let Some(id) = books.driver(driver).map(|record| record.id) {
                let root = self.watch.root(id);
                let mut findings = self.drivers.placed(node, id, root);
                findings.extend(books::placed(books, worker, &format!("driver {id}")));
                self.find(
                    at,
                    findings.into_iter().map(|finding| finding.at(node)),
                    ledger,
                );
            }
        } else if let MasterEvent::DriverStateChanged { driver, state } = *event {
            self.touch_driver(node, at, driver);
            if let Some(id) = books.driver(driver).map(|record| record.id) {
                let finding = self.drivers.changed(node, id, state);
                self.find(at, finding.map(|finding| finding.at(node)), ledger);
            }
        } else if let MasterEvent::DriverLeftWorker { driver, worker } = *event {
            self.touch_driver(node, at, driver);
            self.touch_worker(node, at, worker);
            self.demand.freed(node, "after-driver");
        } else if let MasterEvent::DriverRemoved { driver, .. } = *event {
            self.touch_driver(node, at, driver);
            if let Some(id) = books.driver(driver).map(|record| record.id) {
                self.drivers.ended(node, id);
            }
        } else if let MasterEvent::DriverKillRequested { driver } = *event {
            self.touch_driver(node, at, driver);
        }
    }

    fn touch_driver(&mut self, master: NodeId, at: Time, driver: DriverSlot) {
        self.batch.of(master, at).drivers.push(driver);
    }
}
