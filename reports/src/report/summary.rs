//! What a reader has to know who reads nothing else: the verdict in one sentence, six numbers, and
//! what to beware of.

use super::comparisons::{Axis, sentence};
use super::study::Study;
use crate::budgets::{self, Standing};
use crate::evidence::Evidence;
use crate::metrics::{Metric, metric};
use crate::numbers::quantity;
use deploysim_scenarios::statistics::{Confidence, student};
use maud::{Markup, html};

/// The metric that decides the verdict.
pub(super) const DECIDING: &str = "slowdown";

/// The six numbers of a study.
const SIX: [&str; 6] = [
    "slowdown",
    "wait",
    "turnaround",
    "utilisation",
    "fairness",
    "useful",
];

/// Fewer seeds than this say little about chance.
const SEEDS_MIN: usize = 5;

/// A queue whose mean is above this share of its maximum, of at least [`QUEUE_MIN`] applications,
/// grew all the time.
const SATURATED: f64 = 0.4;
const QUEUE_MIN: f64 = 10.0;

/// The first screen.
pub(super) fn first_screen(
    evidence: &Evidence,
    studies: &[Study<'_>],
    compared: &[Vec<Axis>],
) -> Markup {
    let warnings = warnings(evidence, studies);
    html! {
        p.verdict { (verdict(evidence, studies, compared)) }
        (six(evidence, studies))
        (findings(compared))
        @if warnings.is_empty() {
            p.quiet { "No warnings: every job ended, no queue was saturated, every cell has " (SEEDS_MIN) " seeds or more." }
        } @else {
            ul.warnings { @for warning in &warnings { li { "⚠ " (warning) } } }
        }
    }
}

fn verdict(evidence: &Evidence, studies: &[Study<'_>], compared: &[Vec<Axis>]) -> String {
    let mut parts = Vec::new();
    let rows = || studies.iter().flat_map(|study| &study.table.rows);
    let runs = rows().count() + evidence.runs.len();
    let violated = rows().filter(|row| !row.held).count()
        + evidence.runs.iter().filter(|run| !run.held).count();
    match (runs, violated) {
        (0, _) => {}
        (1, 0) => parts.push("In the one run everything held".to_owned()),
        (1, _) => parts.push("The one run violated a property".to_owned()),
        (runs, 0) => parts.push(format!("In all {} runs everything held", grouped(runs))),
        (runs, violated) => parts.push(format!(
            "{} of {} runs violated a property",
            grouped(violated),
            grouped(runs)
        )),
    }
    if let Some(axis) = compared.iter().flatten().next() {
        parts.push(sentence(axis, metric(DECIDING)));
    }
    if !evidence.data.measurements.is_empty() {
        let rows = budgets::rows(&evidence.data);
        let of = |standing| rows.iter().filter(|row| row.standing == standing).count();
        let (met, missed) = (of(Standing::Met), of(Standing::Missed));
        parts.push(format!("{met} of {} budgets are met", met + missed));
    }
    let mut text = parts.join("; ");
    text.push('.');
    text
}

/// What the comparisons of the other axes come to.
fn findings(compared: &[Vec<Axis>]) -> Markup {
    let others = || compared.iter().flatten().skip(1);
    html! {
        @if others().next().is_some() {
            ul.findings { @for axis in others() {
                @let text = sentence(axis, metric(DECIDING));
                li { (capital(&text)) "." }
            } }
        }
    }
}

/// A sentence begins with a capital letter.
pub(super) fn capital(text: &str) -> String {
    let mut text = text.to_owned();
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}

fn grouped(number: usize) -> String {
    crate::numbers::count(number as f64)
}

/// A number with its interval.
struct Card {
    label: String,
    value: String,
    interval: String,
}

fn six(evidence: &Evidence, studies: &[Study<'_>]) -> Markup {
    let study = studies.iter().find(|study| {
        let reference = study.reference();
        study.estimate(&reference, metric(DECIDING)).is_some()
    });
    let (cards, about): (Vec<Card>, String) = if let Some(study) = study {
        let reference = study.reference();
        let cards = SIX.map(metric).into_iter();
        let cards = cards.filter_map(|metric| study_card(study, &reference, metric));
        let about = format!(
            "The six numbers are of {}; their 95 % intervals by Student’s t over the seeds.",
            study.describe(&reference)
        );
        (cards.collect(), about)
    } else if !evidence.runs.is_empty() {
        let cards = SIX.map(metric).into_iter();
        let cards = cards.filter_map(|metric| run_card(evidence, metric));
        let about =
            "The six numbers are means over the runs, with 95 % intervals where there are several.";
        (cards.collect(), about.to_owned())
    } else {
        let cards = benchmark_cards(evidence);
        let about = "The numbers are medians with their 95 % intervals.";
        (cards, about.to_owned())
    };
    html! {
        div.cards { @for card in &cards {
            div.card {
                div.value { (card.value) }
                div.label { (card.label) }
                div.interval { (card.interval) }
            }
        } }
        p.quiet { (about) }
    }
}

fn study_card(study: &Study<'_>, cell: &[String], metric: &Metric) -> Option<Card> {
    let (mean, estimate) = study.estimate(cell, metric)?;
    let ends = estimate.map(|it| (it.interval.low, it.interval.high));
    Some(card(metric, mean, ends))
}

fn run_card(evidence: &Evidence, metric: &Metric) -> Option<Card> {
    let runs = evidence.runs.iter();
    let numbers: Vec<f64> = runs
        .filter_map(|run| metric.value(|column| run.measured.get(column).copied()))
        .collect();
    let mean = numbers.iter().sum::<f64>() / numbers.len() as f64;
    let estimate = student::mean(&numbers, Confidence::NINETY_FIVE);
    let ends = estimate.map(|it| (it.interval.low, it.interval.high));
    (!numbers.is_empty()).then(|| card(metric, mean, ends))
}

fn card(metric: &Metric, mean: f64, ends: Option<(f64, f64)>) -> Card {
    Card {
        label: metric.label.to_owned(),
        value: (metric.write)(mean),
        interval: ends.map_or_else(
            || "one run: no interval".to_owned(),
            |(low, high)| {
                let low = (metric.write)(low.max(0.0));
                format!("95 %: {low} to {}", (metric.write)(high))
            },
        ),
    }
}

/// The first six budgets that were measured.
fn benchmark_cards(evidence: &Evidence) -> Vec<Card> {
    let rows = budgets::rows(&evidence.data).into_iter();
    let cards = rows.filter_map(|row| {
        let measured = evidence.data.measurements.get(&row.name)?;
        Some(Card {
            label: row.what.to_owned(),
            value: quantity(measured.median, measured.unit),
            interval: format!(
                "95 %: {} to {}",
                quantity(measured.lower, measured.unit),
                quantity(measured.upper, measured.unit)
            ),
        })
    });
    cards.take(6).collect()
}

fn warnings(evidence: &Evidence, studies: &[Study<'_>]) -> Vec<String> {
    let mut warnings = Vec::new();
    for study in studies {
        let table = study.table;
        let total = |column| -> f64 {
            let numbers = table
                .rows
                .iter()
                .filter_map(|row| table.number(row, column));
            numbers.sum()
        };
        let submitted = total("applications_submitted") + total("drivers_submitted");
        let unfinished = total("applications_unfinished") + total("drivers_unfinished");
        if unfinished > 0.0 {
            warnings.push(format!(
                "{}: {} of {} jobs had not ended when their run was over; what is said of turnaround and slowdown is without them.",
                table.file,
                crate::numbers::count(unfinished),
                crate::numbers::count(submitted)
            ));
        }
        let cells = study.cells().count();
        let saturated = saturated(study);
        if !saturated.is_empty() {
            let named = saturated.first().map_or("", String::as_str);
            warnings.push(format!(
                "{}: in {} of {cells} cells the queue was saturated, its mean length above {:.0} % of its maximum, for instance {named}; waits grow there with the length of the run.",
                table.file,
                saturated.len(),
                SATURATED * 100.0,
            ));
        }
        let (least, _) = study.replications();
        if least < SEEDS_MIN {
            warnings.push(format!(
                "{}: too few replications: {least} of a cell; with fewer than {SEEDS_MIN} seeds an interval says little.",
                table.file
            ));
        }
    }
    for run in &evidence.runs {
        let unfinished = run.measured.get("applications_unfinished").copied();
        if let Some(unfinished) = unfinished.filter(|number| *number > 0.0) {
            warnings.push(format!(
                "{}: {unfinished} applications had not ended.",
                run.folder
            ));
        }
    }
    for skipped in &evidence.skipped {
        warnings.push(format!("Left out: {skipped}"));
    }
    warnings
}

/// The cells whose queue grew all the time, in words.
fn saturated(study: &Study<'_>) -> Vec<String> {
    let is_so = |rows: &[&crate::evidence::Row]| {
        let grown = rows.iter().filter(|row| {
            let number = |column| study.table.number(row, column).unwrap_or(0.0);
            let (mean, most) = (
                number("applications_waiting_mean"),
                number("applications_waiting_max"),
            );
            most >= QUEUE_MIN && mean > SATURATED * most
        });
        grown.count() * 2 > rows.len()
    };
    let cells = study.cells().filter(|(_, rows)| is_so(rows));
    cells.map(|(cell, _)| study.describe(cell)).collect()
}
