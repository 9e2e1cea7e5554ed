//! The worlds: what runs nodes and carries what they say. Each world is one module; the rules of
//! the protocol are in the nodes and are the same in all of them. What is here concerns every
//! world: the order of one instant, how long a run goes on, and what it came to.

#[cfg(feature = "live")]
pub mod live;
pub mod queue;
mod simulated;
mod slab;
pub mod turmoil;

use crate::scenario::plan::{Plan, Settle};
use deploysim_protocol::time::Time;
use std::time::Duration;

/// The longest that a run goes on after its fault phase, beyond what the scenario says: a bound
/// for the bounds, reached only by a scenario whose obligations can never be decided.
const SETTLE_MAX: Duration = Duration::from_secs(24 * 3600);

/// A world that plays scenarios.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum World {
    /// An event queue over exact time: fast, and exact from a seed.
    Queue,
    /// Simulated TCP.
    Turmoil,
}

impl World {
    /// The word, as on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Queue => "queue",
            Self::Turmoil => "turmoil",
        }
    }

    /// Why this world cannot play a scenario, if it cannot.
    pub fn refusal(self, plan: &Plan) -> Option<turmoil::Refusal> {
        match self {
            Self::Queue => None,
            Self::Turmoil => turmoil::refusal(plan),
        }
    }
}

/// What comes first among the steps of one instant: the order of the variants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Class {
    /// A fault begins or ends.
    Fault,
    /// A connection opens, breaks, or tries again.
    Connection,
    /// A process starts or ends.
    Process,
    /// A leader is elected or deposed.
    Election,
    /// A node's timer is due.
    Timer,
    /// A message or an answer arrives.
    Message,
    /// An expectation is looked at.
    Expectation,
}

impl Class {
    /// Every class, in order.
    pub const ALL: [Self; 7] = [
        Self::Fault,
        Self::Connection,
        Self::Process,
        Self::Election,
        Self::Timer,
        Self::Message,
        Self::Expectation,
    ];
}

/// What a run came to, beside what its observer saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Played {
    /// When the run ended.
    pub end: Time,
    /// Inputs that were handed to nodes.
    pub inputs: u64,
    /// Steps that the world took.
    pub steps: u64,
}

/// The end of the fault phase or of the last window of an expectation, whichever comes later.
fn last_moment(plan: &Plan) -> Time {
    let expected = plan
        .expectations
        .iter()
        .map(|expectation| expectation.window.end());
    expected
        .flatten()
        .max()
        .map_or(plan.until, |last| last.max(plan.until))
}

/// When a run is over at the latest.
fn limit(plan: &Plan) -> Time {
    let until = last_moment(plan);
    match plan.settle {
        Settle::Off => until,
        Settle::AtMost(longest) => until.max(plan.until + longest),
        Settle::UntilDecided => until + SETTLE_MAX,
    }
}
