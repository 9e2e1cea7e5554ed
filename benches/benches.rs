//! Sets Criterion up once and runs the subjects. What is measured is in the files of the
//! subjects; how to read the numbers is in `README.md`.

use criterion::Criterion;
use deploysim_benches::{
    ProcessorTime, drivers, events, master, placement, queue, recovery, registration, schedule,
    wire, world,
};
use std::time::Duration;

/// A subject: what the names of its benchmarks begin with, and what defines them.
type Subject = (&'static str, fn(&mut Criterion<ProcessorTime>));

/// A Master comes first: the clusters of 100,000 workers of the other subjects leave the heap in
/// pieces, in which a pass of a Master takes a third longer than in a process of its own.
const SUBJECTS: [Subject; 10] = [
    ("master", master::define),
    ("events", events::define),
    ("registration", registration::define),
    ("recovery", recovery::define),
    ("placement", placement::define),
    ("schedule", schedule::define),
    ("drivers", drivers::define),
    ("queue", queue::define),
    ("wire", wire::define),
    ("world", world::define),
];

/// Whether a benchmark of this subject may be asked for. If the filter begins with the name of a
/// subject, the clusters of all others need not be made.
fn is_wanted(subject: &str) -> bool {
    let filter = std::env::args().skip(1).find(|word| !word.starts_with('-'));
    let filter = filter
        .as_deref()
        .map(|filter| filter.trim_start_matches('^'));
    let begin = filter.and_then(|filter| filter.split('/').next());
    let is_subject = SUBJECTS.iter().any(|(name, _)| Some(*name) == begin);
    !is_subject || begin == Some(subject)
}

fn main() {
    let mut criterion = Criterion::default()
        .with_measurement(ProcessorTime::new())
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_millis(800))
        .nresamples(2_000)
        .configure_from_args();
    for (name, define) in SUBJECTS {
        if is_wanted(name) {
            define(&mut criterion);
        }
    }
    criterion.final_summary();
}
