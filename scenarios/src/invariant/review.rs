//! When obligations are looked at: at the end of a master's turn, and when a process begins,
//! ends or reports.

use super::duties;
use super::pending::Duty;
use super::violation::Finding;
use super::{Invariants, books, demand, executors};
use crate::ledger::{Books, ExecutorKey, Ledger};
use crate::trace::{Child, NodeId, Role};
use deploysim_protocol::event::WorkerSlot;
use deploysim_protocol::id::{DriverId, ExecutorId};
use deploysim_protocol::time::Time;

impl Invariants {
    /// Opens the duty if it is unmet, closes it otherwise.
    pub(super) fn review(&mut self, duty: Duty, at: Time, ledger: &Ledger) {
        if !self.is_liveness_judged {
            return;
        }
        let scene = self.scene(ledger);
        if duties::is_unmet(duty, &scene, &self.demand) {
            let bound = duties::bound(duty, &scene);
            self.pending.open(duty, at, bound, &self.calm);
        } else {
            self.pending.close(duty);
        }
    }

    pub(super) fn review_child(&mut self, child: NodeId, at: Time, ledger: &Ledger) {
        let Some(facts) = self.watch.child(child).copied() else {
            return;
        };
        for duty in duties::of_child(child, facts.child) {
            self.review(duty, at, ledger);
        }
        match facts.child {
            Child::Driver(id) => {
                let root = self.watch.root(id);
                self.review(Duty::Single(root), at, ledger);
            }
            Child::Executor(id) => {
                if self.watch.removed(id.application).is_some() {
                    self.review(Duty::Clearance(id.application), at, ledger);
                }
            }
        }
    }

    /// A worker's process, and what it runs.
    pub(super) fn review_worker(&mut self, worker: NodeId, at: Time, ledger: &Ledger) {
        self.review(Duty::Membership(worker), at, ledger);
        self.review(Duty::Decommission(worker), at, ledger);
        for child in self.watch.of_worker(worker) {
            self.review_child(child, at, ledger);
        }
    }

    pub(super) fn review_client(&mut self, client: NodeId, at: Time, ledger: &Ledger) {
        self.review(Duty::Identity(client), at, ledger);
        self.review(Duty::Application(client), at, ledger);
        self.review(Duty::Notice(client), at, ledger);
    }

    /// A worker reports about an executor.
    pub(super) fn review_executor(&mut self, id: ExecutorId, at: Time, ledger: &Ledger) {
        let Some(leader) = ledger.leader() else {
            return;
        };
        let books = ledger.books(leader);
        let application = books.and_then(|books| books.application_by_id(id.application));
        if let Some((application, _)) = application {
            let key = ExecutorKey {
                application,
                number: id.number,
            };
            self.review(Duty::HeldExecutor(leader, key), at, ledger);
        }
    }

    /// A worker reports about a driver.
    pub(super) fn review_driver(&mut self, id: DriverId, at: Time, ledger: &Ledger) {
        let Some(leader) = ledger.leader() else {
            return;
        };
        let books = ledger.books(leader);
        if let Some((slot, _)) = books.and_then(|books| books.driver_by_id(id)) {
            self.review(Duty::HeldDriver(leader, slot), at, ledger);
            self.review(Duty::Rerun(leader, slot), at, ledger);
        }
    }

    /// Who leads has changed: everything that depends on it.
    pub(super) fn review_all(&mut self, at: Time, ledger: &Ledger) {
        let processes: Vec<(NodeId, Role)> = ledger
            .processes()
            .filter(|(_, process)| process.is_alive())
            .map(|(node, process)| (node, process.role))
            .collect();
        for (node, role) in processes {
            match role {
                Role::Worker => self.review_worker(node, at, ledger),
                Role::Driver => self.review_client(node, at, ledger),
                Role::Master | Role::Executor | Role::SubmitClient | Role::ElectionService => {}
            }
        }
        let open = self.pending.rest();
        for (duty, _) in open {
            self.review(duty, at, ledger);
        }
    }

    /// The turn of a master is over: looks at all that it touched.
    pub(super) fn close_batch(&mut self, at: Time, ledger: &Ledger) {
        let Some(master) = self.batch.master else {
            return;
        };
        let batch = self.batch.take();
        let at = batch.at.min(at);
        let Some(books) = ledger.books(master) else {
            return;
        };
        let mut findings: Vec<Finding> = Vec::new();
        let answers = &self.answers;
        let workers = batch.workers.iter();
        findings.extend(workers.filter_map(|slot| {
            let late = answers.late_on(master, *slot, books);
            books::worker(books, *slot, late)
        }));
        let applications = batch.applications.iter();
        findings.extend(applications.filter_map(|slot| {
            let late = answers.late_for(master, *slot, books);
            books::application(books, *slot, late)
        }));
        let touched = batch.executors.iter();
        findings.extend(touched.filter_map(|key| books::executor(books, *key)));
        findings.extend(
            batch
                .drivers
                .iter()
                .filter_map(|slot| books::driver(books, *slot)),
        );
        let counted = batch.counted.iter();
        findings.extend(counted.filter_map(|slot| self.executors.counted(master, *slot, books)));
        if batch.has_totals {
            findings.extend(executors::Executors::totals_applied(
                books,
                &self.shapes,
                master,
            ));
        }
        if !batch.drivers.is_empty() {
            let most = self.bounds.drivers_max;
            findings.extend(books::running(books, most, master, ledger));
        }
        self.find(
            at,
            findings.into_iter().map(|finding| finding.at(master)),
            ledger,
        );
        if self.is_liveness_judged {
            self.review_batch(&batch, master, books, at, ledger);
        }
    }

    fn review_batch(
        &mut self,
        batch: &super::batch::Batch,
        master: NodeId,
        books: &Books,
        at: Time,
        ledger: &Ledger,
    ) {
        if batch.leads {
            self.review_all(at, ledger);
        }
        self.review(Duty::Stored(master), at, ledger);
        for slot in &batch.workers {
            self.demand.see_worker(master, *slot, books);
            self.review(Duty::Burial(master, *slot), at, ledger);
            self.review(Duty::Oblivion(master, *slot), at, ledger);
            if let Some(node) = books.worker(*slot).and_then(|record| record.node) {
                self.review_worker(node, at, ledger);
            }
        }
        for key in &batch.executors {
            self.review(Duty::Start(master, *key), at, ledger);
            self.review(Duty::HeldExecutor(master, *key), at, ledger);
            if let Some(application) = books.application(key.application) {
                let living = (application.id.0.into(), key.number);
                for child in self.watch.living(living) {
                    self.review_child(child, at, ledger);
                }
            }
        }
        for slot in &batch.drivers {
            self.review(Duty::HeldDriver(master, *slot), at, ledger);
            self.review(Duty::Rerun(master, *slot), at, ledger);
            if let Some(record) = books.driver(*slot) {
                let id = record.id;
                self.review(Duty::Kill(id), at, ledger);
                if self.pending.is_open(Duty::Success(id)) {
                    self.review(Duty::Success(id), at, ledger);
                }
                for child in self.watch.copies(id) {
                    self.review_child(child, at, ledger);
                }
            }
        }
        for slot in &batch.applications {
            let shapes = self.shapes.of(master, *slot);
            self.demand.see_application(master, *slot, books, shapes);
            if let Some(record) = books.application(*slot) {
                let id = record.id;
                if self.watch.removed(id).is_some() {
                    self.review(Duty::Clearance(id), at, ledger);
                }
                if let Some(client) = record.client {
                    self.review_client(client, at, ledger);
                }
            }
            self.review(Duty::Grant(master, *slot), at, ledger);
        }
        self.review_demand(&batch.workers, &batch.drivers, master, at, ledger);
    }

    /// Who waits at a master, after these workers and drivers have changed.
    fn review_demand(
        &mut self,
        workers: &[WorkerSlot],
        drivers: &[deploysim_protocol::event::DriverSlot],
        master: NodeId,
        at: Time,
        ledger: &Ledger,
    ) {
        let has_room = workers
            .iter()
            .any(|slot| self.demand.is_roomy(master, *slot));
        for driver in self.demand.waiting(master) {
            let duty = Duty::Launch(master, driver);
            if has_room || self.pending.is_open(duty) || drivers.contains(&driver) {
                self.review(duty, at, ledger);
            }
        }
        for driver in drivers {
            self.review(Duty::Launch(master, *driver), at, ledger);
        }
        for duty in self.pending.grants(master) {
            self.review(duty, at, ledger);
        }
        let Some(books) = ledger.books(master).filter(|_| has_room) else {
            return;
        };
        for application in self.demand.hungry(master) {
            let shapes = self.shapes.of(master, application);
            if demand::is_wanted(books, application, shapes, workers) {
                self.review(Duty::Grant(master, application), at, ledger);
            }
        }
    }

    /// Duties that fell due before `at`.
    pub(super) fn judge_overdue(&mut self, at: Time, ledger: &Ledger) {
        while let Some((duty, since)) = self.pending.overdue(at, &self.calm) {
            let scene = self.scene(ledger);
            if !duties::is_unmet(duty, &scene, &self.demand) {
                self.pending.close(duty);
                continue;
            }
            if let Some(until) = duties::excuse(duty, &scene)
                && until >= at
            {
                self.pending.reopen(duty, since, until);
                continue;
            }
            let finding = duties::finding(duty, since, &scene, &self.demand);
            self.log.record(at, finding, ledger);
        }
    }

    /// The run is over: what is still open was not decided, and counts as failed.
    pub(super) fn judge_rest(&mut self, at: Time, ledger: &Ledger) {
        if !self.calm.is_settling() {
            return;
        }
        for (duty, since) in self.pending.rest() {
            let scene = self.scene(ledger);
            if duties::is_unmet(duty, &scene, &self.demand) {
                let finding = duties::finding(duty, since, &scene, &self.demand);
                self.log.record(at, finding.mark("undecided"), ledger);
            }
        }
    }
}
