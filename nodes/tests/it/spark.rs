//! Spark parity: the numbers of Spark's own `MasterSuite`, by hand. Three workers of ten cores
//! and 4096 MiB each; the arrays are the cores that one application gets of each.

use deploysim_nodes::master::scheduling::{
    ExecutorShape, Launch, Rules, Scheduler, Shuffle, SpreadOut,
};
use deploysim_protocol::conf::{Conf, WorkerSelectionPolicy};
use deploysim_protocol::event::{ApplicationSlot, WorkerSlot};
use deploysim_protocol::id::WorkerId;
use deploysim_protocol::resource::Resources;

/// No driver waits here, so nothing is drawn.
struct Undrawn;

impl Shuffle for Undrawn {
    fn pick(&mut self, remaining: u32) -> u32 {
        panic!("a worker of {remaining} was drawn for no driver");
    }
}

/// One application's settings, in the words of a configuration.
#[derive(Clone, Copy)]
struct Settings {
    cores_max: i32,
    cores_per_executor: Option<i32>,
    memory_mib: i32,
    limit: i32,
}

const PLAIN: Settings = Settings {
    cores_max: i32::MAX,
    cores_per_executor: None,
    memory_mib: 1024,
    limit: i32::MAX,
};

/// Checks what each worker gives, spread out and consolidated.
fn check(settings: Settings, spread_out: [i32; 3], consolidated: [i32; 3]) {
    assert_eq!(cores(settings, SpreadOut::Yes), spread_out, "spread out");
    assert_eq!(cores(settings, SpreadOut::No), consolidated, "consolidated");
}

fn cores(settings: Settings, spread_out: SpreadOut) -> [i32; 3] {
    let mut scheduler = Scheduler::new(Rules {
        spread_out_applications: spread_out,
        worker_selection_policy: WorkerSelectionPolicy::WorkerId,
        ..Rules::from_conf(&Conf::default())
    });
    for (slot, id) in (0..)
        .map(WorkerSlot)
        .zip(["worker-1", "worker-2", "worker-3"])
    {
        scheduler.add_worker(slot, WorkerId::new(id), 10, 4096, &Resources::NONE);
    }
    let shape = ExecutorShape {
        cores: settings.cores_per_executor,
        memory_mib: settings.memory_mib,
        requirements: Vec::new(),
    };
    let application = ApplicationSlot(0);
    scheduler.add_application(application, settings.cores_max, shape, settings.limit);
    let mut launches = Vec::new();
    scheduler.schedule(0, &mut Undrawn, &mut launches);
    let mut by_worker = [0; 3];
    for launch in launches {
        let Launch::Executor { worker, cores, .. } = launch else {
            panic!("no driver waits");
        };
        by_worker[worker.index()] += cores;
    }
    assert_eq!(
        scheduler.cores_granted(application),
        by_worker.iter().sum::<i32>()
    );
    by_worker
}

#[test]
fn an_application_that_asks_for_nothing_gets_everything() {
    check(PLAIN, [10, 10, 10], [10, 10, 10]);
}

#[test]
fn cores_max_limits_the_sum() {
    let at_most = |cores_max| Settings { cores_max, ..PLAIN };
    check(at_most(8), [3, 3, 2], [8, 0, 0]);
    check(at_most(16), [6, 5, 5], [10, 6, 0]);
}

#[test]
fn cores_per_executor_and_memory_limit_each_worker() {
    let two = Settings {
        cores_per_executor: Some(2),
        ..PLAIN
    };
    check(two, [8, 8, 8], [8, 8, 8]);
    let three = Settings {
        cores_per_executor: Some(3),
        memory_mib: 256,
        ..PLAIN
    };
    check(three, [9, 9, 9], [9, 9, 9]);
}

#[test]
fn whole_executors_only() {
    let of = |cores| Settings {
        cores_per_executor: Some(cores),
        cores_max: 20,
        memory_mib: 256,
        ..PLAIN
    };
    check(of(2), [8, 6, 6], [10, 10, 0]);
    check(of(3), [6, 6, 6], [9, 9, 0]);
}

#[test]
fn the_executor_limit_counts_executors() {
    let two = Settings { limit: 2, ..PLAIN };
    check(two, [10, 10, 0], [10, 10, 0]);
    let two_of_sixteen = Settings {
        cores_max: 16,
        ..two
    };
    check(two_of_sixteen, [8, 8, 0], [10, 6, 0]);
    let of_four = |limit| Settings {
        cores_per_executor: Some(4),
        limit,
        ..PLAIN
    };
    check(of_four(2), [4, 4, 0], [8, 0, 0]);
    check(of_four(5), [8, 8, 4], [8, 8, 4]);
    let five_of_eighteen = Settings {
        cores_max: 18,
        ..of_four(5)
    };
    check(five_of_eighteen, [8, 4, 4], [8, 8, 0]);
}
