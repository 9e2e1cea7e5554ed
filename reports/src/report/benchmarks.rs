//! The chapters of the benchmarks: the budgets, a growth chart per subject, every number, and how
//! large a cluster the program itself can play.

use super::figure::Figure;
use crate::budgets::{self, Row, Standing};
use crate::charts::Values;
use crate::data::{Data, Measurement};
use crate::numbers::quantity;
use crate::subjects::{self, Subject};
use maud::{Markup, html};

/// The subjects that say how large a cluster can be played.
const SCALING: [&str; 3] = ["queue", "world", "memory"];

/// From a hundred workers to a hundred thousand: whole runs, the event queue, memory.
pub(super) fn scaling(data: &Data) -> Markup {
    html! {
        p {
            "What a simulated cluster costs this program as it grows. "
            "A line that is level costs the same for each worker at any size."
        }
        (subjects_of(data, |subject| SCALING.contains(&subject.name)))
    }
}

/// The budgets, and what scheduling itself costs.
pub(super) fn chapter(data: &Data) -> Markup {
    html! {
        (budget_table(&budgets::rows(data)))
        (subjects_of(data, |subject| !SCALING.contains(&subject.name)))
        (wire(data))
        (super::instructions::table(data))
    }
}

fn subjects_of(data: &Data, wanted: impl Fn(&Subject) -> bool) -> Markup {
    let subjects = subjects::all(data).into_iter().filter(wanted);
    html! { @for subject in subjects { (section(data, &subject)) } }
}

fn budget_table(rows: &[Row]) -> Markup {
    html! {
        h3 { "Against the budget" }
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
        Standing::Met => html! { td.better { "✓ met" } },
        Standing::Missed => html! { td.worse { "✗ missed" } },
        Standing::Unknown | Standing::Compared => html! { td {} },
    }
}

fn section(data: &Data, subject: &Subject) -> Markup {
    let figure = Figure {
        id: &format!("benchmark-{}", subject.name),
        heading: subject.heading,
        see: subject.see,
        drawing: subject.chart.draw(),
        values: Values::from(&subject.chart),
    };
    html! {
        (figure.draw())
        (commands(subject.name))
        (numbers(data, subject.name))
    }
}

/// Messages have no size that grows, so they have a table and no chart.
fn wire(data: &Data) -> Markup {
    html! {
        h3 id="wire" { "Bytes of messages" }
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
    html! { p.quiet { "Measured by " code { "cargo bench -p deploysim-benches -- '^" (subject) "/'" } "." } }
}

fn numbers(data: &Data, subject: &str) -> Markup {
    let is_of = |measurement: &&Measurement| measurement.name.split('/').next() == Some(subject);
    let measured: Vec<&Measurement> = data.measurements.values().filter(is_of).collect();
    html! {
        details {
            summary { (measured.len()) " numbers" }
            div.wide { table.sortable {
                thead { tr {
                    th { "Benchmark" } th.number { "Median" } th { "95 % of it" } th.number { "Per element" }
                } }
                tbody { @for one in measured {
                    tr {
                        td { code { (one.name) } }
                        td.number data-value=(one.median) { (quantity(one.median, one.unit)) }
                        td.number data-value=(one.lower) { (quantity(one.lower, one.unit)) " to " (quantity(one.upper, one.unit)) }
                        (each(one))
                    }
                } }
            } }
        }
    }
}

/// What one element costs, where an iteration handles several.
fn each(one: &Measurement) -> Markup {
    let elements = one.elements.filter(|elements| *elements > 1);
    let each = elements.map(|elements| one.median / elements as f64);
    html! {
        @if let Some(each) = each {
            td.number data-value=(each) { (quantity(each, one.unit)) }
        } @else {
            td.number {}
        }
    }
}
