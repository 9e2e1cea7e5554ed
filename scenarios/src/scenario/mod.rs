//! Scenario files: reading, checking, and writing them back with every default filled in.
//!
//! A file is read into a tree with places (`table.rs`), checked by one reader per part
//! (`file.rs`) and becomes a [`plan::Plan`]; everything that is wrong is collected on the way
//! and reported at once (`error.rs`). Nothing here plays a scenario.

pub mod error;
mod file;
mod keys;
pub mod known;
mod overrides;
pub mod plan;
pub mod remarks;
mod schema;
pub(crate) mod suggest;
pub mod sweep;
mod table;
mod value;
mod write;

use error::{Problem, Problems, Reach, ScenarioError};
pub use schema::schema;

use keys::TOP;
use plan::Plan;
use std::path::{Path, PathBuf};
use std::{fmt, io};
use sweep::Sweep;
use table::Table;
use toml::de::DeTable;

/// Why a scenario file gave no plan.
#[derive(Debug)]
pub enum ReadError {
    /// The file could not be read.
    Unreadable {
        /// Which.
        path: PathBuf,
        /// Why.
        reason: io::Error,
    },
    /// The file is wrong.
    Wrong(ScenarioError),
}

impl fmt::Display for ReadError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { path, reason } => {
                write!(formatter, "{} cannot be read: {reason}", path.display())
            }
            Self::Wrong(error) => fmt::Display::fmt(error, formatter),
        }
    }
}

impl std::error::Error for ReadError {}

/// Reads and checks the scenario file `path`, as [`parse`].
///
/// # Errors
/// If the file cannot be read, or is wrong.
pub fn read(path: &Path, overrides: &[String]) -> Result<Plan, ReadError> {
    let (name, bytes) = read_bytes(path)?;
    parse(&name, &bytes, folder(path), overrides).map_err(ReadError::Wrong)
}

/// Reads and checks the scenario file `path` with its `[sweep]`, which it must have.
///
/// # Errors
/// If the file cannot be read, is wrong, or has no sweep.
pub fn read_sweep(path: &Path) -> Result<Sweep, ReadError> {
    let (name, bytes) = read_bytes(path)?;
    let checked = parse_all(&name, &bytes, folder(path), &[], Sweeping::Required);
    let (_, sweep) = checked.map_err(ReadError::Wrong)?;
    Ok(sweep.expect("a file without a sweep is wrong"))
}

fn read_bytes(path: &Path) -> Result<(String, Vec<u8>), ReadError> {
    match std::fs::read(path) {
        Ok(bytes) => Ok((path.display().to_string(), bytes)),
        Err(reason) => Err(ReadError::Unreadable {
            path: path.to_owned(),
            reason,
        }),
    }
}

/// Where the files are that a scenario names.
fn folder(path: &Path) -> &Path {
    path.parent().unwrap_or_else(|| Path::new(""))
}

/// What is done with the `[sweep]` of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sweeping {
    /// It is checked, if it is there.
    Checked,
    /// It is checked, and has to be there.
    Required,
    /// It is not looked at: this is one of its cells.
    Ignored,
}

/// Reads and checks a scenario.
///
/// `name` is how messages call it, `folder` where files are that it names. Each of `overrides`
/// is `key.path=value` (the command line's `--set`) and replaces what the file says. A `[sweep]`
/// is checked with the rest, and is no part of the plan: that is what one run plays.
///
/// # Errors
/// Everything that is wrong with the file and the overrides.
pub fn parse(
    name: &str,
    bytes: &[u8],
    folder: &Path,
    overrides: &[String],
) -> Result<Plan, ScenarioError> {
    let read = parse_all(name, bytes, folder, overrides, Sweeping::Checked);
    read.map(|(plan, _)| plan)
}

fn parse_all(
    name: &str,
    bytes: &[u8],
    folder: &Path,
    overrides: &[String],
    sweeping: Sweeping,
) -> Result<(Plan, Option<Sweep>), ScenarioError> {
    let text = String::from_utf8_lossy(bytes).into_owned();
    let sources = overrides::sources(name, text, overrides);
    let fail = |problems| Err(ScenarioError::new(sources.clone(), problems));
    if let Some(problem) = not_text(bytes) {
        return fail(vec![problem]);
    }
    let file_text = sources[0].text.as_str();
    let (mut root, errors) = DeTable::parse_recoverable(file_text);
    let problems = Problems::default();
    for error in &errors {
        let span = error.span().unwrap_or(0..0);
        problems.push(Problem::new(
            span,
            format!("the file is not TOML: {}", error.message()),
        ));
    }
    if root.get_ref().is_empty() && errors.is_empty() {
        let problem = Problem::new(0..0, "the scenario is empty");
        return fail(vec![
            problem.allowed("at least `title`, `until` and `[cluster]`"),
        ]);
    }
    for (source, text) in sources[1..].iter().zip(overrides) {
        overrides::apply(root.get_mut(), source, text, &problems);
    }
    let first_error = errors
        .iter()
        .filter_map(|error| Some(error.span()?.start))
        .min();
    let checks = Problems::default();
    let top = Table::new(&TOP, root.get_ref(), 0..0, &checks);
    let plan = file::read(top, folder, &checks);
    // Cells are worth a look only if the scenario by itself is sound, and as its file has it.
    let has_cells = problems.is_empty() && checks.is_empty() && overrides.is_empty();
    let draft = match sweeping {
        Sweeping::Checked => sweep::read(top, file_text),
        Sweeping::Required => top
            .require("sweep")
            .and_then(|_| sweep::read(top, file_text)),
        Sweeping::Ignored => None,
    };
    let sweep = draft.filter(|_| has_cells).map(|draft| {
        let source = (name, bytes, folder);
        draft.check(root.get_ref(), source, &checks)
    });
    for problem in checks.into_vec() {
        let is_sound = first_error.is_none_or(|error| {
            problem.reach == Reach::Local && problem.span.end < line_start(file_text, error)
        });
        if is_sound {
            problems.push(problem);
        }
    }
    let problems = problems.into_vec();
    if problems.is_empty() {
        Ok((plan, sweep))
    } else {
        fail(problems)
    }
}

/// The first byte that is no text, if there is one.
fn not_text(bytes: &[u8]) -> Option<Problem> {
    let at = std::str::from_utf8(bytes).err()?.valid_up_to();
    let message = format!(
        "the file is not UTF-8: byte 0x{:02X} does not fit",
        bytes[at]
    );
    // The byte stands in the source as one replacement character, three bytes long.
    Some(Problem::new(at..at + 3, message).allowed("text in UTF-8"))
}

/// Where the line of `position` begins.
fn line_start(text: &str, position: usize) -> usize {
    text[..text.floor_char_boundary(position)]
        .rfind('\n')
        .map_or(0, |newline| newline + 1)
}

#[cfg(test)]
mod tests;
