//! Playing one plan before everyone who watches: the ledger adds up, triggers set off faults, the
//! judges decide, and witnesses write down what they see. Who the witnesses are, and where they
//! write, is decided by the caller.

#[cfg(test)]
mod tests;

use crate::expectation::{Judge, Triggers};
use crate::failures;
use crate::invariant::Invariants;
use crate::ledger::Ledger;
use crate::nemesis;
use crate::outcome::Outcome;
use crate::scenario::plan::Plan;
use crate::trace::{Beat, Entry, NodeId, Observer};
use crate::workload;
use crate::world::{World, queue, turmoil};
use deploysim_nodes::hosted::{AnyNode, Happening};
use deploysim_protocol::text::scope;
use deploysim_protocol::time::Time;
use std::borrow::Cow;
use std::fmt;
use std::io;

/// Why a run came to no outcome.
#[derive(Debug)]
pub enum RunError {
    /// The world cannot play the scenario exactly; nothing was played.
    Refused(turmoil::Refusal),
    /// A witness could not write down what it saw.
    Unwritten(io::Error),
}

impl fmt::Display for RunError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => refusal.fmt(formatter),
            Self::Unwritten(error) => error.fmt(formatter),
        }
    }
}

impl std::error::Error for RunError {}

/// Someone who watches a run and writes down what it sees.
pub trait Witness {
    /// One thing happened; the ledger knows it already.
    ///
    /// # Errors
    /// If it cannot be written down. The run goes on, but nobody is shown any more of it.
    fn see(&mut self, entry: &Entry<'_>, ledger: &Ledger) -> io::Result<()>;

    /// Whether it wants to see the entries of ordinary heartbeats too.
    fn sees_beats(&self) -> bool {
        true
    }

    /// Whether it wants to be shown what nodes are handed.
    fn shows_inputs(&self) -> bool {
        false
    }

    /// A node is about to handle this; shown only to whoever wants it.
    fn handed(&mut self, _at: Time, _node: NodeId, _happening: &Happening) {}
}

/// `plan` with everything that is random before the run with this seed begins: its jobs and its
/// faults are ordinary ones, written down, and nothing is left to draw.
pub fn drawn(plan: &Plan, seed: u64) -> Cow<'_, Plan> {
    let mut drawn = Cow::Borrowed(plan);
    for draw in [workload::drawn, nemesis::drawn, failures::drawn] {
        drawn = match drawn {
            Cow::Borrowed(plan) => draw(plan, seed),
            Cow::Owned(plan) => Cow::Owned(draw(&plan, seed).into_owned()),
        };
    }
    drawn
}

/// Plays `plan` once in a world before the witnesses, in a scope of texts of its own. Its random
/// jobs and faults are drawn first: everyone sees ordinary ones.
///
/// # Errors
/// That the world cannot play it, or the first thing that a witness could not write.
pub fn play(
    world: World,
    plan: &Plan,
    seed: u64,
    witnesses: &mut [&mut dyn Witness],
) -> Result<Outcome, RunError> {
    let plan = &*drawn(plan, seed);
    scope(|| {
        let audience = Audience::new(world, plan, witnesses);
        let (played, audience) = match world {
            World::Queue => queue::play(plan, seed, audience),
            World::Turmoil => turmoil::play(plan, seed, audience).map_err(RunError::Refused)?,
        };
        match audience.error {
            Some(error) => Err(RunError::Unwritten(error)),
            None => Ok(Outcome::new(
                plan,
                seed,
                played,
                &audience.judge,
                audience.invariants.violations(),
            )),
        }
    })
}

/// Everyone who watches a run.
struct Audience<'a, 'w> {
    ledger: Ledger,
    triggers: Triggers,
    judge: Judge,
    invariants: Invariants,
    witnesses: &'a mut [&'w mut dyn Witness],
    /// Whether a witness wants to see ordinary heartbeats.
    is_any_for_beats: bool,
    error: Option<io::Error>,
}

impl<'a, 'w> Audience<'a, 'w> {
    fn new(world: World, plan: &Plan, witnesses: &'a mut [&'w mut dyn Witness]) -> Self {
        Self {
            ledger: Ledger::new(plan),
            triggers: Triggers::new(plan),
            judge: Judge::new(plan),
            invariants: match world {
                World::Queue => Invariants::new(plan),
                World::Turmoil => Invariants::new(&turmoil::as_lived(plan)),
            },
            is_any_for_beats: witnesses.iter().any(|witness| witness.sees_beats()),
            witnesses,
            error: None,
        }
    }
}

impl Observer for Audience<'_, '_> {
    fn observe(&mut self, entry: &Entry<'_>) {
        self.judge.pass_to(entry.at, &self.ledger);
        let beat = entry.beat();
        match beat {
            Some(beat) => {
                self.ledger.apply_beat(entry, beat);
                if beat == Beat::Received {
                    self.triggers.observe(entry, &self.ledger);
                    self.judge.observe(entry, &self.ledger);
                }
                self.invariants.observe_beat(entry, beat, &self.ledger);
            }
            None => {
                self.ledger.apply(entry);
                self.triggers.observe(entry, &self.ledger);
                self.judge.observe(entry, &self.ledger);
                self.invariants.observe(entry, &self.ledger);
            }
        }
        if self.error.is_some() || (beat.is_some() && !self.is_any_for_beats) {
            return;
        }
        for witness in &mut *self.witnesses {
            if let Err(error) = witness.see(entry, &self.ledger) {
                self.error = Some(error);
                return;
            }
        }
    }

    fn inspect(&mut self, at: Time, node: NodeId, view: &AnyNode) {
        self.invariants.inspect(at, node, view, &self.ledger);
    }

    fn shows_inputs(&self) -> bool {
        self.witnesses.iter().any(|witness| witness.shows_inputs())
    }

    fn handed(&mut self, at: Time, node: NodeId, happening: &Happening) {
        for witness in &mut *self.witnesses {
            witness.handed(at, node, happening);
        }
    }

    fn triggered(&mut self) -> Option<u32> {
        self.triggers.triggered()
    }

    fn is_decided(&self) -> bool {
        self.judge.is_decided() && self.invariants.is_decided()
    }
}
