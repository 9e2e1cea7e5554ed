//! What the transcripts have to show: every kind of message, question, timer, operation, note
//! and exception, and the words of every refusal.

use deploysim_nodes::driver::{DriverOperation, DriverTimer};
use deploysim_nodes::election::ElectionTimer;
use deploysim_nodes::executor::ExecutorOperation;
use deploysim_nodes::master::{MasterOperation, MasterTimer};
use deploysim_nodes::submission::ClientTimer;
use deploysim_nodes::worker::{WorkerOperation, WorkerTimer};
use deploysim_protocol::event::{
    ClientEvent, DriverEvent, ElectionEvent, ExecutorEvent, MasterEvent, WorkerEvent,
};
use deploysim_protocol::message::{
    Answer, AskDriver, AskElection, AskMaster, AskWorker, ToDriver, ToElection, ToExecutor,
    ToMaster, ToWorker,
};
use deploysim_protocol::thrown::{AskError, Thrown};
use std::collections::BTreeSet;

/// Lists the variants of an enumeration, and does not compile if one is left out.
macro_rules! variants {
    ($($of:literal $type:ident { $($variant:ident)* })*) => {
        const VARIANTS: &[(&str, &[&str])] = &[$(($of, &[$(stringify!($variant)),*])),*];
        $(
            const _: fn(&$type) = |value| match value {
                $($type::$variant { .. } => {})*
            };
        )*
    };
}

variants! {
    "ToMaster" ToMaster {
        RegisterWorker Heartbeat DriverStateChanged WorkerSchedulerStateResponse WorkerLatestState
        WorkerDecommissioning RegisterApplication UnregisterApplication MasterChangeAcknowledged
        DecommissionWorkers LatchChanged ElectedLeader RevokedLeadership
    }
    "AskMaster" AskMaster {
        ExecutorStateChanged RequestExecutors KillExecutors RequestSubmitDriver RequestKillDriver
        RequestKillAllDrivers RequestDriverStatus RequestClearCompletedDriversAndApps RequestReadyz
        RequestMasterState BoundPortsRequest DecommissionWorkersOnHosts
    }
    "ToWorker" ToWorker {
        RegisteredWorker RegisterWorkerFailed MasterInStandby ReconnectWorker LaunchExecutor
        KillExecutor LaunchDriver KillDriver ApplicationFinished DecommissionWorker MasterChanged
        ExecutorStateChanged DriverStateChanged
    }
    "AskWorker" AskWorker { RequestWorkerState }
    "ToDriver" ToDriver {
        RegisteredApplication ExecutorAdded ExecutorUpdated ApplicationRemoved WorkerRemoved
        MasterChanged
    }
    "AskDriver" AskDriver { RegisterExecutor }
    "ToExecutor" ToExecutor { StopExecutor }
    "ToElection" ToElection { CloseSession }
    "AskElection" AskElection { OpenSession PingSession EnterLatch ReadLatch }
    "Timer" MasterTimer { CheckForWorkerTimeOut CompleteRecovery Election }
    "Timer" ElectionTimer { ExpireSession }
    "Timer" WorkerTimer {
        SendHeartbeat ReregisterWithMaster WorkDirCleanup RetryReport RestartDriver
        DriverTermination ExecutorTermination
    }
    "Timer" DriverTimer { RegistrationTimeOut }
    "Timer" ClientTimer { MonitorDriver }
    "MasterOperation" MasterOperation { KillApplication }
    "WorkerOperation" WorkerOperation { Decommission StopPolitely }
    "DriverOperation" DriverOperation {
        RequestExecutors RequestTotalExecutors KillExecutors ExcludeHost Finish
    }
    "ExecutorOperation" ExecutorOperation { Finish }
    "Thrown" Thrown {
        IllegalStateTransfer UnexpectedDriverState Store Unhandled DuplicateExecutor
        ExecutorExcluded IllegalArgument
    }
    "AskError" AskError { TimedOut Connection Remote }
}

/// Answers are named as in Spark, so the names are not those of the variants.
const ANSWERS: [&str; 11] = [
    "Boolean",
    "Integer",
    "SubmitDriverResponse",
    "KillDriverResponse",
    "KillAllDriversResponse",
    "DriverStatusResponse",
    "BoundPortsResponse",
    "MasterStateResponse",
    "WorkerStateResponse",
    "SessionResponse",
    "LatchResponse",
];

const _: fn(&Answer) = |value| match value {
    Answer::Flag(_)
    | Answer::Count(_)
    | Answer::SubmitDriver(_)
    | Answer::KillDriver(_)
    | Answer::KillAllDrivers(_)
    | Answer::DriverStatus(_)
    | Answer::BoundPorts(_)
    | Answer::MasterState(_)
    | Answer::WorkerState(_)
    | Answer::Session(_)
    | Answer::Latch(_) => {}
};

/// The words of every refusal, and what an order that is ignored is ignored for.
const REFUSALS: &[&str] = &[
    "RegisterWorkerFailed \"Attempted to re-register worker at same address: worker-1:7078\"",
    "RegisterWorkerFailed \"Duplicate worker ID\"",
    "MasterInStandby",
    "Current state is not alive: STANDBY. Can only accept driver submissions in ALIVE state.",
    "Current state is not alive: STANDBY. Can only kill drivers in ALIVE state.",
    "Current state is not alive: STANDBY. Can only request driver status in ALIVE state.",
    "Current state is not alive: RECOVERING. Can only accept driver submissions in ALIVE state.",
    "has already finished or does not exist",
    "found=false",
    "Duplicate executor ID: 0",
    "Executor is excluded due to failures: 0",
    "state transfer from RUNNING to RUNNING is illegal",
    "Received unexpected state update for driver",
    "a negative number of executors was requested",
    "reason=standby",
    "reason=same-address",
    "reason=duplicate-id",
    "reason=silent",
    "reason=disassociated",
    "reason=replaced",
    "reason=not-responding",
    "reason=unresponsive",
    "reason=removed",
    "reason=stopped",
    "OrderIgnored order=LaunchExecutor reason=wrong-master",
    "OrderIgnored order=LaunchExecutor reason=decommissioned",
    "OrderIgnored order=KillExecutor reason=wrong-master",
    "OrderIgnored order=KillExecutor reason=unknown",
    "OrderIgnored order=KillDriver reason=unknown",
    "OrderIgnored order=DecommissionWorker reason=disabled",
    "OrderIgnored order=DecommissionWorker reason=redundant",
    "OrderIgnored order=RegisterWorkerFailed reason=redundant",
    "OrderIgnored order=MasterInStandby reason=redundant",
];

/// What no cluster of nodes can bring about: a worker takes orders only from a master that it
/// follows, so it has one to report to; and a master refuses a submission only for not leading.
const IMPOSSIBLE: [&str; 2] = ["WorkerEvent::ReportDropped", "ClientEvent::RequestRefused"];

/// What was never shown, and what was shown although it is impossible.
pub(super) fn missing(seen: &BTreeSet<String>, pages: &str) -> Vec<String> {
    let mut wanted: Vec<String> = Vec::new();
    let answers = ("Answer", &ANSWERS[..]);
    let notes = [
        ("MasterEvent", MasterEvent::KINDS),
        ("WorkerEvent", WorkerEvent::KINDS),
        ("DriverEvent", DriverEvent::KINDS),
        ("ExecutorEvent", ExecutorEvent::KINDS),
        ("ClientEvent", ClientEvent::KINDS),
        ("ElectionEvent", ElectionEvent::KINDS),
    ];
    for (of, kinds) in VARIANTS.iter().copied().chain([answers]).chain(notes) {
        wanted.extend(kinds.iter().map(|kind| format!("{of}::{kind}")));
    }
    wanted.retain(|kind| seen.contains(kind) == IMPOSSIBLE.contains(&kind.as_str()));
    let refusals = REFUSALS.iter().filter(|words| !pages.contains(**words));
    wanted.extend(refusals.map(|words| (*words).to_owned()));
    wanted
}
