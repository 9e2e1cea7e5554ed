//! What a scenario expects beyond the invariants. Plain data; judging is done over traces.

use super::{Frequency, Target, Targets};
use deploysim_protocol::conf::show_duration;
use deploysim_protocol::state::{
    ApplicationState, DriverState, ExecutorState, MasterState, WorkerState,
};
use deploysim_protocol::time::Time;
use std::fmt;

/// One expectation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectationPlan {
    /// When it must hold.
    pub window: Window,
    /// Over which seeds.
    pub frequency: Frequency,
    /// What must hold.
    pub claim: Claim,
}

/// When an expectation must hold. Both ends belong to the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// At some instant from `after` to `by`.
    By {
        /// Start of the window.
        after: Time,
        /// End of the window.
        by: Time,
    },
    /// At this instant, after everything that happens at it.
    At(Time),
    /// At every instant from `after` to `by`.
    Always {
        /// Start of the window.
        after: Time,
        /// End of the window; `None`: the end of the run.
        by: Option<Time>,
    },
    /// At no instant from `after` to `by`.
    Never {
        /// Start of the window.
        after: Time,
        /// End of the window; `None`: the end of the run.
        by: Option<Time>,
    },
}

/// A range of counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quantity {
    /// The least.
    pub at_least: u64,
    /// The most; `None`: any.
    pub at_most: Option<u64>,
}

impl Quantity {
    /// Exactly `count`.
    pub const fn exactly(count: u64) -> Self {
        Self {
            at_least: count,
            at_most: Some(count),
        }
    }

    /// Whether `count` is in the range.
    pub fn holds(self, count: u64) -> bool {
        count >= self.at_least && self.at_most.is_none_or(|most| count <= most)
    }
}

/// What must hold. States, cores and lists are the leader's books. Fields that are `None` ask
/// for nothing. With `count`, that many of the named things must fit, otherwise all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// About masters.
    Master {
        /// Which.
        names: Vec<String>,
        /// How many of them.
        count: Option<Quantity>,
        /// What each does.
        state: Option<MasterState>,
    },
    /// About workers.
    Worker {
        /// Which.
        names: Vec<String>,
        /// How many of them.
        count: Option<Quantity>,
        /// Its state. A worker that is not listed has none.
        state: Option<WorkerState>,
        /// Whether the master lists it, also as DEAD.
        listed: Option<bool>,
        /// Cores in use.
        cores_used: Option<Quantity>,
        /// Memory in use, in MiB.
        memory_used_mib: Option<Quantity>,
        /// How many executors are booked on it.
        executors: Option<Quantity>,
        /// How many submitted drivers are booked on it.
        drivers: Option<Quantity>,
    },
    /// About submitted drivers. After a relaunch the newest id counts.
    Driver {
        /// Which.
        names: Vec<String>,
        /// How many of them.
        count: Option<Quantity>,
        /// Its state.
        state: Option<DriverState>,
        /// The worker that it is booked on.
        worker: Option<String>,
        /// How many ids the master has made for it.
        ids: Option<Quantity>,
        /// How many of its processes live.
        copies: Option<Quantity>,
    },
    /// About applications. After a second registration the newest id counts.
    Application {
        /// Which.
        names: Vec<String>,
        /// How many of them.
        count: Option<Quantity>,
        /// Its state.
        state: Option<ApplicationState>,
        /// Cores granted to it.
        cores: Option<Quantity>,
        /// How many executors it has.
        executors: Option<Quantity>,
        /// How many ids the master has made for it.
        ids: Option<Quantity>,
    },
    /// About executors of one application.
    Executor {
        /// The application's name in the scenario.
        application: String,
        /// The executor's number; `None`: any that the master ever made.
        number: Option<u32>,
        /// How many of them. `None` with `number: None`: at least one, and all of them.
        count: Option<Quantity>,
        /// Its state.
        state: Option<ExecutorState>,
        /// The worker that it is on.
        worker: Option<String>,
        /// Its cores.
        cores: Option<Quantity>,
    },
    /// How many messages were handled within the window.
    Message {
        /// Their kind, as in Spark.
        kind: &'static str,
        /// Senders; empty: any.
        from: Targets,
        /// Receivers; empty: any.
        to: Targets,
        /// How many.
        count: Quantity,
    },
    /// About processes.
    Process {
        /// Which.
        targets: Targets,
        /// How many of them.
        count: Option<Quantity>,
        /// Whether it runs.
        running: Option<bool>,
        /// The exit code with which it ended last.
        exit: Option<i32>,
    },
}

impl fmt::Display for Quantity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.at_most {
            Some(most) if most == self.at_least => write!(formatter, "{most}"),
            Some(most) if self.at_least == 0 => write!(formatter, "at most {most}"),
            Some(most) => write!(formatter, "{} to {most}", self.at_least),
            None => write!(formatter, "at least {}", self.at_least),
        }
    }
}

fn shown(time: Time) -> String {
    show_duration(time.since_start())
}

impl fmt::Display for Window {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (word, after, by) = match self {
            Self::At(time) => return write!(formatter, "at {}", shown(*time)),
            Self::By {
                after: Time::ZERO,
                by,
            } => return write!(formatter, "by {}", shown(*by)),
            Self::By { after, by } => {
                return write!(formatter, "between {} and {}", shown(*after), shown(*by));
            }
            Self::Always { after, by } => ("always", after, by),
            Self::Never { after, by } => ("never", after, by),
        };
        formatter.write_str(word)?;
        if *after > Time::ZERO {
            write!(formatter, " after {}", shown(*after))?;
        }
        by.map_or(Ok(()), |by| write!(formatter, " until {}", shown(by)))
    }
}

/// One line for people, for instance `worker-2 is DEAD by 121s`.
impl fmt::Display for ExpectationPlan {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.claim, self.window)?;
        match self.frequency {
            Frequency::Always => Ok(()),
            Frequency::Sometimes => formatter.write_str(", on some seed"),
        }
    }
}

/// Collects the parts of a sentence.
#[derive(Default)]
struct Parts(Vec<String>);

impl Parts {
    fn put(&mut self, before: &str, value: Option<impl fmt::Display>, after: &str) {
        self.0
            .extend(value.map(|value| format!("{before}{value}{after}")));
    }

    fn sentence(self, subject: &str, count: Option<Quantity>) -> String {
        let counted = count
            .map(|count| format!("{count} of "))
            .unwrap_or_default();
        if self.0.is_empty() {
            return format!("{counted}{subject}");
        }
        format!("{counted}{subject} {}", self.0.join(", "))
    }
}

/// Names in words: all of a few, the ends of many.
fn listing(names: &[impl fmt::Display]) -> String {
    const FEW: usize = 4;
    if let [first, .., last] = names
        && names.len() > FEW
    {
        return format!("{first} … {last} ({} in all)", names.len());
    }
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    names.join(", ")
}

impl fmt::Display for Claim {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sentence = self.about_nodes().or_else(|| self.about_work());
        formatter.write_str(
            &sentence
                .or_else(|| self.about_traffic())
                .unwrap_or_default(),
        )
    }
}

impl Claim {
    /// The sentence about masters and workers.
    fn about_nodes(&self) -> Option<String> {
        let mut parts = Parts::default();
        Some(match self {
            Self::Master {
                names,
                count,
                state,
            } => {
                parts.put("is ", *state, "");
                parts.sentence(&listing(names), *count)
            }
            Self::Worker {
                names,
                count,
                state,
                listed,
                cores_used,
                memory_used_mib,
                executors,
                drivers,
            } => {
                parts.put("is ", *state, "");
                parts.put(
                    "is ",
                    listed.map(|listed| if listed { "listed" } else { "not listed" }),
                    "",
                );
                parts.put("uses ", *cores_used, " cores");
                parts.put("uses ", *memory_used_mib, " MiB");
                parts.put("has ", *executors, " executors");
                parts.put("has ", *drivers, " drivers");
                parts.sentence(&listing(names), *count)
            }
            Self::Driver { .. }
            | Self::Application { .. }
            | Self::Executor { .. }
            | Self::Message { .. }
            | Self::Process { .. } => return None,
        })
    }

    /// The sentence about what masters schedule.
    fn about_work(&self) -> Option<String> {
        let mut parts = Parts::default();
        Some(match self {
            Self::Driver {
                names,
                count,
                state,
                worker,
                ids,
                copies,
            } => {
                parts.put("is ", *state, "");
                parts.put("is on ", worker.as_ref(), "");
                parts.put("has ", *ids, " ids");
                parts.put("has ", *copies, " living copies");
                parts.sentence(&format!("driver {}", listing(names)), *count)
            }
            Self::Application {
                names,
                count,
                state,
                cores,
                executors,
                ids,
            } => {
                parts.put("is ", *state, "");
                parts.put("has ", *cores, " cores");
                parts.put("has ", *executors, " executors");
                parts.put("has ", *ids, " ids");
                parts.sentence(&format!("application {}", listing(names)), *count)
            }
            Self::Executor {
                application,
                number,
                count,
                state,
                worker,
                cores,
            } => {
                parts.put("is ", *state, "");
                parts.put("is on ", worker.as_ref(), "");
                parts.put("has ", *cores, " cores");
                let target = Target::Executor {
                    application: application.clone(),
                    number: *number,
                };
                parts.sentence(&target.to_string(), *count)
            }
            Self::Master { .. }
            | Self::Worker { .. }
            | Self::Message { .. }
            | Self::Process { .. } => return None,
        })
    }

    /// The sentence about messages and processes.
    fn about_traffic(&self) -> Option<String> {
        let mut parts = Parts::default();
        Some(match self {
            Self::Message {
                kind,
                from,
                to,
                count,
            } => {
                parts.put("from ", (!from.is_empty()).then(|| listing(from)), "");
                parts.put("to ", (!to.is_empty()).then(|| listing(to)), "");
                format!("{count} × {}", parts.sentence(kind, None))
            }
            Self::Process {
                targets,
                count,
                running,
                exit,
            } => {
                parts.put(
                    "",
                    running.map(|running| if running { "runs" } else { "does not run" }),
                    "",
                );
                parts.put("exited with ", *exit, "");
                parts.sentence(&format!("process {}", listing(targets)), *count)
            }
            Self::Master { .. }
            | Self::Worker { .. }
            | Self::Driver { .. }
            | Self::Application { .. }
            | Self::Executor { .. } => return None,
        })
    }
}

impl Window {
    /// The last instant at which the expectation can be decided; `None` if that is the end of
    /// the run.
    pub const fn end(self) -> Option<Time> {
        match self {
            Self::By { by, .. } => Some(by),
            Self::At(at) => Some(at),
            Self::Always { by, .. } | Self::Never { by, .. } => by,
        }
    }
}
