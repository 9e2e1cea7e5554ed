//! When a sweep has enough seeds: a cell goes on until what it is played for is known closely
//! enough. After A. M. Law, *Simulation Modeling and Analysis*, 5th edition, McGraw-Hill 2015,
//! section 9.4.1: at least ten runs, then more until the interval is narrow beside its mean.

use crate::scenario::suggest::nearest;
use crate::statistics::{Confidence, Estimate, Summary, student};
use std::fmt;
use std::num::NonZeroU64;
use std::str::FromStr;

/// Seeds that a cell goes on with at a time, and the fewest of a cell.
pub const SEEDS_AT_A_TIME: NonZeroU64 = NonZeroU64::new(10).expect("ten is not zero");

/// The most seeds of a cell, unless others are asked for.
pub const SEEDS_MAX: NonZeroU64 = NonZeroU64::new(1_000).expect("a thousand is not zero");

/// The columns that are looked at unless others are named: how long the work took and how well the
/// cluster was used.
pub const DEFAULT_COLUMNS: [&str; 5] = [
    "makespan_ns",
    "application_wait_mean_ns",
    "application_turnaround_mean_ns",
    "application_slowdown_mean",
    "cores_utilisation",
];

/// What is enough: half the width of the interval of 95 % is at most a share of the mean.
#[derive(Clone, Debug, PartialEq)]
pub struct Until {
    /// In percent.
    percent: f64,
    /// The columns for which it is to be so.
    columns: Vec<String>,
}

impl Until {
    /// The columns for which it is to be so.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// The columns as places in a table with these columns.
    ///
    /// # Errors
    /// If the table has no such column.
    pub(super) fn places(&self, header: &csv::StringRecord) -> Result<Vec<usize>, String> {
        let place = |wanted: &String| {
            let found = header.iter().position(|column| column == wanted);
            found.ok_or_else(|| {
                let near = nearest(wanted, header.iter());
                let near =
                    near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"));
                format!("the table has no column `{wanted}`{near}")
            })
        };
        self.columns.iter().map(place).collect()
    }

    /// Whether a number is known closely enough. One that there is nothing to measure of is.
    pub(super) fn is_enough(&self, summary: &Summary) -> bool {
        summary.count() == 0
            || estimate(summary)
                .is_some_and(|one| one.relative_half_width() * 100.0 <= self.percent)
    }
}

/// The mean of a column in a cell.
pub(super) fn estimate(summary: &Summary) -> Option<Estimate> {
    student::of_summary(summary, Confidence::NINETY_FIVE)
}

/// As it is read, with all columns named.
impl fmt::Display for Until {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ci={}%:{}", self.percent, self.columns.join(","))
    }
}

impl FromStr for Until {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wanted = || {
            format!("`{text}` says no end; allowed: ci=P% with P above 0, or ci=P%:COLUMN,COLUMN…")
        };
        let rule = text.strip_prefix("ci=").ok_or_else(wanted)?;
        let (percent, columns) = match rule.split_once(':') {
            Some((percent, columns)) => (percent, columns.split(',').map(str::to_owned).collect()),
            None => (rule, DEFAULT_COLUMNS.map(str::to_owned).to_vec()),
        };
        let percent = percent.strip_suffix('%').and_then(|it| it.parse().ok());
        let percent = percent.filter(|percent: &f64| percent.is_finite() && *percent > 0.0);
        Ok(Self {
            percent: percent.ok_or_else(wanted)?,
            columns,
        })
    }
}
