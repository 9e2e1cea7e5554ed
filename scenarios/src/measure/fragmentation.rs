//! Fragmentation: how much of what is free is of no use to the work of the scenario. After
//! Q. Weng and others, *Beware of Fragmentation: Scheduling GPU-Sharing Workloads with
//! Fragmentation Gradient Descent*, USENIX ATC 2023: the share of free resources that a task of
//! the workload, taken at random, cannot use, with cores as the resource.

use crate::scenario::plan::Plan;

/// What one executor or driver needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Shape {
    /// `None`: whatever a worker has free, in one executor.
    cores: Option<u64>,
    memory_mib: u64,
}

impl Shape {
    /// Of so many free cores beside so much free memory, those that stay free when as many of
    /// this shape as fit are put there.
    fn stranded(self, cores: u64, memory_mib: u64) -> u64 {
        let by_memory = memory_mib.checked_div(self.memory_mib).unwrap_or(u64::MAX);
        match self.cores {
            Some(each) => cores - each * by_memory.min(cores / each),
            None if by_memory > 0 => 0,
            None => cores,
        }
    }
}

/// The shapes of a scenario's work. Each application (by its default profile) and each submitted
/// driver counts once, however many executors it has.
#[derive(Clone, Debug, Default)]
pub(super) struct Shapes {
    /// Each once, with how many of the workload have it.
    shapes: Vec<(Shape, u64)>,
}

impl Shapes {
    pub(super) fn new(plan: &Plan) -> Self {
        let mut shapes = Self::default();
        for (_, work) in plan.application_works() {
            shapes.add(Shape {
                cores: work.cores_per_executor.map(u64::from),
                memory_mib: work.memory_per_executor_mib.into(),
            });
        }
        for driver in &plan.drivers {
            shapes.add(Shape {
                cores: Some(driver.cores.into()),
                memory_mib: driver.memory_mib.into(),
            });
        }
        shapes
    }

    fn add(&mut self, shape: Shape) {
        match self.shapes.iter_mut().find(|(known, _)| *known == shape) {
            Some((_, count)) => *count += 1,
            None => self.shapes.push((shape, 1)),
        }
    }

    /// How many there are, each with its weight.
    pub(super) fn weight(&self) -> u64 {
        self.shapes.iter().map(|(_, count)| count).sum()
    }

    /// The cores that each shape leaves stranded on a worker, added up by weight.
    pub(super) fn stranded(&self, cores: u64, memory_mib: u64) -> u64 {
        let stranded = |(shape, count): &(Shape, u64)| count * shape.stranded(cores, memory_mib);
        self.shapes.iter().map(stranded).sum()
    }
}
