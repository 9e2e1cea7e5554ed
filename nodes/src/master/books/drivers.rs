//! The submitted drivers of a Master's books, active and completed. Which of them wait is known
//! to the scheduler.

use super::slab::Slab;
use super::workers::Assignment;
use deploysim_protocol::description::DriverDescription;
use deploysim_protocol::event::DriverSlot;
use deploysim_protocol::id::DriverId;
use deploysim_protocol::record::DriverRecord;
use deploysim_protocol::resource::Resources;
use deploysim_protocol::state::DriverState;
use deploysim_protocol::time::WallTime;
use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

/// One submitted driver. Spark: `DriverInfo`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::master) struct DriverInfo {
    /// Its id.
    pub(in crate::master) id: DriverId,
    /// What it is.
    pub(in crate::master) description: Arc<DriverDescription>,
    /// When it was submitted.
    pub(in crate::master) start_time: WallTime,
    /// Its state.
    pub(in crate::master) state: DriverState,
    /// Why it ended, where there was an exception.
    pub(in crate::master) exception: Option<Arc<str>>,
    /// Its worker; a completed driver keeps it. Spark: `DriverInfo.worker`.
    pub(in crate::master) worker: Option<Assignment>,
    /// Addresses of named resources that it holds.
    pub(in crate::master) resources: Resources,
    /// In how many workers' maps it is: its slot is not used again before it is in none.
    pub(in crate::master) on_workers: u32,
    is_forgotten: bool,
}

impl DriverInfo {
    /// A driver without a worker.
    pub(in crate::master) fn new(record: &DriverRecord) -> Self {
        Self {
            id: record.id,
            description: Arc::clone(&record.description),
            start_time: record.start_time,
            state: DriverState::Submitted,
            exception: None,
            worker: None,
            resources: Resources::NONE,
            on_workers: 0,
            is_forgotten: false,
        }
    }
}

/// All submitted drivers.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(in crate::master) struct Drivers {
    places: Slab<DriverInfo>,
    active: BTreeSet<(DriverId, DriverSlot)>,
    completed: VecDeque<DriverSlot>,
}

impl Drivers {
    /// No drivers.
    pub(in crate::master) const fn new() -> Self {
        Self {
            places: Slab::new(),
            active: BTreeSet::new(),
            completed: VecDeque::new(),
        }
    }

    /// The active driver of this id. Spark: `drivers.find(_.id == driverId)`.
    pub(in crate::master) fn by_id(&self, id: DriverId) -> Option<DriverSlot> {
        let mut same = self.active.range((id, DriverSlot(0))..);
        same.next()
            .filter(|(found, _)| *found == id)
            .map(|(_, slot)| *slot)
    }

    /// The driver at a slot.
    ///
    /// # Panics
    /// If the slot is vacant.
    pub(in crate::master) fn info(&self, slot: DriverSlot) -> &DriverInfo {
        self.places.find(slot.0).expect(VACANT)
    }

    /// The driver at a slot.
    ///
    /// # Panics
    /// If the slot is vacant.
    pub(in crate::master) fn info_mut(&mut self, slot: DriverSlot) -> &mut DriverInfo {
        self.places.find_mut(slot.0).expect(VACANT)
    }

    /// The drivers that have not ended, by id. Spark: `drivers`.
    pub(in crate::master) fn active(&self) -> impl Iterator<Item = DriverSlot> {
        self.active.iter().map(|(_, slot)| *slot)
    }

    /// How many have not ended.
    pub(in crate::master) fn active_count(&self) -> i32 {
        i32::try_from(self.active.len()).unwrap_or(i32::MAX)
    }

    /// The drivers that have ended, oldest first.
    pub(in crate::master) fn completed(&self) -> impl Iterator<Item = DriverSlot> {
        self.completed.iter().copied()
    }

    /// How many have ended and are remembered.
    pub(in crate::master) fn completed_count(&self) -> usize {
        self.completed.len()
    }

    /// Enters a driver.
    pub(in crate::master) fn insert(&mut self, info: DriverInfo) -> DriverSlot {
        let id = info.id;
        let slot = DriverSlot(self.places.insert(info));
        self.active.insert((id, slot));
        slot
    }

    /// Strikes a driver off the active ones.
    pub(in crate::master) fn deactivate(&mut self, slot: DriverSlot) {
        let id = self.info(slot).id;
        self.active.remove(&(id, slot));
    }

    /// Remembers a driver as the newest completed one.
    pub(in crate::master) fn complete(&mut self, slot: DriverSlot) {
        self.completed.push_back(slot);
    }

    /// Takes the oldest completed driver off the list. Its place is vacated by
    /// [`Drivers::vacate`].
    pub(in crate::master) fn forget_oldest(&mut self) -> Option<DriverSlot> {
        let slot = self.completed.pop_front()?;
        self.info_mut(slot).is_forgotten = true;
        Some(slot)
    }

    /// Vacates the place of a forgotten driver that is on no worker. The caller knows that it
    /// does not wait.
    pub(in crate::master) fn vacate(&mut self, slot: DriverSlot) {
        let info = self.info(slot);
        if info.is_forgotten && info.on_workers == 0 {
            self.places.remove(slot.0);
        }
    }
}

const VACANT: &str = "the slot holds a driver";
