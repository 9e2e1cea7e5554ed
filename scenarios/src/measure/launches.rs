//! The law of launches: whatever a worker launches ends once, or runs when the run ends. Launches
//! are told from ends by what the trace says of processes, and not by any node's books.

use super::value::{Total, Unit, Value};
use crate::trace::{End, NodeId};
use deploysim_protocol::text::Text;
use rustc_hash::FxHashMap;

/// The children of workers.
#[derive(Clone, Debug, Default)]
pub(super) struct Launches {
    launched: u64,
    lost: u64,
    ended: u64,
    /// Launched and not started up, by name: a name may be launched again before that. Looked up,
    /// never walked through; so is the next.
    pending: FxHashMap<Text, u64>,
    running: FxHashMap<NodeId, Text>,
    pending_count: u64,
    /// The first breach of the law.
    breach: Option<String>,
}

impl Launches {
    /// A worker launched a child.
    pub(super) fn launched(&mut self, name: Text) {
        self.launched += 1;
        self.pending_count += 1;
        *self.pending.entry(name).or_default() += 1;
    }

    /// A child is gone before it had started up.
    pub(super) fn lost(&mut self, name: Text) {
        if self.leaves_pending(name) {
            self.lost += 1;
        } else {
            self.breach(format!("{name} was lost and not launched"));
        }
    }

    /// A child has started up.
    pub(super) fn started(&mut self, node: NodeId, name: Text) {
        if !self.leaves_pending(name) {
            self.breach(format!("{name} started and was not launched"));
        }
        if self.running.insert(node, name).is_some() {
            self.breach(format!("{name} started where another child runs"));
        }
    }

    /// A child's process is gone.
    pub(super) fn ended(&mut self, node: NodeId, name: Text, end: End) {
        if self.running.remove(&node).is_some() {
            self.ended += 1;
        } else {
            self.breach(format!("{name} ended ({}) and did not run", end.name()));
        }
    }

    /// What breaks the law, if anything does.
    pub(super) fn breach_found(&self) -> Option<&str> {
        self.breach.as_deref()
    }

    /// The counts.
    pub(super) fn totals(&self) -> Vec<Total> {
        let running = self.pending_count + self.running.len() as u64;
        let counts = [
            ("launches", self.launched),
            ("launches_ended", self.lost + self.ended),
            ("launches_running", running),
        ];
        let total = |(name, count): (_, u64)| Total {
            name,
            value: Some(Value::Integer(count.into())),
            unit: Unit::Of("processes"),
        };
        counts.into_iter().map(total).collect()
    }

    fn leaves_pending(&mut self, name: Text) -> bool {
        let Some(count) = self.pending.get_mut(&name) else {
            return false;
        };
        *count -= 1;
        if *count == 0 {
            self.pending.remove(&name);
        }
        self.pending_count -= 1;
        true
    }

    fn breach(&mut self, sentence: String) {
        self.breach.get_or_insert(sentence);
    }
}
