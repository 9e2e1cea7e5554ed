//! `deploysim check`: reads and checks scenario files, and plays nothing.

use super::warnings::warn;
use super::{Failure, Verdict, paths};
use crate::terminal::{results, sign};
use deploysim_scenarios::output::judgement::Mark;
use std::io::Write;
use std::path::PathBuf;

/// Read and check scenario files; play nothing.
#[derive(clap::Args)]
#[command(after_help = "Examples:
  deploysim check scenarios/files
  deploysim check my-scenario.toml other.toml")]
pub(crate) struct Check {
    /// Scenario files, and folders of them.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
}

impl Check {
    /// Checks them.
    pub(crate) fn carry_out(&self) -> Result<Verdict, Failure> {
        let mut out = results();
        let mut wrong = Vec::new();
        let mut sound = 0;
        for (path, plan) in paths::read(paths::files(&self.paths)?) {
            match plan {
                Ok(plan) => {
                    sound += 1;
                    writeln!(out, "{} {}", sign(Mark::Held), path.display())?;
                    warn(&path, &plan);
                }
                Err(error) => {
                    writeln!(out, "{} {}", sign(Mark::Failed), path.display())?;
                    wrong.push(error);
                }
            }
        }
        writeln!(out, "{sound} sound, {} wrong", wrong.len())?;
        out.flush()?;
        paths::all_sound(wrong)?;
        Ok(Verdict::Held)
    }
}
