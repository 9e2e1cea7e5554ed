//! One way between two machines: how long what leaves needs to arrive. Latency, extra delay by
//! faults, and a queue where there is a bandwidth. Packet loss is not here. Whether the way is open is `cuts.rs`; order
//! within a connection is `flow.rs`.

use super::latency::Latency;
use super::path::Cause;
use deploysim_protocol::time::Time;
use rand_xoshiro::Xoshiro256PlusPlus;
use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::Duration;

#[cfg(test)]
mod tests;

/// The link from one machine to another, with a random stream of its own.
#[derive(Clone, Debug)]
pub struct Link {
    latency: Arc<Latency>,
    rng: Xoshiro256PlusPlus,
    bytes_per_second: Option<NonZeroU64>,
    /// When everything that was handed in under a bandwidth has left.
    busy_until: Time,
    slowed: Vec<Slowed>,
}

/// One active `delay` fault. It draws from a stream of its own, so that without the fault the
/// link's latencies are the same.
#[derive(Clone, Debug)]
struct Slowed {
    cause: Cause,
    extra: Arc<Latency>,
    rng: Xoshiro256PlusPlus,
}

impl Link {
    /// A link without a bandwidth limit and without faults.
    pub fn new(latency: Arc<Latency>, rng: Xoshiro256PlusPlus) -> Self {
        Self {
            latency,
            rng,
            bytes_per_second: None,
            busy_until: Time::ZERO,
            slowed: Vec::new(),
        }
    }

    /// Sets the bandwidth, or removes it. What is queued already leaves at the old rate.
    pub fn limit(&mut self, bytes_per_second: Option<NonZeroU64>) {
        self.bytes_per_second = bytes_per_second;
    }

    /// Begins a `delay` fault: `extra`, drawn from `rng` for each message, is added. Faults of
    /// different causes add up.
    pub fn slow(&mut self, cause: Cause, extra: Arc<Latency>, rng: Xoshiro256PlusPlus) {
        self.slowed.push(Slowed { cause, extra, rng });
    }

    /// Ends the `delay` fault of this cause; nothing happens if it does not slow this link.
    pub fn restore(&mut self, cause: Cause) {
        self.slowed.retain(|slowed| slowed.cause != cause);
    }

    /// Time from handing in a message at `now` to its arrival: [`Self::leave`], then
    /// [`Self::travel`]. `size_bytes` is asked only where there is a bandwidth.
    #[inline]
    pub fn delay(&mut self, now: Time, size_bytes: impl FnOnce() -> u32) -> Duration {
        self.leave(now, size_bytes).since(now) + self.travel()
    }

    /// When the last byte of a message has left that is handed in at `now`: after all that was
    /// handed in before, and as long as its size takes. At once without a bandwidth. A world that wants
    /// to judge at this instant whether the message crosses schedules a step for it.
    #[inline]
    pub fn leave(&mut self, now: Time, size_bytes: impl FnOnce() -> u32) -> Time {
        let Some(bytes_per_second) = self.bytes_per_second else {
            return now.max(self.busy_until);
        };
        // A u32 times 10⁹ fits: 2³² · 10⁹ < 2⁶⁴.
        let byte_nanos = u64::from(size_bytes()) * 1_000_000_000;
        let transmission = Duration::from_nanos(byte_nanos.div_ceil(bytes_per_second.get()));
        self.busy_until = self.busy_until.max(now) + transmission;
        self.busy_until
    }

    /// Time from leaving to arriving: a draw of the latency and one of each `delay` fault.
    #[inline]
    pub fn travel(&mut self) -> Duration {
        let mut total = self.latency.draw(&mut self.rng);
        for slowed in &mut self.slowed {
            total += slowed.extra.draw(&mut slowed.rng);
        }
        total
    }

    /// The longest that [`Self::travel`] can take with the faults of this moment.
    pub fn travel_max(&self) -> Duration {
        let extra: Duration = self.slowed.iter().map(|slowed| slowed.extra.max()).sum();
        self.latency.max() + extra
    }
}
