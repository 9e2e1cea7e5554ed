//! Two variants side by side: the folders of two runs, the tables of two sweeps, or two folders of
//! measurements. What stands in the files is read here, and each number gets a verdict; what a
//! verdict rests on is decided in `deploysim_scenarios::statistics`. Nothing is run.

mod better;
mod error;
mod exact;
mod measured_folder;
mod run_folder;
mod shown;
mod source;
mod sweep_table;
mod table;
#[cfg(test)]
mod tests;

pub use error::CompareError;
pub use shown::{COLUMNS, fields, json, markdown, noteworthy};

use deploysim_scenarios::statistics::verdict::{self, Measured, Rules, Values};
use deploysim_scenarios::statistics::{Comparison, Verdict};
use source::{Cell, Source};
use std::collections::BTreeMap;
use std::path::Path;

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// Only these numbers; all of them if there is none.
    pub names: Vec<String>,
    /// What is taken for a difference.
    pub rules: Rules,
    /// Whether everything must be the same.
    pub sameness: Sameness,
}

/// Whether two variants may differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sameness {
    /// They may, unless the files say that the same program played the same scenario with the same
    /// seed.
    #[default]
    OfTheSameProgram,
    /// They may not.
    Demanded,
}

/// What came of two variants.
#[derive(Clone, Debug, PartialEq)]
pub struct Compared {
    /// What the files are.
    pub kind: &'static str,
    /// Every number that both have, in the order of the old variant.
    pub rows: Vec<Row>,
    /// What only one of the two has, and other things that a reader should know.
    pub notes: Vec<String>,
    /// What differs where nothing may, a sentence each.
    pub broken: Vec<String>,
}

/// A number and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The combination of values of a sweep; empty in other tables.
    pub cell: String,
    /// The number.
    pub comparison: Comparison,
}

impl Compared {
    /// How many numbers have this verdict.
    pub fn count(&self, verdict: Verdict) -> usize {
        let rows = self.rows.iter();
        rows.filter(|row| row.comparison.verdict == verdict).count()
    }

    /// Whether nothing is worse, and everything is the same that has to be.
    pub fn holds(&self) -> bool {
        self.broken.is_empty() && self.count(Verdict::Regressed) == 0
    }

    /// The verdict on the whole, in one sentence.
    pub fn sentence(&self) -> String {
        let counts = [
            Verdict::Regressed,
            Verdict::Improved,
            Verdict::Differs,
            Verdict::NotShownToDiffer,
            Verdict::Same,
        ];
        let counts = counts.map(|verdict| format!("{} {verdict}", self.count(verdict)));
        let counts = counts.join(", ");
        match self.broken.len() {
            0 => counts,
            1 => format!("{counts}; 1 difference where there may be none"),
            many => format!("{counts}; {many} differences where there may be none"),
        }
    }
}

/// Compares what is at two paths.
///
/// # Errors
/// If something there cannot be read, is not one of ours, is of a newer version or cut off, or if
/// the two are of different kinds or have nothing in common.
pub fn compare(base: &Path, new: &Path, question: &Question) -> Result<Compared, CompareError> {
    let (base, new) = (Source::read(base)?, Source::read(new)?);
    if base.kind != new.kind {
        let (one, other) = (new.kind.words(), base.kind.words());
        let what = format!("this is {one}, and {} is {other}", base.path.display());
        return Err(CompareError::about(&new.path, what));
    }
    let mut notes = Vec::new();
    let measured = pairs(&base, &new, question, &mut notes);
    if measured.is_empty() {
        let what = format!("nothing in it has a partner in {}", base.path.display());
        return Err(CompareError::about(&new.path, what));
    }
    let (cells, measured): (Vec<String>, Vec<Measured>) = measured.into_iter().unzip();
    let comparisons = verdict::compare(&measured, question.rules);
    let rows = cells.into_iter().zip(comparisons);
    let is_same_program = base.made_by.is_some() && base.made_by == new.made_by;
    let broken = if question.sameness == Sameness::Demanded || is_same_program {
        exact::differences(&base, &new)?
    } else {
        Vec::new()
    };
    Ok(Compared {
        kind: base.kind.words(),
        rows: rows
            .map(|(cell, comparison)| Row { cell, comparison })
            .collect(),
        notes,
        broken,
    })
}

/// The numbers that both have and that are asked for, and notes on what only one has.
fn pairs(
    base: &Source,
    new: &Source,
    question: &Question,
    notes: &mut Vec<String>,
) -> Vec<(String, Measured)> {
    let is_wanted =
        |name: &str| question.names.is_empty() || question.names.iter().any(|it| it == name);
    let others: BTreeMap<&str, &Cell> = by_name(new);
    let mut measured = Vec::new();
    for cell in &base.cells {
        let Some(other) = others.get(cell.name.as_str()) else {
            notes.push(format!("only in {}: {}", base.path.display(), cell.name));
            continue;
        };
        let columns: BTreeMap<&str, _> = other
            .columns
            .iter()
            .map(|(name, it)| (name.as_str(), it))
            .collect();
        for (name, column) in cell.columns.iter().filter(|(name, _)| is_wanted(name)) {
            match columns.get(name.as_str()).map(|other| column.beside(other)) {
                None => notes.push(only_in(base, cell, name)),
                // Neither has a number: there was nothing to measure.
                Some(Values::Pairs(pairs)) if pairs.is_empty() => {}
                Some(values) => measured.push((
                    cell.name.clone(),
                    Measured {
                        name: name.clone(),
                        direction: better::direction(name),
                        values,
                    },
                )),
            }
        }
        let known = |wanted: &str| cell.columns.iter().any(|(name, _)| name == wanted);
        let unknown = other.columns.iter().filter(|(name, _)| !known(name));
        notes.extend(
            unknown
                .filter(|(name, _)| is_wanted(name))
                .map(|(name, _)| only_in(new, other, name)),
        );
    }
    let olds = by_name(base);
    let strangers = new
        .cells
        .iter()
        .filter(|cell| !olds.contains_key(cell.name.as_str()));
    notes.extend(strangers.map(|cell| format!("only in {}: {}", new.path.display(), cell.name)));
    for name in &question.names {
        if !measured.iter().any(|(_, one)| one.name == *name) {
            notes.push(format!("{name} is no number of both"));
        }
    }
    measured
}

fn by_name(source: &Source) -> BTreeMap<&str, &Cell> {
    let cells = source.cells.iter();
    cells.map(|cell| (cell.name.as_str(), cell)).collect()
}

fn only_in(source: &Source, cell: &Cell, name: &str) -> String {
    let path = source.path.display();
    if cell.name.is_empty() {
        format!("only in {path}: {name}")
    } else {
        format!("only in {path}: {name} of {}", cell.name)
    }
}
