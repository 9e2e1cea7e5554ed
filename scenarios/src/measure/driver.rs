//! The way of each submitted driver, by its name in the scenario: submitted, its first process
//! runs, ended. Restarts and relaunches belong to the same way.

use super::spread::Spread;
use super::value::{Detail, Total, Unit, Value};
use super::way::{Counts, Ended, Way};
use crate::ledger::Books;
use deploysim_protocol::event::MasterEvent;
use deploysim_protocol::state::DriverState;
use deploysim_protocol::text::Text;
use deploysim_protocol::time::Time;
use std::collections::BTreeMap;

/// All submitted drivers.
#[derive(Clone, Debug, Default)]
pub(super) struct Drivers {
    by_name: BTreeMap<String, Way>,
}

impl Drivers {
    /// The client that submits it began.
    pub(super) fn submitted(&mut self, at: Time, name: Text) {
        self.way(name).submitted(at);
    }

    /// A process of it began.
    pub(super) fn started(&mut self, at: Time, name: Text) {
        self.way(name).began(at);
    }

    /// The leader noted something, and `books` are what it adds up to. A driver that is
    /// RELAUNCHING goes on under another id.
    pub(super) fn leader_noted(&mut self, at: Time, event: &MasterEvent, books: &Books) {
        if let MasterEvent::DriverRemoved { driver, state } = *event
            && state != DriverState::Relaunching
            && let Some(name) = books.driver(driver).and_then(|record| record.name)
        {
            let how = match state {
                DriverState::Finished => Ended::Finished,
                DriverState::Submitted
                | DriverState::Running
                | DriverState::Relaunching
                | DriverState::Unknown
                | DriverState::Killed
                | DriverState::Failed
                | DriverState::Error => Ended::Failed,
            };
            self.way(name).ended(at, how);
        } else if let MasterEvent::DriverAdded { driver, .. } = *event
            && let Some(name) = books.driver(driver).and_then(|record| record.name)
        {
            self.way(name).goes_on();
        }
    }

    /// Their ways.
    pub(super) fn ways(&self) -> impl Iterator<Item = &Way> {
        self.by_name.values()
    }

    /// What they add up to.
    pub(super) fn totals(&self) -> Vec<Total> {
        let mut totals = Way::totals(self.ways(), &COUNTS);
        let wait = Spread::of(self.ways().filter_map(wait_ns));
        totals.extend(wait.nanoseconds("driver_wait_mean", "driver_wait_max"));
        let turnaround = Spread::of(self.ways().filter_map(Way::turnaround_ns));
        totals.extend(turnaround.nanoseconds("driver_turnaround_mean", "driver_turnaround_max"));
        totals
    }

    /// What there is to say about each.
    pub(super) fn details(&self, details: &mut Vec<Detail>) {
        for (driver, way) in &self.by_name {
            let numbers = [
                ("driver_submitted", way.submitted.map(nanoseconds)),
                ("driver_running", way.began.map(nanoseconds)),
                ("driver_ended", way.end().map(nanoseconds)),
                ("driver_wait", wait_ns(way)),
                ("driver_turnaround", way.turnaround_ns()),
            ];
            for (name, number) in numbers {
                details.extend(number.map(|number| Detail {
                    name,
                    labels: format!("driver={driver}"),
                    value: Value::Integer(number),
                    unit: Unit::Nanoseconds,
                }));
            }
        }
    }

    fn way(&mut self, name: Text) -> &mut Way {
        self.by_name.entry(name.as_str().to_string()).or_default()
    }
}

/// From its submission until its first process runs.
fn wait_ns(way: &Way) -> Option<u128> {
    Some(way.began?.since(way.submitted?).as_nanos())
}

fn nanoseconds(at: Time) -> u128 {
    at.as_nanos().into()
}

/// The names under which drivers are counted.
const COUNTS: Counts = Counts {
    things: "drivers",
    submitted: "drivers_submitted",
    began: "drivers_started",
    finished: "drivers_finished",
    failed: "drivers_failed",
    unfinished: "drivers_unfinished",
};
