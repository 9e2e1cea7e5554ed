//! Pure: how many cores of which worker one application gets for one profile. The workers are
//! given as numbers, in the order in which they are to be filled; who they are, and whether they
//! should be asked at all, is `candidates.rs`.

use super::rules::SpreadOut;

/// What one application wants for one profile.
#[derive(Clone, Copy, Debug)]
pub struct Demand<'a> {
    /// Over many workers, or one after the other.
    pub spread_out: SpreadOut,
    /// Cores that the application may still get.
    pub cores_left: i32,
    /// Cores of one executor; absent: at most one new executor per worker, which grows one core
    /// at a time.
    pub cores_per_executor: Option<i32>,
    /// Memory of one executor, in MiB.
    pub memory_mib: i32,
    /// Addresses of each named resource for one executor.
    pub amounts: &'a [i32],
    /// Executors of the profile that the application has.
    pub executors: i32,
    /// Executors of the profile that it wants in total.
    pub target: i32,
}

impl Demand<'_> {
    /// The executors that `cores_assigned` cores of one worker become: how many, and the cores
    /// of each. Spark: `Master.allocateWorkerResourceToExecutors`.
    pub const fn split(&self, cores_assigned: i32) -> (i32, i32) {
        match self.cores_per_executor {
            Some(cores) => (cores_assigned / cores, cores),
            None => (1, cores_assigned),
        }
    }

    /// Whether nothing wraps around while executors are added up at a worker: as long as they
    /// fit, they are within what is free.
    pub(super) fn wants_nothing_negative(&self) -> bool {
        self.memory_mib >= 0 && self.amounts.iter().all(|amount| *amount >= 0)
    }

    /// How many executors of `cores` a worker can hold, if nothing negative is wanted. What is
    /// free may be negative.
    pub(super) fn held(
        &self,
        cores: i32,
        cores_free: i32,
        memory_free_mib: i32,
        resources_free: &[i32],
    ) -> i32 {
        let times = |free: i32, each: i32| match each {
            0 if free >= 0 => i32::MAX,
            0 => 0,
            _ => free / each,
        };
        let held = times(cores_free, cores).min(times(memory_free_mib, self.memory_mib));
        let resources = resources_free.iter().zip(self.amounts);
        resources
            .map(|(free, amount)| times(*free, *amount))
            .fold(held, i32::min)
            .max(0)
    }
}

/// What the workers have free, all in one order.
#[derive(Clone, Copy, Debug)]
pub struct Offers<'a> {
    /// Free cores of each worker.
    pub cores_free: &'a [i32],
    /// Free memory of each worker, in MiB.
    pub memory_free_mib: &'a [i32],
    /// Free addresses: for each worker as many numbers as [`Demand::amounts`] has.
    pub resources_free: &'a [i32],
}

/// The answer, and the room to work it out in. One value serves many decisions.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Cores assigned at each worker.
    pub cores: Vec<i32>,
    /// Executors planned at each worker; while they are shared out at once, those that it can
    /// still hold.
    executors: Vec<i32>,
    /// Positions of the workers that can be given more.
    open: Vec<u32>,
}

/// Decides how many cores each worker gives, into [`Plan::cores`], and returns how often a
/// worker was looked at.
///
/// Sums, products and differences are Spark's: 32 bits, and they wrap around.
/// **Differs:** fewer than one core per executor gives nothing; Spark gives nothing either, or
/// does not come back. Spark: `Master.scheduleExecutorsOnWorkers`.
///
/// # Panics
/// If the slices of `offers` do not have the lengths that they describe.
pub fn place(demand: &Demand<'_>, offers: &Offers<'_>, plan: &mut Plan) -> u64 {
    let workers = offers.cores_free.len();
    assert_eq!(offers.memory_free_mib.len(), workers);
    assert_eq!(offers.resources_free.len(), workers * demand.amounts.len());
    plan.clear(workers);
    let cores_min = demand.cores_per_executor.unwrap_or(1);
    if cores_min < 1 {
        return 0;
    }
    let cores_free = offers.cores_free.iter();
    let sum = cores_free.fold(0_i32, |sum, free| sum.wrapping_add(*free));
    let mut round = Round {
        demand,
        offers,
        cores_min,
        cores_to_assign: demand.cores_left.min(sum),
        executors_planned: 0,
        visits: 0,
    };
    if let Some(cores) = demand.cores_per_executor
        && demand.wants_nothing_negative()
    {
        round.share_out(cores, plan);
        return round.visits;
    }
    round.open_all(workers, plan);
    while !plan.open.is_empty() {
        round.visit_all(plan);
        round.keep_open(plan);
        if demand.cores_per_executor.is_none() {
            // What was visited has an executor, what was not is closed: the rest is growing.
            round.grow_all(plan);
        }
    }
    round.visits
}

impl Plan {
    /// Without a worker.
    pub(super) const EMPTY: Self = Self {
        cores: Vec::new(),
        executors: Vec::new(),
        open: Vec::new(),
    };

    fn clear(&mut self, workers: usize) {
        self.cores.clear();
        self.cores.resize(workers, 0);
        self.executors.clear();
        self.executors.resize(workers, 0);
        self.open.clear();
    }
}

/// One decision under way.
struct Round<'a> {
    demand: &'a Demand<'a>,
    offers: &'a Offers<'a>,
    cores_min: i32,
    cores_to_assign: i32,
    /// The sum of [`Plan::executors`].
    executors_planned: i32,
    visits: u64,
}

impl Round<'_> {
    /// Shares out executors of a fixed size without going round by round: as many rounds at once
    /// as every open worker has room for. [`Plan::executors`] is what a worker can still hold.
    fn share_out(&mut self, cores: i32, plan: &mut Plan) {
        let demand = self.demand;
        let wanted = i64::from(demand.target) - i64::from(demand.executors);
        let mut left = wanted.min(i64::from(self.cores_to_assign / cores)).max(0);
        let workers = self.offers.cores_free.len();
        let amounts = demand.amounts.len();
        for at in 0..workers {
            if left == 0 {
                return;
            }
            self.visits += 1;
            let (cores_free, memory_free_mib) =
                (self.offers.cores_free[at], self.offers.memory_free_mib[at]);
            let free = &self.offers.resources_free[at * amounts..(at + 1) * amounts];
            let held = demand.held(cores, cores_free, memory_free_mib, free);
            if demand.spread_out == SpreadOut::No {
                let given = i64::from(held).min(left);
                left -= given;
                plan.cores[at] = cores * i32::try_from(given).expect("at most what it holds");
            } else if held > 0 {
                plan.executors[at] = held;
                plan.open
                    .push(u32::try_from(at).expect("slots are 32 bits"));
            }
        }
        while left > 0 && !plan.open.is_empty() {
            let room = plan.open.iter().map(|at| plan.executors[*at as usize]);
            let least = room.min().unwrap_or(0);
            let open = plan.open.len() as i64;
            let rounds = i32::try_from(left / open).unwrap_or(i32::MAX).min(least);
            if rounds == 0 {
                // Fewer executors than workers are left: the first workers get one each.
                plan.open.truncate(usize::try_from(left).unwrap_or(0));
            }
            let rounds = rounds.max(1);
            for at in &plan.open {
                plan.cores[*at as usize] += cores * rounds;
                plan.executors[*at as usize] -= rounds;
            }
            self.visits += plan.open.len() as u64;
            left -= i64::from(rounds) * plan.open.len() as i64;
            plan.open.retain(|at| plan.executors[*at as usize] > 0);
        }
    }

    fn open_all(&mut self, workers: usize, plan: &mut Plan) {
        for at in 0..workers {
            if self.can_assign(plan, at) {
                plan.open
                    .push(u32::try_from(at).expect("slots are 32 bits"));
            }
        }
    }

    fn visit_all(&mut self, plan: &mut Plan) {
        for index in 0..plan.open.len() {
            let at = plan.open[index] as usize;
            while self.can_assign(plan, at) {
                self.assign(plan, at);
                if self.demand.spread_out == SpreadOut::Yes {
                    break;
                }
            }
        }
    }

    fn keep_open(&mut self, plan: &mut Plan) {
        let mut open = std::mem::take(&mut plan.open);
        open.retain(|at| self.can_assign(plan, *at as usize));
        plan.open = open;
    }

    /// Whether a worker can be given cores once more. Spark: `canLaunchExecutorForApp`.
    fn can_assign(&mut self, plan: &Plan, at: usize) -> bool {
        self.visits += 1;
        if self.cores_to_assign < self.cores_min || self.cores_free(plan, at) < self.cores_min {
            return false;
        }
        let grows = self.demand.cores_per_executor.is_none() && plan.executors[at] > 0;
        grows || self.can_start(plan, at)
    }

    fn can_start(&self, plan: &Plan, at: usize) -> bool {
        let demand = self.demand;
        let planned = plan.executors[at];
        let memory_planned_mib = planned.wrapping_mul(demand.memory_mib);
        let memory_free_mib = self.offers.memory_free_mib[at].wrapping_sub(memory_planned_mib);
        let amounts = demand.amounts;
        let free = &self.offers.resources_free[at * amounts.len()..];
        memory_free_mib >= demand.memory_mib
            && self.executors_planned.wrapping_add(demand.executors) < demand.target
            && free
                .iter()
                .zip(amounts)
                .all(|(free, amount)| free.wrapping_sub(planned.wrapping_mul(*amount)) >= *amount)
    }

    fn assign(&mut self, plan: &mut Plan, at: usize) {
        let cores = match (self.demand.cores_per_executor, self.demand.spread_out) {
            (Some(_), SpreadOut::Yes | SpreadOut::No) | (None, SpreadOut::Yes) => self.cores_min,
            // The one executor grows until the worker or the application has no more.
            (None, SpreadOut::No) => self.cores_to_assign.min(self.cores_free(plan, at)),
        };
        self.cores_to_assign -= cores;
        plan.cores[at] += cores;
        plan.executors[at] += 1;
        self.executors_planned += 1;
    }

    /// Gives each open worker, all of which have their one executor, one core per round: as many
    /// rounds at once as every open worker has room for.
    fn grow_all(&mut self, plan: &mut Plan) {
        while !plan.open.is_empty() {
            let workers = i32::try_from(plan.open.len()).expect("slots are 31 bits");
            let room = plan
                .open
                .iter()
                .map(|at| self.cores_free(plan, *at as usize));
            let rounds = room.fold(self.cores_to_assign / workers, i32::min);
            if rounds == 0 {
                // Fewer cores than workers are left: the first workers get one each.
                let rest = usize::try_from(self.cores_to_assign).unwrap_or(0);
                plan.open.truncate(rest);
            }
            let cores = rounds.max(1);
            for at in &plan.open {
                plan.cores[*at as usize] += cores;
                self.cores_to_assign -= cores;
            }
            self.visits += plan.open.len() as u64;
            self.keep_open(plan);
        }
    }

    fn cores_free(&self, plan: &Plan, at: usize) -> i32 {
        self.offers.cores_free[at].wrapping_sub(plan.cores[at])
    }
}
