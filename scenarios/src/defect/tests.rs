//! The table of defects and its recognisers agree with each other.

use super::{all, known};
use crate::invariant::{self, Violation};
use crate::scenario::known::DEFECTS;
use deploysim_protocol::time::Time;

#[test]
fn a_scenario_may_name_exactly_the_defects_of_the_tables() {
    let ids: Vec<_> = all().map(|defect| defect.id).collect();
    assert_eq!(ids, DEFECTS);
}

#[test]
fn every_defect_shows_by_an_invariant_that_is_known() {
    for defect in all() {
        assert!(defect.sentence.ends_with('.'), "{}", defect.id);
        assert!(!defect.shows.is_empty(), "{}", defect.id);
        for (invariant, _) in defect.shows {
            assert!(invariant::known(invariant).is_some(), "{invariant}");
        }
    }
}

/// What a defect shows by is told from the same mark at another invariant and from other marks of
/// the same one, unless it shows by any.
#[test]
fn every_sign_is_told_from_others() {
    for defect in all() {
        for (invariant, mark) in defect.shows {
            assert!(defect.explains(&marked(invariant, mark)), "{}", defect.id);
            assert!(!defect.explains(&marked("AUDIT", mark)), "{}", defect.id);
            let is_any = (defect.shows).contains(&(*invariant, ""));
            let other = marked(invariant, "something-else");
            assert_eq!(defect.explains(&other), is_any, "{}", defect.id);
        }
    }
}

fn marked(invariant: &'static str, mark: &'static str) -> Violation {
    Violation {
        invariant,
        at: Time::ZERO,
        nodes: Vec::new(),
        sentence: String::new(),
        evidence: Vec::new(),
        marks: vec![mark],
        fingerprint: String::new(),
        count: 1,
    }
}

#[test]
fn an_unknown_id_is_not_known() {
    assert!(known("RD-99").is_none());
    assert!(known("ND-01").is_some());
}
