//! The chapter of single runs: what each came to, how its applications fared, and what its control
//! plane said.

use super::figure::Figure;
use crate::charts::{Bars, Group, Lines, Measure, Panel, Point, Scale, Series, Values, Write};
use crate::evidence::Run;
use crate::metrics::{METRICS, Metric};
use crate::numbers::{count, duration, fraction, plain};
use deploysim_scenarios::statistics::Quantiles;
use maud::{Markup, html};

/// Runs that one chart can tell apart.
const RUNS_MAX: usize = 8;

/// Kinds of messages that a chart has room for.
const KINDS_MAX: usize = 12;

/// Steps of a distribution.
const STEPS: u32 = 50;

/// The distributions that are drawn: what, and how it is written.
const DISTRIBUTIONS: [(&str, &str, &str, Write); 3] = [
    (
        "application_wait",
        "wait",
        "wait for the first executor",
        duration,
    ),
    (
        "application_turnaround",
        "turnaround",
        "turnaround",
        duration,
    ),
    (
        "application_slowdown",
        "slowdown",
        "bounded slowdown (×)",
        plain,
    ),
];

/// The chapter.
pub(super) fn chapter(runs: &[Run]) -> Markup {
    html! {
        (outcomes(runs))
        @for (name, id, label, write) in DISTRIBUTIONS {
            (distribution(runs, name, (id, label), write))
        }
        @if let Some(first) = runs.first() { (kinds(first)) }
    }
}

fn outcomes(runs: &[Run]) -> Markup {
    let shown: Vec<&Metric> = METRICS
        .iter()
        .filter(|metric| {
            runs.iter()
                .any(|run| value(run, metric).is_some_and(|it| it != 0.0))
        })
        .collect();
    html! {
        p { "A column for each run, a row for each number that is not zero everywhere." }
        div.wide { table {
            thead { tr { th {} @for run in runs { th.number { (run.title) br; "seed " (run.seed) } } } }
            tbody {
                tr { td { "Verdict" } @for run in runs { (verdict(run)) } }
                @for metric in shown { tr {
                    td { (metric.label) }
                    @for run in runs { td.number { (value(run, metric).map(metric.write).unwrap_or_default()) } }
                } }
            }
        } }
    }
}

fn verdict(run: &Run) -> Markup {
    if run.held {
        html! { td.number.better { "✓ held" } }
    } else {
        html! { td.number.worse { "✗ violated" } }
    }
}

fn value(run: &Run, metric: &Metric) -> Option<f64> {
    metric.value(|column| run.measured.get(column).copied())
}

/// The share of applications that fared no worse than so, for each run.
fn distribution(runs: &[Run], name: &str, (id, label): (&str, &str), write: Write) -> Markup {
    let series = runs.iter().take(RUNS_MAX).filter_map(|run| {
        let numbers = run.applications.get(name)?;
        let quantiles = Quantiles::of(numbers.clone())?;
        Some(Series {
            name: format!("{}, seed {}", run.title, run.seed),
            points: steps(&quantiles),
        })
    });
    let series: Vec<Series> = series.collect();
    if series.is_empty() {
        return html! {};
    }
    let measure = |label: &str, write| Measure {
        label: label.to_owned(),
        scale: Scale::Linear,
        write,
    };
    let title = String::new();
    let chart = Lines {
        across: measure(label, write),
        up: measure("share of applications", fraction),
        panels: vec![Panel { title, series }],
    };
    Figure {
        id: &format!("runs-{id}"),
        heading: &format!("Distribution of the {label}"),
        see: "The height of a line is the share of the applications that had at most so much: the further left it rises, the better, and a long way to the right at the top is a few applications that fared badly.",
        drawing: chart.draw(),
        values: Values::from(&chart),
    }
    .draw()
}

fn steps(quantiles: &Quantiles) -> Vec<Point> {
    let shares = (0..=STEPS).map(|step| f64::from(step) / f64::from(STEPS));
    shares
        .map(|share| Point {
            at: quantiles.at(share),
            value: share,
            interval: None,
        })
        .collect()
}

/// What a run's control plane was busy with: the kinds of which most was handled.
fn kinds(run: &Run) -> Markup {
    let mut kinds: Vec<(&String, &[f64; 2])> = run.kinds.iter().collect();
    kinds.sort_by(|one, other| other.1[0].total_cmp(&one.1[0]).then(one.0.cmp(other.0)));
    kinds.truncate(KINDS_MAX);
    if kinds.is_empty() {
        return html! {};
    }
    let groups = kinds.into_iter().map(|(kind, [handled, bytes])| Group {
        name: kind.clone(),
        values: [*handled, *bytes].map(point).into(),
    });
    let bars = Bars {
        across: "kind of message".to_owned(),
        up: Measure {
            label: "messages, bytes".to_owned(),
            scale: Scale::Linear,
            write: count,
        },
        series: vec!["messages handled".to_owned(), "bytes sent".to_owned()],
        groups: groups.collect(),
    };
    Figure {
        id: "runs-kinds",
        heading: &format!("Messages by kind: {}, seed {}", run.title, run.seed),
        see: "The kinds that were handled most often, with the bytes of their frames. Heartbeats are most of a long run; a kind of few messages and many bytes carries descriptions.",
        drawing: bars.draw(),
        values: Values::from(&bars),
    }
    .draw()
}

fn point(value: f64) -> Option<Point> {
    Some(Point {
        at: 0.0,
        value,
        interval: None,
    })
}
