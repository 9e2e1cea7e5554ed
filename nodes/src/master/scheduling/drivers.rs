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
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Drivers {
    queue: Vec<(DriverSlot, DriverShape)>,
}

impl Drivers {
    pub(super) const NONE: Self = Self { queue: Vec::new() };

    pub(super) fn queue(&mut self, driver: DriverSlot, shape: DriverShape) {
        assert!(
            !self.is_waiting(driver),
            "driver {} waits already",
            driver.0
        );
        self.queue.push((driver, shape));
    }

    pub(super) fn dequeue(&mut self, driver: DriverSlot) -> Waiting {
        match self.queue.iter().position(|(queued, _)| *queued == driver) {
            Some(at) => {
                self.queue.remove(at);
                Waiting::Yes
            }
            None => Waiting::No,
        }
    }

    pub(super) fn is_waiting(&self, driver: DriverSlot) -> bool {
        self.queue.iter().any(|(queued, _)| *queued == driver)
    }

    pub(super) fn waiting(&self) -> impl Iterator<Item = DriverSlot> {
        self.queue.iter().map(|(driver, _)| *driver)
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// How many wait.
    pub(super) fn len(&self) -> i32 {
        i32::try_from(self.queue.len()).unwrap_or(i32::MAX)
    }

    /// Offers each waiting driver to `launch`, in order; those that it takes leave the queue.
    pub(super) fn offer(&mut self, mut launch: impl FnMut(DriverSlot, &DriverShape) -> Waiting) {
        self.queue
            .retain(|(driver, shape)| launch(*driver, shape) == Waiting::Yes);
    }
}
