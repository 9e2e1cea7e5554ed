//! `events.csv`: one row per entry, for spreadsheets and data frames.

use super::text::{place, what};
use super::{Entry, Fact};
use crate::ledger::Ledger;
use std::io;

/// Writes each entry as a row of comma-separated values.
#[derive(Debug)]
pub struct CsvWriter<W: io::Write> {
    out: csv::Writer<W>,
}

/// The names of the columns.
const COLUMNS: [&str; 5] = ["time_ns", "node", "fact", "kind", "details"];

impl<W: io::Write> CsvWriter<W> {
    /// Writes to `out`, beginning with the names of the columns.
    ///
    /// # Errors
    /// If writing fails.
    pub fn new(out: W) -> io::Result<Self> {
        let mut out = csv::Writer::from_writer(out);
        out.write_record(COLUMNS)?;
        Ok(Self { out })
    }

    /// Writes one entry, which `ledger` has applied already.
    ///
    /// # Errors
    /// If writing fails.
    pub fn write(&mut self, entry: &Entry<'_>, ledger: &Ledger) -> io::Result<()> {
        let kind = entry.fact.detail().unwrap_or_default();
        let mut details = what(entry, ledger);
        if matches!(entry.fact, Fact::Note(_)) {
            details = details[kind.len()..].trim_start().to_owned();
        }
        self.out.write_record([
            entry.at.as_nanos().to_string().as_str(),
            &place(entry, ledger),
            entry.fact.kind(),
            kind,
            &details,
        ])?;
        Ok(())
    }

    /// Writes out what is still held back.
    ///
    /// # Errors
    /// If writing fails.
    pub fn finish(mut self) -> io::Result<()> {
        self.out.flush()
    }
}
