//! The known defects of the protocol: historic ones (KB), those of the baseline (RD), and those
//! that were found here (ND). A violation whose marks fit a defect's pattern is explained by it;
//! whether that makes it acceptable is for the scenario to say.

mod historic;
#[cfg(test)]
mod tests;

use crate::invariant::Violation;

/// One known defect of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Defect {
    /// Its id: `KB-nn`, `RD-nn` or `ND-nn`.
    pub id: &'static str,
    /// What goes wrong, in one sentence.
    pub sentence: &'static str,
    /// Where it is from: the public issue, or the method of Spark that was read.
    pub source: &'static str,
    /// By which violations it shows: the invariant, and the mark that the violation carries; an
    /// empty mark stands for any.
    pub shows: &'static [Sign],
}

/// A pattern of violations: the invariant's id, and a mark.
pub type Sign = (&'static str, &'static str);

/// Every known defect: historic ones, those of the baseline, those that were found here.
pub fn all() -> impl Iterator<Item = &'static Defect> {
    historic::HISTORIC.iter().chain(BASELINE)
}

/// The defect of this id.
pub fn known(id: &str) -> Option<&'static Defect> {
    all().find(|defect| defect.id == id)
}

impl Defect {
    /// Whether the evidence of `violation` is what this defect leaves behind.
    pub fn explains(&self, violation: &Violation) -> bool {
        self.shows.iter().any(|(invariant, mark)| {
            *invariant == violation.invariant && (mark.is_empty() || violation.marks.contains(mark))
        })
    }
}

/// The defects whose evidence fits `violation`, in order of the tables.
pub fn explaining(violation: &Violation) -> impl Iterator<Item = &'static Defect> {
    all().filter(move |defect| defect.explains(violation))
}

/// The defects of the baseline, v4 unless the sentence says otherwise, and those found here.
const BASELINE: &[Defect] = &[
    Defect {
        id: "RD-01",
        sentence: "The answer to a report of RUNNING is lost; each retry is refused by the master's own assertion, and after the fifth the worker exits.",
        source: "Master.receiveAndReply, Worker.syncExecutorStateWithMaster",
        shows: &[
            ("INV-L7", "reports-given-up"),
            ("INV-X2", "running-twice"),
            ("INV-M4", "running-twice"),
        ],
    },
    Defect {
        id: "RD-02",
        sentence: "Orders to launch and to kill, and reports of a driver's end, are neither acknowledged nor repeated: one that is lost leaves the books of master and worker apart for ever.",
        source: "Master.launchExecutor, Master.launchDriver, Worker.handleDriverStateChanged",
        shows: &[
            ("INV-C2", ""),
            ("INV-W2", "lasting"),
            ("INV-X1", "order-lost"),
            ("INV-L3", "order-lost"),
            ("INV-D4", "report-lost"),
            ("INV-D7", ""),
            ("INV-A3", "kill-lost"),
            ("INV-G1", "kill-lost"),
            ("INV-D5", "kill-lost"),
        ],
    },
    Defect {
        id: "RD-03",
        sentence: "A client that registers again before it was answered adopts an id that the master never entered into its books.",
        source: "Master.receive, RegisterApplication; Master.registerApplication",
        shows: &[
            ("INV-A1", "second-id"),
            ("INV-A2", "never-in-the-books"),
            ("INV-L6", "never-in-the-books"),
            ("INV-R1", "phantom"),
        ],
    },
    Defect {
        id: "RD-04",
        sentence: "A driver that waits during a fail-over ends as ERROR, or under another id, because no worker claims it.",
        source: "Master.completeRecovery",
        shows: &[("INV-D8", ""), ("INV-G3", "waiting")],
    },
    Defect {
        id: "RD-05",
        sentence: "A client whose application was finished because its connection broke is told nothing, waits for a new leader, and never registers again.",
        source: "Master.finishApplication, StandaloneAppClient.onDisconnected",
        shows: &[
            ("INV-A5", "finished-silently"),
            ("INV-A2", "finished-silently"),
            ("INV-L6", "finished-silently"),
            ("INV-A2", "master-restarted"),
            ("INV-L6", "master-restarted"),
        ],
    },
    Defect {
        id: "RD-06",
        sentence: "With the ZooKeeper engine the removal of a decommissioned worker fails half-way, because its record is gone already, and nothing is scheduled.",
        source: "Master.removeWorker",
        shows: &[("INV-L4", "record-gone"), ("INV-M4", "record-gone")],
    },
    Defect {
        id: "RD-07",
        sentence: "When the store fails while something is added, it stays in the books half-registered: not stored, or not answered.",
        source: "Master.registerWorker, Master.registerApplication, Master.createDriver",
        shows: &[
            ("INV-R1", "unstored"),
            ("INV-M4", "add-failed"),
            ("INV-A1", "first-unstored"),
        ],
    },
    Defect {
        id: "RD-08",
        sentence: "A decommissioned worker that registers again is ALIVE to the master, gets orders, and drops those for executors silently.",
        source: "Worker.receive, LaunchExecutor; Master.registerWorker",
        shows: &[
            ("INV-W5", "came-back"),
            ("INV-X1", "decommissioned"),
            ("INV-C2", "decommissioned"),
        ],
    },
    Defect {
        id: "RD-09",
        sentence: "Two masters that share a store can issue one id twice within a second of the clock.",
        source: "Master.newDriverId, Master.newApplicationId",
        shows: &[
            ("INV-I1", "again"),
            ("INV-D1", "id-again"),
            ("INV-M4", "id-again"),
        ],
    },
    Defect {
        id: "RD-10",
        sentence: "A worker that a new leader adopted before it was ever registered sends no heartbeats and is declared DEAD.",
        source: "Worker.handleRegisterResponse, MasterChanged",
        shows: &[("INV-L1", "never-registered")],
    },
    Defect {
        id: "RD-11",
        sentence: "Up to v3 each acknowledged registration starts another heartbeat timer.",
        source: "Worker.handleRegisterResponse, RegisteredWorker",
        shows: &[("INV-W6", "")],
    },
    Defect {
        id: "RD-12",
        sentence: "A worker that the new leader does not know goes on asking only the old one, and gives up.",
        source: "Worker.reregisterWithMaster",
        shows: &[
            ("INV-L1", "follows-another"),
            ("INV-L7", "follows-another"),
            ("INV-D2", "follows-another"),
            ("INV-G1", "follows-another"),
            ("INV-G2", "follows-another"),
        ],
    },
    Defect {
        id: "RD-13",
        sentence: "The submitter of a driver that was relaunched can follow only the old id.",
        source: "Master.relaunchDriver, ClientEndpoint.monitorDriverStatus",
        shows: &[("INV-Q3", "")],
    },
    Defect {
        id: "RD-14",
        sentence: "Orders about drivers are obeyed whichever master sends them.",
        source: "Worker.receive, LaunchDriver and KillDriver",
        shows: &[("INV-M2", "driver-order"), ("INV-D2", "two-masters")],
    },
    Defect {
        id: "RD-15",
        sentence: "After a fail-over the numbers of executors that had ended are given out again.",
        source: "ApplicationInfo.newExecutorId",
        shows: &[("INV-I2", "again")],
    },
    Defect {
        id: "RD-16",
        sentence: "A worker's recovery answer that comes twice, or late, is added to the books a second time.",
        source: "Master.receive, WorkerSchedulerStateResponse",
        shows: &[
            ("INV-C1", "late-answer"),
            ("INV-C3", "late-answer"),
            ("INV-C4", "late-answer"),
            ("INV-M4", "refused"),
        ],
    },
    Defect {
        id: "RD-17",
        sentence: "A killed executor's cores are given away before its process is gone.",
        source: "Master.killExecutor",
        shows: &[("INV-W2", "after-kill")],
    },
    Defect {
        id: "RD-18",
        sentence: "A new leader does not know that a worker was decommissioned, nor its drivers, which it ends or starts a second time.",
        source: "Master.decommissionWorker, Master.completeRecovery",
        shows: &[("INV-D2", "decommissioned"), ("INV-G3", "unclaimed")],
    },
    Defect {
        id: "RD-19",
        sentence: "A worker that was forgotten while its connection stayed open is ignored for ever and never registers again.",
        source: "Master.timeOutDeadWorkers, Master.receive, Heartbeat",
        shows: &[
            ("INV-L1", "forgotten"),
            ("INV-G1", "forgotten"),
            ("INV-G2", "forgotten"),
            ("INV-D2", "forgotten"),
            ("INV-X5", "forgotten"),
        ],
    },
    Defect {
        id: "RD-20",
        sentence: "A child that is still starting when its worker dies has nobody to watch for and runs on.",
        source: "WorkerWatcher",
        shows: &[
            ("INV-P1", "was-starting"),
            ("INV-D2", "orphan"),
            ("INV-X5", "orphan"),
            ("INV-A3", "orphan"),
        ],
    },
    Defect {
        id: "ND-01",
        sentence: "Decommissioning a worker takes its executors from their applications and schedules nothing, so a free worker stays idle until something else happens.",
        source: "Master.decommissionWorker",
        shows: &[("INV-L4", "after-decommission")],
    },
    Defect {
        id: "ND-02",
        sentence: "A driver whose record the store has lost runs on: the worker's answer in the recovery names it, the master passes over it, and nobody orders it killed.",
        source: "Master.receive, WorkerSchedulerStateResponse",
        shows: &[("INV-D5", "passed-over")],
    },
    Defect {
        id: "ND-03",
        sentence: "A driver that succeeds while its worker is out of reach counts as lost, and runs again if it is supervised: its worker is given up first, and the report of its success names an id that is over.",
        source: "Master.removeWorker, Master.relaunchDriver",
        shows: &[("INV-D4", "report-late"), ("INV-D6", "report-late")],
    },
    Defect {
        id: "ND-04",
        sentence: "A leader whose store fails when something is removed has struck it off its books and does not do what was to follow: nobody is told, nothing is scheduled, and the next leader takes up from the store what had ended.",
        source: "Master.removeDriver, Master.removeWorker, Master.removeApplication",
        shows: &[
            ("INV-M4", "remove-failed"),
            ("INV-C1", "struck-off"),
            ("INV-A6", "cut-off"),
            ("INV-L4", "remove-failed"),
            ("INV-R1", "remove-failed"),
            ("INV-D4", "record-left"),
            ("INV-D6", "record-left"),
        ],
    },
    Defect {
        id: "ND-05",
        sentence: "A driver that is relaunched while its master recovers still waits when the recovery is completed: it is relaunched once more, goes on waiting under the id that has ended, and is launched under both.",
        source: "Master.completeRecovery, Master.relaunchDriver, Master.removeDriver",
        shows: &[
            ("INV-C1", "still-waiting"),
            ("INV-C6", "still-waiting"),
            ("INV-D1", "still-waiting"),
            ("INV-D2", "still-waiting"),
            ("INV-D3", "still-waiting"),
            ("INV-D5", "still-waiting"),
        ],
    },
];
