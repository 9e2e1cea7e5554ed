//! The only place that asks what time it is. A simulated world hands in a clock that stands
//! still between its ticks.

use deploysim_protocol::time::Time;
#[cfg(feature = "live")]
use deploysim_protocol::time::WallTime;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// Time since the run began, as a shell sees it. All shells of a run count from one origin; a
/// node that starts again does not begin at zero.
#[derive(Clone, Copy, Debug)]
pub struct Clock {
    origin: Instant,
    tick_nanos: u64,
}

impl Clock {
    /// A clock that shows `uptime` at this moment and advances in whole ticks.
    ///
    /// # Panics
    /// If `tick` is zero or longer than 584 years.
    pub fn new(uptime: Time, tick: Duration) -> Self {
        let tick_nanos = u64::try_from(tick.as_nanos()).expect("a tick fits 64 bits");
        assert!(tick_nanos > 0, "a clock that never ticks");
        Self {
            origin: Instant::now() - uptime.since(Time::ZERO),
            tick_nanos,
        }
    }

    /// Now: the last tick that has come.
    pub fn now(&self) -> Time {
        let passed = self.origin.elapsed().as_nanos();
        let passed = u64::try_from(passed).unwrap_or(u64::MAX);
        Time::from_nanos(passed - passed % self.tick_nanos)
    }

    /// What the machine's calendar shows.
    #[cfg(feature = "live")]
    pub fn calendar() -> WallTime {
        #[expect(
            clippy::disallowed_methods,
            reason = "live nodes go by the machine's calendar, and only the clock asks for it"
        )]
        let now = std::time::SystemTime::now();
        // A calendar before 1970 or after the year 292 million shows its limit.
        let since = now
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap_or_default();
        WallTime::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    /// The first tick that is not before `at`: when something due at `at` can be seen.
    pub fn tick_at(&self, at: Time) -> Time {
        Time::from_nanos(
            at.as_nanos()
                .div_ceil(self.tick_nanos)
                .saturating_mul(self.tick_nanos),
        )
    }

    /// Waits until the first tick that is not before `at`.
    pub async fn reach(&self, at: Time) {
        sleep_until(self.origin + self.tick_at(at).since(Time::ZERO)).await;
    }
}
