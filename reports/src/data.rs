//! Measurements as they are kept: one CSV file per subject, and one of real Spark's recorded
//! times. Nothing here measures or judges.

use crate::ReportError;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// The file of real Spark's recorded times.
const SPARK: &str = "spark.csv";

/// The subject of instruction counts: their names begin with it.
pub const INSTRUCTIONS: &str = "instructions";

/// One benchmark's result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measurement {
    /// The benchmark's full name.
    pub name: String,
    /// The median.
    pub median: f64,
    /// Lower end of the median's 95 % confidence interval.
    pub lower: f64,
    /// Upper end of it.
    pub upper: f64,
    /// Of the three numbers.
    pub unit: Unit,
    /// What one iteration handles: steps, inputs, workers; absent if it is one thing.
    pub elements: Option<u64>,
    /// The processor and its number of cores.
    pub machine: String,
    /// What reproduces it.
    pub command: String,
    /// What was measured.
    pub commit: String,
}

/// The unit of a measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Unit {
    /// Nanoseconds of processor time.
    #[serde(rename = "ns")]
    Nanoseconds,
    /// Bytes.
    #[serde(rename = "B")]
    Bytes,
    /// Instructions of the processor.
    #[serde(rename = "instructions")]
    Instructions,
}

/// What real Spark took, recorded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recorded {
    /// The benchmark that does the same.
    pub name: String,
    /// The shortest time, in milliseconds.
    pub low_ms: f64,
    /// The longest.
    pub high_ms: f64,
    /// How it was recorded.
    pub source: String,
}

/// The benchmarks that a page is made from.
#[derive(Clone, Debug, Default)]
pub struct Data {
    /// By name.
    pub measurements: BTreeMap<String, Measurement>,
    /// In the order of the file.
    pub spark: Vec<Recorded>,
}

impl Data {
    /// Reads every `*.csv` of a folder.
    ///
    /// # Errors
    /// If the folder or a file cannot be read, a file is wrong, or there is no measurement.
    pub fn read(folder: &Path) -> Result<Self, ReportError> {
        let mut data = Self::default();
        let mut paths = Vec::new();
        if !folder.is_dir() {
            let folder = folder.to_owned();
            return Err(ReportError::NoMeasurements { folder });
        }
        for entry in folder.read_dir().map_err(ReportError::unusable(folder))? {
            let path = entry.map_err(ReportError::unusable(folder))?.path();
            if path.extension().is_some_and(|extension| extension == "csv") {
                paths.push(path);
            }
        }
        paths.sort();
        for path in paths {
            let bytes = std::fs::read(&path).map_err(ReportError::unusable(&path))?;
            if path.ends_with(SPARK) {
                data.add_recorded(&path, &bytes)?;
            } else {
                data.add_measurements(&path, &bytes)?;
            }
        }
        if data.measurements.is_empty() {
            let folder = folder.to_owned();
            return Err(ReportError::NoMeasurements { folder });
        }
        Ok(data)
    }

    /// Takes in a file of measurements.
    ///
    /// # Errors
    /// If a row is wrong.
    pub(crate) fn add_measurements(
        &mut self,
        path: &Path,
        bytes: &[u8],
    ) -> Result<(), ReportError> {
        for measurement in rows::<Measurement>(path, bytes)? {
            let name = measurement.name.clone();
            self.measurements.insert(name, measurement);
        }
        Ok(())
    }

    /// Takes in a file of recorded times.
    ///
    /// # Errors
    /// If a row is wrong.
    pub(crate) fn add_recorded(&mut self, path: &Path, bytes: &[u8]) -> Result<(), ReportError> {
        self.spark.extend(rows(path, bytes)?);
        Ok(())
    }

    /// The median of a benchmark.
    pub(crate) fn median(&self, name: &str) -> Option<f64> {
        Some(self.measurements.get(name)?.median)
    }

    /// The median of a benchmark per element of an iteration.
    pub(crate) fn each(&self, name: &str) -> Option<f64> {
        let measurement = self.measurements.get(name)?;
        Some(measurement.median / measurement.elements.unwrap_or(1) as f64)
    }

    /// How many elements an iteration of a benchmark handles; 1 if it is one thing.
    pub(crate) fn elements(&self, name: &str) -> f64 {
        let measured = self.measurements.get(name);
        measured.and_then(|it| it.elements).unwrap_or(1) as f64
    }

    /// What real Spark took for the same.
    pub(crate) fn recorded(&self, name: &str) -> Option<&Recorded> {
        self.spark.iter().find(|recorded| recorded.name == name)
    }
}

fn rows<T: for<'de> Deserialize<'de>>(path: &Path, bytes: &[u8]) -> Result<Vec<T>, ReportError> {
    let mut reader = csv::Reader::from_reader(bytes);
    let rows: Result<Vec<T>, csv::Error> = reader.deserialize().collect();
    rows.map_err(|error| ReportError::Wrong {
        path: path.to_owned(),
        line: error.position().map_or(1, csv::Position::line),
        what: error.to_string(),
    })
}

/// Writes measurements, one file per subject: what comes before the first `/` of a name.
///
/// # Errors
/// If a file cannot be written.
pub fn write(folder: &Path, measurements: &[Measurement]) -> Result<(), ReportError> {
    std::fs::create_dir_all(folder).map_err(ReportError::unusable(folder))?;
    let mut subjects: BTreeMap<&str, Vec<&Measurement>> = BTreeMap::new();
    for measurement in measurements {
        let subject = measurement.name.split('/').next().unwrap_or_default();
        subjects.entry(subject).or_default().push(measurement);
    }
    for (subject, measurements) in subjects {
        let path = folder.join(format!("{subject}.csv"));
        let mut bytes = Vec::new();
        let mut writer = csv::Writer::from_writer(&mut bytes);
        for measurement in measurements {
            writer
                .serialize(measurement)
                .expect("a row of plain fields is written to memory");
        }
        drop(writer);
        std::fs::write(&path, bytes).map_err(ReportError::unusable(path))?;
    }
    Ok(())
}
