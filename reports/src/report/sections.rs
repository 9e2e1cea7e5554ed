//! The sections of a study: a chart for each metric of which there is something to see, and in
//! words which ones were zero throughout.

use super::figure::Figure;
use super::passes;
use super::study::Study;
use super::summary::capital;
use crate::charts::{Lines, Values};
use crate::metrics::{self, Metric, Section};
use maud::{Markup, html};

/// A section of one study.
pub(super) fn section(study: &Study<'_>, number: usize, section: Section) -> Markup {
    let mut figures = Vec::new();
    let mut zero = Vec::new();
    for metric in metrics::of(section) {
        match study.chart(metric) {
            Some(chart) => figures.push(figure(number, metric, &chart)),
            None if study.across.is_some() => zero.push(metric.label),
            None => {}
        }
    }
    html! {
        @if section == Section::Control { (passes::figure(study, number)) }
        @for figure in figures { (figure) }
        @if !zero.is_empty() {
            p.quiet { "Zero in every run, or not there to be measured: " (zero.join("; ")) "." }
        }
    }
}

fn figure(number: usize, metric: &Metric, chart: &Lines) -> Markup {
    let see = format!("{} {}", metric.see, extremes(metric, chart));
    Figure {
        id: &format!("study-{number}-{}", metric.id),
        heading: &capital(metric.label),
        see: &see,
        drawing: chart.draw(),
        values: Values::from(chart),
    }
    .draw()
}

/// Where the least and the most are, as a sentence.
fn extremes(metric: &Metric, chart: &Lines) -> String {
    let mut all: Vec<(f64, String)> = Vec::new();
    for panel in &chart.panels {
        for series in &panel.series {
            for point in &series.points {
                // A series that stands alone needs no name.
                let name = match panel.series.as_slice() {
                    [_] => &chart.across.label,
                    _ => &series.name,
                };
                let mut place = format!("{} {name}", (chart.across.write)(point.at));
                if !panel.title.is_empty() {
                    place += &format!(", {}", panel.title);
                }
                all.push((point.value, place));
            }
        }
    }
    let least = all.iter().min_by(|one, other| one.0.total_cmp(&other.0));
    let most = all.iter().max_by(|one, other| one.0.total_cmp(&other.0));
    match (least, most) {
        (Some(least), Some(most)) => format!(
            "Least: {} ({}). Most: {} ({}).",
            (metric.write)(least.0),
            least.1,
            (metric.write)(most.0),
            most.1
        ),
        (Some(_) | None, _) => String::new(),
    }
}
