//! Many questions at once: if each were answered with a risk of 5 %, one of twenty answers would be
//! wrong. S. Holm, *A Simple Sequentially Rejective Multiple Test Procedure*, Scandinavian Journal
//! of Statistics 6(2), 1979.

/// The probabilities of many tests, each made so much larger that all that stay below a bound are
/// wrong together no more often than that bound says. In the order in which they came.
pub fn adjusted(probabilities: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..probabilities.len()).collect();
    order.sort_by(|one, other| probabilities[*one].total_cmp(&probabilities[*other]));
    let mut adjusted = vec![0.0; probabilities.len()];
    let mut former: f64 = 0.0;
    for (place, test) in order.into_iter().enumerate() {
        let tests_left = (probabilities.len() - place) as f64;
        former = former.max((probabilities[test] * tests_left).min(1.0));
        adjusted[test] = former;
    }
    adjusted
}
