//! Quantiles of a sample, by definition 7 of R. J. Hyndman and Y. Fan, *Sample Quantiles in
//! Statistical Packages*, The American Statistician 50(4), 1996: the sorted numbers stand at equal
//! distances from 0 to 1, and what lies between two of them is on the line that joins them.

/// A sample, sorted.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantiles {
    sorted: Vec<f64>,
}

impl Quantiles {
    /// Of these numbers; `None` of nothing.
    pub fn of(mut numbers: Vec<f64>) -> Option<Self> {
        numbers.sort_by(f64::total_cmp);
        (!numbers.is_empty()).then_some(Self { sorted: numbers })
    }

    /// The number that this share of the sample does not exceed. A share below 0 counts as 0, one
    /// above 1 as 1.
    pub fn at(&self, share: f64) -> f64 {
        let last = self.sorted.len() - 1;
        let place = share.clamp(0.0, 1.0) * last as f64;
        let below = place.floor() as usize;
        let (low, high) = (self.sorted[below], self.sorted[last.min(below + 1)]);
        low + (high - low) * (place - place.floor())
    }

    /// The number in the middle.
    pub fn median(&self) -> f64 {
        self.at(0.5)
    }

    /// All numbers, the least first.
    pub fn sorted(&self) -> &[f64] {
        &self.sorted
    }
}
