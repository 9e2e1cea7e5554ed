//! `deploysim report`: makes the page of the benchmarks' results, and measures first if asked to.

use super::{Failure, Verdict};
use crate::terminal::results;
use deploysim_reports::data::{self, Data};
use deploysim_reports::{ReportError, measure, page};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Make the report of the benchmarks' results: one HTML page.
///
/// The page is made from the CSV files of a folder and from nothing else: the same files give
/// the same bytes. It needs no network and no JavaScript.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  deploysim report
  deploysim report -o scheduling.html
  deploysim report --measure
  deploysim report measurements/ --measure -o measurements/scheduling.html")]
pub(crate) struct Report {
    /// The folder of the measurements.
    #[arg(default_value = "reports/data")]
    dir: PathBuf,
    /// Where the page is written.
    #[arg(
        short,
        long,
        value_name = "FILE",
        default_value = "reports/out/scheduling.html"
    )]
    output: PathBuf,
    /// Run the benchmarks first and write their results into the folder: about ten minutes, in
    /// a checkout of the project.
    #[arg(long)]
    measure: bool,
}

impl Report {
    /// Makes it.
    pub(crate) fn carry_out(&self) -> Result<Verdict, Failure> {
        if self.measure {
            data::write(&self.dir, &measure::measure()?)?;
        }
        let html = page::scheduling(&Data::read(&self.dir)?);
        write(&self.output, &html)?;
        writeln!(results(), "{}", self.output.display())?;
        Ok(Verdict::Held)
    }
}

fn write(path: &Path, html: &str) -> Result<(), ReportError> {
    let unusable = |reason| ReportError::Unusable {
        path: path.to_owned(),
        reason,
    };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(unusable)?;
    }
    std::fs::write(path, html).map_err(unusable)
}

impl From<ReportError> for Failure {
    fn from(error: ReportError) -> Self {
        let text = format!("error: {error}");
        match error {
            ReportError::NoMeasurements { .. } | ReportError::Wrong { .. } => Self::BadInput(text),
            ReportError::Unusable { .. } | ReportError::NotMeasured { .. } => Self::Machine(text),
        }
    }
}
