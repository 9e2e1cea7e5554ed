//! What the connections of a process hold of frames that have not come as a whole. Each may be
//! as long as the limit of frames; all together have a bound, so that many peers who stop in the
//! middle of long frames do not take all memory.

use std::cell::Cell;
use std::rc::Rc;

/// All of them together: sixteen of the longest frames.
const BYTES_MAX: usize = 256 * 1024 * 1024;

/// What each may hold whatever the others do: more than the messages of a healthy cluster have.
const FREE_BYTES: usize = 256 * 1024;

/// The sum over the connections of a process.
#[derive(Clone, Debug, Default)]
pub(super) struct Unfinished {
    bytes: Rc<Cell<usize>>,
}

impl Unfinished {
    /// The share of one more connection.
    pub(super) fn share(&self) -> Share {
        let (all, own) = (self.clone(), 0);
        Share { all, own }
    }
}

/// What one connection holds. Given back with this value.
#[derive(Debug)]
pub(super) struct Share {
    all: Unfinished,
    own: usize,
}

impl Share {
    /// The connection holds so many bytes. Whether it may.
    pub(super) fn holds(&mut self, bytes: usize) -> bool {
        let sum = self.all.bytes.get() - self.own + bytes;
        self.all.bytes.set(sum);
        self.own = bytes;
        bytes <= FREE_BYTES || sum <= BYTES_MAX
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.holds(0);
    }
}

#[cfg(test)]
mod tests {
    use super::{BYTES_MAX, FREE_BYTES, Unfinished};

    #[test]
    fn only_those_who_hold_much_have_to_share() {
        let all = Unfinished::default();
        let (mut one, mut other, mut third) = (all.share(), all.share(), all.share());
        assert!(one.holds(BYTES_MAX - FREE_BYTES));
        assert!(other.holds(FREE_BYTES));
        assert!(third.holds(FREE_BYTES));
        assert!(!other.holds(FREE_BYTES + 1));
        drop(other);
        drop(third);
        assert!(one.holds(BYTES_MAX));
        assert!(!one.holds(BYTES_MAX + 1));
        assert!(one.holds(0));
        assert_eq!(all.bytes.get(), 0);
    }
}
