//! The faults of a scenario and what they aim at. Plain data; what a fault does to the network
//! and to processes is in `fault.rs` of the crate.

use super::LatencyPlan;
use deploysim_protocol::state::{
    ApplicationState, DriverState, ExecutorState, MasterState, WorkerState,
};
use deploysim_protocol::time::Time;
use std::fmt;
use std::time::Duration;

/// The name of the election service.
pub const ELECTION: &str = "election";

/// The word for the master that leads.
pub const LEADER: &str = "leader";

/// One thing that can be hit: a node, a process, or every living copy of one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// The election service.
    Election,
    /// The master that leads at that moment: the last that became ALIVE and has not ended.
    Leader,
    /// A master.
    Master(String),
    /// A worker. In network faults: its machine, with all child processes.
    Worker(String),
    /// An application on a machine of its own.
    Application(String),
    /// The process of a submitted driver.
    Driver {
        /// The driver's name.
        name: String,
        /// Which of its processes, from 1; `None`: every living one.
        copy: Option<u32>,
    },
    /// An executor's process.
    Executor {
        /// The application's name in the scenario.
        application: String,
        /// Its number; `None`: every living one.
        number: Option<u32>,
    },
}

/// One or more targets, each once, never none.
pub type Targets = Vec<Target>;

/// As a scenario file names it.
impl fmt::Display for Target {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Election => formatter.pad(ELECTION),
            Self::Leader => formatter.pad(LEADER),
            Self::Master(name) | Self::Worker(name) | Self::Application(name) => {
                formatter.pad(name)
            }
            Self::Driver { name, copy: None } => write!(formatter, "driver:{name}"),
            Self::Driver {
                name,
                copy: Some(copy),
            } => write!(formatter, "driver:{name}#{copy}"),
            Self::Executor {
                application,
                number: Some(number),
            } => {
                write!(formatter, "executor:{application}/{number}")
            }
            Self::Executor {
                application,
                number: None,
            } => {
                write!(formatter, "executor:{application}/*")
            }
        }
    }
}

/// One thing that goes wrong.
#[derive(Clone, Debug, PartialEq)]
pub struct FaultPlan {
    /// When it begins.
    pub start: FaultStart,
    /// When it ends.
    pub end: FaultEnd,
    /// Whether it comes again.
    pub repeat: Option<Repeat>,
    /// What it is.
    pub word: FaultWord,
}

/// When a fault begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultStart {
    /// At this instant.
    At(Time),
    /// When something happens.
    On(Trigger),
}

/// When a fault ends. Every fault ends with the fault phase at the latest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultEnd {
    /// With the fault phase. A crashed process does not come back.
    Never,
    /// It has no duration.
    AtOnce,
    /// At this instant.
    At(Time),
    /// This long after it began.
    After(Duration),
}

/// A fault that comes again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Repeat {
    /// From one beginning to the next.
    pub every: Duration,
    /// The last instant at which it may begin; `None`: the end of the fault phase.
    pub until: Option<Time>,
}

/// The event that sets off a fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trigger {
    /// What happens.
    pub event: TriggerEvent,
    /// Which occurrence counts, from 1.
    pub nth: u32,
    /// How long after it the fault begins.
    pub after: Duration,
}

/// An event that can set off a fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TriggerEvent {
    /// A master enters a state.
    Master {
        /// Its name.
        name: String,
        /// The state.
        state: MasterState,
    },
    /// A worker enters a state at the leader.
    Worker {
        /// Its name.
        name: String,
        /// The state.
        state: WorkerState,
    },
    /// An application enters a state at the leader.
    Application {
        /// Its name in the scenario.
        name: String,
        /// The state.
        state: ApplicationState,
    },
    /// A submitted driver enters a state at the leader.
    Driver {
        /// Its name.
        name: String,
        /// The state.
        state: DriverState,
    },
    /// An executor enters a state at the leader.
    Executor {
        /// Its application's name in the scenario.
        application: String,
        /// Its number; `None`: any.
        number: Option<u32>,
        /// The state.
        state: ExecutorState,
    },
    /// A master calls its store; the trigger's `nth` counts the calls of all its processes. The
    /// call does not happen. Only for faults that end that master.
    StoreCall {
        /// The master's name.
        name: String,
    },
    /// A message is handed to its receiver.
    Message {
        /// Its kind, as in Spark.
        kind: &'static str,
        /// Senders; empty: any.
        from: Targets,
        /// Receivers; empty: any.
        to: Targets,
    },
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq)]
pub enum FaultWord {
    /// Nothing crosses between two groups.
    Partition {
        /// The first group.
        first: Targets,
        /// The second group.
        second: Targets,
        /// Which way is cut.
        direction: Direction,
    },
    /// Extra latency.
    Delay {
        /// The first group.
        first: Targets,
        /// The second group.
        second: Targets,
        /// Which way is slow.
        direction: Direction,
        /// How much, drawn for each unit that is sent.
        amount: LatencyPlan,
    },
    /// Connections between two groups break.
    Reset {
        /// The first group.
        first: Targets,
        /// The second group.
        second: Targets,
        /// Who is told.
        told: Told,
    },
    /// One message is touched at its receiver's lane.
    Message {
        /// Its kind, as in Spark.
        kind: &'static str,
        /// Senders; empty: any.
        from: Targets,
        /// Receivers; empty: any.
        to: Targets,
        /// The first one that is touched, from 1, counted from the fault's beginning.
        nth: u32,
        /// How many are touched, from that one on.
        count: u32,
        /// What is done to it.
        action: MessageAction,
    },
    /// Processes end; [`FaultEnd`] says when they are started again.
    Crash {
        /// Which.
        targets: Targets,
        /// What becomes of the disk.
        disk: Disk,
    },
    /// Machines are without power: every process on them is gone, nobody is told, and what was
    /// not safe on their disks is lost. When it ends, the named processes are started again,
    /// unless it is without an end.
    PowerLoss {
        /// The processes after which the machines are named.
        targets: Targets,
    },
    /// Something is wrong with the disks of masters.
    Disk {
        /// Which masters.
        targets: Targets,
        /// What.
        trouble: DiskTrouble,
    },
    /// Processes stand still and go on when the fault ends.
    Pause {
        /// Which.
        targets: Targets,
        /// Probability that an overdue timer is handled before a queued message.
        timers_first: f64,
    },
    /// A process ends with an exit code of its own.
    Exit {
        /// Which: applications, drivers or executors.
        targets: Targets,
        /// The code.
        code: i32,
    },
}

impl FaultWord {
    /// The fault word, as scenario files have it.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Partition { .. } => "partition",
            Self::Delay { .. } => "delay",
            Self::Reset { .. } => "reset",
            Self::Message { .. } => "message",
            Self::Crash { .. } => "crash",
            Self::PowerLoss { .. } => "power_loss",
            Self::Disk { .. } => "disk",
            Self::Pause { .. } => "pause",
            Self::Exit { .. } => "exit",
        }
    }
}

/// Which way between two groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Both ways.
    Both,
    /// Only what the first group sends to the second.
    To,
}

/// Which end of a broken connection is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// Both.
    Both,
    /// Neither.
    None,
    /// This one.
    One(Target),
}

/// What becomes of a crashed process's disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disk {
    /// It is there after the restart.
    Kept,
    /// It is lost.
    Wiped,
}

impl Disk {
    /// Whether the file says `wipe = true`.
    pub(in crate::scenario) const fn of(wipe: bool) -> Self {
        match wipe {
            true => Self::Wiped,
            false => Self::Kept,
        }
    }
}

/// What is wrong with a disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiskTrouble {
    /// Each operation takes this much longer.
    Slow(Duration),
    /// Nothing can be written.
    Full,
    /// Every operation fails.
    Failing,
    /// Only a part of each write reaches the disk, and nobody is told.
    Torn,
}

impl DiskTrouble {
    /// The word, as scenario files have it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Slow(_) => "slow",
            Self::Full => "full",
            Self::Failing => "failing",
            Self::Torn => "torn",
        }
    }
}

/// What is done to a message at its receiver's lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MessageAction {
    /// It is removed.
    Drop,
    /// It and what follows in its lane is held this long.
    Delay(Duration),
    /// It is handled twice.
    Duplicate,
    /// It changes places with the next.
    Reorder,
}

/// What it does, in a few words: `partition worker-2 | master-1`.
impl fmt::Display for FaultWord {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Partition {
                first,
                second,
                direction,
            } => write!(formatter, "partition {}", groups(first, second, *direction)),
            Self::Delay {
                first,
                second,
                direction,
                ..
            } => write!(formatter, "delay {}", groups(first, second, *direction)),
            Self::Reset { first, second, .. } => {
                write!(
                    formatter,
                    "reset {}",
                    groups(first, second, Direction::Both)
                )
            }
            Self::Message { kind, action, .. } => match action {
                MessageAction::Drop => write!(formatter, "drop {kind}"),
                MessageAction::Delay(_) => write!(formatter, "hold {kind}"),
                MessageAction::Duplicate => write!(formatter, "duplicate {kind}"),
                MessageAction::Reorder => write!(formatter, "reorder {kind}"),
            },
            Self::Crash { targets, .. } => write!(formatter, "crash {}", listed(targets)),
            Self::PowerLoss { targets } => write!(formatter, "power_loss {}", listed(targets)),
            Self::Disk { targets, trouble } => {
                write!(formatter, "disk {} {}", listed(targets), trouble.word())
            }
            Self::Pause { targets, .. } => write!(formatter, "pause {}", listed(targets)),
            Self::Exit { targets, code } => {
                write!(formatter, "exit {} with {code}", listed(targets))
            }
        }
    }
}

fn groups(first: &[Target], second: &[Target], direction: Direction) -> String {
    let between = match direction {
        Direction::Both => "|",
        Direction::To => "->",
    };
    format!("{} {between} {}", listed(first), listed(second))
}

/// The targets by name; of many, the first three and how many more there are.
fn listed(targets: &[Target]) -> String {
    let shown = targets.iter().take(3).map(ToString::to_string);
    let mut text = shown.collect::<Vec<_>>().join(", ");
    if targets.len() > 3 {
        text.push_str(&format!(" and {} more", targets.len() - 3));
    }
    text
}
