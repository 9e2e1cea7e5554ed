//! `deploysim import`: traces of other systems as tables of jobs that a scenario plays. What
//! becomes of each format is decided in the library.

use super::existing::may_be_written;
use super::{Failure, Verdict};
use crate::terminal::results;
use deploysim_scenarios::import::{self, Format, ImportError, Lenience, Options, Source};
use deploysim_scenarios::output::whole::Whole;
use std::fs::File;
use std::io::{BufReader, Write};
use std::path::PathBuf;

/// Turn a trace of another system into a table of jobs.
///
/// A scenario plays the table with `arrivals = "trace"` and `csv = "<TABLE>"` in a `[[workload]]`.
/// What was kept and what was dropped is told at the end.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  deploysim import swf CTC-SP2-1996-3.1-cln.swf -o jobs.csv
  deploysim import spark-events logs/* -o jobs.csv --lenient
  deploysim import google-2011 task_events/part-* -o jobs.csv --machine-cores 32
  deploysim import alibaba-2018 batch_task.csv -o jobs.csv --cores-max 1000")]
pub(crate) struct Import {
    /// The format of the trace.
    #[arg(value_enum)]
    format: Known,
    /// The files of the trace, not compressed.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Where the table is written.
    #[arg(short, long, value_name = "TABLE")]
    output: PathBuf,
    /// Replace a table that is there already.
    #[arg(long)]
    force: bool,
    /// Skip and count what is wrong.
    #[arg(long)]
    lenient: bool,
    /// A job that wants more cores is wrong.
    #[arg(long, value_name = "N")]
    cores_max: Option<u32>,
    /// A job whose executors want more memory is wrong.
    #[arg(long, value_name = "MIB")]
    memory_max: Option<u32>,
    /// What the CPU shares of google-2011 are shares of.
    #[arg(long, value_name = "N", default_value_t = 32, value_parser = clap::value_parser!(u32).range(1..))]
    machine_cores: u32,
    /// What the memory shares of google-2011 and alibaba-2018 are shares of.
    #[arg(long, value_name = "MIB", default_value_t = 65_536, value_parser = clap::value_parser!(u32).range(1..))]
    machine_memory: u32,
}

/// The formats by their names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Known {
    /// Standard Workload Format of the Parallel Workloads Archive.
    Swf,
    /// Event logs of Spark, a file per application.
    SparkEvents,
    /// job_events and task_events of Google's trace of 2011.
    #[value(name = "google-2011")]
    Google2011,
    /// batch_task or batch_instance of Alibaba's trace of 2018.
    #[value(name = "alibaba-2018")]
    Alibaba2018,
}

impl Import {
    /// Imports.
    pub(crate) fn carry_out(&self) -> Result<Verdict, Failure> {
        may_be_written(&self.output, self.force)?;
        let mut sources = Vec::new();
        for path in &self.files {
            let name = path.display().to_string();
            let file = File::open(path)
                .map_err(|error| Failure::BadInput(format!("error: {name}: {error}")))?;
            sources.push(Source {
                name,
                lines: BufReader::new(file),
            });
        }
        let mut table = Whole::begin(&self.output)?;
        let summary = self.write(sources, &mut table)?;
        table.complete()?;
        let mut out = results();
        write!(out, "{}: {summary}", self.output.display())?;
        out.flush()?;
        Ok(Verdict::Held)
    }

    fn write(
        &self,
        sources: Vec<Source<BufReader<File>>>,
        out: impl Write,
    ) -> Result<import::Summary, Failure> {
        let options = Options {
            lenience: match self.lenient {
                true => Lenience::Lenient,
                false => Lenience::Strict,
            },
            cores_max: self.cores_max,
            memory_max_mib: self.memory_max,
            machine_cores: self.machine_cores,
            machine_memory_mib: self.machine_memory,
        };
        let format = match self.format {
            Known::Swf => Format::Swf,
            Known::SparkEvents => Format::SparkEvents,
            Known::Google2011 => Format::Google2011,
            Known::Alibaba2018 => Format::Alibaba2018,
        };
        Ok(import::import(format, sources, &options, out)?)
    }
}

impl From<ImportError> for Failure {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Wrong { .. } => Self::BadInput(format!("error: {error}")),
            ImportError::Failed(error) => Self::from(error),
        }
    }
}
