//! What goes into a scheduling pass and what comes out of it. How it is decided is in
//! `launch_drivers.rs`, `launch_executors.rs` and `placement.rs`.

use deploysim_protocol::event::{ApplicationSlot, DriverSlot, WorkerSlot};
use deploysim_protocol::id::ProfileId;
use deploysim_protocol::resource::Resources;

/// The one random thing of a pass: in which order the usable workers are visited for drivers.
///
/// The workers stand in a row, by ascending id. Before the i-th worker is visited for the first
/// time (i from 0), `pick` says which of the remaining ones, at places i and up, it is: the one
/// at place i + `pick`. That one and the one at place i change places. So the order is drawn
/// only as far as it is needed, and not at all where only one worker remains.
///
/// A driver that fits on no usable worker visits none, so it draws nothing. Spark lets it visit
/// each worker once, after which the next visit is at the same place as before; what is drawn
/// later is as random as what would have been drawn for it, so the orders of visit are the same
/// in distribution, and the same one by one where the order is given.
pub trait Shuffle {
    /// A number below `remaining`, which is at least 2.
    fn pick(&mut self, remaining: u32) -> u32;
}

/// One decision of a pass.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Launch {
    /// A driver leaves the queue for a worker.
    Driver {
        /// Which driver.
        driver: DriverSlot,
        /// Where.
        worker: WorkerSlot,
        /// The addresses that it holds.
        resources: Resources,
    },
    /// An application gets a new executor.
    Executor {
        /// Whose.
        application: ApplicationSlot,
        /// Of which profile.
        profile: ProfileId,
        /// Where.
        worker: WorkerSlot,
        /// Its cores.
        cores: i32,
        /// Its memory, in MiB.
        memory_mib: i32,
        /// The addresses that it holds.
        resources: Resources,
    },
}

/// What one pass did and what it cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct PassCounts {
    /// Drivers that left the queue for a worker.
    pub drivers_launched: u64,
    /// Executors started.
    pub executors_launched: u64,
    /// Profiles for which workers were looked for.
    pub decisions: u64,
    /// How often a worker was looked at, for a driver or for executors.
    pub candidates_visited: u64,
    /// How often a shape was compared with what several workers have at most, or with a worker
    /// that had room before or got more, so that others need not be looked at.
    pub comparisons: u64,
    /// How often a worker is looked at, at least, by a pass without any index: each usable
    /// worker once for a driver that fits nowhere, and each known worker once for a profile
    /// that wants executors, in order to filter them.
    pub plain_visits: u64,
}
