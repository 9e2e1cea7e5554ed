//! The page of the scheduling benchmarks: the verdict, the budgets, a chart per subject, every
//! number, and what the page was made from. It is a function of the data alone.

use crate::budgets::{self, Row, Standing};
use crate::data::{Data, Measurement};
use crate::numbers::quantity;
use crate::subjects::{self, Subject};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use std::collections::BTreeSet;

/// How the page looks, in light and in dark. Nothing is loaded.
const STYLE: &str = include_str!("page.css");

/// The page, as one HTML file that needs no other.
pub fn scheduling(data: &Data) -> String {
    let rows = budgets::rows(data);
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "What scheduling costs" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { "What scheduling costs" }
                (verdict(&rows))
                (budget_table(&rows))
                @for subject in subjects::all(data) { (section(data, &subject)) }
                (wire(data))
                (footer(data))
            }
        }
    };
    page.into_string()
}

/// What a reader has to know who reads nothing else.
fn verdict(rows: &[Row]) -> Markup {
    let of = |standing| rows.iter().filter(move |row| row.standing == standing);
    let met = of(Standing::Met).count();
    let missed = of(Standing::Missed).count();
    let unknown: Vec<&Row> = of(Standing::Unknown).collect();
    html! {
        p.verdict {
            strong { (met) " of " (met + missed) " budgets are met." }
            @if missed > 0 { " Missed:" }
        }
        @if missed > 0 {
            ul.verdict {
                @for row in of(Standing::Missed) {
                    li { (row.what) ": " (row.measured.as_deref().unwrap_or_default()) " (" (row.budget) ")" }
                }
            }
        }
        @if !unknown.is_empty() {
            p { "Not measured: " (unknown.len()) " of the rows below." }
        }
    }
}

fn budget_table(rows: &[Row]) -> Markup {
    html! {
        h2 { "Against the budget" }
        p {
            "Times are processor time of one thread, medians. "
            "“Plain” is the rule as it is written down, which filters and sorts all workers for each application. "
            "“Real Spark” are recorded times of Apache Spark 4.3.0 for the same decision, not measured beside it."
        }
        div.wide { table {
            thead { tr {
                th { "What" } th { "Budget" } th { "Measured" } th { "Kept" }
                th { "Faster than plain" } th { "Faster than real Spark" }
            } }
            tbody { @for row in rows {
                tr {
                    td { (row.what) br; code { (row.name) } }
                    td.number { (row.budget) }
                    td.number { (row.measured.as_deref().unwrap_or("not measured")) }
                    (standing(row.standing))
                    td.number { (row.plain.as_deref().unwrap_or_default()) }
                    td.number { (row.spark.as_deref().unwrap_or_default()) }
                }
            } }
        } }
    }
}

fn standing(standing: Standing) -> Markup {
    match standing {
        Standing::Met => html! { td.met { "✓ met" } },
        Standing::Missed => html! { td.missed { "✗ missed" } },
        Standing::Unknown | Standing::Compared => html! { td {} },
    }
}

fn section(data: &Data, subject: &Subject) -> Markup {
    html! {
        h2 id=(subject.name) { (subject.heading) }
        figure {
            (subject.chart.draw())
            figcaption { (subject.see) }
        }
        (commands(subject.name))
        (numbers(data, subject.name))
    }
}

/// Messages have no size that grows, so they have a table and no chart.
fn wire(data: &Data) -> Markup {
    html! {
        h2 id="wire" { "Bytes of messages" }
        p {
            "One message of each kind, written and read. "
            "Messages with more in them cost more: compare " code { "Envelope::Resolved" }
            ", one of the smallest, with " code { "Answer::MasterState" } ", the largest."
        }
        (commands("wire"))
        (numbers(data, "wire"))
    }
}

fn commands(subject: &str) -> Markup {
    html! { p { "Measured by " code { "cargo bench -p deploysim-benches -- '^" (subject) "/'" } "." } }
}

fn numbers(data: &Data, subject: &str) -> Markup {
    let is_of = |measurement: &&Measurement| measurement.name.split('/').next() == Some(subject);
    let measured: Vec<&Measurement> = data.measurements.values().filter(is_of).collect();
    html! {
        details {
            summary { (measured.len()) " numbers" }
            div.wide { table {
                thead { tr {
                    th { "Benchmark" } th { "Median" } th { "95 % of it" } th { "Per element" }
                } }
                tbody { @for one in measured {
                    tr {
                        td { code { (one.name) } }
                        td.number { (quantity(one.median, one.unit)) }
                        td.number { (quantity(one.lower, one.unit)) " to " (quantity(one.upper, one.unit)) }
                        td.number {
                            @if let Some(elements) = one.elements.filter(|elements| *elements > 1) {
                                (quantity(one.median / elements as f64, one.unit))
                            }
                        }
                    }
                } }
            } }
        }
    }
}

fn footer(data: &Data) -> Markup {
    let measured = || data.measurements.values();
    let machines: BTreeSet<&str> = measured().map(|one| one.machine.as_str()).collect();
    let commits: BTreeSet<&str> = measured().map(|one| one.commit.as_str()).collect();
    let sources: BTreeSet<&str> = data.spark.iter().map(|one| one.source.as_str()).collect();
    html! {
        footer {
            h2 { "Where this comes from" }
            p { "Machine: " (list(&machines)) ". Measured at commit " (list(&commits)) "." }
            p {
                "Measured again by " code { "deploysim report --measure" }
                "; made again from the same measurements, byte for byte, by " code { "deploysim report" } "."
            }
            ul { @for source in sources { li { (source) } } }
            div.wide { table {
                thead { tr { th { "Input" } th { "BLAKE3" } } }
                tbody { @for input in &data.inputs {
                    tr { td { code { (input.file) } } td { code { (input.digest) } } }
                } }
            } }
        }
    }
}

fn list(words: &BTreeSet<&str>) -> String {
    let words: Vec<&str> = words.iter().copied().collect();
    words.join("; ")
}
