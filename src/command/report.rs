//! `deploysim report`: makes one HTML page of runs, sweeps and benchmarks. Measures and sweeps first
//! if asked to.

use super::sweep::Sweep;
use super::{Failure, Verdict};
use crate::terminal::{complain, results};
use deploysim_reports::evidence::{Evidence, Leniency};
use deploysim_reports::measure::Counted;
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
  deploysim report --measure=instructions
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
    /// checkout of the project. Instructions are counted where valgrind and gungraun-runner are
    /// installed.
    #[arg(
        long,
        value_name = "WHICH",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "all",
        conflicts_with = "dirs"
    )]
    measure: Option<Which>,
}

/// What is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Which {
    /// Times, memory and instructions.
    All,
    /// Instructions alone.
    Instructions,
}

impl Report {
    /// Makes it.
    pub(crate) fn carry_out(&self) -> Result<Verdict, Failure> {
        if let Some(which) = self.measure {
            measure_all(which)?;
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

/// Writes what is measured beside what is kept of earlier measurements.
fn measure_all(which: Which) -> Result<(), Failure> {
    let folder = Path::new(DATA);
    match which {
        Which::All => data::write(folder, &measure::measure()?)?,
        Which::Instructions => {}
    }
    match measure::count()? {
        Counted::Instructions(counts) => data::write(folder, &counts)?,
        Counted::Without(program) => complain(&format!(
            "instructions are not counted, and {DATA}/{}.csv stays as it is: {program} is not installed",
            data::INSTRUCTIONS
        )),
    }
    Ok(())
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
