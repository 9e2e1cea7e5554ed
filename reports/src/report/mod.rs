//! The report: one HTML page that needs no other file and no network, and that depends on its
//! evidence alone. It reads well without scripts; with them, values are shown where they are
//! pointed at, tables are sorted and series hidden.

mod benchmarks;
mod comparisons;
mod figure;
mod instructions;
mod passes;
mod runs;
mod sections;
mod sources;
mod study;
mod summary;
mod theory;

use crate::evidence::Evidence;
use crate::metrics::{Section, metric};
use comparisons::Axis;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use study::Study;

/// How the page looks, in light, in dark and on paper. Nothing is loaded.
const STYLE: &str = include_str!("../page.css");

/// What the page does when scripts are on.
const SCRIPT: &str = include_str!("../page.js");

/// Nothing may be fetched, whatever the page contains.
const POLICY: &str =
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'";

/// The title of the page.
const TITLE: &str = "Scheduling performance";

/// The page, as one HTML file that needs no other.
pub fn page(evidence: &Evidence) -> String {
    let studies = evidence.tables.iter().map(Study::new);
    let (queues, studies): (Vec<Study<'_>>, Vec<Study<'_>>) =
        studies.partition(|study| theory::is_queue(study.table));
    let deciding = metric(summary::DECIDING);
    let compared: Vec<Vec<Axis>> = studies
        .iter()
        .map(|study| comparisons::axes(study, deciding))
        .collect();
    let chapters = chapters(evidence, &studies, &queues, &compared);
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                title { (TITLE) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    h1 { (TITLE) }
                    (summary::first_screen(evidence, &studies, &compared))
                    nav aria-label="Chapters" { @for (id, heading, _) in &chapters {
                        a href=(format!("#{id}")) { (heading) }
                    } }
                }
                main { @for (id, heading, content) in &chapters {
                    section id=(id) { h2 { (heading) } (content) }
                } }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    page.into_string()
}

/// A chapter: its word in addresses, its heading, and what is in it.
type Chapter = (&'static str, &'static str, Markup);

fn chapters(
    evidence: &Evidence,
    studies: &[Study<'_>],
    queues: &[Study<'_>],
    compared: &[Vec<Axis>],
) -> Vec<Chapter> {
    let mut chapters = Vec::new();
    let shown = |is_scaling: bool, section| {
        let all = studies.iter().enumerate();
        let wanted = all.filter(move |(_, study)| study.is_about_scaling() == is_scaling);
        html! { @for (number, study) in wanted {
            (sources::study(study))
            (sections::section(study, number + 1, section))
        } }
    };
    if studies.iter().any(|study| !study.is_about_scaling()) {
        let quality = html! {
            (shown(false, Section::Quality))
            @for (study, axes) in studies.iter().zip(compared) { @if !axes.is_empty() {
                (comparisons::tables(study, metric(summary::DECIDING), axes))
            } }
        };
        chapters.push(("quality", "Scheduling quality", quality));
        chapters.push(("control", "Control plane", shown(false, Section::Control)));
        chapters.push((
            "faults",
            "Faults and recovery",
            shown(false, Section::Faults),
        ));
    }
    if !queues.is_empty() {
        let theory = html! { @for queue in queues { (theory::chapter(queue)) } };
        chapters.push(("theory", "Queueing theory", theory));
    }
    if !evidence.runs.is_empty() {
        chapters.push(("runs", "Runs", runs::chapter(&evidence.runs)));
    }
    let data = &evidence.data;
    let is_measured = !data.measurements.is_empty();
    if is_measured || studies.iter().any(Study::is_about_scaling) {
        let scaling = html! {
            (shown(true, Section::Control))
            @if is_measured { (benchmarks::scaling(data)) }
        };
        chapters.push(("scaling", "Scaling", scaling));
    }
    if is_measured {
        chapters.push(("benchmarks", "Benchmarks", benchmarks::chapter(data)));
    }
    let sources = sources::chapter(evidence, &[studies, queues]);
    chapters.push(("sources", "How each number was made", sources));
    chapters
}
