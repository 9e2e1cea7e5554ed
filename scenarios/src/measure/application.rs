//! The way of each application, by its name in the scenario: submitted, registered, first executor,
//! all executors, ended; and the core time that masters booked for it. An application whose
//! process starts again goes on with the same way, and has ended when the last one has.

use super::fairness;
use super::spread::Spread;
use super::value::{Detail, Total, Unit, Value};
use super::way::{Counts, Ended, Way};
use crate::ledger::{Books, Ledger};
use crate::trace::End;
use deploysim_protocol::event::{ApplicationSlot, DriverEvent, MasterEvent};
use deploysim_protocol::state::ApplicationState;
use deploysim_protocol::text::Text;
use deploysim_protocol::time::Time;
use std::collections::BTreeMap;

/// One application.
#[derive(Clone, Copy, Debug, Default)]
struct Application {
    way: Way,
    registered: Option<Time>,
    /// Executors that are registered with its driver.
    executors: u32,
    /// The most that there were at one time.
    executors_most: u32,
    /// When there were that many for the first time.
    all_executors: Option<Time>,
    /// Cores booked for it in the leader's books, and since when.
    cores: u64,
    since: Time,
    core_ns: u128,
}

impl Application {
    /// Counts the core time up to now; from here on it holds so many cores.
    fn hold(&mut self, at: Time, cores: u64) {
        let passed = at.since(self.since).as_nanos();
        self.core_ns += u128::from(self.cores) * passed;
        (self.cores, self.since) = (cores, at);
    }

    fn registering_ns(&self) -> Option<u128> {
        Some(self.registered?.since(self.way.submitted?).as_nanos())
    }

    fn filling_ns(&self) -> Option<u128> {
        Some(self.all_executors?.since(self.way.began?).as_nanos())
    }

    fn wait_ns(&self) -> Option<u128> {
        Some(self.way.began?.since(self.registered?).as_nanos())
    }
}

/// All applications.
#[derive(Clone, Debug, Default)]
pub(super) struct Applications {
    by_name: BTreeMap<String, Application>,
}

impl Applications {
    /// The process of an application, or of the driver that hosts it, began.
    pub(super) fn submitted(&mut self, at: Time, name: Text) {
        let application = self.application(name);
        application.way.submitted(at);
        application.executors = 0;
    }

    /// That process is gone.
    pub(super) fn left(&mut self, at: Time, name: Text, end: End) {
        let how = if end == End::Exited(0) {
            Ended::Finished
        } else {
            Ended::Failed
        };
        self.application(name).way.ended(at, how);
    }

    /// Its driver noted something.
    pub(super) fn driver_noted(&mut self, at: Time, name: Text, event: &DriverEvent) {
        let application = self.application(name);
        if let DriverEvent::ExecutorRegistered { .. } = event {
            application.way.began(at);
            application.executors += 1;
            if application.executors > application.executors_most {
                application.executors_most = application.executors;
                application.all_executors = Some(at);
            }
        } else if let DriverEvent::ExecutorForgotten { .. } | DriverEvent::ExecutorLost { .. } =
            event
        {
            application.executors = application.executors.saturating_sub(1);
        }
    }

    /// The leader noted something, and `books` are what it adds up to.
    pub(super) fn leader_noted(&mut self, at: Time, event: &MasterEvent, books: &Books) {
        if let MasterEvent::ApplicationAdded { application, .. } = *event
            && let Some(application) = self.at(application, books)
        {
            application.registered.get_or_insert(at);
            application.way.goes_on();
        } else if let MasterEvent::ApplicationRemoved { application, state } = *event
            && let Some(application) = self.at(application, books)
        {
            let how = if state == ApplicationState::Finished {
                Ended::Finished
            } else {
                Ended::Failed
            };
            application.way.ended(at, how);
        } else if let MasterEvent::ExecutorAdded { application, .. }
        | MasterEvent::ExecutorLeftApplication { application, .. } = *event
            && let Some(record) = books.application(application)
            && let Some(application) = self.at(application, books)
        {
            application.hold(at, u64::try_from(record.cores_granted).unwrap_or(0));
        }
    }

    /// Another master leads, or none.
    pub(super) fn take_over(&mut self, at: Time, ledger: &Ledger) {
        for (name, application) in &mut self.by_name {
            let record = ledger
                .leader_books()
                .and_then(|books| books.application_named(Text::new(name)));
            let cores = record.map_or(0, |(_, record)| record.cores_granted);
            application.hold(at, u64::try_from(cores).unwrap_or(0));
        }
    }

    /// The run is over.
    pub(super) fn finish(&mut self, at: Time) {
        for application in self.by_name.values_mut() {
            application.hold(at, application.cores);
        }
    }

    /// Their ways.
    pub(super) fn ways(&self) -> impl Iterator<Item = &Way> {
        self.by_name.values().map(|application| &application.way)
    }

    /// What they add up to.
    pub(super) fn totals(&self) -> Vec<Total> {
        let all = || self.by_name.values();
        let registered = all().filter(|it| it.registered.is_some());
        let core_ns: Vec<u128> = registered.map(|it| it.core_ns).collect();
        let mut totals = Way::totals(self.ways(), &COUNTS);
        let registered = Some(Value::Integer(core_ns.len() as u128));
        totals.push(Total {
            name: "applications_registered",
            value: registered,
            unit: Unit::Of("applications"),
        });
        let wait = Spread::of(all().filter_map(Application::wait_ns));
        totals.extend(wait.nanoseconds("application_wait_mean", "application_wait_max"));
        let registering = Spread::of(all().filter_map(Application::registering_ns));
        totals.extend(registering.nanoseconds(
            "application_registering_mean",
            "application_registering_max",
        ));
        let filling = Spread::of(all().filter_map(Application::filling_ns));
        totals.extend(filling.nanoseconds("application_filling_mean", "application_filling_max"));
        let turnaround = Spread::of(all().filter_map(|it| it.way.turnaround_ns()));
        totals.extend(
            turnaround.nanoseconds("application_turnaround_mean", "application_turnaround_max"),
        );
        let slowdown = Spread::of(all().filter_map(|it| it.way.bounded_slowdown()));
        totals.extend(slowdown.ratios("application_slowdown_mean", "application_slowdown_max"));
        totals.push(Total {
            name: "core_time",
            value: Some(Value::Integer(core_ns.iter().sum())),
            unit: Unit::CoreNanoseconds,
        });
        totals.push(Total {
            name: "fairness",
            value: fairness::jain(&core_ns),
            unit: Unit::None,
        });
        totals
    }

    /// What there is to say about each.
    pub(super) fn details(&self, details: &mut Vec<Detail>) {
        for (name, application) in &self.by_name {
            let labels = format!("application={name}");
            let way = &application.way;
            let instants = [
                ("application_submitted", way.submitted),
                ("application_registered", application.registered),
                ("application_first_executor", way.began),
                ("application_all_executors", application.all_executors),
                ("application_ended", way.end()),
            ];
            let instants = instants.map(|(name, at)| (name, at.map(|at| at.as_nanos().into())));
            let spans = [
                ("application_registering", application.registering_ns()),
                ("application_wait", application.wait_ns()),
                ("application_filling", application.filling_ns()),
                ("application_turnaround", way.turnaround_ns()),
            ];
            let mut put = |name, value: Option<Value>, unit| {
                let labels = labels.clone();
                details.extend(value.map(|value| Detail {
                    name,
                    labels,
                    value,
                    unit,
                }));
            };
            for (name, number) in instants.into_iter().chain(spans) {
                put(name, number.map(Value::Integer), Unit::Nanoseconds);
            }
            let slowdown = way.bounded_slowdown().map(Value::Ratio);
            put("application_slowdown", slowdown, Unit::None);
            let cores = Some(Value::Integer(application.core_ns));
            put("application_core_time", cores, Unit::CoreNanoseconds);
            let most = Some(Value::Integer(application.executors_most.into()));
            put("application_executors_max", most, Unit::Of("executors"));
        }
    }

    fn application(&mut self, name: Text) -> &mut Application {
        self.by_name.entry(name.as_str().to_string()).or_default()
    }

    fn at(&mut self, slot: ApplicationSlot, books: &Books) -> Option<&mut Application> {
        let name = books.application(slot)?.name?;
        Some(self.application(name))
    }
}

/// The names under which applications are counted.
const COUNTS: Counts = Counts {
    things: "applications",
    submitted: "applications_submitted",
    began: "applications_started",
    finished: "applications_finished",
    failed: "applications_failed",
    unfinished: "applications_unfinished",
};
