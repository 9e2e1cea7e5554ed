//! What each note of a master means to the checkers, and what of its books it touches.

use super::heartbeats;
use super::pending::Duty;
use super::stored::Entry;
use super::{Invariants, books, leadership};
use crate::ledger::{Books, ExecutorKey, Ledger};
use crate::trace::NodeId;
use deploysim_protocol::event::{
    ApplicationSlot, DriverSlot, MasterEvent, RemovalReason, WorkerSlot,
};
use deploysim_protocol::record::RecordKey;
use deploysim_protocol::state::{ApplicationState, DriverState, ExecutorState, WorkerState};
use deploysim_protocol::time::Time;

/// What a note is about, as far as the checkers care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Concern {
    Nothing,
    Pass,
    Leadership,
    Recovery,
    Store,
    Refusal,
    Worker,
    Application,
    Executor,
    Driver,
}

const fn concern(event: &MasterEvent) -> Concern {
    match event {
        MasterEvent::ScheduleBegan => Concern::Pass,
        MasterEvent::MasterStateChanged { .. } => Concern::Leadership,
        MasterEvent::RegistrationRefused { .. } => Concern::Refusal,
        MasterEvent::WorkerAdded { .. }
        | MasterEvent::WorkerStateChanged { .. }
        | MasterEvent::WorkerRemoved { .. }
        | MasterEvent::WorkerForgotten { .. } => Concern::Worker,
        MasterEvent::ApplicationAdded { .. }
        | MasterEvent::ApplicationNotInserted { .. }
        | MasterEvent::ApplicationRemoved { .. }
        | MasterEvent::ApplicationStateChanged { .. }
        | MasterEvent::TargetChanged { .. }
        | MasterEvent::RetryCountChanged { .. } => Concern::Application,
        MasterEvent::ExecutorAdded { .. }
        | MasterEvent::ExecutorStateChanged { .. }
        | MasterEvent::ExecutorLeftApplication { .. }
        | MasterEvent::ExecutorLeftWorker { .. } => Concern::Executor,
        MasterEvent::DriverAdded { .. }
        | MasterEvent::DriverQueued { .. }
        | MasterEvent::DriverDequeued { .. }
        | MasterEvent::DriverPlaced { .. }
        | MasterEvent::DriverStateChanged { .. }
        | MasterEvent::DriverLeftWorker { .. }
        | MasterEvent::DriverRemoved { .. }
        | MasterEvent::DriverRelaunched { .. }
        | MasterEvent::DriverKillRequested { .. } => Concern::Driver,
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
        | MasterEvent::ExecutorUnknown { .. }
        | MasterEvent::ApplicationUnknown { .. }
        | MasterEvent::WorkerUnknown { .. }
        | MasterEvent::ExecutorNumberInvalid { .. }
        | MasterEvent::CompletedCleared
        | MasterEvent::RecordNotRemoved { .. }
        | MasterEvent::RecordUnreadable { .. } => Concern::Nothing,
        MasterEvent::RecordStored { .. }
        | MasterEvent::RecordRemoved { .. }
        | MasterEvent::RecordsRead { .. }
        | MasterEvent::StoreFailed { .. } => Concern::Store,
        MasterEvent::RecoveryBegan { .. }
        | MasterEvent::RecoveryCompleted
        | MasterEvent::UnknownExecutorKilled { .. }
        | MasterEvent::UnknownDriverKilled { .. }
        | MasterEvent::DriverUnknown { .. } => Concern::Recovery,
    }
}

impl Invariants {
    pub(super) fn read_master(
        &mut self,
        node: NodeId,
        at: Time,
        event: &MasterEvent,
        ledger: &Ledger,
    ) {
        let concern = concern(event);
        if concern == Concern::Nothing {
            return;
        }
        let Some(books) = ledger.books(node) else {
            return;
        };
        match concern {
            Concern::Nothing => {}
            Concern::Pass => {
                self.passes.began();
                let finding = leadership::schedules(node, ledger);
                self.find(at, finding.map(|finding| finding.at(node)), ledger);
            }
            Concern::Leadership => {
                self.batch.of(node, at).leads = true;
                self.see_leader(at, ledger);
                if let MasterEvent::MasterStateChanged { state } = *event {
                    let findings = self.leadership.entered(node, state, ledger);
                    let findings = findings.into_iter();
                    self.find(at, findings.map(|finding| finding.at(node)), ledger);
                    self.review(Duty::Recovery(node), at, ledger);
                    self.review(Duty::Leader, at, ledger);
                }
            }
            Concern::Recovery => self.read_recovery(node, at, event, books, ledger),
            Concern::Store => self.read_store(node, at, event),
            Concern::Refusal => {
                if let MasterEvent::RegistrationRefused { address, reason } = *event {
                    self.exits.refused(address, reason);
                }
            }
            Concern::Worker => self.read_membership(node, at, event, books, ledger),
            Concern::Application => self.read_application(node, at, event, books, ledger),
            Concern::Executor => self.read_executor(node, at, event, books, ledger),
            Concern::Driver => self.read_submitted(node, at, event, books, ledger),
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
        if let MasterEvent::WorkerAdded { worker, id, .. } = *event {
            self.touch_worker(node, at, worker);
            self.answers.worker_added(node, worker);
            self.stored
                .entered(node, RecordKey::Worker(id), Entry::Real);
            let twins = self.watch.slots(node, worker, books);
            let finding = books::added(books, worker, &twins);
            self.find(at, finding.map(|finding| finding.at(node)), ledger);
            if let Some(process) = books.worker(worker).and_then(|record| record.node) {
                self.watch.worker_added(process);
            }
        } else if let MasterEvent::WorkerStateChanged { worker, state } = *event {
            self.touch_worker(node, at, worker);
            if state == WorkerState::Decommissioned
                && let Some(record) = books.worker(worker)
            {
                self.stored.left(node, RecordKey::Worker(record.id));
            }
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
            let audience = self.passes.applications(node);
            self.notices.removes(node, at, audience);
            if let Some(record) = books.worker(worker) {
                self.stored.left(node, RecordKey::Worker(record.id));
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
            let finding = self.identities.application(node, id.0);
            self.find(at, finding, ledger);
            self.stored
                .entered(node, RecordKey::Application(id), Entry::Real);
            self.shapes.application_added(node, application, driver);
            self.answers.application_added(node, application);
            self.passes.application_added(node, application);
            self.executors.application_added(node, application);
            self.watch.application_booked(id);
            if let Some(client) = ledger.node_at(driver) {
                self.watch.client_is(id, client, ledger);
                self.gives_id(node, client, id, at, ledger);
            }
        } else if let MasterEvent::ApplicationNotInserted { id, driver } = *event {
            self.stored
                .entered(node, RecordKey::Application(id), Entry::Phantom);
            let finding = self.identities.phantom(node, id.0);
            self.find(at, finding, ledger);
            if let Some(client) = ledger.node_at(driver) {
                let finding = self.clients.given(client, id, ledger);
                let finding = finding.map(|finding| finding.mark("second-id"));
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
            self.stored.left(node, RecordKey::Application(record.id));
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
        if let MasterEvent::ExecutorAdded { .. } = *event {
            self.read_launch(node, at, event, books, ledger);
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

    fn read_launch(
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
            self.answers.adds(node, key, books);
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
            let finding = self.identities.driver(node, id.0);
            self.find(at, finding, ledger);
            self.stored
                .entered(node, RecordKey::Driver(id), Entry::Real);
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
            let finding = self
                .failover
                .gives_up(node, old, books, &self.watch, ledger);
            self.find(at, finding, ledger);
            let id = |slot| books.driver(slot).map(|record| record.id);
            if let (Some(old), Some(new)) = (id(old), id(new)) {
                self.watch.relaunched(old, new);
            }
        } else if let MasterEvent::DriverPlaced { driver, worker } = *event {
            self.touch_driver(node, at, driver);
            self.touch_worker(node, at, worker);
            self.answers.places(node, driver, books);
            self.driver_placed(node, at, (driver, worker), books, ledger);
        } else if let MasterEvent::DriverStateChanged { driver, state } = *event {
            self.touch_driver(node, at, driver);
            self.driver_changed(node, at, (driver, state), books, ledger);
        } else if let MasterEvent::DriverLeftWorker { driver, worker } = *event {
            self.touch_driver(node, at, driver);
            self.touch_worker(node, at, worker);
            self.demand.freed(node, "after-driver");
        } else if let MasterEvent::DriverRemoved { driver, state } = *event {
            self.touch_driver(node, at, driver);
            if let Some(record) = books.driver(driver) {
                self.stored.left(node, RecordKey::Driver(record.id));
                self.drivers.ended(node, record, state);
            }
        } else if let MasterEvent::DriverKillRequested { driver } = *event {
            self.touch_driver(node, at, driver);
        }
    }

    fn driver_placed(
        &mut self,
        node: NodeId,
        at: Time,
        (driver, worker): (DriverSlot, WorkerSlot),
        books: &Books,
        ledger: &Ledger,
    ) {
        if let Some(id) = books.driver(driver).map(|record| record.id) {
            let mut findings = Vec::new();
            // What a worker's answer names runs already: nobody orders it.
            if !self.answers.is_adopting(node, books) {
                findings.extend(self.drivers.placed(node, id, self.watch.root(id)));
            }
            findings.extend(books::placed(books, worker, &format!("driver {id}")));
            self.find(
                at,
                findings.into_iter().map(|finding| finding.at(node)),
                ledger,
            );
        }
    }

    fn driver_changed(
        &mut self,
        node: NodeId,
        at: Time,
        (driver, state): (DriverSlot, DriverState),
        books: &Books,
        ledger: &Ledger,
    ) {
        if state == DriverState::Error {
            let finding = self
                .failover
                .gives_up(node, driver, books, &self.watch, ledger);
            self.find(at, finding, ledger);
        }
        if let Some(id) = books.driver(driver).map(|record| record.id) {
            let root = self.watch.root(id);
            let finding = self.drivers.changed(node, id, root, state);
            self.find(at, finding.map(|finding| finding.at(node)), ledger);
        }
    }

    fn touch_driver(&mut self, master: NodeId, at: Time, driver: DriverSlot) {
        self.batch.of(master, at).drivers.push(driver);
    }
}
