//! What is shown one by one and what is only counted. Records wait here for a few simulated
//! seconds: when something happens that deserves a close look, what led to it can still be kept.
//! Each reason to show a record has a share of the page's size.

use super::record::{Fact, Record};
use deploysim_scenarios::scenario::plan::Plan;
use std::collections::VecDeque;
use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// How much of the time before and after a fault's edge, a violation or an expectation's decision
/// is shown in full.
pub const AROUND: Duration = Duration::from_secs(5);

/// The most records that wait. In runs in which more happens within [`AROUND`], less of what led
/// to something is shown.
const WAITING_MAX: usize = 20_000;

/// A stretch of a run that is to be shown in full: both ends in nanoseconds since it began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Where it begins.
    pub from: u64,
    /// Where it ends.
    pub to: u64,
}

/// Why a text is not a window.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WindowError;

impl fmt::Display for WindowError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("allowed: two times with their units, the earlier first: `20s..90s`")
    }
}

impl std::error::Error for WindowError {}

/// Reads `20s..90s`.
impl FromStr for Window {
    type Err = WindowError;
    fn from_str(text: &str) -> Result<Self, WindowError> {
        let instant = |text: &str| {
            let duration = deploysim_protocol::conf::parse_duration(text)?;
            u64::try_from(duration.as_nanos()).ok()
        };
        let (from, to) = text.split_once("..").ok_or(WindowError)?;
        let from = instant(from).ok_or(WindowError)?;
        let to = instant(to).filter(|to| *to >= from).ok_or(WindowError)?;
        Ok(Self { from, to })
    }
}

/// What kind of record it is, for the counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// What is worth a line of the timeline, and what states and faults follow from it.
    Notable,
    /// A message, question or answer that is no heartbeat.
    Message,
    /// A heartbeat.
    Heartbeat,
    /// Everything else: connections, and notes that are mere bookkeeping.
    Detail,
}

/// Why a record is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reason {
    Notable,
    Message,
    Fold,
    /// Close to a fault's beginning or end.
    Fault,
    /// Close to a violation, or to the decision on an expectation.
    Judged,
    /// In the window that was asked for.
    Window,
}

/// How many bytes of records each reason may fill.
#[derive(Debug)]
pub(super) struct Shares {
    left: [u64; 6],
}

const MEBIBYTE: u64 = 1 << 20;

impl Shares {
    /// The shares of the page of a run, with or without a window that was asked for. What a
    /// scenario without faults or expectations cannot use is left to notable records. With lanes
    /// and words all shares add up to less than 30 MB.
    pub(super) fn new(window: Option<Window>, plan: &Plan) -> Self {
        let mut mebibytes = match window {
            None => [10, 5, 2, 3, 4, 0],
            Some(_) => [7, 1, 2, 1, 2, 11],
        };
        if plan.faults.is_empty() && plan.nemesis.is_empty() && plan.failures.is_empty() {
            mebibytes[Reason::Notable as usize] +=
                std::mem::take(&mut mebibytes[Reason::Fault as usize]);
        }
        if plan.expectations.is_empty() {
            // A property may be violated all the same.
            let unused = mebibytes[Reason::Judged as usize] - 1;
            mebibytes[Reason::Judged as usize] -= unused;
            mebibytes[Reason::Notable as usize] += unused;
        }
        Self {
            left: mebibytes.map(|mebibytes| mebibytes * MEBIBYTE),
        }
    }

    /// Whether a reason has room.
    pub(super) const fn has_room(&self, reason: Reason) -> bool {
        self.left[reason as usize] > 0
    }

    /// A record fills this much.
    pub(super) const fn fill(&mut self, reason: Reason, bytes: u64) {
        let left = &mut self.left[reason as usize];
        *left = left.saturating_sub(bytes);
    }
}

/// A record that waits.
#[derive(Debug)]
pub(super) struct Waiting {
    pub(super) record: Record,
    pub(super) class: Class,
    /// Why it is looked at closely, if it is.
    pub(super) close: Option<Reason>,
}

impl Waiting {
    /// The reasons to show it, the one whose share it uses first. Notable events use their own
    /// share before that of a stretch that is looked at closely; where their own is used up,
    /// states are not shown either there, since those before them are unknown.
    pub(super) fn reasons(&self) -> impl Iterator<Item = Reason> {
        let (first, second) = match (self.class, &self.record.fact) {
            (Class::Notable, Fact::State { .. }) => (Some(Reason::Notable), None),
            (Class::Notable, _) => (Some(Reason::Notable), self.close),
            (Class::Message, _) => (self.close, Some(Reason::Message)),
            (Class::Heartbeat | Class::Detail, _) => (self.close, None),
        };
        first.into_iter().chain(second)
    }
}

/// The records of the last seconds.
#[derive(Debug)]
pub(super) struct Delay {
    window: Option<Window>,
    waiting: VecDeque<Waiting>,
    /// Until when everything is shown, and why.
    open: Option<(u64, Reason)>,
}

impl Delay {
    pub(super) const fn new(window: Option<Window>) -> Self {
        Self {
            window,
            waiting: VecDeque::new(),
            open: None,
        }
    }

    /// Something at this instant deserves a close look.
    pub(super) fn look_closely(&mut self, at: u64, reason: Reason) {
        let around = nanoseconds(AROUND);
        let until = at.saturating_add(around);
        self.open = match self.open {
            // A violation goes before a fault.
            Some((open, Reason::Judged)) if open >= at => Some((open.max(until), Reason::Judged)),
            Some(_) | None => Some((until, reason)),
        };
        let since = at.saturating_sub(around);
        for one in self.waiting.iter_mut().rev() {
            if one.record.at < since {
                break;
            }
            one.close.get_or_insert(reason);
        }
    }

    /// Adds a record. It is not earlier than those before.
    pub(super) fn push(&mut self, record: Record, class: Class) {
        let at = record.at;
        let is_chosen = |window: Window| (window.from..=window.to).contains(&at);
        let close = if self.window.is_some_and(is_chosen) {
            Some(Reason::Window)
        } else {
            let open = self.open.filter(|(until, _)| at <= *until);
            open.map(|(_, reason)| reason)
        };
        self.waiting.push_back(Waiting {
            record,
            class,
            close,
        });
    }

    /// The next record that has waited long enough, given that it is `now`.
    pub(super) fn pop(&mut self, now: u64) -> Option<Waiting> {
        let first = self.waiting.front()?;
        let is_over = first.record.at.saturating_add(nanoseconds(AROUND)) < now;
        let is_due = is_over || self.waiting.len() > WAITING_MAX;
        is_due.then(|| self.waiting.pop_front()).flatten()
    }

    /// The next record, however long it has waited.
    pub(super) fn pop_any(&mut self) -> Option<Waiting> {
        self.waiting.pop_front()
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
