//! Comma-separated values with the place of whatever is wrong with them.

use super::CompareError;
use csv::StringRecord;
use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// A file of comma-separated values.
pub(super) struct Table {
    path: PathBuf,
    reader: csv::Reader<BufReader<File>>,
    pub(super) header: StringRecord,
}

impl Table {
    /// Opens a file and reads its header.
    ///
    /// # Errors
    /// If it cannot be read, or does not end with the end of a line: it is cut off then.
    pub(super) fn open(path: &Path) -> Result<Self, CompareError> {
        let unreadable = |error: std::io::Error| CompareError::about(path, error.to_string());
        let mut file = File::open(path).map_err(unreadable)?;
        let length = file.metadata().map_err(unreadable)?.len();
        if length == 0 {
            return Err(CompareError::at(path, 1, "the file is empty"));
        }
        let mut last = [0];
        file.seek(SeekFrom::Start(length - 1)).map_err(unreadable)?;
        file.read_exact(&mut last).map_err(unreadable)?;
        file.seek(SeekFrom::Start(0)).map_err(unreadable)?;
        let mut reader = csv::Reader::from_reader(BufReader::new(file));
        let header = reader.headers().cloned();
        let mut table = Self {
            path: path.to_owned(),
            reader,
            header: StringRecord::new(),
        };
        table.header = header.map_err(|error| table.wrong(&error))?;
        if last != *b"\n" {
            let lines = table.count_lines()?;
            return Err(CompareError::at(
                path,
                lines,
                "the file is cut off in this line",
            ));
        }
        Ok(table)
    }

    /// The next row and its line; `None` behind the last.
    pub(super) fn next(&mut self) -> Result<Option<(u64, StringRecord)>, CompareError> {
        let mut record = StringRecord::new();
        match self.reader.read_record(&mut record) {
            Ok(true) => Ok(Some((
                record.position().map_or(0, csv::Position::line),
                record,
            ))),
            Ok(false) => Ok(None),
            Err(error) => Err(self.wrong(&error)),
        }
    }

    fn count_lines(&self) -> Result<u64, CompareError> {
        let bytes = std::fs::read(&self.path);
        let bytes = bytes.map_err(|error| CompareError::about(&self.path, error.to_string()))?;
        Ok(1 + bytes.iter().filter(|byte| **byte == b'\n').count() as u64)
    }

    fn wrong(&self, error: &csv::Error) -> CompareError {
        let line = error.position().map_or(1, csv::Position::line);
        let what = if let csv::ErrorKind::UnequalLengths {
            expected_len, len, ..
        } = error.kind()
        {
            format!("{len} fields, where the first line has {expected_len}")
        } else if let csv::ErrorKind::Utf8 { .. } = error.kind() {
            "this is no text".to_owned()
        } else {
            error.to_string()
        };
        CompareError::at(&self.path, line, what)
    }
}

/// A number in a field; `None` if the field is empty.
pub(super) fn number(
    path: &Path,
    line: u64,
    column: &str,
    field: &str,
) -> Result<Option<f64>, CompareError> {
    match field {
        "" => Ok(None),
        "true" => Ok(Some(1.0)),
        "false" => Ok(Some(0.0)),
        number => match number.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(Some(number)),
            Ok(_) | Err(_) => {
                let what = format!("{column} is `{field}`; allowed: a number, or nothing");
                Err(CompareError::at(path, line, what))
            }
        },
    }
}
