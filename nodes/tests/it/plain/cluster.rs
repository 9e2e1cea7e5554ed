//! The books of the plain scheduler, and the pass over them.

use super::decision::{Asked, assign};
use deploysim_nodes::master::scheduling::{DriverShape, ExecutorShape, Launch, Rules, SpreadOut};
use deploysim_protocol::conf::WorkerSelectionPolicy;
use deploysim_protocol::event::{ApplicationSlot, DriverSlot, WorkerSlot};
use deploysim_protocol::id::{ProfileId, WorkerId};
use deploysim_protocol::resource::{ResourceInformation, ResourceRequirement, Resources};
use deploysim_protocol::text::Text;
use std::collections::BTreeMap;

#[derive(Clone)]
pub(super) struct Worker {
    pub(super) slot: WorkerSlot,
    pub(super) id: WorkerId,
    pub(super) alive: bool,
    pub(super) cores: i32,
    pub(super) cores_used: i32,
    pub(super) memory_mib: i32,
    pub(super) memory_used_mib: i32,
    pub(super) offered: Resources,
    pub(super) taken: Vec<(Text, Text)>,
}

impl Worker {
    pub(super) fn cores_free(&self) -> i32 {
        self.cores.wrapping_sub(self.cores_used)
    }

    pub(super) fn memory_free_mib(&self) -> i32 {
        self.memory_mib.wrapping_sub(self.memory_used_mib)
    }

    pub(super) fn free(&self, name: Text) -> Vec<Text> {
        let addresses = self.offered.addresses(name).iter().copied();
        addresses
            .filter(|address| !self.taken.contains(&(name, *address)))
            .collect()
    }

    fn fits(&self, memory_mib: i32, cores: i32, requirements: &[ResourceRequirement]) -> bool {
        self.memory_free_mib() >= memory_mib
            && self.cores_free() >= cores
            && requirements
                .iter()
                .all(|one| self.free(one.name).len() as i64 >= i64::from(one.amount))
    }

    fn acquire(
        &mut self,
        memory_mib: i32,
        cores: i32,
        requirements: &[ResourceRequirement],
    ) -> Resources {
        let mut held = Resources::NONE;
        for one in requirements {
            let mut addresses = self.free(one.name);
            addresses.truncate(usize::try_from(one.amount).unwrap());
            held.0.push(ResourceInformation {
                name: one.name,
                addresses,
            });
        }
        self.charge(cores, memory_mib, &held);
        held
    }

    pub(super) fn charge(&mut self, cores: i32, memory_mib: i32, held: &Resources) {
        self.cores_used = self.cores_used.wrapping_add(cores);
        self.memory_used_mib = self.memory_used_mib.wrapping_add(memory_mib);
        for resource in &held.0 {
            for address in &resource.addresses {
                if self.free(resource.name).contains(address) {
                    self.taken.push((resource.name, *address));
                }
            }
        }
    }

    pub(super) fn release(&mut self, cores: i32, memory_mib: i32, held: &Resources) {
        self.cores_used = self.cores_used.wrapping_sub(cores);
        self.memory_used_mib = self.memory_used_mib.wrapping_sub(memory_mib);
        for resource in &held.0 {
            self.taken.retain(|(name, address)| {
                *name != resource.name || !resource.addresses.contains(address)
            });
        }
    }
}

pub(super) struct Application {
    pub(super) slot: ApplicationSlot,
    pub(super) cores_requested: i32,
    pub(super) cores_granted: i32,
    pub(super) shapes: BTreeMap<ProfileId, ExecutorShape>,
    pub(super) targets: BTreeMap<ProfileId, i32>,
    pub(super) executors: BTreeMap<ProfileId, i32>,
}

pub(super) struct Cluster {
    pub(super) rules: Rules,
    pub(super) workers: Vec<Worker>,
    pub(super) applications: Vec<Application>,
    pub(super) waiting_drivers: Vec<(DriverSlot, DriverShape)>,
}

impl Cluster {
    /// One pass. `pick` chooses the next worker of the permutation, as `Shuffle` does.
    pub(super) fn schedule(
        &mut self,
        drivers_in_books: i32,
        pick: &mut dyn FnMut(u32) -> u32,
    ) -> Vec<Launch> {
        let mut launches = Vec::new();
        self.place_drivers(drivers_in_books, pick, &mut launches);
        self.start_executors(&mut launches);
        launches
    }

    fn place_drivers(
        &mut self,
        drivers_in_books: i32,
        pick: &mut dyn FnMut(u32) -> u32,
        launches: &mut Vec<Launch>,
    ) {
        let alive = (0..self.workers.len()).filter(|at| self.workers[*at].alive);
        let mut order: Vec<usize> = alive.collect();
        order.sort_by_key(|at| (self.workers[*at].id, self.workers[*at].slot));
        let mut drawn = 0;
        let mut cursor = 0;
        for (driver, shape) in self.waiting_drivers.clone() {
            let waiting = i32::try_from(self.waiting_drivers.len()).unwrap();
            if drivers_in_books - waiting >= self.rules.drivers_max {
                continue;
            }
            if self.rules.spread_out_drivers == SpreadOut::No {
                (drawn, cursor) = (order.len(), 0);
            }
            let fits = |at: &usize| {
                self.workers[*at].fits(shape.memory_mib, shape.cores, &shape.requirements)
            };
            // Once around and back to the same place: nothing is drawn for it.
            if !order.iter().any(fits) {
                continue;
            }
            for _ in 0..order.len() {
                if cursor == drawn {
                    let remaining = u32::try_from(order.len() - drawn).unwrap();
                    if remaining > 1 {
                        order.swap(drawn, drawn + pick(remaining) as usize);
                    }
                    drawn += 1;
                }
                let worker = &mut self.workers[order[cursor]];
                cursor = (cursor + 1) % order.len();
                if worker.fits(shape.memory_mib, shape.cores, &shape.requirements) {
                    launches.push(Launch::Driver {
                        driver,
                        worker: worker.slot,
                        resources: worker.acquire(
                            shape.memory_mib,
                            shape.cores,
                            &shape.requirements,
                        ),
                    });
                    self.waiting_drivers.retain(|(other, _)| *other != driver);
                    break;
                }
            }
        }
    }

    fn start_executors(&mut self, launches: &mut Vec<Launch>) {
        for application in &mut self.applications {
            for (profile, shape) in &application.shapes {
                let cores_min = shape.cores.unwrap_or(1);
                let cores_left = application
                    .cores_requested
                    .wrapping_sub(application.cores_granted);
                if cores_left < cores_min {
                    continue;
                }
                let usable = usable(&self.workers, self.rules.worker_selection_policy, shape);
                let workers: Vec<&Worker> = usable.iter().map(|at| &self.workers[*at]).collect();
                let assigned = assign(
                    &Asked {
                        spread_out: self.rules.spread_out_applications,
                        cores_left,
                        executors: application.executors.get(profile).copied().unwrap_or(0),
                        target: application.targets.get(profile).copied().unwrap_or(0),
                        shape,
                    },
                    &workers,
                );
                for (at, assigned) in usable.into_iter().zip(assigned) {
                    if assigned <= 0 {
                        continue;
                    }
                    let count = shape.cores.map_or(1, |cores| assigned / cores);
                    let cores = shape.cores.unwrap_or(assigned);
                    for _ in 0..count {
                        let worker = &mut self.workers[at];
                        launches.push(Launch::Executor {
                            application: application.slot,
                            profile: *profile,
                            worker: worker.slot,
                            cores,
                            memory_mib: shape.memory_mib,
                            resources: worker.acquire(shape.memory_mib, cores, &shape.requirements),
                        });
                        application.cores_granted = application.cores_granted.wrapping_add(cores);
                        *application.executors.entry(*profile).or_default() += 1;
                    }
                }
            }
        }
    }
}

/// The workers that can hold one executor, in the order in which they are filled.
fn usable(workers: &[Worker], policy: WorkerSelectionPolicy, shape: &ExecutorShape) -> Vec<usize> {
    let fits = (0..workers.len()).filter(|at| {
        let worker = &workers[*at];
        let cores_min = shape.cores.unwrap_or(1);
        worker.alive && worker.fits(shape.memory_mib, cores_min, &shape.requirements)
    });
    let mut usable: Vec<usize> = fits.collect();
    usable.sort_by_key(|at| {
        let worker = &workers[*at];
        let free = match policy {
            WorkerSelectionPolicy::CoresFreeAsc | WorkerSelectionPolicy::CoresFreeDesc => {
                worker.cores_free()
            }
            WorkerSelectionPolicy::MemoryFreeAsc | WorkerSelectionPolicy::MemoryFreeDesc => {
                worker.memory_free_mib()
            }
            WorkerSelectionPolicy::WorkerId => 0,
        };
        (free, worker.id, worker.slot)
    });
    if matches!(
        policy,
        WorkerSelectionPolicy::CoresFreeDesc | WorkerSelectionPolicy::MemoryFreeDesc
    ) {
        usable.reverse();
    }
    usable
}
