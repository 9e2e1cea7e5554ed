//! Who waits, first come first, and the tickets of those that can be served, by shape.

use super::shapes::ShapeId;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};
use std::hash::{Hash, Hasher};

/// A line of waiting ones. Two lines are equal if the same ones wait in the same order.
#[derive(Clone, Debug)]
pub(super) struct Line<T> {
    places: BTreeMap<u64, T>,
    next: u64,
}

impl<T> Line<T> {
    pub(super) const EMPTY: Self = Self {
        places: BTreeMap::new(),
        next: 0,
    };

    /// Stands behind all others, and returns the place.
    pub(super) fn push(&mut self, waiting: T) -> u64 {
        let place = self.next;
        self.next += 1;
        self.places.insert(place, waiting);
        place
    }

    /// Leaves a place.
    pub(super) fn remove(&mut self, place: u64) {
        self.places.remove(&place);
    }

    /// How many wait.
    pub(super) fn len(&self) -> usize {
        self.places.len()
    }

    /// First come first.
    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.places.values()
    }
}

impl<T: PartialEq> PartialEq for Line<T> {
    fn eq(&self, other: &Self) -> bool {
        self.iter().eq(other.iter())
    }
}

impl<T: Eq> Eq for Line<T> {}

impl<T: Hash> Hash for Line<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.len().hash(state);
        for waiting in self.iter() {
            waiting.hash(state);
        }
    }
}

/// The right to be served: by the place in the line, then by the number of the profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ticket {
    pub(super) place: u64,
    /// The profile of an application; 0 for a driver.
    pub(super) profile: u32,
    /// The slot of the application or driver.
    pub(super) owner: u32,
}

/// The tickets of a line, by shape. Invariant: `open` lists the shapes that have a ticket, and
/// `len` counts all tickets.
#[derive(Clone, Debug)]
pub(super) struct Tickets {
    by_shape: Vec<BTreeSet<Ticket>>,
    open: BTreeSet<ShapeId>,
    len: usize,
}

impl Tickets {
    pub(super) const NONE: Self = Self {
        by_shape: Vec::new(),
        open: BTreeSet::new(),
        len: 0,
    };

    /// How many there are.
    pub(super) const fn len(&self) -> usize {
        self.len
    }

    /// Hands out a ticket.
    pub(super) fn add(&mut self, shape: ShapeId, ticket: Ticket) {
        if self.by_shape.len() <= shape.index() {
            self.by_shape.resize_with(shape.index() + 1, BTreeSet::new);
        }
        let tickets = &mut self.by_shape[shape.index()];
        if tickets.is_empty() {
            self.open.insert(shape);
        }
        assert!(tickets.insert(ticket), "a ticket is handed out once");
        self.len += 1;
    }

    /// Takes a ticket back.
    pub(super) fn remove(&mut self, shape: ShapeId, ticket: Ticket) {
        let tickets = &mut self.by_shape[shape.index()];
        assert!(tickets.remove(&ticket), "a ticket is taken back once");
        self.len -= 1;
        if tickets.is_empty() {
            self.open.remove(&shape);
        }
    }

    /// The first ticket of a shape, or the first behind another ticket.
    fn first(&self, shape: ShapeId, behind: Option<Ticket>) -> Option<Ticket> {
        let tickets = self.by_shape.get(shape.index())?;
        let Some(behind) = behind else {
            return tickets.first().copied();
        };
        use std::ops::Bound::{Excluded, Unbounded};
        let mut rest = tickets.range((Excluded(behind), Unbounded));
        rest.next().copied()
    }
}

/// One way through the tickets of several shapes, in the order of the line. It holds one ticket
/// of each shape, so shapes that fit nowhere cost nothing, however many wait with them.
#[derive(Debug)]
pub(super) struct Merge {
    heads: BinaryHeap<Reverse<(Ticket, ShapeId)>>,
}

impl Merge {
    pub(super) const EMPTY: Self = Self {
        heads: BinaryHeap::new(),
    };

    /// Begins with the tickets behind `behind`, of the shapes for which `fits` says so.
    pub(super) fn begin(
        &mut self,
        tickets: &Tickets,
        behind: Option<Ticket>,
        mut fits: impl FnMut(ShapeId) -> bool,
    ) {
        self.heads.clear();
        for shape in &tickets.open {
            if fits(*shape) {
                self.follow(tickets, *shape, behind);
            }
        }
    }

    /// The next ticket in the order of the line. It may have been taken back since.
    pub(super) fn pop(&mut self) -> Option<(Ticket, ShapeId)> {
        self.heads.pop().map(|Reverse(head)| head)
    }

    /// Goes on with a shape behind one of its tickets.
    pub(super) fn follow(&mut self, tickets: &Tickets, shape: ShapeId, behind: Option<Ticket>) {
        if let Some(ticket) = tickets.first(shape, behind) {
            self.heads.push(Reverse((ticket, shape)));
        }
    }
}
