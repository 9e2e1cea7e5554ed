//! `sweep --explain`: which runs a sweep has, and how long they would take, estimated from one.

use super::pace::{rounded, seconds_left};
use super::play;
use crate::command::{Failure, Verdict};
use crate::stopwatch::Stopwatch;
use crate::terminal::results;
use deploysim_scenarios::scenario::ReadError;
use deploysim_scenarios::sweep::{Shard, Table};
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
    writeln!(
        out,
        "{}: {} cells × {} seeds ({seeds}) = {} runs; {} combinations left out",
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
        writeln!(out, "  cell {number}, runs {first} to {last}: {settings}")?;
        first = last + 1;
    }
    let runs = table.runs_of(shard);
    if shard != Shard::WHOLE {
        writeln!(out, "shard {shard}: {runs} runs")?;
    }
    out.flush()?;
    if runs > 0 {
        let run = table.run(shard, 0);
        let plan = table.plan(run.cell).map_err(ReadError::Wrong)?;
        let stopwatch = Stopwatch::start();
        play(table, run, &plan)?;
        let one = stopwatch.elapsed();
        let all = seconds_left(one, threads as u64, runs);
        writeln!(
            out,
            "run {} took {one:.1?}: about {} for {runs} runs on {threads} threads",
            run.number,
            rounded(all)
        )?;
        out.flush()?;
    }
    Ok(Verdict::Held)
}
