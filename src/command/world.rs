//! `--world`: which world plays a scenario.

use super::Failure;
use deploysim_scenarios::scenario::plan::Plan;
use deploysim_scenarios::world;
use std::path::Path;

/// A world, as it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum World {
    /// An event queue over exact time: fast, and exact from a seed.
    Queue,
    /// Simulated TCP: real frames on turmoil's connections, slower.
    Turmoil,
    /// Real processes on this machine, in real time (`run` only).
    Live,
}

impl World {
    /// The world that plays many runs; refuses the one that takes real time.
    pub(crate) fn playing(self) -> Result<world::World, Failure> {
        match self {
            Self::Queue => Ok(world::World::Queue),
            Self::Turmoil => Ok(world::World::Turmoil),
            Self::Live => Err(Failure::BadInput(
                "error: one scenario at a time is played in the world `live`, by `deploysim run`; \
                 allowed: queue, turmoil"
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
