//! Which of many numbers are better or worse in a new variant than in an old one, and which are not
//! shown to differ: each by its difference ([`paired`], [`apart`]), all together with the correction
//! of [`holm`].

use super::apart::{self, Known};
use super::difference::{Basis, Difference};
use super::interval::Confidence;
use super::{Summary, holm, paired};
use std::fmt;

/// The least probability that is shown with its digits.
const SHOWN_LEAST: f64 = 0.0001;

/// Which way a number is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// The less of it, the better.
    LessIsBetter,
    /// The more of it, the better.
    MoreIsBetter,
    /// It says how much there was to do, not how well it was done.
    Neither,
}

/// How a number has come out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// It differs, for the worse.
    Regressed,
    /// It differs, and no way is better.
    Differs,
    /// It differs, for the better.
    Improved,
    /// There may be a difference, and the sample does not show it.
    NotShownToDiffer,
    /// There is no difference, or none that is larger than what is allowed for.
    Same,
}

impl Verdict {
    /// In words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Regressed => "regressed",
            Self::Differs => "differs",
            Self::Improved => "improved",
            Self::NotShownToDiffer => "not shown to differ",
            Self::Same => "same",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(self.words())
    }
}

/// A number that was measured in each of two variants.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// What it is called.
    pub name: String,
    /// Which way it is better.
    pub direction: Direction,
    /// What was measured.
    pub values: Values,
}

/// What was measured of one number.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// Its value in the old variant and in the new one, for each seed.
    Pairs(Vec<(f64, f64)>),
    /// Once in the old variant and once in the new one, with intervals of the confidence that the
    /// rules have.
    Apart(Known, Known),
}

impl Values {
    /// The means in the old variant and in the new one.
    fn means(&self) -> Option<(f64, f64)> {
        match self {
            Self::Pairs(pairs) => {
                let (base, new): (Summary, Summary) = pairs.iter().copied().unzip();
                Some((base.mean()?, new.mean()?))
            }
            Self::Apart(base, new) => Some((base.value, new.value)),
        }
    }

    fn difference(&self, confidence: Confidence) -> Option<Difference> {
        match self {
            Self::Pairs(pairs) => paired::difference(pairs, confidence),
            Self::Apart(base, new) => Some(apart::difference(*base, *new, confidence)),
        }
    }
}

/// How two variants are compared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rules {
    /// Of the intervals, and of all verdicts together: how often nothing differs where one of them
    /// says so.
    pub confidence: Confidence,
    /// A difference of up to this share of the old mean does not matter; 0: every one does.
    pub margin: f64,
}

impl Default for Rules {
    /// 95 %, and every difference matters.
    fn default() -> Self {
        Self {
            confidence: Confidence::NINETY_FIVE,
            margin: 0.0,
        }
    }
}

/// What became of one number.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// What it is called.
    pub name: String,
    /// Which way it is better.
    pub direction: Direction,
    /// Its means in the old variant and in the new one; `None` if there are no pairs.
    pub means: Option<(f64, f64)>,
    /// What differs; its probability is that of this number alone.
    pub difference: Option<Difference>,
    /// The probability with the correction for all the numbers compared.
    pub adjusted: Option<f64>,
    /// What that means.
    pub verdict: Verdict,
}

impl Comparison {
    /// The difference as a share of the old mean's distance from zero; `None` if that is zero.
    pub fn relative(&self) -> Option<f64> {
        let (base, _) = self.means?;
        (base != 0.0).then_some(self.difference?.mean / base.abs())
    }

    /// Why the verdict is what it is, as a sentence.
    pub fn sentence(&self) -> String {
        format!("{}: {}.", self.verdict, self.reason())
    }

    fn reason(&self) -> String {
        let Some(difference) = self.difference else {
            return "there is no pair to compare".to_owned();
        };
        let basis = match difference.basis {
            Basis::Pairs { count: 1, .. } => "in the one pair".to_owned(),
            Basis::Pairs { count, .. } => format!("in {count} pairs"),
            Basis::Apart => "measured apart".to_owned(),
        };
        match (self.verdict, self.adjusted) {
            (Verdict::Same, _) if difference.is_none() => format!("no difference {basis}"),
            (Verdict::Same, _) => {
                format!("{basis} the difference lies within what is allowed for")
            }
            (_, Some(adjusted)) if adjusted < SHOWN_LEAST => {
                format!("{basis}, p < {SHOWN_LEAST} after Holm's correction")
            }
            (_, Some(adjusted)) => {
                format!("{basis}, p = {adjusted:.4} after Holm's correction")
            }
            (_, None) => "one pair cannot show what is chance".to_owned(),
        }
    }
}

/// Compares the numbers of two variants, in the order given.
///
/// [`Verdict::Same`] if every pair is equal, or if the whole interval of the difference lies within
/// the margin (D. J. Schuirmann, *A Comparison of the Two One-Sided Tests Procedure and the Power
/// Approach*, Journal of Pharmacokinetics and Biopharmaceutics 15(6), 1987; with an interval wider
/// than that paper's, so that it errs towards not saying so). A difference is said to be there if
/// its probability, corrected for all numbers that are not equal throughout, is at most the risk
/// that the confidence leaves.
pub fn compare(measured: &[Measured], rules: Rules) -> Vec<Comparison> {
    let mut compared: Vec<Comparison> = measured
        .iter()
        .map(|one| compare_alone(one, rules))
        .collect();
    // What is equal throughout is no test: nothing about it is left to chance.
    let mut open: Vec<&mut Comparison> = compared
        .iter_mut()
        .filter(|one| one.adjusted.is_some())
        .collect();
    let probabilities: Vec<f64> = open.iter().filter_map(|one| one.adjusted).collect();
    for (one, probability) in open.iter_mut().zip(holm::adjusted(&probabilities)) {
        one.adjusted = Some(probability);
        if one.verdict == Verdict::NotShownToDiffer && probability <= rules.confidence.risk() {
            let difference = one.difference.map_or(0.0, |difference| difference.mean);
            one.verdict = meaning(one.direction, difference);
        }
    }
    compared
}

/// Without the others; what may differ is not shown to.
fn compare_alone(measured: &Measured, rules: Rules) -> Comparison {
    let means = measured.values.means();
    let difference = measured.values.difference(rules.confidence);
    let is_equal = difference.is_some_and(|one| one.is_none());
    let allowed = means.map_or(0.0, |(base, _)| base.abs() * rules.margin);
    let is_within = allowed > 0.0 && difference.is_some_and(|one| one.is_within(allowed));
    Comparison {
        name: measured.name.clone(),
        direction: measured.direction,
        means,
        adjusted: difference
            .filter(|_| !is_equal)
            .and_then(|one| one.probability),
        difference,
        verdict: if is_equal || is_within {
            Verdict::Same
        } else {
            Verdict::NotShownToDiffer
        },
    }
}

fn meaning(direction: Direction, difference: f64) -> Verdict {
    match direction {
        Direction::Neither => Verdict::Differs,
        Direction::LessIsBetter if difference < 0.0 => Verdict::Improved,
        Direction::MoreIsBetter if difference > 0.0 => Verdict::Improved,
        Direction::LessIsBetter | Direction::MoreIsBetter => Verdict::Regressed,
    }
}
