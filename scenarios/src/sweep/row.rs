//! One row: what was run, the verdict, and what was measured. A row is one line, whatever the
//! values are called.

use super::{Run, Table};
use crate::measure::{Measurement, Measures};
use crate::outcome::{Judged, Outcome, Read};
use crate::run::{self, RunError};
use crate::scenario::plan::Plan;
use crate::world::World;
use deploysim_protocol::time::Time;

/// The columns before those of the axes: which sweep, how many runs it has, which of them.
pub(super) const BEFORE: [&str; 3] = ["sweep", "runs", "run"];

/// The columns behind those of the axes, before those of what was measured.
const BEHIND: [&str; 6] = [
    "seed",
    "held",
    "violations",
    "expectations_failed",
    "simulated_ns",
    "inputs",
];

/// A row of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The number of its run.
    pub run: u64,
    /// Whether everything held.
    pub holds: bool,
    /// The whole line, with its end.
    pub line: String,
}

/// The line that names the columns.
pub(super) fn header(axes: &[String], plan: &Plan) -> String {
    let measured = Measures::new(plan).finish(Time::ZERO);
    let totals = measured.map_or_else(|_| Vec::new(), |measured| measured.totals);
    let mut fields: Vec<String> = BEFORE.map(str::to_owned).into();
    fields.extend(axes.iter().cloned());
    fields.extend(BEHIND.map(str::to_owned));
    fields.extend(totals.iter().map(|total| total.column()));
    line(&fields)
}

impl Table {
    /// Plays a run of `plan`, its cell's scenario, and gives its row.
    ///
    /// # Errors
    /// If the trace of the run does not add up: a fault of the program.
    pub fn play(&self, run: Run, plan: &Plan) -> Result<Row, RunError> {
        let plan = &*run::drawn(plan, run.seed);
        let mut measures = Measures::new(plan);
        let outcome = run::play(World::Queue, plan, run.seed, &mut [&mut measures])?;
        let measured = measures.finish(outcome.end).map_err(RunError::Unwritten)?;
        Ok(Row {
            run: run.number,
            holds: outcome.holds(),
            line: self.beginning(run.number) + &line(&self.fields(run, &outcome, &measured)),
        })
    }

    /// What follows the beginning.
    fn fields(&self, run: Run, outcome: &Outcome, measured: &Measurement) -> Vec<String> {
        let settings = &self.sweep.cells[run.cell].settings;
        let mut fields: Vec<String> = settings.iter().map(|it| it.shown.clone()).collect();
        let unclaimed = outcome
            .violations
            .iter()
            .filter(|one: &&Read| !one.is_claimed());
        let unmet = outcome
            .expectations
            .iter()
            .filter(|one: &&Judged| !one.is_met());
        fields.extend([
            run.seed.to_string(),
            outcome.holds().to_string(),
            unclaimed.count().to_string(),
            unmet.count().to_string(),
            outcome.end.as_nanos().to_string(),
            outcome.inputs.to_string(),
        ]);
        let values = measured.totals.iter().map(|total| total.value);
        fields.extend(values.map(|value| value.map_or_else(String::new, |it| it.to_string())));
        fields
    }

    /// Whether everything held in the run of this line.
    pub(super) fn holds(&self, line: &str) -> bool {
        let held = BEFORE.len() + self.sweep.columns.len() + 1;
        record(line).get(held) == Some("true")
    }
}

/// The fields of a line.
pub(super) fn record(line: &str) -> csv::StringRecord {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(line.as_bytes());
    let record = reader.records().next();
    record.and_then(Result::ok).unwrap_or_default()
}

/// Fields as a line of comma-separated values.
fn line(fields: &[String]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let bytes = writer
        .write_record(fields)
        .map_err(|error| error.to_string())
        .and_then(|()| writer.into_inner().map_err(|error| error.to_string()))
        .expect("memory can be written");
    String::from_utf8(bytes).expect("texts make a text")
}
