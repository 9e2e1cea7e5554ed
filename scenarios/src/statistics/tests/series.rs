//! Warm-up, batches and replications of short series worked out by hand.

use super::rounds_to;
use crate::statistics::warmup::{self, Length, WarmUp};
use crate::statistics::{Confidence, batches, replications};
use std::num::NonZeroUsize;

/// Each number five times.
fn groups(means: &[f64]) -> Vec<f64> {
    means.iter().flat_map(|mean| [*mean; 5]).collect()
}

/// Of 10, 6, 2, 1, 2, 1, 2, 1 without the first 0, 1, 2 or 3, Σ(x − mean)² over the number squared
/// is 1.1387, 0.3848, 0.0417 and 0.0480.
#[test]
fn the_cut_is_where_the_error_of_the_rest_is_least() {
    let mut series = groups(&[10.0, 6.0, 2.0, 1.0, 2.0, 1.0, 2.0, 1.0]);
    let sufficient = |cut| {
        Some(WarmUp {
            cut,
            length: Length::Sufficient,
        })
    };
    assert_eq!(warmup::mser5(&series), sufficient(10));
    assert_eq!(
        warmup::without(&series)[..6],
        [2.0, 2.0, 2.0, 2.0, 2.0, 1.0]
    );
    // Four more do not make a group.
    series.extend([90.0; 4]);
    assert_eq!(warmup::mser5(&series), sufficient(10));
    assert_eq!(warmup::mser5(&[3.0; 50]), sufficient(0));
    assert_eq!(warmup::mser5(&[3.0; 9]), None);
    assert_eq!(warmup::without(&[3.0; 9]).len(), 9);
}

#[test]
fn a_cut_in_the_second_half_says_that_the_series_is_too_short() {
    let end = [9.0; 5];
    let series = groups(&[&[1.0, 2.0, 1.0, 2.0, 1.0, 2.0, 1.0][..], &end].concat());
    let length = Length::TooShort;
    assert_eq!(warmup::without(&series).len(), 30);
    assert_eq!(warmup::mser5(&series), Some(WarmUp { cut: 35, length }));
}

#[test]
fn batches_are_filled_from_the_end() {
    let numbers = [100.0, 1.0, 3.0, 5.0, 7.0, 8.0, 12.0];
    let three = NonZeroUsize::new(3).unwrap();
    assert_eq!(batches::means(&numbers, three), Some(vec![2.0, 6.0, 10.0]));
    assert_eq!(batches::means(&numbers[..2], three), None);
    // The deviation of 2, 6 and 10 is 4, its error 4/√3, and t of two degrees 4.3027.
    let estimate = batches::mean(&numbers, three, Confidence::NINETY_FIVE).unwrap();
    assert_eq!((estimate.count, estimate.mean), (3, 6.0));
    rounds_to(estimate.interval.half_width(), "9.9366");
    let one = NonZeroUsize::MIN;
    assert_eq!(batches::mean(&numbers, one, Confidence::NINETY_FIVE), None);
}

#[test]
fn each_replication_is_one_number_after_its_own_warm_up() {
    let first = groups(&[10.0, 6.0, 2.0, 1.0, 2.0, 1.0, 2.0, 1.0]);
    let short = vec![1.0, 3.0];
    let means = replications::means(&[&first, &short]).unwrap();
    assert_eq!(means.len(), 2);
    rounds_to(means[0], "1.500000000000");
    rounds_to(means[1], "2.000000000000");
    let estimate = replications::mean(&[&first, &short], Confidence::NINETY_FIVE).unwrap();
    // t of one degree is 12.706, the error of 1.5 and 2 is 0.25.
    rounds_to(estimate.interval.half_width(), "3.1766");
    assert_eq!(replications::means(&[&short, &Vec::new()]), None);
}
