//! Jobs that arrive at random become ordinary applications and submitted drivers: everything is
//! drawn before the run begins, from the plan and the seed alone. So a run's jobs can be written
//! down and played again, and the judges know them beforehand. What a job does is not known here.
//!
//! Whatever is drawn has a stream of its own, named after the workload, the class and the purpose.
//! Every class draws for every arrival, whether the job is of that class or not: the class whose
//! exponential race, with its weight as the rate, ends first is the one that arrives. So the
//! number of an arrival decides what each class would be then, and taking a class away changes
//! only those arrivals that were of that class.

mod arrivals;
#[cfg(test)]
mod tests;

use crate::network::Latency;
use crate::scenario::plan::{
    AmountPlan, ApplicationEnd, ApplicationPlan, ApplicationWork, JOBS_MAX, JobClass, JobHost,
    JobLength, Plan, SubmittedDriverPlan, WorkloadPlan,
};
use crate::stream::Seeds;
use arrivals::Instants;
use deploysim_protocol::conf::Conf;
use deploysim_protocol::time::Time;
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Exp1};
use std::borrow::Cow;
use std::time::Duration;

/// The most of anything that is counted: Spark's Ints are signed.
const AMOUNT_MAX: u64 = i32::MAX as u64;

/// `plan` with the jobs of the run with this seed among its ordinary applications and drivers,
/// after those of the file, and no others left to draw.
pub fn drawn(plan: &Plan, seed: u64) -> Cow<'_, Plan> {
    if plan.workloads.is_empty() {
        return Cow::Borrowed(plan);
    }
    let mut whole = plan.clone();
    let seeds = Seeds::new(seed);
    for workload in std::mem::take(&mut whole.workloads) {
        for job in draw(&workload, plan.until, &plan.conf, &seeds) {
            match job {
                Job::Application(application) => whole.applications.push(*application),
                Job::Driver(driver) => whole.drivers.push(*driver),
            }
        }
    }
    Cow::Owned(whole)
}

/// One job.
enum Job {
    Application(Box<ApplicationPlan>),
    Driver(Box<SubmittedDriverPlan>),
}

/// The jobs of one workload in the order of their arrival, up to `end`.
fn draw(workload: &WorkloadPlan, end: Time, conf: &Conf, seeds: &Seeds) -> Vec<Job> {
    let last = workload.until.unwrap_or(end).min(end);
    let mut instants = Instants::new(workload, last, seeds);
    let mut classes: Vec<ClassDice<'_>> = (workload.classes.iter())
        .map(|class| ClassDice::new(&workload.name, class, seeds))
        .collect();
    let mut jobs = Vec::new();
    for number in 1..=workload.jobs.unwrap_or(JOBS_MAX) {
        let Some(at) = instants.next() else { break };
        let offers: Vec<Offer<'_>> = classes.iter_mut().map(ClassDice::offer).collect();
        let first = (offers.into_iter()).min_by(|one, other| one.race.total_cmp(&other.race));
        if let Some(offer) = first {
            jobs.push(offer.job(at, number, conf));
        }
    }
    jobs
}

/// The streams of one class.
struct ClassDice<'a> {
    class: &'a JobClass,
    length: Latency,
    race: ChaCha8Rng,
    cores_max: Dice<'a>,
    cores_per_executor: Dice<'a>,
    memory_per_executor: Dice<'a>,
    lengths: ChaCha8Rng,
}

/// What a class would be at one arrival.
struct Offer<'a> {
    class: &'a JobClass,
    race: f64,
    cores_max: Option<u32>,
    cores_per_executor: Option<u32>,
    memory_per_executor_mib: u32,
    length: Duration,
}

impl<'a> ClassDice<'a> {
    fn new(workload: &str, class: &'a JobClass, seeds: &Seeds) -> Self {
        let stream = |purpose: &str| {
            seeds.chacha(&format!(
                "workload {workload} class {} {purpose}",
                class.name
            ))
        };
        let memory = &class.memory_per_executor_mib;
        Self {
            class,
            length: class.length.distribution().unclipped(),
            race: stream("weight"),
            cores_max: Dice::new(class.cores_max.as_ref(), stream("cores_max")),
            cores_per_executor: Dice::new(
                class.cores_per_executor.as_ref(),
                stream("cores_per_executor"),
            ),
            memory_per_executor: Dice::new(Some(memory), stream("memory_per_executor")),
            lengths: stream("length"),
        }
    }

    fn offer(&mut self) -> Offer<'a> {
        let unit: f64 = Exp1.sample(&mut self.race);
        let cores_per_executor = self.cores_per_executor.throw();
        let cores_max = self.cores_max.throw();
        // An application whose every executor is larger than all of it would wait for ever.
        let least = cores_per_executor.unwrap_or(1);
        Offer {
            class: self.class,
            race: unit / self.class.weight,
            cores_max: cores_max.map(|most| most.max(least)),
            cores_per_executor,
            memory_per_executor_mib: self.memory_per_executor.throw().unwrap_or(1),
            length: self.length.draw(&mut self.lengths),
        }
    }
}

impl Offer<'_> {
    fn job(self, at: Time, number: u32, conf: &Conf) -> Job {
        let name = format!("{}-{number}", self.class.name);
        let work = ApplicationWork {
            cores_max: self.cores_max,
            cores_per_executor: self.cores_per_executor,
            memory_per_executor_mib: self.memory_per_executor_mib,
            resources_per_executor: self.class.resources_per_executor.clone(),
            end: match self.class.length {
                JobLength::Run(_) => ApplicationEnd::After(self.length),
                JobLength::Service(_) => ApplicationEnd::Service(self.length),
                JobLength::Work(_) => match self.class.tasks.clone() {
                    None => ApplicationEnd::Work(self.length),
                    Some(tasks) => ApplicationEnd::Tasks {
                        work: self.length,
                        tasks,
                    },
                },
            },
            ..ApplicationWork::job(name, self.class.name.clone(), conf)
        };
        match self.class.host {
            JobHost::Client => Job::Application(Box::new(ApplicationPlan { at, work })),
            JobHost::Cluster {
                cores,
                memory_mib,
                supervision,
            } => Job::Driver(Box::new(SubmittedDriverPlan {
                at,
                name: work.name.clone(),
                cores,
                memory_mib,
                resources: conf.driver_resources.clone(),
                supervision,
                run: None,
                exit_codes: vec![0],
                application: Some((Duration::ZERO, work)),
            })),
        }
    }
}

/// Draws whole things.
pub(crate) struct Dice<'a> {
    plan: Option<(&'a AmountPlan, Latency)>,
    stream: ChaCha8Rng,
}

impl<'a> Dice<'a> {
    fn new(plan: Option<&'a AmountPlan>, stream: ChaCha8Rng) -> Self {
        Self {
            plan: plan.map(|plan| (plan, plan.0.unclipped())),
            stream,
        }
    }

    /// The next amount, rounded to the nearest and at least 1; `None` if there is nothing to draw.
    fn throw(&mut self) -> Option<u32> {
        let (plan, distribution) = self.plan.as_ref()?;
        let amount = match plan.range() {
            Some((low, high)) => {
                let drawn = self.stream.random_range(low..=high);
                plan.0.max.map_or(drawn, |max| drawn.min(max.as_secs()))
            }
            None => {
                let drawn = distribution.draw(&mut self.stream);
                drawn.as_secs() + u64::from(drawn.subsec_millis() >= 500)
            }
        };
        let amount = amount.clamp(1, AMOUNT_MAX);
        Some(u32::try_from(amount).expect("it is at most 2^31"))
    }
}
