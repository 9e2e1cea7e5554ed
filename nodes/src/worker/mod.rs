//! The Worker and its one match; no logic. Each concern has a file of its own: registration,
//! heartbeat, executors, drivers, reports, decommission, cleanup, and the end of the process.

mod books;
mod cleanup;
mod decommission;
mod drivers;
mod executors;
mod heartbeat;
mod lifecycle;
mod registration;
mod reports;
mod view;

pub use cleanup::WorkDirectory;
pub use view::DriverDescriptionAtWorker;

use crate::node::{Input, Node};
use crate::process::ProcessId;
use crate::settings::Shared;
use crate::turn::Turn;
use books::Books;
use deploysim_protocol::address::{Address, Reference};
use deploysim_protocol::event::Event;
use deploysim_protocol::id::WorkerId;
use deploysim_protocol::message::{AskWorker, ToWorker};
use deploysim_protocol::resource::Resources;
use deploysim_protocol::text::Text;
use deploysim_protocol::thrown::Thrown;
use deploysim_protocol::time::Time;
use lifecycle::Ending;
use registration::{Registration, RetryIntervals};
use reports::Reports;
use std::sync::Arc;
use std::time::Duration;

/// What one Worker process is started with.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct WorkerSettings {
    /// Cores it offers.
    pub cores: i32,
    /// Memory it offers, in MiB.
    pub memory_mib: i32,
    /// Named resources it offers.
    pub resources: Resources,
    /// The configured masters, in order.
    pub masters: Arc<[Address]>,
    /// Its web page.
    pub web_ui_url: Text,
    /// What all nodes share.
    pub shared: Shared,
}

/// The deadlines of a Worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WorkerTimer {
    /// When to tell the master that this worker lives. Fixed rate. Numbered from 0; only the
    /// generations that let heartbeat timers pile up (S-56) have more than one.
    SendHeartbeat(u32),
    /// When to try to register again.
    ReregisterWithMaster,
    /// When to look for old directories. Fixed rate. Numbered as the heartbeats are.
    WorkDirCleanup(u32),
    /// When to send a failed report about an executor again.
    RetryReport,
    /// When to start a supervised driver's process again, by the runner's number.
    RestartDriver(u32),
    /// When to end a driver's process by force, or to give it up, by the runner's number.
    DriverTermination(u32),
    /// When to end an executor's process by force, or to give it up, by the runner's number.
    ExecutorTermination(u32),
}

/// What a signal can ask of a Worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum WorkerOperation {
    /// The decommission signal (SIGPWR by default).
    Decommission,
    /// SIGTERM: kill the children, then exit with 143.
    StopPolitely,
}

/// Runs on one machine and starts what the master orders. Spark: `deploy.worker.Worker`.
///
/// What an idle worker does not need is behind pointers that are empty until it is used, and the
/// rest fills two lines of the processor's cache: a cluster has thousands of idle workers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[repr(align(64))]
pub struct Worker {
    settings: Arc<WorkerSettings>,
    /// A quarter of the worker time-out, kept here for the heartbeat's sake.
    heartbeat_interval: Duration,
    /// Made at the start.
    id: Option<WorkerId>,
    /// Drawn at the start.
    intervals: RetryIntervals,
    registered: bool,
    connected: bool,
    decommissioned: bool,
    /// How many heartbeat timers run.
    heartbeat_timers: u32,
    /// How many cleanup timers run.
    cleanup_timers: u32,
    /// The last known leader; never set back to none.
    followed: Option<Followed>,
    /// Present exactly while a retry timer runs.
    registration: Option<Box<Registration>>,
    books: Option<Box<Books>>,
    reports: Option<Box<Reports>>,
    /// Present once the process has begun to end.
    ending: Option<Box<Ending>>,
}

/// The master that a worker follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Followed {
    /// As it came: bound to the connection on which it came. Spark: `master`.
    master: Reference,
    /// Spark: `activeMasterWebUiUrl`.
    web_ui_url: Text,
    /// The address that this worker dialled. Spark: `masterAddressToConnect`.
    address_to_connect: Address,
}

impl Worker {
    /// A Worker that was not started yet, on a machine with an empty work directory.
    pub fn new(settings: WorkerSettings) -> Self {
        let heartbeat_interval = settings.shared.conf.heartbeat_interval();
        Self {
            settings: Arc::new(settings),
            heartbeat_interval,
            id: None,
            intervals: RetryIntervals::default(),
            registered: false,
            connected: false,
            decommissioned: false,
            heartbeat_timers: 0,
            cleanup_timers: 0,
            followed: None,
            registration: None,
            books: None,
            reports: None,
            ending: None,
        }
    }

    /// A Worker that was not started yet, on a machine where an earlier one left `directory`
    /// behind. See [`Worker::work_directory`].
    pub fn with_work_directory(settings: WorkerSettings, directory: WorkDirectory) -> Self {
        let mut worker = Self::new(settings);
        if !directory.is_empty() {
            worker.books_mut().work_directory = directory;
        }
        worker
    }

    /// The books, made on first use.
    fn books_mut(&mut self) -> &mut Books {
        self.books.get_or_insert_default()
    }

    /// The worker's id.
    ///
    /// # Panics
    /// If the worker was not started: a world starts a node before anything else.
    fn own_id(&self) -> WorkerId {
        self.id.expect("a worker is started before anything else")
    }

    fn receive(&mut self, message: ToWorker, turn: &mut Turn<'_, Self>) -> Result<(), Thrown> {
        match message {
            ToWorker::RegisteredWorker(message) => self.handle_registered(*message, turn),
            ToWorker::RegisterWorkerFailed { .. } => self.handle_register_failed(turn),
            ToWorker::MasterInStandby => Self::handle_standby(turn),
            ToWorker::ReconnectWorker { master_url } => self.handle_reconnect(master_url, turn),
            ToWorker::LaunchExecutor(message) => self.handle_launch_executor(*message, turn),
            ToWorker::KillExecutor {
                master_url,
                executor,
            } => self.handle_kill_executor(master_url, executor, turn),
            ToWorker::LaunchDriver(message) => self.handle_launch_driver(*message, turn),
            ToWorker::KillDriver { driver } => self.handle_kill_driver(driver, turn),
            ToWorker::ApplicationFinished { application } => {
                self.handle_application_finished(application, turn);
            }
            ToWorker::DecommissionWorker => self.decommission(turn),
            ToWorker::MasterChanged {
                master,
                master_web_ui_url,
            } => self.handle_master_changed(master, master_web_ui_url, turn),
            ToWorker::ExecutorStateChanged(message) => {
                self.handle_executor_state_changed(message, turn);
            }
            ToWorker::DriverStateChanged {
                driver,
                state,
                exception,
            } => return self.handle_driver_state_changed(driver, state, exception, turn),
        }
        Ok(())
    }

    fn fire(&mut self, timer: WorkerTimer, due: Time, turn: &mut Turn<'_, Self>) {
        match timer {
            WorkerTimer::SendHeartbeat(number) => self.send_heartbeat(number, due, turn),
            WorkerTimer::ReregisterWithMaster => self.reregister_with_master(due, turn),
            WorkerTimer::WorkDirCleanup(number) => self.clean_work_directory(number, due, turn),
            WorkerTimer::RetryReport => self.retry_report(turn),
            WorkerTimer::RestartDriver(runner) => self.restart_driver(runner, turn),
            WorkerTimer::DriverTermination(runner) => self.escalate_driver(runner, turn),
            WorkerTimer::ExecutorTermination(runner) => self.escalate_executor(runner, turn),
        }
    }

    fn dispatch(&mut self, input: Input<Self>, turn: &mut Turn<'_, Self>) -> Result<(), Thrown> {
        match input {
            Input::Started => return self.start(turn),
            Input::Received { message, .. } => return self.receive(message, turn),
            Input::Asked {
                call,
                ask: AskWorker::RequestWorkerState,
                ..
            } => self.handle_request_worker_state(call, turn),
            Input::Answered { call, answer } => self.handle_report_answer(call, answer, turn),
            Input::Resolved { call, endpoint } => self.handle_resolved(call, endpoint, turn),
            Input::Disconnected { peer } => self.handle_disconnected(peer, turn),
            Input::Fired { timer, due } => self.fire(timer, due, turn),
            Input::ProcessStarted { process } => self.handle_process_started(process, turn),
            Input::ProcessEnded { process, exit } => {
                self.handle_process_ended(process, exit, turn);
            }
            Input::Operator(WorkerOperation::Decommission) => self.handle_decommission_signal(turn),
            Input::Operator(WorkerOperation::StopPolitely) => self.stop_politely(turn),
            // A worker does nothing on an I/O error, and is never elected.
            Input::ConnectionError { .. } | Input::Elected | Input::Revoked => {}
        }
        Ok(())
    }

    /// Hands a process event to the runner that waits for it; none does if it was given up.
    fn handle_process_started(&mut self, process: ProcessId, turn: &mut Turn<'_, Self>) {
        if !self.executor_started(process, turn) {
            self.driver_started(process, turn);
        }
    }
}

impl Node for Worker {
    type Message = ToWorker;
    type Ask = AskWorker;
    type Answer = bool;
    type Timer = WorkerTimer;
    type Operation = WorkerOperation;

    fn handle(&mut self, input: Input<Self>, turn: &mut Turn<'_, Self>) {
        if self.is_deaf_to(&input) {
            return;
        }
        if let Err(thrown) = self.dispatch(input, turn) {
            turn.note(Event::HandlerThrew { thrown });
        }
        if self.ending.is_some() {
            self.go_on_ending(turn);
        }
    }
}

#[cfg(test)]
mod tests;
