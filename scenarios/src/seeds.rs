//! Which seeds a scenario is played with.

use std::fmt;
use std::ops::RangeInclusive;
use std::str::FromStr;

/// A range of seeds, both ends included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seeds(pub RangeInclusive<u64>);

impl Seeds {
    /// How many there are.
    pub fn count(&self) -> u64 {
        (self.0.end() - self.0.start()).saturating_add(1)
    }
}

/// As it is read.
impl fmt::Display for Seeds {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}..{}", self.0.start(), self.0.end())
    }
}

impl FromStr for Seeds {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wanted =
            || format!("`{text}` is no range of seeds; allowed: A..B with A ≤ B, or N for 1..N");
        let number = |text: &str| text.trim().parse::<u64>().map_err(|_| wanted());
        let (first, last) = match text.split_once("..") {
            Some((first, last)) => (number(first)?, number(last)?),
            None => (1, number(text)?),
        };
        if first > last {
            return Err(wanted());
        }
        Ok(Self(first..=last))
    }
}

#[cfg(test)]
mod tests {
    use super::Seeds;

    #[test]
    fn both_ends_belong_to_a_range_and_a_number_counts_from_one() {
        assert_eq!("3..7".parse(), Ok(Seeds(3..=7)));
        assert_eq!("0..0".parse(), Ok(Seeds(0..=0)));
        assert_eq!("20".parse(), Ok(Seeds(1..=20)));
        assert_eq!(Seeds(3..=7).count(), 5);
        assert_eq!(Seeds(3..=7).to_string().parse(), Ok(Seeds(3..=7)));
    }

    #[test]
    fn other_texts_are_refused() {
        for text in ["", "7..3", "0", "a..b", "1..", "..3", "-1", "1...3"] {
            assert!(text.parse::<Seeds>().is_err(), "{text}");
        }
    }
}
