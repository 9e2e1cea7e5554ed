//! The table of a sweep: which axes it has, and its rows.

use super::Leniency;
use super::sheet::Sheet;
use crate::ReportError;
use crate::metrics::METRICS;
use std::collections::BTreeMap;

/// Columns that every table has. The axes stand between the third and the fourth.
pub(super) const COLUMNS: [&str; 7] = [
    "sweep",
    "runs",
    "run",
    "seed",
    "held",
    "simulated_ns",
    "inputs",
];

/// The table of a sweep.
#[derive(Clone, Debug, Default)]
pub struct Table {
    /// Its file.
    pub file: String,
    /// The scenario beside it, of the same name, if there is one.
    pub scenario: Option<String>,
    /// The title of that scenario.
    pub title: Option<String>,
    /// The digest that the sweep gave itself.
    pub sweep: String,
    /// The keys of the scenario that vary.
    pub axes: Vec<String>,
    /// A row for each run, in the order of the file.
    pub rows: Vec<Row>,
    /// Where in a row each number stands.
    columns: BTreeMap<String, usize>,
}

/// One run.
#[derive(Clone, Debug)]
pub struct Row {
    /// A value for each axis.
    pub cell: Vec<String>,
    /// The seed.
    pub seed: u64,
    /// Whether everything held.
    pub held: bool,
    numbers: Vec<Option<f64>>,
}

impl Table {
    /// Reads a table.
    pub(super) fn read(
        sheet: &mut Sheet<'_>,
        file: &str,
        leniency: Leniency,
        skipped: &mut Vec<String>,
    ) -> Result<Self, ReportError> {
        let [sweep, runs, run, seed, held, _, _] = sheet.columns(COLUMNS)?;
        let header: Vec<String> = sheet.header().map(str::to_owned).collect();
        if seed <= run {
            return Err(
                sheet.error("the columns stand in another order than in the table of a sweep")
            );
        }
        let absent = METRICS.iter().flat_map(|metric| metric.columns());
        let absent: Vec<&str> = absent.filter(|it| sheet.column(it).is_none()).collect();
        if !absent.is_empty() {
            let what = format!("columns are missing: {}", absent.join(", "));
            match leniency {
                Leniency::Strict => return Err(sheet.error(what)),
                Leniency::Lenient => skipped.push(format!("{file}:1: {what}")),
            }
        }
        let measured = header.iter().skip(held + 1).cloned();
        let mut table = Self {
            file: file.to_owned(),
            scenario: None,
            title: None,
            sweep: String::new(),
            axes: header[run + 1..seed].to_vec(),
            rows: Vec::new(),
            columns: measured.zip(0..).collect(),
        };
        let mut wanted = 0;
        loop {
            let row = match sheet.advance() {
                Ok(false) => break,
                Ok(true) => table.row(sheet, [run, seed, held]),
                Err(error) => Err(error),
            };
            match (row, leniency) {
                (Ok(row), _) => table.rows.push(row),
                (Err(ReportError::Wrong { line, what, .. }), Leniency::Lenient) => {
                    skipped.push(format!("{file}:{line}: {what}"));
                    continue;
                }
                (Err(error), Leniency::Strict | Leniency::Lenient) => return Err(error),
            }
            sheet.text(sweep).clone_into(&mut table.sweep);
            wanted = sheet.text(runs).parse().unwrap_or(0);
        }
        table.check_size(wanted, sheet, leniency, skipped)?;
        Ok(table)
    }

    fn row(&self, sheet: &Sheet<'_>, [run, seed, held]: [usize; 3]) -> Result<Row, ReportError> {
        let numbers = (held + 1..held + 1 + self.columns.len()).map(|place| sheet.number(place));
        Ok(Row {
            cell: (run + 1..seed)
                .map(|place| sheet.text(place).to_owned())
                .collect(),
            seed: sheet
                .text(seed)
                .parse()
                .map_err(|_| sheet.error("the seed is no whole number"))?,
            held: match sheet.text(held) {
                "true" => true,
                "false" => false,
                other => {
                    let what = format!("held is \"{other}\"; allowed: true, false");
                    return Err(sheet.error(what));
                }
            },
            numbers: numbers.collect::<Result<_, _>>()?,
        })
    }

    /// Whether all runs of the sweep are there.
    fn check_size(
        &self,
        wanted: usize,
        sheet: &Sheet<'_>,
        leniency: Leniency,
        skipped: &mut Vec<String>,
    ) -> Result<(), ReportError> {
        let found = self.rows.len();
        if found > 0 && found >= wanted {
            return Ok(());
        }
        let what = format!(
            "there are {found} of {wanted} runs: the table is cut off, or one shard of a sweep, which `deploysim sweep merge` joins to the others"
        );
        match leniency {
            Leniency::Strict => Err(sheet.error(what)),
            Leniency::Lenient => {
                skipped.push(format!("{}: {what}", self.file));
                Ok(())
            }
        }
    }

    /// The number of this column in a row.
    pub(crate) fn number(&self, row: &Row, column: &str) -> Option<f64> {
        *row.numbers.get(*self.columns.get(column)?)?
    }

    /// The values of an axis, each once, in the order of the file.
    pub(crate) fn values(&self, axis: usize) -> Vec<&str> {
        let mut values: Vec<&str> = Vec::new();
        for row in &self.rows {
            let value = row.cell[axis].as_str();
            if !values.contains(&value) {
                values.push(value);
            }
        }
        values
    }
}
