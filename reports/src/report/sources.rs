//! How each number was made: commands, seeds, and digests of the inputs.

use super::study::Study;
use crate::evidence::Evidence;
use maud::{Markup, html};
use std::collections::BTreeSet;

/// What a study is, in a line above its charts.
pub(super) fn study(study: &Study<'_>) -> Markup {
    let table = study.table;
    let (least, most) = study.replications();
    let seeds = if least == most {
        most.to_string()
    } else {
        format!("{least} to {most}")
    };
    html! {
        p.quiet {
            @if let Some(title) = &table.title { strong { (title) } ". " }
            code { (table.file) } ": " (table.rows.len()) " runs in " (study.cells().count()) " cells of " (seeds)
            " seeds each. Points are means over the seeds, bands their 95 % intervals by Student’s t."
        }
    }
}

/// The last chapter.
pub(super) fn chapter(evidence: &Evidence, studies: &[&[Study<'_>]]) -> Markup {
    html! {
        @for one in studies.iter().copied().flatten() { (of_study(one)) }
        @if !evidence.runs.is_empty() { (of_runs(evidence)) }
        @if !evidence.data.measurements.is_empty() { (of_benchmarks(evidence)) }
        h3 { "Inputs" }
        p { "The page is a function of these files: the same bytes give the same page." }
        div.wide { table {
            thead { tr { th { "Input" } th { "BLAKE3" } } }
            tbody { @for input in &evidence.inputs {
                tr { td { code { (input.file) } } td { code.digest { (input.digest) } } }
            } }
        } }
    }
}

fn of_study(study: &Study<'_>) -> Markup {
    let table = study.table;
    let seeds: BTreeSet<u64> = table.rows.iter().map(|row| row.seed).collect();
    let scenario = table.scenario.as_deref().unwrap_or("SCENARIO");
    let sweep = format!("deploysim sweep {scenario} -o {}", table.file);
    html! {
        h3 { code { (table.file) } }
        dl {
            dt { "Command" } dd { code { (sweep) } }
            dt { "Sweep" } dd { code { (table.sweep) } " (a digest of all that its rows depend on)" }
            dt { "Seeds" } dd { (ranges(&seeds)) ", the same in every cell (common random numbers)" }
            @if let Some(row) = table.rows.first() {
                dt { "One row" } dd {
                    "is one run, the first for instance " code { (replay(study, scenario, row)) }
                    "; a point of a chart is the mean of the rows of its cell."
                }
            }
        }
    }
}

/// The command that plays the run of a row.
fn replay(study: &Study<'_>, scenario: &str, row: &crate::evidence::Row) -> String {
    let mut command = format!("deploysim run {scenario} --seed {}", row.seed);
    for (axis, value) in study.table.axes.iter().zip(&row.cell) {
        command += &format!(" --set '{axis}={value}'");
    }
    command
}

fn of_runs(evidence: &Evidence) -> Markup {
    html! {
        h3 { "Runs" }
        div.wide { table {
            thead { tr { th { "Folder" } th { "Seed" } th { "Command" } th { "Scenario, BLAKE3" } } }
            tbody { @for run in &evidence.runs { tr {
                td { code { (run.folder) } }
                td.number { (run.seed) }
                td { code { (run.command) } }
                td { code.digest { (run.scenario_digest) } }
            } } }
        } }
    }
}

fn of_benchmarks(evidence: &Evidence) -> Markup {
    let measured = || evidence.data.measurements.values();
    let machines: BTreeSet<&str> = measured().map(|one| one.machine.as_str()).collect();
    let commits: BTreeSet<&str> = measured().map(|one| one.commit.as_str()).collect();
    let sources: BTreeSet<&str> = (evidence.data.spark.iter())
        .map(|one| one.source.as_str())
        .collect();
    html! {
        h3 { "Benchmarks" }
        p { "Machine: " (list(&machines)) ". Measured at commit " (list(&commits)) "." }
        p {
            "Measured again by " code { "deploysim report --measure" }
            "; made again from the same measurements, byte for byte, by " code { "deploysim report" } "."
        }
        ul { @for source in sources { li { (source) } } }
    }
}

fn list(words: &BTreeSet<&str>) -> String {
    let words: Vec<&str> = words.iter().copied().collect();
    words.join("; ")
}

/// Numbers as `1..20, 40`.
fn ranges(numbers: &BTreeSet<u64>) -> String {
    let mut ranges: Vec<(u64, u64)> = Vec::new();
    for number in numbers {
        match ranges.last_mut() {
            Some((_, last)) if *last + 1 == *number => *last = *number,
            Some(_) | None => ranges.push((*number, *number)),
        }
    }
    let words = ranges.into_iter().map(|(first, last)| {
        if first == last {
            first.to_string()
        } else {
            format!("{first}..{last}")
        }
    });
    words.collect::<Vec<String>>().join(", ")
}
