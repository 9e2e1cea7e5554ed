//! How well a run's work was scheduled, and what that cost the control plane: numbers that are
//! added up from the trace while the run goes on. They grow with the number of jobs, executors
//! and machines that there are at a time, and not with the length of a run.
//!
//! What each number means is in `scenarios/README.md`. Whatever is weighted by time counts the
//! time in which a master leads.

mod application;
mod control;
mod driver;
mod fairness;
mod fragmentation;
mod heartbeats;
mod launches;
mod levels;
mod mailbox;
mod orphans;
mod recovery;
mod split;
mod spread;
mod traffic;
mod value;
mod way;

#[cfg(test)]
mod tests;

pub use traffic::{BeatLengths, frame_bytes};
pub use value::{Detail, Total, Unit, Value};
pub use way::SLOWDOWN_BOUND;

use crate::ledger::{Books, Ledger, ProcessName};
use crate::run::Witness;
use crate::scenario::plan::Plan;
use crate::trace::{Beat, End, Entry, Fact, NodeId, Role, Start};
use application::Applications;
use control::Control;
use deploysim_protocol::event::{Event, MasterEvent};
use deploysim_protocol::text::Text;
use deploysim_protocol::time::Time;
use driver::Drivers;
use fragmentation::Shapes;
use heartbeats::Heartbeats;
use launches::Launches;
use levels::Levels;
use mailbox::Mailboxes;
use orphans::Orphans;
use recovery::Recovery;
use split::Split;
use std::io;
use std::time::Duration;
use traffic::Traffic;
use way::Way;

/// Adds up the numbers of a run.
#[derive(Clone, Debug)]
pub struct Measures {
    applications: Applications,
    drivers: Drivers,
    levels: Levels,
    control: Control,
    launches: Launches,
    traffic: Traffic,
    mailboxes: Mailboxes,
    heartbeats: Heartbeats,
    split: Split,
    orphans: Orphans,
    recovery: Recovery,
}

/// The numbers of a run that is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measurement {
    /// About the whole run: of every run the same names, in the same order.
    pub totals: Vec<Total>,
    /// About each application and each submitted driver.
    pub details: Vec<Detail>,
}

impl Measures {
    /// For a run of `plan`, which names the work: nothing may be left to draw in it
    /// ([`crate::run::drawn`]).
    pub fn new(plan: &Plan) -> Self {
        Self {
            applications: Applications::default(),
            drivers: Drivers::default(),
            levels: Levels::new(Shapes::new(plan)),
            control: Control::default(),
            launches: Launches::default(),
            traffic: Traffic::default(),
            mailboxes: Mailboxes::default(),
            heartbeats: Heartbeats::new(plan.conf.worker_timeout),
            split: Split::default(),
            orphans: Orphans::default(),
            recovery: Recovery::default(),
        }
    }

    /// The numbers of the run, which ended at `end`.
    ///
    /// # Errors
    /// If the trace does not add up: something that was launched ended twice, or something ended
    /// that was never launched. Only a fault of the program can cause that.
    pub fn finish(mut self, end: Time) -> io::Result<Measurement> {
        if let Some(breach) = self.launches.breach_found() {
            let message = format!("the trace does not add up: {breach}");
            return Err(io::Error::new(io::ErrorKind::InvalidData, message));
        }
        self.levels.pass_to(end);
        self.applications.finish(end);
        self.split.pass_to(end);
        self.orphans.pass_to(end);
        self.recovery.pass_to(end);
        let mut details = Vec::new();
        self.applications.details(&mut details);
        self.drivers.details(&mut details);
        self.recovery.details(&mut details);
        Ok(Measurement {
            totals: self.totals(),
            details,
        })
    }

    fn totals(&self) -> Vec<Total> {
        let ways = self.applications.ways().chain(self.drivers.ways());
        let makespan = Total {
            name: "makespan",
            value: Way::makespan_ns(ways).map(Value::Integer),
            unit: Unit::Nanoseconds,
        };
        let mut totals = vec![makespan];
        totals.extend(self.applications.totals());
        totals.extend(self.drivers.totals());
        totals.extend(self.levels.totals());
        totals.extend(self.control.totals());
        totals.extend(self.launches.totals());
        totals.extend(self.traffic.totals());
        totals.extend(self.mailboxes.totals());
        totals.extend(self.heartbeats.totals());
        totals.push(self.split.total());
        totals.extend(self.orphans.totals());
        totals.extend(self.recovery.totals());
        totals
    }

    fn started(&mut self, node: NodeId, at: Time, start: &Start, ledger: &Ledger) {
        self.traffic.started(node);
        if let Some(child) = start.child {
            self.launches.started(node, start.name);
            self.orphans.started(node, at, child, ledger);
        }
        match start.role {
            Role::Driver => {
                let parts = ledger.process(node).map(|process| process.parts);
                if let Some(ProcessName::Driver { driver, .. }) = parts {
                    self.drivers.started(at, driver);
                }
                if let Some(application) = ledger.application_of(node) {
                    self.applications.submitted(at, application);
                }
            }
            Role::SubmitClient => {
                // One that kills has another name.
                if let Some(driver) = start.name.as_str().strip_prefix("submit:") {
                    self.drivers.submitted(at, Text::new(driver));
                }
            }
            Role::Master => self.master_gone(node, at),
            Role::Worker => self.recovery.worker_started(node, at, ledger),
            Role::Executor | Role::ElectionService => {}
        }
    }

    fn note(&mut self, node: NodeId, at: Time, event: &Event, ledger: &Ledger) {
        match event {
            Event::Master(event) => self.master_noted(node, at, event, ledger),
            Event::Driver(event) => {
                if let Some(application) = ledger.application_of(node) {
                    self.applications.driver_noted(at, application, event);
                }
            }
            Event::Worker(_)
            | Event::Executor(_)
            | Event::Client(_)
            | Event::Election(_)
            | Event::HandlerThrew { .. } => {}
        }
    }

    fn master_noted(&mut self, node: NodeId, at: Time, event: &MasterEvent, ledger: &Ledger) {
        self.control.note(node, event, ledger);
        if let MasterEvent::MasterStateChanged { state } = *event {
            self.split.changed(node, at, state);
        } else if let MasterEvent::WorkerAdded { worker, .. } = *event {
            self.heartbeats.heard(node, at, worker);
        } else if let MasterEvent::WorkerRemoved { worker, .. } = *event {
            self.heartbeats.removed(node, at, worker);
        }
        if ledger.leader() == Some(node)
            && let Some(books) = ledger.books(node)
        {
            self.levels.note(at, event, books);
            self.applications.leader_noted(at, event, books);
            self.drivers.leader_noted(at, event, books);
            self.leader_noted(at, event, books, ledger);
        }
    }

    fn leader_noted(&mut self, at: Time, event: &MasterEvent, books: &Books, ledger: &Ledger) {
        if let MasterEvent::WorkerAdded { worker, .. }
        | MasterEvent::WorkerStateChanged { worker, .. }
        | MasterEvent::WorkerRemoved { worker, .. }
        | MasterEvent::WorkerForgotten { worker } = *event
        {
            self.recovery.noted(at, worker, books, ledger);
        } else if let MasterEvent::ExecutorAdded {
            application,
            number,
            ..
        }
        | MasterEvent::ExecutorLeftApplication {
            application,
            number,
        }
        | MasterEvent::ExecutorLeftWorker {
            application,
            number,
            ..
        } = *event
        {
            self.orphans.booked(at, (application, number), books);
        }
    }

    /// A master's process ended, or another one begins in its place.
    fn master_gone(&mut self, node: NodeId, at: Time) {
        self.split.leave(node, at);
        self.heartbeats.forget(node);
    }

    fn ended(&mut self, node: NodeId, at: Time, end: End, ledger: &Ledger) {
        let process = ledger.process(node);
        if let Some(process) = process.filter(|process| process.child.is_some()) {
            self.launches.ended(node, process.name, end);
            self.orphans.ended(node, at);
        }
        if let Some(application) = ledger.application_of(node) {
            self.applications.left(at, application, end);
        }
        match ledger.role(node) {
            Some(Role::Master) => self.master_gone(node, at),
            Some(Role::Worker) => self.recovery.worker_ended(node, at, end, ledger),
            Some(Role::Driver | Role::Executor | Role::SubmitClient | Role::ElectionService)
            | None => {}
        }
    }

    fn received(&mut self, node: NodeId, at: Time, waited: Duration, ledger: &Ledger) {
        self.control.handled += 1;
        if !waited.is_zero() && ledger.role(node) == Some(Role::Master) {
            self.mailboxes.handled(node, at, waited);
        }
    }

    fn beat(&mut self, entry: &Entry<'_>, beat: Beat, ledger: &Ledger) {
        match beat {
            Beat::Noted => {}
            Beat::Sent => {
                if let Fact::Sent { unit, .. } = &entry.fact {
                    self.traffic.beat(entry.node, unit);
                }
            }
            Beat::Received => {
                if let Fact::Received { waited, .. } = entry.fact {
                    self.received(entry.node, entry.at, waited, ledger);
                }
            }
            Beat::Heard { worker, .. } => self.heartbeats.heard(entry.node, entry.at, worker),
        }
    }

    /// The books that count are another master's, or nobody's.
    fn follow_leader(&mut self, at: Time, ledger: &Ledger) {
        if self.levels.is_outdated(ledger) {
            self.levels.take_over(at, ledger);
            self.applications.take_over(at, ledger);
            self.orphans.take_over(at, ledger);
            self.recovery.take_over(at, ledger);
        }
    }
}

impl Witness for Measures {
    fn see(&mut self, entry: &Entry<'_>, ledger: &Ledger) -> io::Result<()> {
        if let Some(beat) = entry.beat() {
            self.beat(entry, beat, ledger);
            return Ok(());
        }
        let (node, at) = (entry.node, entry.at);
        match &entry.fact {
            Fact::Note(event) => {
                self.follow_leader(at, ledger);
                self.note(node, at, event, ledger);
            }
            Fact::Received { waited, .. } => self.received(node, at, *waited, ledger),
            Fact::Sent { unit, .. } => self.traffic.sent(unit),
            Fact::Started(start) => {
                self.follow_leader(at, ledger);
                self.started(node, at, start, ledger);
            }
            Fact::Ended { end } => {
                self.follow_leader(at, ledger);
                self.ended(node, at, *end, ledger);
            }
            Fact::FaultEnded { fault } => {
                self.follow_leader(at, ledger);
                self.recovery.fault_ended(*fault, at);
            }
            Fact::ChildLaunched { name, .. } => self.launches.launched(*name),
            Fact::ChildLost { name, .. } => self.launches.lost(*name),
            Fact::Paused
            | Fact::Resumed
            | Fact::ChildSignalled { .. }
            | Fact::Tampered { .. }
            | Fact::ConnectionOpened { .. }
            | Fact::ConnectionEnded { .. }
            | Fact::DialFailed { .. }
            | Fact::FaultBegan { .. }
            | Fact::Settling
            | Fact::Finished => {}
        }
        Ok(())
    }
}
