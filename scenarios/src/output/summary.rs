//! What a run came to as one JSON object, for tools. It holds no number that depends on the
//! machine.

use super::metrics::Metrics;
use crate::measure::{Measurement, Value};
use crate::outcome::{Announced, Judged, Liveness, Outcome, Read, Reading};
use crate::scenario::plan::Frequency;
use serde::Serialize;
use std::collections::BTreeMap;

/// The version of this form; it rises with every change that a reader could notice.
pub const VERSION: u32 = 2;

/// What the form calls itself.
pub const FORMAT: &str = "deploysim-run";

/// A run in one object.
#[derive(Clone, Debug, Serialize)]
pub struct Summary<'a> {
    format: &'static str,
    version: u32,
    title: &'a str,
    /// Only said of the live world.
    #[serde(skip_serializing_if = "Option::is_none")]
    world: Option<&'static str>,
    seed: u64,
    verdict: &'static str,
    /// Only said where they are not.
    #[serde(skip_serializing_if = "Option::is_none")]
    invariants_checked: Option<bool>,
    liveness_checked: bool,
    simulated_ns: u64,
    expectations: Vec<Expectation<'a>>,
    violations: Vec<Found<'a>>,
    announced: Vec<Announcement<'a>>,
    /// By the name of the column; what there was nothing to measure of is left out.
    measured: BTreeMap<String, Number>,
    counts: Counts,
}

/// A number; a ratio is the nearest one of six decimals.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
enum Number {
    Integer(u128),
    Ratio(f64),
}

#[derive(Clone, Debug, Serialize)]
struct Expectation<'a> {
    sentence: &'a str,
    held: bool,
    at_ns: u64,
    found: &'a str,
    sometimes: bool,
    evidence: &'a [String],
}

#[derive(Clone, Debug, Serialize)]
struct Found<'a> {
    invariant: &'a str,
    reading: &'static str,
    defect: Option<&'a str>,
    at_ns: u64,
    count: u64,
    nodes: &'a [String],
    sentence: &'a str,
    fingerprint: &'a str,
    evidence: &'a [String],
}

#[derive(Clone, Debug, Serialize)]
struct Announcement<'a> {
    invariant: &'a str,
    defect: &'a str,
    sometimes: bool,
    seen: bool,
}

#[derive(Clone, Debug, Serialize)]
struct Counts {
    inputs: u64,
    steps: u64,
    handled: BTreeMap<&'static str, u64>,
    notes: BTreeMap<&'static str, u64>,
}

impl<'a> Summary<'a> {
    /// The summary of a run of the scenario with this title.
    pub fn new(
        title: &'a str,
        outcome: &'a Outcome,
        metrics: &Metrics,
        measured: &Measurement,
    ) -> Self {
        Self {
            format: FORMAT,
            version: VERSION,
            title,
            world: None,
            seed: outcome.seed,
            verdict: if outcome.holds() { "held" } else { "violated" },
            invariants_checked: None,
            liveness_checked: outcome.liveness == Liveness::Checked,
            simulated_ns: outcome.end.as_nanos(),
            expectations: outcome.expectations.iter().map(expectation).collect(),
            violations: outcome.violations.iter().map(found).collect(),
            announced: outcome.announced.iter().map(announcement).collect(),
            measured: (measured.totals.iter())
                .filter_map(|total| Some((total.column(), number(total.value?))))
                .collect(),
            counts: Counts {
                inputs: outcome.inputs,
                steps: outcome.steps,
                handled: metrics.handled(),
                notes: metrics.notes(),
            },
        }
    }

    /// The summary of a run with live processes, in which invariants are not checked and nothing is
    /// measured; `simulated_ns` is real time there.
    pub fn of_live(title: &'a str, outcome: &'a Outcome, metrics: &Metrics) -> Self {
        let nothing = Measurement {
            totals: Vec::new(),
            details: Vec::new(),
        };
        Self {
            world: Some("live"),
            invariants_checked: Some(false),
            ..Self::new(title, outcome, metrics, &nothing)
        }
    }
}

fn number(value: Value) -> Number {
    match value {
        Value::Integer(number) => Number::Integer(number),
        Value::Ratio(millionths) => Number::Ratio(millionths as f64 / 1e6),
    }
}

fn expectation(judged: &Judged) -> Expectation<'_> {
    Expectation {
        sentence: &judged.sentence,
        held: judged.decision.held,
        at_ns: judged.decision.at.as_nanos(),
        found: &judged.decision.found,
        sometimes: judged.frequency == Frequency::Sometimes,
        evidence: if judged.decision.held {
            &[]
        } else {
            &judged.evidence
        },
    }
}

fn found(read: &Read) -> Found<'_> {
    let (reading, defect) = match &read.reading {
        Reading::Announced(defect) => ("announced", Some(defect.as_str())),
        Reading::Tolerated(defect) => ("tolerated", Some(defect.as_str())),
        Reading::Unclaimed => ("unclaimed", None),
    };
    let violation = &read.violation;
    Found {
        invariant: violation.invariant,
        reading,
        defect,
        at_ns: violation.at.as_nanos(),
        count: violation.count,
        nodes: &violation.nodes,
        sentence: &violation.sentence,
        fingerprint: &violation.fingerprint,
        evidence: &violation.evidence,
    }
}

fn announcement(announced: &Announced) -> Announcement<'_> {
    Announcement {
        invariant: &announced.expected.invariant,
        defect: &announced.expected.defect,
        sometimes: announced.expected.frequency == Frequency::Sometimes,
        seen: announced.seen,
    }
}
