//! Statistics beside numbers that are worked out by hand or taken from published tables, and the
//! laws that hold for every sample.

mod comparison;
mod intervals;
mod laws;
mod series;
mod summaries;

/// Whether a number is the expected one, rounded to so many decimals.
#[track_caller]
fn rounds_to(found: f64, expected: &str) {
    let decimals = expected.split_once('.').map_or(0, |(_, after)| after.len());
    assert_eq!(format!("{found:.decimals$}"), expected);
}
