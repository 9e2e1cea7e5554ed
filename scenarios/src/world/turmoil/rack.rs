//! A simulated host. Many machines of a scenario may share one: the cost of a tick grows with
//! the hosts, and faults act on connections, not on hosts.

use super::Shared;
use super::surroundings::Resident;
use crate::network::Process;
use deploysim_nodes::shell::{self, Clock, Command, Guest, Limits};
use deploysim_protocol::time::Time;
use std::future::Future;
use std::net::IpAddr;
use std::pin::Pin;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::task::JoinSet;

/// Something that runs beside the processes of a rack, and outlives them.
pub(super) type Task = Pin<Box<dyn Future<Output = ()>>>;

/// A simulated host, as the world knows it.
#[derive(Debug)]
pub(super) struct Rack {
    pub(super) ip: IpAddr,
    pub(super) orders: mpsc::UnboundedSender<Order>,
    /// The next port that nobody has had.
    pub(super) next_port: u16,
}

/// What a rack is told to do.
pub(super) enum Order {
    /// Start a process.
    Host(Box<Arrival>),
    /// Run something beside the processes.
    Run(Task),
}

/// A process that is to start.
pub(super) struct Arrival {
    pub(super) node: u32,
    pub(super) process: Process,
    pub(super) guest: Guest,
    pub(super) limits: Limits,
    pub(super) commands: mpsc::UnboundedReceiver<Command>,
}

impl std::fmt::Debug for Order {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Host(arrival) => write!(formatter, "Host({})", arrival.guest.name),
            Self::Run(_) => formatter.write_str("Run"),
        }
    }
}

/// The software of a simulated host: does what it is told, for ever. The only place of this
/// world that spawns.
pub(super) async fn live(
    world: Shared,
    mut orders: mpsc::UnboundedReceiver<Order>,
    tick: Duration,
) -> turmoil::Result {
    let clock = Clock::new(Time::ZERO, tick);
    let mut tasks = JoinSet::new();
    loop {
        tokio::select! {
            biased;
            Some(order) = orders.recv() => match order {
                Order::Host(arrival) => host(&world, clock, *arrival, &mut tasks),
                Order::Run(task) => drop(tasks.spawn_local(task)),
            },
            Some(ended) = tasks.join_next(), if !tasks.is_empty() => {
                if let Err(error) = ended
                    && error.is_panic()
                {
                    std::panic::resume_unwind(error.into_panic());
                }
            }
            else => return Ok(()),
        }
    }
}

fn host(world: &Shared, clock: Clock, arrival: Arrival, tasks: &mut JoinSet<()>) {
    let Arrival {
        node,
        process,
        guest,
        limits,
        commands,
    } = arrival;
    let resident = Resident {
        world: world.clone(),
        node,
        clock,
    };
    let handle = tasks.spawn_local(async move {
        let lived = shell::run(guest, resident, limits, commands).await;
        lived.expect("every process has a port of its own");
    });
    let mut world = world.borrow_mut();
    let life = &mut world.lives[node as usize];
    if life.part.is_alive && life.part.place.process == process {
        life.task = Some(handle);
    } else {
        handle.abort();
    }
}
