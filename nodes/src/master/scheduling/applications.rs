//! The waiting applications as scheduling sees them: cores requested and granted, and for each
//! resource profile its shape, its target and how many executors it has.

use super::derived::Derived;
use super::line::{Line, Ticket, Tickets};
use super::shapes::{ShapeId, Shapes};
use super::workers::Need;
use deploysim_protocol::event::ApplicationSlot;
use deploysim_protocol::id::ProfileId;
use deploysim_protocol::resource::ResourceRequirement;

/// What one executor of a profile takes of a worker. Spark: `ExecutorResourceDescription`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ExecutorShape {
    /// Whole cores, at least 1; absent: one core at least, and more as the worker has them.
    pub cores: Option<i32>,
    /// Memory, in MiB.
    pub memory_mib: i32,
    /// Named resources: only the profile's own, by name ascending.
    pub requirements: Vec<ResourceRequirement>,
}

impl ExecutorShape {
    /// The cores without which no executor is started.
    pub(super) fn cores_min(&self) -> i32 {
        self.cores.unwrap_or(1)
    }

    /// What one executor takes at least.
    pub(super) fn need(&self) -> Need<'_> {
        Need {
            cores: self.cores_min(),
            memory_mib: self.memory_mib,
            requirements: &self.requirements,
        }
    }
}

/// One profile of one application. It has no shape while the profile is known only from
/// executors that a worker reported after a recovery; it gets no executor then.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Profile {
    pub(super) id: ProfileId,
    pub(super) shape: Option<ExecutorShape>,
    pub(super) target: i32,
    pub(super) executors: i32,
    /// The number of the shape, which is entered as long as there is one.
    number: Derived<ShapeId>,
    ticket: Derived<Held>,
}

/// Whether a profile has a ticket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Held {
    Yes,
    No,
}

impl Profile {
    /// Whether it wants an executor. At or above the target none can be started, whatever the
    /// workers have.
    fn wants(&self, cores_left: i32) -> Held {
        let shape = self.shape.as_ref().map(ExecutorShape::cores_min);
        let wants = |cores: i32| cores >= 1 && cores <= cores_left && self.executors < self.target;
        if shape.is_some_and(wants) {
            Held::Yes
        } else {
            Held::No
        }
    }
}

/// One waiting application. Invariant: `profiles` are by ascending id.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Application {
    place: Derived<u64>,
    cores_requested: i32,
    cores_granted: i32,
    profiles: Vec<Profile>,
}

impl Application {
    pub(super) const fn cores_left(&self) -> i32 {
        self.cores_requested.wrapping_sub(self.cores_granted)
    }

    /// The profile with an id.
    pub(super) fn profile(&self, id: ProfileId) -> Option<&Profile> {
        let found = self
            .profiles
            .binary_search_by_key(&id, |profile| profile.id);
        found.ok().and_then(|at| self.profiles.get(at))
    }

    fn profile_or_new(&mut self, id: ProfileId) -> &mut Profile {
        let found = self
            .profiles
            .binary_search_by_key(&id, |profile| profile.id);
        let at = found.unwrap_or_else(|at| {
            let new = Profile {
                id,
                shape: None,
                target: 0,
                executors: 0,
                number: Derived(ShapeId::default()),
                ticket: Derived(Held::No),
            };
            self.profiles.insert(at, new);
            at
        });
        self.profiles.get_mut(at).expect("found or just inserted")
    }

    /// Counts executors and cores in; both may be negative.
    fn grant(&mut self, profile: ProfileId, executors: i32, cores: i32) {
        self.cores_granted = self.cores_granted.wrapping_add(cores);
        let profile = self.profile_or_new(profile);
        profile.executors = profile.executors.wrapping_add(executors);
    }
}

/// All waiting applications, by slot, and their order.
///
/// Invariant: a profile has a ticket exactly when it wants an executor.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Applications {
    slots: Vec<Option<Application>>,
    waiting: Line<ApplicationSlot>,
    tickets: Derived<Tickets>,
}

impl Applications {
    pub(super) const NONE: Self = Self {
        slots: Vec::new(),
        waiting: Line::EMPTY,
        tickets: Derived(Tickets::NONE),
    };

    pub(super) fn add(
        &mut self,
        slot: ApplicationSlot,
        cores_requested: i32,
        default_shape: ExecutorShape,
        target: i32,
        shapes: &mut Shapes,
    ) {
        if self.slots.len() <= slot.index() {
            self.slots.resize(slot.index() + 1, None);
        }
        let place = self.slots.get_mut(slot.index()).expect("just made");
        assert!(place.is_none(), "slot {} holds an application", slot.0);
        *place = Some(Application {
            place: Derived(self.waiting.push(slot)),
            cores_requested,
            cores_granted: 0,
            profiles: vec![Profile {
                id: ProfileId::DEFAULT,
                number: Derived(shapes.enter(&default_shape.need())),
                shape: Some(default_shape),
                target,
                executors: 0,
                ticket: Derived(Held::No),
            }],
        });
        self.settle(slot);
    }

    pub(super) fn remove(&mut self, slot: ApplicationSlot, shapes: &mut Shapes) {
        let place = self.slots.get_mut(slot.index());
        if let Some(application) = place.and_then(Option::take) {
            self.waiting.remove(application.place.0);
            for profile in &application.profiles {
                if profile.ticket.0 == Held::Yes {
                    let ticket = ticket(slot, &application, profile);
                    self.tickets.0.remove(profile.number.0, ticket);
                }
                if profile.shape.is_some() {
                    shapes.leave(profile.number.0);
                }
            }
        }
    }

    pub(super) fn add_profile(
        &mut self,
        slot: ApplicationSlot,
        profile: ProfileId,
        shape: ExecutorShape,
        shapes: &mut Shapes,
    ) {
        if let Some(application) = self.find_mut(slot) {
            let profile = application.profile_or_new(profile);
            if profile.shape.is_none() {
                profile.number = Derived(shapes.enter(&shape.need()));
                profile.shape = Some(shape);
            }
            self.settle(slot);
        }
    }

    pub(super) fn set_target(&mut self, slot: ApplicationSlot, profile: ProfileId, target: i32) {
        if let Some(application) = self.find_mut(slot) {
            application.profile_or_new(profile).target = target;
            self.settle(slot);
        }
    }

    pub(super) fn target(&self, slot: ApplicationSlot, profile: ProfileId) -> i32 {
        let profile = self.application(slot).profile(profile);
        profile.map_or(0, |profile| profile.target)
    }

    pub(super) fn executor_limit(&self, slot: ApplicationSlot) -> i32 {
        let profiles = self.application(slot).profiles.iter();
        profiles.fold(0, |sum, profile| sum.wrapping_add(profile.target))
    }

    pub(super) fn profiles(
        &self,
        slot: ApplicationSlot,
    ) -> impl Iterator<Item = (ProfileId, &ExecutorShape)> {
        let profiles = self.application(slot).profiles.iter();
        profiles.filter_map(|profile| Some((profile.id, profile.shape.as_ref()?)))
    }

    pub(super) fn executors(&self, slot: ApplicationSlot, profile: ProfileId) -> i32 {
        let profile = self.application(slot).profile(profile);
        profile.map_or(0, |profile| profile.executors)
    }

    pub(super) fn grant(
        &mut self,
        slot: ApplicationSlot,
        profile: ProfileId,
        executors: i32,
        cores: i32,
    ) {
        if let Some(application) = self.find_mut(slot) {
            application.grant(profile, executors, cores);
            self.settle(slot);
        }
    }

    pub(super) fn revoke(&mut self, slot: ApplicationSlot, profile: ProfileId, cores: i32) {
        self.grant(slot, profile, -1, cores.wrapping_neg());
    }

    pub(super) fn cores_granted(&self, slot: ApplicationSlot) -> i32 {
        self.application(slot).cores_granted
    }

    pub(super) fn cores_left(&self, slot: ApplicationSlot) -> i32 {
        self.application(slot).cores_left()
    }

    pub(super) fn waiting(&self) -> impl Iterator<Item = ApplicationSlot> {
        self.waiting.iter().copied()
    }

    /// The tickets of the profiles that want executors.
    pub(super) const fn tickets(&self) -> &Tickets {
        &self.tickets.0
    }

    /// Whose a ticket is, unless it was taken back.
    pub(super) fn bearer(
        &self,
        ticket: Ticket,
    ) -> Option<(ApplicationSlot, &Application, &Profile, &ExecutorShape)> {
        let slot = ApplicationSlot(ticket.owner);
        let application = self.slots.get(slot.index())?.as_ref()?;
        let profile = application.profile(ProfileId(ticket.profile))?;
        let shape = profile.shape.as_ref()?;
        (profile.ticket.0 == Held::Yes).then_some((slot, application, profile, shape))
    }

    fn application(&self, slot: ApplicationSlot) -> &Application {
        let place = self.slots.get(slot.index()).and_then(Option::as_ref);
        place.expect("the slot holds an application")
    }

    fn find_mut(&mut self, slot: ApplicationSlot) -> Option<&mut Application> {
        self.slots.get_mut(slot.index()).and_then(Option::as_mut)
    }

    /// Hands out and takes back tickets after an application changed.
    fn settle(&mut self, slot: ApplicationSlot) {
        let place = self.slots.get_mut(slot.index()).and_then(Option::as_mut);
        let application = place.expect("who changed is known");
        let cores_left = application.cores_left();
        for at in 0..application.profiles.len() {
            let profile = &application.profiles[at];
            let wants = profile.wants(cores_left);
            if wants == profile.ticket.0 {
                continue;
            }
            let (number, ticket) = (profile.number.0, ticket(slot, application, profile));
            match wants {
                Held::Yes => self.tickets.0.add(number, ticket),
                Held::No => self.tickets.0.remove(number, ticket),
            }
            application.profiles[at].ticket = Derived(wants);
        }
    }
}

fn ticket(slot: ApplicationSlot, application: &Application, profile: &Profile) -> Ticket {
    Ticket {
        place: application.place.0,
        profile: profile.id.0,
        owner: slot.0,
    }
}
