//! The waiting applications as scheduling sees them: cores requested and granted, and for each
//! resource profile its shape, its target and how many executors it has.

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
}

/// One profile of one application. It has no shape while the profile is known only from
/// executors that a worker reported after a recovery; it gets no executor then.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Profile {
    pub(super) id: ProfileId,
    pub(super) shape: Option<ExecutorShape>,
    pub(super) target: i32,
    pub(super) executors: i32,
}

/// One waiting application. Invariant: `profiles` are by ascending id.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Application {
    cores_requested: i32,
    cores_granted: i32,
    pub(super) profiles: Vec<Profile>,
}

impl Application {
    pub(super) const fn cores_left(&self) -> i32 {
        self.cores_requested.wrapping_sub(self.cores_granted)
    }

    fn profile(&self, id: ProfileId) -> Option<&Profile> {
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
            };
            self.profiles.insert(at, new);
            at
        });
        self.profiles.get_mut(at).expect("found or just inserted")
    }

    /// Counts executors and cores in; both may be negative.
    pub(super) fn grant(&mut self, profile: ProfileId, executors: i32, cores: i32) {
        self.cores_granted = self.cores_granted.wrapping_add(cores);
        let profile = self.profile_or_new(profile);
        profile.executors = profile.executors.wrapping_add(executors);
    }
}

/// All waiting applications, by slot, and their order.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Applications {
    slots: Vec<Option<Application>>,
    waiting: Vec<ApplicationSlot>,
}

impl Applications {
    pub(super) const NONE: Self = Self {
        slots: Vec::new(),
        waiting: Vec::new(),
    };

    pub(super) fn add(
        &mut self,
        slot: ApplicationSlot,
        cores_requested: i32,
        default_shape: ExecutorShape,
        target: i32,
    ) {
        if self.slots.len() <= slot.index() {
            self.slots.resize(slot.index() + 1, None);
        }
        let place = self.slots.get_mut(slot.index()).expect("just made");
        assert!(place.is_none(), "slot {} holds an application", slot.0);
        *place = Some(Application {
            cores_requested,
            cores_granted: 0,
            profiles: vec![Profile {
                id: ProfileId::DEFAULT,
                shape: Some(default_shape),
                target,
                executors: 0,
            }],
        });
        self.waiting.push(slot);
    }

    pub(super) fn remove(&mut self, slot: ApplicationSlot) {
        if self
            .slots
            .get_mut(slot.index())
            .and_then(Option::take)
            .is_some()
        {
            self.waiting.retain(|other| *other != slot);
        }
    }

    pub(super) fn add_profile(
        &mut self,
        slot: ApplicationSlot,
        profile: ProfileId,
        shape: ExecutorShape,
    ) {
        if let Some(application) = self.find_mut(slot) {
            application
                .profile_or_new(profile)
                .shape
                .get_or_insert(shape);
        }
    }

    pub(super) fn set_target(&mut self, slot: ApplicationSlot, profile: ProfileId, target: i32) {
        if let Some(application) = self.find_mut(slot) {
            application.profile_or_new(profile).target = target;
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

    /// The application at a place of the waiting order.
    pub(super) fn waiting_at(
        &mut self,
        place: usize,
    ) -> Option<(ApplicationSlot, &mut Application)> {
        let slot = *self.waiting.get(place)?;
        Some((slot, self.find_mut(slot)?))
    }

    fn application(&self, slot: ApplicationSlot) -> &Application {
        let place = self.slots.get(slot.index()).and_then(Option::as_ref);
        place.expect("the slot holds an application")
    }

    fn find_mut(&mut self, slot: ApplicationSlot) -> Option<&mut Application> {
        self.slots.get_mut(slot.index()).and_then(Option::as_mut)
    }
}
