//! Whether the intervals that runs of the simulated queue give hold what queueing theory says, as
//! often as they promise. The runs are kept; that they come of their scenario is asked in
//! `studies.rs`.

use deploysim_reports::evidence::{Evidence, Leniency};
use deploysim_reports::report;
use deploysim_scenarios::statistics::{Confidence, student};
use std::path::{Path, PathBuf};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data/theory");

/// Runs of a replication.
const RUNS: usize = 5;

/// The numbers of one column of the kept runs.
fn column(name: &str) -> Vec<f64> {
    let mut reader = csv::Reader::from_path(Path::new(FOLDER).join("queue.csv")).unwrap();
    let place = reader.headers().unwrap().iter().position(|it| it == name);
    let place = place.unwrap();
    let numbers = reader.records().map(|row| row.unwrap()[place].parse());
    let numbers: Vec<f64> = numbers.collect::<Result<_, _>>().unwrap();
    assert_eq!(numbers.len(), 1_000 * RUNS);
    numbers
}

/// How many replications have an interval that holds the truth.
fn held(numbers: &[f64], truth: f64) -> usize {
    let replications = numbers.chunks(RUNS).filter(|means| {
        let estimate = student::mean(means, Confidence::NINETY_FIVE);
        estimate.unwrap().interval.holds(truth)
    });
    replications.count()
}

/// Of 1,000 intervals of 95 %, 930 to 970 hold the true number: that is 950 and 2.9 times the
/// deviation of 6.9 of such a count. An M/M/2 queue at a load of 0.3 and a mean work of 100 s waits
/// 0.09 / 0.91 of it. Were the queue another one by a twentieth, the count would say so.
#[test]
fn intervals_of_the_simulated_queue_hold_the_truth_as_often_as_they_say() {
    let (wait, load) = (100e9 * 0.09 / 0.91, 0.3);
    let (waits, loads) = (
        column("application_wait_mean_ns"),
        column("cores_utilisation"),
    );
    let (waits_held, loads_held) = (held(&waits, wait), held(&loads, load));
    assert!((930..=970).contains(&waits_held), "{waits_held}");
    assert!((930..=970).contains(&loads_held), "{loads_held}");
    for wrong in [0.95, 1.05] {
        assert!(held(&waits, wrong * wait) < 930);
        assert!(held(&loads, wrong * load) < 930);
    }
    let evidence = Evidence::read(&[PathBuf::from(FOLDER)], Leniency::Strict).unwrap();
    let page = report::page(&evidence);
    for said in [
        format!(
            "intervals of <strong>{waits_held}</strong> hold the mean wait that theory says, 9.89 s"
        ),
        format!("those of <strong>{loads_held}</strong> the utilisation of 30 %"),
    ] {
        assert!(page.contains(&said), "{said}");
    }
}
