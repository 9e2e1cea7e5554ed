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
}
