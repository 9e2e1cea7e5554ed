//! `--world`: which world plays a scenario.

use super::Failure;
use deploysim_scenarios::outcome::Outcome;
use deploysim_scenarios::run::{self, RunError};
use deploysim_scenarios::scenario::plan::Plan;
use deploysim_scenarios::world;
use deploysim_scenarios::world::live::refusals;
use std::path::Path;

/// A world, as it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub(crate) enum World {
    /// An event queue over exact time: fast, and exact from a seed.
    Queue,
    /// Simulated TCP: real frames on turmoil's connections, slower.
    Turmoil,
    /// Real processes on this machine, in real time (`run` and `test` only).
    Live,
}

impl World {
    /// The word, as on the command line.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Queue => world::World::Queue.name(),
            Self::Turmoil => world::World::Turmoil.name(),
            Self::Live => "live",
        }
    }

    /// Why this world cannot play a scenario, if it cannot: every reason.
    pub(crate) fn refusal(self, plan: &Plan) -> Option<String> {
        match self {
            Self::Queue => world::World::Queue.refusal(plan),
            Self::Turmoil => world::World::Turmoil.refusal(plan),
            Self::Live => {
                let reasons = refusals(plan);
                return (!reasons.is_empty()).then(|| reasons.join("; "));
            }
        }
        .map(|refusal| refusal.to_string())
    }

    /// Plays a scenario once that is not refused, before nobody.
    pub(crate) fn play(self, plan: &Plan, seed: u64) -> Result<Outcome, RunError> {
        match self {
            Self::Queue => run::play(world::World::Queue, plan, seed, &mut []),
            Self::Turmoil => run::play(world::World::Turmoil, plan, seed, &mut []),
            Self::Live => {
                let program = std::env::current_exe().map_err(RunError::Unwritten)?;
                run::play_live(plan, seed, &program, None, &mut [])
            }
        }
    }

    /// The world that simulates; refuses the one that takes real time.
    pub(crate) fn playing(self) -> Result<world::World, Failure> {
        match self {
            Self::Queue => Ok(world::World::Queue),
            Self::Turmoil => Ok(world::World::Turmoil),
            Self::Live => Err(Failure::BadInput(
                "error: the world `live` takes real time, and plays for `deploysim run` and \
                 `deploysim test` only; allowed here: queue, turmoil"
                    .to_owned(),
            )),
        }
    }
}

/// Refuses a scenario that a world cannot play exactly.
pub(crate) fn can_play(world: world::World, path: &Path, plan: &Plan) -> Result<(), Failure> {
    match world.refusal(plan) {
        None => Ok(()),
        Some(refusal) => Err(Failure::BadInput(format!(
            "error: {} cannot be played in the world `{}`: {refusal}",
            path.display(),
            world.name()
        ))),
    }
}
