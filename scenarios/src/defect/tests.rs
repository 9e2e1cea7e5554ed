//! The tables of defects agree with each other, and with what a scenario may name.

//! The table of defects and its recognisers agree with each other.

use super::{all, known};
use crate::invariant;
use crate::scenario::known::DEFECTS;

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

#[test]
fn an_unknown_id_is_not_known() {
    assert!(known("RD-99").is_none());
    assert!(known("ND-01").is_some());
}
