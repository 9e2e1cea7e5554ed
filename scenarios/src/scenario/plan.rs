//! The checked form of a scenario: plain data in which every name exists and every default is
//! filled in. A world is built from it; how it is written in a file is not known here.
//!
//! Names are texts as in the file; lists are in the order of the file.

mod expect;
mod failures;
mod fault;
mod nemesis;
mod network;
mod work;
mod workload;

pub use expect::{Claim, ExpectationPlan, Quantity, Window};
pub use failures::{Breakdown, FailureUnit, FailuresPlan};
pub use fault::{
    Direction, Disk, DiskTrouble, ELECTION, FaultEnd, FaultPlan, FaultStart, FaultWord, LEADER,
    MessageAction, Repeat, Target, Targets, Told, Trigger, TriggerEvent,
};
pub use nemesis::RandomFault;
pub use network::{LatencyPlan, LinkPlan, NetworkPlan};
pub use work::{
    AfterCodes, ApplicationEnd, ApplicationPlan, ApplicationWork, ExecutorExits, KillExecutorsPlan,
    KilledTotals, Operation, OperationPlan, ProfilePlan, RequestExecutorsPlan, SubmittedDriverPlan,
    Supervision, TASKS_DRAWN_MAX, TasksPlan, When,
};

pub use workload::{
    AmountPlan, Arrivals, JOBS_MAX, JobClass, JobHost, JobLength, Pace, WorkloadPlan,
};

use deploysim_nodes::store::Writes;
use deploysim_protocol::behaviour::Behaviour;
use deploysim_protocol::conf::Conf;
use deploysim_protocol::time::Time;
use std::collections::BTreeMap;
use std::time::Duration;

/// One scenario, checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// A sentence that says what happens.
    pub title: String,
    /// The method of Spark that it shows, in free text.
    pub spark: Option<String>,
    /// The seed of a run that is given no other.
    pub seed: u64,
    /// The end of the fault phase: remaining faults are lifted and no new work arrives.
    pub until: Time,
    /// How the run goes on after `until`.
    pub settle: Settle,
    /// How the nodes behave.
    pub behaviour: Behaviour,
    /// The violations without which a test of this scenario fails.
    pub expected_violations: Vec<ExpectedViolation>,
    /// Ids of known defects whose violations do not fail a test of this scenario.
    pub tolerated: Vec<String>,
    /// The machines.
    pub cluster: ClusterPlan,
    /// How bytes travel.
    pub network: NetworkPlan,
    /// How processes start and end.
    pub process: ProcessPlan,
    /// The persistence engine.
    pub store: StorePlan,
    /// The election service; none unless the recovery mode is ZOOKEEPER.
    pub election: Option<ElectionPlan>,
    /// Spark's configuration, the same for every node.
    pub conf: Conf,
    /// What is asked for as recovery mode, where the configuration has NONE in its place: CUSTOM,
    /// which cannot be played, or a word that Spark does not know.
    pub mode_not_played: Option<String>,
    /// Applications on machines of their own.
    pub applications: Vec<ApplicationPlan>,
    /// Drivers that a submit client hands to the master.
    pub drivers: Vec<SubmittedDriverPlan>,
    /// Jobs that arrive at random. Before a run is played, [`crate::workload::drawn`] makes
    /// ordinary applications and drivers of them.
    pub workloads: Vec<WorkloadPlan>,
    /// What the operator does.
    pub operations: Vec<OperationPlan>,
    /// What goes wrong.
    pub faults: Vec<FaultPlan>,
    /// What goes wrong at random, in the order of their kinds. Before a run is played,
    /// [`crate::nemesis::drawn`] makes ordinary faults of it.
    pub nemesis: Vec<RandomFault>,
    /// Machines that fail and are repaired. Before a run is played, [`crate::failures::drawn`]
    /// makes ordinary faults of it.
    pub failures: Vec<FailuresPlan>,
    /// What must hold beyond the invariants.
    pub expectations: Vec<ExpectationPlan>,
}

/// How a run goes on after the fault phase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settle {
    /// Until every pending liveness obligation is decided, at most for the largest bound in
    /// force.
    UntilDecided,
    /// As [`Settle::UntilDecided`], but at most this long.
    AtMost(Duration),
    /// Not at all: liveness is not checked, and the output says so.
    Off,
}

/// A violation that real Spark shows too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedViolation {
    /// The invariant's id, for instance `INV-L1`.
    pub invariant: String,
    /// The defect's id, for instance `RD-19`.
    pub defect: String,
    /// How often it is seen.
    pub frequency: Frequency,
}

/// Over which seeds something must be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frequency {
    /// On every seed.
    Always,
    /// On at least one seed of a test.
    Sometimes,
}

/// The machines of a scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterPlan {
    /// Names of the masters: `master-1`.
    pub masters: Vec<String>,
    /// The workers.
    pub workers: Vec<WorkerPlan>,
}

/// One worker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkerPlan {
    /// Its node name, and the name of its host.
    pub name: String,
    /// When its process starts.
    pub at: Time,
    /// Cores that it offers.
    pub cores: u32,
    /// Memory that it offers, in MiB.
    pub memory_mib: u32,
    /// Named resources that it offers: how many addresses of each.
    pub resources: BTreeMap<String, u32>,
}

/// How processes of drivers and executors start and end.
#[derive(Clone, Debug, PartialEq)]
pub struct ProcessPlan {
    /// Time from the order to the running process.
    pub start: LatencyPlan,
    /// Time that a process needs to obey a polite signal.
    pub stop: LatencyPlan,
}

/// The persistence engine's timing, and what it waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StorePlan {
    /// Time of one call; in recovery mode ZOOKEEPER, of one request.
    pub call: Duration,
    /// Whether a call waits until what it has written is safe.
    pub writes: Writes,
}

/// The election service, and how Masters keep in touch with it.
#[derive(Clone, Debug, PartialEq)]
pub struct ElectionPlan {
    /// How long a session lives after it was heard of last.
    pub session_timeout: Duration,
    /// How long a master waits for an answer.
    pub connection_timeout: Duration,
    /// From the loss of the connection until word of it reaches the master's agent.
    pub suspend_delay: LatencyPlan,
    /// From a change of the latch until the agent is called back.
    pub callback_delay: LatencyPlan,
}

impl Plan {
    /// The worker called `name`.
    pub fn worker(&self, name: &str) -> Option<&WorkerPlan> {
        self.cluster
            .workers
            .iter()
            .find(|worker| worker.name == name)
    }

    /// Every application with the process that hosts it: those of their own, then those inside
    /// submitted drivers, each in the order of the file.
    pub fn application_works(&self) -> impl Iterator<Item = (Target, &ApplicationWork)> {
        let own = self.applications.iter().map(|application| {
            (
                Target::Application(application.work.name.clone()),
                &application.work,
            )
        });
        let hosted = self.drivers.iter().filter_map(|driver| {
            let (_, work) = driver.application.as_ref()?;
            Some((
                Target::Driver {
                    name: driver.name.clone(),
                    copy: None,
                },
                work,
            ))
        });
        own.chain(hosted)
    }
}
