//! The table of a sweep: a row per run, cells by the values of their axes.

use super::CompareError;
use super::source::{Cell, Column, Kind, Source};
use super::table::{Table, number};
use csv::StringRecord;
use std::collections::BTreeMap;
use std::path::Path;

/// The columns before the axes.
const BEFORE: [&str; 3] = ["sweep", "runs", "run"];

/// The first columns behind the axes.
const BEHIND: [&str; 2] = ["seed", "held"];

/// How a table that is not complete begins.
const PART: &str = "# deploysim sweep";

/// Which columns are what.
struct Layout {
    /// The column of the seed; the axes are before it, the numbers behind.
    seed: usize,
}

/// Reads a table.
pub(super) fn read(path: &Path) -> Result<Source, CompareError> {
    let mut table = Table::open(path)?;
    let header = table.header.clone();
    let layout = Layout::of(path, &header)?;
    let mut cells: Vec<Cell> = Vec::new();
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let (mut rows, mut runs) = (0, 0);
    while let Some((line, row)) = table.next()? {
        rows += 1;
        runs = whole(path, line, "runs", &row[1])?;
        let seed = whole(path, line, "seed", &row[layout.seed])?;
        let name = layout.cell(&header, &row);
        let place = *places.entry(name).or_insert_with_key(|name| {
            cells.push(layout.empty(&header, name));
            cells.len() - 1
        });
        let fields = row.iter().skip(layout.seed + 1);
        for ((name, column), field) in cells[place].columns.iter_mut().zip(fields) {
            let Column::Seeds(seeds) = column else {
                continue;
            };
            if let Some(value) = number(path, line, name, field)?
                && seeds.insert(seed, value).is_some()
            {
                let what = format!("seed {seed} is there twice in its cell");
                return Err(CompareError::at(path, line, what));
            }
        }
    }
    if rows != runs {
        let what = format!(
            "{rows} of {runs} rows are there: it is cut off, or the table of a shard \
             (`deploysim sweep merge` joins shards)"
        );
        return Err(CompareError::at(path, rows + 1, what));
    }
    Ok(Source {
        path: path.to_owned(),
        kind: Kind::Sweep,
        made_by: None,
        cells,
    })
}

impl Layout {
    fn of(path: &Path, header: &StringRecord) -> Result<Self, CompareError> {
        let begins = header.iter().take(BEFORE.len()).eq(BEFORE);
        if header
            .iter()
            .next()
            .is_some_and(|first| first.starts_with(PART))
        {
            let what = "this table is not complete: the same `deploysim sweep` goes on with it";
            return Err(CompareError::at(path, 1, what));
        }
        if !begins {
            let what = format!(
                "this is not the table of a sweep; wanted: {},… found: {}",
                BEFORE.join(","),
                header
                    .iter()
                    .take(BEFORE.len())
                    .collect::<Vec<&str>>()
                    .join(",")
            );
            return Err(CompareError::at(path, 1, what));
        }
        let columns: Vec<&str> = header.iter().collect();
        let seed = columns
            .windows(BEHIND.len())
            .position(|pair| pair == BEHIND);
        seed.map(|seed| Self { seed }).ok_or_else(|| {
            let what = format!("the columns {} are missing", BEHIND.join(" and "));
            CompareError::at(path, 1, what)
        })
    }

    /// The values of the axes.
    fn cell(&self, header: &StringRecord, row: &StringRecord) -> String {
        let axes = header.iter().zip(row).take(self.seed).skip(BEFORE.len());
        let axes = axes.map(|(axis, value)| format!("{axis} = {value}"));
        axes.collect::<Vec<String>>().join(", ")
    }

    fn empty(&self, header: &StringRecord, name: &str) -> Cell {
        let columns = header.iter().skip(self.seed + 1);
        let columns = columns.map(|column| (column.to_owned(), Column::Seeds(BTreeMap::new())));
        Cell {
            name: name.to_owned(),
            columns: columns.collect(),
        }
    }
}

fn whole(path: &Path, line: u64, column: &str, field: &str) -> Result<u64, CompareError> {
    field.parse().map_err(|_| {
        let what = format!("{column} is `{field}`; allowed: a whole number");
        CompareError::at(path, line, what)
    })
}
