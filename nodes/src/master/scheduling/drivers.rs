//! The queue of submitted drivers that wait for a worker. Where they go is decided in
//! `launch_drivers.rs`.

use super::derived::Derived;
use super::line::{Line, Ticket, Tickets};
use super::shapes::{ShapeId, Shapes};
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
/// Invariant: a slot is filled exactly when it stands in the queue; it stands there once, and
/// has one ticket.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Drivers {
    slots: Vec<Option<Queued>>,
    queue: Line<DriverSlot>,
    tickets: Derived<Tickets>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Queued {
    shape: DriverShape,
    number: Derived<ShapeId>,
    place: Derived<u64>,
}

impl Drivers {
    pub(super) const NONE: Self = Self {
        slots: Vec::new(),
        queue: Line::EMPTY,
        tickets: Derived(Tickets::NONE),
    };

    pub(super) fn queue(&mut self, driver: DriverSlot, shape: DriverShape, shapes: &mut Shapes) {
        if self.slots.len() <= driver.index() {
            self.slots.resize(driver.index() + 1, None);
        }
        let slot = self.slots.get_mut(driver.index()).expect("just made");
        assert!(slot.is_none(), "driver {} waits already", driver.0);
        let number = shapes.enter(&shape.need());
        let place = self.queue.push(driver);
        *slot = Some(Queued {
            shape,
            number: Derived(number),
            place: Derived(place),
        });
        self.tickets.0.add(number, ticket(driver, place));
    }

    pub(super) fn dequeue(&mut self, driver: DriverSlot, shapes: &mut Shapes) -> Waiting {
        let slot = self.slots.get_mut(driver.index());
        let Some(queued) = slot.and_then(Option::take) else {
            return Waiting::No;
        };
        let (number, place) = (queued.number.0, queued.place.0);
        self.queue.remove(place);
        self.tickets.0.remove(number, ticket(driver, place));
        shapes.leave(number);
        Waiting::Yes
    }

    pub(super) fn is_waiting(&self, driver: DriverSlot) -> bool {
        self.slots.get(driver.index()).is_some_and(Option::is_some)
    }

    pub(super) fn waiting(&self) -> impl Iterator<Item = DriverSlot> {
        self.queue.iter().copied()
    }

    /// How many wait.
    pub(super) fn len(&self) -> usize {
        self.queue.len()
    }

    /// One ticket for each driver in the queue.
    pub(super) const fn tickets(&self) -> &Tickets {
        &self.tickets.0
    }
}

const fn ticket(driver: DriverSlot, place: u64) -> Ticket {
    Ticket {
        place,
        profile: 0,
        owner: driver.0,
    }
}
