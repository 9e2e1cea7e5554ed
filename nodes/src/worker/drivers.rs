//! Submitted drivers: the orders to start and to kill them, their runners with supervision and
//! back-off, and the worker's bookkeeping when one ends.

use super::books::DriverEntry;
use super::executors::SHUTTING_DOWN;
use super::{Worker, WorkerTimer};
use crate::node::Signal;
use crate::process::{DriverProgram, Exit, ProcessId, Program};
use crate::turn::Turn;
use deploysim_protocol::description::DriverDescription;
use deploysim_protocol::event::{IgnoredOrder, IgnoredReason, WorkerEvent};
use deploysim_protocol::id::DriverId;
use deploysim_protocol::message::to_worker::LaunchDriver;
use deploysim_protocol::message::{ToMaster, ToWorker};
use deploysim_protocol::resource::Resources;
use deploysim_protocol::state::DriverState;
use deploysim_protocol::text::Text;
use deploysim_protocol::thrown::Thrown;
use deploysim_protocol::time::{Time, WallTime};
use std::sync::Arc;
use std::time::Duration;

/// A run longer than this, in milliseconds, makes the next pause short again.
/// A constant in Spark: `DriverRunner.successfulRunDuration`.
const SUCCESSFUL_RUN_MS: i64 = 5000;
/// A pause is slept in slices of this length; whether the driver was killed is seen between
/// two. Spark: the `Sleeper` of `DriverRunner`.
const SLICE: Duration = Duration::from_secs(1);

/// The thread that runs one driver's processes, one after the other. Spark: `DriverRunner`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct DriverRunner {
    pub(super) number: u32,
    driver: DriverId,
    description: Arc<DriverDescription>,
    resources: Resources,
    /// 1 for the first process.
    attempt: u32,
    /// The next pause, in seconds; doubles without bound.
    pause_s: u32,
    killed: bool,
    phase: Phase,
    termination: Termination,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Phase {
    /// The process is ordered and does not exist yet.
    Starting { process: ProcessId },
    /// The process exists, since this instant of the calendar clock.
    Running { process: ProcessId, since: WallTime },
    /// The next process is started after a pause that began at this instant.
    BackingOff { since: Time },
}

/// How far the ending of a process has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Termination {
    NotOrdered,
    Signalled(Signal),
    /// It outlived both signals, and nobody waits for it but its runner.
    GivenUp,
}

impl Worker {
    /// Starts a driver: from any master (RD-14), also when decommissioned (RD-08), and without
    /// looking whether there is room. Spark: `Worker.receive`, `LaunchDriver`.
    pub(super) fn handle_launch_driver(
        &mut self,
        message: LaunchDriver,
        turn: &mut Turn<'_, Self>,
    ) {
        let LaunchDriver {
            driver,
            description,
            resources,
        } = message;
        turn.note(WorkerEvent::DriverAccepted {
            driver,
            cores: description.cores,
            memory_mib: description.memory_mib,
        });
        let shutting_down = self.ending.is_some();
        let since = turn.wall();
        let books = self.books_mut();
        let number = books.number_runner();
        books.add_driver(DriverEntry {
            runner: number,
            driver,
            state: DriverState::Running,
            since,
            description: Arc::clone(&description),
            resources: resources.clone(),
        });
        if shutting_down {
            let exception = Some(SHUTTING_DOWN.into());
            self.report_driver_end(driver, DriverState::Error, exception, turn);
            return;
        }
        books.work_directory.create_driver(driver, since);
        let mut runner = DriverRunner {
            number,
            driver,
            description,
            resources,
            attempt: 0,
            pause_s: 1,
            killed: false,
            phase: Phase::BackingOff {
                since: turn.uptime(),
            },
            termination: Termination::NotOrdered,
        };
        runner.start_process(turn);
        books.driver_runners.push(runner);
    }

    /// Kills a driver; obeyed from any master (RD-14).
    /// **Differs:** in Spark the handler waits until the process is gone, so the worker's
    /// mailbox stands still for up to twice the time-out. Here it goes on.
    /// Spark: `Worker.receive`, `KillDriver`.
    pub(super) fn handle_kill_driver(&mut self, driver: DriverId, turn: &mut Turn<'_, Self>) {
        let entry = self.books.as_ref().and_then(|books| books.driver(driver));
        let Some(runner) = entry.map(|entry| entry.runner) else {
            turn.note(WorkerEvent::OrderIgnored {
                order: IgnoredOrder::KillDriver,
                reason: IgnoredReason::Unknown,
            });
            return;
        };
        self.kill_driver(runner, turn);
    }

    /// A runner has ended: tell the master, once and without an acknowledgement (RD-02), and
    /// give back what the driver used. Spark: `Worker.handleDriverStateChanged`.
    ///
    /// # Errors
    /// If the driver is not in the table, because a second order for its id had replaced the
    /// entry and one of the two has ended before.
    pub(super) fn handle_driver_state_changed(
        &mut self,
        driver: DriverId,
        state: DriverState,
        exception: Option<Arc<str>>,
        turn: &mut Turn<'_, Self>,
    ) -> Result<(), Thrown> {
        self.note_own_message_handled();
        let message = ToMaster::DriverStateChanged {
            driver,
            state,
            exception,
        };
        self.send_to_master(message, turn);
        let retained = self.settings.shared.conf.worker_retained_drivers;
        if !self.books_mut().finish_driver(driver, state, retained) {
            return Err(Thrown::IllegalArgument {
                reason: Text::new("java.util.NoSuchElementException: None.get"),
            });
        }
        turn.note(WorkerEvent::DriverEnded { driver, state });
        Ok(())
    }

    /// A process exists: if it is a driver's, the run is timed from here.
    pub(super) fn driver_started(&mut self, process: ProcessId, turn: &Turn<'_, Self>) {
        if let Some(runner) = self.driver_runner_of(process)
            && let Phase::Starting { process } = runner.phase
        {
            let since = turn.wall();
            runner.phase = Phase::Running { process, since };
        }
    }

    /// A process is gone: if it is a driver's, its runner starts another after a pause, or ends.
    /// Spark: `DriverRunner.runCommandWithRetry` and `start`.
    pub(super) fn driver_ended(
        &mut self,
        process: ProcessId,
        exit: Exit,
        turn: &mut Turn<'_, Self>,
    ) {
        let wall = turn.wall();
        let Some(runner) = self.driver_runner_of(process) else {
            return;
        };
        let number = runner.number;
        if runner.termination != Termination::NotOrdered {
            turn.disarm(WorkerTimer::DriverTermination(number));
        }
        match exit {
            Exit::NotStarted { reason } => {
                let exception = Some(reason.as_str());
                self.finish_driver_runner(number, DriverState::Error, exception, turn);
            }
            Exit::Code(code) if code != 0 && !runner.killed && runner.description.supervise => {
                runner.back_off(turn);
                let directory = runner.driver.0;
                self.books_mut().work_directory.touch(directory, wall);
            }
            // S-39: before 2.1 a killed driver ended as KILLED whatever its exit code.
            Exit::Code(code) => {
                let state = match (code, runner.killed) {
                    (0, _) => DriverState::Finished,
                    (_, true) => DriverState::Killed,
                    (_, false) => DriverState::Failed,
                };
                self.finish_driver_runner(number, state, None, turn);
            }
        }
    }

    /// A pause is over, or the slice of it in which the driver was killed.
    pub(super) fn restart_driver(&mut self, number: u32, turn: &mut Turn<'_, Self>) {
        let Some(runner) = self.driver_runner(number) else {
            return;
        };
        if runner.killed {
            self.finish_driver_runner(number, DriverState::Killed, None, turn);
        } else {
            runner.start_process(turn);
        }
    }

    /// Marks a driver as killed and tells its process to end, if there is one. Without one, the
    /// mark keeps the next from starting. Spark: `DriverRunner.kill`. S-40: before 2.1 only
    /// politely.
    pub(super) fn kill_driver(&mut self, number: u32, turn: &mut Turn<'_, Self>) {
        let timeout = self.settings.shared.conf.driver_terminate_timeout;
        let Some(runner) = self.driver_runner(number) else {
            return;
        };
        let was_killed = runner.killed;
        runner.killed = true;
        if !was_killed {
            turn.note(WorkerEvent::DriverKillOrdered {
                driver: runner.driver,
            });
        }
        match (runner.phase, runner.termination) {
            (Phase::Starting { process }, _) => {
                turn.terminate(process, Signal::Forced);
                self.finish_driver_runner(number, DriverState::Killed, None, turn);
            }
            (Phase::Running { .. }, Termination::Signalled(_)) => {}
            (Phase::Running { process, .. }, Termination::NotOrdered | Termination::GivenUp) => {
                runner.termination = Termination::Signalled(Signal::Polite);
                turn.terminate(process, Signal::Polite);
                turn.arm_after(WorkerTimer::DriverTermination(number), timeout);
            }
            (Phase::BackingOff { since }, _) if !was_killed => {
                turn.arm(
                    WorkerTimer::RestartDriver(number),
                    slice_end(since, turn.uptime()),
                );
            }
            (Phase::BackingOff { .. }, _) => {}
        }
    }

    /// A process did not end in time: force it, or give it up. A process that was given up is an
    /// orphan; its end is still reported if it comes. Spark: `Utils.terminateProcess`, which
    /// waits as long after the second signal as after the first.
    pub(super) fn escalate_driver(&mut self, number: u32, turn: &mut Turn<'_, Self>) {
        let timeout = self.settings.shared.conf.driver_terminate_timeout;
        let Some(runner) = self.driver_runner(number) else {
            return;
        };
        match (runner.phase, runner.termination) {
            (Phase::Running { process, .. }, Termination::Signalled(Signal::Polite)) => {
                runner.termination = Termination::Signalled(Signal::Forced);
                turn.terminate(process, Signal::Forced);
                turn.arm_after(WorkerTimer::DriverTermination(number), timeout);
            }
            (Phase::Running { .. }, Termination::Signalled(Signal::Forced)) => {
                runner.termination = Termination::GivenUp;
            }
            (Phase::Running { .. }, Termination::NotOrdered | Termination::GivenUp)
            | (Phase::Starting { .. } | Phase::BackingOff { .. }, _) => {}
        }
    }

    /// Whether the end of the worker's process waits for this driver's process.
    pub(super) fn waits_for_driver(&self, number: u32) -> bool {
        let Some(books) = self.books.as_deref() else {
            return false;
        };
        books.driver_runners.iter().any(|runner| {
            runner.number == number && matches!(runner.termination, Termination::Signalled(_))
        })
    }

    /// The runner says its last word and is gone.
    fn finish_driver_runner(
        &mut self,
        number: u32,
        state: DriverState,
        exception: Option<Arc<str>>,
        turn: &mut Turn<'_, Self>,
    ) {
        let wall = turn.wall();
        let books = self.books_mut();
        let runners = &mut books.driver_runners;
        let Some(at) = runners.iter().position(|runner| runner.number == number) else {
            return;
        };
        let driver = runners.remove(at).driver;
        books.work_directory.touch(driver.0, wall);
        self.report_driver_end(driver, state, exception, turn);
    }

    /// Spark: `worker.send(DriverStateChanged(…))` in `DriverRunner.start`.
    fn report_driver_end(
        &mut self,
        driver: DriverId,
        state: DriverState,
        exception: Option<Arc<str>>,
        turn: &mut Turn<'_, Self>,
    ) {
        let message = ToWorker::DriverStateChanged {
            driver,
            state,
            exception,
        };
        self.send_itself(message, turn);
    }

    fn driver_runner(&mut self, number: u32) -> Option<&mut DriverRunner> {
        let runners = &mut self.books.as_deref_mut()?.driver_runners;
        runners.iter_mut().find(|runner| runner.number == number)
    }

    fn driver_runner_of(&mut self, process: ProcessId) -> Option<&mut DriverRunner> {
        let runners = &mut self.books.as_deref_mut()?.driver_runners;
        runners
            .iter_mut()
            .find(|runner| runner.process() == Some(process))
    }
}

impl DriverRunner {
    const fn process(&self) -> Option<ProcessId> {
        match self.phase {
            Phase::Starting { process } | Phase::Running { process, .. } => Some(process),
            Phase::BackingOff { .. } => None,
        }
    }

    fn start_process(&mut self, turn: &mut Turn<'_, Worker>) {
        self.attempt += 1;
        turn.note(WorkerEvent::DriverAttempted {
            driver: self.driver,
            attempt: self.attempt,
        });
        let process = turn.launch(Program::Driver(Box::new(DriverProgram {
            driver: self.driver,
            description: Arc::clone(&self.description),
            resources: self.resources.clone(),
            worker: turn.me(),
            attempt: self.attempt,
        })));
        self.phase = Phase::Starting { process };
    }

    /// 1 s after a long run, otherwise twice as long as the last time.
    fn back_off(&mut self, turn: &mut Turn<'_, Worker>) {
        if let Phase::Running { since, .. } = self.phase
            && turn.wall().as_millis().saturating_sub(since.as_millis()) > SUCCESSFUL_RUN_MS
        {
            self.pause_s = 1;
        }
        turn.note(WorkerEvent::DriverBackedOff {
            driver: self.driver,
            pause_s: self.pause_s,
        });
        self.phase = Phase::BackingOff {
            since: turn.uptime(),
        };
        let pause = Duration::from_secs(u64::from(self.pause_s));
        turn.arm_after(WorkerTimer::RestartDriver(self.number), pause);
        self.pause_s = self.pause_s.saturating_mul(2);
    }
}

/// The end of the slice, of a pause that began at `since`, in which `now` lies.
fn slice_end(since: Time, now: Time) -> Time {
    let slices = now.since(since).as_secs() / SLICE.as_secs() + 1;
    since + SLICE.saturating_mul(u32::try_from(slices).unwrap_or(u32::MAX))
}
