//! The inputs of all subjects: clusters of workers of 16 cores and 64 GiB, and applications and
//! drivers that wait at them. What is done with them is in the files of the subjects.

use criterion::measurement::Measurement;
use criterion::{BenchmarkGroup, SamplingMode};
use deploysim_nodes::master::scheduling::{
    DriverShape, ExecutorShape, Launch, PassCounts, Rules, Scheduler, Shuffle,
};
use deploysim_protocol::conf::Conf;
use deploysim_protocol::event::{ApplicationSlot, DriverSlot, WorkerSlot};
use deploysim_protocol::id::WorkerId;
use deploysim_protocol::resource::Resources;

/// Cores of each worker.
pub const WORKER_CORES: i32 = 16;
/// Memory of each worker, in MiB: more than its executors ask for.
pub const WORKER_MEMORY_MIB: i32 = 64 * 1024;
/// Memory of each executor and driver, in MiB.
pub const PROCESS_MEMORY_MIB: i32 = 1024;
/// What an application asks for that wants everything.
pub const ALL_CORES: i32 = i32::MAX;

/// How much of a cluster is used before the pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occupied {
    /// Nothing.
    Empty,
    /// Half of all cores: from none to all of a worker, differently at each.
    Half,
    /// All cores.
    Full,
}

impl Occupied {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Empty, Self::Half, Self::Full];

    /// As it stands in the name of a benchmark.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Empty => "occupied=0%",
            Self::Half => "occupied=50%",
            Self::Full => "occupied=100%",
        }
    }

    /// Cores that are used at a worker.
    pub fn cores(self, worker: u32) -> i32 {
        match self {
            Self::Empty => 0,
            Self::Half => i32::try_from(worker * 7 % 17).unwrap_or(0),
            Self::Full => WORKER_CORES,
        }
    }
}

/// Spark's default rules: everything is spread out, workers with the most free cores first.
pub fn rules() -> Rules {
    Rules::from_conf(&Conf::default())
}

/// The id of a worker. The order of the ids is not that of the numbers.
pub fn worker_id(worker: u32) -> WorkerId {
    WorkerId::new(&format!("worker-20260101000000-host{worker}-7078"))
}

/// A scheduler that knows workers.
pub fn cluster(rules: Rules, workers: u32, occupied: Occupied) -> Scheduler {
    let mut scheduler = Scheduler::new(rules);
    for worker in 0..workers {
        let slot = WorkerSlot(worker);
        let id = worker_id(worker);
        let nothing = Resources::NONE;
        scheduler.add_worker(slot, id, WORKER_CORES, WORKER_MEMORY_MIB, &nothing);
        let cores = occupied.cores(worker);
        if cores > 0 {
            scheduler.charge(slot, cores, PROCESS_MEMORY_MIB, &nothing);
        }
    }
    scheduler
}

/// What one executor takes.
pub const fn executor(cores: Option<i32>) -> ExecutorShape {
    ExecutorShape {
        cores,
        memory_mib: PROCESS_MEMORY_MIB,
        requirements: Vec::new(),
    }
}

/// What one driver takes.
pub const fn driver(cores: i32) -> DriverShape {
    DriverShape {
        cores,
        memory_mib: PROCESS_MEMORY_MIB,
        requirements: Vec::new(),
    }
}

/// Lets applications wait that want so many cores each, 4 per executor.
pub fn submit(scheduler: &mut Scheduler, applications: u32, cores: i32) {
    for application in (0..applications).map(ApplicationSlot) {
        scheduler.add_application(application, cores, executor(Some(4)), i32::MAX);
    }
}

/// Lets drivers wait that want so many cores each.
pub fn queue(scheduler: &mut Scheduler, drivers: u32, cores: i32) {
    for slot in (0..drivers).map(DriverSlot) {
        scheduler.queue_driver(slot, driver(cores));
    }
}

/// One whole pass, in which the waiting drivers are all that are in the books.
pub fn pass(scheduler: &mut Scheduler, drivers: u32) -> (PassCounts, Vec<Launch>) {
    let mut launches = Vec::new();
    let drivers = i32::try_from(drivers).unwrap_or(i32::MAX);
    let counts = scheduler.schedule(drivers, &mut Picks(2026), &mut launches);
    (counts, launches)
}

/// Picks for a pass: always the same ones.
pub struct Picks(pub u64);

impl Shuffle for Picks {
    fn pick(&mut self, remaining: u32) -> u32 {
        let factor = 6_364_136_223_846_793_005;
        self.0 = self.0.wrapping_mul(factor).wrapping_add(1);
        u32::try_from((self.0 >> 33) % u64::from(remaining)).unwrap_or(0)
    }
}

/// Ten samples above 1,000 workers, where one iteration is long.
pub fn sample<M: Measurement>(group: &mut BenchmarkGroup<'_, M>, workers: u32) {
    group.sampling_mode(SamplingMode::Flat);
    group.sample_size(if workers > 1_000 { 10 } else { 20 });
}
