//! Triggers: the events of a run that set off faults. When the fault then begins is the world's
//! business.

use super::who::Whom;
use crate::ledger::{Change, Ledger};
use crate::scenario::plan::{FaultStart, Plan, TriggerEvent};
use crate::trace::{Entry, Fact};
use deploysim_protocol::state::{
    ApplicationState, DriverState, ExecutorState, MasterState, WorkerState,
};
use deploysim_protocol::text::Text;
use std::collections::VecDeque;

/// Counts the events for which faults wait.
#[derive(Clone, Debug)]
pub struct Triggers {
    waiting: Vec<Waiting>,
    counts_messages: bool,
    seen: VecDeque<u32>,
}

/// A fault that waits for its trigger.
#[derive(Clone, Debug)]
struct Waiting {
    fault: u32,
    left: u32,
    event: Awaited,
}

#[derive(Clone, Debug)]
enum Awaited {
    Master(Text, MasterState),
    Worker(Text, WorkerState),
    Application(Text, ApplicationState),
    Driver(Text, DriverState),
    Executor(Text, Option<u32>, ExecutorState),
    Message {
        kind: &'static str,
        from: Whom,
        to: Whom,
    },
}

impl Triggers {
    /// The triggers of a scenario's faults. Make it in the scope of texts of the run.
    pub fn new(plan: &Plan) -> Self {
        let faults = (0_u32..).zip(&plan.faults);
        let waiting = faults.filter_map(|(fault, row)| match &row.start {
            FaultStart::At(_) => None,
            FaultStart::On(trigger) => Some(Waiting {
                fault,
                left: trigger.nth.max(1),
                event: Awaited::new(&trigger.event)?,
            }),
        });
        let waiting: Vec<_> = waiting.collect();
        let counts_messages =
            (waiting.iter()).any(|waiting| matches!(waiting.event, Awaited::Message { .. }));
        Self {
            waiting,
            counts_messages,
            seen: VecDeque::new(),
        }
    }

    /// Looks at an entry that `ledger` has applied already.
    pub fn observe(&mut self, entry: &Entry<'_>, ledger: &Ledger) {
        if self.waiting.is_empty() {
            return;
        }
        let is_message = matches!(entry.fact, Fact::Received { .. });
        let change = ledger.change(entry);
        if change.is_none() && !(is_message && self.counts_messages) {
            return;
        }
        let seen = &mut self.seen;
        self.waiting.retain_mut(|waiting| {
            let happened = match change {
                Some(change) => waiting.event.is(change),
                None => waiting.event.is_handled(entry, ledger),
            };
            waiting.left -= u32::from(happened);
            if waiting.left == 0 {
                seen.push_back(waiting.fault);
            }
            waiting.left > 0
        });
    }

    /// A fault, by its row, whose trigger was seen and that was not asked for yet.
    pub fn triggered(&mut self) -> Option<u32> {
        self.seen.pop_front()
    }
}

impl Awaited {
    /// `None` for a call of a store, which the store itself counts.
    fn new(event: &TriggerEvent) -> Option<Self> {
        Some(match event {
            TriggerEvent::StoreCall { .. } => return None,
            TriggerEvent::Master { name, state } => Self::Master(Text::new(name), *state),
            TriggerEvent::Worker { name, state } => Self::Worker(Text::new(name), *state),
            TriggerEvent::Application { name, state } => Self::Application(Text::new(name), *state),
            TriggerEvent::Driver { name, state } => Self::Driver(Text::new(name), *state),
            TriggerEvent::Executor {
                application,
                number,
                state,
            } => Self::Executor(Text::new(application), *number, *state),
            TriggerEvent::Message { kind, from, to } => Self::Message {
                kind,
                from: Whom::new(from),
                to: Whom::new(to),
            },
        })
    }

    fn is(&self, change: Change) -> bool {
        match (self, change) {
            (Self::Master(own, wanted), Change::Master { name, state }) => {
                *own == name && *wanted == state
            }
            (Self::Worker(own, wanted), Change::Worker { name, state }) => {
                *own == name && *wanted == state
            }
            (Self::Application(own, wanted), Change::Application { name, state }) => {
                *own == name && *wanted == state
            }
            (Self::Driver(own, wanted), Change::Driver { name, state }) => {
                *own == name && *wanted == state
            }
            (
                Self::Executor(own, which, wanted),
                Change::Executor {
                    application,
                    number,
                    state,
                },
            ) => {
                *own == application && which.is_none_or(|which| which == number) && *wanted == state
            }
            (
                Self::Master(..)
                | Self::Worker(..)
                | Self::Application(..)
                | Self::Driver(..)
                | Self::Executor(..)
                | Self::Message { .. },
                Change::Master { .. }
                | Change::Worker { .. }
                | Change::Application { .. }
                | Change::Driver { .. }
                | Change::Executor { .. },
            ) => false,
        }
    }

    fn is_handled(&self, entry: &Entry<'_>, ledger: &Ledger) -> bool {
        if let Self::Message { kind, from, to } = self
            && let Fact::Received {
                from: sender, unit, ..
            } = &entry.fact
        {
            unit.kind() == *kind
                && from.includes(*sender, ledger)
                && to.includes(entry.node, ledger)
        } else {
            false
        }
    }
}
