//! What waits in the mailboxes of masters: a message, question or answer that comes while the
//! process stands still or its store takes time. How long each waited is in the trace; how many
//! waited at one time follows from that, as they are handled in the order in which they came.

use super::spread::Spread;
use super::value::{Total, Unit, Value};
use crate::trace::NodeId;
use deploysim_protocol::time::Time;
use rustc_hash::FxHashMap;
use std::collections::VecDeque;
use std::time::Duration;

/// The mailboxes of all masters.
#[derive(Clone, Debug, Default)]
pub(super) struct Mailboxes {
    ages: Spread,
    depth_max: u64,
    /// When what waited was handled, as far as it may have waited together with what comes next.
    /// Looked up by master, never walked through.
    handled: FxHashMap<NodeId, VecDeque<Time>>,
}

impl Mailboxes {
    /// A master handles something at `at` that has waited.
    pub(super) fn handled(&mut self, master: NodeId, at: Time, waited: Duration) {
        self.ages.add(waited.as_nanos());
        let handled = self.handled.entry(master).or_default();
        // Whatever was handled after this came was still there then.
        let waits_since = at.since(Time::ZERO).saturating_sub(waited);
        while let Some(former) = handled.front()
            && former.since(Time::ZERO) <= waits_since
        {
            handled.pop_front();
        }
        handled.push_back(at);
        self.depth_max = self.depth_max.max(handled.len() as u64);
    }

    pub(super) fn totals(&self) -> Vec<Total> {
        let count = |name, number: u128| Total {
            name,
            value: Some(Value::Integer(number)),
            unit: Unit::Of("messages"),
        };
        let mut totals = vec![
            count("mailbox_waited", self.ages.count()),
            count("mailbox_depth_max", self.depth_max.into()),
        ];
        totals.extend(self.ages.nanoseconds("mailbox_age_mean", "mailbox_age_max"));
        totals
    }
}
