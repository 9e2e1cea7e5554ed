//! Student's intervals beside the printed tables and his own data, and the bootstrap beside all
//! samples that there are, and beside the book.

use super::rounds_to;
use crate::statistics::bootstrap::{self, Correction, Drawing};
use crate::statistics::{Confidence, Estimate, Interval, Quantiles, student};

/// The additional hours of sleep of ten patients, one drug without the other: Student 1908, from
/// Cushny and Peebles.
pub(super) const SLEEP: [f64; 10] = [1.2, 2.4, 1.3, 1.3, 0.0, 1.0, 1.8, 0.8, 4.6, 1.4];

/// Spatial test A of 26 children: Efron and Tibshirani 1993, table 14.1.
const SPATIAL: [f64; 26] = [
    48.0, 36.0, 20.0, 29.0, 42.0, 42.0, 20.0, 42.0, 22.0, 41.0, 45.0, 14.0, 6.0, 0.0, 33.0, 28.0,
    34.0, 4.0, 32.0, 24.0, 47.0, 41.0, 24.0, 26.0, 30.0, 41.0,
];

fn mean(sample: &[f64]) -> f64 {
    sample.iter().sum::<f64>() / sample.len() as f64
}

/// The variance over the number of the sample, as the book has it.
fn variance(sample: &[f64]) -> f64 {
    let middle = mean(sample);
    mean(
        &sample
            .iter()
            .map(|one| (one - middle).powi(2))
            .collect::<Vec<f64>>(),
    )
}

#[test]
fn quantiles_of_students_t_are_those_of_the_tables() {
    let table = [
        (1, 0.9, "3.078"),
        (1, 0.975, "12.706"),
        (2, 0.975, "4.303"),
        (3, 0.995, "5.841"),
        (5, 0.975, "2.571"),
        (9, 0.95, "1.833"),
        (10, 0.975, "2.228"),
        (29, 0.975, "2.045"),
        (30, 0.995, "2.750"),
        (60, 0.975, "2.000"),
        (120, 0.975, "1.980"),
        (1_000_000, 0.975, "1.960"),
    ];
    for (degrees, share, expected) in table {
        rounds_to(student::quantile(share, degrees), expected);
        rounds_to(-student::quantile(1.0 - share, degrees), expected);
    }
}

#[test]
fn probabilities_of_few_degrees_are_those_of_the_formulas() {
    // One degree is Cauchy's: 1 − 2·atan(t)/π; two: 1 − t/√(2 + t²).
    assert_eq!(student::two_sided(0.0, 7), 1.0);
    rounds_to(student::two_sided(1.0, 1), "0.500000000000");
    rounds_to(student::two_sided(-1.0, 1), "0.500000000000");
    let two = 1.0 - 3.0 / 11.0_f64.sqrt();
    rounds_to(student::two_sided(3.0, 2), &format!("{two:.12}"));
    assert_eq!(student::two_sided(f64::INFINITY, 3), 0.0);
}

#[test]
fn students_own_patients_slept_longer() {
    let Estimate {
        count,
        mean,
        interval,
    } = student::mean(&SLEEP, Confidence::NINETY_FIVE).unwrap();
    assert_eq!(count, 10);
    rounds_to(mean, "1.58");
    rounds_to(interval.low, "0.7001142");
    rounds_to(interval.high, "2.4598858");
    assert!(interval.holds(1.58) && !interval.holds(0.0));
    assert_eq!(student::mean(&SLEEP[..1], Confidence::NINETY_FIVE), None);
}

#[test]
fn how_narrow_an_interval_is_is_said_beside_its_mean() {
    let estimate = |mean, half_width| Estimate {
        count: 9,
        mean,
        interval: Interval::around(mean, half_width),
    };
    assert_eq!(estimate(-50.0, 1.0).relative_half_width(), 0.02);
    assert_eq!(estimate(0.0, 0.0).relative_half_width(), 0.0);
    assert_eq!(estimate(0.0, 1.0).relative_half_width(), f64::INFINITY);
}

#[test]
fn a_confidence_is_a_share() {
    assert_eq!(Confidence::new(0.95), Some(Confidence::NINETY_FIVE));
    for share in [0.0, 1.0, -0.5, 2.0, f64::NAN] {
        assert_eq!(Confidence::new(share), None, "{share}");
    }
}

#[test]
fn the_corrections_of_bca_are_those_of_the_book() {
    rounds_to(variance(&SPATIAL), "171.5");
    rounds_to(bootstrap::acceleration(&SPATIAL, variance), "0.061");
    // All alike: nothing changes with what is left out.
    assert_eq!(bootstrap::acceleration(&[2.0; 4], variance), 0.0);
    // The numbers of the book: 13.9 % below gives −1.085, half gives 0.
    assert_eq!(bootstrap::bias(1.0, &[0.0, 2.0]), Some(0.0));
    assert_eq!(bootstrap::bias(1.0, &[1.0, 1.0]), Some(0.0));
    // One side only: half of one of four, Φ⁻¹(1/8).
    rounds_to(bootstrap::bias(1.0, &[2.0; 4]).unwrap(), "-1.150349");
    rounds_to(bootstrap::bias(3.0, &[2.0; 4]).unwrap(), "1.150349");
    assert_eq!(bootstrap::bias(1.0, &[]), None);
}

/// The means of the 27 samples that can be drawn from 0, 1 and 5. 13 of them are below the mean of
/// 2 or equal it by half: 11 + 6/2 = 14; z₀ = Φ⁻¹(14/27) = 0.046436. Without each number in turn
/// the mean is 3, 2.5 and 0.5, which is 1, 0.5 and −1.5 from their mean: a = 0.057270.
#[test]
fn bca_of_all_samples_is_what_is_worked_out_by_hand() {
    let sample = [0.0, 1.0, 5.0];
    let mut all = Vec::new();
    for one in sample {
        for two in sample {
            all.extend(sample.map(|three| mean(&[one, two, three])));
        }
    }
    let correction = Correction {
        bias: bootstrap::bias(2.0, &all).unwrap(),
        acceleration: bootstrap::acceleration(&sample, mean),
    };
    rounds_to(correction.bias, "0.046436");
    rounds_to(correction.acceleration, "0.057270");
    // Shares 0.046663 and 0.989647 of the way through 26 steps.
    let interval = correction.interval(&Quantiles::of(all).unwrap(), Confidence::NINETY_FIVE);
    rounds_to(interval.low, "0.333333");
    rounds_to(interval.high, "4.641109");
}

#[test]
fn draws_depend_on_the_seed_and_the_name_and_on_nothing_else() {
    let of = |seed, name| {
        let drawing = Drawing::named(seed, name);
        bootstrap::bca(&SPATIAL, variance, Confidence::NINETY_FIVE, drawing).unwrap()
    };
    assert_eq!(of(1, "wait"), of(1, "wait"));
    assert_ne!(of(1, "wait"), of(2, "wait"));
    assert_ne!(of(1, "wait"), of(1, "turnaround"));
}

#[test]
fn an_interval_of_too_little_is_none() {
    let drawing = Drawing::named(1, "nothing");
    let nine_of_ten = Confidence::new(0.9).unwrap();
    assert_eq!(bootstrap::percentile(&[], mean, nine_of_ten, drawing), None);
    assert_eq!(bootstrap::bca(&[1.0], mean, nine_of_ten, drawing), None);
    let none = Drawing {
        samples: 0,
        ..drawing
    };
    assert_eq!(bootstrap::percentile(&SLEEP, mean, nine_of_ten, none), None);
    assert_eq!(bootstrap::bca(&SLEEP, mean, nine_of_ten, none), None);
    let one = bootstrap::percentile(&[4.0], mean, nine_of_ten, drawing);
    assert_eq!(
        one,
        Some(Interval {
            low: 4.0,
            high: 4.0
        })
    );
}
