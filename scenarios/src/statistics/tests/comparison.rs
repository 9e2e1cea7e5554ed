//! Pairs, many tests at once, and what is said of them.

use super::intervals::SLEEP;
use super::rounds_to;
use crate::statistics::apart::{self, Known};
use crate::statistics::verdict::{Measured, Rules, Values, compare};
use crate::statistics::{
    Basis, Comparison, Confidence, Direction, Interval, Verdict, holm, paired,
};

fn pairs(base: &[f64], new: &[f64]) -> Vec<(f64, f64)> {
    base.iter().copied().zip(new.iter().copied()).collect()
}

/// The old value is 10 for each seed, and the new one differs by as much as given.
fn by(differences: &[f64]) -> Vec<(f64, f64)> {
    differences.iter().map(|one| (10.0, 10.0 + one)).collect()
}

fn measured(name: &str, direction: Direction, pairs: Vec<(f64, f64)>) -> Measured {
    let name = name.to_owned();
    let values = Values::Pairs(pairs);
    Measured {
        name,
        direction,
        values,
    }
}

/// The verdict on a number alone.
fn alone(direction: Direction, pairs: Vec<(f64, f64)>, margin: f64) -> Comparison {
    let rules = Rules {
        margin,
        ..Rules::default()
    };
    compare(&[measured("wait", direction, pairs)], rules).remove(0)
}

/// Student's data again: t = 4.0621 with nine degrees.
#[test]
fn pairs_differ_as_their_differences_do() {
    let base = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
    let new = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
    let difference = paired::difference(&pairs(&base, &new), Confidence::NINETY_FIVE).unwrap();
    assert_eq!(
        difference.basis,
        Basis::Pairs {
            count: 10,
            equal: 1
        }
    );
    rounds_to(difference.mean, "1.58");
    rounds_to(difference.probability.unwrap(), "0.002833");
    rounds_to(difference.interval.unwrap().low, "0.7001142");
    assert_eq!(paired::difference(&[], Confidence::NINETY_FIVE), None);
}

/// The half widths 3 and 4 make 5: a difference of 5 is 1.96 standard errors from zero.
#[test]
fn numbers_that_were_measured_apart_differ_by_the_sum_of_their_variances() {
    let known = |value, half_width| Known {
        value,
        interval: Interval::around(value, half_width),
    };
    let of = |base, new| apart::difference(base, new, Confidence::NINETY_FIVE);
    let difference = of(known(100.0, 3.0), known(95.0, 4.0));
    assert_eq!(difference.mean, -5.0);
    assert_eq!(
        difference.interval,
        Some(Interval {
            low: -10.0,
            high: 0.0
        })
    );
    rounds_to(difference.probability.unwrap(), "0.050000");
    // What has no interval is certain.
    assert_eq!(of(known(8.0, 0.0), known(8.0, 0.0)).probability, Some(1.0));
    assert_eq!(of(known(8.0, 0.0), known(9.0, 0.0)).probability, Some(0.0));
    let measured = |new| Measured {
        name: "pass".to_owned(),
        direction: Direction::LessIsBetter,
        values: Values::Apart(known(100.0, 3.0), known(new, 4.0)),
    };
    let all = [measured(100.0), measured(104.0), measured(110.0)];
    let compared = compare(&all, Rules::default());
    let sentences: Vec<String> = compared.iter().map(Comparison::sentence).collect();
    assert_eq!(
        sentences,
        [
            "same: no difference measured apart.",
            "not shown to differ: measured apart, p = 0.1169 after Holm's correction.",
            "regressed: measured apart, p = 0.0002 after Holm's correction.",
        ]
    );
}

#[test]
fn differences_without_spread_are_judged_by_their_sign() {
    let probability = |differences: &[f64]| {
        let difference = paired::difference(&by(differences), Confidence::NINETY_FIVE);
        difference.unwrap().probability
    };
    assert_eq!(probability(&[1.0; 5]), Some(0.0625));
    assert_eq!(probability(&[-1.0; 6]), Some(0.03125));
    assert_eq!(probability(&[0.0; 6]), Some(1.0));
    assert_eq!(probability(&[1.0, -1.0]), Some(1.0));
    assert_eq!(probability(&[1.0]), None);
}

/// 4 · 0.005, 3 · 0.01, 2 · 0.03, and 0.04, which is not below the one before it.
#[test]
fn holms_probabilities_rise_with_the_tests_that_are_left() {
    let adjusted = holm::adjusted(&[0.01, 0.04, 0.03, 0.005]);
    let shown: Vec<String> = adjusted.iter().map(|one| format!("{one:.3}")).collect();
    assert_eq!(shown, ["0.030", "0.060", "0.060", "0.020"]);
    assert_eq!(holm::adjusted(&[0.6, 0.7]), [1.0, 1.0]);
    assert!(holm::adjusted(&[]).is_empty());
}

#[test]
fn a_verdict_depends_on_which_way_is_better() {
    use Direction::{LessIsBetter, MoreIsBetter, Neither};
    let less: Vec<f64> = SLEEP.iter().map(|more| -more).collect();
    for (direction, differences, verdict) in [
        (LessIsBetter, &SLEEP[..], Verdict::Regressed),
        (MoreIsBetter, &SLEEP, Verdict::Improved),
        (Neither, &SLEEP, Verdict::Differs),
        (LessIsBetter, &less, Verdict::Improved),
        (MoreIsBetter, &less, Verdict::Regressed),
        (Neither, &less, Verdict::Differs),
        (LessIsBetter, &[1.0, -1.0, 2.0], Verdict::NotShownToDiffer),
        (LessIsBetter, &[1.0], Verdict::NotShownToDiffer),
        (LessIsBetter, &[0.0; 3], Verdict::Same),
        (LessIsBetter, &[0.0], Verdict::Same),
        (LessIsBetter, &[], Verdict::NotShownToDiffer),
    ] {
        let compared = alone(direction, by(differences), 0.0);
        assert_eq!(compared.verdict, verdict, "{direction:?} {differences:?}");
    }
}

/// The interval of the sleepers reaches from 0.70 to 2.46, with 10 as the old mean.
#[test]
fn a_difference_within_the_margin_is_none() {
    let verdict = |margin| alone(Direction::LessIsBetter, by(&SLEEP), margin).verdict;
    assert_eq!(verdict(0.24), Verdict::Regressed);
    assert_eq!(verdict(0.25), Verdict::Same);
}

#[test]
fn many_numbers_are_corrected_together_and_equal_ones_are_no_test() {
    // p is 0.0028 alone: eighteen tests of it are 0.051, seventeen 0.048.
    let verdict = |others: usize, equal: usize| {
        let mut all = vec![measured("first", Direction::LessIsBetter, by(&SLEEP))];
        let other = measured("other", Direction::Neither, by(&[1.0, -1.0, 2.0]));
        all.extend(vec![other; others]);
        let same = measured("same", Direction::Neither, by(&[0.0; 9]));
        all.extend(vec![same; equal]);
        compare(&all, Rules::default()).remove(0).verdict
    };
    assert_eq!(verdict(16, 100), Verdict::Regressed);
    assert_eq!(verdict(17, 0), Verdict::NotShownToDiffer);
}

#[test]
fn a_comparison_says_why() {
    let sentence = |differences: &[f64], margin| {
        alone(Direction::LessIsBetter, by(differences), margin).sentence()
    };
    for (differences, margin, expected) in [
        (
            &SLEEP[..],
            0.0,
            "regressed: in 10 pairs, p = 0.0028 after Holm's correction.",
        ),
        (
            &SLEEP,
            0.3,
            "same: in 10 pairs the difference lies within what is allowed for.",
        ),
        (&[0.0; 4], 0.0, "same: no difference in 4 pairs."),
        (&[0.0], 0.0, "same: no difference in the one pair."),
        (
            &[2.0],
            0.0,
            "not shown to differ: one pair cannot show what is chance.",
        ),
        (
            &[1.0, -1.0, 2.0],
            0.0,
            "not shown to differ: in 3 pairs, p = 0.5286 after Holm's correction.",
        ),
        (
            &[],
            0.0,
            "not shown to differ: there is no pair to compare.",
        ),
    ] {
        assert_eq!(sentence(differences, margin), expected);
    }
}

#[test]
fn a_change_is_a_share_of_the_old_mean() {
    let relative = |pairs| alone(Direction::Neither, pairs, 0.0).relative();
    assert_eq!(relative(vec![(-4.0, -5.0), (-4.0, -5.0)]), Some(-0.25));
    assert_eq!(relative(vec![(0.0, 1.0)]), None);
    assert_eq!(relative(Vec::new()), None);
}
