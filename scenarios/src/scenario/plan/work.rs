//! The work of a scenario: applications, submitted drivers, and what the operator does.

use super::{LatencyPlan, Target};
use deploysim_protocol::conf::Conf;
use deploysim_protocol::time::Time;
use std::collections::BTreeMap;
use std::time::Duration;

/// An instant, or a while after the thing at hand began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// This long after the beginning of the run.
    At(Time),
    /// This long after the application's process started; each copy of it counts anew.
    After(Duration),
}

/// An application whose driver runs on a machine of its own (client mode).
#[derive(Clone, Debug, PartialEq)]
pub struct ApplicationPlan {
    /// When its process starts.
    pub at: Time,
    /// What it does. Its `name` is also the name of the node.
    pub work: ApplicationWork,
}

/// What an application asks for and does, wherever it runs.
#[derive(Clone, Debug, PartialEq)]
pub struct ApplicationWork {
    /// Its name in this scenario: executors are `executor:<name>/<n>`.
    pub name: String,
    /// Its name in Spark's messages; several applications may share one.
    pub app_name: String,
    /// Most cores; `None`: the master's default.
    pub cores_max: Option<u32>,
    /// Cores per executor; `None`: what a worker has free.
    pub cores_per_executor: Option<u32>,
    /// Memory per executor, in MiB.
    pub memory_per_executor_mib: u32,
    /// Named resources per executor: how many addresses of each.
    pub resources_per_executor: BTreeMap<String, u32>,
    /// How many executors it may have at first (dynamic allocation); `None`: no limit.
    pub initial_executors: Option<u32>,
    /// Resource profiles beyond the default one; the first has id 1.
    pub profiles: Vec<ProfilePlan>,
    /// When it ends by itself.
    pub end: ApplicationEnd,
    /// When it is told to unregister and end.
    pub unregister: Option<When>,
    /// How its executors end by themselves.
    pub executor_exits: ExecutorExits,
    /// Its requests for executors.
    pub requests: Vec<RequestExecutorsPlan>,
    /// Its requests to kill executors.
    pub kills: Vec<KillExecutorsPlan>,
}

impl ApplicationWork {
    /// One of many alike, which share a name in Spark's messages: as the configuration says, and
    /// without an end.
    pub(crate) fn job(name: String, class: String, conf: &Conf) -> Self {
        Self {
            name,
            app_name: class,
            cores_max: conf.cores_max,
            cores_per_executor: conf.executor_cores,
            memory_per_executor_mib: conf.executor_memory_mib,
            resources_per_executor: conf.executor_resources.clone(),
            initial_executors: conf.dynamic_allocation_enabled.then_some(0),
            profiles: Vec::new(),
            end: ApplicationEnd::Never,
            unregister: None,
            executor_exits: ExecutorExits::never(),
            requests: Vec::new(),
            kills: Vec::new(),
        }
    }
}

/// A resource profile of an application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfilePlan {
    /// Cores per executor; `None`: as the default profile.
    pub cores_per_executor: Option<u32>,
    /// Memory per executor, in MiB; `None`: as the default profile.
    pub memory_per_executor_mib: Option<u32>,
    /// Named resources per executor.
    pub resources_per_executor: BTreeMap<String, u32>,
}

/// When an application ends by itself, by unregistering with exit code 0.
#[derive(Clone, Debug, PartialEq)]
pub enum ApplicationEnd {
    /// Never.
    Never,
    /// This long after its process started.
    After(Duration),
    /// This long after its first executor began to work.
    Service(Duration),
    /// When its executors' cores have worked this much: core-seconds, as a time.
    Work(Duration),
    /// When so much work was done in tasks.
    Tasks {
        /// All of it: core-seconds, as a time.
        work: Duration,
        /// The tasks.
        tasks: TasksPlan,
    },
}

/// More tasks of drawn lengths than this are surely not meant; a last one takes the rest.
pub const TASKS_DRAWN_MAX: u64 = 1_000_000;

/// Tasks into which work is cut, each for one core.
#[derive(Clone, Debug, PartialEq)]
pub struct TasksPlan {
    /// How long each takes; a last one takes the rest. Draws are clipped only by its own `max`.
    pub each: LatencyPlan,
    /// How long the application stays once all are done.
    pub stay: Duration,
}

/// How the executors of an application end by themselves, in the order of their numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct ExecutorExits {
    /// Exit codes of the first executors.
    pub codes: Vec<i32>,
    /// Time from the running process to its end.
    pub after: LatencyPlan,
    /// What executors do for which there is no code.
    pub then: AfterCodes,
}

/// What happens to executors for which no exit code is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterCodes {
    /// They run until they are told to stop.
    Stay,
    /// They end as the last one that has a code.
    RepeatLast,
}

impl ExecutorExits {
    /// No executor ends by itself.
    pub const fn never() -> Self {
        Self {
            codes: Vec::new(),
            after: LatencyPlan::constant(Duration::ZERO),
            then: AfterCodes::Stay,
        }
    }

    /// The exit code of executor `number`; `None` if it stays until it is told to stop.
    pub fn code(&self, number: u32) -> Option<i32> {
        let own = self.codes.get(number as usize).copied();
        match self.then {
            AfterCodes::Stay => own,
            AfterCodes::RepeatLast => own.or_else(|| self.codes.last().copied()),
        }
    }
}

/// An application asks for a total number of executors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestExecutorsPlan {
    /// When.
    pub when: When,
    /// The total of this profile; other profiles keep theirs.
    pub executors: u32,
    /// The resource profile, 0 for the default one.
    pub profile: u32,
}

/// An application asks to kill some of its executors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KillExecutorsPlan {
    /// When.
    pub when: When,
    /// Their numbers.
    pub executors: Vec<u32>,
    /// What becomes of its totals.
    pub totals: KilledTotals,
}

/// What a request to kill executors does to the application's totals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KilledTotals {
    /// They are lowered first (Spark: `adjustTargetNumExecutors`).
    Lower,
    /// They stay, so that killed executors are replaced.
    Keep,
}

/// A driver that is submitted to the master (cluster mode).
#[derive(Clone, Debug, PartialEq)]
pub struct SubmittedDriverPlan {
    /// When the submit client starts.
    pub at: Time,
    /// Its name in this scenario: its process is `driver:<name>`.
    pub name: String,
    /// Cores.
    pub cores: u32,
    /// Memory, in MiB.
    pub memory_mib: u32,
    /// Named resources: how many addresses of each.
    pub resources: BTreeMap<String, u32>,
    /// What follows when it fails.
    pub supervision: Supervision,
    /// How long each process runs; `None`: until it is told to stop, or its application ends.
    pub run: Option<LatencyPlan>,
    /// Exit codes of its first, second … process; the last one repeats. Never empty.
    pub exit_codes: Vec<i32>,
    /// The application that each process opens, this long after it started.
    pub application: Option<(Duration, ApplicationWork)>,
}

/// What follows when a submitted driver fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Supervision {
    /// Its worker restarts it, and a master relaunches it when its worker is lost.
    Supervised,
    /// It has failed.
    Unsupervised,
}

impl Supervision {
    /// Whether the file says `supervise = true`.
    pub(in crate::scenario) const fn of(supervise: bool) -> Self {
        match supervise {
            true => Self::Supervised,
            false => Self::Unsupervised,
        }
    }
}

/// What the operator does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OperationPlan {
    /// When.
    pub at: Time,
    /// What.
    pub operation: Operation,
}

/// One act of the operator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Operation {
    /// Sends a process the polite signal to end (SIGTERM).
    Stop(Target),
    /// Sends a worker's process the decommission signal.
    DecommissionSignal(String),
    /// Asks the master's web page to decommission the workers on this worker's host.
    DecommissionHost(String),
    /// Has a submit client kill a submitted driver.
    KillDriver(String),
    /// Has a submit client kill every submitted driver.
    KillAllDrivers,
    /// Has a submit client ask for a submitted driver's status.
    DriverStatus(String),
    /// Removes an application by the master's web page.
    KillApplication(String),
    /// Clears the lists of ended drivers and applications.
    ClearCompleted,
}
