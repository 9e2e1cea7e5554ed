//! Two samples whose numbers belong together in pairs, as two variants that were played with the
//! same seeds do: what both owe to a seed is not in their difference (common random numbers; A. M.
//! Law, *Simulation Modeling and Analysis*, 5th edition, McGraw-Hill 2015, sections 10.2.1, 11.2).

use super::difference::{Basis, Difference};
use super::interval::Confidence;
use super::student;
use super::summary::Summary;

/// What differs between the numbers of each pair, the first and the second; `None` of no pairs.
///
/// The probability is that of Student's t. If all differences are the same number other than zero,
/// t is not defined, and it is the probability of the sign test that all of them have one sign. One
/// pair has neither interval nor probability.
pub fn difference(pairs: &[(f64, f64)], confidence: Confidence) -> Option<Difference> {
    let differences: Summary = pairs.iter().map(|(first, second)| second - first).collect();
    let equal = pairs.iter().filter(|(first, second)| first == second);
    let estimate = student::of_summary(&differences, confidence);
    Some(Difference {
        basis: Basis::Pairs {
            count: differences.count(),
            equal: equal.count() as u64,
        },
        mean: differences.mean()?,
        interval: estimate.map(|estimate| estimate.interval),
        probability: probability(&differences),
    })
}

fn probability(differences: &Summary) -> Option<f64> {
    let (mean, error) = (differences.mean()?, differences.standard_error()?);
    Some(if mean == 0.0 {
        1.0
    } else if error == 0.0 {
        // Two to the power of one less than their number, as either sign would do.
        (1..differences.count()).fold(1.0, |share, _| share / 2.0)
    } else {
        student::two_sided(mean / error, differences.count() - 1)
    })
}
