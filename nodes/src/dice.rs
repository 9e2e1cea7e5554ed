//! A small seeded generator that a node draws from: one stream per node, so that adding a node
//! changes nothing that another node draws.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Who draws no more often than this keeps no generator, but makes it anew for each draw: it takes
/// some 300 bytes, and most workers draw once in their life.
const DRAWS_UNKEPT: u8 = 4;

/// Words of 32 bits that one draw takes from the stream.
const WORDS_PER_DRAW: u128 = 2;

/// One node's stream of random numbers: ChaCha8, whose output is the same on every platform and
/// in every release.
#[derive(Clone, Debug)]
pub struct Dice {
    seed: [u8; 32],
    /// How often was drawn before the generator was kept.
    draws: u8,
    stream: Option<Box<ChaCha8Rng>>,
}

impl Dice {
    /// The stream that begins at `seed`.
    pub const fn from_seed(seed: [u8; 32]) -> Self {
        Self {
            seed,
            draws: 0,
            stream: None,
        }
    }

    /// Uniform in [0, 1), in steps of 2⁻⁵³.
    pub fn unit(&mut self) -> f64 {
        const STEPS: f64 = (1_u64 << 53) as f64;
        (self.next_u64() >> 11) as f64 / STEPS
    }

    /// Uniform in 0..`bound`, without bias. Draws again while the draw lies in the incomplete
    /// last interval, so that the sequence depends on nothing but the stream.
    ///
    /// # Panics
    /// If `bound` is 0.
    pub fn below(&mut self, bound: u32) -> u32 {
        assert!(bound > 0, "there is no number below 0");
        let bound = u64::from(bound);
        let limit = u64::MAX - u64::MAX % bound;
        loop {
            let draw = self.next_u64();
            if draw < limit {
                return u32::try_from(draw % bound).expect("a remainder is below its divisor");
            }
        }
    }

    fn next_u64(&mut self) -> u64 {
        if let Some(stream) = &mut self.stream {
            return stream.random();
        }
        let mut stream = ChaCha8Rng::from_seed(self.seed);
        stream.set_word_pos(WORDS_PER_DRAW * u128::from(self.draws));
        let draw = stream.random();
        if self.draws < DRAWS_UNKEPT {
            self.draws += 1;
        } else {
            self.stream = Some(Box::new(stream));
        }
        draw
    }
}

#[cfg(test)]
mod tests {
    use super::Dice;
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    #[test]
    fn the_first_draws_never_change() {
        let mut dice = Dice::from_seed([7; 32]);
        let draws: Vec<u32> = (0..4).map(|_| dice.below(1000)).collect();
        assert_eq!(draws, PINNED);
        assert!((0.0..1.0).contains(&dice.unit()));
    }

    const PINNED: [u32; 4] = [76, 590, 727, 873];

    #[test]
    fn a_generator_that_is_not_kept_draws_the_same() {
        let mut dice = Dice::from_seed([3; 32]);
        let mut kept = ChaCha8Rng::from_seed([3; 32]);
        for _ in 0..100 {
            assert_eq!(dice.next_u64(), kept.random::<u64>());
        }
    }

    #[test]
    fn every_number_below_the_bound_is_drawn() {
        let mut dice = Dice::from_seed([1; 32]);
        let mut seen = [false; 6];
        for _ in 0..200 {
            seen[dice.below(6) as usize] = true;
        }
        assert_eq!(seen, [true; 6]);
    }
}
