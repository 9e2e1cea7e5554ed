//! The numbers of a run that a report shows: from which columns of a table they come, how they are
//! written, which way they are better, and what to see in them. What each means is defined in
//! `scenarios/README.md`.

use crate::charts::Write;
use crate::numbers::{bytes, count, duration, fraction, percent, plain};
use deploysim_scenarios::statistics::Direction;

/// Where in the report a number stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Section {
    /// How well work was scheduled.
    Quality,
    /// What that cost the control plane.
    Control,
    /// What faults did, and how soon it was over.
    Faults,
}

/// How a number comes from the columns of a row.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Source {
    /// It is one.
    Column(&'static str),
    /// One divided by another; nothing if that is zero.
    Share(&'static str, &'static str),
    /// One per second of simulated time.
    Rate(&'static str),
}

/// A number that is shown.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Metric {
    /// A word for it, in the names of files and anchors.
    pub(crate) id: &'static str,
    /// What it is, with its unit, as an axis says it.
    pub(crate) label: &'static str,
    pub(crate) section: Section,
    pub(crate) from: Source,
    pub(crate) write: Write,
    pub(crate) direction: Direction,
    /// What it tells.
    pub(crate) see: &'static str,
}

/// The simulated time of a run, which rates are divided by.
const SIMULATED: &str = "simulated_ns";

impl Metric {
    /// The columns that it needs.
    pub(crate) fn columns(&self) -> impl Iterator<Item = &'static str> {
        let (one, other) = match self.from {
            Source::Column(one) => (one, None),
            Source::Share(one, other) => (one, Some(other)),
            Source::Rate(one) => (one, Some(SIMULATED)),
        };
        [Some(one), other].into_iter().flatten()
    }

    /// The number, from a look-up of columns.
    pub(crate) fn value(&self, column: impl Fn(&str) -> Option<f64>) -> Option<f64> {
        let over = |one: f64, other: f64| (other > 0.0).then_some(one / other);
        match self.from {
            Source::Column(one) => column(one),
            Source::Share(one, other) => over(column(one)?, column(other)?),
            Source::Rate(one) => over(column(one)? * 1e9, column(SIMULATED)?),
        }
    }
}

/// The metric of this id.
///
/// # Panics
/// If there is none.
pub(crate) fn metric(id: &str) -> &'static Metric {
    let found = METRICS.iter().find(|metric| metric.id == id);
    found.unwrap_or_else(|| panic!("no metric is called {id}"))
}

/// The metrics of a section, in the order of the report.
pub(crate) fn of(section: Section) -> impl Iterator<Item = &'static Metric> {
    METRICS.iter().filter(move |one| one.section == section)
}

macro_rules! metrics {
    ($($section:ident $direction:ident $id:literal $label:literal, $from:expr, $write:ident, $see:literal;)*) => {
        /// Every number that is shown, in the order of the report.
        pub(crate) const METRICS: &[Metric] = &[$(Metric {
            id: $id,
            label: $label,
            section: Section::$section,
            from: $from,
            write: $write,
            direction: Direction::$direction,
            see: $see,
        }),*];
    };
}

metrics! {
    Quality LessIsBetter "slowdown" "mean bounded slowdown (×)", Source::Column("application_slowdown_mean"), plain,
        "How many times longer an application is there than it computes: 1 is no waiting at all.";
    Quality LessIsBetter "wait" "mean wait for the first executor", Source::Column("application_wait_mean_ns"), duration,
        "From the registration of an application to its first executor, over all that got one.";
    Quality LessIsBetter "turnaround" "mean turnaround", Source::Column("application_turnaround_mean_ns"), duration,
        "From submission to the end, over all applications that ended.";
    Quality MoreIsBetter "utilisation" "cores in use (%)", Source::Column("cores_utilisation"), percent,
        "Cores booked on living workers as a share of what they offer, over time.";
    Quality LessIsBetter "fragmentation" "stranded cores (% of the free ones)", Source::Column("cores_fragmentation"), percent,
        "The share of the free cores that no executor of this work can use where they are.";
    Quality LessIsBetter "queue" "mean number of waiting applications", Source::Column("applications_waiting_mean"), plain,
        "Applications in WAITING, over time: a queue that grows with the length of the run has no mean of its own.";
    Quality MoreIsBetter "fairness" "Jain's index of core time", Source::Column("fairness"), fraction,
        "1 if all applications got the same core time; differences of size between applications lower it as well.";
    Control MoreIsBetter "useful" "scheduling passes that launched something (%)", Source::Share("passes_useful", "passes"), percent,
        "The rest of the passes looked at the cluster and found nothing to do.";
    Control LessIsBetter "registering" "mean time from submission to registration", Source::Column("application_registering_mean_ns"), duration,
        "What an application waits for before the master knows of it.";
    Control LessIsBetter "filling" "mean time from the first to all executors", Source::Column("application_filling_mean_ns"), duration,
        "How long it takes until an application has as many executors as it ever gets.";
    Control Neither "messages" "messages per second", Source::Rate("messages_sent"), count,
        "Messages, questions and answers that all processes send, per second of simulated time.";
    Control Neither "bytes" "bytes per second", Source::Rate("bytes_sent"), bytes,
        "The encoded length of all that, per second of simulated time.";
    Control LessIsBetter "heartbeat" "oldest heartbeat (% of the time-out)", Source::Column("heartbeat_age_share"), percent,
        "Above 100 % a master removes a worker when it looks.";
    Control LessIsBetter "depth" "deepest mailbox of a master (messages)", Source::Column("mailbox_depth_max"), plain,
        "Messages that waited at one time, because the process stood still or its store took time.";
    Control LessIsBetter "age" "longest wait in a master's mailbox", Source::Column("mailbox_age_max_ns"), duration,
        "From the arrival of a message at its lane until a master handled it.";
    Faults LessIsBetter "recovery" "mean time to recover", Source::Column("recovery_mean_ns"), duration,
        "From the end of a fault until a leading master lists every worker again, and no ghost.";
    Faults LessIsBetter "broken" "time not whole", Source::Column("broken_ns"), duration,
        "For how long the books of a leading master and the workers that live did not agree.";
    Faults LessIsBetter "leaderless" "time without a leader", Source::Column("leaderless_ns"), duration,
        "For how long no master was ALIVE, the start of the cluster included.";
    Faults LessIsBetter "split" "time with two leaders", Source::Column("split_brain_ns"), duration,
        "For how long two or more masters were ALIVE at once.";
    Faults LessIsBetter "lost" "executors lost", Source::Column("executors_lost"), plain,
        "Executors that masters called LOST, whose work is done again.";
    Faults LessIsBetter "false" "workers removed although they lived", Source::Column("workers_removed_falsely"), plain,
        "Removals for silence of a worker whose process lived.";
    Faults LessIsBetter "orphans" "time of orphaned executors", Source::Column("executors_orphaned_time_ns"), duration,
        "Executor processes that no leading master knew of, each as long as it was so. Ordinary ends add a little.";
    Faults LessIsBetter "failed" "applications that failed", Source::Column("applications_failed"), plain,
        "Applications that ended in another way than they were meant to.";
    Faults LessIsBetter "unfinished" "applications that did not end", Source::Column("applications_unfinished"), plain,
        "Applications that were still there, or never started, when the run ended.";
}

#[cfg(test)]
mod tests {
    use super::{METRICS, metric};
    use std::collections::BTreeSet;

    #[test]
    fn ids_are_unique() {
        let ids: BTreeSet<&str> = METRICS.iter().map(|metric| metric.id).collect();
        assert_eq!(ids.len(), METRICS.len());
    }

    #[test]
    fn shares_and_rates_come_from_two_columns() {
        let column = |name: &str| match name {
            "passes" => Some(8.0),
            "passes_useful" => Some(6.0),
            "messages_sent" => Some(300.0),
            "simulated_ns" => Some(60e9),
            _ => None,
        };
        assert_eq!(metric("useful").value(column), Some(0.75));
        assert_eq!(metric("messages").value(column), Some(5.0));
        assert_eq!(metric("wait").value(column), None);
    }
}
