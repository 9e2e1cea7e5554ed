//! What an entry is about, in the words of a scenario: which process, worker, application or
//! driver. Asked after the entry was applied, so that what it adds has its name already.

use super::Ledger;
use crate::trace::{Entry, Fact, NodeId, Role};
use deploysim_protocol::event::{
    ApplicationSlot, DriverSlot, Event, Field, MasterEvent, WorkerSlot,
};
use deploysim_protocol::state::{
    ApplicationState, DriverState, ExecutorState, MasterState, WorkerState,
};
use deploysim_protocol::text::Text;

/// What an entry may have changed. Heartbeats and traffic change nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Touch {
    /// A process that started, ended, stood still or went on.
    pub process: Option<NodeId>,
    /// A master whose state changed.
    pub master: Option<NodeId>,
    /// A worker in the leader's books, by its process.
    pub worker: Option<NodeId>,
    /// An application in the leader's books, by its scenario name.
    pub application: Option<Text>,
    /// A submitted driver in the leader's books or its processes, by its name.
    pub driver: Option<Text>,
    /// Another master may lead, or records went with others: look at everything again.
    pub all: bool,
}

/// A state that something entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// A master.
    Master {
        /// Its name.
        name: Text,
        /// Its state.
        state: MasterState,
    },
    /// A worker, at the leader.
    Worker {
        /// Its name.
        name: Text,
        /// Its state.
        state: WorkerState,
    },
    /// An application, at the leader.
    Application {
        /// Its scenario name.
        name: Text,
        /// Its state.
        state: ApplicationState,
    },
    /// A submitted driver, at the leader.
    Driver {
        /// Its name.
        name: Text,
        /// Its state.
        state: DriverState,
    },
    /// An executor, at the leader.
    Executor {
        /// Its application's scenario name.
        application: Text,
        /// Its number.
        number: u32,
        /// Its state.
        state: ExecutorState,
    },
}

impl Ledger {
    /// What an entry, just applied, may have changed; `None` if nothing.
    pub fn touch(&self, entry: &Entry<'_>) -> Option<Touch> {
        match &entry.fact {
            Fact::Note(Event::Master(event)) => self.touch_of(entry.node, event),
            Fact::Started(_) | Fact::Ended { .. } | Fact::Paused | Fact::Resumed => {
                Some(self.touch_of_process(entry.node))
            }
            Fact::Note(_)
            | Fact::ChildLaunched { .. }
            | Fact::ChildLost { .. }
            | Fact::ChildSignalled { .. }
            | Fact::Sent { .. }
            | Fact::Received { .. }
            | Fact::Tampered { .. }
            | Fact::ConnectionOpened { .. }
            | Fact::ConnectionEnded { .. }
            | Fact::DialFailed { .. }
            | Fact::FaultBegan { .. }
            | Fact::FaultEnded { .. }
            | Fact::Settling
            | Fact::Finished => None,
        }
    }

    fn touch_of_process(&self, node: NodeId) -> Touch {
        let process = self.process(node);
        let driver = process.and_then(|process| match process.parts {
            super::ProcessName::Driver { driver, .. } => Some(driver),
            super::ProcessName::Plain | super::ProcessName::Executor { .. } => None,
        });
        let is_master = process.is_some_and(|process| process.role == Role::Master);
        Touch {
            process: Some(node),
            driver,
            master: is_master.then_some(node),
            all: is_master,
            ..Touch::default()
        }
    }

    fn touch_of(&self, master: NodeId, event: &MasterEvent) -> Option<Touch> {
        let mut touch = Touch::default();
        if let MasterEvent::WorkerHeard { .. } = event {
            return None;
        } else if let MasterEvent::MasterStateChanged { .. } = event {
            touch.master = Some(master);
            touch.all = true;
            return Some(touch);
        } else if self.leader() != Some(master) {
            return None;
        } else if let MasterEvent::WorkerForgotten { .. } = event {
            touch.all = true;
        } else if let MasterEvent::ApplicationNotInserted { id, .. } = *event {
            touch.application = self.application_name(id);
        }
        event.fields(&mut |_, field| {
            if let Field::Worker(worker) = field {
                touch.worker = self.worker_at(master, worker);
            } else if let Field::Application(application) = field {
                touch.application = self.application_at(master, application);
            } else if let Field::Driver(driver) = field {
                touch.driver = self.driver_at(master, driver);
            }
        });
        (touch != Touch::default()).then_some(touch)
    }

    /// Which state the entry, just applied, says that something entered.
    pub fn change(&self, entry: &Entry<'_>) -> Option<Change> {
        let Fact::Note(Event::Master(event)) = &entry.fact else {
            return None;
        };
        if let MasterEvent::MasterStateChanged { state } = *event {
            let name = self.name(entry.node);
            return Some(Change::Master { name, state });
        }
        if self.leader() != Some(entry.node) {
            return None;
        }
        self.change_of_worker(entry.node, event)
            .or_else(|| self.change_of_application(entry.node, event))
            .or_else(|| self.change_of_driver(entry.node, event))
    }

    fn change_of_worker(&self, master: NodeId, event: &MasterEvent) -> Option<Change> {
        let (worker, state) = if let MasterEvent::WorkerAdded { worker, .. } = *event {
            (worker, WorkerState::Alive)
        } else if let MasterEvent::WorkerStateChanged { worker, state } = *event {
            (worker, state)
        } else if let MasterEvent::WorkerRemoved { worker, .. } = *event {
            (worker, WorkerState::Dead)
        } else {
            return None;
        };
        let name = self.name(self.worker_at(master, worker)?);
        Some(Change::Worker { name, state })
    }

    fn change_of_application(&self, master: NodeId, event: &MasterEvent) -> Option<Change> {
        let (application, state) = if let MasterEvent::ApplicationAdded { application, .. } = *event
        {
            (application, ApplicationState::Waiting)
        } else if let MasterEvent::ApplicationStateChanged { application, state }
        | MasterEvent::ApplicationRemoved { application, state } = *event
        {
            (application, state)
        } else {
            return self.change_of_executor(master, event);
        };
        let name = self.application_at(master, application)?;
        Some(Change::Application { name, state })
    }

    fn change_of_executor(&self, master: NodeId, event: &MasterEvent) -> Option<Change> {
        let (application, number, state) = if let MasterEvent::ExecutorAdded {
            application,
            number,
            ..
        } = *event
        {
            (application, number, ExecutorState::Launching)
        } else if let MasterEvent::ExecutorStateChanged {
            application,
            number,
            state,
        } = *event
        {
            (application, number, state)
        } else {
            return None;
        };
        Some(Change::Executor {
            application: self.application_at(master, application)?,
            number,
            state,
        })
    }

    /// A relaunched driver has its name, and so enters SUBMITTED, when it is said whose place it
    /// takes.
    fn change_of_driver(&self, master: NodeId, event: &MasterEvent) -> Option<Change> {
        let (driver, state) = if let MasterEvent::DriverAdded { driver, .. } = *event {
            (driver, DriverState::Submitted)
        } else if let MasterEvent::DriverRelaunched { old, new } = *event
            && old != new
        {
            (new, DriverState::Submitted)
        } else if let MasterEvent::DriverStateChanged { driver, state } = *event {
            (driver, state)
        } else {
            return None;
        };
        let name = self.driver_at(master, driver)?;
        Some(Change::Driver { name, state })
    }

    fn worker_at(&self, master: NodeId, slot: WorkerSlot) -> Option<NodeId> {
        self.books(master)?.worker(slot)?.node
    }

    fn application_at(&self, master: NodeId, slot: ApplicationSlot) -> Option<Text> {
        self.books(master)?.application(slot)?.name
    }

    fn driver_at(&self, master: NodeId, slot: DriverSlot) -> Option<Text> {
        self.books(master)?.driver(slot)?.name
    }
}
