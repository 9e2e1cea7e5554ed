//! Whole runs of small scenarios before everyone who watches.

use super::play;
use crate::scenario::parse;
use crate::world::World;
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
