//! What this world plays, how fine its time is, and what it says of what it refuses.

use super::{Refusal, as_lived, refusal, tick};
use crate::scenario::parse;
use crate::scenario::plan::{LatencyPlan, Plan};
use std::path::Path;
use std::time::Duration;

fn plan(rest: &str) -> Plan {
    let text = format!("title = \"A\"\nuntil = \"10s\"\n{rest}");
    parse("a.toml", text.as_bytes(), Path::new(""), &[]).unwrap()
}

#[test]
fn time_is_finer_where_heartbeats_are_close() {
    let with = |timeout: &str| {
        tick(&plan(&format!(
            "[cluster]\nworker = {{}}\n[conf]\n\"spark.worker.timeout\" = {timeout}\n"
        )))
    };
    assert_eq!(with("10"), Duration::from_millis(1));
    assert_eq!(with("11"), Duration::from_millis(10));
}

#[test]
fn an_instant_between_two_ticks_is_refused_with_what_was_to_happen() {
    let fault =
        "[cluster]\nworker = {}\n[[fault]]\nat = \"2005ms\"\nfor = \"1s\"\ncrash = \"worker-1\"\n";
    let refused = refusal(&plan(fault)).unwrap();
    assert_eq!(refused.mechanism(), "time finer than a tick");
    assert_eq!(
        refused.to_string(),
        "the beginning of fault 1 at 2.005s lies between two ticks of 10 ms"
    );
}

#[test]
fn the_limit_of_nodes_counts_every_node_that_is_named() {
    let cluster = |workers: u32| plan(&format!("[cluster]\nworker = {{ count = {workers} }}\n"));
    assert_eq!(refusal(&cluster(1_999)), None);
    assert_eq!(
        refusal(&cluster(2_000)),
        Some(Refusal::TooManyNodes { found: 2_001 })
    );
}

#[test]
fn bounds_reckon_with_what_waits_for_the_next_tick() {
    let lived = as_lived(&plan("[cluster]\nworker = {}\n"));
    let tick = Duration::from_millis(10);
    assert_eq!(lived.network.latency, LatencyPlan::constant(tick));
    assert_eq!(lived.process.start, LatencyPlan::constant(200 * tick));
}
