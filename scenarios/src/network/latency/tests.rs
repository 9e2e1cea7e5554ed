//! Pinned draws, ends and medians of every distribution, and each refusal.

use super::{Latency, LatencyError, Shape};
use crate::stream::Seeds;
use expect_test::{Expect, expect};
use rand::RngCore;
use std::sync::Arc;
use std::time::Duration;

const fn micros(count: u64) -> Duration {
    Duration::from_micros(count)
}

fn samples(samples: &[u64]) -> Shape {
    Shape::Empirical(samples.iter().copied().map(micros).collect::<Arc<[_]>>())
}

fn uniform(low: u64, high: u64) -> Shape {
    Shape::Uniform {
        low: micros(low),
        high: micros(high),
    }
}

/// Prints median, maximum, the first draws in nanoseconds, and how many of 10,000 draws are at
/// most the median, are zero, and are clipped.
fn check(shape: Shape, max: Option<Duration>, expected: Expect) {
    let latency = Latency::new(shape, max).expect("a valid distribution");
    let mut rng = Seeds::new(7).small("latency");
    let draws: Vec<Duration> = (0..10_000).map(|_| latency.draw(&mut rng)).collect();
    let first: Vec<u128> = draws[..4].iter().map(Duration::as_nanos).collect();
    let count = |holds: &dyn Fn(&Duration) -> bool| draws.iter().filter(|draw| holds(draw)).count();
    assert_eq!(count(&|draw| *draw > latency.max()), 0);
    expected.assert_eq(&format!(
        "median {:?}, max {:?}, first {first:?}, up to median {}, zero {}, at max {}",
        latency.median(),
        latency.max(),
        count(&|draw| *draw <= latency.median()),
        count(&|draw| draw.is_zero()),
        count(&|draw| *draw == latency.max()),
    ));
}

#[test]
fn the_first_draws_of_every_distribution_never_change() {
    check(
        Shape::Constant(micros(700)),
        None,
        expect![
            "median 700µs, max 700µs, first [700000, 700000, 700000, 700000], up to median 10000, zero 0, at max 10000"
        ],
    );
    check(
        uniform(500, 2_000),
        None,
        expect![
            "median 1.25ms, max 2ms, first [1762299, 1378034, 1401039, 593637], up to median 4991, zero 0, at max 0"
        ],
    );
    let (mean, deviation) = (micros(1_000), micros(900));
    check(
        Shape::Normal { mean, deviation },
        None,
        expect![
            "median 1ms, max 20ms, first [1765857, 1121894, 1448793, 0], up to median 5006, zero 1350, at max 0"
        ],
    );
    check(
        Shape::Exponential { mean },
        None,
        expect![
            "median 693.147µs, max 13.86294ms, first [988868, 327272, 2297966, 235920], up to median 5022, zero 0, at max 0"
        ],
    );
    let (median, sigma) = (micros(1_000), 1.5);
    check(
        Shape::LogNormal { median, sigma },
        None,
        expect![
            "median 1ms, max 20ms, first [3583820, 1225264, 2112745, 39626], up to median 5006, zero 0, at max 251"
        ],
    );
    let (scale, shape) = (micros(500), 0.9);
    check(
        Shape::Pareto { scale, shape },
        None,
        expect![
            "median 1.080059ms, max 21.60118ms, first [605654, 906550, 880870, 10900861], up to median 5010, zero 0, at max 339"
        ],
    );
    let shape = 0.7;
    check(
        Shape::Weibull { scale, shape },
        None,
        expect![
            "median 296.195µs, max 5.9239ms, first [492067, 101387, 1641251, 63521], up to median 5022, zero 0, at max 42"
        ],
    );
    check(
        samples(&[100, 200, 200, 900, 50_000]),
        None,
        expect![
            "median 200µs, max 4ms, first [4000000, 200000, 900000, 100000], up to median 5995, zero 0, at max 2003"
        ],
    );
}

#[test]
fn a_given_max_clips() {
    let mean = micros(1_000);
    check(
        Shape::Exponential { mean },
        Some(micros(2_000)),
        expect![
            "median 693.147µs, max 2ms, first [988868, 327272, 2000000, 235920], up to median 5022, zero 0, at max 1391"
        ],
    );
    check(
        uniform(500, 2_000),
        Some(micros(1_500)),
        expect![
            "median 1.25ms, max 1.5ms, first [1500000, 1378034, 1401039, 593637], up to median 4991, zero 0, at max 3366"
        ],
    );
}

/// A generator whose every draw is the same.
struct Always(u64);

impl RngCore for Always {
    fn next_u32(&mut self) -> u32 {
        (self.0 >> 32) as u32
    }
    fn next_u64(&mut self) -> u64 {
        self.0
    }
    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        bytes.fill(self.0 as u8);
    }
}

#[test]
fn the_ends_of_a_distribution_can_be_drawn() {
    let ends = |shape: Shape| {
        let latency = Latency::new(shape, None).expect("a valid distribution");
        (
            latency.draw(&mut Always(0)),
            latency.draw(&mut Always(u64::MAX)),
        )
    };
    assert_eq!(ends(uniform(500, 2_000)), (micros(500), micros(2_000)));
    assert_eq!(ends(samples(&[3, 4, 50])), (micros(3), micros(50)));
    let (scale, shape) = (micros(500), 1.0);
    // The heaviest draw is 2⁵³ times the scale, far above 20 medians.
    assert_eq!(
        ends(Shape::Pareto { scale, shape }),
        (micros(20 * 1_000), micros(500))
    );
    let all = Shape::Uniform {
        low: Duration::ZERO,
        high: Duration::from_nanos(u64::MAX),
    };
    assert_eq!(ends(all), (Duration::ZERO, Duration::from_nanos(u64::MAX)));
}

#[test]
fn a_constant_draws_nothing_from_the_stream() {
    let mut rng = Seeds::new(7).small("latency");
    let untouched = rng.clone();
    let latency = Latency::constant(micros(5)).expect("a valid distribution");
    assert_eq!(latency.draw(&mut rng), micros(5));
    assert_eq!(rng, untouched);
}

#[test]
fn the_bound_is_no_looser_than_the_shape() {
    let bound = |shape, max| Latency::new(shape, max).map(|latency| latency.max());
    assert_eq!(bound(Shape::Constant(micros(7)), None), Ok(micros(7)));
    assert_eq!(bound(uniform(5, 9), Some(micros(100))), Ok(micros(9)));
    assert_eq!(bound(uniform(0, 1), None), Ok(micros(1)));
    assert_eq!(bound(samples(&[1, 1, 300]), None), Ok(micros(20)));
    assert_eq!(bound(samples(&[0, 0]), None), Ok(Duration::ZERO));
}

fn check_refused(shape: Shape, max: Option<Duration>, expected: Expect) {
    let refused: LatencyError = Latency::new(shape, max).expect_err("not a distribution");
    expected.assert_eq(&refused.to_string());
}

#[test]
fn wrong_parameters_are_refused_with_a_reason() {
    let millisecond = micros(1_000);
    check_refused(
        uniform(9, 5),
        None,
        expect!["the low end 9µs is above the high end 5µs"],
    );
    check_refused(
        Shape::Constant(Duration::MAX),
        None,
        expect!["the constant is longer than 584 years"],
    );
    let mean = Duration::ZERO;
    check_refused(
        Shape::Exponential { mean },
        None,
        expect!["the mean must be longer than 0"],
    );
    let deviation = millisecond;
    check_refused(
        Shape::Normal { mean, deviation },
        None,
        expect![
            "the median is 0, so the default max of 20 medians would make every draw 0: give a max"
        ],
    );
    let (median, scale) = (millisecond, millisecond);
    for sigma in [-1.0, f64::NAN, f64::INFINITY] {
        assert!(Latency::new(Shape::LogNormal { median, sigma }, None).is_err());
    }
    let (sigma, shape) = (-1.0, 0.0);
    check_refused(
        Shape::LogNormal { median, sigma },
        None,
        expect!["the sigma is -1, it must be a number of at least 0"],
    );
    check_refused(
        Shape::Pareto { scale, shape },
        None,
        expect!["the shape is 0, it must be a number above 0"],
    );
    let shape = 0.001;
    check_refused(
        Shape::Pareto { scale, shape },
        None,
        expect!["the median is longer than 584 years"],
    );
    check_refused(samples(&[]), None, expect!["there are no samples"]);
    check_refused(
        samples(&[1, 5, 4, 3]),
        None,
        expect![
            "sample 2 (counted from 0) is smaller than the one before it: samples go in ascending order"
        ],
    );
    check_refused(
        samples(&[0, 0, 3]),
        None,
        expect![
            "the median is 0, so the default max of 20 medians would make every draw 0: give a max"
        ],
    );
    check_refused(
        uniform(1, 9),
        Some(micros(2)),
        expect![
            "the max 2µs is below the median 5µs, so more than half of all draws would be clipped"
        ],
    );
}

/// The mean of 200,000 draws lies within 1 % of the mean that is worked out.
fn check_mean(shape: Shape, max: Option<Duration>) {
    let endless = Duration::from_nanos(u64::MAX);
    let own = Latency::new(shape.clone(), max.or(Some(endless))).expect("a valid distribution");
    let mut rng = Seeds::new(7).chacha("mean");
    let count = 200_000;
    let sum: f64 = (0..count).map(|_| own.draw(&mut rng).as_secs_f64()).sum();
    let (drawn, mean) = (sum / f64::from(count), shape.mean_seconds(max));
    let mean = mean.expect("there is a mean");
    assert!(
        (drawn / mean - 1.0).abs() < 0.01,
        "{shape:?} up to {max:?}: {drawn} {mean}"
    );
}

#[test]
fn the_mean_of_every_distribution() {
    let (scale, mean, median) = (micros(500), micros(1_000), micros(1_000));
    let (sigma, deviation) = (0.8, micros(900));
    for max in [None, Some(micros(1_500)), Some(micros(9_000))] {
        for shape in [
            Shape::Constant(micros(700)),
            uniform(500, 2_000),
            Shape::Normal { mean, deviation },
            Shape::Exponential { mean },
            Shape::LogNormal { median, sigma },
            Shape::Pareto { scale, shape: 2.5 },
            Shape::Weibull { scale, shape: 0.7 },
            samples(&[100, 200, 200, 900, 5_000]),
        ] {
            check_mean(shape, max);
        }
    }
    let heavy = Shape::Pareto { scale, shape: 1.0 };
    assert_eq!(heavy.mean_seconds(None), None);
    check_mean(heavy, Some(micros(9_000)));
    let (sigma, deviation) = (0.0, Duration::ZERO);
    check_mean(Shape::LogNormal { median, sigma }, Some(mean));
    check_mean(Shape::Normal { mean, deviation }, None);
}
