//! The order in which workers are visited for drivers when drivers are spread out: a random
//! one, drawn only as far as it is needed.

use super::pass::Shuffle;
use super::workers::Workers;
use deploysim_protocol::event::WorkerSlot;

/// After so many draws the workers are laid out in a row. Before, each draw looks for its worker
/// in the order by id, which costs less than laying out all workers for a few draws.
const DRAWS_BEFORE_ROW: usize = 64;

/// The visits of one pass.
#[derive(Debug)]
pub(super) struct Visits {
    /// The workers in the order that is drawn, as far as it is.
    drawn: Vec<WorkerSlot>,
    /// Places at which another worker stands than by id, and whose place that was.
    moved: Vec<(usize, usize)>,
    /// All workers as they stand, when there were many draws; empty before.
    row: Vec<WorkerSlot>,
    /// The place that is visited next.
    cursor: usize,
    /// How many workers there are to visit.
    workers: usize,
}

impl Visits {
    /// Without a worker.
    pub(super) const NONE: Self = Self {
        drawn: Vec::new(),
        moved: Vec::new(),
        row: Vec::new(),
        cursor: 0,
        workers: 0,
    };

    /// Begins a pass, during which no worker becomes usable or unusable.
    pub(super) fn begin(&mut self, workers: &Workers) {
        self.drawn.clear();
        self.moved.clear();
        self.row.clear();
        self.cursor = 0;
        self.workers = workers.usable_count();
    }

    /// The worker that is visited next. The cursor goes on from driver to driver, also past
    /// workers that were refused.
    ///
    /// # Panics
    /// If there is no usable worker.
    pub(super) fn next(&mut self, workers: &Workers, shuffle: &mut dyn Shuffle) -> WorkerSlot {
        if self.cursor == self.drawn.len() {
            self.draw(workers, shuffle);
        }
        let slot = self.drawn[self.cursor];
        self.cursor = (self.cursor + 1) % self.workers;
        slot
    }

    fn draw(&mut self, workers: &Workers, shuffle: &mut dyn Shuffle) {
        let at = self.drawn.len();
        let remaining = self.workers - at;
        let mut pick = 0;
        if remaining > 1 {
            let remaining = u32::try_from(remaining).expect("slots are 32 bits");
            pick = shuffle.pick(remaining);
            assert!(pick < remaining, "a pick is one of the remaining workers");
        }
        let from = at + pick as usize;
        if at < DRAWS_BEFORE_ROW {
            let (taken, left) = (self.stands_at(from), self.stands_at(at));
            self.moved.retain(|(place, _)| *place != from);
            self.moved.push((from, left));
            self.drawn.push(workers.usable_at(taken));
            return;
        }
        if self.row.is_empty() {
            self.lay_out(workers);
        }
        self.row.swap(at, from);
        self.drawn.push(self.row[at]);
    }

    /// The place by id of the worker that stands at a place.
    fn stands_at(&self, place: usize) -> usize {
        let moved = self.moved.iter().find(|(moved, _)| *moved == place);
        moved.map_or(place, |(_, by_id)| *by_id)
    }

    fn lay_out(&mut self, workers: &Workers) {
        self.row.extend(workers.usable());
        let by_id = |(place, by_id): &(usize, usize)| (*place, self.row[*by_id]);
        let moved: Vec<(usize, WorkerSlot)> = self.moved.iter().map(by_id).collect();
        for (place, slot) in moved {
            self.row[place] = slot;
        }
    }
}
