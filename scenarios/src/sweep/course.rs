//! In which order the runs of a table are played. Runs that can be played beside one another are a
//! wave. Without an end to be found the whole table is one wave; otherwise a wave is ten seeds for
//! each cell that goes on, and which ones do is decided by the rows of the waves before and by
//! nothing else: neither the number of threads nor a kill changes it.

use super::until::{SEEDS_AT_A_TIME, Until, estimate};
use super::{Run, Shard, Table};
use crate::seeds::Seeds;
use crate::statistics::Summary;

/// Runs that can be played beside one another: cells in order, within each its seeds, of which a
/// shard takes every so-manieth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wave {
    /// The runs of the waves before.
    before: u64,
    cells: Vec<usize>,
    seeds: Seeds,
    shard: Shard,
}

impl Wave {
    pub(super) fn whole(cells: usize, seeds: &Seeds, shard: Shard) -> Self {
        Self {
            before: 0,
            cells: (0..cells).collect(),
            seeds: seeds.clone(),
            shard,
        }
    }

    /// How many runs it has.
    pub fn runs(&self) -> u64 {
        let whole = self.seeds.count().saturating_mul(self.cells.len() as u64);
        let left = whole.saturating_sub(self.shard.number - 1);
        left.div_ceil(self.shard.of)
    }

    /// The run at this place of the wave, from 0.
    ///
    /// # Panics
    /// If the wave has no such place.
    pub fn run(&self, place: u64) -> Run {
        let index = place * self.shard.of + self.shard.number - 1;
        let cell = usize::try_from(index / self.seeds.count()).expect("a run belongs to a cell");
        Run {
            number: self.before + index + 1,
            cell: self.cells[cell],
            seed: self.seeds.0.start() + index % self.seeds.count(),
        }
    }
}

/// How far a table is.
#[derive(Clone, Debug)]
pub struct Course<'a> {
    table: &'a Table,
    wave: Wave,
    /// Rows of the wave that are there.
    place: u64,
    /// What the end is found by, if there is one to be found.
    search: Option<Search<'a>>,
}

/// What is known of each cell.
#[derive(Clone, Debug)]
struct Search<'a> {
    until: &'a Until,
    /// Where the columns are that are looked at.
    columns: &'a [usize],
    /// For each cell, each of the columns.
    cells: Vec<Vec<Summary>>,
    /// Rows of one cell that stand one behind the other, in the order of playing.
    blocks: Vec<Block>,
}

#[derive(Clone, Copy, Debug)]
struct Block {
    cell: usize,
    /// The place of the first row among all.
    first: u64,
    rows: u64,
}

impl<'a> Course<'a> {
    /// The beginning of a table, or of a shard of it.
    ///
    /// # Panics
    /// If only a part is asked for of a table with an end to be found: which runs there are depends
    /// on the rows of all.
    pub fn new(table: &'a Table, shard: Shard) -> Self {
        assert!(
            !table.is_open() || shard == Shard::WHOLE,
            "no shard has an end of its own"
        );
        let cells = table.sweep().cells.len();
        let mut course = Self {
            table,
            wave: Wave::whole(cells, table.seeds(), shard),
            place: 0,
            search: table.end().map(|(until, columns)| Search {
                until,
                columns,
                cells: vec![vec![Summary::default(); columns.len()]; cells],
                blocks: Vec::new(),
            }),
        };
        if let Some(search) = &mut course.search {
            course.wave.seeds = next_seeds(*table.seeds().0.start(), table.seeds());
            search.lay_out(&course.wave);
        }
        course
    }

    /// The table.
    pub const fn table(&self) -> &'a Table {
        self.table
    }

    /// Which part of the table it is.
    pub const fn shard(&self) -> Shard {
        self.wave.shard
    }

    /// The wave that is being played, and how many rows of it are there; `None` if the table is
    /// complete.
    pub fn wave(&self) -> Option<(&Wave, u64)> {
        (self.place < self.wave.runs()).then_some((&self.wave, self.place))
    }

    /// The run whose row comes next.
    pub fn next(&self) -> Option<Run> {
        self.wave().map(|(wave, place)| wave.run(place))
    }

    /// How many runs there are as far as that is known: with those of the wave.
    pub fn runs(&self) -> u64 {
        self.wave.before + self.wave.runs()
    }

    /// The next row is there.
    pub fn see(&mut self, line: &str) {
        let Some(run) = self.next() else {
            return;
        };
        self.place += 1;
        if let Some(search) = &mut self.search {
            search.see(run, line);
            if self.place == self.wave.runs() {
                self.go_on();
            }
        }
    }

    /// A wave is over: which cells go on?
    fn go_on(&mut self) {
        let Some(search) = &mut self.search else {
            return;
        };
        let (last, limit) = (*self.wave.seeds.0.end(), self.table.seeds());
        if last == *limit.0.end() {
            return;
        }
        let open = self.wave.cells.iter().copied();
        let open: Vec<usize> = open.filter(|cell| !search.is_enough(*cell)).collect();
        if open.is_empty() {
            return;
        }
        self.wave = Wave {
            before: self.wave.before + self.wave.runs(),
            cells: open,
            seeds: next_seeds(last + 1, limit),
            shard: self.wave.shard,
        };
        self.place = 0;
        search.lay_out(&self.wave);
    }

    /// Where the rows of the table are among those that were played, if they are in another order.
    pub(super) fn order(&self) -> Option<impl Iterator<Item = u64>> {
        let mut blocks = self.search.as_ref()?.blocks.clone();
        blocks.sort_by_key(|block| block.cell);
        let places = |block: Block| block.first..block.first + block.rows;
        Some(blocks.into_iter().flat_map(places))
    }

    /// What is not known closely enough, a sentence each, after the last row.
    pub fn remarks(&self) -> Vec<String> {
        let mut remarks = Vec::new();
        for (cell, summaries) in self
            .search
            .iter()
            .flat_map(|it| it.cells.iter().enumerate())
        {
            let Some(search) = &self.search else { break };
            for (column, summary) in search.until.columns().iter().zip(summaries) {
                if let Some(remark) = search.remark(column, summary) {
                    remarks.push(format!("cell {}: {column} {remark}", cell + 1));
                }
            }
        }
        remarks
    }
}

/// As many seeds from one on as come at a time.
fn next_seeds(first: u64, limit: &Seeds) -> Seeds {
    let last = first.saturating_add(SEEDS_AT_A_TIME.get() - 1);
    Seeds(first..=last.min(*limit.0.end()))
}

impl Search<'_> {
    fn lay_out(&mut self, wave: &Wave) {
        let rows = wave.seeds.count();
        let firsts = (0..).map(|place| wave.before + place * rows);
        let blocks = wave.cells.iter().zip(firsts);
        self.blocks.extend(blocks.map(|(cell, first)| Block {
            cell: *cell,
            first,
            rows,
        }));
    }

    fn see(&mut self, run: Run, line: &str) {
        let record = super::row::record(line);
        for (place, summary) in self.columns.iter().zip(&mut self.cells[run.cell]) {
            let field = record.get(*place).unwrap_or_default();
            if let Ok(number) = field.parse() {
                summary.add(number);
            }
        }
    }

    fn is_enough(&self, cell: usize) -> bool {
        self.cells[cell]
            .iter()
            .all(|summary| self.until.is_enough(summary))
    }

    fn remark(&self, column: &str, summary: &Summary) -> Option<String> {
        let is_default = super::until::DEFAULT_COLUMNS.contains(&column);
        if summary.count() == 0 {
            // Nobody has asked for it by name.
            return (!is_default).then(|| "has no number in any run".to_owned());
        }
        if self.until.is_enough(summary) {
            return None;
        }
        let count = summary.count();
        Some(match estimate(summary) {
            Some(one) => format!(
                "is known to ±{:.3} % only, with {count} numbers",
                one.relative_half_width() * 100.0
            ),
            None => format!("has {count} number only"),
        })
    }
}
