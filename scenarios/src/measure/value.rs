//! Numbers of a measurement. All of them are integers: a ratio is kept in millionths, rounded once
//! from an exact fraction, so that its text is the same on every machine.

use std::fmt;

/// Millionths in one.
const MILLION: u128 = 1_000_000;

/// A number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Value {
    /// A whole number.
    Integer(u128),
    /// A ratio, in millionths.
    Ratio(u128),
}

impl Value {
    /// How often `denominator` goes into `numerator`, to the nearest millionth; `None` if it is
    /// zero.
    pub fn ratio(numerator: u128, denominator: u128) -> Option<Self> {
        let doubled = numerator
            .saturating_mul(2 * MILLION)
            .checked_div(denominator)?;
        Some(Self::Ratio(doubled.div_ceil(2)))
    }
}

/// A ratio has six decimals.
impl fmt::Display for Value {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Integer(number) => number.fmt(formatter),
            Self::Ratio(millionths) => {
                write!(
                    formatter,
                    "{}.{:06}",
                    millionths / MILLION,
                    millionths % MILLION
                )
            }
        }
    }
}

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Nanoseconds.
    Nanoseconds,
    /// Cores, each for so many nanoseconds.
    CoreNanoseconds,
    /// A ratio has none.
    None,
    /// Things of this name.
    Of(&'static str),
}

impl Unit {
    /// As tables print it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Nanoseconds => "ns",
            Self::CoreNanoseconds => "core-ns",
            Self::None => "ratio",
            Self::Of(things) => things,
        }
    }

    /// What stands behind the name of a column of such numbers.
    const fn suffix(self) -> &'static str {
        match self {
            Self::Nanoseconds | Self::CoreNanoseconds => "_ns",
            Self::None | Self::Of(_) => "",
        }
    }
}

/// A number about a whole run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Total {
    /// What is measured.
    pub name: &'static str,
    /// The number; `None` if there is nothing to measure.
    pub value: Option<Value>,
    /// What it counts.
    pub unit: Unit,
}

impl Total {
    /// The name of a column of such numbers: its unit comes last.
    pub fn column(&self) -> String {
        format!("{}{}", self.name, self.unit.suffix())
    }
}

/// A number about one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Detail {
    /// What is measured.
    pub name: &'static str,
    /// About what: `application=pi`.
    pub labels: String,
    /// The number.
    pub value: Value,
    /// What it counts.
    pub unit: Unit,
}
