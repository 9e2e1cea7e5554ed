//! Confidence intervals and what they are about. How one is made is elsewhere.

/// How often an interval, made anew from each of many samples, holds the true number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Confidence(f64);

impl Confidence {
    /// 19 of 20.
    pub const NINETY_FIVE: Self = Self(0.95);

    /// A share between 0 and 1, both excluded; `None` of another.
    pub fn new(share: f64) -> Option<Self> {
        (share > 0.0 && share < 1.0).then_some(Self(share))
    }

    /// The share of the intervals that hold the true number.
    pub const fn share(self) -> f64 {
        self.0
    }

    /// The share of those that do not.
    pub const fn risk(self) -> f64 {
        1.0 - self.0
    }
}

/// All numbers from one to another, both included.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// The least of them.
    pub low: f64,
    /// The greatest.
    pub high: f64,
}

impl Interval {
    /// As far on both sides of a number.
    pub const fn around(centre: f64, half_width: f64) -> Self {
        Self {
            low: centre - half_width,
            high: centre + half_width,
        }
    }

    /// Whether a number lies in it.
    pub fn holds(self, number: f64) -> bool {
        (self.low..=self.high).contains(&number)
    }

    /// Half of what lies between its ends.
    pub const fn half_width(self) -> f64 {
        (self.high - self.low) / 2.0
    }
}

/// A mean, and an interval for the true one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// Of how many numbers.
    pub count: u64,
    /// Their mean.
    pub mean: f64,
    /// Where the true mean is, with the confidence that was asked for.
    pub interval: Interval,
}

impl Estimate {
    /// Half the width of the interval as a share of the mean's distance from zero: 0 if the
    /// interval is a single number, and infinite if the mean is zero and the interval is not.
    pub fn relative_half_width(self) -> f64 {
        let half_width = self.interval.half_width();
        if half_width == 0.0 {
            0.0
        } else {
            half_width / self.mean.abs()
        }
    }
}
