//! INV-X8, INV-X9, INV-S4: what one scheduling pass may decide, as far as notes and the messages
//! that were handled tell. That a placement is exactly right is what the golden vectors test.

use super::demand::{booked, has_room_for, wants};
use super::shapes::Shapes;
use super::violation::Finding;
use crate::ledger::{Books, ExecutorKey, WorkerRecord};
use crate::trace::NodeId;
use deploysim_protocol::event::{ApplicationSlot, WorkerSlot};
use deploysim_protocol::id::ProfileId;
use std::collections::{BTreeMap, BTreeSet};

/// The pass under way, and who registered before whom.
#[derive(Clone, Debug, Default)]
pub(super) struct Passes {
    launched: BTreeSet<(ApplicationSlot, WorkerSlot, ProfileId)>,
    order: BTreeMap<NodeId, Vec<ApplicationSlot>>,
}

impl Passes {
    /// A master began: its books are empty.
    pub(super) fn forget(&mut self, master: NodeId) {
        self.order.remove(&master);
    }

    pub(super) fn began(&mut self) {
        self.launched.clear();
    }

    pub(super) fn application_added(&mut self, master: NodeId, application: ApplicationSlot) {
        self.order.entry(master).or_default().push(application);
    }

    pub(super) fn application_removed(&mut self, master: NodeId, application: ApplicationSlot) {
        if let Some(order) = self.order.get_mut(&master) {
            order.retain(|own| *own != application);
        }
    }

    /// How many applications a master has.
    pub(super) fn applications(&self, master: NodeId) -> u32 {
        let count = self.order.get(&master).map_or(0, Vec::len);
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    /// A pass launches an executor.
    pub(super) fn launched(
        &mut self,
        master: NodeId,
        key: ExecutorKey,
        books: &Books,
        shapes: &Shapes,
    ) -> Vec<Finding> {
        let mut findings = Vec::new();
        let Some(application) = books.application(key.application) else {
            return findings;
        };
        let Some(record) = application.executors.get(&key.number) else {
            return findings;
        };
        let id = application.executor_id(key.number);
        let profile = record.profile;
        let slot = (key.application, record.worker, profile);
        let is_second = !self.launched.insert(slot);
        let shape = shapes.profile(master, key.application, profile);
        if is_second && shape.is_some_and(|shape| shape.cores.is_none()) {
            let sentence = format!(
                "executor {id} is the second one of profile {profile} on one worker in one pass, without cores per executor"
            );
            findings.push(Finding::new("INV-X8", sentence).about(id));
        }
        let target = application.target(profile).unwrap_or(i32::MAX);
        if target < i32::MAX {
            let count = booked(application, profile);
            if !i64::try_from(count).is_ok_and(|count| count <= i64::from(target)) {
                let sentence = format!(
                    "executor {id} makes {count} executors of profile {profile}, and {target} are wanted"
                );
                findings.push(Finding::new("INV-X9", sentence).about(id));
            }
        }
        findings.extend(self.passed_over(master, key, books, shapes));
        findings
    }

    /// INV-S4: an application that registered earlier wants an executor that would have fitted
    /// where this one went.
    fn passed_over(
        &self,
        master: NodeId,
        key: ExecutorKey,
        books: &Books,
        shapes: &Shapes,
    ) -> Option<Finding> {
        let order = self.order.get(&master)?;
        let earlier = order.iter().take_while(|own| **own != key.application);
        let own = books.application(key.application)?;
        let record = own.executors.get(&key.number)?;
        let mut before: Option<WorkerRecord> = None;
        for slot in earlier {
            let application = books.application(*slot)?;
            for shape in shapes.of(master, *slot) {
                if !wants(application, shape) {
                    continue;
                }
                let worker = match &before {
                    Some(worker) => worker,
                    None => {
                        let mut worker = books.worker(record.worker)?.clone();
                        worker.cores_used -= record.cores;
                        worker.memory_used_mib -= record.memory_mib;
                        before.insert(worker)
                    }
                };
                let had_its_share = shape.cores.is_none()
                    && self
                        .launched
                        .contains(&(*slot, record.worker, shape.profile));
                if !had_its_share && has_room_for(worker, shape) {
                    let sentence = format!(
                        "executor {} went to {}, although application {}, which registered earlier, has {} of {} cores and wants {} there",
                        own.executor_id(key.number),
                        worker.id,
                        application.id,
                        application.cores_granted,
                        application.cores_requested,
                        shape.cores_min()
                    );
                    let finding = Finding::new("INV-S4", sentence).about(own.id);
                    return Some(finding.about(application.id));
                }
            }
        }
        None
    }
}
