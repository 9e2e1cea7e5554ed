//! INV-L7: why workers' processes end by themselves, and how long the disturbance was.

use super::bounds::Bounds;
use super::calm::Calm;
use super::membership::show;
use super::violation::Finding;
use crate::ledger::Ledger;
use crate::trace::NodeId;
use deploysim_protocol::address::Address;
use deploysim_protocol::event::{RefusalReason, WorkerEvent};
use deploysim_protocol::time::Time;
use std::collections::BTreeMap;
use std::time::Duration;

/// What may explain the end of a worker's process.
#[derive(Clone, Debug, Default)]
pub(super) struct Exits {
    /// Why a master refused this address last.
    refusals: BTreeMap<Address, RefusalReason>,
    /// Since when nobody leads.
    leaderless: Option<Time>,
    /// How long nobody led, the last time.
    without_leader: Duration,
    /// Who leads, or else led last.
    led_last: Option<Address>,
}

impl Exits {
    /// Nobody has led since the beginning.
    pub(super) fn new() -> Self {
        Self {
            leaderless: Some(Time::ZERO),
            ..Self::default()
        }
    }

    /// This master leads now, or nobody.
    pub(super) fn leads(&mut self, leader: Option<Address>, at: Time) {
        match leader {
            Some(leader) => {
                self.led_last = Some(leader);
                if let Some(since) = self.leaderless.take() {
                    self.without_leader = at.since(since);
                }
            }
            None => {
                self.leaderless.get_or_insert(at);
            }
        }
    }

    /// A master refused a worker. One that is STANDBY only says so, which ends nobody.
    pub(super) fn refused(&mut self, address: Address, reason: RefusalReason) {
        match reason {
            RefusalReason::Standby | RefusalReason::SameClient => {}
            RefusalReason::SameAddress | RefusalReason::DuplicateId => {
                self.refusals.insert(address, reason);
            }
        }
    }

    /// A worker reports that its process will end.
    pub(super) fn reports(
        &self,
        worker: NodeId,
        at: Time,
        event: &WorkerEvent,
        bounds: &Bounds,
        calm: &Calm,
        ledger: &Ledger,
    ) -> Option<Finding> {
        let address = ledger.process(worker).map(|process| process.address);
        let refusal = address.and_then(|address| self.refusals.get(&address));
        let follows = ledger.worker(worker).and_then(|tables| tables.followed);
        let strays = follows.is_some() && self.led_last.is_some() && follows != self.led_last;
        let (why, mark) = if let WorkerEvent::RegistrationGivenUp = event {
            let mark = if strays {
                "follows-another"
            } else {
                "given-up"
            };
            ("it found no master", mark)
        } else if let WorkerEvent::ReportsGivenUp { .. } = event {
            let mark = if strays {
                "follows-another"
            } else {
                "reports-given-up"
            };
            ("its reports about an executor failed", mark)
        } else if let WorkerEvent::RegistrationRefused = event
            && refusal != Some(&RefusalReason::SameAddress)
        {
            ("its registration was refused", "duplicate-id")
        } else {
            return None;
        };
        let alone = self
            .leaderless
            .map_or(self.without_leader, |since| at.since(since));
        let disturbance = calm.disturbance(at).max(alone);
        if disturbance >= bounds.short() {
            return None;
        }
        let sentence = format!(
            "{} exits because {why}; no disturbance lasted longer than {}",
            ledger.name(worker),
            show(disturbance)
        );
        Some(Finding::new("INV-L7", sentence).at(worker).mark(mark))
    }
}
