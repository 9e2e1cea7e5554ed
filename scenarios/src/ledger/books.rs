//! A master's books, as its notes tell them: how to look things up. How the notes are added up
//! is in `books_fold.rs`.

use super::records::{
    ApplicationRecord, DriverRecord, ExecutorKey, ExecutorRecord, Kept, WorkerRecord,
};
use crate::trace::NodeId;
use deploysim_protocol::event::{ApplicationSlot, DriverSlot, WorkerSlot};
use deploysim_protocol::id::{ApplicationId, DriverId, WorkerId};
use deploysim_protocol::state::MasterState;
use deploysim_protocol::text::Text;
use deploysim_protocol::time::{Time, WallTime};
use rustc_hash::FxHashMap;

/// A master's books. A record stays readable after it was forgotten, until its slot is used
/// again.
#[derive(Clone, Debug)]
pub struct Books {
    pub(super) state: MasterState,
    pub(super) changed: Time,
    pub(super) in_pass: bool,
    pub(super) passes: u64,
    pub(super) workers: Vec<Option<WorkerRecord>>,
    /// The last heartbeat of each worker, by slot: apart from its record, because it changes all
    /// the time.
    pub(super) heartbeats: Vec<Option<WallTime>>,
    pub(super) applications: Vec<Option<ApplicationRecord>>,
    pub(super) drivers: Vec<Option<DriverRecord>>,
    /// The newest record of each; looked up, never walked through.
    pub(super) worker_by_id: FxHashMap<WorkerId, WorkerSlot>,
    pub(super) worker_by_node: FxHashMap<NodeId, WorkerSlot>,
    pub(super) application_by_id: FxHashMap<ApplicationId, ApplicationSlot>,
    pub(super) application_by_name: FxHashMap<Text, ApplicationSlot>,
    pub(super) driver_by_id: FxHashMap<DriverId, DriverSlot>,
    pub(super) driver_by_name: FxHashMap<Text, DriverSlot>,
}

impl Default for Books {
    /// The books of a master that has just started: STANDBY.
    fn default() -> Self {
        Self {
            state: MasterState::Standby,
            changed: Time::ZERO,
            in_pass: false,
            passes: 0,
            workers: Vec::new(),
            heartbeats: Vec::new(),
            applications: Vec::new(),
            drivers: Vec::new(),
            worker_by_id: FxHashMap::default(),
            worker_by_node: FxHashMap::default(),
            application_by_id: FxHashMap::default(),
            application_by_name: FxHashMap::default(),
            driver_by_id: FxHashMap::default(),
            driver_by_name: FxHashMap::default(),
        }
    }
}

impl Books {
    /// What the master is doing.
    pub const fn state(&self) -> MasterState {
        self.state
    }

    /// When that changed last.
    pub const fn state_since(&self) -> Time {
        self.changed
    }

    /// Whether a scheduling pass is under way.
    pub const fn is_in_pass(&self) -> bool {
        self.in_pass
    }

    /// Scheduling passes that began.
    pub const fn passes(&self) -> u64 {
        self.passes
    }

    /// The worker at a slot; the one that was forgotten last if nobody has it.
    pub fn worker(&self, slot: WorkerSlot) -> Option<&WorkerRecord> {
        self.workers.get(slot.index())?.as_ref()
    }

    /// The last heartbeat that the master has written down of the worker at a slot.
    pub fn last_heartbeat(&self, slot: WorkerSlot) -> Option<WallTime> {
        *self.heartbeats.get(slot.index())?
    }

    /// The workers that the master lists, also DEAD ones, by slot.
    pub fn workers(&self) -> impl Iterator<Item = (WorkerSlot, &WorkerRecord)> {
        let slots = (0_u32..).map(WorkerSlot).zip(&self.workers);
        slots.filter_map(|(slot, record)| {
            let record = record.as_ref()?;
            record.listed.then_some((slot, record))
        })
    }

    /// The newest record of a worker's id that the master lists.
    pub fn worker_by_id(&self, id: WorkerId) -> Option<(WorkerSlot, &WorkerRecord)> {
        self.listed_worker(*self.worker_by_id.get(&id)?)
            .filter(|(_, record)| record.id == id)
    }

    /// The newest record of a worker's process that the master lists.
    pub fn worker_of(&self, node: NodeId) -> Option<(WorkerSlot, &WorkerRecord)> {
        self.listed_worker(*self.worker_by_node.get(&node)?)
            .filter(|(_, record)| record.node == Some(node))
    }

    /// The application at a slot; the one that was forgotten last if nobody has it.
    pub fn application(&self, slot: ApplicationSlot) -> Option<&ApplicationRecord> {
        self.applications.get(slot.index())?.as_ref()
    }

    /// The applications that the master remembers, also completed ones, by slot.
    pub fn applications(&self) -> impl Iterator<Item = (ApplicationSlot, &ApplicationRecord)> {
        let slots = (0_u32..).map(ApplicationSlot).zip(&self.applications);
        slots.filter_map(|(slot, record)| {
            let record = record.as_ref()?;
            (record.kept != Kept::Forgotten).then_some((slot, record))
        })
    }

    /// The application of this id, if the master remembers it.
    pub fn application_by_id(
        &self,
        id: ApplicationId,
    ) -> Option<(ApplicationSlot, &ApplicationRecord)> {
        self.remembered_application(*self.application_by_id.get(&id)?)
            .filter(|(_, record)| record.id == id)
    }

    /// The newest application of this scenario name, if the master remembers it.
    pub fn application_named(&self, name: Text) -> Option<(ApplicationSlot, &ApplicationRecord)> {
        self.remembered_application(*self.application_by_name.get(&name)?)
            .filter(|(_, record)| record.name == Some(name))
    }

    /// An executor that the application at a slot ever had.
    pub fn executor(&self, key: ExecutorKey) -> Option<&ExecutorRecord> {
        self.application(key.application)?
            .executors
            .get(&key.number)
    }

    /// The driver at a slot; the one that was forgotten last if nobody has it.
    pub fn driver(&self, slot: DriverSlot) -> Option<&DriverRecord> {
        self.drivers.get(slot.index())?.as_ref()
    }

    /// The drivers that the master remembers, also completed ones, by slot.
    pub fn drivers(&self) -> impl Iterator<Item = (DriverSlot, &DriverRecord)> {
        let slots = (0_u32..).map(DriverSlot).zip(&self.drivers);
        slots.filter_map(|(slot, record)| {
            let record = record.as_ref()?;
            (record.kept != Kept::Forgotten).then_some((slot, record))
        })
    }

    /// The driver of this id, if the master remembers it.
    pub fn driver_by_id(&self, id: DriverId) -> Option<(DriverSlot, &DriverRecord)> {
        self.remembered_driver(*self.driver_by_id.get(&id)?)
            .filter(|(_, record)| record.id == id)
    }

    /// The newest driver of this scenario name, if the master remembers it.
    pub fn driver_named(&self, name: Text) -> Option<(DriverSlot, &DriverRecord)> {
        self.remembered_driver(*self.driver_by_name.get(&name)?)
            .filter(|(_, record)| record.name == Some(name))
    }

    fn listed_worker(&self, slot: WorkerSlot) -> Option<(WorkerSlot, &WorkerRecord)> {
        let record = self.worker(slot)?;
        record.listed.then_some((slot, record))
    }

    fn remembered_application(
        &self,
        slot: ApplicationSlot,
    ) -> Option<(ApplicationSlot, &ApplicationRecord)> {
        let record = self.application(slot)?;
        (record.kept != Kept::Forgotten).then_some((slot, record))
    }

    fn remembered_driver(&self, slot: DriverSlot) -> Option<(DriverSlot, &DriverRecord)> {
        let record = self.driver(slot)?;
        (record.kept != Kept::Forgotten).then_some((slot, record))
    }
}
