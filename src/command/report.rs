//! `deploysim report`: makes one HTML page of runs, sweeps and benchmarks. Measures and sweeps first
//! if asked to.

use super::sweep::Sweep;
use super::{Failure, Verdict};
use crate::terminal::{complain, results};
use deploysim_reports::evidence::{Evidence, Leniency};
use deploysim_reports::{ReportError, data, measure, report};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

/// The evidence that the project keeps, and the page that is made of it.
const DATA: &str = "reports/data";
const PAGE: &str = "reports/out/scheduling.html";

/// Where the studies of the project are: each a scenario, beside which its table is kept.
const STUDIES: &str = "reports/data/studies";

/// Make the report of runs, sweeps and benchmarks: one HTML page.
///
/// A folder may hold runs (`deploysim run --out`), tables of sweeps (`deploysim sweep -o`) and
/// measurements of benchmarks, at any depth. The page is made from these and from nothing else:
/// the same files give the same bytes. It needs no network, and reads well without JavaScript.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  deploysim report
  deploysim report --study
  deploysim report --measure
  deploysim report runs/ sweeps/ -o report.html
  deploysim report runs/ -o report.html --lenient")]
pub(crate) struct Report {
    /// Folders or files of evidence. [default: reports/data]
    #[arg(value_name = "DIR")]
    dirs: Vec<PathBuf>,
    /// Where the page is written. [default: report.html; without DIR reports/out/scheduling.html]
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Leave out what cannot be read, and say so in the page and on stderr.
    #[arg(long)]
    lenient: bool,
    /// Play the project's studies first, in a checkout of the project: every scenario of
    /// reports/data/studies is swept into the table beside it.
    #[arg(long, conflicts_with = "dirs")]
    study: bool,
    /// Run the benchmarks first and write their results into reports/data: about ten minutes, in a
    /// checkout of the project.
    #[arg(long, conflicts_with = "dirs")]
    measure: bool,
}

impl Report {
    /// Makes it.
    pub(crate) fn carry_out(&self) -> Result<Verdict, Failure> {
        if self.measure {
            data::write(Path::new(DATA), &measure::measure()?)?;
        }
        let verdict = if self.study {
            play_studies()?
        } else {
            Verdict::Held
        };
        let own = [PathBuf::from(DATA)];
        let (dirs, page) = match self.dirs.as_slice() {
            [] => (own.as_slice(), PAGE),
            dirs => (dirs, "report.html"),
        };
        let leniency = if self.lenient {
            Leniency::Lenient
        } else {
            Leniency::Strict
        };
        let evidence = Evidence::read(dirs, leniency)?;
        for skipped in &evidence.skipped {
            complain(&format!("left out: {skipped}"));
        }
        if self.lenient {
            complain(&format!("{} left out", evidence.skipped.len()));
        }
        let output = self.output.clone().unwrap_or_else(|| page.into());
        write(&output, &report::page(&evidence))?;
        writeln!(results(), "{}", output.display())?;
        Ok(verdict)
    }
}

/// Sweeps every study into the table beside it.
fn play_studies() -> Result<Verdict, Failure> {
    let folder = Path::new(STUDIES);
    let unusable = |reason| ReportError::Unusable {
        path: folder.to_owned(),
        reason,
    };
    let mut studies = Vec::new();
    for entry in folder.read_dir().map_err(unusable)? {
        let path = entry.map_err(unusable)?.path();
        if path.extension().is_some_and(|end| end == "toml") {
            studies.push(path);
        }
    }
    studies.sort();
    let mut verdict = Verdict::Held;
    for study in studies {
        let table = study.with_extension("csv");
        if Sweep::anew(study, table).carry_out()? == Verdict::Violated {
            verdict = Verdict::Violated;
        }
    }
    Ok(verdict)
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
            // What was named is not there.
            ReportError::Unusable { reason, .. } if reason.kind() == ErrorKind::NotFound => {
                Self::BadInput(text)
            }
            ReportError::NoMeasurements { .. }
            | ReportError::NothingToReport { .. }
            | ReportError::Wrong { .. } => Self::BadInput(text),
            ReportError::Unusable { .. } | ReportError::NotMeasured { .. } => Self::Machine(text),
        }
    }
}
