//! The queue of submitted drivers that wait for a worker. Where they go is decided in `pass.rs`.

use super::workers::Need;
use deploysim_protocol::event::DriverSlot;
use deploysim_protocol::resource::ResourceRequirement;

/// What a submitted driver takes of a worker.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DriverShape {
    /// Whole cores.
    pub cores: i32,
    /// Memory, in MiB.
    pub memory_mib: i32,
    /// Named resources, by name ascending.
    pub requirements: Vec<ResourceRequirement>,
}

impl DriverShape {
    pub(super) fn need(&self) -> Need<'_> {
        Need {
            cores: self.cores,
            memory_mib: self.memory_mib,
            requirements: &self.requirements,
        }
    }
}

/// Whether a driver was in the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Waiting {
    /// It was.
    Yes,
    /// It was not.
    No,
}

/// The queue, first come first.
///
/// Invariant: a slot has a shape exactly when it stands in the queue, and it stands there once.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Drivers {
    shapes: Vec<Option<DriverShape>>,
    queue: Vec<DriverSlot>,
}

impl Drivers {
    pub(super) const NONE: Self = Self {
        shapes: Vec::new(),
        queue: Vec::new(),
    };

    pub(super) fn queue(&mut self, driver: DriverSlot, shape: DriverShape) {
        if self.shapes.len() <= driver.index() {
            self.shapes.resize(driver.index() + 1, None);
        }
        let place = self.shapes.get_mut(driver.index()).expect("just made");
        assert!(place.is_none(), "driver {} waits already", driver.0);
        *place = Some(shape);
        self.queue.push(driver);
    }

    pub(super) fn dequeue(&mut self, driver: DriverSlot) -> Waiting {
        let place = self.shapes.get_mut(driver.index());
        if place.and_then(Option::take).is_none() {
            return Waiting::No;
        }
        self.queue.retain(|queued| *queued != driver);
        Waiting::Yes
    }

    pub(super) fn is_waiting(&self, driver: DriverSlot) -> bool {
        self.shapes.get(driver.index()).is_some_and(Option::is_some)
    }

    pub(super) fn waiting(&self) -> impl Iterator<Item = DriverSlot> {
        self.queue.iter().copied()
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// How many wait.
    pub(super) fn len(&self) -> i32 {
        i32::try_from(self.queue.len()).unwrap_or(i32::MAX)
    }

    /// Offers each waiting driver to `launch`, in order; those that it does not leave waiting
    /// leave the queue.
    pub(super) fn offer(&mut self, mut launch: impl FnMut(DriverSlot, &DriverShape) -> Waiting) {
        let shapes = &mut self.shapes;
        self.queue.retain(|driver| {
            let place = shapes.get_mut(driver.index());
            let place = place.expect("what stands in the queue has a shape");
            let shape = place.take_if(|shape| launch(*driver, shape) == Waiting::No);
            shape.is_none()
        });
    }
}
