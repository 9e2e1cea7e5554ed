//! `[sweep]`: which values the keys of a scenario take in turn, and with which seeds. An axis names
//! a key as `--set` does. Every cell is checked as a scenario of its own, so that whatever is
//! wrong with a value is reported at its place in the file. Nothing here plays a scenario.

mod axis;

use super::error::{Problem, Problems, ScenarioError};
use super::keys::{OPEN, SWEEP, TOP};
use super::plan::Plan;
use super::table::Table;
use super::value::Value;
use super::{Sweeping, file, overrides, parse_all};
use crate::seeds::Seeds;
use axis::{Axis, Entry, Key, entry_of};
use std::collections::BTreeSet;
use std::ops::Range;
use std::path::{Path, PathBuf};
use toml::de::DeTable;

/// The most cells that a sweep may have: each is checked whenever the file is read.
pub const CELLS_MAX: usize = 10_000;

/// A scenario and the cells in which it is to be played.
#[derive(Clone, Debug)]
pub struct Sweep {
    name: String,
    bytes: Vec<u8>,
    folder: PathBuf,
    /// The keys that change, as columns are called.
    pub columns: Vec<String>,
    /// The combinations of values, in order: the last axis of the file changes fastest.
    pub cells: Vec<Cell>,
    /// How many combinations are left out.
    pub skipped: usize,
    /// The seeds of every cell; `None`: the scenario's own.
    pub seeds: Option<Seeds>,
}

/// One combination of values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// A value for each column.
    pub settings: Vec<Setting>,
}

/// A key of the scenario and a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    key: String,
    value: String,
    /// The value on one line, a text without its quotes.
    pub shown: String,
}

impl Cell {
    /// As the command line's `--set` has it.
    pub fn changes(&self) -> Vec<String> {
        let change = |setting: &Setting| format!("{}={}", setting.key, setting.value);
        self.settings.iter().map(change).collect()
    }
}

impl Sweep {
    /// The scenario of a cell.
    ///
    /// # Errors
    /// If it is wrong, which is only possible if a file that the scenario names has changed.
    pub fn plan(&self, cell: &Cell) -> Result<Plan, ScenarioError> {
        let changes = cell.changes();
        let read = parse_all(
            &self.name,
            &self.bytes,
            &self.folder,
            &changes,
            Sweeping::Ignored,
        );
        read.map(|(plan, _)| plan)
    }
}

/// What `[sweep]` says, as far as it can be read.
pub(super) struct Draft {
    span: Range<usize>,
    axes: Vec<Axis>,
    /// Combinations that are left out: what the keys are set to, as it is shown.
    skips: Vec<Vec<(String, String)>>,
    seeds: Option<Seeds>,
}

/// Reads `[sweep]` of a file, if it has one. What is wrong with its own form is reported.
pub(super) fn read(top: Table<'_>, text: &str) -> Option<Draft> {
    let value = top.find("sweep")?;
    let table = value.table(&SWEEP)?;
    let mut axes = Vec::new();
    if let Some(own) = table.find("axes").and_then(|value| value.table(&OPEN)) {
        axes.extend(own.entries().map(|(name, span, value)| {
            let key = Key::new(name, span, table.problems);
            Axis::alone(key, value, text)
        }));
    }
    for zip in table
        .find("zip")
        .map(|it| it.tables(&OPEN))
        .unwrap_or_default()
    {
        axes.extend(Axis::zipped(zip, text));
    }
    axes.sort_by_key(Axis::place);
    report_twins(&axes, table.problems);
    let draft = Draft {
        span: value.span(),
        skips: skips(table, &axes, text),
        axes,
        seeds: table.find("seeds").and_then(seeds),
    };
    Some(draft)
}

/// A key that two axes name.
fn report_twins(axes: &[Axis], problems: &Problems) {
    let mut seen = BTreeSet::new();
    for key in axes.iter().flat_map(|axis| &axis.keys) {
        if !seen.insert(key.column()) {
            let message = format!("`{}` is on two axes", key.column());
            problems.push(Problem::new(key.span.clone(), message));
        }
    }
}

fn seeds(value: Value<'_>) -> Option<Seeds> {
    let text = match (value.as_text(), value.as_integer()) {
        (Some(text), _) => text.to_owned(),
        (None, Some(number)) => number.to_string(),
        (None, None) => String::new(),
    };
    let read = text.parse().ok();
    if read.is_none() {
        value.wrong("\"A..B\" with A ≤ B, or N for 1..N");
    }
    read
}

fn skips(table: Table<'_>, axes: &[Axis], text: &str) -> Vec<Vec<(String, String)>> {
    let tables = table.find("skip").map(|value| value.tables(&OPEN));
    let read = |table: Table<'_>| {
        let entries = table.entries();
        entries
            .filter_map(|entry| skip(entry, axes, text))
            .collect()
    };
    tables.unwrap_or_default().into_iter().map(read).collect()
}

fn skip(
    (name, span, value): (&str, Range<usize>, Value<'_>),
    axes: &[Axis],
    text: &str,
) -> Option<(String, String)> {
    let column = overrides::segments(name).join(".");
    let entry = entry_of(value, text);
    let keys = axes
        .iter()
        .flat_map(|axis| axis.keys.iter().enumerate().map(move |it| (axis, it)));
    let mut found = None;
    for (axis, (at, key)) in keys.clone() {
        if key.column() == column {
            found = Some(
                axis.rows
                    .iter()
                    .map(|row| row[at].shown())
                    .collect::<Vec<String>>(),
            );
        }
    }
    let Some(values) = found else {
        let known: Vec<String> = keys.map(|(_, (_, key))| key.column()).collect();
        let message = format!("`{name}` is on no axis");
        let problem = Problem::new(span, message).one_of(name, known.iter().map(String::as_str));
        value.problems.push(problem);
        return None;
    };
    let shown = entry.shown();
    // Of an axis that could not be read there are no values.
    if !values.is_empty() && !values.contains(&shown) {
        let message = format!("`{name}` is never {shown}");
        let problem = value.problem(message);
        value
            .problems
            .push(problem.one_of(&shown, values.iter().map(String::as_str)));
    }
    Some((column, shown))
}

impl Draft {
    /// The axes that could be read.
    fn readable(&self) -> impl Iterator<Item = &Axis> {
        self.axes.iter().filter(|axis| !axis.rows.is_empty())
    }

    /// Every combination that is not left out, and how many are.
    fn combinations(&self, problems: &Problems) -> (Vec<Vec<(&Key, &Entry)>>, usize) {
        let sizes = self.readable().map(|axis| axis.rows.len());
        let count = sizes.fold(1_usize, usize::saturating_mul);
        if count > CELLS_MAX {
            let message = format!("the sweep has {count} combinations");
            let problem = Problem::new(self.span.clone(), message);
            problems.push(problem.allowed(format!("at most {CELLS_MAX}")));
            return (Vec::new(), 0);
        }
        let mut cells = vec![Vec::new()];
        for axis in self.readable() {
            let mut longer = Vec::new();
            for cell in cells {
                longer.extend(axis.rows.iter().map(|row| {
                    let mut cell: Vec<(&Key, &Entry)> = cell.clone();
                    cell.extend(axis.keys.iter().zip(row));
                    cell
                }));
            }
            cells = longer;
        }
        cells.retain(|cell| !self.is_left_out(cell));
        if cells.is_empty() {
            problems.push(Problem::new(
                self.span.clone(),
                "every combination of the sweep is left out",
            ));
        }
        let skipped = count - cells.len();
        (cells, skipped)
    }

    fn is_left_out(&self, cell: &[(&Key, &Entry)]) -> bool {
        let is_so = |(column, shown): &(String, String)| {
            let mut settings = cell.iter();
            settings.any(|(key, entry)| key.column() == *column && entry.shown() == *shown)
        };
        self.skips
            .iter()
            .any(|skip| !skip.is_empty() && skip.iter().all(is_so))
    }

    /// Checks every cell as a scenario of its own, in the tree of the file, and makes the sweep of
    /// them.
    pub(super) fn check(
        &self,
        root: &DeTable<'_>,
        (name, bytes, folder): (&str, &[u8], &Path),
        problems: &Problems,
    ) -> Sweep {
        let (cells, skipped) = self.combinations(problems);
        let mut seen = BTreeSet::new();
        for cell in &cells {
            for (mut problem, shown) in wrong(root, cell, folder) {
                let place = (
                    problem.span.start,
                    problem.span.end,
                    problem.message.clone(),
                );
                if seen.insert(place) {
                    problem.message += &shown;
                    problems.push(problem);
                }
            }
        }
        let keys = self.readable().flat_map(|axis| &axis.keys);
        Sweep {
            name: name.to_owned(),
            bytes: bytes.to_owned(),
            folder: folder.to_owned(),
            columns: keys.map(Key::column).collect(),
            cells: cells.iter().map(|cell| settled(cell)).collect(),
            skipped,
            seeds: self.seeds.clone(),
        }
    }
}

/// What is wrong with one cell, each with the words that say in which cell it is: none if it is
/// about a value of the sweep.
fn wrong(root: &DeTable<'_>, cell: &[(&Key, &Entry)], folder: &Path) -> Vec<(Problem, String)> {
    let own = Problems::default();
    let mut tree = root.clone();
    for (key, entry) in cell {
        overrides::put(
            &mut tree,
            (&key.name, &key.span),
            (&entry.text, &entry.span),
            &own,
        );
    }
    file::read(Table::new(&TOP, &tree, 0..0, &own), folder, &own);
    let is_of_sweep = |span: &Range<usize>| {
        let mut places = cell
            .iter()
            .flat_map(|(key, entry)| [&key.span, &entry.span]);
        places.any(|place| place.start <= span.start && span.end <= place.end)
    };
    let settings = cell.iter();
    let settings: Vec<String> = settings
        .map(|(key, entry)| format!("{} = {}", key.column(), entry.shown()))
        .collect();
    let shown = format!(", where the sweep has {}", settings.join(", "));
    own.into_vec()
        .into_iter()
        .map(|problem| match is_of_sweep(&problem.span) {
            true => (problem, String::new()),
            false => (problem, shown.clone()),
        })
        .collect()
}

fn settled(cell: &[(&Key, &Entry)]) -> Cell {
    let setting = |(key, entry): &(&Key, &Entry)| Setting {
        key: key.name.clone(),
        value: entry.text.clone(),
        shown: entry.shown(),
    };
    Cell {
        settings: cell.iter().map(setting).collect(),
    }
}
