//! The audit, on nodes that really play: the books are what the notes add up to, unless a note
//! is kept from the ledger.

use crate::invariant::Invariants;
use crate::ledger::Ledger;
use crate::trace::{Entry, Fact, NodeId, Observer, history};
use crate::world::queue;
use deploysim_nodes::hosted::AnyNode;
use deploysim_protocol::text::scope;
use deploysim_protocol::time::Time;

struct Auditor {
    ledger: Ledger,
    invariants: Invariants,
    /// The kind of note that the ledger is not shown.
    hidden: &'static str,
}

impl Observer for Auditor {
    fn observe(&mut self, entry: &Entry<'_>) {
        let is_hidden = matches!(entry.fact, Fact::Note(event) if event.kind() == self.hidden);
        if !is_hidden {
            self.ledger.apply(entry);
        }
    }

    fn inspect(&mut self, at: Time, node: NodeId, view: &AnyNode) {
        self.invariants.inspect(at, node, view, &self.ledger);
    }
}

/// What an audit of a short run finds when notes of this kind are hidden.
fn audited(hidden: &'static str) -> Vec<&'static str> {
    scope(|| {
        let plan = history::plan();
        let auditor = Auditor {
            ledger: Ledger::new(&plan),
            invariants: Invariants::new(&plan),
            hidden,
        };
        let (_, auditor) = queue::play(&plan, 1, auditor);
        let found = auditor.invariants.violations().iter();
        let mut found: Vec<_> = found.map(|violation| violation.invariant).collect();
        found.dedup();
        found
    })
}

#[test]
fn books_are_what_the_notes_add_up_to() {
    assert_eq!(audited(""), Vec::<&str>::new());
    for hidden in [
        "WorkerHeard",
        "ExecutorAdded",
        "DriverPlaced",
        "ExecutorAccepted",
        "DriverDequeued",
    ] {
        assert_eq!(audited(hidden), ["AUDIT"], "{hidden}");
    }
}
