//! `--world`: which world plays a scenario.

use super::Failure;

/// A world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum World {
    /// An event queue over exact time: fast, and exact from a seed.
    Queue,
    /// Simulated TCP.
    Turmoil,
    /// Real TCP.
    Live,
}

impl World {
    /// The word, as on the command line.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Queue => "queue",
            Self::Turmoil => "turmoil",
            Self::Live => "live",
        }
    }

    /// Refuses a world that plays nothing.
    pub(crate) fn check(self) -> Result<(), Failure> {
        match self {
            Self::Queue => Ok(()),
            Self::Turmoil | Self::Live => Err(Failure::BadInput(format!(
                "error: scenarios cannot be played yet in the world `{}`; allowed: queue",
                self.name()
            ))),
        }
    }
}
