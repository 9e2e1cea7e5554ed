//! The distinct shapes of what waits, drivers and executors alike, and what is known about where
//! they fit. Thousands of waiting ones have few shapes: what is found out for one serves all.

use super::order::Walk;
use super::pass::PassCounts;
use super::workers::{Need, Workers};
use deploysim_protocol::event::WorkerSlot;
use deploysim_protocol::resource::ResourceRequirement;
use rustc_hash::{FxBuildHasher, FxHashMap};

/// The number of a shape: dense, and used again when nobody has the shape any more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ShapeId(u32);

impl ShapeId {
    pub(super) const fn index(self) -> usize {
        self.0 as usize
    }
}

/// Cores, memory in MiB, named resources.
type Amounts = (i32, i32, Vec<ResourceRequirement>);

/// One shape.
#[derive(Clone, Debug)]
struct Shape {
    amounts: Amounts,
    /// How many profiles and drivers have it.
    users: u32,
    /// A worker that had room for it when it was looked at last.
    witness: Option<WorkerSlot>,
    /// No worker has room for it, except those that were raised since. 0: nothing is known.
    full_since: u64,
}

/// All shapes.
#[derive(Clone, Debug)]
pub(super) struct Shapes {
    shapes: Vec<Shape>,
    numbers: FxHashMap<Amounts, ShapeId>,
    vacant: Vec<ShapeId>,
}

impl Shapes {
    pub(super) const NONE: Self = Self {
        shapes: Vec::new(),
        numbers: FxHashMap::with_hasher(FxBuildHasher),
        vacant: Vec::new(),
    };

    /// The number of a shape, for one more user.
    pub(super) fn enter(&mut self, need: &Need<'_>) -> ShapeId {
        let amounts = (need.cores, need.memory_mib, need.requirements.to_vec());
        if let Some(number) = self.numbers.get(&amounts) {
            self.shapes[number.index()].users += 1;
            return *number;
        }
        let shape = Shape {
            amounts: amounts.clone(),
            users: 1,
            witness: None,
            full_since: 0,
        };
        let number = self.vacant.pop().unwrap_or_else(|| {
            let number = u32::try_from(self.shapes.len()).expect("slots are 32 bits");
            ShapeId(number)
        });
        if number.index() == self.shapes.len() {
            self.shapes.push(shape);
        } else {
            self.shapes[number.index()] = shape;
        }
        self.numbers.insert(amounts, number);
        number
    }

    /// One user less.
    pub(super) fn leave(&mut self, number: ShapeId) {
        let shape = &mut self.shapes[number.index()];
        shape.users -= 1;
        if shape.users == 0 {
            self.numbers.remove(&shape.amounts);
            self.vacant.push(number);
        }
    }

    /// What a shape takes of a worker.
    pub(super) fn need(&self, number: ShapeId) -> Need<'_> {
        self.shapes[number.index()].need()
    }

    /// The only workers that may have room for a shape, if that is known.
    pub(super) fn only<'a>(
        &self,
        number: ShapeId,
        workers: &'a Workers,
    ) -> Option<&'a [WorkerSlot]> {
        workers
            .raised()
            .since(self.shapes[number.index()].full_since)
    }

    /// Whether any worker has room for a shape. O(1) if nothing changed since it was asked last
    /// and there was none, or if the worker found then still has room.
    pub(super) fn fits_somewhere(
        &mut self,
        number: ShapeId,
        workers: &mut Workers,
        counts: &mut PassCounts,
    ) -> bool {
        let shape = &self.shapes[number.index()];
        let need = shape.need();
        let fits = |slot: &WorkerSlot| workers.fits(*slot, &need);
        counts.comparisons += 1;
        if shape.witness.as_ref().is_some_and(fits) {
            return true;
        }
        let found = match workers.raised().since(shape.full_since) {
            Some(raised) => {
                counts.comparisons += raised.len() as u64;
                raised.iter().copied().find(fits)
            }
            None => search(&need, workers, counts),
        };
        let shape = &mut self.shapes[number.index()];
        shape.witness = found;
        if found.is_none() {
            shape.full_since = workers.raised().until();
        }
        found.is_some()
    }
}

impl Shape {
    fn need(&self) -> Need<'_> {
        Need {
            cores: self.amounts.0,
            memory_mib: self.amounts.1,
            requirements: &self.amounts.2,
        }
    }
}

/// The first worker by policy that has room.
fn search(need: &Need<'_>, workers: &mut Workers, counts: &mut PassCounts) -> Option<WorkerSlot> {
    let mut found = None;
    let visited = &mut counts.candidates_visited;
    counts.comparisons += workers.walk_by_policy(need.room(), |slot, worker| {
        *visited += 1;
        if worker.fits(need) {
            found = Some(slot);
            return Walk::Done;
        }
        Walk::On
    });
    found
}
