//! Golden: the order in which Spark visits workers for drivers is a Fisher-Yates shuffle from
//! the end, driven by `java.util.Random`. The laboratory draws its own order; this shows that
//! the orders in the cases are what Spark draws, so that they may be taken as given.

use super::check_all;
use super::pass::{Case, Conf};

/// `java.util.Random`, as its documentation defines it.
struct JavaRandom(u64);

impl JavaRandom {
    const MULTIPLIER: u64 = 0x5_DEEC_E66D;
    const MASK: u64 = (1 << 48) - 1;

    const fn new(seed: i64) -> Self {
        Self((seed.cast_unsigned() ^ Self::MULTIPLIER) & Self::MASK)
    }

    const fn next_31_bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(Self::MULTIPLIER).wrapping_add(0xB) & Self::MASK;
        self.0 >> 17
    }

    /// Uniform in 0..`bound`, for a bound below 2³¹.
    const fn below(&mut self, bound: u64) -> u64 {
        if bound.is_power_of_two() {
            return (bound * self.next_31_bits()) >> 31;
        }
        loop {
            let bits = self.next_31_bits();
            let drawn = bits % bound;
            if bits - drawn + (bound - 1) < 1 << 31 {
                return drawn;
            }
        }
    }
}

#[test]
fn golden_orders_of_visit() {
    check_all("pass-4.3.0.jsonl", |case: Case| {
        let Conf {
            spread_out_drivers, ..
        } = case.conf;
        let mut order = case.alive_set_order;
        if spread_out_drivers {
            let mut random = JavaRandom::new(case.shuffle_seed.parse().unwrap());
            for n in (2..=order.len()).rev() {
                let k = usize::try_from(random.below(n as u64)).unwrap();
                order.swap(n - 1, k);
            }
        } else {
            order.sort();
        }
        assert_eq!(order, case.driver_worker_order, "{}", case.id);
    });
}
