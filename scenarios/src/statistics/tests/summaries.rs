//! Means, variances and quantiles. The series are those of the Statistical Reference Datasets of
//! NIST (univariate summary statistics), with the certified values.

use super::rounds_to;
use crate::statistics::batches::autocorrelation;
use crate::statistics::{Quantiles, Summary};

/// NumAcc2 to NumAcc4: the middle once, then 500 times a tenth less and a tenth more.
fn alternating(middle: f64) -> Vec<f64> {
    let (less, more) = (middle - 0.1, middle + 0.1);
    let pairs = std::iter::repeat_n([less, more], 500).flatten();
    std::iter::once(middle).chain(pairs).collect()
}

#[test]
fn large_numbers_that_differ_little_keep_their_variance() {
    let first = Summary::of(&[10_000_001.0, 10_000_003.0, 10_000_002.0]);
    assert_eq!(first.mean(), Some(10_000_002.0));
    assert_eq!(first.deviation(), Some(1.0));
    // A number near ten millions is itself known to 2⁻³⁰ only, which is a 10⁻⁸ of a tenth.
    for (middle, decimals) in [(1.2, 14), (1_000_000.2, 9), (10_000_000.2, 8)] {
        let summary = Summary::of(&alternating(middle));
        assert_eq!(summary.count(), 1001);
        rounds_to(summary.mean().unwrap(), &format!("{middle:.8}"));
        rounds_to(summary.deviation().unwrap(), &format!("{:.decimals$}", 0.1));
    }
}

#[test]
fn the_certified_autocorrelation_is_found() {
    for middle in [1.2, 1_000_000.2] {
        rounds_to(autocorrelation(&alternating(middle)).unwrap(), "-0.999");
    }
    // Deviations −1, 0, 1: −1 · 0 + 0 · 1 over 2.
    assert_eq!(autocorrelation(&[1.0, 2.0, 3.0]), Some(0.0));
    assert_eq!(autocorrelation(&[2.0, 2.0]), None);
    assert_eq!(autocorrelation(&[]), None);
}

#[test]
fn a_summary_says_what_it_has_numbers_for() {
    let nothing = Summary::default();
    assert_eq!((nothing.mean(), nothing.least()), (None, None));
    let one = Summary::of(&[3.0]);
    assert_eq!((one.mean(), one.variance()), (Some(3.0), None));
    // Deviations 3, 1, 1, 3: 20 over 3; the error is the root of 20 over 12.
    let four = Summary::of(&[8.0, 4.0, 6.0, 2.0]);
    assert_eq!((four.least(), four.most()), (Some(2.0), Some(8.0)));
    assert_eq!(four.squares(), 20.0);
    rounds_to(four.variance().unwrap(), "6.666667");
    rounds_to(four.standard_error().unwrap(), "1.290994");
}

#[test]
fn quantiles_lie_on_the_lines_between_the_sorted_numbers() {
    let quantiles = Quantiles::of(vec![4.0, 1.0, 3.0, 2.0]).unwrap();
    // A share of the way from the first to the fourth: 3 steps.
    for (share, number) in [(0.0, 1.0), (0.25, 1.75), (0.5, 2.5), (0.9, 3.7), (1.0, 4.0)] {
        assert_eq!(quantiles.at(share), number, "{share}");
    }
    assert_eq!((quantiles.at(-1.0), quantiles.at(2.0)), (1.0, 4.0));
    assert_eq!(quantiles.sorted(), [1.0, 2.0, 3.0, 4.0]);
    assert_eq!(Quantiles::of(vec![7.0]).unwrap().median(), 7.0);
    assert_eq!(Quantiles::of(Vec::new()), None);
}
