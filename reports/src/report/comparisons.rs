//! Every value of every axis against the first one of that axis, all else equal, seed by seed:
//! what differs, and what is not shown to. All comparisons of one axis are corrected together.

use super::study::Study;
use crate::metrics::Metric;
use crate::numbers::{change, probability};
use deploysim_scenarios::statistics::verdict::{Measured, Rules, Values, compare};
use deploysim_scenarios::statistics::{Comparison, Verdict};
use maud::{Markup, html};
use std::collections::BTreeMap;

/// The comparisons of one axis.
pub(crate) struct Axis {
    /// What the others are held against, in words.
    pub(crate) base: String,
    /// By value, in the order of the file.
    pub(crate) values: Vec<Against>,
}

/// One value against the first.
pub(crate) struct Against {
    /// The value, in words.
    pub(crate) value: String,
    /// The cell with this value, and how it came out.
    pub(crate) cells: Vec<(Vec<String>, Comparison)>,
}

impl Against {
    /// How often a verdict was reached.
    pub(crate) fn count(&self, verdict: Verdict) -> usize {
        let cells = self.cells.iter();
        cells.filter(|(_, one)| one.verdict == verdict).count()
    }

    /// The relative differences that are shown to be there, the least first.
    pub(crate) fn shown(&self) -> Vec<f64> {
        let cells = self.cells.iter().filter(|(_, one)| {
            matches!(
                one.verdict,
                Verdict::Improved | Verdict::Regressed | Verdict::Differs
            )
        });
        let mut shown: Vec<f64> = cells.filter_map(|(_, one)| one.relative()).collect();
        shown.sort_by(f64::total_cmp);
        shown
    }
}

/// The comparisons of every axis that is no growth, in one metric.
pub(crate) fn axes(study: &Study<'_>, metric: &Metric) -> Vec<Axis> {
    let axes = study.series.iter().chain(&study.facets);
    axes.map(|axis| one_axis(study, *axis, metric)).collect()
}

fn one_axis(study: &Study<'_>, axis: usize, metric: &Metric) -> Axis {
    let values = study.table.values(axis);
    let base = values.first().copied().unwrap_or_default();
    let mut measured = Vec::new();
    let mut places = Vec::new();
    for (cell, _) in study.cells().filter(|(cell, _)| cell[axis] != base) {
        let other = study.base_of(axis, cell);
        let former: BTreeMap<u64, f64> = study.sample(&other, metric).into_iter().collect();
        let pairs = study.sample(cell, metric).into_iter();
        let pairs = pairs.filter_map(|(seed, new)| Some((*former.get(&seed)?, new)));
        measured.push(Measured {
            name: study.describe(cell),
            direction: metric.direction,
            values: Values::Pairs(pairs.collect()),
        });
        places.push(cell.to_vec());
    }
    let mut compared: Vec<(Vec<String>, Comparison)> = places
        .into_iter()
        .zip(compare(&measured, Rules::default()))
        .collect();
    let values = values.iter().skip(1).map(|value| {
        let (own, rest) = std::mem::take(&mut compared)
            .into_iter()
            .partition(|(cell, _)| cell[axis] == *value);
        compared = rest;
        Against {
            value: study.setting(axis, value),
            cells: own,
        }
    });
    Axis {
        base: study.setting(axis, base),
        values: values.collect(),
    }
}

/// The comparisons as tables: a row per value, and below it every cell.
pub(super) fn tables(study: &Study<'_>, metric: &Metric, axes: &[Axis]) -> Markup {
    html! {
        h3 { "Compared seed by seed: " (metric.label) }
        p {
            "Each value against the first one of its axis, all else equal: the differences of runs with the same seed, "
            "by Student’s t, all comparisons of an axis corrected together by Holm’s method at 95 %. "
            "“Not shown to differ” does not mean equal: it means that these seeds cannot tell."
        }
        div.wide { table.sortable {
            thead { tr {
                th { "Setting" } th { "Against" } th.number { "Cells" }
                th.number { "Better" } th.number { "Worse" } th.number { "Same" } th.number { "Not shown to differ" }
                th { "Differences that are shown" }
            } }
            tbody { @for axis in axes { @for against in &axis.values {
                tr {
                    td { (against.value) } td { (axis.base) }
                    td.number { (against.cells.len()) }
                    td.number { (against.count(Verdict::Improved)) }
                    td.number { (against.count(Verdict::Regressed)) }
                    td.number { (against.count(Verdict::Same)) }
                    td.number { (against.count(Verdict::NotShownToDiffer)) }
                    td { (range(&against.shown())) }
                }
            } } }
        } }
        details {
            summary { "Every comparison" }
            div.wide { table.sortable {
                thead { tr {
                    th { "Cell" } th { "Against" } th.number { "First" } th.number { "This" } th.number { "Change" }
                    th.number { "p (Holm)" } th { "Verdict" }
                } }
                tbody { @for axis in axes { @for against in &axis.values { @for (cell, one) in &against.cells {
                    (row(study, metric, axis, cell, one))
                } } } }
            } }
        }
    }
}

fn row(
    study: &Study<'_>,
    metric: &Metric,
    axis: &Axis,
    cell: &[String],
    one: &Comparison,
) -> Markup {
    let mark = match one.verdict {
        Verdict::Improved => "better",
        Verdict::Regressed => "worse",
        Verdict::Differs | Verdict::NotShownToDiffer | Verdict::Same => "even",
    };
    html! {
        tr {
            td { (study.describe(cell)) }
            td { (axis.base) }
            (number(one.means.map(|(base, _)| base), metric.write))
            (number(one.means.map(|(_, new)| new), metric.write))
            (number(one.relative(), change))
            (number(one.adjusted, probability))
            td class=(mark) { (words(one.verdict)) }
        }
    }
}

fn number(value: Option<f64>, write: fn(f64) -> String) -> Markup {
    html! {
        @if let Some(value) = value {
            td.number data-value=(value) { (write(value)) }
        } @else {
            td.number {}
        }
    }
}

/// A verdict about a policy is about better and worse, not about old and new.
fn words(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Improved => "better",
        Verdict::Regressed => "worse",
        Verdict::Differs | Verdict::NotShownToDiffer | Verdict::Same => verdict.words(),
    }
}

/// The ends and the middle of what is shown.
fn range(shown: &[f64]) -> String {
    match shown {
        [] => "none".to_owned(),
        [one] => change(*one),
        [first, .., last] => format!(
            "{} to {}, median {}",
            change(*first),
            change(*last),
            change(shown[shown.len() / 2])
        ),
    }
}

/// What the comparisons come to, as a sentence for those who read nothing else.
pub(super) fn sentence(axis: &Axis, metric: &Metric) -> String {
    let total = |verdict| -> usize { axis.values.iter().map(|it| it.count(verdict)).sum() };
    let cells: usize = axis.values.iter().map(|it| it.cells.len()).sum();
    let (better, worse) = (total(Verdict::Improved), total(Verdict::Regressed));
    let others = match axis.values.as_slice() {
        [one] => one.value.clone(),
        values => format!("the {} others", values.len()),
    };
    let outcome = match (better, worse) {
        (0, 0) => "is shown to differ in none".to_owned(),
        (0, worse) => format!("is worse in {worse}"),
        (better, 0) => format!("is better in {better}"),
        (better, worse) => format!("is better in {better} and worse in {worse}"),
    };
    let outcome = if axis.values.len() == 1 {
        outcome
    } else {
        outcome.replacen("is ", "are ", 1)
    };
    let mut text = format!(
        "against {}, {others} {outcome} of {cells} comparisons of the {}",
        axis.base, metric.label
    );
    let mut largest: Option<(f64, &str)> = None;
    for against in &axis.values {
        for change in against.shown() {
            if largest.is_none_or(|(most, _)| change.abs() > most.abs()) {
                largest = Some((change, &against.value));
            }
        }
    }
    if let Some((most, value)) = largest {
        text += &format!(" (the largest difference: {} with {value})", change(most));
    }
    text
}
