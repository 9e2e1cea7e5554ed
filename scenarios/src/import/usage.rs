//! What the lines of a trace add up to, job by job, where they do not come in the order of jobs.

use super::fields::{bounded, work};
use super::{ImportError, Place, Sink};
use crate::jobs::{Job, Length};
use std::collections::BTreeMap;
use std::io::Write;
use std::time::Duration;

/// All jobs of a trace by their names.
#[derive(Default)]
pub(super) struct Usage {
    jobs: BTreeMap<String, JobUsage>,
}

/// What one job used.
#[derive(Default)]
pub(super) struct JobUsage {
    pub(super) at: Option<Duration>,
    pub(super) class: String,
    /// The most cores that its parts want together.
    pub(super) cores: u64,
    /// Of the largest part.
    pub(super) cores_each: u32,
    /// Of the largest part, in MiB.
    pub(super) memory_each_mib: Option<u32>,
    work: Duration,
}

impl JobUsage {
    /// It was there at this time.
    pub(super) fn seen(&mut self, at: Duration) {
        self.at = Some(self.at.map_or(at, |own| own.min(at)));
    }

    /// A part of it wants so much.
    pub(super) fn wants(&mut self, cores: u32, memory_mib: Option<u32>) {
        self.cores_each = self.cores_each.max(cores);
        self.memory_each_mib = self.memory_each_mib.max(memory_mib);
    }

    /// So many cores worked for so long.
    pub(super) fn worked(&mut self, time: Duration, cores: u32) -> Result<(), String> {
        self.work = bounded(self.work.checked_add(work(time, cores)?))?;
        Ok(())
    }
}

impl Usage {
    pub(super) fn job(&mut self, name: &str) -> &mut JobUsage {
        if !self.jobs.contains_key(name) {
            self.jobs.insert(name.to_owned(), JobUsage::default());
        }
        self.jobs.get_mut(name).expect("it is there by now")
    }

    /// Writes all jobs in the order of their arrival.
    pub(super) fn write<W: Write>(self, sink: &mut Sink<W>) -> Result<(), ImportError> {
        let mut jobs: Vec<(Duration, String, JobUsage)> = Vec::new();
        for (name, job) in self.jobs {
            match job.at {
                Some(at) => jobs.push((at, name, job)),
                None => sink.leave_out("jobs without a submit time"),
            }
        }
        jobs.sort_by(|one, other| (one.0, &one.1).cmp(&(other.0, &other.1)));
        for (at, name, job) in jobs {
            let place = Place {
                source: &format!("job {name}"),
                line: None,
            };
            let cores = job.cores.max(job.cores_each.into()).max(1);
            let Ok(cores) = i32::try_from(cores).map(i32::unsigned_abs) else {
                sink.wrong(place, format!("the job wants {cores} cores"))?;
                continue;
            };
            let written = Job {
                at,
                class: job.class,
                cores: Some(cores),
                cores_per_executor: Some(job.cores_each.max(1)),
                memory_per_executor_mib: job.memory_each_mib,
                length: Length::Work(job.work),
            };
            sink.write(place, &written)?;
        }
        Ok(())
    }
}
