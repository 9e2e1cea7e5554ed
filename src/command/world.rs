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
    /// Real TCP.
    Live,
}

impl World {
    /// The world that plays; refuses one that plays nothing yet.
    pub(crate) fn playing(self) -> Result<world::World, Failure> {
        match self {
            Self::Queue => Ok(world::World::Queue),
            Self::Turmoil => Ok(world::World::Turmoil),
            Self::Live => Err(Failure::BadInput(
                "error: scenarios cannot be played yet in the world `live`; allowed: queue, turmoil"
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
