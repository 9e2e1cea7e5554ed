//! One way between two machines: how long what leaves needs to arrive. Latency, and a queue where
//! there is a bandwidth. What `delay` faults add is the world's; whether the way is open is
//! `cuts.rs`; order within a connection is `flow.rs`.

use super::latency::Latency;
use deploysim_protocol::time::Time;
use rand_xoshiro::Xoshiro256PlusPlus;
use std::num::NonZeroU64;
use std::sync::Arc;
use std::time::Duration;

#[cfg(test)]
mod tests;

/// The link from one machine to another, with a random stream of its own.
#[derive(Clone, Debug)]
#[repr(align(64))]
pub struct Link {
    latency: Arc<Latency>,
    rng: Xoshiro256PlusPlus,
    bytes_per_second: Option<NonZeroU64>,
    /// When everything that was handed in under a bandwidth has left.
    busy_until: Time,
}

impl Link {
    /// A link without a bandwidth limit and without faults.
    pub fn new(latency: Arc<Latency>, rng: Xoshiro256PlusPlus) -> Self {
        Self {
            latency,
            rng,
            bytes_per_second: None,
            busy_until: Time::ZERO,
        }
    }

    /// Sets the bandwidth, or removes it. What is queued already leaves at the old rate.
    pub fn limit(&mut self, bytes_per_second: Option<NonZeroU64>) {
        self.bytes_per_second = bytes_per_second;
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

    /// Time from leaving to arriving: a draw of the latency.
    #[inline]
    pub fn travel(&mut self) -> Duration {
        self.latency.draw(&mut self.rng)
    }

    /// The longest that [`Self::travel`] can take.
    pub fn travel_max(&self) -> Duration {
        self.latency.max()
    }
}
