//! How much of the beginning of a simulation to leave out, because it still shows how the
//! simulation began: MSER-5. K. P. White, *An Effective Truncation Heuristic for Bias Reduction in
//! Simulation Output*, Simulation 69(6), 1997; with means of five observations: K. P. White, M. J.
//! Cobb and S. C. Spratt, *A Comparison of Five Steady-State Truncation Heuristics for Simulation*,
//! Winter Simulation Conference 2000; what the cut may not be: K. Hoad, S. Robinson and R. Davies,
//! *Automating Warm-up Length Estimation*, Journal of the Operational Research Society 61(9), 2010.

use super::summary::Summary;

/// Observations whose mean is looked at as one.
const GROUP: usize = 5;

/// Where to cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WarmUp {
    /// How many observations to leave out: a multiple of five.
    pub cut: usize,
    /// Whether the simulation was long enough to say so.
    pub length: Length,
}

/// Whether a simulation was long enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
    /// The best cut is in the first half.
    Sufficient,
    /// The best cut is in the second half: what is left may show the beginning as well.
    TooShort,
}

/// The cut after which the standard error of the mean of what is left is least, as if what is left
/// were independent; of equal ones the first. `None` of fewer than ten observations.
///
/// What does not fill the last group of five is not looked at. At least five groups are left where
/// there are as many: fewer are alike by chance (Hoad, Robinson and Davies).
pub fn mser5(observations: &[f64]) -> Option<WarmUp> {
    let groups: Vec<f64> = observations
        .chunks_exact(GROUP)
        .filter_map(|group| Summary::of(group).mean())
        .collect();
    if groups.len() < 2 {
        return None;
    }
    let kept_least = GROUP.min(groups.len());
    let mut best = (f64::INFINITY, 0);
    let mut kept = Summary::default();
    // From the end, so that each sum goes on from the one before.
    for (cut, group) in groups.iter().enumerate().rev() {
        kept.add(*group);
        let count = kept.count() as f64;
        let error = kept.squares() / (count * count);
        if kept.count() >= kept_least as u64 && error <= best.0 {
            best = (error, cut);
        }
    }
    let length = if best.1 * 2 <= groups.len() {
        Length::Sufficient
    } else {
        Length::TooShort
    };
    Some(WarmUp {
        cut: best.1 * GROUP,
        length,
    })
}

/// What is left after the cut of [`mser5`], but at least the second half; of too few observations
/// all of them.
pub fn without(observations: &[f64]) -> &[f64] {
    let cut = mser5(observations).map_or(0, |warm_up| warm_up.cut);
    &observations[cut.min(observations.len() / 2)..]
}
