//! The turmoil world: every process behind a shell of its own, on turmoil's simulated TCP, with
//! real frames on real streams. What faults do is decided by the same pure network model as in
//! the queue world, and carried out by a gate at each end of a connection.
//!
//! Time advances in ticks; every node sees it in whole ticks. Between two ticks this file does
//! what is due (faults, work, children); during a tick the simulated hosts run their shells.

mod direction;
mod gate;
mod journal;
mod lanes;
mod life;
mod playable;
mod rack;
mod sockets;
mod surroundings;
#[cfg(test)]
mod tests;
mod traffic;
mod wire;

pub use playable::{NODES_MAX, Refusal, as_lived, refusal, tick, whole_ticks};

use super::simulated::{Cue, Direction, SimulatedWorld, faults, start};
use super::{Class, Played, limit};
use crate::network::{Machine, Process, Shape};
use crate::scenario::plan::Plan;
use crate::trace::{Fact, INSPECTED_NODES_MAX, INSPECTION_PERIOD, NodeId, Observer};
use deploysim_nodes::hosted::Happening;
use deploysim_nodes::shell::Parcel;
use deploysim_protocol::time::Time;
use journal::Noted;
use lanes::Lane;
use life::Life;
use rack::{Order, Rack, Task};
use sockets::Requests;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::sync::mpsc;
use turmoil::{Builder, IpVersion, Sim};
use wire::{WireEnd, Wires};

/// The most simulated hosts: the cost of a tick grows with their number, and faster.
const RACKS_MAX: usize = 10;

/// The epoch of every run, 2026-01-01T00:00:00Z, in seconds since 1970.
const EPOCH_SECONDS: u64 = 1_767_225_600;

/// The world, as its tasks share it. Everything runs on one thread; nothing holds a borrow
/// while it waits.
type Shared = Rc<RefCell<TurmoilWorld>>;

/// Something that is due between two ticks.
enum Step {
    /// The direction of the run wanted to be called.
    Cue(Cue),
    /// Something happens at a process.
    Post {
        node: u32,
        process: Process,
        happening: Box<Happening>,
    },
    /// A retransmission is due at this sending end.
    Retransmit(WireEnd),
    /// A reset reaches this end.
    ResetArrives(WireEnd),
    /// The hold of a lane may be over.
    LaneOpens { end: WireEnd, lane: Lane },
    /// Something that was kept at a lane is handed on.
    Hand { end: WireEnd, parcel: Parcel },
}

/// Who acts at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// The direction of the run: no shell has anything half done.
    BetweenTicks,
    /// The shells.
    Ticking,
}

/// One run of one scenario.
struct TurmoilWorld {
    plan: Arc<Plan>,
    direction: Direction,
    tick: Duration,
    /// How long a byte needs between two simulated hosts.
    transit: Duration,
    now: Time,
    phase: Phase,
    agenda: BTreeMap<(Time, Class, u64), Step>,
    scheduled: u64,
    lives: Vec<Life>,
    wires: Wires,
    racks: Vec<Rack>,
    requests: Requests,
    journal: Vec<Noted>,
    shows_inputs: bool,
    inputs: u64,
}

/// Plays a scenario with a seed. Everything that happens is shown to `observer`, once the tick is
/// over in which it happened.
///
/// # Errors
/// If it cannot be played exactly; then nothing was played.
///
/// # Panics
/// Only through a fault of the program.
pub fn play<O: Observer>(plan: &Plan, seed: u64, observer: O) -> Result<(Played, O), Refusal> {
    match refusal(plan) {
        Some(refusal) => Err(refusal),
        None => Ok(Theatre::new(plan, seed, observer).run()),
    }
}

/// The simulator, the world inside it, and who watches from outside.
struct Theatre<O> {
    sim: Sim<'static>,
    world: Shared,
    observer: O,
    inspection_at: Time,
    limit: Time,
}

impl<O: Observer> Theatre<O> {
    fn new(plan: &Plan, seed: u64, observer: O) -> Self {
        let tick = tick(plan);
        let transit = transit(plan, tick);
        let mut sim = simulator(seed, tick, transit);
        let world = Rc::new(RefCell::new(TurmoilWorld {
            plan: Arc::new(plan.clone()),
            direction: Direction::new(plan, seed),
            tick,
            transit,
            now: Time::ZERO,
            phase: Phase::BetweenTicks,
            agenda: BTreeMap::new(),
            scheduled: 0,
            lives: Vec::new(),
            wires: Wires::default(),
            racks: Vec::new(),
            requests: Requests::new(),
            journal: Vec::new(),
            shows_inputs: observer.shows_inputs(),
            inputs: 0,
        }));
        for number in 0..playable::named_nodes(plan).clamp(1, RACKS_MAX) {
            let name = format!("rack-{number}");
            let (orders, orders_to_take) = mpsc::unbounded_channel();
            let orders_to_take = RefCell::new(Some(orders_to_take));
            let shared = Rc::clone(&world);
            sim.host(name.clone(), move || {
                let orders = orders_to_take.borrow_mut().take();
                rack::live(
                    Rc::clone(&shared),
                    orders.expect("a rack starts once"),
                    tick,
                )
            });
            let ip = sim.lookup(name);
            world.borrow_mut().racks.push(Rack {
                ip,
                orders,
                next_port: life::FIRST_PORT,
            });
        }
        Self {
            sim,
            world,
            observer,
            inspection_at: Time::ZERO,
            limit: limit(plan),
        }
    }

    fn run(mut self) -> (Played, O) {
        start::begin(&mut *self.world.borrow_mut());
        let mut steps = 0;
        let end = loop {
            let now = Time::ZERO + self.sim.elapsed();
            if now > self.limit {
                break self.limit;
            }
            self.world.borrow_mut().now = now;
            self.inspect_at_times(now);
            self.take_what_is_due();
            self.world.borrow_mut().phase = Phase::Ticking;
            let stepped = self.sim.step();
            stepped.expect("simulated hosts run for ever");
            steps += 1;
            self.world.borrow_mut().phase = Phase::BetweenTicks;
            self.tell();
            // What happened may have set off faults that begin at this very instant.
            self.take_what_is_due();
            let world = self.world.borrow();
            if world.direction.is_settling && self.observer.is_decided() {
                break now;
            }
        };
        self.world.borrow_mut().now = end;
        self.world.borrow_mut().inspect_all();
        self.world.borrow_mut().note(0, Fact::Finished);
        self.tell();
        let inputs = self.world.borrow().inputs;
        let played = Played { end, inputs, steps };
        (played, self.observer)
    }

    fn inspect_at_times(&mut self, now: Time) {
        if now >= self.inspection_at {
            self.inspection_at = now + INSPECTION_PERIOD;
            self.inspect_all(now);
        }
    }

    /// Does what is due between two ticks.
    fn take_what_is_due(&mut self) {
        self.tell();
        loop {
            let step = self.world.borrow_mut().pop_due();
            let Some(step) = step else { break };
            self.world.borrow_mut().take(step);
            self.tell();
        }
    }

    /// Tells the observer what has happened, and sets off the faults that it has triggered.
    fn tell(&mut self) {
        let now = self.world.borrow().now;
        let journal = std::mem::take(&mut self.world.borrow_mut().journal);
        for noted in &journal {
            match noted {
                Noted::Fact(node, fact) => fact.tell(now, *node, &mut self.observer),
                Noted::Handed(node, happening) => {
                    self.observer.handed(now, NodeId(*node), happening);
                }
                Noted::Inspected(node, view) => self.observer.inspect(now, NodeId(*node), view),
                Noted::InspectAll => self.inspect_all(now),
            }
            while let Some(fault) = self.observer.triggered() {
                faults::trigger(&mut *self.world.borrow_mut(), fault);
            }
        }
    }

    fn inspect_all(&mut self, now: Time) {
        let world = self.world.borrow();
        for (node, life) in (0..).zip(&world.lives) {
            if let Some(view) = &life.node
                && !life.is_handling
            {
                self.observer.inspect(now, NodeId(node), &view.borrow());
            }
        }
    }
}

impl TurmoilWorld {
    fn push(&mut self, at: Time, class: Class, step: Step) {
        self.scheduled += 1;
        let key = (at.max(self.now), class, self.scheduled);
        self.agenda.insert(key, step);
    }

    fn pop_due(&mut self) -> Option<Step> {
        let first = self.agenda.first_entry()?;
        (first.key().0 <= self.now).then(|| first.remove())
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Cue(cue) => self.take_cue(cue),
            Step::Post {
                node,
                process,
                happening,
            } => self.post_now(node, process, *happening),
            Step::Retransmit(end) => self.retransmit(end),
            Step::ResetArrives(end) => {
                self.break_end(end, crate::trace::EndOfConnection::Reset);
            }
            Step::LaneOpens { end, lane } => self.open_lane(end, lane),
            Step::Hand { end, parcel } => self.hand(end, parcel),
        }
    }

    /// The simulated host of a machine.
    fn rack_of(&self, machine: Machine) -> usize {
        machine.0 as usize % self.racks.len()
    }

    /// How long the socket between two machines carries a byte.
    fn transit(&self, from: Machine, to: Machine) -> Duration {
        if from == to {
            Duration::ZERO
        } else if self.rack_of(from) == self.rack_of(to) {
            // Turmoil's own loopback delivers at the next tick.
            self.tick
        } else {
            self.transit
        }
    }

    /// Runs something on the rack of a node, beside its process.
    fn run_beside(&self, node: u32, task: Task) {
        let machine = self.lives[node as usize].part.place.machine;
        let sent = self.racks[self.rack_of(machine)]
            .orders
            .send(Order::Run(task));
        sent.expect("a rack lives as long as the run");
    }
}

/// What turmoil carries of every latency: all of it where it is the same everywhere, at least a
/// tick. The gate adds the rest.
fn transit(plan: &Plan, tick: Duration) -> Duration {
    let own = plan
        .network
        .links
        .iter()
        .filter_map(|it| it.latency.as_ref());
    let least = std::iter::once(&plan.network.latency)
        .chain(own)
        .map(|latency| match latency.shape {
            Shape::Constant(constant) => constant,
            Shape::Uniform { .. }
            | Shape::Normal { .. }
            | Shape::Exponential { .. }
            | Shape::LogNormal { .. }
            | Shape::Pareto { .. }
            | Shape::Weibull { .. }
            | Shape::Empirical(_) => Duration::ZERO,
        })
        .min()
        .unwrap_or_default();
    let ticks = least.as_nanos() / tick.as_nanos();
    tick * u32::try_from(ticks.max(1)).unwrap_or(u32::MAX)
}

/// Turmoil with every setting written out.
fn simulator(seed: u64, tick: Duration, transit: Duration) -> Sim<'static> {
    Builder::new()
        // Turmoil's default is the machine's clock, which would differ from run to run.
        .epoch(SystemTime::UNIX_EPOCH + Duration::from_secs(EPOCH_SECONDS))
        // How fine time is; see `playable`.
        .tick_duration(tick)
        // The world decides when a run is over; turmoil's 10 s would end it.
        .simulation_duration(Duration::MAX)
        // The same for every byte: what varies is added by the gate, which draws from the run's
        // named streams. Turmoil's default is a random time up to 100 ms.
        .min_message_latency(transit)
        .max_message_latency(transit)
        // Turmoil's loss flaps a whole link and never retransmits. Loss is the gate's.
        .fail_rate(0.0)
        .repair_rate(0.0)
        // One family of addresses, in the order of the racks.
        .ip_version(IpVersion::V4)
        // Processes get the ports below from the world, each its own.
        .ephemeral_ports(32_768..=65_535)
        // Requests that wait for one listener, and segments that wait for one reader. Turmoil
        // panics at one request more, so it is more than all nodes together can send.
        .tcp_capacity(16 * NODES_MAX)
        // Nobody speaks UDP.
        .udp_capacity(1)
        // Turmoil draws latencies and its hosts' order from it; both are fixed here.
        .rng_seed(seed)
        .build()
}
