//! The timeline that `run` shows: what is worth a line for somebody who wants to know what
//! happened, with repetitions told once.

use super::text::{columns, place, what};
use super::{Entry, Fact};
use crate::ledger::Ledger;
use deploysim_protocol::event::{ClientEvent, DriverEvent, ElectionEvent, Event, ExecutorEvent};
use deploysim_protocol::event::{MasterEvent, WorkerEvent};
use deploysim_protocol::time::Time;
use std::io;

/// Writes the notable entries. Equal ones that follow each other become one line.
#[derive(Debug)]
pub struct Timeline<W> {
    out: W,
    held: Option<Held>,
}

#[derive(Debug)]
struct Held {
    at: Time,
    place: String,
    what: String,
    times: u64,
}

impl<W: io::Write> Timeline<W> {
    /// Writes to `out`.
    pub const fn new(out: W) -> Self {
        Self { out, held: None }
    }

    /// Writes one entry, which `ledger` has applied already, if it is notable; at the latest
    /// when another one follows.
    ///
    /// # Errors
    /// If writing fails.
    pub fn write(&mut self, entry: &Entry<'_>, ledger: &Ledger) -> io::Result<()> {
        if !is_notable(entry) {
            return Ok(());
        }
        let (place, what) = (place(entry, ledger), what(entry, ledger));
        if let Some(held) = &mut self.held
            && held.place == place
            && held.what == what
        {
            held.times += 1;
            return Ok(());
        }
        self.release()?;
        self.held = Some(Held {
            at: entry.at,
            place,
            what,
            times: 1,
        });
        Ok(())
    }

    /// Writes out what is still held back, and gives back what was written to.
    ///
    /// # Errors
    /// If writing fails.
    pub fn finish(mut self) -> io::Result<W> {
        self.release()?;
        Ok(self.out)
    }

    fn release(&mut self) -> io::Result<()> {
        let Some(held) = self.held.take() else {
            return Ok(());
        };
        let line = columns(&held.at.to_string(), &held.place, &held.what);
        match held.times {
            1 => writeln!(self.out, "{line}"),
            times => writeln!(self.out, "{line} ×{times}"),
        }
    }
}

/// Whether an entry is worth a line of the timeline: what begins, ends, changes its state, is
/// refused or given up. Heartbeats, traffic and mere bookkeeping are not.
pub fn is_notable(entry: &Entry<'_>) -> bool {
    match &entry.fact {
        Fact::Note(event) => is_notable_event(event),
        Fact::Started(_)
        | Fact::Ended { .. }
        | Fact::Paused
        | Fact::Resumed
        | Fact::ChildLaunched { .. }
        | Fact::ChildLost { .. }
        | Fact::ChildSignalled { .. }
        | Fact::Tampered { .. }
        | Fact::ConnectionEnded { .. }
        | Fact::DialFailed { .. }
        | Fact::FaultBegan { .. }
        | Fact::FaultEnded { .. }
        | Fact::Settling => true,
        Fact::Sent { .. }
        | Fact::Received { .. }
        | Fact::ConnectionOpened { .. }
        | Fact::Finished => false,
    }
}

const fn is_notable_event(event: &Event) -> bool {
    match event {
        Event::Master(event) => is_notable_at_master(event),
        Event::Worker(event) => is_notable_at_worker(event),
        Event::Driver(event) => is_notable_at_driver(event),
        Event::Executor(event) => !matches!(event, ExecutorEvent::RegisteredWithDriver),
        Event::Client(event) => !matches!(event, ClientEvent::SubmissionRequested),
        Event::Election(event) => is_notable_of_election(event),
        Event::HandlerThrew { .. } => true,
    }
}

const fn is_notable_of_election(event: &ElectionEvent) -> bool {
    match event {
        ElectionEvent::SessionEnded { .. }
        | ElectionEvent::LatchLed { .. }
        | ElectionEvent::AgentDisconnected
        | ElectionEvent::AgentSuspended
        | ElectionEvent::AgentExpired
        | ElectionEvent::LeadershipChanged { .. } => true,
        ElectionEvent::SessionOpened { .. }
        | ElectionEvent::SessionResumed { .. }
        | ElectionEvent::AgentConnected { .. } => false,
    }
}

const fn is_notable_at_master(event: &MasterEvent) -> bool {
    match event {
        MasterEvent::MasterStateChanged { .. }
        | MasterEvent::WorkerAdded { .. }
        | MasterEvent::RegistrationRefused { .. }
        | MasterEvent::RegistrationDuplicate { .. }
        | MasterEvent::ReconnectAsked { .. }
        | MasterEvent::WorkerStateChanged { .. }
        | MasterEvent::WorkerRemoved { .. }
        | MasterEvent::WorkerForgotten { .. }
        | MasterEvent::ApplicationAdded { .. }
        | MasterEvent::ApplicationNotInserted { .. }
        | MasterEvent::ApplicationStateChanged { .. }
        | MasterEvent::ApplicationRemoved { .. }
        | MasterEvent::TargetChanged { .. }
        | MasterEvent::ExecutorAdded { .. }
        | MasterEvent::ExecutorStateChanged { .. }
        | MasterEvent::DriverAdded { .. }
        | MasterEvent::DriverQueued { .. }
        | MasterEvent::DriverPlaced { .. }
        | MasterEvent::DriverStateChanged { .. }
        | MasterEvent::DriverRelaunched { .. }
        | MasterEvent::DriverKillRequested { .. }
        | MasterEvent::UnknownExecutorKilled { .. }
        | MasterEvent::UnknownDriverKilled { .. }
        | MasterEvent::ExecutorUnknown { .. }
        | MasterEvent::DriverUnknown { .. }
        | MasterEvent::ApplicationUnknown { .. }
        | MasterEvent::WorkerUnknown { .. }
        | MasterEvent::ExecutorNumberInvalid { .. }
        | MasterEvent::CompletedCleared
        | MasterEvent::RecordNotRemoved { .. }
        | MasterEvent::RecordUnreadable { .. }
        | MasterEvent::StoreFailed { .. }
        | MasterEvent::RecoveryBegan { .. }
        | MasterEvent::RecoveryCompleted => true,
        MasterEvent::WorkerHeard { .. }
        | MasterEvent::HeartbeatIgnored { .. }
        | MasterEvent::ResourceOffered { .. }
        | MasterEvent::ApplicationForgotten { .. }
        | MasterEvent::RetryCountChanged { .. }
        | MasterEvent::ExecutorLeftApplication { .. }
        | MasterEvent::ExecutorLeftWorker { .. }
        | MasterEvent::ResourceTaken { .. }
        | MasterEvent::ResourceReleased { .. }
        | MasterEvent::DriverDequeued { .. }
        | MasterEvent::DriverLeftWorker { .. }
        | MasterEvent::DriverRemoved { .. }
        | MasterEvent::DriverForgotten { .. }
        | MasterEvent::RecordStored { .. }
        | MasterEvent::RecordRemoved { .. }
        | MasterEvent::RecordsRead { .. }
        | MasterEvent::ScheduleBegan
        | MasterEvent::ScheduleEnded { .. } => false,
    }
}

const fn is_notable_at_worker(event: &WorkerEvent) -> bool {
    match event {
        WorkerEvent::RegistrationAttempted { .. }
        | WorkerEvent::MasterUnreachable { .. }
        | WorkerEvent::Registered { .. }
        | WorkerEvent::RegistrationGivenUp
        | WorkerEvent::RegistrationRefused
        | WorkerEvent::MasterFollowed { .. }
        | WorkerEvent::MasterDisconnected { .. }
        | WorkerEvent::OrderIgnored { .. }
        | WorkerEvent::ExecutorLaunchFailed { .. }
        | WorkerEvent::ReportFailed { .. }
        | WorkerEvent::ReportDropped { .. }
        | WorkerEvent::ReportsGivenUp { .. }
        | WorkerEvent::DriverBackedOff { .. }
        | WorkerEvent::DriverKillOrdered { .. }
        | WorkerEvent::DriverEnded { .. }
        | WorkerEvent::WorkerDecommissioned
        | WorkerEvent::WorkerStopping => true,
        WorkerEvent::WorkerStarted { .. }
        | WorkerEvent::RegistrationBegan
        | WorkerEvent::RegistrationPending
        | WorkerEvent::ReconnectRequested { .. }
        | WorkerEvent::HeartbeatSent
        | WorkerEvent::ExecutorAccepted { .. }
        | WorkerEvent::ExecutorStateChanged { .. }
        | WorkerEvent::ExecutorFinished { .. }
        | WorkerEvent::DriverAccepted { .. }
        | WorkerEvent::DriverAttempted { .. }
        | WorkerEvent::ApplicationCleanedUp { .. }
        | WorkerEvent::WorkDirectoryCleaned { .. } => false,
    }
}

const fn is_notable_at_driver(event: &DriverEvent) -> bool {
    match event {
        DriverEvent::RegistrationAttempted { .. }
        | DriverEvent::MasterUnreachable { .. }
        | DriverEvent::ApplicationConnected { .. }
        | DriverEvent::ApplicationDisconnected
        | DriverEvent::ApplicationDead { .. }
        | DriverEvent::MasterFollowed { .. }
        | DriverEvent::ExecutorRefused { .. }
        | DriverEvent::ExecutorLost { .. }
        | DriverEvent::ExecutorKillRequested { .. }
        | DriverEvent::ExecutorKillIgnored { .. }
        | DriverEvent::HostExcluded { .. }
        | DriverEvent::RequestFailed
        | DriverEvent::WorkerLost => true,
        DriverEvent::ExecutorGranted { .. }
        | DriverEvent::ExecutorUpdated { .. }
        | DriverEvent::ExecutorRegistered { .. }
        | DriverEvent::ExecutorForgotten { .. }
        | DriverEvent::WorkerRemoved { .. }
        | DriverEvent::TotalRequested { .. }
        | DriverEvent::TotalForgotten { .. }
        | DriverEvent::RequestAnswered { .. } => false,
    }
}
