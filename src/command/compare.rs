//! `deploysim compare`: two runs, sweeps or folders of measurements side by side. How numbers are
//! compared and when one has regressed is decided in the library.

use super::junit::{self, Case, Suite, Verdict as CaseVerdict};
use super::{Failure, Verdict};
use crate::terminal::results;
use comfy_table::presets::UTF8_HORIZONTAL_ONLY;
use comfy_table::{CellAlignment, ContentArrangement, Table};
use deploysim_reports::compare::{self, CompareError, Compared, Question, Row, Sameness};
use deploysim_scenarios::statistics::Verdict as Finding;
use deploysim_scenarios::statistics::verdict::Rules;
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;

/// Compare two runs, two sweeps or two folders of measurements, number by number.
///
/// BASE and NEW are both folders of runs (`run --out`), tables of sweeps, or folders of measurements
/// (`report --measure`). Runs of the same seed are compared in pairs (common random numbers), all
/// numbers together with Holm's correction. The exit code is 1 if a number has regressed, or if
/// something differs that may not.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  deploysim compare before.csv after.csv
  deploysim compare before.csv after.csv --metric application_wait_mean_ns --margin 1%
  deploysim compare before.csv after.csv --format markdown > comparison.md
  deploysim compare out-1 out-2 --exact
  deploysim compare reports/data measurements --margin 10% --junit target/measurements.xml")]
pub(crate) struct Compare {
    /// The old variant.
    base: PathBuf,
    /// The new variant.
    new: PathBuf,
    /// Only this number (repeatable). [default: all]
    #[arg(long, value_name = "NAME")]
    metric: Vec<String>,
    /// A change of up to so many percent does not matter.
    #[arg(long, value_name = "P%", value_parser = percent, default_value = "0%")]
    margin: f64,
    /// Nothing may differ, not by a byte.
    #[arg(long)]
    exact: bool,
    /// How the result is shown.
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// Write the results as a JUnit file.
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
}

/// How a result is shown.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Format {
    /// A table for a terminal, without what is the same.
    Text,
    /// A table for a page, without what is the same.
    Markdown,
    /// Every number, for tools.
    Json,
}

impl Compare {
    /// Compares them.
    pub(crate) fn carry_out(&self) -> Result<Verdict, Failure> {
        let question = Question {
            names: self.metric.clone(),
            rules: Rules {
                margin: self.margin / 100.0,
                ..Rules::default()
            },
            sameness: if self.exact {
                Sameness::Demanded
            } else {
                Sameness::OfTheSameProgram
            },
        };
        let compared = compare::compare(&self.base, &self.new, &question)?;
        let mut out = results();
        match self.format {
            Format::Text => show(&compared, &mut out)?,
            Format::Markdown => out.write_all(compare::markdown(&compared).as_bytes())?,
            Format::Json => out.write_all(compare::json(&compared).as_bytes())?,
        }
        out.flush()?;
        if let Some(path) = &self.junit {
            junit::write(path, &SUITE, &cases(&compared))?;
        }
        Ok(Verdict::from(compared.holds()))
    }
}

/// A share as it is written: `5%`.
fn percent(text: &str) -> Result<f64, String> {
    let number = text
        .strip_suffix('%')
        .and_then(|number| number.parse().ok());
    let number = number.filter(|number: &f64| number.is_finite() && *number >= 0.0);
    number.ok_or_else(|| format!("`{text}` is no share; allowed: 0% and more"))
}

fn show(compared: &Compared, out: &mut impl Write) -> io::Result<()> {
    let rows = compare::noteworthy(compared);
    if !rows.is_empty() {
        let mut table = Table::new();
        table
            .load_style(UTF8_HORIZONTAL_ONLY)
            .set_content_arrangement(ContentArrangement::Disabled)
            .set_header(compare::COLUMNS);
        table.add_rows(rows.into_iter().map(compare::fields));
        // All but the first and the last are numbers.
        let last = compare::COLUMNS.len() - 1;
        for (at, column) in table.column_iter_mut().enumerate() {
            if (1..last).contains(&at) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        writeln!(out, "{}", table.trim_fmt())?;
    }
    for note in &compared.notes {
        writeln!(out, "• {note}")?;
    }
    for sentence in &compared.broken {
        writeln!(out, "\x1b[31m✗\x1b[0m {sentence}")?;
    }
    writeln!(out, "{}", compared.sentence())
}

const SUITE: Suite = Suite {
    report: "deploysim compare",
    name: "numbers",
    failure: "a number has regressed",
};

/// A case for each combination of values, and one for what may not differ.
fn cases(compared: &Compared) -> Vec<Case> {
    let mut cells: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in &compared.rows {
        cells.entry(&row.cell).or_default().push(row);
    }
    let case = |name: &str, failures: Vec<String>| Case {
        name: name.to_owned(),
        verdict: if failures.is_empty() {
            CaseVerdict::Held
        } else {
            CaseVerdict::Failed(failures.join("\n"))
        },
        elapsed: Duration::ZERO,
    };
    let failures = |rows: Vec<&Row>| {
        let regressed = rows
            .into_iter()
            .filter(|row| row.comparison.verdict == Finding::Regressed);
        regressed
            .map(|row| format!("{} {}", row.comparison.name, row.comparison.sentence()))
            .collect()
    };
    let mut cases: Vec<Case> = cells
        .into_iter()
        .map(|(cell, rows)| {
            let name = if cell.is_empty() { compared.kind } else { cell };
            case(name, failures(rows))
        })
        .collect();
    cases.push(case("what may not differ", compared.broken.clone()));
    cases
}

impl From<CompareError> for Failure {
    fn from(error: CompareError) -> Self {
        Self::BadInput(format!("error: {error}"))
    }
}
