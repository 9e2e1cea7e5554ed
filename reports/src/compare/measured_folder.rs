//! A folder of measured numbers, as `deploysim report --measure` writes it.

use super::CompareError;
use super::source::{Cell, Column, Kind, Source};
use crate::ReportError;
use crate::data::Data;
use deploysim_scenarios::statistics::Interval;
use deploysim_scenarios::statistics::apart::Known;
use std::path::Path;

/// Reads measurements.
pub(super) fn read(folder: &Path) -> Result<Source, CompareError> {
    let data = Data::read(folder).map_err(|error| wrong(folder, error))?;
    let columns = data.measurements.into_iter().map(|(name, it)| {
        let interval = Interval {
            low: it.lower,
            high: it.upper,
        };
        let value = it.median;
        (name, Column::Known(Known { value, interval }))
    });
    let cell = Cell {
        name: String::new(),
        columns: columns.collect(),
    };
    Ok(Source {
        path: folder.to_owned(),
        kind: Kind::Measurements,
        made_by: None,
        cells: vec![cell],
    })
}

fn wrong(folder: &Path, error: ReportError) -> CompareError {
    match error {
        ReportError::NoMeasurements { .. } | ReportError::NothingToReport { .. } => {
            CompareError::about(
                folder,
                "this is neither the folder of a run (summary.json) nor one of measurements (*.csv)",
            )
        }
        ReportError::Wrong { path, line, what } => CompareError::at(&path, line, what),
        ReportError::Unusable { path, reason } => CompareError::about(&path, reason.to_string()),
        ReportError::NotMeasured { what } => CompareError::about(folder, what),
    }
}
