//! The first half of a pass: which waiting driver goes to which worker.

use super::Scheduler;
use super::drivers::{DriverShape, Waiting};
use super::pass::{Launch, PassCounts, Shuffle};
use super::rules::SpreadOut;
use super::workers::{Usable, Workers};
use deploysim_protocol::event::WorkerSlot;

/// Places waiting drivers. A driver that fits nowhere is passed over, later ones are tried.
/// Spark: the first half of `Master.schedule`.
pub(super) fn launch_drivers(
    scheduler: &mut Scheduler,
    drivers_in_books: i32,
    shuffle: &mut dyn Shuffle,
    launches: &mut Vec<Launch>,
    counts: &mut PassCounts,
) {
    let Scheduler {
        rules,
        workers,
        drivers,
        ..
    } = scheduler;
    let mut running = drivers_in_books.wrapping_sub(drivers.len());
    if drivers.is_empty() || running >= rules.drivers_max {
        return;
    }
    let mut visits = Visits::new(workers, rules.spread_out_drivers);
    drivers.offer(|driver, shape| {
        if running >= rules.drivers_max {
            return Waiting::Yes;
        }
        let Some(worker) = visits.first_fit(workers, shape, shuffle, counts) else {
            return Waiting::Yes;
        };
        let resources = workers.worker_mut(worker).take(&shape.need());
        running = running.wrapping_add(1);
        counts.drivers_launched += 1;
        launches.push(Launch::Driver {
            driver,
            worker,
            resources,
        });
        Waiting::No
    });
}

/// The usable workers in the order in which they are visited for drivers.
struct Visits {
    spread_out: SpreadOut,
    workers: Vec<WorkerSlot>,
    /// How many places of the order are decided.
    drawn: usize,
    /// The place that is visited next.
    cursor: usize,
}

impl Visits {
    fn new(workers: &Workers, spread_out: SpreadOut) -> Self {
        let by_id = workers.by_id().iter().copied();
        let usable = by_id.filter(|slot| workers.worker(*slot).usable == Usable::Yes);
        Self {
            spread_out,
            workers: usable.collect(),
            drawn: 0,
            cursor: 0,
        }
    }

    /// The next worker that can hold `shape`. Spread out, the cursor goes on from driver to
    /// driver, also past workers that were refused; otherwise each driver starts at the first.
    fn first_fit(
        &mut self,
        workers: &Workers,
        shape: &DriverShape,
        shuffle: &mut dyn Shuffle,
        counts: &mut PassCounts,
    ) -> Option<WorkerSlot> {
        let need = shape.need();
        if self.spread_out == SpreadOut::No {
            self.cursor = 0;
        }
        for _ in 0..self.workers.len() {
            let slot = self.next(shuffle);
            counts.candidates_visited += 1;
            if workers.worker(slot).fits(&need) {
                return Some(slot);
            }
        }
        None
    }

    fn next(&mut self, shuffle: &mut dyn Shuffle) -> WorkerSlot {
        let at = self.cursor;
        if self.spread_out == SpreadOut::Yes && at == self.drawn {
            let remaining = self.workers.len() - at;
            if remaining > 1 {
                let remaining = u32::try_from(remaining).expect("slots are 32 bits");
                let pick = shuffle.pick(remaining);
                assert!(pick < remaining, "a pick is one of the remaining workers");
                self.workers.swap(at, at + pick as usize);
            }
            self.drawn += 1;
        }
        self.cursor = (at + 1) % self.workers.len();
        self.workers[at]
    }
}
