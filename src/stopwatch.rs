//! How long something took on this machine. The only place that asks: no result but the speed
//! that is shown to a person depends on it.

use std::time::{Duration, Instant};

/// A clock that was started.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts.
    #[expect(
        clippy::disallowed_methods,
        reason = "the speed of the machine is measured with the clock of the machine"
    )]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    /// The time since the start.
    pub(crate) fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}

/// How many per second, as people write it: `1.2 M`, `350 k`, `80`.
pub(crate) fn rate(count: u64, elapsed: Duration) -> String {
    // A run of a few events can be shorter than the clock's grain.
    let seconds = elapsed.as_secs_f64().max(1e-6);
    let rate = count as f64 / seconds;
    if rate >= 1e6 {
        format!("{:.1} M", rate / 1e6)
    } else if rate >= 1e3 {
        format!("{:.0} k", rate / 1e3)
    } else {
        format!("{rate:.0}")
    }
}
