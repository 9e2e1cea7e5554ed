//! What a Driver, an executor and a submit client report.

use super::{events, words};
use crate::address::Address;
use crate::id::{ApplicationId, DriverId, ProfileId, WorkerId};
use crate::state::{DriverState, ExecutorState};
use crate::text::Text;

words! {
    /// Why an application client is dead.
    DeathReason {
        /// `All masters are unresponsive! Giving up.`
        Unresponsive = "unresponsive",
        /// `Master removed our application: …`
        Removed = "removed",
        /// `Application has been stopped.`
        Stopped = "stopped",
    }
}

events! {
    /// What a Driver reports.
    DriverEvent {
        /// One attempt: `RegisterApplication` goes to every master.
        RegistrationAttempted {
            /// From 1.
            attempt: u32,
        },
        /// A master could not be reached.
        MasterUnreachable {
            /// Which master.
            master: Address,
        },
        /// The application has an id.
        ApplicationConnected {
            /// The id.
            application: ApplicationId,
            /// The master that gave it.
            master: Address,
        },
        /// The connection to the master ended.
        ApplicationDisconnected,
        /// The client gave up, was removed or was stopped.
        ApplicationDead {
            /// Why.
            reason: DeathReason,
        },
        /// A new leader announced itself.
        MasterFollowed {
            /// Which master.
            master: Address,
        },
        /// The master ordered an executor.
        ExecutorGranted {
            /// Its number.
            number: u32,
            /// On which worker.
            worker_id: WorkerId,
            /// Its cores.
            cores: i32,
        },
        /// The master reported an executor's state.
        ExecutorUpdated {
            /// Its number.
            number: u32,
            /// Its state.
            state: ExecutorState,
        },
        /// An executor's process registered and was accepted.
        ExecutorRegistered {
            /// Its number.
            number: u32,
        },
        /// An executor's process registered and was refused.
        ExecutorRefused {
            /// Its number.
            number: u32,
        },
        /// The backend forgot an executor and told it to stop.
        ExecutorForgotten {
            /// Its number.
            number: u32,
        },
        /// The connection of an executor's process ended, and the backend forgot the executor.
        ExecutorLost {
            /// Its number.
            number: u32,
        },
        /// The master reported the removal of a worker.
        WorkerRemoved {
            /// Which worker.
            worker_id: WorkerId,
        },
        /// The driver asks for a total of a profile.
        TotalRequested {
            /// Which profile.
            profile: ProfileId,
            /// Executors wanted in all.
            total: i32,
        },
        /// The table of totals has this profile no more; the master is not told so.
        TotalForgotten {
            /// Which profile.
            profile: ProfileId,
        },
        /// The driver asks the master to kill an executor; it is pending removal.
        ExecutorKillRequested {
            /// Its number.
            number: u32,
        },
        /// An executor to be killed is not registered, or is pending removal already.
        ExecutorKillIgnored {
            /// Its number.
            number: u32,
        },
        /// Executors on this host are refused from here on.
        HostExcluded {
            /// The host.
            host: Text,
        },
        /// The master answered a request.
        RequestAnswered {
            /// Whether it knew the application.
            accepted: bool,
        },
        /// A request had no answer.
        RequestFailed,
        /// The connection to the worker that started this process ended; it exits with 255.
        WorkerLost,
    }
}

events! {
    /// What an executor's process reports.
    ExecutorEvent {
        /// Its driver accepted it.
        RegisteredWithDriver,
        /// Its driver refused it; it exits with 1.
        RefusedByDriver,
        /// Its driver cannot be reached or is gone; it exits with 1.
        DriverLost,
        /// Its driver told it to stop; it exits with 0.
        StopOrdered,
        /// The connection to the worker that started it ended; it exits with 255.
        WorkerLost,
    }
}

events! {
    /// What a submit client reports.
    ClientEvent {
        /// The masters are asked to run a driver.
        SubmissionRequested,
        /// A master queued the driver.
        SubmissionAccepted {
            /// The driver.
            driver: DriverId,
        },
        /// The masters are asked to kill a driver.
        KillRequested {
            /// The driver.
            driver: DriverId,
        },
        /// A master answered a kill request.
        KillAnswered {
            /// The driver.
            driver: DriverId,
            /// Whether it was passed on.
            success: bool,
        },
        /// A master that does not lead refused.
        StandbyAnswered,
        /// A master that leads refused.
        RequestRefused,
        /// A master knows the driver.
        StatusFound {
            /// The driver.
            driver: DriverId,
            /// Its state.
            state: DriverState,
        },
        /// A leading master does not know the driver.
        StatusUnknown {
            /// The driver.
            driver: DriverId,
        },
        /// What the driver met with: a master reports an exception with its status.
        DriverExceptionReported {
            /// The driver.
            driver: DriverId,
        },
        /// A request to a master had no answer.
        RequestFailed {
            /// Which master.
            master: Address,
        },
        /// A master is given up.
        MasterLost {
            /// Which master.
            master: Address,
        },
    }
}
