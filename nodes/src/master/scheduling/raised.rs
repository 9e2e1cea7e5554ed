//! Which workers got more room lately. What fits nowhere can fit only there again, so nothing
//! else has to be searched for it.

use deploysim_protocol::event::WorkerSlot;

/// How many are remembered at most. Looking at so many costs about as much as searching an
/// order of workers.
const RAISED_MAX: usize = 64;

/// The workers that got more room, in the order in which that happened; the oldest are
/// forgotten. Numbered from 1 over all time.
#[derive(Clone, Debug)]
pub(super) struct Raised {
    workers: Vec<WorkerSlot>,
    /// The number of the first one in `workers`.
    first: u64,
}

impl Raised {
    /// None yet.
    pub(super) const NONE: Self = Self {
        workers: Vec::new(),
        first: 1,
    };

    /// Remembers one more.
    pub(super) fn push(&mut self, worker: WorkerSlot) {
        if self.workers.len() == RAISED_MAX {
            self.first += RAISED_MAX as u64;
            self.workers.clear();
        }
        self.workers.push(worker);
    }

    /// The number of the next one.
    pub(super) const fn until(&self) -> u64 {
        self.first + self.workers.len() as u64
    }

    /// Those from a number on, if all of them are remembered. A worker may be among them twice,
    /// and may have left since.
    pub(super) fn since(&self, number: u64) -> Option<&[WorkerSlot]> {
        let before = number.checked_sub(self.first)?;
        self.workers.get(usize::try_from(before).ok()?..)
    }
}
