//! Since when no fault is active. A bound that counts from the healing holds in every window
//! without faults, because what happens in the window does not depend on what comes after it;
//! so obligations are judged in the middle of a run, too.

use crate::invariant::bounds::Bounds;
use crate::scenario::plan::{FaultWord, Plan};
use deploysim_protocol::time::Time;
use std::time::Duration;

/// The longest wait for a retransmission after a healing.
const RETRANSMISSION_MAX: Duration = Duration::from_secs(120);

/// What a fault does while it lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Effect {
    /// Bytes wait.
    Blocks,
    /// Things take longer, or a process is away.
    Disturbs,
    /// Nothing, but for single moments.
    Strikes,
}

/// What is known of the faults so far.
#[derive(Clone, Debug)]
pub(super) struct Calm {
    /// What the faults of the scenario do while they last.
    effects: Vec<Effect>,
    held: Duration,
    active: u32,
    since: Time,
    /// Faults under way that last, not those that wait for their moment.
    lasting: u32,
    /// When bytes were first blocked.
    blocked: Option<Time>,
    /// When the present disturbance began.
    troubled: Time,
    /// How long the last disturbance lasted.
    last: Duration,
    any: bool,
    settling: bool,
}

impl Calm {
    pub(super) fn new(plan: &Plan, bounds: &Bounds) -> Self {
        let effects = plan.faults.iter().map(|fault| match fault.word {
            FaultWord::Partition { .. } | FaultWord::Pause { .. } => Effect::Blocks,
            FaultWord::Delay { .. } | FaultWord::Crash { .. } => Effect::Disturbs,
            FaultWord::Reset { .. } | FaultWord::Message { .. } | FaultWord::Exit { .. } => {
                Effect::Strikes
            }
        });
        Self {
            effects: effects.collect(),
            held: bounds.held,
            active: 0,
            since: Time::ZERO,
            lasting: 0,
            blocked: None,
            troubled: Time::ZERO,
            last: Duration::ZERO,
            any: false,
            settling: false,
        }
    }

    pub(super) fn fault_began(&mut self, at: Time, fault: u32) {
        self.active += 1;
        self.any = true;
        self.since = at;
        let effect = self.effect(fault);
        if effect == Effect::Blocks {
            self.blocked.get_or_insert(at);
        }
        if effect != Effect::Strikes {
            if self.lasting == 0 {
                self.troubled = at;
            }
            self.lasting += 1;
        }
    }

    pub(super) fn fault_ended(&mut self, at: Time, fault: u32) {
        self.active = self.active.saturating_sub(1);
        self.since = at;
        if self.effect(fault) != Effect::Strikes {
            self.lasting = self.lasting.saturating_sub(1);
            if self.lasting == 0 {
                self.last = at.since(self.troubled);
            }
        }
    }

    fn effect(&self, fault: u32) -> Effect {
        let effect = self.effects.get(fault as usize);
        effect.copied().unwrap_or(Effect::Blocks)
    }

    /// Something happened that starts the clocks anew, although no fault lasts: a process
    /// crashed or started again, or a message was held.
    pub(super) fn disturb(&mut self, at: Time) {
        self.any = true;
        self.since = self.since.max(at);
    }

    pub(super) fn settle(&mut self, at: Time) {
        self.active = 0;
        if self.lasting > 0 {
            self.lasting = 0;
            self.last = at.since(self.troubled);
        }
        self.since = self.since.max(at);
        self.settling = true;
    }

    /// Whether no fault is active.
    pub(super) const fn is_calm(&self) -> bool {
        self.active == 0
    }

    /// Whether there ever was a fault.
    pub(super) const fn was_troubled(&self) -> bool {
        self.any
    }

    /// Whether the fault phase is over.
    pub(super) const fn is_settling(&self) -> bool {
        self.settling
    }

    /// When an obligation that arose at `since` and takes `bound` is due, if no fault comes.
    pub(super) fn due(&self, since: Time, bound: Duration) -> Time {
        let healed = self.since + self.residue();
        if self.any {
            since.max(healed) + bound
        } else {
            since + bound
        }
    }

    /// How long the present disturbance, or the last one, has lasted at `at`. Faults that wait
    /// for a message do not count.
    pub(super) fn disturbance(&self, at: Time) -> Duration {
        if self.lasting == 0 {
            self.last
        } else {
            at.since(self.troubled)
        }
    }

    /// How much longer everything may take after the last fault.
    pub(super) fn settling(&self) -> Duration {
        self.residue()
    }

    /// How long blocked and held bytes may take to arrive after the last fault: a pause between
    /// two retransmissions is never longer than the time since the first, by more than the first
    /// pause.
    fn residue(&self) -> Duration {
        let blocked = self.blocked.map_or(Duration::ZERO, |blocked| {
            (self.since.since(blocked) + Duration::from_secs(1)).min(RETRANSMISSION_MAX)
        });
        blocked + self.held
    }
}
