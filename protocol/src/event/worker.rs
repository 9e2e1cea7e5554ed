//! What a Worker reports: its registration, its heartbeats, and the life of what it runs.

use super::{events, words};
use crate::address::Address;
use crate::id::{ApplicationId, DriverId, ExecutorId, WorkerId};
use crate::state::{DriverState, ExecutorState};

words! {
    /// An order that a worker ignored.
    IgnoredOrder {
        /// `LaunchExecutor`.
        LaunchExecutor = "LaunchExecutor",
        /// `KillExecutor`.
        KillExecutor = "KillExecutor",
        /// `KillDriver`.
        KillDriver = "KillDriver",
        /// `DecommissionWorker`, or the signal.
        Decommission = "DecommissionWorker",
        /// `RegisterWorkerFailed` while registered.
        RegisterWorkerFailed = "RegisterWorkerFailed",
        /// `MasterInStandby`.
        MasterInStandby = "MasterInStandby",
    }
}

words! {
    /// Why a worker ignored an order.
    IgnoredReason {
        /// It came from a master that the worker does not follow.
        WrongMaster = "wrong-master",
        /// The worker is decommissioned.
        Decommissioned = "decommissioned",
        /// The worker does not have what it names.
        Unknown = "unknown",
        /// The feature is off.
        Disabled = "disabled",
        /// There is nothing left to do.
        Redundant = "redundant",
    }
}

events! {
    /// What a Worker reports.
    WorkerEvent {
        /// The process began.
        WorkerStarted {
            /// Its id.
            id: WorkerId,
            /// Cores it offers.
            cores: i32,
            /// Memory it offers, in MiB.
            memory_mib: i32,
        },
        /// Registration with the masters began; a retry timer runs from here on.
        RegistrationBegan,
        /// Registration was asked for while a retry timer ran.
        RegistrationPending,
        /// One attempt: `RegisterWorker` goes to one master or to all.
        RegistrationAttempted {
            /// 0 for the first, then the number of the retry.
            retry: u32,
        },
        /// A master could not be reached.
        MasterUnreachable {
            /// Which master.
            master: Address,
        },
        /// Registered.
        Registered {
            /// With which master.
            master: Address,
            /// Whether the master knew the worker already.
            duplicate: bool,
        },
        /// All attempts are used up; the process exits with 1.
        RegistrationGivenUp,
        /// A master refused the registration; the process exits with 1.
        RegistrationRefused,
        /// A new leader announced itself.
        MasterFollowed {
            /// Which master.
            master: Address,
        },
        /// The connection to the master ended.
        MasterDisconnected {
            /// Which master.
            master: Address,
        },
        /// A master asked the worker to register again.
        ReconnectRequested {
            /// Which master.
            master: Address,
        },
        /// A heartbeat was sent.
        HeartbeatSent,
        /// An order was ignored.
        OrderIgnored {
            /// Which order.
            order: IgnoredOrder,
            /// Why.
            reason: IgnoredReason,
        },
        /// An executor is in the worker's tables.
        ExecutorAccepted {
            /// Which executor.
            executor: ExecutorId,
            /// Its cores.
            cores: i32,
            /// Its memory, in MiB.
            memory_mib: i32,
        },
        /// An executor could not be started at all.
        ExecutorLaunchFailed {
            /// Which executor.
            executor: ExecutorId,
        },
        /// An executor's state changed at its runner.
        ExecutorStateChanged {
            /// Which executor.
            executor: ExecutorId,
            /// The new state.
            state: ExecutorState,
        },
        /// An executor left the worker's tables.
        ExecutorFinished {
            /// Which executor.
            executor: ExecutorId,
        },
        /// A report about an executor got no answer, or a refusal.
        ReportFailed {
            /// Which executor.
            executor: ExecutorId,
            /// How often reports about it have failed since the last success.
            failures: u32,
        },
        /// A report about an executor was dropped, because no master was ever known.
        ReportDropped {
            /// Which executor.
            executor: ExecutorId,
        },
        /// Too many reports failed; the process exits with 1.
        ReportsGivenUp {
            /// Which executor.
            executor: ExecutorId,
        },
        /// A driver is in the worker's tables.
        DriverAccepted {
            /// Which driver.
            driver: DriverId,
            /// Its cores.
            cores: i32,
            /// Its memory, in MiB.
            memory_mib: i32,
        },
        /// A driver's process is started, for the first time or again.
        DriverAttempted {
            /// Which driver.
            driver: DriverId,
            /// 1 for the first.
            attempt: u32,
        },
        /// A supervised driver's process ended abnormally and is started again after a pause.
        DriverBackedOff {
            /// Which driver.
            driver: DriverId,
            /// The pause, in seconds.
            pause_s: u32,
        },
        /// A driver is to be killed.
        DriverKillOrdered {
            /// Which driver.
            driver: DriverId,
        },
        /// A driver left the worker's tables.
        DriverEnded {
            /// Which driver.
            driver: DriverId,
            /// How.
            state: DriverState,
        },
        /// The worker takes no new executors.
        WorkerDecommissioned,
        /// An application is over and the worker has nothing left of it.
        ApplicationCleanedUp {
            /// Which application.
            application: ApplicationId,
        },
        /// Old directories were looked for.
        WorkDirectoryCleaned {
            /// Directories deleted.
            deleted: u32,
        },
        /// The process begins to end on a polite signal.
        WorkerStopping,
    }
}
