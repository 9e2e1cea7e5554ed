//! The work of a scenario as it arrives: workers, applications and submissions at their times,
//! what the operator does, and what the users' programs do while they run.

use super::QueueWorld;
use super::agenda::Class;
use super::step::Step;
use crate::ledger::ProcessName;
use crate::roles;
use crate::scenario::plan::{
    ApplicationEnd, ApplicationWork, KilledTotals, Operation, Plan, Target, When,
};
use crate::trace::{Observer, Role};
use deploysim_nodes::driver::{DriverOperation, KillAdjustment};
use deploysim_nodes::executor::ExecutorOperation;
use deploysim_nodes::hosted::{AnyNode, AnyOperation, Happening};
use deploysim_nodes::master::MasterOperation;
use deploysim_nodes::node::Call;
use deploysim_nodes::process::ExecutorProgram;
use deploysim_nodes::worker::WorkerOperation;
use deploysim_protocol::address::Reference;
use deploysim_protocol::id::{ApplicationId, DriverId};
use deploysim_protocol::message::{Ask, AskMaster};
use deploysim_protocol::text::Text;
use deploysim_protocol::time::Time;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Something on the work list.
#[derive(Clone, Debug)]
pub(super) enum WorkId {
    /// A worker starts: its row.
    Worker(usize),
    /// An application starts: its row.
    Application(usize),
    /// A driver is submitted: its row.
    Submission(usize),
    /// The operator does something: its row.
    Operation(usize),
}

/// The work list, and what the operator knows.
#[derive(Debug, Default)]
pub(super) struct Work {
    list: Vec<WorkId>,
    /// How many processes each submitted driver has had. Looked up, never walked through.
    pub(super) copies: FxHashMap<Text, u32>,
    /// The newest id of each submitted driver. Looked up, never walked through.
    pub(super) drivers: FxHashMap<Text, DriverId>,
    /// The newest id of each application. Looked up, never walked through.
    pub(super) applications: FxHashMap<Text, ApplicationId>,
    /// Submit clients made so far, for the names of those that kill.
    clients: u32,
}

impl Work {
    pub(super) fn new(plan: &Plan) -> Self {
        let entries = plan.cluster.workers.len() + plan.applications.len();
        Self {
            list: Vec::with_capacity(entries),
            ..Self::default()
        }
    }
}

/// A question of the operator's own, whose answer nobody waits for.
const OPERATOR: Call = Call(u64::MAX);

impl<O: Observer> QueueWorld<'_, O> {
    pub(super) fn schedule_work(&mut self, at: Time, work: WorkId) {
        let index = u32::try_from(self.work.list.len()).expect("fewer than 2^32 entries");
        self.work.list.push(work);
        self.push(at, Class::Process, Step::Work { work: index });
    }

    /// New work arrives, unless the fault phase is over.
    pub(super) fn start_work(&mut self, work: u32) {
        if self.is_settling {
            return;
        }
        let plan: &Plan = self.plan;
        match self.work.list[work as usize].clone() {
            WorkId::Worker(row) => {
                let worker = &plan.cluster.workers[row];
                let node = roles::worker(plan, worker, &self.settings);
                self.make_named(&worker.name, roles::worker_address(&worker.name), node);
            }
            WorkId::Application(row) => {
                let work = &plan.applications[row].work;
                let node = roles::application(plan, work, &self.settings);
                self.make_named(&work.name, roles::application_address(&work.name), node);
            }
            WorkId::Submission(row) => {
                let driver = &plan.drivers[row];
                let client = roles::launch_client(plan, driver, &self.settings);
                self.make_client(&format!("submit:{}", driver.name), client);
            }
            WorkId::Operation(row) => self.operate(&plan.operations[row].operation),
        }
    }

    fn make_client(&mut self, name: &str, client: AnyNode) {
        self.make_named(name, roles::client_address(name), client);
    }

    fn operate(&mut self, operation: &Operation) {
        match operation {
            Operation::Stop(target) => self.stop_politely(target),
            Operation::DecommissionSignal(worker) => {
                self.operate_node(worker, AnyOperation::Worker(WorkerOperation::Decommission));
            }
            Operation::DecommissionHost(worker) => {
                let hosts = vec![Text::new(worker)];
                self.ask_masters(|| AskMaster::DecommissionWorkersOnHosts {
                    hosts: hosts.clone(),
                });
            }
            Operation::KillDriver(name) => {
                if let Some(driver) = self.work.drivers.get(&Text::new(name)).copied() {
                    let client = roles::kill_client(self.plan, driver, &self.settings);
                    self.work.clients += 1;
                    self.make_client(&format!("kill-{}:{name}", self.work.clients), client);
                }
            }
            Operation::KillAllDrivers => self.ask_masters(|| AskMaster::RequestKillAllDrivers),
            Operation::DriverStatus(name) => {
                if let Some(driver) = self.work.drivers.get(&Text::new(name)).copied() {
                    self.ask_masters(|| AskMaster::RequestDriverStatus { driver });
                }
            }
            Operation::KillApplication(name) => {
                if let Some(application) = self.work.applications.get(&Text::new(name)).copied() {
                    let plan: &Plan = self.plan;
                    for master in &plan.cluster.masters {
                        let operation = MasterOperation::KillApplication { application };
                        self.operate_node(master, AnyOperation::Master(operation));
                    }
                }
            }
            Operation::ClearCompleted => {
                self.ask_masters(|| AskMaster::RequestClearCompletedDriversAndApps)
            }
        }
    }

    /// The polite signal of the system. A worker handles it; a driver's program ends by it.
    fn stop_politely(&mut self, target: &Target) {
        for node in self.targets(std::slice::from_ref(target)) {
            match self.lives[node as usize].role {
                Role::Worker => {
                    let operation = AnyOperation::Worker(WorkerOperation::StopPolitely);
                    self.post(Class::Process, node, Happening::Operator(operation));
                }
                Role::Driver => {
                    let operation = AnyOperation::Driver(DriverOperation::Finish { code: 143 });
                    self.post(Class::Process, node, Happening::Operator(operation));
                }
                Role::Master | Role::Executor | Role::SubmitClient => {
                    self.end_process(node, crate::trace::End::Exited(143));
                }
            }
        }
    }

    fn operate_node(&mut self, name: &str, operation: AnyOperation) {
        if let Some(node) = self
            .names
            .get(&Text::new(name))
            .copied()
            .filter(|node| self.is_alive(*node))
        {
            self.post(Class::Process, node, Happening::Operator(operation));
        }
    }

    /// The web pages and the REST gateway live in the master's process and ask it locally.
    fn ask_masters(&mut self, ask: impl Fn() -> AskMaster) {
        let plan: &Plan = self.plan;
        for master in &plan.cluster.masters {
            if let Some(node) = self
                .names
                .get(&Text::new(master))
                .copied()
                .filter(|node| self.is_alive(*node))
            {
                let from = Reference::unbound(self.lives[node as usize].address);
                let happening = Happening::Asked {
                    from,
                    call: OPERATOR,
                    ask: Ask::AskMaster(ask()),
                };
                self.post(Class::Process, node, happening);
            }
        }
    }

    /// What the user's program in a driver's process does, from its start on.
    pub(super) fn schedule_program(&mut self, node: u32) {
        let name = self.lives[node as usize].name.as_str();
        let plan: &Plan = self.plan;
        if let Some(work) = roles::application_work(plan, &name) {
            self.schedule_application(node, work);
        }
        let ProcessName::Driver { driver, copy } = ProcessName::of(self.lives[node as usize].name)
        else {
            return;
        };
        let Some(driver) = roles::submitted(plan, &driver.as_str()) else {
            return;
        };
        if let Some(run) = &driver.run {
            let mut rng = self.seeds.chacha(&format!("process {name} run"));
            let run = super::links::latency(run).draw(&mut rng);
            let last = driver.exit_codes.len().saturating_sub(1);
            let code = driver
                .exit_codes
                .get(last.min(copy as usize - 1))
                .copied()
                .unwrap_or(0);
            self.finish_at(node, self.now + run, code);
        }
    }

    fn finish_at(&mut self, node: u32, at: Time, code: i32) {
        let operation = AnyOperation::Driver(DriverOperation::Finish { code });
        self.post_at(at, Class::Process, node, Happening::Operator(operation));
    }

    fn schedule_application(&mut self, node: u32, work: &ApplicationWork) {
        match work.end {
            ApplicationEnd::Never => {}
            ApplicationEnd::After(run) => self.finish_at(node, self.now + run, 0),
            ApplicationEnd::Work(total) => {
                self.progress
                    .begin(node, self.lives[node as usize].place.process, total)
            }
        }
        if let Some(when) = work.unregister {
            self.finish_at(node, self.when(when), 0);
        }
        for request in &work.requests {
            let profile = Arc::new(roles::profile(self.plan, work, request.profile));
            let total = i32::try_from(request.executors).unwrap_or(i32::MAX);
            let operation = DriverOperation::RequestTotalExecutors {
                totals: vec![(profile, total)],
            };
            let happening = Happening::Operator(AnyOperation::Driver(operation));
            self.post_at(self.when(request.when), Class::Process, node, happening);
        }
        for kill in &work.kills {
            let adjustment = match kill.totals {
                KilledTotals::Lower => KillAdjustment::LowerTarget,
                KilledTotals::Keep => KillAdjustment::Replace,
            };
            let operation = DriverOperation::KillExecutors {
                numbers: kill.executors.clone(),
                adjustment,
            };
            let happening = Happening::Operator(AnyOperation::Driver(operation));
            self.post_at(self.when(kill.when), Class::Process, node, happening);
        }
    }

    fn when(&self, when: When) -> Time {
        match when {
            When::At(at) => at.max(self.now),
            When::After(duration) => self.now + duration,
        }
    }

    /// An executor whose application says so ends by itself.
    pub(super) fn schedule_executor_end(&mut self, node: u32, program: &ExecutorProgram) {
        let name = self.lives[node as usize].name.as_str();
        let ProcessName::Executor { application, .. } =
            ProcessName::of(self.lives[node as usize].name)
        else {
            return;
        };
        let application = application.as_str();
        let plan: &Plan = self.plan;
        let work = plan
            .application_works()
            .map(|(_, work)| work)
            .find(|work| work.name == *application);
        let Some(work) = work else { return };
        if let Some(code) = work.executor_exits.code(program.order.executor.number) {
            let mut rng = self.seeds.chacha(&format!("process {name} run"));
            let run = super::links::latency(&work.executor_exits.after).draw(&mut rng);
            let happening =
                Happening::Operator(AnyOperation::Executor(ExecutorOperation::Finish { code }));
            self.post_at(self.now + run, Class::Process, node, happening);
        }
    }
}
