//! A case played on a world: what its trace says about connections and messages, kept as plain
//! values that outlive the run.

use super::Case;
use super::claim::Happens;
use deploysim_protocol::message::{Message, ToDriver, ToWorker};
use deploysim_protocol::time::Time;
use deploysim_scenarios::ledger::Ledger;
use deploysim_scenarios::run::{self, Witness};
use deploysim_scenarios::scenario::{self, error::Style};
use deploysim_scenarios::trace::{Entry, Fact, Unit};
use deploysim_scenarios::world::World;
use std::io;
use std::path::Path;
use std::time::Duration;

/// What was seen in a run, in order.
#[derive(Debug, Default)]
pub(super) struct Story {
    seen: Vec<Seen>,
}

#[derive(Debug)]
struct Seen {
    at: Time,
    node: String,
    happens: Happens,
    /// The number of the executor that a message is about, if it is about one.
    executor: Option<u32>,
}

/// Plays a case. No claim is about obligations, so none is waited for.
pub(super) fn play(case: &Case, world: World) -> Story {
    let Case { id, scenario, .. } = case;
    let file = format!("title = \"Case {id}\"\nsettle = \"0s\"\n{scenario}");
    let plan = scenario::parse(id, file.as_bytes(), Path::new("."), &[]);
    let plan = plan.unwrap_or_else(|error| panic!("{}", error.render(Style::Plain)));
    let mut story = Story::default();
    let played = run::play(world, &plan, plan.seed, &mut [&mut story]);
    played.unwrap_or_else(|error| panic!("case {id}: {error}"));
    story
}

impl Story {
    /// When something happens to a node for the n-th time, from 1.
    pub(super) fn when(&self, node: &str, happens: Happens, nth: usize) -> Option<Duration> {
        let seen = self.all(node, happens).nth(nth - 1)?;
        Some(seen.at.since_start())
    }

    /// The executors' numbers, as messages about them come.
    pub(super) fn executors(&self, node: &str, happens: Happens) -> Vec<u32> {
        let all = self.all(node, happens);
        all.filter_map(|seen| seen.executor).collect()
    }

    fn all(&self, node: &str, happens: Happens) -> impl Iterator<Item = &Seen> {
        let mut seen = self.seen.iter();
        std::iter::from_fn(move || seen.find(|seen| seen.node == node && seen.happens == happens))
    }
}

impl Witness for Story {
    fn see(&mut self, entry: &Entry<'_>, ledger: &Ledger) -> io::Result<()> {
        let (happens, executor) = match &entry.fact {
            Fact::ConnectionOpened { .. } => (Happens::Connects, None),
            Fact::ConnectionEnded { cause, .. } => (Happens::IsTold(*cause), None),
            Fact::DialFailed { cause, .. } => (Happens::CannotConnect(*cause), None),
            Fact::Sent { unit, .. } => (Happens::Sends(unit.kind()), executor(unit)),
            Fact::Received { unit, .. } => (Happens::Gets(unit.kind()), executor(unit)),
            Fact::Started(_)
            | Fact::Ended { .. }
            | Fact::Paused
            | Fact::Resumed
            | Fact::ChildLaunched { .. }
            | Fact::ChildLost { .. }
            | Fact::ChildSignalled { .. }
            | Fact::Note(_)
            | Fact::Tampered { .. }
            | Fact::FaultBegan { .. }
            | Fact::FaultEnded { .. }
            | Fact::Settling
            | Fact::Finished => return Ok(()),
        };
        self.seen.push(Seen {
            at: entry.at,
            node: ledger.name(entry.node).to_string(),
            happens,
            executor,
        });
        Ok(())
    }
}

fn executor(unit: &Unit<'_>) -> Option<u32> {
    match unit {
        Unit::Message(Message::ToWorker(ToWorker::LaunchExecutor(launch))) => {
            Some(launch.order.executor.number)
        }
        Unit::Message(Message::ToDriver(ToDriver::ExecutorAdded { number, .. })) => Some(*number),
        Unit::Message(_) | Unit::Ask(_) | Unit::Answer(_) | Unit::Resolve | Unit::Resolved => None,
    }
}
