//! The first half of a pass: which waiting driver goes to which worker.

use super::Scheduler;
use super::order::Walk;
use super::pass::{Launch, PassCounts, Shuffle};
use super::rules::SpreadOut;
use super::shapes::{ShapeId, Shapes};
use super::visits::Visits;
use super::workers::{Need, Workers};
use deploysim_protocol::event::{DriverSlot, WorkerSlot};

/// Places waiting drivers. A driver that fits nowhere is passed over, later ones are tried.
///
/// Drivers are passed over by shape: during a pass workers only fill up, so what fits nowhere
/// once fits nowhere to the end. The exception is a driver that gives, having a negative number
/// in its shape; all shapes are asked again behind it. Spark: the first half of
/// `Master.schedule`.
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
        shapes,
        scratch,
        ..
    } = scheduler;
    let shapes = &mut shapes.0;
    let (merge, visits) = (&mut scratch.0.merge, &mut scratch.0.visits);
    let waiting = i32::try_from(drivers.len()).unwrap_or(i32::MAX);
    let mut running = drivers_in_books.wrapping_sub(waiting);
    if waiting == 0 || running >= rules.drivers_max {
        return;
    }
    visits.begin(workers);
    merge.begin(drivers.tickets(), None, |shape| {
        shapes.fits_somewhere(shape, workers, counts)
    });
    while let Some((ticket, number)) = merge.pop() {
        if running >= rules.drivers_max {
            return;
        }
        if !shapes.fits_somewhere(number, workers, counts) {
            continue;
        }
        let need = shapes.need(number);
        let worker = match rules.spread_out_drivers {
            SpreadOut::Yes => next_fit(visits, workers, &need, shuffle, counts),
            SpreadOut::No => first_fit(workers, shapes, number, counts),
        };
        let driver = DriverSlot(ticket.owner);
        let resources = workers.change(worker, |worker| worker.take(&need));
        let gives = need.gives();
        running = running.wrapping_add(1);
        counts.drivers_launched += 1;
        launches.push(Launch::Driver {
            driver,
            worker,
            resources,
        });
        if gives {
            workers.note_raised(worker);
            drivers.dequeue(driver, shapes);
            merge.begin(drivers.tickets(), Some(ticket), |shape| {
                shapes.fits_somewhere(shape, workers, counts)
            });
        } else {
            merge.follow(drivers.tickets(), number, Some(ticket));
            drivers.dequeue(driver, shapes);
        }
    }
    counts.plain_visits += (drivers.len() * workers.usable_count()) as u64;
}

/// The next worker in the order of visits that has room. There is one.
fn next_fit(
    visits: &mut Visits,
    workers: &Workers,
    need: &Need<'_>,
    shuffle: &mut dyn Shuffle,
    counts: &mut PassCounts,
) -> WorkerSlot {
    loop {
        let slot = visits.next(workers, shuffle);
        counts.candidates_visited += 1;
        counts.plain_visits += 1;
        if workers.fits(slot, need) {
            return slot;
        }
    }
}

/// The first worker by id that has room. There is one.
fn first_fit(
    workers: &mut Workers,
    shapes: &Shapes,
    number: ShapeId,
    counts: &mut PassCounts,
) -> WorkerSlot {
    let need = shapes.need(number);
    let mut found = None;
    counts.comparisons += workers.walk_by_id(need.room(), |slot, worker| {
        counts.candidates_visited += 1;
        counts.plain_visits += 1;
        if worker.fits(&need) {
            found = Some(slot);
            return Walk::Done;
        }
        Walk::On
    });
    found.expect("a shape that fits somewhere is found a worker")
}
