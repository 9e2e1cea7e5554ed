//! The words that the files of the network model share: places, the two ways between them, and
//! the number by which a fault is lifted again.

/// A machine, by its dense number. A worker and its child processes share one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Machine(pub u32);

/// A process, by a number that is never used for another one in the same run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Process(pub u32);

/// Where one end of a connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    /// The machine.
    pub machine: Machine,
    /// The process on that machine.
    pub process: Process,
}

/// Names one occurrence of a fault, so that it can be lifted. The caller chooses the number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cause(pub u32);

/// Whether what leaves in one direction crosses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Way {
    /// It crosses.
    Open,
    /// It is lost on the way, silently.
    Cut,
}

/// Both ways between two places, as seen from the one that sends. A machine without power is a
/// black hole: both ways to it are cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Path {
    /// From the sender to the receiver.
    pub forward: Way,
    /// From the receiver back: the way of acknowledgements.
    pub backward: Way,
}

impl Path {
    /// Both ways open.
    pub const OPEN: Self = Self {
        forward: Way::Open,
        backward: Way::Open,
    };

    /// Both ways cut.
    pub const CUT: Self = Self {
        forward: Way::Cut,
        backward: Way::Cut,
    };
}
