//! Analytic answers of one link.

use super::Link;
use crate::network::Latency;
use crate::stream::Seeds;
use deploysim_protocol::time::Time;
use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::Duration;

const fn millis(count: u64) -> Duration {
    Duration::from_millis(count)
}

const fn at(milliseconds: u64) -> Time {
    Time::from_millis(milliseconds)
}

fn constant(milliseconds: u64) -> Arc<Latency> {
    Arc::new(Latency::constant(millis(milliseconds)).expect("a valid distribution"))
}

fn link(latency: Arc<Latency>) -> Link {
    Link::new(latency, Seeds::new(7).small("a -> b"))
}

/// Nobody asks for a size where there is no bandwidth.
fn no_size() -> u32 {
    panic!("asked for a size without a bandwidth")
}

#[test]
fn without_a_bandwidth_only_the_latency_counts() {
    let mut link = link(constant(3));
    assert_eq!(link.delay(at(10), no_size), millis(3));
    assert_eq!(link.delay(at(10), no_size), millis(3));
}

#[test]
fn a_bandwidth_spaces_by_size() {
    let mut link = link(constant(3));
    link.limit(NonZeroU64::new(1_000_000));
    // 5,000 bytes at a megabyte per second take 5 ms; the next message waits for them.
    assert_eq!(link.delay(at(10), || 5_000), millis(5 + 3));
    assert_eq!(link.delay(at(10), || 1_000), millis(5 + 1 + 3));
    assert_eq!(link.delay(at(12), || 2_000), millis(4 + 2 + 3));
    // At 18 ms all have left.
    assert_eq!(link.delay(at(30), || 0), millis(3));
    assert_eq!(link.leave(at(40), || 7_000), at(47));
}

#[test]
fn a_part_of_a_nanosecond_counts_as_a_whole_one() {
    let mut link = link(constant(0));
    link.limit(NonZeroU64::new(3_000_000_000));
    assert_eq!(link.delay(at(0), || 1), Duration::from_nanos(1));
    link.limit(NonZeroU64::new(1));
    let slowest = link.leave(at(0), || u32::MAX);
    assert_eq!(
        slowest,
        Time::from_nanos(1) + Duration::from_secs(u32::MAX.into())
    );
}

#[test]
fn what_is_queued_when_the_bandwidth_goes_is_not_overtaken() {
    let mut link = link(constant(0));
    link.limit(NonZeroU64::new(1_000));
    assert_eq!(link.delay(at(0), || 2_000), millis(2_000));
    link.limit(None);
    assert_eq!(link.delay(at(500), no_size), millis(1_500));
    assert_eq!(link.delay(at(2_500), no_size), millis(0));
}
