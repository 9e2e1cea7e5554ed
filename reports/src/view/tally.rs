//! How much of a run is shown, and how much is only counted.

use super::detail::Class;

/// Records of one class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Share {
    /// In the whole run.
    pub(super) all: u64,
    /// Shown one by one.
    pub(super) shown: u64,
    /// When the first one happened that is not shown, in nanoseconds since the run began.
    pub(super) missing_from: Option<u64>,
}

impl Share {
    /// Counted and not shown.
    pub(super) const fn counted(self) -> u64 {
        self.all - self.shown
    }
}

/// What there was, and what is shown of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// Entries of the trace.
    pub(super) entries: u64,
    /// Notable entries.
    pub(super) notable: u64,
    /// Records of notable events and of the states that follow from them.
    pub(super) events: Share,
    /// Messages, questions and answers that are no heartbeats.
    pub(super) messages: Share,
    /// Heartbeats.
    pub(super) heartbeats: Share,
    /// Bookkeeping.
    pub(super) details: Share,
}

impl Tally {
    /// A record of this instant was shown, or only counted.
    pub(super) fn settled(&mut self, at: u64, class: Class, is_shown: bool) {
        let share = match class {
            Class::Notable => &mut self.events,
            Class::Message => &mut self.messages,
            Class::Heartbeat => &mut self.heartbeats,
            Class::Detail => &mut self.details,
        };
        share.all += 1;
        share.shown += u64::from(is_shown);
        if !is_shown {
            share.missing_from.get_or_insert(at);
        }
    }
}
