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
use crate::world::{Played, World, queue, turmoil};
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
    /// The machine of a live world failed; what happened.
    Failed(String),
}

impl fmt::Display for RunError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refusal) => refusal.fmt(formatter),
            Self::Unwritten(error) => error.fmt(formatter),
            Self::Failed(what) => formatter.write_str(what),
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

    /// A judge came to something just now: an expectation is decided, or an invariant is violated
    /// in a way that was not seen before. Told before the entry at which that was noticed.
    fn judged(&mut self, _at: Time) {}

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
        audience.outcome(plan, seed, played)
    })
}

/// Plays `plan` once with live processes of `program`, which is this program, before the witnesses.
/// Invariants are not judged. Its random faults are drawn first: everyone sees ordinary ones.
/// What is to be kept of logs and state documents is there also if it fails.
///
/// # Errors
/// What went wrong with the machine, or the first thing that a witness could not write.
///
/// # Panics
/// If the plan is one of those that [`crate::world::live::refusals`] refuses.
#[cfg(feature = "live")]
pub fn play_live(
    plan: &Plan,
    seed: u64,
    program: &std::path::Path,
    keeping: Option<crate::world::live::Keeping>,
    witnesses: &mut [&mut dyn Witness],
) -> Result<Outcome, RunError> {
    assert!(crate::world::live::refusals(plan).is_empty(), "refused");
    let plan = &*drawn(plan, seed);
    scope(|| {
        let audience = Audience::of(plan, None, witnesses);
        let played = crate::world::live::play(plan, seed, program, keeping, audience);
        let (played, audience) = played.map_err(RunError::Failed)?;
        audience.outcome(plan, seed, played)
    })
}

/// Everyone who watches a run.
struct Audience<'a, 'w> {
    ledger: Ledger,
    triggers: Triggers,
    judge: Judge,
    /// The judge of invariants, unless too little is seen for it.
    invariants: Option<Invariants>,
    witnesses: &'a mut [&'w mut dyn Witness],
    /// Whether a witness wants to see ordinary heartbeats.
    is_any_for_beats: bool,
    /// How much the judges had come to when the witnesses were told last.
    judged: usize,
    error: Option<io::Error>,
}

impl<'a, 'w> Audience<'a, 'w> {
    fn new(world: World, plan: &Plan, witnesses: &'a mut [&'w mut dyn Witness]) -> Self {
        let invariants = match world {
            World::Queue => Invariants::new(plan),
            World::Turmoil => Invariants::new(&turmoil::as_lived(plan)),
        };
        Self::of(plan, Some(invariants), witnesses)
    }

    fn of(
        plan: &Plan,
        invariants: Option<Invariants>,
        witnesses: &'a mut [&'w mut dyn Witness],
    ) -> Self {
        Self {
            ledger: Ledger::new(plan),
            triggers: Triggers::new(plan),
            judge: Judge::new(plan),
            invariants,
            is_any_for_beats: witnesses.iter().any(|witness| witness.sees_beats()),
            witnesses,
            judged: 0,
            error: None,
        }
    }

    fn tell_what_was_judged(&mut self, at: Time) {
        let judged = self.judge.decided() + self.violations();
        if judged != self.judged {
            self.judged = judged;
            for witness in &mut *self.witnesses {
                witness.judged(at);
            }
        }
    }

    fn violations(&self) -> usize {
        let invariants = self.invariants.as_ref();
        invariants.map_or(0, |invariants| invariants.violations().len())
    }

    /// What a run came to that is over.
    fn outcome(self, plan: &Plan, seed: u64, played: Played) -> Result<Outcome, RunError> {
        let violations = self.invariants.as_ref().map(Invariants::violations);
        match self.error {
            Some(error) => Err(RunError::Unwritten(error)),
            None => Ok(Outcome::new(plan, seed, played, &self.judge, violations)),
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
                if let Some(invariants) = &mut self.invariants {
                    invariants.observe_beat(entry, beat, &self.ledger);
                }
            }
            None => {
                self.ledger.apply(entry);
                self.triggers.observe(entry, &self.ledger);
                self.judge.observe(entry, &self.ledger);
                if let Some(invariants) = &mut self.invariants {
                    invariants.observe(entry, &self.ledger);
                }
            }
        }
        self.tell_what_was_judged(entry.at);
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
        if let Some(invariants) = &mut self.invariants {
            invariants.inspect(at, node, view, &self.ledger);
        }
    }

    fn pass_to(&mut self, at: Time) {
        self.judge.pass_to(at, &self.ledger);
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

    fn has_seen_enough(&self) -> bool {
        self.judge.is_settled() && self.invariants.is_none()
    }

    fn is_decided(&self) -> bool {
        let invariants = self.invariants.as_ref();
        self.judge.is_decided() && invariants.is_none_or(Invariants::is_decided)
    }
}
