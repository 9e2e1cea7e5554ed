//! What applications and drivers ask for, read from the messages that a master handles: notes
//! carry the sums of cores, but not what one executor needs. An application whose registration
//! was not seen has no shape, and is not judged by one.

use crate::ledger::WorkerRecord;
use crate::trace::{NodeId, Unit};
use deploysim_protocol::address::Address;
use deploysim_protocol::description::{ApplicationDescription, DriverDescription, ResourceProfile};
use deploysim_protocol::event::{ApplicationSlot, DriverSlot};
use deploysim_protocol::id::{ApplicationId, ProfileId};
use deploysim_protocol::message::{Ask, AskMaster, Message, ToMaster};
use deploysim_protocol::resource::ResourceRequirement;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What one executor of a profile takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shape {
    pub(super) profile: ProfileId,
    /// Absent: what a worker has free.
    pub(super) cores: Option<i32>,
    pub(super) memory_mib: i32,
    pub(super) requirements: Vec<ResourceRequirement>,
}

impl Shape {
    fn of(description: &ApplicationDescription, profile: &ResourceProfile) -> Self {
        let memory_mib = profile.executor_memory_mib;
        Self {
            profile: profile.id,
            cores: profile
                .executor_cores
                .or_else(|| description.cores_per_executor()),
            memory_mib: memory_mib.unwrap_or_else(|| description.memory_per_executor_mib()),
            requirements: profile.custom_resources.clone(),
        }
    }

    /// The fewest cores of an executor.
    pub(super) fn cores_min(&self) -> i32 {
        self.cores.unwrap_or(1)
    }
}

/// Whether this much is free on a worker.
pub(super) fn fits(
    worker: &WorkerRecord,
    cores: i32,
    memory_mib: i32,
    requirements: &[ResourceRequirement],
) -> bool {
    worker.cores.wrapping_sub(worker.cores_used) >= cores
        && worker.memory_mib.wrapping_sub(worker.memory_used_mib) >= memory_mib
        && requirements.iter().all(|required| {
            let count = |list: &[(_, _)]| {
                list.iter()
                    .filter(|(name, _)| *name == required.name)
                    .count()
            };
            let free = count(&worker.offered).saturating_sub(count(&worker.taken));
            i32::try_from(free).is_ok_and(|free| free >= required.amount)
        })
}

/// The question or message that a master handles.
#[derive(Clone, Debug)]
enum Handled {
    Application(Address, Arc<ApplicationDescription>),
    Driver(Arc<DriverDescription>),
    Totals(ApplicationId, Vec<(ProfileId, i32)>),
}

/// Shapes by master and slot.
#[derive(Clone, Debug, Default)]
pub(super) struct Shapes {
    handled: Option<(NodeId, Handled)>,
    applications: BTreeMap<(NodeId, ApplicationSlot), (Arc<ApplicationDescription>, Vec<Shape>)>,
    drivers: BTreeMap<(NodeId, DriverSlot), Arc<DriverDescription>>,
}

impl Shapes {
    /// The profiles of an application, by ascending id; none if its registration was not seen.
    pub(super) fn of(&self, master: NodeId, application: ApplicationSlot) -> &[Shape] {
        let found = self.applications.get(&(master, application));
        found.map_or(&[], |(_, shapes)| shapes)
    }

    /// A profile of an application.
    pub(super) fn profile(
        &self,
        master: NodeId,
        application: ApplicationSlot,
        profile: ProfileId,
    ) -> Option<&Shape> {
        let shapes = self.of(master, application).iter();
        shapes.into_iter().find(|shape| shape.profile == profile)
    }

    /// What a driver asks for beyond cores and memory; `None` if its submission was not seen.
    pub(super) fn driver(
        &self,
        master: NodeId,
        driver: DriverSlot,
    ) -> Option<&[ResourceRequirement]> {
        let description = self.drivers.get(&(master, driver))?;
        Some(&description.resource_requirements)
    }

    /// The totals that this master is asked for in the turn under way.
    pub(super) fn totals(&self, master: NodeId) -> Option<(ApplicationId, &[(ProfileId, i32)])> {
        match &self.handled {
            Some((node, Handled::Totals(id, totals))) if *node == master => Some((*id, totals)),
            Some((_, Handled::Totals(..) | Handled::Application(..) | Handled::Driver(_)))
            | None => None,
        }
    }

    /// A node handles something. `slot` finds the application of an id in a master's books.
    pub(super) fn received(
        &mut self,
        node: NodeId,
        unit: &Unit<'_>,
        slot: impl FnOnce(ApplicationId) -> Option<ApplicationSlot>,
    ) {
        if let Unit::Message(Message::ToMaster(ToMaster::RegisterApplication {
            description,
            driver,
        })) = unit
        {
            let handled = Handled::Application(driver.address, Arc::clone(description));
            self.handled = Some((node, handled));
        } else if let Unit::Ask(Ask::AskMaster(AskMaster::RequestSubmitDriver { description })) =
            unit
        {
            self.handled = Some((node, Handled::Driver(Arc::clone(description))));
        } else if let Unit::Ask(Ask::AskMaster(AskMaster::RequestExecutors {
            application,
            totals,
        })) = unit
        {
            if let Some(slot) = slot(*application)
                && let Some((description, shapes)) = self.applications.get_mut(&(node, slot))
            {
                for (profile, _) in totals {
                    if let Err(at) = shapes.binary_search_by_key(&profile.id, |own| own.profile) {
                        shapes.insert(at, Shape::of(description, profile));
                    }
                }
            }
            let totals = totals.iter().map(|(profile, total)| (profile.id, *total));
            let handled = Handled::Totals(*application, totals.collect());
            self.handled = Some((node, handled));
        } else if self.handled.is_some() {
            self.handled = None;
        }
    }

    pub(super) fn application_added(
        &mut self,
        master: NodeId,
        slot: ApplicationSlot,
        client: Address,
    ) {
        self.applications.remove(&(master, slot));
        if let Some((node, Handled::Application(address, description))) = &self.handled
            && *node == master
            && *address == client
        {
            let shape = Shape::of(description, &description.default_profile);
            let known = (Arc::clone(description), vec![shape]);
            self.applications.insert((master, slot), known);
        }
    }

    pub(super) fn driver_added(&mut self, master: NodeId, slot: DriverSlot) {
        self.drivers.remove(&(master, slot));
        if let Some((node, Handled::Driver(description))) = &self.handled
            && *node == master
        {
            self.drivers.insert((master, slot), Arc::clone(description));
        }
    }

    pub(super) fn driver_relaunched(&mut self, master: NodeId, old: DriverSlot, new: DriverSlot) {
        if let Some(description) = self.drivers.get(&(master, old)).cloned() {
            self.drivers.insert((master, new), description);
        }
    }
}
