//! What is measured: processor time of the one thread that runs, since the wall clock of a
//! shared machine also counts what others do. How it is written is Criterion's.

use criterion::measurement::{Measurement, ValueFormatter, WallTime};
use rustix::time::{ClockId, clock_gettime};
use std::time::Duration;

/// Processor time of the thread, in nanoseconds.
pub struct ProcessorTime(WallTime);

impl ProcessorTime {
    /// A measurement for [`criterion::Criterion::with_measurement`].
    pub const fn new() -> Self {
        Self(WallTime)
    }

    fn now() -> Duration {
        let now = clock_gettime(ClockId::ThreadCPUTime);
        let seconds = u64::try_from(now.tv_sec).unwrap_or(0);
        let nanoseconds = u32::try_from(now.tv_nsec).unwrap_or(0);
        Duration::new(seconds, nanoseconds)
    }
}

/// What Criterion expects of so many iterations, where one was measured for all of them.
pub(crate) fn repeated(took: Duration, iterations: u64) -> Duration {
    let nanoseconds = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
    Duration::from_nanos(nanoseconds.saturating_mul(iterations))
}

impl Default for ProcessorTime {
    fn default() -> Self {
        Self::new()
    }
}

impl Measurement for ProcessorTime {
    type Intermediate = Duration;
    type Value = Duration;

    fn start(&self) -> Self::Intermediate {
        Self::now()
    }

    fn end(&self, start: Self::Intermediate) -> Self::Value {
        Self::now() - start
    }

    fn add(&self, one: &Self::Value, other: &Self::Value) -> Self::Value {
        *one + *other
    }

    fn zero(&self) -> Self::Value {
        Duration::ZERO
    }

    fn to_f64(&self, value: &Self::Value) -> f64 {
        self.0.to_f64(value)
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        self.0.formatter()
    }
}
