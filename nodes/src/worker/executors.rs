//! Executors: the orders to start and to kill them, their runners, and the worker's bookkeeping
//! when one ends. How their states reach the master is in `reports.rs`.

use super::Worker;
use super::WorkerTimer;
use super::books::ExecutorEntry;
use crate::node::Signal;
use crate::process::{ExecutorProgram, Exit, ProcessId, Program};
use crate::turn::Turn;
use deploysim_protocol::address::Address;
use deploysim_protocol::behaviour::ExecutorDirectory;
use deploysim_protocol::conf::EXECUTOR_TERMINATE_TIMEOUT;
use deploysim_protocol::description::ExecutorOrder;
use deploysim_protocol::event::{IgnoredOrder, IgnoredReason, WorkerEvent};
use deploysim_protocol::id::{ApplicationId, ExecutorId};
use deploysim_protocol::message::ToWorker;
use deploysim_protocol::message::to_master::ExecutorStateChanged;
use deploysim_protocol::message::to_worker::LaunchExecutor;
use deploysim_protocol::state::ExecutorState;
use std::sync::Arc;

/// The thread that starts one executor's process and waits for it. Spark: `ExecutorRunner`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct ExecutorRunner {
    pub(super) number: u32,
    executor: ExecutorId,
    process: ProcessId,
    phase: Phase,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Phase {
    /// The process is ordered and does not exist yet: LAUNCHING.
    Starting,
    /// The process exists: RUNNING.
    Running,
    /// The process was told to end, with this signal last.
    Ending { cause: Cause, signal: Signal },
}

/// Why an executor's process is ended by its runner.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Cause {
    /// A master ordered it.
    Ordered,
    /// The worker's own process ends.
    WorkerEnds,
}

/// What a runner says last.
struct Last {
    state: ExecutorState,
    message: Option<Arc<str>>,
    exit_status: Option<i32>,
}

impl Last {
    const fn killed(exit_status: Option<i32>) -> Self {
        Self {
            state: ExecutorState::Killed,
            message: None,
            exit_status,
        }
    }

    fn exited(code: i32) -> Self {
        Self {
            state: ExecutorState::Exited,
            message: Some(format!("Command exited with code {code}").into()),
            exit_status: Some(code),
        }
    }

    fn failed(message: &str) -> Self {
        Self {
            state: ExecutorState::Failed,
            message: Some(message.into()),
            exit_status: None,
        }
    }

    fn unfinished(cause: Cause) -> Self {
        match cause {
            Cause::Ordered => Self::killed(None),
            Cause::WorkerEnds => Self::failed("Worker shutting down"),
        }
    }
}

impl Worker {
    /// Starts an executor, unless the order comes from a master that is not followed, or the
    /// worker is decommissioned; then it is dropped silently, and the master keeps it as
    /// LAUNCHING (RD-08). Whether there is room is not checked.
    /// Spark: `Worker.receive`, `LaunchExecutor`.
    pub(super) fn handle_launch_executor(
        &mut self,
        message: LaunchExecutor,
        turn: &mut Turn<'_, Self>,
    ) {
        let LaunchExecutor { master_url, order } = message;
        let executor = order.executor;
        let ignored = if !self.follows(master_url) {
            Some(IgnoredReason::WrongMaster)
        } else if self.decommissioned {
            Some(IgnoredReason::Decommissioned)
        } else {
            None
        };
        if let Some(reason) = ignored {
            let order = IgnoredOrder::LaunchExecutor;
            turn.note(WorkerEvent::OrderIgnored { order, reason });
        } else if let Err(reason) = self.start_executor(order, turn) {
            turn.note(WorkerEvent::ExecutorLaunchFailed { executor });
            // An entry of this id is an earlier executor's. It goes without its use being
            // given back, as in Spark.
            if let Some(entry) = self.books_mut().take_executor(executor) {
                turn.note(WorkerEvent::ExecutorFinished { executor });
                self.kill_executor(entry.runner, Cause::Ordered, turn);
            }
            let last = Last::failed(&reason);
            self.report(Box::new(last.of(executor)), turn);
        }
    }

    /// Kills an executor; returns at once, and its cores are in use until its process is gone.
    /// Spark: `Worker.receive`, `KillExecutor`.
    pub(super) fn handle_kill_executor(
        &mut self,
        master_url: Address,
        executor: ExecutorId,
        turn: &mut Turn<'_, Self>,
    ) {
        let ignored = |reason| WorkerEvent::OrderIgnored {
            order: IgnoredOrder::KillExecutor,
            reason,
        };
        if !self.follows(master_url) {
            turn.note(ignored(IgnoredReason::WrongMaster));
            return;
        }
        let entry = self
            .books
            .as_mut()
            .and_then(|books| books.executor(executor));
        let Some(entry) = entry else {
            turn.note(ignored(IgnoredReason::Unknown));
            return;
        };
        entry.state = ExecutorState::Killed;
        let runner = entry.runner;
        self.kill_executor(runner, Cause::Ordered, turn);
    }

    /// A runner has something to say: report it, and if the executor ended, give back what it
    /// used. The bookkeeping does not wait for the report's answer.
    /// Spark: `Worker.handleExecutorStateChanged`.
    pub(super) fn handle_executor_state_changed(
        &mut self,
        message: Box<ExecutorStateChanged>,
        turn: &mut Turn<'_, Self>,
    ) {
        self.note_own_message_handled();
        let (executor, state) = (message.executor, message.state);
        self.report(message, turn);
        if !state.is_finished() {
            return;
        }
        let retained = self.settings.shared.conf.worker_retained_executors;
        if self.books_mut().finish_executor(executor, retained) {
            turn.note(WorkerEvent::ExecutorFinished { executor });
        }
        let application = executor.application;
        if self.books_mut().finished_apps.contains(&application) {
            self.clean_up_if_over(application, turn);
        }
    }

    /// An application is over: clean up, or remember it for as long as executors of it are left.
    /// Spark: `Worker.receive`, `ApplicationFinished`.
    pub(super) fn handle_application_finished(
        &mut self,
        application: ApplicationId,
        turn: &mut Turn<'_, Self>,
    ) {
        // A worker that never ran anything has nothing to clean up, and need not remember it.
        if let Some(books) = self.books.as_deref_mut() {
            books.finished_apps.insert(application);
            self.clean_up_if_over(application, turn);
        }
    }

    /// Spark: `Worker.maybeCleanupApplication`.
    fn clean_up_if_over(&mut self, application: ApplicationId, turn: &mut Turn<'_, Self>) {
        let books = self.books_mut();
        if books.has_executors_of(application) {
            return;
        }
        books.finished_apps.remove(&application);
        if books.app_directories.remove(&application) {
            turn.note(WorkerEvent::ApplicationCleanedUp { application });
        }
    }

    /// Makes the directories, the runner and the entry, or says what was thrown.
    fn start_executor(
        &mut self,
        order: ExecutorOrder,
        turn: &mut Turn<'_, Self>,
    ) -> Result<(), String> {
        let executor = order.executor;
        if self.ending.is_some() {
            return Err(SHUTTING_DOWN.to_owned());
        }
        let directory = self.settings.shared.behaviour.executor_directory;
        let books = self.books.get_or_insert_default();
        let is_new = books.work_directory.create_executor(executor, turn.wall());
        match directory {
            // S-57: since some release between 3.5.9 and 4.3.0.
            ExecutorDirectory::Reuse => {}
            ExecutorDirectory::FailLaunch if is_new => {}
            ExecutorDirectory::FailLaunch => {
                return Err(format!(
                    "java.io.IOException: Failed to create directory work/{executor}"
                ));
            }
        }
        books.app_directories.insert(order.application());
        let number = books.number_runner();
        turn.note(WorkerEvent::ExecutorAccepted {
            executor,
            cores: order.cores,
            memory_mib: order.memory_mib,
        });
        let process = turn.launch(Program::Executor(Box::new(ExecutorProgram {
            order: order.clone(),
            worker: turn.me(),
        })));
        books.add_executor(ExecutorEntry {
            runner: number,
            state: ExecutorState::Launching,
            order,
        });
        books.executor_runners.push(ExecutorRunner {
            number,
            executor,
            process,
            phase: Phase::Starting,
        });
        Ok(())
    }

    /// A process exists: if it is an executor's, RUNNING is reported. S-11: in 2.x the worker
    /// reported RUNNING when it took the order, in 1.x the application client did.
    /// Spark: `ExecutorRunner.fetchAndRunExecutor`.
    pub(super) fn executor_started(
        &mut self,
        process: ProcessId,
        turn: &mut Turn<'_, Self>,
    ) -> bool {
        let Some(runner) = self.executor_runner_of(process) else {
            return false;
        };
        if runner.phase == Phase::Starting {
            runner.phase = Phase::Running;
            let (executor, number) = (runner.executor, runner.number);
            let last = Last {
                state: ExecutorState::Running,
                message: None,
                exit_status: None,
            };
            self.say(executor, number, last, turn);
        }
        true
    }

    /// A process is gone: if it is an executor's, its runner says how and ends.
    /// Spark: `ExecutorRunner.fetchAndRunExecutor` and `killProcess`.
    pub(super) fn executor_ended(
        &mut self,
        process: ProcessId,
        exit: Exit,
        turn: &mut Turn<'_, Self>,
    ) -> bool {
        let Some(runner) = self.executor_runner_of(process) else {
            return false;
        };
        let number = runner.number;
        let last = match (runner.phase, exit) {
            (Phase::Starting | Phase::Running, Exit::NotStarted { reason }) => {
                Last::failed(&reason.as_str())
            }
            // The waiting thread is faster than the exit hook: EXITED was measured.
            (Phase::Starting | Phase::Running, Exit::Code(code))
            | (
                Phase::Ending {
                    cause: Cause::WorkerEnds,
                    ..
                },
                Exit::Code(code),
            ) => Last::exited(code),
            (Phase::Ending { .. }, Exit::Code(code)) => Last::killed(Some(code)),
            (Phase::Ending { cause, .. }, Exit::NotStarted { .. }) => Last::unfinished(cause),
        };
        if matches!(runner.phase, Phase::Ending { .. }) {
            turn.disarm(WorkerTimer::ExecutorTermination(number));
        }
        self.finish_executor_runner(number, last, turn);
        true
    }

    /// Tells an executor's process to end, if its runner still waits for it.
    /// Spark: `ExecutorRunner.kill`, and its exit hook. S-40: before 1.6.1 only politely.
    pub(super) fn kill_executor(&mut self, number: u32, cause: Cause, turn: &mut Turn<'_, Self>) {
        let Some(runner) = self.executor_runner(number) else {
            return;
        };
        match runner.phase {
            // There is no process to wait for; what is being started must not begin to run.
            Phase::Starting => {
                turn.terminate(runner.process, Signal::Forced);
                self.finish_executor_runner(number, Last::unfinished(cause), turn);
            }
            Phase::Running => {
                let signal = Signal::Polite;
                runner.phase = Phase::Ending { cause, signal };
                turn.terminate(runner.process, signal);
                let timer = WorkerTimer::ExecutorTermination(number);
                turn.arm_after(timer, EXECUTOR_TERMINATE_TIMEOUT);
            }
            Phase::Ending { .. } => {}
        }
    }

    /// A process did not end in time: force it, or give it up. Spark: `Utils.terminateProcess`.
    pub(super) fn escalate_executor(&mut self, number: u32, turn: &mut Turn<'_, Self>) {
        let Some(runner) = self.executor_runner(number) else {
            return;
        };
        let Phase::Ending { cause, signal } = runner.phase else {
            return;
        };
        match signal {
            Signal::Polite => {
                let signal = Signal::Forced;
                runner.phase = Phase::Ending { cause, signal };
                turn.terminate(runner.process, signal);
                let timer = WorkerTimer::ExecutorTermination(number);
                turn.arm_after(timer, EXECUTOR_TERMINATE_TIMEOUT);
            }
            Signal::Forced => self.finish_executor_runner(number, Last::unfinished(cause), turn),
        }
    }

    /// The runner says its last word and is gone.
    fn finish_executor_runner(&mut self, number: u32, last: Last, turn: &mut Turn<'_, Self>) {
        let wall = turn.wall();
        let books = self.books_mut();
        let runners = &mut books.executor_runners;
        let Some(at) = runners.iter().position(|runner| runner.number == number) else {
            return;
        };
        let executor = runners.remove(at).executor;
        books.work_directory.touch(executor.application.0, wall);
        self.say(executor, number, last, turn);
    }

    /// Spark: `worker.send(ExecutorStateChanged(…))` in `ExecutorRunner`.
    fn say(&mut self, executor: ExecutorId, number: u32, last: Last, turn: &mut Turn<'_, Self>) {
        let state = last.state;
        self.books_mut().set_executor_state(executor, number, state);
        turn.note(WorkerEvent::ExecutorStateChanged { executor, state });
        let message = Box::new(last.of(executor));
        self.send_itself(ToWorker::ExecutorStateChanged(message), turn);
    }

    fn executor_runner(&mut self, number: u32) -> Option<&mut ExecutorRunner> {
        let runners = &mut self.books.as_deref_mut()?.executor_runners;
        runners.iter_mut().find(|runner| runner.number == number)
    }

    fn executor_runner_of(&mut self, process: ProcessId) -> Option<&mut ExecutorRunner> {
        let runners = &mut self.books.as_deref_mut()?.executor_runners;
        runners.iter_mut().find(|runner| runner.process == process)
    }

    /// Whether a master's URL is the followed one's. Spark: `masterUrl != activeMasterUrl`.
    fn follows(&self, master_url: Address) -> bool {
        self.followed
            .is_some_and(|followed| followed.master.address == master_url)
    }
}

impl Last {
    fn of(self, executor: ExecutorId) -> ExecutorStateChanged {
        ExecutorStateChanged {
            executor,
            state: self.state,
            message: self.message,
            exit_status: self.exit_status,
        }
    }
}

/// What Java throws when a runner registers its exit hook while the process ends.
pub(super) const SHUTTING_DOWN: &str =
    "java.lang.IllegalStateException: Shutdown hooks cannot be modified during shutdown.";
