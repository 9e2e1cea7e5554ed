//! What holds for every sample.

use crate::statistics::bootstrap::{self, Drawing};
use crate::statistics::{Confidence, Quantiles, Summary, batches, holm, student, warmup};
use proptest::prelude::*;
use std::num::NonZeroUsize;

/// Whole numbers, so that sums of them are exact and laws hold to the bit.
fn sample(least: usize) -> impl Strategy<Value = Vec<f64>> {
    let number = (-1_000_000_i32..1_000_000).prop_map(f64::from);
    proptest::collection::vec(number, least..60)
}

fn mean(sample: &[f64]) -> f64 {
    sample.iter().sum::<f64>() / sample.len() as f64
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    /// In one pass as in two: each of n steps rounds once, relative to the range of the numbers.
    #[test]
    fn one_pass_gives_what_two_give(sample in sample(2)) {
        let summary = Summary::of(&sample);
        let middle = mean(&sample);
        let range = summary.most().unwrap() - summary.least().unwrap();
        let rounding = sample.len() as f64 * f64::EPSILON;
        prop_assert!((summary.mean().unwrap() - middle).abs() <= rounding * 1e6);
        let squares: f64 = sample.iter().map(|one| (one - middle).powi(2)).sum();
        let bound = 4.0 * rounding * (squares + range * 1e6 * sample.len() as f64);
        prop_assert!((summary.squares() - squares).abs() <= bound);
    }

    #[test]
    fn quantiles_rise_from_the_least_to_the_greatest(sample in sample(1), shares in proptest::array::uniform2(0.0_f64..=1.0)) {
        let summary = Summary::of(&sample);
        let quantiles = Quantiles::of(sample).unwrap();
        let (low, high) = (shares[0].min(shares[1]), shares[0].max(shares[1]));
        prop_assert!(quantiles.at(low) <= quantiles.at(high));
        prop_assert_eq!(Some(quantiles.at(0.0)), summary.least());
        prop_assert_eq!(Some(quantiles.at(1.0)), summary.most());
    }

    #[test]
    fn more_confidence_makes_an_interval_wider(sample in sample(2)) {
        let of = |share| student::mean(&sample, Confidence::new(share).unwrap()).unwrap().interval;
        let (narrow, wide) = (of(0.9), of(0.95));
        prop_assert!(wide.low <= narrow.low && narrow.high <= wide.high);
        prop_assert!(narrow.low <= narrow.high);
    }

    /// A mean of a sample lies within its range, and so does every draw's.
    #[test]
    fn a_bootstrap_interval_lies_within_the_range(sample in sample(2), seed in any::<u64>()) {
        let drawing = Drawing { samples: 100, ..Drawing::named(seed, "law") };
        let summary = Summary::of(&sample);
        let (least, most) = (summary.least().unwrap(), summary.most().unwrap());
        for interval in [
            bootstrap::percentile(&sample, mean, Confidence::NINETY_FIVE, drawing).unwrap(),
            bootstrap::bca(&sample, mean, Confidence::NINETY_FIVE, drawing).unwrap(),
        ] {
            prop_assert!(least <= interval.low && interval.low <= interval.high && interval.high <= most);
        }
    }

    #[test]
    fn batches_of_one_are_the_numbers(sample in sample(1), batches in 1_usize..8) {
        let all = NonZeroUsize::new(sample.len()).unwrap();
        prop_assert_eq!(batches::means(&sample, all).unwrap(), sample.clone());
        let batches = NonZeroUsize::new(batches).unwrap();
        let means = batches::means(&sample, batches);
        prop_assert_eq!(means.map(|means| means.len()), (sample.len() >= batches.get()).then_some(batches.get()));
    }

    /// Worked out in the plain way, a sum for each cut.
    #[test]
    fn a_cut_is_the_best_of_all(sample in sample(25)) {
        let groups: Vec<f64> = sample.chunks_exact(5).map(mean).collect();
        let error = |cut: usize| {
            let kept = &groups[cut..];
            let middle = mean(kept);
            let squares: f64 = kept.iter().map(|one| (one - middle).powi(2)).sum();
            squares / (kept.len() * kept.len()) as f64
        };
        let warm_up = warmup::mser5(&sample).unwrap();
        let chosen = error(warm_up.cut / 5);
        let last = groups.len() - 5;
        prop_assert!(warm_up.cut.is_multiple_of(5) && warm_up.cut / 5 <= last);
        for cut in 0..=last {
            // The same sum in another order differs by its last bits.
            prop_assert!(chosen <= error(cut) * (1.0 + 1e-9), "{} {}", chosen, error(cut));
        }
    }

    #[test]
    fn holms_probabilities_keep_their_order(probabilities in proptest::collection::vec(0.0..=1.0, 1..20)) {
        let adjusted = holm::adjusted(&probabilities);
        for (one, made) in probabilities.iter().zip(&adjusted) {
            prop_assert!(one <= made && *made <= 1.0);
            for (other, other_made) in probabilities.iter().zip(&adjusted) {
                prop_assert!(one > other || made <= other_made);
            }
        }
    }
}
