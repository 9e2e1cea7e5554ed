//! Whether a process is one of those that a scenario names as targets.

use crate::ledger::{Ledger, Process, ProcessName};
use crate::scenario::plan::{ELECTION, Target};
use crate::trace::NodeId;
use deploysim_protocol::text::Text;
use std::fmt;

/// Targets of a scenario, ready to be compared with processes.
#[derive(Clone, Debug)]
pub(super) struct Whom {
    named: Vec<Who>,
    /// Whether the master that leads is meant, whoever that is.
    leader: bool,
}

/// One target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Who {
    /// The process of this name: a master, a worker or an application.
    Named(Text),
    /// A copy of a submitted driver, or all of them.
    Driver(Text, Option<u32>),
    /// An executor of an application, or all of them.
    Executor(Text, Option<u32>),
}

impl Who {
    /// `None` for whoever leads, which is nobody in particular.
    pub(super) fn new(target: &Target) -> Option<Self> {
        Some(match target {
            Target::Leader => return None,
            Target::Election => Self::Named(Text::new(ELECTION)),
            Target::Master(name) | Target::Worker(name) | Target::Application(name) => {
                Self::Named(Text::new(name))
            }
            Target::Driver { name, copy } => Self::Driver(Text::new(name), *copy),
            Target::Executor {
                application,
                number,
            } => Self::Executor(Text::new(application), *number),
        })
    }

    /// Whether this process is meant.
    pub(super) fn is(self, process: &Process) -> bool {
        match (self, process.parts) {
            (Self::Named(name), ProcessName::Plain) => process.name == name,
            (Self::Driver(name, wanted), ProcessName::Driver { driver, copy }) => {
                driver == name && wanted.is_none_or(|wanted| wanted == copy)
            }
            (
                Self::Executor(name, wanted),
                ProcessName::Executor {
                    application,
                    number,
                },
            ) => application == name && wanted.is_none_or(|wanted| wanted == number),
            (
                Self::Named(_) | Self::Driver(..) | Self::Executor(..),
                ProcessName::Plain | ProcessName::Driver { .. } | ProcessName::Executor { .. },
            ) => false,
        }
    }
}

impl Whom {
    pub(super) fn new(targets: &[Target]) -> Self {
        Self {
            named: targets.iter().filter_map(Who::new).collect(),
            leader: targets.contains(&Target::Leader),
        }
    }

    /// Whether this node is meant. Nobody named means everybody.
    pub(super) fn includes(&self, node: NodeId, ledger: &Ledger) -> bool {
        self.named.is_empty() && !self.leader
            || self.leader && ledger.leader() == Some(node)
            || ledger
                .process(node)
                .is_some_and(|process| self.named.iter().any(|who| who.is(process)))
    }
}

impl fmt::Display for Who {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(name) => fmt::Display::fmt(name, formatter),
            Self::Driver(name, None | Some(1)) => write!(formatter, "driver:{name}"),
            Self::Driver(name, Some(copy)) => write!(formatter, "driver:{name}#{copy}"),
            Self::Executor(name, None) => write!(formatter, "executor:{name}/*"),
            Self::Executor(name, Some(number)) => write!(formatter, "executor:{name}/{number}"),
        }
    }
}
