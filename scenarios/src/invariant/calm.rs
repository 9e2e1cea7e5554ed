//! Since when no fault is active. A bound that counts from the healing holds in every window
//! without faults, because what happens in the window does not depend on what comes after it;
//! so obligations are judged in the middle of a run, too.

use crate::invariant::bounds::Bounds;
use crate::scenario::plan::{FaultEnd, FaultWord, Plan};
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
    /// How long a fail-over may take.
    lead: Duration,
    /// Until when the last one may.
    led: Time,
    is_leader_gone: bool,
    since: Time,
    /// Faults under way that last; those that wait for their moment are none until it comes.
    lasting: u32,
    /// When bytes were first blocked.
    blocked: Option<Time>,
    /// When a message was tampered with, first and last.
    struck: Option<Time>,
    struck_last: Time,
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
            FaultWord::Partition { .. } | FaultWord::PowerLoss { .. } | FaultWord::Pause { .. } => {
                Effect::Blocks
            }
            FaultWord::Crash { .. } if matches!(fault.end, FaultEnd::Never | FaultEnd::AtOnce) => {
                Effect::Strikes
            }
            FaultWord::Delay { .. } | FaultWord::Crash { .. } | FaultWord::Disk { .. } => {
                Effect::Disturbs
            }
            FaultWord::Reset { .. } | FaultWord::Message { .. } | FaultWord::Exit { .. } => {
                Effect::Strikes
            }
        });
        Self {
            effects: effects.collect(),
            held: bounds.held,
            lead: bounds.lead,
            led: Time::ZERO,
            is_leader_gone: false,
            since: Time::ZERO,
            lasting: 0,
            blocked: None,
            struck: None,
            struck_last: Time::ZERO,
            troubled: Time::ZERO,
            last: Duration::ZERO,
            any: false,
            settling: false,
        }
    }

    pub(super) fn fault_began(&mut self, at: Time, fault: u32) {
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
        if self.effect(fault) != Effect::Strikes {
            self.since = at;
            self.healed(at);
            self.lasting = self.lasting.saturating_sub(1);
            if self.lasting == 0 {
                self.last = at.since(self.troubled);
            }
        }
    }

    /// Who is to lead next has the whole time for it from the healing on.
    fn healed(&mut self, at: Time) {
        if self.is_leader_gone && !self.lead.is_zero() {
            self.led = self.led.max(at + self.lead);
        }
    }

    fn effect(&self, fault: u32) -> Effect {
        let effect = self.effects.get(fault as usize);
        effect.copied().unwrap_or(Effect::Blocks)
    }

    /// A message was taken away, repeated or held.
    pub(super) fn tampered(&mut self, at: Time) {
        self.disturb(at);
        self.struck.get_or_insert(at);
        self.struck_last = at;
    }

    /// Something happened that starts the clocks anew, although no fault lasts: a process
    /// crashed or started again.
    pub(super) fn disturb(&mut self, at: Time) {
        self.any = true;
        self.since = self.since.max(at);
        self.healed(at);
    }

    /// The leader is gone: everything may take longer by the time until another leads.
    pub(super) fn leader_gone(&mut self, at: Time) {
        self.is_leader_gone = true;
        if !self.lead.is_zero() {
            self.any = true;
            self.led = at + self.lead;
        }
    }

    /// Another master leads, or the same again: what depends on it begins anew.
    pub(super) fn leader_found(&mut self, at: Time) {
        self.is_leader_gone = false;
        if !self.lead.is_zero() {
            self.any = true;
            self.led = at;
        }
    }

    /// Whether somebody led, and nobody does.
    pub(super) const fn waits_for_leader(&self) -> bool {
        self.is_leader_gone
    }

    pub(super) fn settle(&mut self, at: Time) {
        if self.lasting > 0 {
            self.since = at;
            self.healed(at);
            self.lasting = 0;
            self.last = at.since(self.troubled);
        }
        self.settling = true;
    }

    /// Whether no fault is active.
    pub(super) const fn is_calm(&self) -> bool {
        self.lasting == 0
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
            since.max(healed).max(self.led) + bound
        } else {
            since + bound
        }
    }

    /// How long the present disturbance, or the last one, has lasted at `at`; or the time from
    /// the first message that was tampered with to the last.
    pub(super) fn disturbance(&self, at: Time) -> Duration {
        let lasted = if self.lasting == 0 {
            self.last
        } else {
            at.since(self.troubled)
        };
        let struck = self
            .struck
            .map_or(Duration::ZERO, |first| self.struck_last.since(first));
        lasted.max(struck)
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
