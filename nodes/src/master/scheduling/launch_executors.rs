//! The second half of a pass: whose executors are started, and what becomes of the answer.
//! Which workers are asked is `candidates.rs`, how many cores each gives is `placement.rs`.

use super::Scheduler;
use super::applications::{Application, ExecutorShape, Profile};
use super::candidates::Candidates;
use super::pass::{Launch, PassCounts};
use super::placement::{Demand, Plan, place};
use super::rules::SpreadOut;
use super::shapes::{ShapeId, Shapes};
use super::workers::{Need, Workers};
use deploysim_protocol::event::ApplicationSlot;

/// Starts executors for the waiting applications, first come first served, and for the profiles
/// of each by ascending id. As with drivers, those whose shape fits nowhere are passed over by
/// shape. Spark: `Master.startExecutorsOnWorkers`.
pub(super) fn launch_executors(
    scheduler: &mut Scheduler,
    launches: &mut Vec<Launch>,
    counts: &mut PassCounts,
) {
    let Scheduler {
        rules,
        workers,
        applications,
        shapes,
        scratch,
        ..
    } = scheduler;
    let shapes = &mut shapes.0;
    let scratch = &mut scratch.0;
    let merge = &mut scratch.merge;
    merge.begin(applications.tickets(), None, |shape| {
        shapes.fits_somewhere(shape, workers, counts)
    });
    // Profiles that were decided for and wanted more executors then.
    let mut wanting = 0;
    while let Some((ticket, number)) = merge.pop() {
        if !shapes.fits_somewhere(number, workers, counts) {
            continue;
        }
        let Some((slot, application, profile, shape)) = applications.bearer(ticket) else {
            merge.follow(applications.tickets(), number, Some(ticket));
            continue;
        };
        counts.decisions += 1;
        let mut decision = Decision {
            spread_out: rules.spread_out_applications,
            workers,
            shapes,
            launches,
            counts,
            candidates: &mut scratch.candidates,
            plan: &mut scratch.plan,
            amounts: &mut scratch.amounts,
        };
        let started = decision.start(slot, application, profile, shape, number);
        let (profile, gives) = (profile.id, shape.need().gives());
        applications.grant(slot, profile, started.executors, started.cores);
        wanting += u64::from(applications.bearer(ticket).is_some());
        if gives {
            merge.begin(applications.tickets(), Some(ticket), |shape| {
                shapes.fits_somewhere(shape, workers, counts)
            });
        } else {
            merge.follow(applications.tickets(), number, Some(ticket));
        }
    }
    let passed_over = (applications.tickets().len() as u64).saturating_sub(wanting);
    counts.plain_visits += (counts.decisions + passed_over) * workers.count() as u64;
}

/// What one decision reads and changes.
struct Decision<'a> {
    spread_out: SpreadOut,
    workers: &'a mut Workers,
    shapes: &'a Shapes,
    launches: &'a mut Vec<Launch>,
    counts: &'a mut PassCounts,
    candidates: &'a mut Candidates,
    plan: &'a mut Plan,
    amounts: &'a mut Vec<i32>,
}

/// What one decision gave an application.
#[derive(Default)]
struct Started {
    executors: i32,
    cores: i32,
}

impl Decision<'_> {
    /// Decides for one profile of one application, and starts the executors.
    fn start(
        &mut self,
        slot: ApplicationSlot,
        application: &Application,
        profile: &Profile,
        shape: &ExecutorShape,
        number: ShapeId,
    ) -> Started {
        let amounts = shape.requirements.iter();
        self.amounts.clear();
        self.amounts
            .extend(amounts.map(|requirement| requirement.amount));
        let demand = Demand {
            spread_out: self.spread_out,
            cores_left: application.cores_left(),
            cores_per_executor: shape.cores,
            memory_mib: shape.memory_mib,
            amounts: self.amounts,
            executors: profile.executors,
            target: profile.target,
        };
        self.candidates
            .gather(self.workers, self.shapes, number, &demand, self.counts);
        let offers = self.candidates.offers();
        self.counts.candidates_visited += place(&demand, &offers, self.plan);
        let mut started = Started::default();
        let assigned = self.plan.cores.iter().filter(|cores| **cores > 0);
        let executors = assigned.map(|cores| demand.split(*cores).0);
        let executors = executors.fold(0, i32::saturating_add);
        self.launches
            .reserve(usize::try_from(executors).unwrap_or(0));
        self.workers.begin_changes(self.candidates.workers.len());
        for (worker, assigned) in self.candidates.workers.iter().zip(&self.plan.cores) {
            if *assigned <= 0 {
                continue;
            }
            let (executors, cores) = demand.split(*assigned);
            let need = Need {
                cores,
                ..shape.need()
            };
            let launches = &mut *self.launches;
            self.workers.change(*worker, |taken| {
                for _ in 0..executors {
                    launches.push(Launch::Executor {
                        application: slot,
                        profile: profile.id,
                        worker: *worker,
                        cores,
                        memory_mib: shape.memory_mib,
                        resources: taken.take(&need),
                    });
                }
            });
            if need.gives() {
                self.workers.note_raised(*worker);
            }
            self.counts.executors_launched += u64::from(executors.unsigned_abs());
            started.executors += executors;
            started.cores = started.cores.wrapping_add(executors.wrapping_mul(cores));
        }
        self.workers.end_changes(&mut self.candidates.keys);
        started
    }
}
