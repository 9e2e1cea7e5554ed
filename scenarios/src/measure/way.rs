//! The way of a job, be it an application or a submitted driver: submitted, begun, ended. A job
//! that ends and is there again has not ended.

use super::value::{Total, Unit, Value};
use deploysim_protocol::time::Time;
use std::time::Duration;

/// The bound of the bounded slowdown: a job that computes for less counts as if it computed for
/// this long, so that the shortest jobs do not decide. The value is that of D. Feitelson and
/// others, *Theory and Practice in Parallel Job Scheduling*, JSSPP 1997.
pub const SLOWDOWN_BOUND: Duration = Duration::from_secs(10);

/// When a job got how far.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Way {
    /// When its first process began.
    pub(super) submitted: Option<Time>,
    /// When it could compute for the first time.
    pub(super) began: Option<Time>,
    ended: Option<(Time, Ended)>,
}

/// How a job ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    /// As it was meant to.
    Finished,
    /// In any other way.
    Failed,
}

impl Way {
    pub(super) fn submitted(&mut self, at: Time) {
        self.submitted.get_or_insert(at);
        self.ended = None;
    }

    pub(super) fn began(&mut self, at: Time) {
        self.began.get_or_insert(at);
    }

    /// It is there again, or still.
    pub(super) const fn goes_on(&mut self) {
        self.ended = None;
    }

    /// It is over; what is told first counts.
    pub(super) fn ended(&mut self, at: Time, how: Ended) {
        self.ended.get_or_insert((at, how));
    }

    pub(super) fn end(&self) -> Option<Time> {
        self.ended.map(|(at, _)| at)
    }

    /// From its submission to its end.
    pub(super) fn turnaround_ns(&self) -> Option<u128> {
        Some(self.end()?.since(self.submitted?).as_nanos())
    }

    /// Its turnaround as a multiple of the time in which it computed, in millionths; see
    /// [`SLOWDOWN_BOUND`]. At least 1.
    pub(super) fn bounded_slowdown(&self) -> Option<u128> {
        let computed = self.end()?.since(self.began?);
        let bounded = computed.max(SLOWDOWN_BOUND).as_nanos();
        let turnaround = self.turnaround_ns()?.max(bounded);
        match Value::ratio(turnaround, bounded)? {
            Value::Ratio(millionths) => Some(millionths),
            Value::Integer(_) => None,
        }
    }

    /// How many jobs got how far.
    pub(super) fn totals<'a>(ways: impl Iterator<Item = &'a Self>, names: &Counts) -> Vec<Total> {
        let mut counts = [0_u128; 5];
        for way in ways.filter(|way| way.submitted.is_some()) {
            let how = way.ended.map(|(_, how)| how);
            let is_so = [
                true,
                way.began.is_some(),
                how == Some(Ended::Finished),
                how == Some(Ended::Failed),
                how.is_none(),
            ];
            for (count, is_so) in counts.iter_mut().zip(is_so) {
                *count += u128::from(is_so);
            }
        }
        let names_in_order = [
            names.submitted,
            names.began,
            names.finished,
            names.failed,
            names.unfinished,
        ];
        let total = |(name, count)| Total {
            name,
            value: Some(Value::Integer(count)),
            unit: Unit::Of(names.things),
        };
        names_in_order.into_iter().zip(counts).map(total).collect()
    }

    /// From the first submission to the last end; `None` unless there is a job and all of them
    /// have ended.
    pub(super) fn makespan_ns<'a>(ways: impl Iterator<Item = &'a Self>) -> Option<u128> {
        let mut span: Option<(Time, Time)> = None;
        for way in ways {
            let (from, to) = (way.submitted?, way.end()?);
            let (first, last) = span.unwrap_or((from, to));
            span = Some((first.min(from), last.max(to)));
        }
        let (first, last) = span?;
        Some(last.since(first).as_nanos())
    }
}

/// Under which names jobs of a kind are counted.
pub(super) struct Counts {
    pub(super) things: &'static str,
    pub(super) submitted: &'static str,
    pub(super) began: &'static str,
    pub(super) finished: &'static str,
    pub(super) failed: &'static str,
    pub(super) unfinished: &'static str,
}
