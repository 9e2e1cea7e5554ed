//! The mean and the largest of some numbers.

use super::value::{Total, Unit, Value};

/// Numbers of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Spread {
    count: u128,
    sum: u128,
    most: u128,
}

impl Spread {
    pub(super) fn of(numbers: impl Iterator<Item = u128>) -> Self {
        let mut spread = Self::default();
        for number in numbers {
            spread.add(number);
        }
        spread
    }

    /// One more number.
    pub(super) fn add(&mut self, number: u128) {
        self.count += 1;
        self.sum += number;
        self.most = self.most.max(number);
    }

    /// How many numbers there are.
    pub(super) const fn count(self) -> u128 {
        self.count
    }

    /// The mean, rounded down; `None` of nothing.
    fn mean(self) -> Option<u128> {
        self.sum.checked_div(self.count)
    }

    fn most(self) -> Option<u128> {
        (self.count > 0).then_some(self.most)
    }

    /// As times, under the names of the mean and of the largest.
    pub(super) fn nanoseconds(self, mean: &'static str, most: &'static str) -> [Total; 2] {
        self.totals([mean, most], Value::Integer, Unit::Nanoseconds)
    }

    /// As ratios given in millionths, likewise.
    pub(super) fn ratios(self, mean: &'static str, most: &'static str) -> [Total; 2] {
        self.totals([mean, most], Value::Ratio, Unit::None)
    }

    fn totals(self, names: [&'static str; 2], form: fn(u128) -> Value, unit: Unit) -> [Total; 2] {
        let values = [self.mean(), self.most()].map(|number| number.map(form));
        std::array::from_fn(|at| Total {
            name: names[at],
            value: values[at],
            unit,
        })
    }
}
