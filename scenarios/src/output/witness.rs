//! The writers of traces as witnesses of a run.

use crate::ledger::Ledger;
use crate::run::Witness;
use crate::trace::Entry;
use crate::trace::json::JsonWriter;
use crate::trace::notable::Timeline;
use crate::trace::table::CsvWriter;
use crate::trace::text::TextWriter;
use std::io::{self, Write};

impl<W: Write> Witness for JsonWriter<W> {
    fn see(&mut self, entry: &Entry<'_>, ledger: &Ledger) -> io::Result<()> {
        self.write(entry, ledger)
    }
}

impl<W: Write> Witness for CsvWriter<W> {
    fn see(&mut self, entry: &Entry<'_>, ledger: &Ledger) -> io::Result<()> {
        self.write(entry, ledger)
    }
}

impl<W: Write> Witness for TextWriter<W> {
    fn see(&mut self, entry: &Entry<'_>, ledger: &Ledger) -> io::Result<()> {
        self.write(entry, ledger)
    }
}

impl<W: Write> Witness for Timeline<W> {
    fn sees_beats(&self) -> bool {
        false
    }

    fn see(&mut self, entry: &Entry<'_>, ledger: &Ledger) -> io::Result<()> {
        self.write(entry, ledger)
    }
}
