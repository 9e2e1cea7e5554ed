//! Applications that end by their executors: by work in core-seconds, how much is done and when
//! it will be all, or by the time since the first executor began to work. And the ids that the operator reads off a master's page. Both are read
//! from the nodes' notes.

use super::{Cue, SimulatedWorld, work};
use crate::network::Process;
use crate::world::Class;
use deploysim_nodes::driver::DriverOperation;
use deploysim_nodes::hosted::{AnyOperation, Happening};
use deploysim_protocol::event::{ClientEvent, DriverEvent, DriverSlot, Event, MasterEvent};
use deploysim_protocol::id::DriverId;
use deploysim_protocol::state::MasterState;
use deploysim_protocol::text::Text;
use deploysim_protocol::time::Time;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::time::Duration;

/// All work in core-seconds, and the ids of submitted drivers by slot.
#[derive(Debug, Default)]
pub(in crate::world) struct Progress {
    works: BTreeMap<u32, Done>,
    /// How long applications go on once an executor of theirs works. Looked up, never walked
    /// through.
    services: FxHashMap<u32, (Process, Duration)>,
    /// Ids by master and slot. Looked up, never walked through.
    slots: FxHashMap<(u32, DriverSlot), DriverId>,
}

/// What one application has done.
#[derive(Debug)]
struct Done {
    process: Process,
    /// Core-nanoseconds left.
    left: u128,
    since: Time,
    /// Cores of each executor that works, by number; granted ones that have not registered work
    /// with 0.
    executors: BTreeMap<u32, (i32, Worker)>,
    /// Which calculation of the end is the current one.
    generation: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Worker {
    Granted,
    Working,
}

impl Progress {
    pub(in crate::world) fn begin(&mut self, node: u32, process: Process, total: Duration) {
        let done = Done {
            process,
            left: total.as_nanos(),
            since: Time::ZERO,
            executors: BTreeMap::new(),
            generation: 0,
        };
        self.works.insert(node, done);
    }
}

impl Progress {
    pub(in crate::world) fn serve(&mut self, node: u32, process: Process, time: Duration) {
        self.services.insert(node, (process, time));
    }

    /// How long the application goes on whose first executor works now; `None` if that does not
    /// matter, or if it is not the first.
    fn served(&mut self, node: u32, process: Process) -> Option<Duration> {
        let (own, _) = self.services.get(&node)?;
        if *own != process {
            return None;
        }
        self.services.remove(&node).map(|(_, time)| time)
    }
}

impl Done {
    fn cores(&self) -> u128 {
        let working = self
            .executors
            .values()
            .filter(|(_, worker)| *worker == Worker::Working);
        working
            .map(|(cores, _)| u128::try_from(*cores).unwrap_or(0))
            .sum()
    }

    /// Counts what was done up to now at the present number of cores.
    fn advance(&mut self, now: Time) {
        let passed = now.since(self.since).as_nanos();
        self.left = self.left.saturating_sub(passed * self.cores());
        self.since = now;
    }
}

/// Reads a note on its way to the observer.
pub(in crate::world) fn read_note<W: SimulatedWorld>(world: &mut W, node: u32, event: Event) {
    match event {
        Event::Driver(event) => read_driver(world, node, event),
        Event::Client(ClientEvent::SubmissionAccepted { driver }) => {
            let name = world.part(node).name.as_str();
            if let Some(name) = name.strip_prefix("submit:") {
                world
                    .state_mut()
                    .work
                    .drivers
                    .insert(Text::new(name), driver);
            }
        }
        Event::Master(MasterEvent::DriverAdded { driver, id, .. }) => {
            world.state_mut().progress.slots.insert((node, driver), id);
        }
        Event::Master(MasterEvent::DriverRelaunched { old, new }) => {
            follow_relaunch(world, node, old, new)
        }
        Event::Master(MasterEvent::MasterStateChanged {
            state: MasterState::Alive,
        }) => {
            let process = world.part(node).place.process;
            world.state_mut().reigns.begin(node, process);
        }
        Event::Election(event) => world.state_mut().stores.hear(event),
        Event::Master(_)
        | Event::Worker(_)
        | Event::Executor(_)
        | Event::Client(_)
        | Event::HandlerThrew { .. } => {}
    }
}

fn follow_relaunch<W: SimulatedWorld>(world: &mut W, node: u32, old: DriverSlot, new: DriverSlot) {
    let slots = &world.state().progress.slots;
    let (Some(old), Some(new)) = (
        slots.get(&(node, old)).copied(),
        slots.get(&(node, new)).copied(),
    ) else {
        return;
    };
    for driver in &world.plan().drivers {
        let name = Text::new(&driver.name);
        if world.state().work.drivers.get(&name) == Some(&old) {
            world.state_mut().work.drivers.insert(name, new);
        }
    }
}

fn read_driver<W: SimulatedWorld>(world: &mut W, node: u32, event: DriverEvent) {
    if let DriverEvent::ApplicationConnected { application, .. } = event {
        let process = world.part(node).name;
        let name = (world.state().programs).application_name(&world.plan(), process);
        let work = &mut world.state_mut().work;
        work.applications.insert(name, application);
    }
    let process = world.part(node).place.process;
    let now = world.now();
    if let DriverEvent::ExecutorRegistered { .. } = event
        && let Some(time) = world.state_mut().progress.served(node, process)
    {
        work::finish_at(world, node, now + time, 0);
    }
    let Some(done) = world
        .state_mut()
        .progress
        .works
        .get_mut(&node)
        .filter(|done| done.process == process)
    else {
        return;
    };
    match event {
        DriverEvent::ExecutorGranted { number, cores, .. } => {
            done.executors.insert(number, (cores, Worker::Granted));
            return;
        }
        DriverEvent::ExecutorRegistered { number } => {
            done.advance(now);
            if let Some((_, worker)) = done.executors.get_mut(&number) {
                *worker = Worker::Working;
            }
        }
        DriverEvent::ExecutorUpdated { number, state } if state.is_finished() => {
            done.advance(now);
            done.executors.remove(&number);
        }
        DriverEvent::ExecutorForgotten { number } | DriverEvent::ExecutorLost { number, .. } => {
            done.advance(now);
            done.executors.remove(&number);
        }
        DriverEvent::RegistrationAttempted { .. }
        | DriverEvent::MasterUnreachable { .. }
        | DriverEvent::ApplicationConnected { .. }
        | DriverEvent::ApplicationDisconnected
        | DriverEvent::ApplicationDead { .. }
        | DriverEvent::MasterFollowed { .. }
        | DriverEvent::ExecutorUpdated { .. }
        | DriverEvent::ExecutorRefused { .. }
        | DriverEvent::WorkerRemoved { .. }
        | DriverEvent::TotalRequested { .. }
        | DriverEvent::ExecutorKillRequested { .. }
        | DriverEvent::RequestAnswered { .. }
        | DriverEvent::TotalForgotten { .. }
        | DriverEvent::ExecutorKillIgnored { .. }
        | DriverEvent::HostExcluded { .. }
        | DriverEvent::WorkerLost
        | DriverEvent::RequestFailed => return,
    }
    done.generation += 1;
    let (cores, generation) = (done.cores(), done.generation);
    if cores > 0 {
        let left = u64::try_from(done.left.div_ceil(cores)).unwrap_or(u64::MAX);
        let at = now + Duration::from_nanos(left);
        world.cue(at, Class::Process, Cue::WorkDone { node, generation });
    }
}

/// All of an application's work is done, unless its executors changed since this was
/// calculated.
pub(in crate::world) fn finish_work<W: SimulatedWorld>(world: &mut W, node: u32, generation: u32) {
    let now = world.now();
    let process = world.part(node).place.process;
    let Some(done) = world.state_mut().progress.works.get_mut(&node) else {
        return;
    };
    if done.generation != generation || done.process != process {
        return;
    }
    done.advance(now);
    world.state_mut().progress.works.remove(&node);
    let operation = AnyOperation::Driver(DriverOperation::Finish { code: 0 });
    world.post(Class::Process, node, Happening::Operator(operation));
}
