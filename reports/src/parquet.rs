//! A table of a sweep as a Parquet file, for tools that read whole columns. The types follow from
//! the CSV text; the same table gives the same bytes.

#[cfg(test)]
mod tests;

use crate::ReportError;
use csv::StringRecord;
use parquet::basic::{LogicalType, Repetition, Type as Physical};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedColumnWriter, SerializedFileWriter};
use parquet::schema::types::{Type, TypePtr};
use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

/// Rows that are held in memory at one time: a row group.
const GROUP_ROWS: usize = 10_000;

/// The column of the digest of a sweep, which may have digits only and is text all the same.
const DIGEST: &str = "sweep";

/// What all fields of a column are; an empty one is null in each of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// All are empty.
    Empty,
    Boolean,
    /// Of 64 bits.
    Integer,
    /// Some have a decimal point.
    Decimal,
    Text,
}

impl Kind {
    /// What one field is. Numbers that would be written in another way are text.
    fn of(field: &str) -> Self {
        let plain = |letter: char| letter.is_ascii_digit() || ['-', '.'].contains(&letter);
        match field {
            "" => Self::Empty,
            "true" | "false" => Self::Boolean,
            _ if (field.parse::<i64>()).is_ok_and(|number| number.to_string() == field) => {
                Self::Integer
            }
            _ if field.contains('.')
                && field.chars().all(plain)
                && field.parse::<f64>().is_ok() =>
            {
                Self::Decimal
            }
            _ => Self::Text,
        }
    }

    /// What a column is that has both.
    const fn with(self, other: Self) -> Self {
        match (self, other) {
            (Self::Empty, kind) | (kind, Self::Empty) => kind,
            (Self::Boolean, Self::Boolean) => Self::Boolean,
            (Self::Integer, Self::Integer) => Self::Integer,
            (Self::Integer | Self::Decimal, Self::Integer | Self::Decimal) => Self::Decimal,
            (Self::Boolean | Self::Integer | Self::Decimal | Self::Text, _) => Self::Text,
        }
    }

    const fn physical(self) -> Physical {
        match self {
            Self::Boolean => Physical::BOOLEAN,
            Self::Integer => Physical::INT64,
            Self::Decimal => Physical::DOUBLE,
            Self::Empty | Self::Text => Physical::BYTE_ARRAY,
        }
    }

    fn column(self, name: &str) -> Result<TypePtr, ParquetError> {
        let builder = Type::primitive_type_builder(name, self.physical())
            .with_repetition(Repetition::OPTIONAL);
        let builder = match self {
            Self::Empty | Self::Text => builder.with_logical_type(Some(LogicalType::String)),
            Self::Boolean | Self::Integer | Self::Decimal => builder,
        };
        builder.build().map(Arc::new)
    }

    /// Writes a column of some rows.
    fn write(
        self,
        writer: &mut SerializedColumnWriter<'_>,
        fields: &[&str],
    ) -> Result<(), ParquetError> {
        match self {
            Self::Boolean => write::<BoolType>(writer, fields, |field| Some(field == "true")),
            Self::Integer => write::<Int64Type>(writer, fields, |field| field.parse().ok()),
            Self::Decimal => write::<DoubleType>(writer, fields, |field| field.parse().ok()),
            Self::Empty | Self::Text => {
                write::<ByteArrayType>(writer, fields, |field| Some(ByteArray::from(field)))
            }
        }
    }
}

fn write<T: DataType>(
    writer: &mut SerializedColumnWriter<'_>,
    fields: &[&str],
    value: impl Fn(&str) -> Option<T::T>,
) -> Result<(), ParquetError> {
    let values = fields.iter().map(|field| match *field {
        "" => None,
        field => value(field),
    });
    let values: Vec<Option<T::T>> = values.collect();
    let levels = values.iter().map(|value| i16::from(value.is_some()));
    let levels: Vec<i16> = levels.collect();
    let values: Vec<T::T> = values.into_iter().flatten().collect();
    writer
        .typed::<T>()
        .write_batch(&values, Some(&levels), None)?;
    Ok(())
}

/// Writes the table `csv` as the Parquet file `target`, which appears when it is whole, in the
/// place of one that is there.
///
/// # Errors
/// If the table is no CSV file with a heading and rows of equal length, or a file cannot be read
/// or written.
pub fn write_copy(csv: &Path, target: &Path) -> Result<(), ReportError> {
    let unusable = |error: ParquetError| ReportError::Unusable {
        path: target.to_owned(),
        reason: io::Error::other(error),
    };
    let kinds = kinds(csv)?;
    let columns = kinds.iter().map(|(name, kind)| kind.column(name));
    let columns: Vec<TypePtr> = (columns.collect::<Result<_, _>>()).map_err(unusable)?;
    let schema = Type::group_type_builder("sweep")
        .with_fields(columns)
        .build();
    // Without this the file would tell the version of the library.
    let properties = WriterProperties::builder()
        .set_created_by("deploysim".to_owned())
        .build();
    let folder = target.parent().filter(|it| !it.as_os_str().is_empty());
    let file = tempfile::NamedTempFile::new_in(folder.unwrap_or_else(|| Path::new(".")))
        .map_err(ReportError::unusable(target))?;
    let mut writer = SerializedFileWriter::new(
        file,
        schema.map(Arc::new).map_err(unusable)?,
        Arc::new(properties),
    )
    .map_err(unusable)?;
    let mut records = reader(csv)?.into_records();
    loop {
        let rows: Result<Vec<StringRecord>, _> = records.by_ref().take(GROUP_ROWS).collect();
        let rows = rows.map_err(wrong(csv))?;
        if rows.is_empty() {
            break;
        }
        write_group(&mut writer, &kinds, &rows).map_err(unusable)?;
    }
    let file = writer.into_inner().map_err(unusable)?;
    let persisted = file.persist(target);
    persisted.map_err(|error| ReportError::unusable(target)(error.error))?;
    Ok(())
}

fn write_group<W: Write + Send>(
    writer: &mut SerializedFileWriter<W>,
    kinds: &[(String, Kind)],
    rows: &[StringRecord],
) -> Result<(), ParquetError> {
    let mut group = writer.next_row_group()?;
    for (index, (_, kind)) in kinds.iter().enumerate() {
        let fields = rows.iter().map(|row| row.get(index).unwrap_or_default());
        let fields: Vec<&str> = fields.collect();
        if let Some(mut column) = group.next_column()? {
            kind.write(&mut column, &fields)?;
            column.close()?;
        }
    }
    group.close()?;
    Ok(())
}

/// The columns of a table, and what all their fields are.
fn kinds(csv: &Path) -> Result<Vec<(String, Kind)>, ReportError> {
    let mut reader = reader(csv)?;
    let names = reader.headers().map_err(wrong(csv))?.clone();
    let mut kinds: Vec<(String, Kind)> = (names.iter())
        .map(|name| {
            let kind = match name {
                DIGEST => Kind::Text,
                _ => Kind::Empty,
            };
            (name.to_owned(), kind)
        })
        .collect();
    let mut row = StringRecord::new();
    while reader.read_record(&mut row).map_err(wrong(csv))? {
        for ((_, kind), field) in kinds.iter_mut().zip(&row) {
            *kind = kind.with(Kind::of(field));
        }
    }
    Ok(kinds)
}

fn reader(csv: &Path) -> Result<csv::Reader<File>, ReportError> {
    let file = File::open(csv).map_err(ReportError::unusable(csv))?;
    Ok(csv::Reader::from_reader(file))
}

fn wrong(csv: &Path) -> impl Fn(csv::Error) -> ReportError {
    move |error| {
        let line = error.position().map_or(1, csv::Position::line);
        ReportError::wrong(csv, line, error.to_string())
    }
}
