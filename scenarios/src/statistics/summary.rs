//! Count, mean, variance and range of numbers that come one after the other. One pass, and no
//! square of a large number: B. P. Welford, *Note on a Method for Calculating Corrected Sums of
//! Squares and Products*, Technometrics 4(3), 1962.

/// What numbers come to.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Summary {
    count: u64,
    mean: f64,
    /// The sum of the squares of what each is away from the mean.
    squares: f64,
    range: Option<(f64, f64)>,
}

impl Summary {
    /// Of these numbers.
    pub fn of(numbers: &[f64]) -> Self {
        numbers.iter().copied().collect()
    }

    /// One more number.
    pub fn add(&mut self, number: f64) {
        self.count += 1;
        let away = number - self.mean;
        self.mean += away / self.count as f64;
        self.squares += away * (number - self.mean);
        let (least, most) = self.range.unwrap_or((number, number));
        self.range = Some((least.min(number), most.max(number)));
    }

    /// How many numbers there are.
    pub const fn count(&self) -> u64 {
        self.count
    }

    /// Their mean.
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then_some(self.mean)
    }

    /// The variance of what they are drawn from, without bias: the sum of squares over one less
    /// than their number.
    pub fn variance(&self) -> Option<f64> {
        (self.count > 1).then(|| self.squares / (self.count - 1) as f64)
    }

    /// The root of the variance.
    pub fn deviation(&self) -> Option<f64> {
        self.variance().map(f64::sqrt)
    }

    /// The standard error of the mean, if the numbers are independent.
    pub fn standard_error(&self) -> Option<f64> {
        let variance = self.variance()?;
        Some((variance / self.count as f64).sqrt())
    }

    /// The sum of the squares of what each is away from the mean.
    pub const fn squares(&self) -> f64 {
        self.squares
    }

    /// The least of them.
    pub fn least(&self) -> Option<f64> {
        self.range.map(|(least, _)| least)
    }

    /// The greatest.
    pub fn most(&self) -> Option<f64> {
        self.range.map(|(_, most)| most)
    }
}

impl Extend<f64> for Summary {
    fn extend<I: IntoIterator<Item = f64>>(&mut self, numbers: I) {
        for number in numbers {
            self.add(number);
        }
    }
}

impl FromIterator<f64> for Summary {
    fn from_iter<I: IntoIterator<Item = f64>>(numbers: I) -> Self {
        let mut summary = Self::default();
        summary.extend(numbers);
        summary
    }
}
