//! Named random streams: every entity and purpose (a link, a node, a fault, an arrival process)
//! draws from a generator of its own, seeded from the run's seed and a stable name.
//! What the names are is up to the worlds; no generator is shared or kept here.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_xoshiro::Xoshiro256PlusPlus;

#[cfg(test)]
mod tests;

/// Separates these keys from every other use of BLAKE3. Changing it changes every run.
const CONTEXT: &str = "deploysim named random streams, version 1";

/// The source of all streams of one run.
///
/// The seed of a stream is `blake3_keyed(key, name)`, where
/// `key = blake3_derive_key("deploysim named random streams, version 1", run seed as 8 bytes,
/// little endian)`. A stream therefore depends on the run's seed and its own name, and on
/// nothing else: which other streams exist, and in which order they are made, cannot matter.
/// [`Self::chacha`] and [`Self::small`] of one name use the same seed for different generators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seeds {
    key: [u8; 32],
}

impl Seeds {
    /// The streams of the run with this seed.
    pub fn new(run_seed: u64) -> Self {
        Self {
            key: blake3::derive_key(CONTEXT, &run_seed.to_le_bytes()),
        }
    }

    /// The stream `name`, for nodes, faults and arrivals: ChaCha with 8 rounds.
    pub fn chacha(&self, name: &str) -> ChaCha8Rng {
        ChaCha8Rng::from_seed(self.seed(name))
    }

    /// The stream `name`, for links, of which there are many: xoshiro256++, 32 bytes of state.
    pub fn small(&self, name: &str) -> Xoshiro256PlusPlus {
        Xoshiro256PlusPlus::from_seed(self.seed(name))
    }

    fn seed(&self, name: &str) -> [u8; 32] {
        *blake3::keyed_hash(&self.key, name.as_bytes()).as_bytes()
    }
}
