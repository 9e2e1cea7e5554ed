//! Carries out what a scheduling pass decided: who is booked where, and the launch orders. The
//! decision itself is in [`super::scheduling`].

use super::Master;
use super::booking::note_taken;
use super::books::NewExecutor;
use super::scheduling::{Launch, Shuffle};
use crate::turn::Turn;
use deploysim_protocol::description::ExecutorOrder;
use deploysim_protocol::event::{ApplicationSlot, DriverSlot, MasterEvent, WorkerSlot};
use deploysim_protocol::id::ExecutorId;
use deploysim_protocol::message::to_worker::{LaunchDriver, LaunchExecutor};
use deploysim_protocol::message::{ToDriver, ToWorker};
use deploysim_protocol::resource::Resources;
use deploysim_protocol::state::{ApplicationState, DriverState, MasterState};
use std::sync::Arc;

/// What a launch amounts to at most, without named resources: it is noted, the worker and the
/// client are told, and the state of what waited changes.
const EFFECTS_PER_LAUNCH: usize = 4;

impl Master {
    /// One pass, drivers before executors; nothing unless ALIVE. Spark: `Master.schedule`.
    pub(super) fn schedule(&mut self, turn: &mut Turn<'_, Self>) {
        if self.state != MasterState::Alive {
            return;
        }
        turn.note(MasterEvent::ScheduleBegan);
        let mut launches = Vec::new();
        let drivers_in_books = self.books.drivers.active_count();
        self.scheduler
            .schedule(drivers_in_books, &mut Dealer(turn), &mut launches);
        turn.expect_effects(EFFECTS_PER_LAUNCH * launches.len());
        self.books.expect_executors(launches.len());
        let (mut drivers, mut executors) = (0, 0);
        for launch in launches {
            match launch {
                Launch::Driver {
                    driver,
                    worker,
                    resources,
                } => {
                    drivers += 1;
                    self.launch_driver(driver, worker, resources, turn);
                }
                Launch::Executor {
                    application,
                    profile,
                    worker,
                    cores,
                    memory_mib,
                    resources,
                } => {
                    executors += 1;
                    let new = NewExecutor {
                        number: self.books.applications.info(application).executor_next,
                        profile,
                        cores,
                        memory_mib,
                        resources,
                    };
                    self.launch_executor(application, worker, new, turn);
                }
            }
        }
        turn.note(MasterEvent::ScheduleEnded { drivers, executors });
    }

    /// Spark: `Master.launchDriver`, then `waitingDrivers -= driver`. Nothing confirms the order
    /// (RD-02), and it carries no master URL (RD-14). S-24, S-25: where it goes, and how many
    /// may run, is decided in the pass.
    fn launch_driver(
        &mut self,
        driver: DriverSlot,
        worker: WorkerSlot,
        resources: Resources,
        turn: &mut Turn<'_, Self>,
    ) {
        note_taken(worker, &resources, turn);
        self.book_driver(driver, worker, resources.clone(), turn);
        let info = self.books.drivers.info(driver);
        turn.send(
            self.books.workers.endpoint(worker),
            ToWorker::LaunchDriver(Box::new(LaunchDriver {
                driver: info.id,
                description: Arc::clone(&info.description),
                resources,
            })),
        );
        self.set_driver_state(driver, DriverState::Running, turn);
        turn.note(MasterEvent::DriverDequeued { driver });
    }

    /// Spark: `Master.allocateWorkerResourceToExecutors` and `launchExecutor`. S-20 to S-23:
    /// how many cores, and where, is decided in the pass.
    fn launch_executor(
        &mut self,
        application: ApplicationSlot,
        worker: WorkerSlot,
        new: NewExecutor,
        turn: &mut Turn<'_, Self>,
    ) {
        let (number, profile) = (new.number, new.profile);
        let (cores, memory_mib) = (new.cores, new.memory_mib);
        let resources = new.resources.clone();
        note_taken(worker, &resources, turn);
        self.book_executor(application, worker, new, turn);
        let host = self.books.workers.info(worker);
        let info = self.books.applications.info(application);
        let master_url = turn.me();
        turn.send(
            self.books.workers.endpoint(worker),
            ToWorker::LaunchExecutor(Box::new(LaunchExecutor {
                master_url,
                order: ExecutorOrder {
                    executor: ExecutorId {
                        application: info.id,
                        number,
                    },
                    profile,
                    description: Arc::clone(&info.description),
                    cores,
                    memory_mib,
                    resources,
                },
            })),
        );
        turn.send(
            self.books.applications.client(application),
            ToDriver::ExecutorAdded {
                number,
                worker_id: host.id,
                worker_address: host.address,
                cores,
                memory_mib,
            },
        );
        self.set_application_state(application, ApplicationState::Running, turn);
    }
}

/// Draws the shuffle of a pass from the node's own stream.
struct Dealer<'a, 'b>(&'a mut Turn<'b, Master>);

impl Shuffle for Dealer<'_, '_> {
    fn pick(&mut self, remaining: u32) -> u32 {
        self.0.dice().below(remaining)
    }
}
