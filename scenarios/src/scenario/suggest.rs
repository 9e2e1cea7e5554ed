//! The nearest valid word to one that is not: "did you mean".

/// The word nearest to `found`, if it is near enough to be a slip; the first of equals.
pub(crate) fn nearest<'w>(
    found: &str,
    words: impl IntoIterator<Item = &'w str>,
) -> Option<&'w str> {
    let reach = match found.chars().count() {
        0..=2 => 0,
        letters => (letters / 3).max(1),
    };
    words
        .into_iter()
        .map(|word| (distance(&found.to_lowercase(), &word.to_lowercase()), word))
        .filter(|(distance, _)| *distance <= reach)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

/// The words, the nearest to `found` first; equals keep their order.
pub(super) fn by_distance<'w>(found: &str, mut words: Vec<&'w str>) -> Vec<&'w str> {
    words.sort_by_key(|word| distance(&found.to_lowercase(), &word.to_lowercase()));
    words
}

/// How many letters must be inserted, removed, replaced, or swapped with their neighbour.
fn distance(left: &str, right: &str) -> usize {
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    let width = right.len() + 1;
    let mut rows = vec![0; (left.len() + 1) * width];
    for row in 0..=left.len() {
        for column in 0..width {
            rows[row * width + column] = if row == 0 || column == 0 {
                row + column
            } else {
                let cell = |up: usize, back: usize| rows[(row - up) * width + column - back];
                let replaced = cell(1, 1) + usize::from(left[row - 1] != right[column - 1]);
                let mut best = replaced.min(cell(1, 0) + 1).min(cell(0, 1) + 1);
                let swapped = row > 1
                    && column > 1
                    && left[row - 1] == right[column - 2]
                    && left[row - 2] == right[column - 1];
                if swapped {
                    best = best.min(cell(2, 2) + 1);
                }
                best
            };
        }
    }
    rows[rows.len() - 1]
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn slips_are_found_and_strangers_are_not() {
        let words = ["count", "cores", "memory"];
        assert_eq!(nearest("cuont", words), Some("count"));
        assert_eq!(nearest("core", words), Some("cores"));
        assert_eq!(nearest("Memory", words), Some("memory"));
        assert_eq!(nearest("banana", words), None);
    }
}
