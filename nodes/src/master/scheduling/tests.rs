//! What the golden vectors cannot say: laziness, charges beyond capacity, slots used again, and
//! what a pass costs.

use super::{
    DriverShape, ExecutorShape, Launch, PassCounts, Rules, Scheduler, Shuffle, SpreadOut, Usable,
};
use deploysim_protocol::conf::{Conf, WorkerSelectionPolicy};
use deploysim_protocol::event::{ApplicationSlot, DriverSlot, WorkerSlot};
use deploysim_protocol::id::{ProfileId, WorkerId};
use deploysim_protocol::resource::{ResourceInformation, ResourceRequirement, Resources};
use deploysim_protocol::text::Text;
use rustc_hash::FxHasher;
use std::hash::{Hash, Hasher};

/// Always picks the last of the remaining workers, and remembers among how many.
#[derive(Default)]
struct Last {
    asked: Vec<u32>,
}

impl Shuffle for Last {
    fn pick(&mut self, remaining: u32) -> u32 {
        self.asked.push(remaining);
        remaining - 1
    }
}

fn scheduler(spread_out: SpreadOut, workers: u32) -> Scheduler {
    let mut scheduler = Scheduler::new(Rules {
        spread_out_drivers: spread_out,
        ..Rules::from_conf(&Conf::default())
    });
    for slot in 0..workers {
        add(&mut scheduler, slot);
    }
    scheduler
}

/// Adds a worker of 4 cores, 4096 MiB and two gpus.
fn add(scheduler: &mut Scheduler, slot: u32) {
    let id = WorkerId::new(&format!("worker-{slot}"));
    scheduler.add_worker(WorkerSlot(slot), id, 4, 4096, &gpus(&["0", "1"]));
}

fn gpus(addresses: &[&str]) -> Resources {
    Resources(vec![ResourceInformation {
        name: Text::new("gpu"),
        addresses: addresses.iter().map(|address| Text::new(address)).collect(),
    }])
}

fn queue(scheduler: &mut Scheduler, driver: u32, cores: i32) {
    let shape = DriverShape {
        cores,
        memory_mib: 512,
        requirements: Vec::new(),
    };
    scheduler.queue_driver(DriverSlot(driver), shape);
}

fn executor(cores: Option<i32>, gpus: i32) -> ExecutorShape {
    let mut requirements = vec![ResourceRequirement {
        name: Text::new("gpu"),
        amount: gpus,
    }];
    requirements.retain(|requirement| requirement.amount > 0);
    ExecutorShape {
        cores,
        memory_mib: 512,
        requirements,
    }
}

fn pass(scheduler: &mut Scheduler) -> (Vec<Launch>, PassCounts, Vec<u32>) {
    let mut shuffle = Last::default();
    let mut launches = Vec::new();
    let waiting = i32::try_from(scheduler.waiting_drivers().count()).unwrap();
    let counts = scheduler.schedule(waiting, &mut shuffle, &mut launches);
    (launches, counts, shuffle.asked)
}

fn drivers_on(launches: &[Launch]) -> Vec<(u32, u32)> {
    let placed = launches.iter().filter_map(|launch| match launch {
        Launch::Driver { driver, worker, .. } => Some((driver.0, worker.0)),
        Launch::Executor { .. } => None,
    });
    placed.collect()
}

#[test]
fn the_order_of_visit_is_drawn_only_as_far_as_needed() {
    let mut scheduler = scheduler(SpreadOut::Yes, 5);
    let (launches, _, asked) = pass(&mut scheduler);
    assert_eq!((launches.len(), asked.len()), (0, 0));
    queue(&mut scheduler, 0, 1);
    queue(&mut scheduler, 1, 1);
    let (launches, counts, asked) = pass(&mut scheduler);
    assert_eq!(drivers_on(&launches), [(0, 4), (1, 0)]);
    assert_eq!(asked, [5, 4]);
    // One look tells that the shape fits somewhere, then each driver visits one worker.
    assert_eq!((counts.drivers_launched, counts.candidates_visited), (2, 3));
}

#[test]
fn a_driver_that_fits_nowhere_moves_the_cursor_once_around() {
    let mut scheduler = scheduler(SpreadOut::Yes, 3);
    for (driver, cores) in [(0, 1), (1, 9), (2, 1)] {
        queue(&mut scheduler, driver, cores);
    }
    let (launches, _, asked) = pass(&mut scheduler);
    assert_eq!(drivers_on(&launches), [(0, 2), (2, 0)]);
    assert_eq!(asked, [3, 2]);
    assert!(scheduler.is_waiting(DriverSlot(1)));
    assert!(!scheduler.is_waiting(DriverSlot(2)));
}

#[test]
fn without_spreading_each_driver_goes_to_the_first_worker_by_id() {
    let mut scheduler = scheduler(SpreadOut::No, 3);
    scheduler.set_usable(WorkerSlot(0), Usable::No);
    for driver in 0..3 {
        queue(&mut scheduler, driver, 2);
    }
    let (launches, _, asked) = pass(&mut scheduler);
    assert_eq!(drivers_on(&launches), [(0, 1), (1, 1), (2, 2)]);
    assert!(asked.is_empty());
}

#[test]
fn more_may_be_charged_than_there_is_and_more_released_than_was_charged() {
    let mut scheduler = scheduler(SpreadOut::Yes, 1);
    let worker = WorkerSlot(0);
    let held = gpus(&["1"]);
    assert!(scheduler.are_free(worker, &held));
    scheduler.charge(worker, 8, 512, &held);
    assert!(!scheduler.are_free(worker, &held));
    assert_eq!(scheduler.capacity(worker).cores_free(), -4);
    assert_eq!(scheduler.resources_used(worker), held);
    scheduler.release(worker, 8, 512, &held);
    scheduler.release(worker, 8, 512, &held);
    assert_eq!(scheduler.capacity(worker).cores_used, -8);
    assert_eq!(scheduler.capacity(worker).memory_free_mib(), 4608);
    assert_eq!(scheduler.resources_used(worker), gpus(&[]));
}

#[test]
fn a_slot_that_is_used_again_remembers_nothing() {
    let mut scheduler = scheduler(SpreadOut::Yes, 2);
    let fresh = scheduler.clone();
    scheduler.charge(WorkerSlot(0), 3, 512, &gpus(&["0"]));
    scheduler.forget_worker(WorkerSlot(0));
    scheduler.release(WorkerSlot(0), 3, 512, &gpus(&["0"]));
    add(&mut scheduler, 0);
    assert_eq!(scheduler, fresh);
    let application = ApplicationSlot(0);
    scheduler.add_application(application, 4, executor(None, 0), 0);
    scheduler.grant(application, ProfileId(3), 2);
    scheduler.remove_application(application);
    scheduler.revoke(application, ProfileId(3), 2);
    scheduler.add_application(application, 4, executor(None, 0), 0);
    assert_eq!(scheduler.cores_left(application), 4);
    assert_eq!(scheduler.executors(application, ProfileId(3)), 0);
}

#[test]
fn an_executor_gets_the_first_free_addresses() {
    let mut scheduler = scheduler(SpreadOut::Yes, 1);
    scheduler.charge(WorkerSlot(0), 1, 512, &gpus(&["0"]));
    scheduler.add_application(ApplicationSlot(0), 4, executor(Some(1), 1), i32::MAX);
    let (launches, ..) = pass(&mut scheduler);
    let expected = Launch::Executor {
        application: ApplicationSlot(0),
        profile: ProfileId::DEFAULT,
        worker: WorkerSlot(0),
        cores: 1,
        memory_mib: 512,
        resources: gpus(&["1"]),
    };
    assert_eq!(launches, [expected]);
}

#[test]
fn a_profile_of_unknown_shape_waits_for_its_shape() {
    let mut scheduler = scheduler(SpreadOut::Yes, 1);
    let (application, profile) = (ApplicationSlot(0), ProfileId(1));
    scheduler.add_application(application, 4, executor(None, 0), 0);
    scheduler.grant(application, profile, 1);
    scheduler.set_target(application, profile, 2);
    assert_eq!(pass(&mut scheduler).0, []);
    scheduler.add_profile(application, profile, executor(Some(1), 0));
    assert_eq!(pass(&mut scheduler).0.len(), 1);
    assert_eq!(scheduler.executors(application, profile), 2);
    assert_eq!(scheduler.cores_granted(application), 2);
}

#[test]
fn fewer_than_one_core_per_executor_gives_nothing() {
    let mut scheduler = scheduler(SpreadOut::Yes, 1);
    scheduler.add_application(ApplicationSlot(0), 4, executor(Some(0), 0), i32::MAX);
    assert_eq!(pass(&mut scheduler).0, []);
}

fn hash(scheduler: &Scheduler) -> u64 {
    let mut hasher = FxHasher::default();
    scheduler.hash(&mut hasher);
    hasher.finish()
}

#[test]
fn the_same_books_are_the_same_however_they_came_about() {
    let mut one = Scheduler::new(Rules::from_conf(&Conf::default()));
    let mut other = one.clone();
    for slot in [0, 1, 2] {
        add(&mut one, slot);
    }
    queue(&mut one, 0, 9);
    queue(&mut one, 1, 9);
    for slot in [2, 0, 1] {
        add(&mut other, slot);
    }
    queue(&mut other, 1, 9);
    queue(&mut other, 0, 9);
    assert_ne!(one, other);
    other.dequeue_driver(DriverSlot(1));
    queue(&mut other, 1, 9);
    assert_eq!(pass(&mut other).0, []);
    assert_eq!(one, other);
    assert_eq!(hash(&one), hash(&other));
}

/// 500 workers without a free core, and 1,000 applications that wait, of two shapes.
fn full() -> Scheduler {
    let mut scheduler = scheduler(SpreadOut::Yes, 500);
    for slot in (0..500).map(WorkerSlot) {
        scheduler.charge(slot, 4, 512, &Resources::NONE);
    }
    for application in 0..1_000 {
        let shape = executor(Some(1 + i32::from(application % 2 == 0)), 0);
        scheduler.add_application(ApplicationSlot(application), 4, shape, i32::MAX);
    }
    scheduler
}

#[test]
fn what_fits_nowhere_is_passed_over_by_shape() {
    let mut scheduler = full();
    let (_, counts, _) = pass(&mut scheduler);
    assert_eq!((counts.decisions, counts.plain_visits), (0, 500_000));
    let (_, counts, _) = pass(&mut scheduler);
    let expected = PassCounts {
        comparisons: 2,
        plain_visits: 500_000,
        ..PassCounts::default()
    };
    assert_eq!(counts, expected);
    let worker = WorkerSlot(250);
    scheduler.release(worker, 4, 512, &Resources::NONE);
    scheduler.charge(worker, 4, 512, &Resources::NONE);
    let (_, counts, _) = pass(&mut scheduler);
    // Each shape is compared with the worker, which changed twice.
    assert_eq!((counts.decisions, counts.comparisons), (0, 6));
    scheduler.release(worker, 1, 512, &Resources::NONE);
    let (launches, counts, _) = pass(&mut scheduler);
    assert_eq!((launches.len(), counts.decisions), (1, 1));
    assert!(counts.comparisons < 20 && counts.candidates_visited < 20);
}

#[test]
fn drivers_that_fit_nowhere_visit_nobody() {
    let mut scheduler = scheduler(SpreadOut::Yes, 500);
    for driver in 0..1_000 {
        queue(&mut scheduler, driver, 9);
    }
    queue(&mut scheduler, 1_000, 1);
    let (launches, counts, asked) = pass(&mut scheduler);
    assert_eq!(drivers_on(&launches).len(), 1);
    assert_eq!(asked, [500]);
    // One look tells that the last one fits, one visit is its own.
    assert_eq!(counts.candidates_visited, 2);
    assert_eq!(counts.plain_visits, 500_001);
}

#[test]
fn only_workers_that_get_something_are_looked_at() {
    let mut scheduler = scheduler(SpreadOut::Yes, 500);
    scheduler.add_application(ApplicationSlot(0), 16, executor(Some(1), 0), i32::MAX);
    let (launches, counts, _) = pass(&mut scheduler);
    assert_eq!((launches.len(), counts.executors_launched), (16, 16));
    // One look tells that it fits; then 16 workers are gathered, each is asked how much it can
    // hold, and gets something.
    assert_eq!(counts.candidates_visited, 1 + 3 * 16);
    assert_eq!(counts.plain_visits, 500);
}

#[test]
fn workers_are_asked_in_the_order_of_their_ids_in_whatever_order_they_came() {
    let rules = Rules {
        spread_out_applications: SpreadOut::No,
        worker_selection_policy: WorkerSelectionPolicy::WorkerId,
        ..Rules::from_conf(&Conf::default())
    };
    let mut scheduler = Scheduler::new(rules);
    // Each comes between the first and the one before, so that half of a gap is left each time.
    let mut ids = vec!["a".to_owned()];
    ids.extend((0..1_000).map(|at| format!("b-{:04}", 1_000 - at)));
    for (slot, id) in (0..).map(WorkerSlot).zip(&ids) {
        scheduler.add_worker(slot, WorkerId::new(id), 1, 512, &Resources::NONE);
    }
    scheduler.add_application(ApplicationSlot(0), i32::MAX, executor(None, 0), i32::MAX);
    let (launches, ..) = pass(&mut scheduler);
    let asked = launches.iter().map(|launch| match launch {
        Launch::Executor { worker, .. } | Launch::Driver { worker, .. } => &ids[worker.index()],
    });
    assert_eq!(launches.len(), 1_001);
    assert!(asked.is_sorted());
}
