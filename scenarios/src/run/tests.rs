//! Whole runs of small scenarios before everyone who watches.

use super::{Audience, play};
use crate::expectation::{Judge, Triggers};
use crate::invariant::Invariants;
use crate::ledger::Ledger;
use crate::scenario::parse;
use crate::trace::{Beat, Entry, NodeId, Observer};
use crate::world::{World, queue};
use deploysim_nodes::hosted::AnyNode;
use deploysim_protocol::text::scope;
use deploysim_protocol::time::Time;
use std::path::Path;
use std::time::Duration;

#[test]
fn a_run_is_over_soon_after_everything_is_decided_although_nobody_speaks_any_more() {
    let text = "title = \"The only worker crashes\"\nuntil = \"10s\"\n\
                [cluster]\nworker = {}\n\
                [[fault]]\nat = \"5s\"\ncrash = \"worker-1\"\n";
    let plan = parse("file.toml", text.as_bytes(), Path::new(""), &[]).unwrap();
    let outcome = play(World::Queue, &plan, 1, &mut []).unwrap();
    // The last thing to wait for is that the master forgets the worker: seventeen time-outs of
    // 60 s after its last heartbeat. Nodes are inspected each 60 s.
    let forgotten = Time::ZERO + Duration::from_secs(17 * 60);
    assert!(outcome.end >= forgotten, "{}", outcome.end);
    assert!(
        outcome.end <= forgotten + Duration::from_secs(60),
        "{}",
        outcome.end
    );
}

/// Everyone who watches, and beside them the same people who are shown every entry on the long
/// way, heartbeats too.
struct Twice<'a, 'w> {
    audience: Audience<'a, 'w>,
    ledger: Ledger,
    triggers: Triggers,
    judge: Judge,
    invariants: Invariants,
    beats: u32,
}

impl Observer for Twice<'_, '_> {
    fn observe(&mut self, entry: &Entry<'_>) {
        self.beats += u32::from(entry.beat().is_some_and(|beat| beat != Beat::Sent));
        self.audience.observe(entry);
        self.judge.pass_to(entry.at, &self.ledger);
        self.ledger.apply(entry);
        self.triggers.observe(entry, &self.ledger);
        self.judge.observe(entry, &self.ledger);
        self.invariants.observe(entry, &self.ledger);
    }

    fn inspect(&mut self, at: Time, node: NodeId, view: &AnyNode) {
        self.audience.inspect(at, node, view);
        self.invariants.inspect(at, node, view, &self.ledger);
    }

    fn triggered(&mut self) -> Option<u32> {
        let fault = self.audience.triggered();
        assert_eq!(fault, self.triggers.triggered());
        fault
    }
}

#[test]
fn heartbeats_lead_to_the_same_conclusions_on_their_short_way() {
    // A pause that piles up heartbeats, expectations and a trigger that count them, and a
    // worker that is removed between two of its own.
    let text = "title = \"Heartbeats of all kinds\"\nuntil = \"200s\"\n\
                [cluster]\nworker = { count = 3 }\n\
                [[fault]]\nat = \"20s\"\nuntil = \"70s\"\npause = \"worker-1\"\n\
                [[fault]]\nat = \"90s\"\ncrash = \"worker-2\"\n\
                [[fault]]\non = { message = \"Heartbeat\", nth = 20 }\nfor = \"40s\"\n\
                partition = [\"worker-3\", \"master-1\"]\n\
                [[expect]]\nby = \"100s\"\nmessage = \"Heartbeat\"\ncount = { at_least = 9 }\n";
    let plan = parse("file.toml", text.as_bytes(), Path::new(""), &[]).unwrap();
    scope(|| {
        let twice = Twice {
            audience: Audience::new(World::Queue, &plan, &mut []),
            ledger: Ledger::new(&plan),
            triggers: Triggers::new(&plan),
            judge: Judge::new(&plan),
            invariants: Invariants::new(&plan),
            beats: 0,
        };
        let (_, twice) = queue::play(&plan, 1, twice);
        assert!(twice.beats > 60, "{}", twice.beats);
        let short = twice.audience;
        assert_eq!(format!("{:?}", short.ledger), format!("{:?}", twice.ledger));
        assert_eq!(format!("{:?}", short.judge), format!("{:?}", twice.judge));
        let [short, long] =
            [short.invariants, Some(twice.invariants)].map(|own| format!("{own:?}"));
        assert_eq!(short, long);
    });
}
