//! The work of a scenario as it arrives: workers, applications and submissions at their times,
//! what the operator does, and what the users' programs do while they run.

use super::{Cue, SimulatedWorld, demand, links, start, tampering};
use crate::ledger::ProcessName;
use crate::roles;
use crate::scenario::plan::{
    ApplicationEnd, ApplicationWork, KilledTotals, Operation, Plan, Target, When,
};
use crate::trace::{End, Role};
use crate::world::Class;
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
pub(in crate::world) enum WorkId {
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
pub(in crate::world) struct Work {
    list: Vec<WorkId>,
    /// How many processes each submitted driver has had. Looked up, never walked through.
    pub(in crate::world) copies: FxHashMap<Text, u32>,
    /// The newest id of each submitted driver. Looked up, never walked through.
    pub(in crate::world) drivers: FxHashMap<Text, DriverId>,
    /// The newest id of each application. Looked up, never walked through.
    pub(in crate::world) applications: FxHashMap<Text, ApplicationId>,
    /// Submit clients made so far, for the names of those that kill.
    clients: u32,
}

impl Work {
    pub(in crate::world) fn new(plan: &Plan) -> Self {
        let entries = plan.cluster.workers.len() + plan.applications.len();
        Self {
            list: Vec::with_capacity(entries),
            ..Self::default()
        }
    }
}

/// A question of the operator's own, whose answer nobody waits for.
const OPERATOR: Call = Call(u64::MAX);

/// Puts something onto the work list.
pub(in crate::world) fn schedule_work<W: SimulatedWorld>(world: &mut W, at: Time, work: WorkId) {
    let index = u32::try_from(world.state().work.list.len()).expect("fewer than 2^32 entries");
    world.state_mut().work.list.push(work);
    world.cue(at, Class::Process, Cue::Work { work: index });
}

/// New work arrives, unless the fault phase is over.
pub(in crate::world) fn start_work<W: SimulatedWorld>(world: &mut W, work: u32) {
    if world.state().is_settling {
        return;
    }
    let plan = world.plan();
    match world.state().work.list[work as usize].clone() {
        WorkId::Worker(row) => {
            let worker = &plan.cluster.workers[row];
            let node = roles::worker(&plan, worker, &world.state().settings);
            start::make_named(
                world,
                &worker.name,
                roles::worker_address(&worker.name),
                node,
            );
        }
        WorkId::Application(row) => {
            let work = &plan.applications[row].work;
            let node = roles::application(&plan, work, &world.state().settings);
            start::make_named(
                world,
                &work.name,
                roles::application_address(&work.name),
                node,
            );
        }
        WorkId::Submission(row) => {
            let driver = &plan.drivers[row];
            let client = roles::launch_client(&plan, driver, &world.state().settings);
            make_client(world, &format!("submit:{}", driver.name), client);
        }
        WorkId::Operation(row) => operate(world, &plan.operations[row].operation),
    }
}

fn make_client<W: SimulatedWorld>(world: &mut W, name: &str, client: AnyNode) {
    start::make_named(world, name, roles::client_address(name), client);
}

fn operate<W: SimulatedWorld>(world: &mut W, operation: &Operation) {
    match operation {
        Operation::Stop(target) => stop_politely(world, target),
        Operation::DecommissionSignal(worker) => {
            operate_node(
                world,
                worker,
                AnyOperation::Worker(WorkerOperation::Decommission),
            );
        }
        Operation::DecommissionHost(worker) => {
            let hosts = vec![Text::new(worker)];
            ask_masters(world, || AskMaster::DecommissionWorkersOnHosts {
                hosts: hosts.clone(),
            });
        }
        Operation::KillDriver(name) => {
            if let Some(driver) = world.state().work.drivers.get(&Text::new(name)).copied() {
                let client = roles::kill_client(&world.plan(), driver, &world.state().settings);
                let work = &mut world.state_mut().work;
                work.clients += 1;
                let name = format!("kill-{}:{name}", work.clients);
                make_client(world, &name, client);
            }
        }
        Operation::KillAllDrivers => ask_masters(world, || AskMaster::RequestKillAllDrivers),
        Operation::DriverStatus(name) => {
            if let Some(driver) = world.state().work.drivers.get(&Text::new(name)).copied() {
                ask_masters(world, || AskMaster::RequestDriverStatus { driver });
            }
        }
        Operation::KillApplication(name) => {
            if let Some(application) = world
                .state()
                .work
                .applications
                .get(&Text::new(name))
                .copied()
            {
                let plan = world.plan();
                for master in &plan.cluster.masters {
                    let operation = MasterOperation::KillApplication { application };
                    operate_node(world, master, AnyOperation::Master(operation));
                }
            }
        }
        Operation::ClearCompleted => {
            ask_masters(world, || AskMaster::RequestClearCompletedDriversAndApps)
        }
    }
}

/// The polite signal of the system. A worker handles it; a driver's program ends by it.
fn stop_politely<W: SimulatedWorld>(world: &mut W, target: &Target) {
    for node in tampering::targets(world, std::slice::from_ref(target)) {
        match world.part(node).role {
            Role::Worker => {
                let operation = AnyOperation::Worker(WorkerOperation::StopPolitely);
                world.post(Class::Process, node, Happening::Operator(operation));
            }
            Role::Driver => {
                let operation = AnyOperation::Driver(DriverOperation::Finish { code: 143 });
                world.post(Class::Process, node, Happening::Operator(operation));
            }
            Role::Master | Role::Executor | Role::SubmitClient | Role::ElectionService => {
                world.end_process(node, End::Exited(143));
            }
        }
    }
}

fn operate_node<W: SimulatedWorld>(world: &mut W, name: &str, operation: AnyOperation) {
    if let Some(node) = world
        .state()
        .names
        .get(&Text::new(name))
        .copied()
        .filter(|node| world.is_alive(*node))
    {
        world.post(Class::Process, node, Happening::Operator(operation));
    }
}

/// The web pages and the REST gateway live in the master's process and ask it locally.
fn ask_masters<W: SimulatedWorld>(world: &mut W, ask: impl Fn() -> AskMaster) {
    let plan = world.plan();
    for master in &plan.cluster.masters {
        if let Some(node) = world
            .state()
            .names
            .get(&Text::new(master))
            .copied()
            .filter(|node| world.is_alive(*node))
        {
            let from = Reference::unbound(world.part(node).address);
            let happening = Happening::Asked {
                from,
                call: OPERATOR,
                ask: Ask::AskMaster(ask()),
            };
            world.post(Class::Process, node, happening);
        }
    }
}

/// What the user's program in a driver's process does, from its start on.
pub(in crate::world) fn schedule_program<W: SimulatedWorld>(world: &mut W, node: u32) {
    let name = world.part(node).name;
    let plan = world.plan();
    if let Some(work) = world.state().programs.of_process(&plan, name) {
        schedule_application(world, node, work);
    }
    let ProcessName::Driver { driver, copy } = ProcessName::of(name) else {
        return;
    };
    let Some(driver) = world.state().programs.submitted(&plan, driver) else {
        return;
    };
    if let Some(run) = &driver.run {
        let mut rng = world.state().seeds.chacha(&format!("process {name} run"));
        let run = links::latency(run).draw(&mut rng);
        let last = driver.exit_codes.len().saturating_sub(1);
        let code = driver
            .exit_codes
            .get(last.min(copy as usize - 1))
            .copied()
            .unwrap_or(0);
        finish_at(world, node, world.now() + run, code);
    }
}

pub(super) fn finish_at<W: SimulatedWorld>(world: &mut W, node: u32, at: Time, code: i32) {
    let operation = AnyOperation::Driver(DriverOperation::Finish { code });
    world.post_at(at, Class::Process, node, Happening::Operator(operation));
}

fn schedule_application<W: SimulatedWorld>(world: &mut W, node: u32, work: &ApplicationWork) {
    match &work.end {
        ApplicationEnd::Never => {}
        ApplicationEnd::After(run) => finish_at(world, node, world.now() + *run, 0),
        ApplicationEnd::Service(time) => {
            let process = world.part(node).place.process;
            world.state_mut().progress.serve(node, process, *time);
        }
        ApplicationEnd::Work(total) => {
            let process = world.part(node).place.process;
            world.state_mut().progress.begin(node, process, *total);
        }
        ApplicationEnd::Tasks { work: total, tasks } => {
            demand::begin(world, node, work, *total, tasks);
        }
    }
    if let Some(unregister) = work.unregister {
        finish_at(world, node, when(world, unregister), 0);
    }
    for request in &work.requests {
        let profile = Arc::new(roles::profile(&world.plan(), work, request.profile));
        let total = i32::try_from(request.executors).unwrap_or(i32::MAX);
        let operation = DriverOperation::RequestTotalExecutors {
            totals: vec![(profile, total)],
        };
        let happening = Happening::Operator(AnyOperation::Driver(operation));
        world.post_at(when(world, request.when), Class::Process, node, happening);
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
        world.post_at(when(world, kill.when), Class::Process, node, happening);
    }
}

fn when<W: SimulatedWorld>(world: &W, when: When) -> Time {
    match when {
        When::At(at) => at.max(world.now()),
        When::After(duration) => world.now() + duration,
    }
}

/// An executor whose application says so ends by itself.
pub(in crate::world) fn schedule_executor_end<W: SimulatedWorld>(
    world: &mut W,
    node: u32,
    program: &ExecutorProgram,
) {
    let name = world.part(node).name;
    let ProcessName::Executor { application, .. } = ProcessName::of(name) else {
        return;
    };
    let plan = world.plan();
    let Some(work) = world.state().programs.application(&plan, application) else {
        return;
    };
    if let Some(code) = work.executor_exits.code(program.order.executor.number) {
        let mut rng = world.state().seeds.chacha(&format!("process {name} run"));
        let run = links::latency(&work.executor_exits.after).draw(&mut rng);
        let happening =
            Happening::Operator(AnyOperation::Executor(ExecutorOperation::Finish { code }));
        world.post_at(world.now() + run, Class::Process, node, happening);
    }
}
