//! Jain's index of fairness: R. Jain, D. Chiu, W. Hawe, *A Quantitative Measure of Fairness and
//! Discrimination for Resource Allocation in Shared Computer Systems*, DEC-TR-301, 1984.

use super::value::Value;

/// What the largest share is scaled to, so that the squares of a million shares fit into 128 bits.
const SCALE: u128 = 1_000_000_000;

/// (Σx)² / (n·Σx²): 1 if all have the same, 1/n if one has everything. `None` if nobody has
/// anything. Each share is rounded down to a billionth of the largest.
pub(super) fn jain(shares: &[u128]) -> Option<Value> {
    let largest = shares.iter().copied().max().filter(|most| *most > 0)?;
    // A share so large that scaling it would overflow loses digits that the scale has not.
    let divisor = (largest / SCALE).max(1);
    let scaled = |share: &u128| (share / divisor) * SCALE / (largest / divisor);
    let sum: u128 = shares.iter().map(scaled).sum();
    let squares: u128 = shares.iter().map(|share| scaled(share).pow(2)).sum();
    // Σx² is at least SCALE², so that what this division drops is below a billionth.
    let count = shares.len() as u128;
    Value::ratio(sum * sum / SCALE, count * squares / SCALE)
}
