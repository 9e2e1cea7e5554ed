//! Applications that work in tasks, in a world: what their drivers' nodes note is told to the
//! tasks, and what dynamic allocation decides is asked of the nodes. What is done and decided is
//! in `tasks.rs` and `allocation.rs`.

use super::allocation::{Allocation, Decision};
use super::tasks::Tasks;
use super::{Cue, SimulatedWorld, work};
use crate::network::Process;
use crate::roles;
use crate::scenario::plan::{ApplicationWork, TasksPlan};
use crate::world::Class;
use deploysim_nodes::driver::{DriverOperation, KillAdjustment};
use deploysim_nodes::hosted::{AnyOperation, Happening};
use deploysim_protocol::description::ResourceProfile;
use deploysim_protocol::event::DriverEvent;
use deploysim_protocol::time::Time;
use rustc_hash::FxHashMap;
use std::sync::Arc;
use std::time::Duration;

/// All applications that work in tasks, by their driver's node. Looked up, never walked through.
pub(in crate::world) type Demands = FxHashMap<u32, Demand>;

/// One of them.
#[derive(Debug)]
pub(in crate::world) struct Demand {
    process: Process,
    tasks: Tasks,
    /// How it asks for executors; `None` if its requests do not follow demand.
    allocation: Option<Allocation>,
    profile: Arc<ResourceProfile>,
    /// How long it stays after its last task; `None` once it has been told when to end.
    stay: Option<Duration>,
    /// Which calculation of the next instant is the current one.
    generation: u32,
}

impl Demand {
    /// When something is due next, if nothing happens before.
    fn next(&self, now: Time) -> Option<Time> {
        let allocation = self.allocation.as_ref();
        let beat = allocation.and_then(|allocation| allocation.next_beat(&self.tasks, now));
        self.tasks.next_end().into_iter().chain(beat).min()
    }

    /// How many tasks wait is new.
    fn look(&mut self, now: Time) {
        if let Some(allocation) = &mut self.allocation {
            allocation.look(&self.tasks, now);
        }
    }

    fn operation(&self, decision: Decision) -> DriverOperation {
        match decision {
            Decision::Total(total) => DriverOperation::RequestTotalExecutors {
                totals: vec![(
                    Arc::clone(&self.profile),
                    i32::try_from(total).unwrap_or(i32::MAX),
                )],
            },
            Decision::Kill(numbers) => DriverOperation::KillExecutors {
                numbers,
                adjustment: KillAdjustment::Replace,
            },
        }
    }
}

/// The process of an application that works in tasks begins.
pub(super) fn begin<W: SimulatedWorld>(
    world: &mut W,
    node: u32,
    work: &ApplicationWork,
    total: Duration,
    tasks: &TasksPlan,
) {
    let plan = world.plan();
    let now = world.now();
    // Whichever process of the application does its work, the tasks are the same.
    let lengths = format!("application {} tasks", work.name);
    let lengths = world.state().seeds.chacha(&lengths);
    let allocation = (plan.conf.dynamic_allocation_enabled)
        .then(|| Allocation::new(&plan.conf, work.cores_per_executor, now));
    let demand = Demand {
        process: world.part(node).place.process,
        tasks: Tasks::new(total, &tasks.each, lengths),
        allocation,
        profile: Arc::new(roles::profile(&plan, work, 0)),
        stay: Some(tasks.stay),
        generation: 0,
    };
    world.state_mut().demands.insert(node, demand);
}

/// Reads what the driver's node notes, and works out anew when something is due.
pub(super) fn read_driver<W: SimulatedWorld>(world: &mut W, node: u32, event: DriverEvent) {
    let now = world.now();
    let process = world.part(node).place.process;
    let Some(demand) =
        (world.state_mut().demands.get_mut(&node)).filter(|demand| demand.process == process)
    else {
        return;
    };
    let tasks = &mut demand.tasks;
    match event {
        DriverEvent::ExecutorGranted { number, cores, .. } => {
            return tasks.grant(number, u64::try_from(cores).unwrap_or(0));
        }
        DriverEvent::ExecutorRegistered { number } => tasks.register(number, now),
        DriverEvent::ExecutorKillRequested { number } => tasks.dismiss(number),
        DriverEvent::ExecutorUpdated { number, state } if state.is_finished() => {
            tasks.lose(number, now);
        }
        DriverEvent::ExecutorForgotten { number } | DriverEvent::ExecutorLost { number, .. } => {
            tasks.lose(number, now);
        }
        DriverEvent::ApplicationConnected { .. } => {
            if let Some(allocation) = &mut demand.allocation {
                allocation.connected();
            }
        }
        DriverEvent::RequestAnswered { accepted } => answered(demand, accepted),
        DriverEvent::RequestFailed => answered(demand, false),
        DriverEvent::RegistrationAttempted { .. }
        | DriverEvent::MasterUnreachable { .. }
        | DriverEvent::ApplicationDisconnected
        | DriverEvent::ApplicationDead { .. }
        | DriverEvent::MasterFollowed { .. }
        | DriverEvent::ExecutorUpdated { .. }
        | DriverEvent::ExecutorRefused { .. }
        | DriverEvent::WorkerRemoved { .. }
        | DriverEvent::TotalRequested { .. }
        | DriverEvent::TotalForgotten { .. }
        | DriverEvent::ExecutorKillIgnored { .. }
        | DriverEvent::HostExcluded { .. }
        | DriverEvent::WorkerLost => return,
    }
    demand.look(now);
    await_next(world, node);
}

fn answered(demand: &mut Demand, accepted: bool) {
    if let Some(allocation) = &mut demand.allocation {
        allocation.answered(accepted);
    }
}

fn await_next<W: SimulatedWorld>(world: &mut W, node: u32) {
    let now = world.now();
    let Some(demand) = world.state_mut().demands.get_mut(&node) else {
        return;
    };
    demand.generation += 1;
    let generation = demand.generation;
    if let Some(at) = demand.next(now) {
        world.cue(at, Class::Process, Cue::TasksDue { node, generation });
    }
}

/// Tasks end, or a beat of the allocation has come, unless this was worked out anew since.
pub(super) fn go_on<W: SimulatedWorld>(world: &mut W, node: u32, generation: u32) {
    let now = world.now();
    let process = world.part(node).place.process;
    let Some(demand) = (world.state_mut().demands.get_mut(&node))
        .filter(|demand| demand.generation == generation && demand.process == process)
    else {
        return;
    };
    demand.tasks.advance(now);
    demand.look(now);
    let is_done = demand.tasks.left() == 0;
    let stay = demand.stay.take_if(|_| is_done);
    let decision =
        (demand.allocation.as_mut()).and_then(|allocation| allocation.decide(&demand.tasks, now));
    let operation = decision.map(|decision| demand.operation(decision));
    if let Some(stay) = stay {
        work::finish_at(world, node, now + stay, 0);
    }
    if let Some(operation) = operation {
        let happening = Happening::Operator(AnyOperation::Driver(operation));
        world.post(Class::Process, node, happening);
    }
    await_next(world, node);
}
