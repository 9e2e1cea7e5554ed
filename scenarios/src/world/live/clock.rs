//! The real clock, as times since the beginning of a run.

use deploysim_protocol::time::Time;
use std::time::Instant;

/// A clock that was started.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock(Instant);

impl Clock {
    /// Starts.
    #[expect(
        clippy::disallowed_methods,
        reason = "this world is the machine's, and so is its time"
    )]
    pub(super) fn start() -> Self {
        Self(Instant::now())
    }

    /// The time.
    pub(super) fn now(self) -> Time {
        let nanoseconds = self.0.elapsed().as_nanos();
        Time::from_nanos(u64::try_from(nanoseconds).unwrap_or(u64::MAX))
    }
}
