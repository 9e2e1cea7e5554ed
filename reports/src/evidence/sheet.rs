//! A file of comma-separated values, row by row, each with its line.

use crate::ReportError;
use csv::StringRecord;
use std::path::{Path, PathBuf};

/// A file that is being read.
pub(super) struct Sheet<'a> {
    path: PathBuf,
    header: StringRecord,
    reader: csv::Reader<&'a [u8]>,
    record: StringRecord,
}

impl<'a> Sheet<'a> {
    /// Reads the first line.
    pub(super) fn open(path: &Path, bytes: &'a [u8]) -> Result<Self, ReportError> {
        if !bytes.ends_with(b"\n") {
            let line = bytes.split(|byte| *byte == b'\n').count() as u64;
            return Err(ReportError::wrong(
                path,
                line,
                "the file is cut off in this line",
            ));
        }
        let mut reader = csv::Reader::from_reader(bytes);
        let header = reader.headers().map_err(|error| wrong(path, &error))?;
        let header = header.clone();
        Ok(Self {
            path: path.to_owned(),
            header,
            reader,
            record: StringRecord::new(),
        })
    }

    /// The names of the columns.
    pub(super) fn header(&self) -> impl Iterator<Item = &str> {
        self.header.iter()
    }

    /// The place of a column.
    pub(super) fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|column| column == name)
    }

    /// The places of columns that have to be there.
    pub(super) fn columns<const N: usize>(
        &self,
        names: [&str; N],
    ) -> Result<[usize; N], ReportError> {
        let missing: Vec<&str> = names
            .into_iter()
            .filter(|name| self.column(name).is_none())
            .collect();
        if !missing.is_empty() {
            let what = format!("columns are missing: {}", missing.join(", "));
            return Err(ReportError::wrong(&self.path, 1, what));
        }
        Ok(names.map(|name| self.column(name).unwrap_or_default()))
    }

    /// Reads the next row; false at the end of the file.
    pub(super) fn advance(&mut self) -> Result<bool, ReportError> {
        let read = self.reader.read_record(&mut self.record);
        read.map_err(|error| wrong(&self.path, &error))
    }

    /// An error about the row that was read last.
    pub(super) fn error(&self, what: impl Into<String>) -> ReportError {
        let line = self.record.position().map_or(1, csv::Position::line);
        ReportError::wrong(&self.path, line, what)
    }

    /// The number in a field of the row that was read last; `None` of an empty one.
    pub(super) fn number(&self, place: usize) -> Result<Option<f64>, ReportError> {
        let text = self.record.get(place).unwrap_or_default();
        if text.is_empty() {
            return Ok(None);
        }
        let column = self.header.get(place).unwrap_or_default();
        match text.parse::<f64>() {
            Ok(number) if number < 0.0 => Err(self.error(format!(
                "{column} is {text}: nothing that is measured is negative"
            ))),
            Ok(number) if number.is_finite() => Ok(Some(number)),
            Ok(_) | Err(_) => {
                Err(self.error(format!("{column} is \"{text}\", which is no number")))
            }
        }
    }

    /// The text in a field of the row that was read last.
    pub(super) fn text(&self, place: usize) -> &str {
        self.record.get(place).unwrap_or_default()
    }
}

fn wrong(path: &Path, error: &csv::Error) -> ReportError {
    let line = error.position().map_or(1, csv::Position::line);
    let what = if let csv::ErrorKind::UnequalLengths {
        expected_len, len, ..
    } = error.kind()
    {
        format!(
            "the row has {len} fields and the header {expected_len}: the file is cut off or not whole"
        )
    } else {
        error.to_string()
    };
    ReportError::wrong(path, line, what)
}
