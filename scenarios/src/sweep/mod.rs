//! A sweep as a table: one row per run, cells in order and within each cell its seeds, the same
//! seeds in every cell. A row depends on its own run alone, so that the table is the same however
//! the runs are divided among threads, processes and machines. Who plays them when is the
//! caller's business.

mod course;
pub mod job_array;
mod merge;
mod part;
mod row;
#[cfg(test)]
mod tests;
pub mod until;

pub use course::{Course, Wave};
pub use merge::merge;
pub use part::{Kept, Part};
pub use row::Row;
pub use until::Until;

use crate::output::manifest::digest;
use crate::scenario::error::ScenarioError;
use crate::scenario::plan::Plan;
use crate::scenario::sweep::Sweep;
use crate::seeds::Seeds;
use std::fmt;
use std::io;
use std::str::FromStr;

/// The version of the table; it rises with every change that a reader could notice.
const VERSION: u32 = 1;

/// Letters of the digest that stands in every row.
const ID_LETTERS: usize = 16;

/// Why a table cannot be written or joined.
#[derive(Debug)]
pub enum SweepError {
    /// What is there is not what is asked for; it is left as it is.
    Refused(String),
    /// A file cannot be read or written; the error names it.
    Failed(io::Error),
}

impl fmt::Display for SweepError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(reason) => reason.fmt(formatter),
            Self::Failed(error) => error.fmt(formatter),
        }
    }
}

impl std::error::Error for SweepError {}

impl From<io::Error> for SweepError {
    fn from(error: io::Error) -> Self {
        Self::Failed(error)
    }
}

/// Which part of a sweep: every `of`-th run, beginning with the `number`-th.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// From 1.
    pub number: u64,
    /// How many shards there are.
    pub of: u64,
}

impl Shard {
    /// The whole sweep.
    pub const WHOLE: Self = Self { number: 1, of: 1 };
}

/// As it is read.
impl fmt::Display for Shard {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.number, self.of)
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('/');
        let parts = parts.and_then(|(number, of)| Some((number.parse().ok()?, of.parse().ok()?)));
        match parts {
            Some((number, of)) if (1..=of).contains(&number) => Ok(Self { number, of }),
            Some(_) | None => Err(format!(
                "`{text}` is no shard; allowed: I/N with I from 1 to N"
            )),
        }
    }
}

/// One run of a sweep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// Its number in the whole sweep, from 1.
    pub number: u64,
    /// The index of its cell.
    pub cell: usize,
    /// Its seed.
    pub seed: u64,
}

/// Every run of a sweep, and how its table is headed.
#[derive(Clone, Debug)]
pub struct Table {
    sweep: Sweep,
    seeds: Seeds,
    /// A digest of all that the rows depend on.
    id: String,
    header: String,
    /// What ends a cell, and where the columns are by which it is found.
    end: Option<(Until, Vec<usize>)>,
}

impl Table {
    /// The table of a sweep with these seeds; `None`: those of the scenario.
    ///
    /// # Errors
    /// If a cell is wrong, which is only possible if a file that the scenario names has changed
    /// since it was read.
    pub fn new(sweep: Sweep, seeds: Option<Seeds>) -> Result<Self, ScenarioError> {
        let first = sweep.plan(&sweep.cells[0])?;
        let own = Seeds(first.seed..=first.seed);
        let seeds = seeds.or_else(|| sweep.seeds.clone()).unwrap_or(own);
        let version = env!("CARGO_PKG_VERSION");
        let mut made_of = format!("{VERSION}\n{version}\n{seeds}\n{:?}\n", sweep.columns);
        for cell in &sweep.cells {
            let values = cell.settings.iter().map(|setting| &setting.shown);
            made_of += &format!("{:?}\n", values.collect::<Vec<&String>>());
            made_of += &sweep.plan(cell)?.to_toml();
        }
        let header = row::header(&sweep.columns, &first);
        Ok(Self {
            seeds,
            id: digest(made_of.as_bytes())[..ID_LETTERS].to_owned(),
            header,
            sweep,
            end: None,
        })
    }

    /// The same, but that each cell goes on with more seeds until there are enough, from its first
    /// seed on: at most with these seeds, or with a thousand.
    ///
    /// # Errors
    /// If the table does not have the columns that are looked at.
    pub fn until(mut self, until: Until, seeds: Option<Seeds>) -> Result<Self, SweepError> {
        let first = *self.seeds.0.start();
        let most = Seeds(first..=first.saturating_add(until::SEEDS_MAX.get() - 1));
        let places = until.places(&row::record(&self.header));
        let places = places.map_err(SweepError::Refused)?;
        self.seeds = seeds.unwrap_or(most);
        let made_of = format!("{}\n{}\n{until}", self.id, self.seeds);
        self.id = digest(made_of.as_bytes())[..ID_LETTERS].to_owned();
        self.end = Some((until, places));
        Ok(self)
    }

    /// What ends a cell, and the columns by which it is found.
    pub(crate) fn end(&self) -> Option<(&Until, &[usize])> {
        let (until, places) = self.end.as_ref()?;
        Some((until, places))
    }

    /// Whether the number of runs depends on what they come to.
    pub const fn is_open(&self) -> bool {
        self.end.is_some()
    }

    /// What is swept.
    pub const fn sweep(&self) -> &Sweep {
        &self.sweep
    }

    /// The seeds of every cell; those that it has at most if there is an end to be found.
    pub const fn seeds(&self) -> &Seeds {
        &self.seeds
    }

    /// How many runs the whole sweep has, or has at most.
    pub fn runs(&self) -> u64 {
        self.seeds
            .count()
            .saturating_mul(self.sweep.cells.len() as u64)
    }

    /// All runs of a shard, or all that there may be.
    pub fn wave(&self, shard: Shard) -> Wave {
        Wave::whole(self.sweep.cells.len(), &self.seeds, shard)
    }

    /// The scenario of a cell.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn plan(&self, cell: usize) -> Result<Plan, ScenarioError> {
        self.sweep.plan(&self.sweep.cells[cell])
    }

    /// The first line of the table.
    pub fn header(&self) -> &str {
        &self.header
    }

    /// How every row of a run begins while the table is being written. How many runs there are is
    /// 0 as long as nobody knows.
    fn beginning(&self, run: u64) -> String {
        let runs = if self.is_open() { 0 } else { self.runs() };
        self.beginning_of(run, runs)
    }

    fn beginning_of(&self, run: u64, runs: u64) -> String {
        format!("{},{runs},{run},", self.id)
    }
}
