//! `sweep emit`: prints a sweep as an array of jobs, one for each shard.

use crate::command::{Failure, Verdict};
use crate::terminal::results;
use deploysim_scenarios::scenario;
use deploysim_scenarios::seeds::Seeds;
use deploysim_scenarios::sweep::job_array::{JobArray, Scheduler};
use deploysim_scenarios::sweep::{Shard, Table};
use std::io::Write;
use std::path::PathBuf;

/// Print an array of jobs that play the shards of a sweep, and the command that joins them.
///
/// Nothing is submitted. A job that is killed goes on where it was when it is started again.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  deploysim sweep emit slurm scenario.toml --shards 100 > sweep.sh && sbatch sweep.sh
  deploysim sweep emit k8s scenario.toml --shards 8 --image registry.example/deploysim:0.1 \\
      | kubectl apply -f -")]
pub(super) struct Emit {
    /// Who runs the jobs.
    scheduler: Kind,
    /// The scenario file; the jobs find it under this name.
    scenario: PathBuf,
    /// How many jobs.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    shards: u32,
    /// The table of the whole sweep; those of the jobs are numbered: sweep-1.csv.
    #[arg(short, long, value_name = "FILE", default_value = "sweep.csv")]
    output: PathBuf,
    /// Seeds, both ends included; N means 1..N. [default: the sweep's own]
    #[arg(long, value_name = "A..B")]
    seeds: Option<Seeds>,
    /// The image of the containers, with deploysim on its path (k8s only).
    #[arg(long, value_name = "NAME", default_value = "deploysim")]
    image: String,
    /// The claim of the volume with the scenario, where the tables are written (k8s only).
    #[arg(long, value_name = "NAME", default_value = "deploysim-sweep")]
    claim: String,
}

/// Who runs the jobs.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Kind {
    /// A script for sbatch.
    Slurm,
    /// An Indexed Job of Kubernetes.
    K8s,
}

impl Emit {
    /// Prints it.
    pub(super) fn carry_out(&self) -> Result<Verdict, Failure> {
        let sweep = scenario::read_sweep(&self.scenario)?;
        let table = Table::new(sweep, self.seeds.clone()).map_err(scenario::ReadError::Wrong)?;
        let (shards, runs) = (self.shards, table.wave(Shard::WHOLE).runs());
        if u64::from(shards) > runs {
            let text = format!("error: {shards} shards of {runs} runs; allowed: 1 to {runs}");
            return Err(Failure::BadInput(text));
        }
        for path in [&self.scenario, &self.output] {
            if path.display().to_string().contains(char::is_control) {
                let text = "error: a path with a control character cannot stand in a script";
                return Err(Failure::BadInput(text.to_owned()));
            }
        }
        let seeds = self.seeds.iter();
        let array = JobArray {
            scenario: self.scenario.clone(),
            output: self.output.clone(),
            shards,
            arguments: seeds.map(|seeds| format!("--seeds={seeds}")).collect(),
            image: self.image.clone(),
            claim: self.claim.clone(),
        };
        let scheduler = match self.scheduler {
            Kind::Slurm => Scheduler::Slurm,
            Kind::K8s => Scheduler::Kubernetes,
        };
        let mut out = results();
        out.write_all(array.text(scheduler).as_bytes())?;
        out.flush()?;
        Ok(Verdict::Held)
    }
}
