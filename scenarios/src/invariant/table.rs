//! The table of invariants: what must hold, where it is from, and who checks it.

use Checked::{ByTests, In, NotYet};
use Kind::{Always, Liveness, Quiescent, Trace};
use Verdict::{ByConfiguration, ByDesign, Holds, ViolatedBy};

/// When an invariant is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// After every event.
    Always,
    /// When nothing is under way.
    Quiescent,
    /// Within a time that begins when no fault is active.
    Liveness,
    /// Over the whole of what happened.
    Trace,
}

/// Who checks an invariant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Checked {
    /// This file beside the table.
    In(&'static str),
    /// Tests that compare with answers of real Spark.
    ByTests(&'static str),
    /// Nobody: it is about fail-over, or about disks, which no scenario has.
    NotYet,
}

/// Whether profile v4 keeps an invariant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It does.
    Holds,
    /// It, or an older profile, does not: by these defects.
    ViolatedBy(&'static [&'static str]),
    /// It does unless it is configured wrongly.
    ByConfiguration,
    /// It was not meant to.
    ByDesign,
}

/// One invariant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its id.
    pub id: &'static str,
    /// What must hold, in one sentence.
    pub sentence: &'static str,
    /// The methods of Spark that are to keep it.
    pub source: &'static str,
    /// When it is judged.
    pub kind: Kind,
    /// Who checks it.
    pub checked: Checked,
    /// Whether v4 keeps it.
    pub verdict: Verdict,
}

const fn row(
    id: &'static str,
    kind: Kind,
    sentence: &'static str,
    source: &'static str,
    checked: Checked,
    verdict: Verdict,
) -> Row {
    Row {
        id,
        sentence,
        source,
        kind,
        checked,
        verdict,
    }
}

/// Every invariant, and the audit.
#[rustfmt::skip]
pub const TABLE: &[Row] = &[
    row("INV-C1", Always, "What a worker has in use is the sum of what its executors and drivers hold: cores, memory and named resources.", "WorkerInfo.coresUsed, memoryUsed", In("audit.rs"), ViolatedBy(&["RD-16", "KB-10", "ND-04", "ND-05"])),
    row("INV-C2", Quiescent, "What the leader books on an ALIVE worker is what the worker has in its tables.", "Master.launchExecutor, Worker.receive", In("drift.rs"), ViolatedBy(&["RD-02", "RD-08", "KB-03", "KB-11"])),
    row("INV-C3", Always, "Cores and memory in use are neither below zero nor above what the worker has.", "WorkerInfo.coresFree, memoryFree", In("books.rs"), ViolatedBy(&["RD-16", "KB-10"])),
    row("INV-C4", Always, "An application's granted cores are those of the executors in its map, and not more than it asked for.", "ApplicationInfo.coresGranted, coresLeft", In("books.rs"), ViolatedBy(&["RD-16"])),
    row("INV-C5", Always, "An executor is in its application's map exactly if it is in its worker's map, and both add up to the same cores.", "Master.removeWorker, ApplicationInfo.removeExecutor", In("books.rs"), Holds),
    row("INV-C6", Always, "A waiting driver is in the list of drivers and has no worker; a running one has a worker.", "Master.waitingDrivers", In("books.rs"), ViolatedBy(&["ND-05"])),
    row("INV-W1", Always, "Nothing is placed on a worker that is not ALIVE to the master that places it.", "Master.schedule", In("books.rs"), Holds),
    row("INV-W2", Liveness, "The processes on a machine do not hold more than its worker offers, except for a while after a kill or a return.", "Worker.coresUsed", In("ghosts.rs"), ViolatedBy(&["RD-17", "KB-11"])),
    row("INV-W3", Always, "No two workers that are not DEAD share an address or an id.", "Master.registerWorker", In("books.rs"), Holds),
    row("INV-W4", Always, "The look-ups by id and by address find exactly the workers that are not DEAD.", "Master.idToWorker, addressToWorker", In("audit.rs"), Holds),
    row("INV-W5", Quiescent, "A worker is decommissioned to itself exactly if it is DECOMMISSIONED to the leader.", "Master.decommissionWorker, Worker.decommissionSelf", In("membership.rs"), ViolatedBy(&["RD-08", "KB-24"])),
    row("INV-W6", Always, "A worker sends at most one heartbeat per interval, those missed in a pause apart.", "Worker.handleRegisterResponse", In("heartbeats.rs"), ViolatedBy(&["RD-11"])),
    row("INV-D1", Trace, "A driver's states follow each other as allowed, and none follows a final one.", "Master.removeDriver, relaunchDriver", In("drivers.rs"), ViolatedBy(&["RD-09", "KB-01", "ND-05"])),
    row("INV-D2", Liveness, "At most one process of a submission lives once every worker is back.", "Master.relaunchDriver, DriverRunner", In("ghosts.rs"), ViolatedBy(&["RD-12", "RD-14", "RD-18", "RD-20", "KB-01", "KB-11", "KB-14", "KB-31", "ND-05"])),
    row("INV-D3", Trace, "A driver that was reported ended is not ordered again under its id.", "Master.launchDriver", In("drivers.rs"), ViolatedBy(&["KB-01", "ND-05"])),
    row("INV-D4", Liveness, "A driver whose process ended with code 0 on a worker that lived on is FINISHED in the end.", "Worker.handleDriverStateChanged", In("drift.rs"), ViolatedBy(&["KB-30", "RD-02", "ND-03", "ND-04"])),
    row("INV-D5", Liveness, "A driver's process on an ALIVE worker has a record at the leader.", "Master.receive, WorkerLatestState", In("ghosts.rs"), ViolatedBy(&["RD-02", "KB-01", "KB-11", "ND-02", "ND-05"])),
    row("INV-D6", Trace, "A driver that ended with code 0 is not run again.", "DriverRunner.start", In("drivers.rs"), ViolatedBy(&["KB-30", "ND-03", "ND-04"])),
    row("INV-D7", Liveness, "After a kill request was accepted, the driver's process is gone in time.", "Master.receiveAndReply, RequestKillDriver", In("ghosts.rs"), ViolatedBy(&["RD-02"])),
    row("INV-D8", Trace, "With a persistence engine, an accepted driver does not end as ERROR before it ever ran.", "Master.completeRecovery", In("drivers.rs"), ViolatedBy(&["RD-04"])),
    row("INV-D9", Trace, "A supervised driver is restarted after 1, 2, 4 … seconds, after 1 again once it ran for more than 5, and never after code 0 or a kill.", "DriverRunner.runCommandWithRetry", In("supervision.rs"), Holds),
    row("INV-X1", Liveness, "An executor does not stay LAUNCHING longer than its start and its report take.", "Master.launchExecutor", In("drift.rs"), ViolatedBy(&["RD-02", "RD-08", "KB-17", "KB-18"])),
    row("INV-X2", Trace, "An executor's states follow each other as allowed; RUNNING follows LAUNCHING only.", "Master.receiveAndReply, ExecutorStateChanged", In("executors.rs"), ViolatedBy(&["KB-32", "KB-41"])),
    row("INV-X3", Always, "No executor is ordered for an application that is not in the books.", "Master.launchExecutor", In("executors.rs"), Holds),
    row("INV-X4", Trace, "The limit of abnormal ends removes an application of which none runs, and none of which one runs.", "Master.receiveAndReply, ExecutorStateChanged", In("executors.rs"), ViolatedBy(&["KB-09", "KB-32"])),
    row("INV-X5", Liveness, "An executor's process belongs to an application whose driver knows it, or ends.", "CoarseGrainedSchedulerBackend.removeExecutor", In("ghosts.rs"), ViolatedBy(&["KB-12"])),
    row("INV-X6", Always, "No executor of a DEAD worker is RUNNING in the books.", "Master.removeWorker", In("books.rs"), Holds),
    row("INV-X7", Trace, "The target of a profile is what the driver asked for last.", "Master.handleRequestExecutors", In("executors.rs"), Holds),
    row("INV-X8", Always, "Without cores per executor an application gets at most one executor per worker and profile in one pass.", "Master.scheduleExecutorsOnWorkers", In("passes.rs"), Holds),
    row("INV-X9", Always, "No executor is launched beyond the target of its profile.", "Master.scheduleExecutorsOnWorkers", In("passes.rs"), Holds),
    row("INV-A1", Trace, "A client is given one application id in its life.", "Master.registerApplication, StandaloneAppClient", In("clients.rs"), ViolatedBy(&["RD-03", "RD-07", "KB-16", "KB-38"])),
    row("INV-A2", Quiescent, "The leader knows the id that a client holds.", "StandaloneAppClient.appId", In("clients.rs"), ViolatedBy(&["RD-03", "RD-05"])),
    row("INV-A3", Liveness, "An application that is over gets no executor, and its executors' processes are gone in time.", "Master.removeApplication", In("ghosts.rs"), ViolatedBy(&["RD-02"])),
    row("INV-A4", Always, "Scheduling looks at exactly the applications that are in the books.", "Master.waitingApps", In("audit.rs"), Holds),
    row("INV-A5", Liveness, "A client whose application was removed is told so.", "Master.removeApplication", In("clients.rs"), ViolatedBy(&["RD-05", "KB-42"])),
    row("INV-A6", Always, "Every application in the books is told of each removal of a worker.", "Master.removeWorker", In("notices.rs"), ViolatedBy(&["ND-04", "KB-15"])),
    row("INV-A7", Trace, "A client dies at most once, and registers no more once it is dead.", "StandaloneAppClient.markDead", In("clients.rs"), Holds),
    row("INV-M1", Always, "At most one master leads per term, as the election service sees it.", "LeaderElectionAgent", In("leadership.rs"), ByConfiguration),
    row("INV-M2", Trace, "What a master orders after its term is not obeyed.", "Worker.receive", In("orders.rs"), ViolatedBy(&["KB-22", "RD-14"])),
    row("INV-M3", Trace, "A STANDBY master only refuses.", "Master.receive", In("leadership.rs"), Holds),
    row("INV-M4", Trace, "Every handler of a master ends normally.", "Inbox.process", In("leadership.rs"), ViolatedBy(&["KB-22", "KB-27", "RD-01", "RD-06", "RD-07", "ND-04"])),
    row("INV-M5", Always, "Nothing is scheduled unless the master is ALIVE.", "Master.schedule", In("leadership.rs"), Holds),
    row("INV-M6", Trace, "A recovery is completed at most once per election.", "Master.completeRecovery", In("leadership.rs"), Holds),
    row("INV-I1", Trace, "Masters that share a store give out each driver and application id once.", "Master.newDriverId, newApplicationId", In("identities.rs"), ViolatedBy(&["RD-09"])),
    row("INV-I2", Trace, "An application's executor numbers are given out once.", "ApplicationInfo.newExecutorId", In("identities.rs"), ViolatedBy(&["RD-15"])),
    row("INV-R1", Quiescent, "The store holds what the leader's books hold.", "PersistenceEngine", In("stored.rs"), ViolatedBy(&["RD-03", "RD-07", "ND-04"])),
    row("INV-R2", Trace, "What was acknowledged is in the store.", "PersistenceEngine.addWorker", In("stored.rs"), Holds),
    row("INV-R3", Trace, "After a recovery everything was confirmed in time or is removed.", "Master.completeRecovery", In("leadership.rs"), Holds),
    row("INV-R4", Trace, "A recovery that is cut off and done again ends as one would.", "Master.beginRecovery", NotYet, ByDesign),
    row("INV-L1", Liveness, "A worker that lives and is not decommissioned is ALIVE at the leader.", "Worker.registerWithMaster, Master.receive, Heartbeat", In("membership.rs"), ViolatedBy(&["RD-10", "RD-12", "RD-19", "KB-19", "KB-23", "KB-25"])),
    row("INV-L2", Liveness, "Some master is ALIVE in time.", "Master.electedLeader", In("leadership.rs"), ViolatedBy(&["KB-27", "KB-44"])),
    row("INV-L3", Liveness, "A waiting driver is launched as soon as there is room, and a relaunched one runs.", "Master.schedule, relaunchDriver", In("demand.rs"), ViolatedBy(&["RD-02", "KB-28", "KB-33"])),
    row("INV-L4", Liveness, "An application that wants an executor gets one as soon as a worker has room.", "Master.startExecutorsOnWorkers", In("demand.rs"), ViolatedBy(&["RD-02", "RD-06", "KB-02", "KB-08", "ND-01", "ND-04"])),
    row("INV-L5", Liveness, "An elected master has recovered in time.", "Master.completeRecovery", In("leadership.rs"), ViolatedBy(&["KB-25", "KB-27"])),
    row("INV-L6", Liveness, "The application of every client that lives and was not stopped is in the leader's books.", "StandaloneAppClient", In("clients.rs"), ViolatedBy(&["RD-05", "RD-03"])),
    row("INV-L7", Trace, "No worker's process exits because of a short disturbance.", "Worker.reregisterWithMaster, syncExecutorStateWithMaster", In("exits.rs"), ViolatedBy(&["RD-01", "RD-12", "KB-39"])),
    row("INV-L8", Liveness, "A worker whose process is gone is DEAD to the leader in time, and forgotten in time.", "Master.timeOutDeadWorkers", In("membership.rs"), Holds),
    row("INV-L9", Trace, "A worker is declared DEAD for silence only if its last heartbeat is older than the time-out, in whole milliseconds.", "Master.timeOutDeadWorkers", In("heartbeats.rs"), Holds),
    row("INV-P1", Liveness, "A child's process does not outlive its worker's.", "WorkerWatcher", In("ghosts.rs"), ViolatedBy(&["RD-20", "KB-14", "KB-47"])),
    row("INV-P2", Liveness, "A process that is told to end is gone in time.", "Utils.terminateProcess", In("ghosts.rs"), Holds),
    row("INV-P3", Always, "A directory in use is not deleted.", "Worker.receive, WorkDirCleanup", NotYet, Holds),
    row("INV-G1", Liveness, "No process runs that the leader does not book; of those on its ALIVE workers INV-C2 and INV-D5 speak.", "Master.receive, WorkerLatestState", In("ghosts.rs"), ViolatedBy(&["RD-12", "RD-19", "KB-11"])),
    row("INV-G2", Liveness, "No executor stays on a worker that is DEAD to the master.", "Master.removeWorker", In("ghosts.rs"), ViolatedBy(&["RD-12", "RD-19"])),
    row("INV-G3", Trace, "A fail-over alone ends no executor and no driver.", "Master.completeRecovery", In("failover.rs"), ViolatedBy(&["RD-04", "RD-18", "KB-25"])),
    row("INV-S1", Always, "Placement is what the algorithm gives for the same inputs and draws.", "Master.scheduleExecutorsOnWorkers", ByTests("nodes/tests/it/golden.rs"), Holds),
    row("INV-S2", Always, "Without cores per executor an executor gets all cores that the algorithm can give.", "Master.scheduleExecutorsOnWorkers", ByTests("nodes/tests/it/golden.rs"), Holds),
    row("INV-S3", Always, "Not more drivers run than may run.", "Master.schedule, spark.deploy.maxDrivers", In("books.rs"), Holds),
    row("INV-S4", Always, "A later application gets nothing in a pass that an earlier one could have used.", "Master.startExecutorsOnWorkers", In("passes.rs"), Holds),
    row("INV-Q1", Trace, "A master that is not ALIVE grants no submission and no kill.", "Master.receiveAndReply", In("queries.rs"), Holds),
    row("INV-Q2", Trace, "A submission client does not fail while the leader that accepted its request lives.", "ClientEndpoint", In("queries.rs"), Holds),
    row("INV-Q3", Trace, "Who asks for a submission learns whether the work is over.", "Master.relaunchDriver, ClientEndpoint.monitorDriverStatus", In("queries.rs"), ViolatedBy(&["RD-13"])),
    row("AUDIT", Always, "A node's books are what its notes add up to.", "the interface of nodes", In("audit.rs"), Holds),
];
