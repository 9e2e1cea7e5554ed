//! Which workers are asked for executors of one shape, in which order, and how many of them are
//! enough: those behind would get nothing, so they are not looked at.

use super::order::{Key, Walk};
use super::pass::PassCounts;
use super::placement::{Demand, Offers};
use super::rules::SpreadOut;
use super::shapes::{ShapeId, Shapes};
use super::workers::{Need, Worker, Workers};
use deploysim_protocol::event::WorkerSlot;

/// The first workers that can hold at least one executor, in the order in which they are filled.
#[derive(Debug)]
pub(super) struct Candidates {
    pub(super) keys: Vec<Key>,
    pub(super) workers: Vec<WorkerSlot>,
    cores_free: Vec<i32>,
    memory_free_mib: Vec<i32>,
    resources_free: Vec<i32>,
}

impl Candidates {
    /// Without a worker.
    pub(super) const NONE: Self = Self {
        keys: Vec::new(),
        workers: Vec::new(),
        cores_free: Vec::new(),
        memory_free_mib: Vec::new(),
        resources_free: Vec::new(),
    };

    /// Gathers workers until there are enough for `demand`, or no more.
    pub(super) fn gather(
        &mut self,
        workers: &mut Workers,
        shapes: &Shapes,
        number: ShapeId,
        demand: &Demand<'_>,
        counts: &mut PassCounts,
    ) {
        self.clear();
        let need = shapes.need(number);
        let mut enough = Enough::of(demand, workers.cores_free());
        if let Some(only) = shapes.only(number, workers) {
            counts.candidates_visited += only.len() as u64;
            let fitting = only.iter().filter(|slot| workers.fits(**slot, &need));
            self.keys
                .extend(fitting.filter_map(|slot| workers.key(*slot)));
            self.keys.sort_unstable();
            self.keys.dedup();
            for at in 0..self.keys.len() {
                let slot = self.keys[at].slot();
                if self.push(slot, workers.worker(slot), &need, &mut enough) == Walk::Done {
                    return;
                }
            }
            return;
        }
        let visited = &mut counts.candidates_visited;
        counts.comparisons += workers.walk_by_policy(need.room(), |slot, worker| {
            *visited += 1;
            if worker.fits(&need) {
                self.push(slot, worker, &need, &mut enough)
            } else {
                Walk::On
            }
        });
    }

    /// What they have free.
    pub(super) fn offers(&self) -> Offers<'_> {
        Offers {
            cores_free: &self.cores_free,
            memory_free_mib: &self.memory_free_mib,
            resources_free: &self.resources_free,
        }
    }

    fn clear(&mut self) {
        self.keys.clear();
        self.workers.clear();
        self.cores_free.clear();
        self.memory_free_mib.clear();
        self.resources_free.clear();
    }

    fn push(
        &mut self,
        slot: WorkerSlot,
        worker: &Worker,
        need: &Need<'_>,
        enough: &mut Enough<'_>,
    ) -> Walk {
        let room = worker.room();
        self.workers.push(slot);
        self.cores_free.push(room.cores);
        self.memory_free_mib.push(room.memory_mib);
        let first = self.resources_free.len();
        let free = need.requirements.iter();
        self.resources_free
            .extend(free.map(|requirement| worker.pools.free(requirement.name)));
        let resources_free = &self.resources_free[first..];
        enough.count(room.cores, room.memory_mib, resources_free)
    }
}

/// When there are enough workers: what one of them certainly gets is taken off what is wanted.
///
/// With so many workers [`super::placement::place`] gives each of them what it gives it with all
/// workers, and the others nothing. This holds while no sum wraps around and nothing wanted of a
/// worker is negative; otherwise there are never enough, and all workers are asked.
struct Enough<'a> {
    demand: &'a Demand<'a>,
    cores_min: i32,
    /// Executors wanted, in `Takes::Executors`; workers likewise in the others.
    starts: i64,
    cores: i64,
    takes: Takes,
}

/// What each worker in turn certainly gets if there is enough wanted.
enum Takes {
    /// Nothing is certain.
    Unknown,
    /// One executor in the first round.
    One,
    /// As many executors as it can hold.
    Full,
    /// One executor with all its cores.
    Grown,
}

impl<'a> Enough<'a> {
    fn of(demand: &'a Demand<'a>, cores_free: i64) -> Self {
        let may_wrap = cores_free > i64::from(i32::MAX) || !demand.wants_nothing_negative();
        let takes = match (demand.spread_out, demand.cores_per_executor) {
            _ if may_wrap => Takes::Unknown,
            (SpreadOut::Yes, _) => Takes::One,
            (SpreadOut::No, Some(_)) => Takes::Full,
            (SpreadOut::No, None) => Takes::Grown,
        };
        Self {
            demand,
            cores_min: demand.cores_per_executor.unwrap_or(1),
            starts: i64::from(demand.target) - i64::from(demand.executors),
            cores: i64::from(demand.cores_left),
            takes,
        }
    }

    /// Counts one more worker in, and tells whether more are wanted.
    fn count(&mut self, cores: i32, memory_mib: i32, resources: &[i32]) -> Walk {
        let (starts, cores) = match self.takes {
            Takes::Unknown => return Walk::On,
            Takes::One => (1, i64::from(self.cores_min)),
            Takes::Full => {
                let demand = self.demand;
                let held = demand.held(self.cores_min, cores, memory_mib, resources);
                (i64::from(held), i64::from(held) * i64::from(self.cores_min))
            }
            Takes::Grown => (1, i64::from(cores)),
        };
        self.starts -= starts;
        self.cores -= cores;
        if self.starts <= 0 || self.cores < i64::from(self.cores_min) {
            Walk::Done
        } else {
            Walk::On
        }
    }
}
