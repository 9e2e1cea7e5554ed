//! What a case claims: an event of the trace, by the kind of fact, the node and the kind of
//! message, and the time at which it must be seen.

use super::story::Story;
use deploysim_scenarios::trace::{DialFailure, EndOfConnection};
use std::fmt;
use std::time::Duration;

/// What happens to a node, as far as the network is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Happens {
    /// A connection of it opens.
    Connects,
    /// It cannot open a connection.
    CannotConnect(DialFailure),
    /// It is told that a connection ended.
    IsTold(EndOfConnection),
    /// It sends something of this kind.
    Sends(&'static str),
    /// It handles something of this kind.
    Gets(&'static str),
}

/// The n-th time, from 1, that something happens to a node.
#[derive(Clone, Copy, Debug)]
pub(super) struct Event {
    node: &'static str,
    happens: Happens,
    nth: usize,
}

impl Event {
    /// The n-th instead of the first.
    pub(super) const fn nth(self, nth: usize) -> Self {
        Self { nth, ..self }
    }
}

const fn first(node: &'static str, happens: Happens) -> Event {
    Event {
        node,
        happens,
        nth: 1,
    }
}

pub(super) const fn connects(node: &'static str) -> Event {
    first(node, Happens::Connects)
}

pub(super) const fn refused(node: &'static str) -> Event {
    first(node, Happens::CannotConnect(DialFailure::Refused))
}

pub(super) const fn times_out(node: &'static str) -> Event {
    first(node, Happens::CannotConnect(DialFailure::TimedOut))
}

pub(super) const fn told(node: &'static str, cause: EndOfConnection) -> Event {
    first(node, Happens::IsTold(cause))
}

pub(super) const fn sends(node: &'static str, kind: &'static str) -> Event {
    first(node, Happens::Sends(kind))
}

pub(super) const fn gets(node: &'static str, kind: &'static str) -> Event {
    first(node, Happens::Gets(kind))
}

/// What is looked up in the trace of a case.
#[derive(Clone, Copy, Debug)]
pub(super) enum Question {
    /// When something happens.
    When(Event),
    /// How much later the second happens than the first.
    Between(Event, Event),
    /// In which order a node gets messages about executors: the executors' numbers.
    Order(&'static str, &'static str),
}

/// What must be found.
#[derive(Clone, Copy, Debug)]
pub(super) enum Expected {
    /// Exactly this time.
    At(Duration),
    /// A time between these, both included.
    Within(Duration, Duration),
    /// It does not happen in the run.
    Never,
    /// Exactly this order.
    Order(&'static [u32]),
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Measured {
    /// It does not happen.
    Nothing,
    /// An instant since the beginning of the run, or the time between two.
    Duration(Duration),
    /// The numbers, as they came.
    Order(Vec<u32>),
}

/// A question and what was worked out for it.
#[derive(Debug)]
pub(super) struct Claim {
    pub(super) event: Question,
    pub(super) expected: Expected,
}

pub(super) const fn ms(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

/// It happens at exactly this millisecond.
pub(super) const fn at(milliseconds: u64, event: Event) -> Claim {
    Claim {
        event: Question::When(event),
        expected: Expected::At(ms(milliseconds)),
    }
}

/// It does not happen in the run.
pub(super) const fn never(event: Event) -> Claim {
    Claim {
        event: Question::When(event),
        expected: Expected::Never,
    }
}

/// The second event comes later than the first by a time between two numbers of milliseconds.
pub(super) const fn within(shortest: u64, longest: u64, from: Event, to: Event) -> Claim {
    Claim {
        event: Question::Between(from, to),
        expected: Expected::Within(ms(shortest), ms(longest)),
    }
}

/// A node gets messages about executors in this order.
pub(super) const fn order(
    numbers: &'static [u32],
    node: &'static str,
    kind: &'static str,
) -> Claim {
    Claim {
        event: Question::Order(node, kind),
        expected: Expected::Order(numbers),
    }
}

impl Claim {
    /// Looks it up.
    pub(super) fn measure(&self, story: &Story) -> Measured {
        let when = |event: &Event| story.when(event.node, event.happens, event.nth);
        let found = match &self.event {
            Question::When(event) => when(event),
            Question::Between(from, to) => when(from)
                .zip(when(to))
                .and_then(|(from, to)| to.checked_sub(from)),
            Question::Order(node, kind) => {
                return Measured::Order(story.executors(node, Happens::Gets(kind)));
            }
        };
        found.map_or(Measured::Nothing, Measured::Duration)
    }
}

impl Expected {
    /// Whether it is what was expected.
    pub(super) fn admits(&self, measured: &Measured) -> bool {
        match (self, measured) {
            (Self::At(at), Measured::Duration(found)) => found == at,
            (Self::Within(shortest, longest), Measured::Duration(found)) => {
                (shortest..=longest).contains(&found)
            }
            (Self::Never, Measured::Nothing) => true,
            (Self::Order(order), Measured::Order(found)) => found == order,
            (
                Self::At(_) | Self::Within(..) | Self::Never | Self::Order(_),
                Measured::Nothing | Measured::Duration(_) | Measured::Order(_),
            ) => false,
        }
    }
}

impl fmt::Display for Event {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let node = self.node;
        match self.happens {
            Happens::Connects => write!(formatter, "{node} connects"),
            Happens::CannotConnect(cause) => {
                write!(formatter, "{node} cannot connect ({})", cause.name())
            }
            Happens::IsTold(cause) => write!(formatter, "{node} is told ({})", cause.name()),
            Happens::Sends(kind) => write!(formatter, "{node} sends {kind}"),
            Happens::Gets(kind) => write!(formatter, "{node} gets {kind}"),
        }?;
        match self.nth {
            1 => Ok(()),
            nth => write!(formatter, " #{nth}"),
        }
    }
}

impl fmt::Display for Question {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::When(event) => event.fmt(formatter),
            Self::Between(from, to) => write!(formatter, "{from} -> {to}"),
            Self::Order(node, kind) => write!(formatter, "{node} gets {kind}: order"),
        }
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::At(at) => seconds(*at),
            Self::Within(shortest, longest) => {
                format!("{}..{}", seconds(*shortest), seconds(*longest))
            }
            Self::Never => "never".to_owned(),
            Self::Order(numbers) => in_order(numbers),
        };
        formatter.pad(&text)
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::Nothing => "never".to_owned(),
            Self::Duration(found) => seconds(*found),
            Self::Order(numbers) => in_order(numbers),
        };
        formatter.pad(&text)
    }
}

/// In seconds: milliseconds, or nanoseconds where those are not zero.
fn seconds(duration: Duration) -> String {
    match duration.subsec_nanos() % 1_000_000 {
        0 => format!("{:.3}", duration.as_secs_f64()),
        _ => format!("{}.{:09}", duration.as_secs(), duration.subsec_nanos()),
    }
}

fn in_order(numbers: &[u32]) -> String {
    let words: Vec<String> = numbers.iter().map(u32::to_string).collect();
    words.join(" ")
}
