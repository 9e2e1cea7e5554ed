//! Heartbeats that are not shown one by one, counted by lane and stretch of time.

use super::lanes::LaneId;
use super::record::{Fact, Record};

/// How many counts a page may have in all, over lanes and stretches.
const COUNTS_MAX: u64 = 100_000;

/// The most stretches of a run.
const STRETCHES_MAX: u64 = 240;

/// The shortest stretch, in nanoseconds: ten seconds.
const STRETCH_MIN: u64 = 10_000_000_000;

/// Counts by lane of the stretch that goes on.
#[derive(Debug)]
pub(super) struct Folds {
    stretch: u64,
    began: u64,
    counts: Vec<u64>,
}

impl Folds {
    /// For a run that is expected to last `expected` nanoseconds, with so many workers.
    pub(super) fn new(expected: u64, workers: u64) -> Self {
        let stretches = (COUNTS_MAX / workers.max(1)).clamp(4, STRETCHES_MAX);
        Self {
            stretch: (expected / stretches).max(STRETCH_MIN),
            began: 0,
            counts: Vec::new(),
        }
    }

    /// One more heartbeat of a lane, in the stretch that goes on.
    pub(super) fn count(&mut self, lane: LaneId) {
        let place = lane.0 as usize;
        if self.counts.len() <= place {
            self.counts.resize(place + 1, 0);
        }
        self.counts[place] += 1;
    }

    /// The records of the stretch that goes on, if it is over at `now`; the next one begins.
    pub(super) fn pass_to(&mut self, now: u64) -> Vec<Record> {
        if now < self.began.saturating_add(self.stretch) {
            return Vec::new();
        }
        let records = self.close(self.began + self.stretch);
        self.began = now - now % self.stretch;
        records
    }

    /// The records of the stretch that goes on, which ends here.
    pub(super) fn close(&mut self, end: u64) -> Vec<Record> {
        let span = end.saturating_sub(self.began);
        let counted = std::mem::take(&mut self.counts).into_iter().enumerate();
        let fold = |(lane, count)| {
            let lane = LaneId(u32::try_from(lane).unwrap_or(u32::MAX));
            let fact = Fact::Fold { lane, count, span };
            Record { at: end, fact }
        };
        counted.filter(|(_, count)| *count > 0).map(fold).collect()
    }
}
