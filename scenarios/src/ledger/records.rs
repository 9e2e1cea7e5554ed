//! The records of a master's books, as its notes tell them.

use crate::trace::NodeId;
use deploysim_protocol::address::Address;
use deploysim_protocol::event::{ApplicationSlot, DriverSlot, RemovalReason, WorkerSlot};
use deploysim_protocol::id::{ApplicationId, DriverId, ExecutorId, ProfileId, WorkerId};
use deploysim_protocol::state::{ApplicationState, DriverState, ExecutorState, WorkerState};
use deploysim_protocol::text::Text;
use deploysim_protocol::time::{Time, WallTime};
use std::collections::BTreeMap;

/// Where a master keeps a driver or an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kept {
    /// Among those that have not ended.
    Active,
    /// Among those that have ended.
    Completed,
    /// Nowhere.
    Forgotten,
}

/// An executor in a master's books: its application's slot, and its number there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExecutorKey {
    /// Its application.
    pub application: ApplicationSlot,
    /// Its number within the application.
    pub number: u32,
}

/// How a worker was removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Removal {
    /// When.
    pub at: Time,
    /// Why.
    pub reason: RemovalReason,
    /// Its last heartbeat in the books.
    pub last_heartbeat: WallTime,
    /// The master's calendar clock at that moment.
    pub now: WallTime,
}

/// A worker in a master's books.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkerRecord {
    /// Its id.
    pub id: WorkerId,
    /// The process that announced this id.
    pub node: Option<NodeId>,
    /// Its host and port.
    pub address: Address,
    /// Its state; DEAD from its removal on.
    pub state: WorkerState,
    /// Whether the master remembers it, also as DEAD.
    pub listed: bool,
    /// Cores it offers.
    pub cores: i32,
    /// Memory it offers, in MiB.
    pub memory_mib: i32,
    /// Cores in use: what was booked, less what was freed.
    pub cores_used: i32,
    /// Memory in use, in MiB.
    pub memory_used_mib: i32,
    /// When it was added.
    pub added: Time,
    /// When its state changed last.
    pub changed: Time,
    /// How it was removed.
    pub removed: Option<Removal>,
    /// Executors in its map, in no particular order.
    pub executors: Vec<ExecutorKey>,
    /// Drivers in its map, in no particular order.
    pub drivers: Vec<DriverSlot>,
    /// Named resources it offers: name and address.
    pub offered: Vec<(Text, Text)>,
    /// Named resources in use: name and address, in no particular order.
    pub taken: Vec<(Text, Text)>,
}

/// An executor in a master's books.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExecutorRecord {
    /// On which worker.
    pub worker: WorkerSlot,
    /// The process of that worker.
    pub worker_node: Option<NodeId>,
    /// Of which profile.
    pub profile: ProfileId,
    /// Its cores.
    pub cores: i32,
    /// Its memory, in MiB.
    pub memory_mib: i32,
    /// Its state.
    pub state: ExecutorState,
    /// Whether it is in its application's map.
    pub in_application: bool,
    /// Whether it is in its worker's map.
    pub in_worker: bool,
    /// When it was added.
    pub added: Time,
    /// When its state changed last.
    pub changed: Time,
}

/// An application in a master's books.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApplicationRecord {
    /// Its id.
    pub id: ApplicationId,
    /// The process of its client.
    pub client: Option<NodeId>,
    /// Its client's address.
    pub driver: Address,
    /// Its name in the scenario.
    pub name: Option<Text>,
    /// Its state.
    pub state: ApplicationState,
    /// Where it is kept.
    pub kept: Kept,
    /// The most cores it may hold at one time.
    pub cores_requested: i32,
    /// Cores granted: those of the executors in its map.
    pub cores_granted: i32,
    /// How many executors are in its map.
    pub executors_booked: u32,
    /// Every executor that was ever added, by number.
    pub executors: BTreeMap<u32, ExecutorRecord>,
    /// Executors wanted in all, by profile, in the order in which they were first set.
    pub targets: Vec<(ProfileId, i32)>,
    /// Abnormal executor ends since the last time any reached RUNNING.
    pub retry_count: i32,
    /// When it was added.
    pub added: Time,
    /// When its state changed last.
    pub changed: Time,
}

impl ApplicationRecord {
    /// The target of a profile, if one was ever set.
    pub fn target(&self, profile: ProfileId) -> Option<i32> {
        let found = self.targets.iter().find(|(known, _)| *known == profile);
        found.map(|(_, target)| *target)
    }

    /// The full id of one of its executors.
    pub const fn executor_id(&self, number: u32) -> ExecutorId {
        ExecutorId {
            application: self.id,
            number,
        }
    }
}

/// A submitted driver in a master's books.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DriverRecord {
    /// Its id.
    pub id: DriverId,
    /// Its name in the scenario.
    pub name: Option<Text>,
    /// Its state.
    pub state: DriverState,
    /// Where it is kept.
    pub kept: Kept,
    /// The worker in whose map it is.
    pub worker: Option<WorkerSlot>,
    /// Whether it waits for a worker.
    pub waiting: bool,
    /// Its cores.
    pub cores: i32,
    /// Its memory, in MiB.
    pub memory_mib: i32,
    /// Whether it is supervised.
    pub supervise: bool,
    /// Whether a request to kill it was accepted.
    pub kill_requested: bool,
    /// The driver that lives on as this one.
    pub predecessor: Option<DriverId>,
    /// The driver as which this one lives on.
    pub successor: Option<DriverId>,
    /// How often it was placed on a worker.
    pub placements: u32,
    /// When it was added.
    pub added: Time,
    /// When its state changed last.
    pub changed: Time,
}
