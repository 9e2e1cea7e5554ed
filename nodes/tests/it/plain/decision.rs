//! How many cores each worker gives: the rule word for word, one core or one executor at a time.

use super::cluster::Worker;
use deploysim_nodes::master::scheduling::{ExecutorShape, SpreadOut};

/// What one application asks for one profile.
pub(super) struct Asked<'a> {
    pub(super) spread_out: SpreadOut,
    pub(super) cores_left: i32,
    pub(super) executors: i32,
    pub(super) target: i32,
    pub(super) shape: &'a ExecutorShape,
}

/// The decision so far.
struct State {
    to_assign: i32,
    cores: Vec<i32>,
    executors: Vec<i32>,
    executors_sum: i32,
}

/// Cores assigned at each worker, in the order of `workers`.
pub(super) fn assign(asked: &Asked<'_>, workers: &[&Worker]) -> Vec<i32> {
    let cores_free = workers.iter().map(|worker| worker.cores_free());
    let mut state = State {
        to_assign: asked.cores_left.min(cores_free.fold(0, i32::wrapping_add)),
        cores: vec![0; workers.len()],
        executors: vec![0; workers.len()],
        executors_sum: 0,
    };
    let cores_min = asked.shape.cores.unwrap_or(1);
    let mut free: Vec<usize> = (0..workers.len())
        .filter(|at| can(asked, &state, workers[*at], *at))
        .collect();
    while !free.is_empty() {
        for at in &free {
            let mut go = true;
            while go && can(asked, &state, workers[*at], *at) {
                state.to_assign -= cores_min;
                state.cores[*at] += cores_min;
                if asked.shape.cores.is_some() || state.executors[*at] == 0 {
                    state.executors[*at] += 1;
                    state.executors_sum += 1;
                }
                go = asked.spread_out == SpreadOut::No;
            }
        }
        free.retain(|at| can(asked, &state, workers[*at], *at));
    }
    state.cores
}

fn can(asked: &Asked<'_>, state: &State, worker: &Worker, at: usize) -> bool {
    let cores_min = asked.shape.cores.unwrap_or(1);
    let keep = state.to_assign >= cores_min;
    let cores = worker.cores_free().wrapping_sub(state.cores[at]) >= cores_min;
    let planned = state.executors[at];
    if asked.shape.cores.is_none() && planned > 0 {
        return keep && cores;
    }
    let left = |free: i32, each: i32| free.wrapping_sub(planned.wrapping_mul(each));
    let memory_mib = asked.shape.memory_mib;
    let memory = left(worker.memory_free_mib(), memory_mib) >= memory_mib;
    let resources = asked.shape.requirements.iter().all(|one| {
        let free = i32::try_from(worker.free(one.name).len()).unwrap();
        left(free, one.amount) >= one.amount
    });
    let under = state.executors_sum.wrapping_add(asked.executors) < asked.target;
    keep && cores && memory && resources && under
}
