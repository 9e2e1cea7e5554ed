//! Subject: the Master event by event. All workers are full, as many applications wait, and
//! a seeded sequence of inputs follows. An iteration is one input with everything it causes at
//! the Master; the mean, the 99.9th percentile, and the mean of each kind have names of their own.

use crate::ProcessorTime;
use crate::by_hand::{ByHand, Effects, register_application, register_worker, worker_address};
use crate::clusters::Picks;
use crate::processor_time::repeated;
use criterion::measurement::Measurement;
use criterion::{Criterion, SamplingMode};
use deploysim_nodes::master::Master;
use deploysim_nodes::master::scheduling::Shuffle;
use deploysim_nodes::node::{Call, Effect, Input};
use deploysim_protocol::address::{Address, Peer, Reference};
use deploysim_protocol::id::{ApplicationId, ExecutorId};
use deploysim_protocol::message::to_master::ExecutorStateChanged;
use deploysim_protocol::message::{AskMaster, Message, ToMaster, ToWorker};
use deploysim_protocol::state::ExecutorState;
use std::cell::{LazyCell, RefCell};
use std::collections::BTreeMap;
use std::time::Duration;

/// Inputs of one sample: ten of them exceed the 99.9th percentile.
const INPUTS: usize = 10_000;

/// What of the times of all inputs is one number.
type Statistic<'a> = dyn Fn(&[(Kind, Duration)]) -> Duration + 'a;

/// One kind of input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An executor of a running application ends with code 0.
    ExecutorEnds,
    /// An application registers.
    ApplicationRegisters,
    /// A running application unregisters.
    ApplicationFinishes,
    /// The connection of a worker ends.
    WorkerLost,
    /// The worker that was lost first registers anew.
    WorkerRegisters,
}

impl Kind {
    const ALL: [Self; 5] = [
        Self::ExecutorEnds,
        Self::ApplicationRegisters,
        Self::ApplicationFinishes,
        Self::WorkerLost,
        Self::WorkerRegisters,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::ExecutorEnds => "executor-ends",
            Self::ApplicationRegisters => "application-registers",
            Self::ApplicationFinishes => "application-finishes",
            Self::WorkerLost => "worker-lost",
            Self::WorkerRegisters => "worker-registers",
        }
    }
}

/// A cluster whose Master is handed one input after another.
pub struct Cluster {
    lab: ByHand,
    picks: Picks,
    effects: Effects,
    /// Workers that are registered.
    workers: Vec<u32>,
    /// Workers that are lost, the first to come back last.
    lost: Vec<u32>,
    /// Processes of workers so far.
    processes: u32,
    /// Clients so far.
    clients: u32,
    /// Where executors run that have not ended.
    living: BTreeMap<ExecutorId, Address>,
    /// Executors to draw from, also ones that are gone.
    executors: Vec<ExecutorId>,
    /// Applications that have had an executor and have not ended.
    running: Vec<ApplicationId>,
}

impl Cluster {
    /// A cluster whose workers are full, at which so many applications wait.
    pub fn full(workers: u32, waiting: u32) -> Self {
        let mut cluster = Self {
            lab: ByHand::alive(),
            picks: Picks(2026),
            effects: Effects::new(),
            workers: Vec::new(),
            lost: (0..workers).rev().collect(),
            processes: 0,
            clients: 0,
            living: BTreeMap::new(),
            executors: Vec::new(),
            running: Vec::new(),
        };
        for _ in 0..workers {
            cluster.play(Kind::WorkerRegisters);
        }
        // Four applications of 64 cores fill sixteen workers.
        for _ in 0..workers / 4 + waiting {
            cluster.play(Kind::ApplicationRegisters);
        }
        cluster
    }

    /// Executors that were launched and have not ended.
    pub fn executors(&self) -> usize {
        self.living.len()
    }

    /// The kind that comes next. Of a thousand inputs 940 are ends of executors, and the others
    /// come in pairs, so that the cluster stays as it is.
    fn draw(&mut self) -> Kind {
        match self.picks.pick(1_000) {
            0..25 => Kind::ApplicationRegisters,
            25..50 => Kind::ApplicationFinishes,
            50..55 => Kind::WorkerLost,
            55..60 if !self.lost.is_empty() => Kind::WorkerRegisters,
            _ => Kind::ExecutorEnds,
        }
    }

    /// Hands the Master an input of this kind, and gives the processor time that it took.
    pub fn play(&mut self, kind: Kind) -> Duration {
        let input = self.input(kind);
        self.effects.clear();
        let clock = ProcessorTime::new();
        let start = clock.start();
        self.lab.feed(input, &mut self.effects);
        let took = clock.end(start);
        self.read_effects();
        took
    }

    fn input(&mut self, kind: Kind) -> Input<Master> {
        match kind {
            Kind::ExecutorEnds => {
                let executor = self.draw_executor();
                Input::Asked {
                    from: Reference::unbound(Address::new("anybody", 1)),
                    call: Call(0),
                    ask: AskMaster::ExecutorStateChanged(Box::new(ExecutorStateChanged {
                        executor,
                        state: ExecutorState::Exited,
                        message: None,
                        exit_status: Some(0),
                    })),
                }
            }
            Kind::ApplicationRegisters => {
                self.clients += 1;
                received(register_application(self.clients))
            }
            Kind::ApplicationFinishes => {
                let application = take(&mut self.running, &mut self.picks);
                received(ToMaster::UnregisterApplication { application })
            }
            Kind::WorkerLost => {
                let worker = take(&mut self.workers, &mut self.picks);
                self.lost.insert(0, worker);
                let address = worker_address(worker);
                self.living.retain(|_, at| *at != address);
                Input::Disconnected {
                    peer: Peer::Listening(address),
                }
            }
            Kind::WorkerRegisters => {
                let worker = self.lost.pop().expect("a worker is lost");
                self.workers.push(worker);
                self.processes += 1;
                received(register_worker(worker, self.processes))
            }
        }
    }
}

impl Cluster {
    fn draw_executor(&mut self) -> ExecutorId {
        loop {
            let executor = take(&mut self.executors, &mut self.picks);
            if self.living.remove(&executor).is_some() {
                return executor;
            }
        }
    }

    /// Follows the Master's orders: what it launches runs, what it kills is gone.
    fn read_effects(&mut self) {
        for stamped in &self.effects {
            let Effect::Send {
                to,
                message: Message::ToWorker(message),
            } = &stamped.effect
            else {
                continue;
            };
            if let ToWorker::LaunchExecutor(launch) = message {
                let executor = launch.order.executor;
                self.living.insert(executor, to.address);
                self.executors.push(executor);
                if executor.number == 0 {
                    self.running.push(executor.application);
                }
            } else if let ToWorker::KillExecutor { executor, .. } = message {
                self.living.remove(executor);
            }
        }
    }

    /// Plays inputs as they are drawn.
    fn play_mix(&mut self) -> Vec<(Kind, Duration)> {
        let one = |_| {
            let kind = self.draw();
            (kind, self.play(kind))
        };
        (0..INPUTS).map(one).collect()
    }
}

fn received(message: ToMaster) -> Input<Master> {
    let from = Reference::unbound(Address::new("anybody", 1));
    Input::Received { from, message }
}

/// Takes any one out.
fn take<T>(all: &mut Vec<T>, picks: &mut Picks) -> T {
    let count = u32::try_from(all.len()).unwrap_or(u32::MAX);
    all.swap_remove(picks.pick(count) as usize)
}

/// Defines the benchmarks `events/…`.
///
/// # Panics
/// If the cluster is not full.
pub fn define(criterion: &mut Criterion<ProcessorTime>) {
    for workers in [1_000, 10_000] {
        let name = format!("events/workers={workers}/waiting={workers}");
        let mut group = criterion.benchmark_group(name);
        group.sampling_mode(SamplingMode::Flat).sample_size(10);
        // Made only where one of its benchmarks is asked for.
        let cluster = LazyCell::new(|| {
            let cluster = Cluster::full(workers, workers);
            assert_eq!(cluster.executors(), 4 * workers as usize);
            RefCell::new(cluster)
        });
        let mut measure = |name: &str, statistic: &Statistic<'_>| {
            group.bench_function(name, |bencher| {
                bencher.iter_custom(|iterations| {
                    repeated(statistic(&cluster.borrow_mut().play_mix()), iterations)
                });
            });
        };
        measure("mean", &|all| mean(all.iter().map(|(_, took)| *took)));
        measure("p99.9", &percentile);
        for kind in Kind::ALL {
            measure(kind.name(), &move |all| {
                let these = all.iter().filter(|(found, _)| *found == kind);
                mean(these.map(|(_, took)| *took))
            });
        }
        group.finish();
    }
}

/// The 99.9th percentile.
fn percentile(all: &[(Kind, Duration)]) -> Duration {
    let mut sorted: Vec<Duration> = all.iter().map(|(_, took)| *took).collect();
    sorted.sort_unstable();
    sorted[INPUTS - INPUTS / 1_000]
}

fn mean(all: impl Iterator<Item = Duration>) -> Duration {
    let (count, sum) = all.fold((0_u32, Duration::ZERO), |(count, sum), took| {
        (count + 1, sum + took)
    });
    sum / count.max(1)
}
