//! Scheduling as the protocol states it, without any index: filter, sort, one round after the
//! other. Slow on purpose, and written to be read beside the rules. The property in `random.rs`
//! compares it with the scheduler over random sequences of events, the one in `crowd.rs` with
//! many workers, the ones in `wrapping.rs` at sizes where 32 bits are not enough.

mod cluster;
mod crowd;
mod decision;
mod event;
mod random;
mod wrapping;
