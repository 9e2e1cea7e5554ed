//! `sweep --explain`: which runs a sweep has, and how long they would take, estimated from one.

use super::pace::{rounded, seconds_left};
use super::play;
use crate::command::{Failure, Verdict};
use crate::stopwatch::Stopwatch;
use crate::terminal::results;
use deploysim_scenarios::scenario::ReadError;
use deploysim_scenarios::sweep::{Course, Shard, Table};
use std::io::Write;
use std::path::Path;

/// Shows the runs of a shard, and plays the first of them.
pub(super) fn explain(
    table: &Table,
    scenario: &Path,
    shard: Shard,
    threads: usize,
) -> Result<Verdict, Failure> {
    let mut out = results();
    let sweep = table.sweep();
    let seeds = table.seeds();
    let at_most = if table.is_open() { "at most " } else { "" };
    writeln!(
        out,
        "{}: {} cells × {at_most}{} seeds ({seeds}) = {at_most}{} runs; {} combinations left out",
        scenario.display(),
        sweep.cells.len(),
        seeds.count(),
        table.runs(),
        sweep.skipped,
    )?;
    let mut first = 1;
    for (number, cell) in (1..).zip(&sweep.cells) {
        let columns = sweep.columns.iter().zip(&cell.settings);
        let settings = columns.map(|(column, setting)| format!("{column} = {}", setting.shown));
        let settings = settings.collect::<Vec<String>>().join(", ");
        let last = first + seeds.count() - 1;
        if table.is_open() {
            writeln!(out, "  cell {number}: {settings}")?;
        } else {
            writeln!(out, "  cell {number}, runs {first} to {last}: {settings}")?;
        }
        first = last + 1;
    }
    let course = Course::new(table, shard);
    let runs = course.runs();
    if shard != Shard::WHOLE {
        writeln!(out, "shard {shard}: {runs} runs")?;
    }
    out.flush()?;
    if let Some(run) = course.next() {
        let plan = table.plan(run.cell).map_err(ReadError::Wrong)?;
        let stopwatch = Stopwatch::start();
        play(table, run, &plan)?;
        let one = stopwatch.elapsed();
        let all = seconds_left(one, threads as u64, runs);
        writeln!(
            out,
            "run {} took {one:.1?}: about {} for {}{runs} runs on {threads} threads",
            run.number,
            rounded(all),
            if table.is_open() { "the first " } else { "" },
        )?;
        out.flush()?;
    }
    Ok(Verdict::Held)
}
