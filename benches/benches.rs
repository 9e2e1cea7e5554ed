//! Sets Criterion up once and runs the subjects. What is measured is in the files of the
//! subjects; how to read the numbers is in `README.md`.

use criterion::Criterion;
use deploysim_benches::{
    ProcessorTime, drivers, events, master, placement, queue, recovery, registration, schedule,
    wire, world,
};
use std::time::Duration;

fn main() {
    let mut criterion = Criterion::default()
        .with_measurement(ProcessorTime::new())
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(800))
        .nresamples(2_000)
        .configure_from_args();
    // A Master comes first: the clusters of 100,000 workers of the other subjects leave the heap in
    // pieces, in which a pass of a Master takes a third longer than in a process of its own.
    master::define(&mut criterion);
    events::define(&mut criterion);
    registration::define(&mut criterion);
    recovery::define(&mut criterion);
    placement::define(&mut criterion);
    schedule::define(&mut criterion);
    drivers::define(&mut criterion);
    queue::define(&mut criterion);
    wire::define(&mut criterion);
    world::define(&mut criterion);
    criterion.final_summary();
}
