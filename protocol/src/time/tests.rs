//! Unit tests of the two clocks.

use super::{Time, WallTime};
use std::time::Duration;

#[test]
fn a_time_shows_as_many_digits_as_it_needs() {
    let cases = [
        (0, "0.000s"),
        (1_500_000_000, "1.500s"),
        (120_000_000_000, "120.000s"),
        (1_000_001_000, "1.000001s"),
        (1_000_000_001, "1.000000001s"),
        (u64::MAX, "18446744073.709551615s"),
    ];
    for (nanos, text) in cases {
        assert_eq!(Time::from_nanos(nanos).to_string(), text);
    }
    assert_eq!(format!("[{:>9}]", Time::from_secs(1)), "[   1.000s]");
}

#[test]
fn arithmetic_stops_at_both_ends() {
    let second = Duration::from_secs(1);
    assert_eq!(Time::MAX + second, Time::MAX);
    assert_eq!(Time::ZERO - second, Time::ZERO);
    assert_eq!(Time::ZERO + Duration::MAX, Time::MAX);
    assert_eq!(Time::from_secs(u64::MAX), Time::MAX);
    assert_eq!(Time::from_millis(u64::MAX), Time::MAX);
    assert_eq!(Time::ZERO.since(Time::MAX), Duration::ZERO);
}

#[test]
fn arithmetic_is_exact_to_the_nanosecond() {
    let mut time = Time::from_millis(1500);
    time += Duration::new(2, 3);
    assert_eq!(time.as_nanos(), 3_500_000_003);
    assert_eq!((time - Duration::from_nanos(3)).as_nanos(), 3_500_000_000);
    assert_eq!(
        time.since(Time::from_secs(1)),
        Duration::new(2, 500_000_003)
    );
    assert_eq!(time.since_start(), Duration::new(3, 500_000_003));
}

#[test]
fn the_calendar_begins_with_2026_and_counts_whole_milliseconds() {
    // 56 years since 1970, 14 of them leap years.
    let days = 56 * 365 + 14;
    assert_eq!(WallTime::EPOCH.as_millis(), days * 24 * 60 * 60 * 1000);
    let almost_two = Time::from_nanos(1_999_999);
    let expected = WallTime::from_millis(WallTime::EPOCH.as_millis() + 1);
    assert_eq!(WallTime::at(almost_two), expected);
}
