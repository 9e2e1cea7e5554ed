//! What differs between an old variant and a new one, and how sure that is. How it is found depends
//! on how the two were measured: in pairs ([`super::paired`]) or apart ([`super::apart`]).

use super::interval::Interval;

/// A difference: the new variant without the old one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// What was compared.
    pub basis: Basis,
    /// The difference of the means.
    pub mean: f64,
    /// Where the true difference is; `None` if nothing can be said.
    pub interval: Option<Interval>,
    /// How probable a difference so far from zero is if there is none; `None` if nothing can be
    /// said.
    pub probability: Option<f64>,
}

/// What was compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Basis {
    /// Numbers that belong together.
    Pairs {
        /// How many pairs.
        count: u64,
        /// In how many of them both numbers are the same.
        equal: u64,
    },
    /// Two numbers that were measured independently, each with its interval.
    Apart,
}

impl Difference {
    /// Whether everything that was compared is the same.
    pub fn is_none(&self) -> bool {
        match self.basis {
            Basis::Pairs { count, equal } => count == equal,
            Basis::Apart => self.mean == 0.0,
        }
    }

    /// Whether the true difference is at most this far from zero, as sure as the interval is.
    pub fn is_within(&self, distance: f64) -> bool {
        self.interval
            .is_some_and(|it| it.low >= -distance && it.high <= distance)
    }
}
