//! How well a run's work was scheduled, and what that cost the control plane: numbers that are
//! added up from the trace while the run goes on. They grow with the number of jobs, executors
//! and machines that there are at a time, and not with the length of a run.
//!
//! What each number means is in `scenarios/README.md`. Whatever is weighted by time counts the
//! time in which a master leads. The trace has no sizes of messages, so bytes are not counted.

mod application;
mod control;
mod driver;
mod fairness;
mod fragmentation;
mod launches;
mod levels;
mod spread;
mod value;
mod way;

#[cfg(test)]
mod tests;

pub use value::{Detail, Total, Unit, Value};
pub use way::SLOWDOWN_BOUND;

use crate::ledger::{Ledger, ProcessName};
use crate::run::Witness;
use crate::scenario::plan::Plan;
use crate::trace::{Beat, Entry, Fact, NodeId, Role, Start};
use application::Applications;
use control::Control;
use deploysim_protocol::event::{Event, MasterEvent};
use deploysim_protocol::text::Text;
use deploysim_protocol::time::Time;
use driver::Drivers;
use fragmentation::Shapes;
use launches::Launches;
use levels::Levels;
use std::io;
use way::Way;

/// Adds up the numbers of a run.
#[derive(Clone, Debug)]
pub struct Measures {
    applications: Applications,
    drivers: Drivers,
    levels: Levels,
    control: Control,
    launches: Launches,
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
        let mut details = Vec::new();
        self.applications.details(&mut details);
        self.drivers.details(&mut details);
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
        totals
    }

    fn started(&mut self, node: NodeId, at: Time, start: &Start, ledger: &Ledger) {
        if start.child.is_some() {
            self.launches.started(node, start.name);
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
            Role::Master | Role::Worker | Role::Executor | Role::ElectionService => {}
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
        if ledger.leader() == Some(node)
            && let Some(books) = ledger.books(node)
        {
            self.levels.note(at, event, books);
            self.applications.leader_noted(at, event, books);
            self.drivers.leader_noted(at, event, books);
        }
    }

    /// The books that count are another master's, or nobody's.
    fn follow_leader(&mut self, at: Time, ledger: &Ledger) {
        if self.levels.is_outdated(ledger) {
            self.levels.take_over(at, ledger);
            self.applications.take_over(at, ledger);
        }
    }
}

impl Witness for Measures {
    fn see(&mut self, entry: &Entry<'_>, ledger: &Ledger) -> io::Result<()> {
        if let Some(beat) = entry.beat() {
            self.control.handled += u64::from(beat == Beat::Received);
            return Ok(());
        }
        let (node, at) = (entry.node, entry.at);
        match &entry.fact {
            Fact::Note(event) => {
                self.follow_leader(at, ledger);
                self.note(node, at, event, ledger);
            }
            Fact::Received { .. } => self.control.handled += 1,
            Fact::Started(start) => {
                self.follow_leader(at, ledger);
                self.started(node, at, start, ledger);
            }
            Fact::Ended { end } => {
                self.follow_leader(at, ledger);
                let process = ledger.process(node);
                if let Some(process) = process.filter(|process| process.child.is_some()) {
                    self.launches.ended(node, process.name, *end);
                }
                if let Some(application) = ledger.application_of(node) {
                    self.applications.left(at, application, *end);
                }
            }
            Fact::ChildLaunched { name, .. } => self.launches.launched(*name),
            Fact::ChildLost { name, .. } => self.launches.lost(*name),
            Fact::Paused
            | Fact::Resumed
            | Fact::ChildSignalled { .. }
            | Fact::Sent { .. }
            | Fact::Tampered { .. }
            | Fact::ConnectionOpened { .. }
            | Fact::ConnectionEnded { .. }
            | Fact::DialFailed { .. }
            | Fact::FaultBegan { .. }
            | Fact::FaultEnded { .. }
            | Fact::Settling
            | Fact::Finished => {}
        }
        Ok(())
    }
}
