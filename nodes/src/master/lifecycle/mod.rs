//! How workers, applications and submitted drivers enter the books and leave them, with all that
//! follows: the transitions that several concerns end in. What leads to them is in the files of
//! the concerns; the single changes that they consist of are in `booking.rs`.

mod applications;
mod drivers;
mod workers;

pub(in crate::master) use applications::executor_shape;
pub(in crate::master) use workers::{Registered, tell_client};

/// How many of the oldest completed records are forgotten before another is added: none below
/// the limit, then a tenth of the limit at once.
fn surplus(completed: usize, retained: usize) -> usize {
    if completed >= retained {
        (retained / 10).max(1)
    } else {
        0
    }
}
