//! How violations are read, and what several seeds add up to.

use super::Series;
use crate::expectation::Judge;
use crate::invariant::Violation;
use crate::outcome::{Outcome, Reading};
use crate::scenario;
use crate::world::queue::Played;
use deploysim_protocol::text::scope;
use deploysim_protocol::time::Time;
use std::path::Path;

/// What a run of a scenario with these lines comes to if it shows a violation of `INV-L1` with
/// the mark, or none.
fn outcome(lines: &str, seed: u64, mark: Option<&'static str>) -> Outcome {
    let text = format!("title = \"One\"\nuntil = \"10s\"\n{lines}\n[cluster]\n");
    let plan = match scenario::parse("one.toml", text.as_bytes(), Path::new(""), &[]) {
        Ok(plan) => plan,
        Err(error) => panic!("{error}"),
    };
    let violations = mark.map(|mark| Violation {
        invariant: "INV-L1",
        at: Time::from_secs(3),
        nodes: Vec::new(),
        sentence: "found".to_owned(),
        evidence: Vec::new(),
        marks: vec![mark],
        fingerprint: "INV-L1".to_owned(),
        count: 2,
    });
    let played = Played {
        end: Time::from_secs(10),
        inputs: 7,
        steps: 9,
    };
    let violations = Vec::from_iter(violations);
    scope(|| Outcome::new(&plan, seed, played, &Judge::new(&plan), Some(&violations)))
}

/// The mark by which RD-19 is recognised in a violation of INV-L1.
fn mark() -> &'static str {
    let defect = crate::defect::known("RD-19").unwrap();
    let sign = defect
        .shows
        .iter()
        .find(|(invariant, _)| *invariant == "INV-L1");
    sign.unwrap().1
}

const ANNOUNCED: &str = "expect_violation = [{ invariant = \"INV-L1\", defect = \"RD-19\" }]";
const SOMETIMES: &str =
    "expect_violation = [{ invariant = \"INV-L1\", defect = \"RD-19\", sometimes = true }]";
const TOLERATED: &str = "tolerate = [\"RD-19\"]";

#[test]
fn a_violation_that_nothing_claims_is_a_failure() {
    let found = outcome("", 1, Some(mark()));
    assert_eq!(found.violations[0].reading, Reading::Unclaimed);
    assert!(!found.holds());
    assert!(outcome("", 1, None).holds());
}

#[test]
fn a_defect_claims_only_what_bears_its_mark() {
    for lines in [ANNOUNCED, TOLERATED] {
        let found = outcome(lines, 1, Some("another mark"));
        assert_eq!(found.violations[0].reading, Reading::Unclaimed, "{lines}");
        assert!(!found.holds(), "{lines}");
    }
}

#[test]
fn an_announced_violation_must_be_seen() {
    let seen = outcome(ANNOUNCED, 1, Some(mark()));
    assert_eq!(
        seen.violations[0].reading,
        Reading::Announced("RD-19".to_owned())
    );
    assert!(seen.holds());
    assert!(!outcome(ANNOUNCED, 1, None).holds());
}

#[test]
fn a_tolerated_defect_may_be_seen_and_is_counted() {
    let mut series = Series::default();
    series.add(outcome(TOLERATED, 1, None));
    assert_eq!(series.tolerated().count(), 0);
    series.add(outcome(TOLERATED, 2, Some(mark())));
    series.add(outcome(TOLERATED, 3, Some(mark())));
    assert_eq!(series.tolerated().collect::<Vec<_>>(), [("RD-19", 4)]);
    assert!(series.holds());
    assert_eq!((series.runs(), series.inputs()), (3, 21));
}

#[test]
fn what_is_announced_for_some_seed_must_be_seen_on_one() {
    let mut series = Series::default();
    series.add(outcome(SOMETIMES, 1, None));
    assert_eq!(series.unseen().collect::<Vec<_>>(), ["INV-L1 by RD-19"]);
    assert!(!series.holds());
    series.add(outcome(SOMETIMES, 2, Some(mark())));
    assert_eq!(series.unseen().count(), 0);
    assert!(series.holds());
}

#[test]
fn one_failed_run_fails_the_series() {
    let mut series = Series::default();
    series.add(outcome(ANNOUNCED, 2, None));
    series.add(outcome(ANNOUNCED, 1, Some(mark())));
    assert!(!series.holds());
    let failed: Vec<u64> = series.failed().map(|outcome| outcome.seed).collect();
    assert_eq!(failed, [2]);
}
