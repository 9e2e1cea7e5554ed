//! Whether a simulated cluster is the queue that it should be: how many of the intervals that runs
//! of it give hold what queueing theory says.

use super::study::{Study, number};
use crate::evidence::{Row, Table};
use crate::numbers::{count, duration, percent};
use deploysim_scenarios::statistics::{Confidence, student};
use maud::{Markup, html};

/// The title of the scenario of the queue: jobs of one core, of which one works for
/// [`WORK_NANOS`] on average, on two cores.
const TITLE: &str = "Jobs of one core wait for one of two cores, as queueing theory says";

const WORK_NANOS: f64 = 100e9;

/// Runs of a replication, one after the other in the table.
const RUNS: usize = 5;

/// What came of the replications of one load.
struct Coverage {
    load: f64,
    /// The mean wait of an M/M/2 queue, by A. K. Erlang's formula: ρ²/(1 − ρ²) of the mean work.
    wait_nanos: f64,
    replications: usize,
    /// Replications whose interval holds the mean wait.
    waits_held: usize,
    /// … and the load, as the share of cores in use.
    loads_held: usize,
}

/// Whether a table is of that queue.
pub(super) fn is_queue(table: &Table) -> bool {
    table.title.as_deref() == Some(TITLE) && table.axes.len() == 1
}

/// What the replications come to, in a sentence for each load.
pub(super) fn chapter(study: &Study<'_>) -> Markup {
    html! {
        @for coverage in coverages(study) { p {
            "Of " (count(coverage.replications as f64)) " replications of an M/M/2 queue at a load of "
            (percent(coverage.load)) ", each of " (RUNS) " runs of the simulated cluster, the 95 % intervals of "
            strong { (coverage.waits_held) } " hold the mean wait that theory says, "
            (duration(coverage.wait_nanos)) ", and those of " strong { (coverage.loads_held) }
            " the utilisation of " (percent(coverage.load)) "."
        } }
        p.quiet {
            code { (study.table.file) } ": " (count(study.table.rows.len() as f64))
            " runs. Intervals by Student’s t over the means of the runs of a replication, each of which begins empty."
        }
    }
}

fn coverages(study: &Study<'_>) -> Vec<Coverage> {
    let cells = study.cells().filter_map(|(cell, rows)| {
        let load = number(cell.first()?)?;
        Some(coverage(study.table, load, rows))
    });
    cells.collect()
}

fn coverage(table: &Table, load: f64, rows: &[&Row]) -> Coverage {
    let wait_nanos = load * load / (1.0 - load * load) * WORK_NANOS;
    let held = |column: &str, truth: f64| {
        let replications = rows.chunks_exact(RUNS);
        let held = replications.filter(|rows| {
            let means = rows.iter().filter_map(|row| table.number(row, column));
            let means: Vec<f64> = means.collect();
            let estimate = student::mean(&means, Confidence::NINETY_FIVE);
            estimate.is_some_and(|it| it.interval.holds(truth))
        });
        held.count()
    };
    Coverage {
        load,
        wait_nanos,
        replications: rows.len() / RUNS,
        waits_held: held("application_wait_mean_ns", wait_nanos),
        loads_held: held("cores_utilisation", load),
    }
}
