//! Property: over any sequence of events, the scheduler decides as the plain rule does, and
//! keeps the same books. A pass follows every event, as in a Master.

use super::cluster::{Application, Cluster, Worker};
use super::event::{Event, Shape, event, rules};
use deploysim_nodes::master::scheduling::{
    DriverShape, Launch, Rules, Scheduler, Shuffle, Usable, Waiting,
};
use deploysim_protocol::event::{ApplicationSlot, DriverSlot, WorkerSlot};
use deploysim_protocol::id::{ProfileId, WorkerId};
use deploysim_protocol::resource::{ResourceInformation, Resources};
use deploysim_protocol::text::Text;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::RngSeed;
use std::collections::BTreeMap;

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 10_000,
        rng_seed: RngSeed::Fixed(2026),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_scheduler_decides_as_the_plain_rule_does(
        rules in rules(),
        seed in any::<u64>(),
        events in prop::collection::vec(event(9), 1..60),
    ) {
        let mut pair = Pair::new(rules, seed);
        for event in &events {
            pair.happen(event);
            pair.pass();
            pair.compare();
        }
    }
}

/// The picks of one pass: the same for both sides.
#[derive(Clone)]
struct Picks(u64);

impl Shuffle for Picks {
    fn pick(&mut self, remaining: u32) -> u32 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        u32::try_from((self.0 >> 33) % u64::from(remaining)).unwrap()
    }
}

/// An executor, or a driver, that holds something of a worker.
#[derive(Clone)]
struct Running {
    executor_of: Option<(ApplicationSlot, ProfileId)>,
    worker: WorkerSlot,
    cores: i32,
    memory_mib: i32,
    held: Resources,
}

/// Both sides, and what is known of the processes that they started.
pub(super) struct Pair {
    fast: Scheduler,
    plain: Cluster,
    picks: Picks,
    running: Vec<Running>,
    ended: Vec<Running>,
    driver_shapes: Vec<DriverShape>,
}

impl Pair {
    pub(super) fn new(rules: Rules, seed: u64) -> Self {
        Self {
            fast: Scheduler::new(rules),
            plain: Cluster {
                rules,
                workers: Vec::new(),
                applications: Vec::new(),
                waiting_drivers: Vec::new(),
            },
            picks: Picks(seed),
            running: Vec::new(),
            ended: Vec::new(),
            driver_shapes: Vec::new(),
        }
    }

    pub(super) fn pass(&mut self) {
        let drivers = self.running.iter().filter(|one| one.executor_of.is_none());
        let in_books = drivers.count() + self.plain.waiting_drivers.len();
        let in_books = i32::try_from(in_books).unwrap();
        let mut fast_picks = self.picks.clone();
        let mut launches = Vec::new();
        let counts = self.fast.schedule(in_books, &mut fast_picks, &mut launches);
        let picks = &mut self.picks;
        let plain = self
            .plain
            .schedule(in_books, &mut |remaining| picks.pick(remaining));
        assert_eq!(launches, plain);
        assert_eq!(fast_picks.0, picks.0, "both drew the same number of times");
        let launched = counts.drivers_launched + counts.executors_launched;
        assert_eq!(launched, launches.len() as u64);
        let shapes = &self.driver_shapes;
        let started = launches.into_iter().map(|launch| match launch {
            Launch::Driver {
                driver,
                worker,
                resources,
            } => Running {
                executor_of: None,
                worker,
                cores: shapes[driver.index()].cores,
                memory_mib: shapes[driver.index()].memory_mib,
                held: resources,
            },
            Launch::Executor {
                application,
                profile,
                worker,
                cores,
                memory_mib,
                resources,
            } => Running {
                executor_of: Some((application, profile)),
                worker,
                cores,
                memory_mib,
                held: resources,
            },
        });
        self.running.extend(started);
    }

    pub(super) fn compare(&self) {
        for worker in &self.plain.workers {
            let capacity = self.fast.capacity(worker.slot);
            assert_eq!(capacity.cores_used, worker.cores_used);
            assert_eq!(capacity.memory_used_mib, worker.memory_used_mib);
            assert_eq!(self.fast.resources_offered(worker.slot), worker.offered);
            let used = self.fast.resources_used(worker.slot);
            for resource in &worker.offered.0 {
                let free = worker.free(resource.name);
                let mut rest = resource.addresses.clone();
                rest.retain(|address| !free.contains(address));
                assert_eq!(used.addresses(resource.name), rest);
            }
        }
        for application in &self.plain.applications {
            let slot = application.slot;
            assert_eq!(self.fast.cores_granted(slot), application.cores_granted);
            let left = application
                .cores_requested
                .wrapping_sub(application.cores_granted);
            assert_eq!(self.fast.cores_left(slot), left);
            for (profile, executors) in &application.executors {
                assert_eq!(self.fast.executors(slot, *profile), *executors);
            }
            let known: Vec<ProfileId> = self.fast.profiles(slot).map(|(id, _)| id).collect();
            assert_eq!(
                known,
                application.shapes.keys().copied().collect::<Vec<_>>()
            );
        }
        let order: Vec<_> = self.plain.applications.iter().map(|one| one.slot).collect();
        assert_eq!(self.fast.waiting_applications().collect::<Vec<_>>(), order);
        let queue: Vec<_> = self.plain.waiting_drivers.iter().map(|one| one.0).collect();
        assert_eq!(self.fast.waiting_drivers().collect::<Vec<_>>(), queue);
    }

    pub(super) fn happen(&mut self, event: &Event) {
        match event {
            Event::Register {
                slot,
                id,
                cores,
                memory_mib,
                gpus,
                fpgas,
            } => self.register(WorkerSlot(*slot), *id, [*cores, *memory_mib, *gpus, *fpgas]),
            Event::Submit {
                slot,
                cores_requested,
                shape,
                target,
            } => self.submit(ApplicationSlot(*slot), *cores_requested, shape, *target),
            Event::SubmitDriver(shape) => self.submit_driver(shape),
            Event::Usable(index, _)
            | Event::Lose(index)
            | Event::Forget(index)
            | Event::Charge { worker: index, .. } => {
                if let Some(at) = chosen(index, self.plain.workers.len()) {
                    self.happen_to_worker(event, at);
                }
            }
            Event::Request {
                application: index, ..
            }
            | Event::Recover {
                application: index, ..
            }
            | Event::EndApplication(index) => {
                if let Some(at) = chosen(index, self.plain.applications.len()) {
                    self.happen_to_application(event, at);
                }
            }
            Event::Finish(index) => {
                if let Some(at) = chosen(index, self.running.len()) {
                    let one = self.running.remove(at);
                    self.end(one);
                }
            }
            Event::ChargeAgain(index) => {
                if let Some(at) = chosen(index, self.running.len()) {
                    self.charge_again(at);
                }
            }
            Event::ReleaseAgain(index) => {
                if let Some(at) = chosen(index, self.ended.len()) {
                    let one = self.ended[at].clone();
                    self.release(&one);
                }
            }
            Event::KillWaitingDriver(index) => {
                if let Some(at) = chosen(index, self.plain.waiting_drivers.len()) {
                    let (driver, _) = self.plain.waiting_drivers.remove(at);
                    assert!(self.fast.is_waiting(driver));
                    assert_eq!(self.fast.dequeue_driver(driver), Waiting::Yes);
                    assert_eq!(self.fast.dequeue_driver(driver), Waiting::No);
                }
            }
        }
    }

    fn happen_to_worker(&mut self, event: &Event, at: usize) {
        let slot = self.plain.workers[at].slot;
        if let Event::Usable(_, alive) = event {
            self.set_alive(at, *alive);
        } else if let Event::Charge {
            cores, memory_mib, ..
        } = event
        {
            let nothing = Resources::NONE;
            self.plain.workers[at].charge(*cores, *memory_mib, &nothing);
            self.fast.charge(slot, *cores, *memory_mib, &nothing);
        } else if let Event::Lose(_) = event {
            self.set_alive(at, false);
            self.end_all(|one| one.worker == slot);
        } else {
            self.plain.workers.remove(at);
            self.fast.forget_worker(slot);
            self.end_all(|one| one.worker == slot);
            self.ended.retain(|one| one.worker != slot);
        }
    }

    fn happen_to_application(&mut self, event: &Event, at: usize) {
        if let Event::Request {
            profile,
            shape,
            target,
            ..
        } = event
        {
            self.request(at, ProfileId(*profile), shape, *target);
        } else if let Event::Recover {
            worker,
            profile,
            cores,
            gpu,
            ..
        } = event
        {
            if let Some(worker) = chosen(worker, self.plain.workers.len()) {
                self.recover(at, worker, ProfileId(*profile), *cores, *gpu);
            }
        } else {
            let slot = self.plain.applications.remove(at).slot;
            self.fast.remove_application(slot);
            self.end_all(|one| one.executor_of.is_some_and(|of| of.0 == slot));
        }
    }
}

fn chosen(index: &Index, among: usize) -> Option<usize> {
    (among > 0).then(|| index.index(among))
}

fn addresses(name: &str, count: i32) -> ResourceInformation {
    ResourceInformation {
        name: Text::new(name),
        addresses: (0..count).map(|at| Text::new(&at.to_string())).collect(),
    }
}

/// What happens, on both sides.
impl Pair {
    pub(super) fn register(&mut self, slot: WorkerSlot, id: u32, size: [i32; 4]) {
        if self.plain.workers.iter().any(|worker| worker.slot == slot) {
            return;
        }
        let [cores, memory_mib, gpus, fpgas] = size;
        let id = WorkerId::new(&format!("worker-{id}"));
        let mut offered = Resources(vec![addresses("fpga", fpgas), addresses("gpu", gpus)]);
        offered.0.retain(|resource| !resource.addresses.is_empty());
        self.fast.add_worker(slot, id, cores, memory_mib, &offered);
        self.plain.workers.push(Worker {
            slot,
            id,
            alive: true,
            cores,
            cores_used: 0,
            memory_mib,
            memory_used_mib: 0,
            offered,
            taken: Vec::new(),
        });
    }

    fn set_alive(&mut self, at: usize, alive: bool) {
        let worker = &mut self.plain.workers[at];
        worker.alive = alive;
        let usable = if alive { Usable::Yes } else { Usable::No };
        self.fast.set_usable(worker.slot, usable);
    }

    fn submit(&mut self, slot: ApplicationSlot, cores: i32, shape: &Shape, target: i32) {
        if self.application(slot).is_some() {
            return;
        }
        self.fast
            .add_application(slot, cores, shape.of_executor(), target);
        self.plain.applications.push(Application {
            slot,
            cores_requested: cores,
            cores_granted: 0,
            shapes: BTreeMap::from([(ProfileId::DEFAULT, shape.of_executor())]),
            targets: BTreeMap::from([(ProfileId::DEFAULT, target)]),
            executors: BTreeMap::new(),
        });
    }

    fn request(&mut self, at: usize, profile: ProfileId, shape: &Shape, target: i32) {
        let application = &mut self.plain.applications[at];
        application
            .shapes
            .entry(profile)
            .or_insert_with(|| shape.of_executor());
        application.targets.insert(profile, target);
        let sum = application.targets.values();
        let sum = sum.fold(0_i32, |sum, target| sum.wrapping_add(*target));
        self.fast
            .add_profile(application.slot, profile, shape.of_executor());
        self.fast.set_target(application.slot, profile, target);
        assert_eq!(self.fast.target(application.slot, profile), target);
        assert_eq!(self.fast.executor_limit(application.slot), sum);
    }

    fn submit_driver(&mut self, shape: &Shape) {
        let driver = DriverSlot(u32::try_from(self.driver_shapes.len()).unwrap());
        let shape = DriverShape {
            cores: shape.cores.unwrap_or(1),
            memory_mib: shape.memory_mib,
            requirements: shape.requirements(),
        };
        self.driver_shapes.push(shape.clone());
        self.fast.queue_driver(driver, shape.clone());
        self.plain.waiting_drivers.push((driver, shape));
    }

    fn charge_again(&mut self, at: usize) {
        let one = self.running[at].clone();
        self.charge(&one);
        if let Some((slot, profile)) = one.executor_of {
            self.fast.grant_again(slot, profile, one.cores);
            self.application(slot).unwrap().cores_granted += one.cores;
        }
    }

    fn recover(&mut self, at: usize, worker: usize, profile: ProfileId, cores: i32, gpu: i32) {
        let application = &mut self.plain.applications[at];
        application.cores_granted += cores;
        *application.executors.entry(profile).or_default() += 1;
        let held = Resources(vec![ResourceInformation {
            name: Text::new("gpu"),
            addresses: vec![Text::new(&gpu.to_string())],
        }]);
        let one = Running {
            executor_of: Some((application.slot, profile)),
            worker: self.plain.workers[worker].slot,
            cores,
            memory_mib: 512,
            held,
        };
        self.fast.grant(application.slot, profile, cores);
        let free = self.plain.workers[worker].free(Text::new("gpu"));
        let is_free = free.contains(&one.held.0[0].addresses[0]);
        assert_eq!(self.fast.are_free(one.worker, &one.held), is_free);
        self.charge(&one);
        self.running.push(one);
    }

    fn end_all(&mut self, which: impl Fn(&Running) -> bool) {
        let (ended, running) = std::mem::take(&mut self.running)
            .into_iter()
            .partition(which);
        self.running = running;
        let ended: Vec<Running> = ended;
        for one in ended {
            self.end(one);
        }
    }

    fn end(&mut self, one: Running) {
        self.release(&one);
        if let Some((slot, profile)) = one.executor_of {
            self.fast.revoke(slot, profile, one.cores);
            if let Some(application) = self.application(slot) {
                application.cores_granted -= one.cores;
                *application.executors.entry(profile).or_default() -= 1;
            }
        }
        self.ended.push(one);
    }

    fn charge(&mut self, one: &Running) {
        self.fast
            .charge(one.worker, one.cores, one.memory_mib, &one.held);
        if let Some(worker) = self.worker(one.worker) {
            worker.charge(one.cores, one.memory_mib, &one.held);
        }
    }

    fn release(&mut self, one: &Running) {
        self.fast
            .release(one.worker, one.cores, one.memory_mib, &one.held);
        if let Some(worker) = self.worker(one.worker) {
            worker.release(one.cores, one.memory_mib, &one.held);
        }
    }

    fn worker(&mut self, slot: WorkerSlot) -> Option<&mut Worker> {
        self.plain
            .workers
            .iter_mut()
            .find(|worker| worker.slot == slot)
    }

    fn application(&mut self, slot: ApplicationSlot) -> Option<&mut Application> {
        self.plain
            .applications
            .iter_mut()
            .find(|application| application.slot == slot)
    }
}
