//! A live process as its shell sees the world around it.

use super::children::Children;
use super::journal;
use crate::hosted::{AnyNode, AnyTimer, Happening};
use crate::node::Signal;
use crate::process::{Process, ProcessId};
use crate::shell::{
    Clock, Parcel, Report, Screened, Secure, Secured, Surroundings, Tcp, Transport,
};
use crate::worker::WorkerTimer;
use deploysim_protocol::address::{Address, Connection};
use deploysim_protocol::event::Event;
use deploysim_protocol::text::Text;
use deploysim_protocol::time::{Time, WallTime};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::num::NonZeroU64;
use std::rc::Rc;
use tokio::net::TcpStream;

/// One process.
pub(super) struct Resident {
    pub(super) name: Text,
    pub(super) clock: Clock,
    /// A worker's children; nobody else has any.
    pub(super) children: Option<Children>,
    /// The exit code that the node has chosen, once it has.
    pub(super) exit_code: Rc<Cell<Option<i32>>>,
    pub(super) sockets: Sockets,
    /// Who hears what the node notes.
    pub(super) witness: Option<Witness>,
    /// Whether the node has just found that old directories are to be deleted.
    pub(super) cleans_up: Cell<bool>,
    /// Where its connections come from.
    pub(super) transport: Secured<Tcp>,
}

/// Hears what a node notes.
pub(super) type Witness = Box<dyn Fn(&Event)>;

/// The connections that the process has numbered.
#[derive(Default)]
pub(super) struct Sockets {
    numbered: Cell<u64>,
    /// Where each open one comes from or leads to, for the log.
    origins: RefCell<BTreeMap<Connection, String>>,
}

impl Sockets {
    fn number(&self, stream: &Secure<TcpStream>) -> Connection {
        let number = self.numbered.get().saturating_add(1);
        self.numbered.set(number);
        let number = NonZeroU64::new(number).expect("the count begins at 1");
        let connection = Connection(number);
        let origin = Secured::<Tcp>::origin(stream);
        self.origins.borrow_mut().insert(connection, origin);
        connection
    }

    /// Where the connection that a report is about comes from.
    fn origin(&self, report: &Report<'_>) -> String {
        let found = match report {
            Report::Ended { connection, .. } => self.origins.borrow_mut().remove(connection),
            Report::Opened { connection, .. } | Report::Received { connection, .. } => {
                self.origins.borrow().get(connection).cloned()
            }
            Report::Handed { .. }
            | Report::Note(_)
            | Report::Sent { .. }
            | Report::Refused { .. }
            | Report::DialFailed { .. } => None,
        };
        found.unwrap_or_default()
    }
}

impl Surroundings for Resident {
    type Transport = Secured<Tcp>;

    fn transport(&self) -> Secured<Tcp> {
        self.transport.clone()
    }

    fn clock(&self) -> Clock {
        self.clock
    }

    fn wall(&self, _now: Time) -> WallTime {
        Clock::calendar()
    }

    fn number(&self, stream: &Secure<TcpStream>) -> Connection {
        self.sockets.number(stream)
    }

    fn address_of(&self, peer: Text) -> Address {
        let port = 0;
        Address { host: peer, port }
    }

    fn report(&self, report: Report<'_>) {
        if let (Some(hear), Report::Note(event)) = (&self.witness, &report) {
            hear(event);
        }
        if let Report::Handed {
            happening:
                Happening::Fired {
                    timer: AnyTimer::Worker(WorkerTimer::WorkDirCleanup(_)),
                    ..
                },
        } = report
        {
            self.cleans_up.set(true);
        }
        journal::log(self.name, &report, &self.sockets.origin(&report));
    }

    /// Old directories are deleted when the node's timer says so, save those of what the node
    /// has in its tables.
    fn inspect(&self, node: &AnyNode) {
        if !self.cleans_up.replace(false) {
            return;
        }
        if let (AnyNode::Worker(worker), Some(children)) = (node, &self.children) {
            let executors = worker.executors().map(|one| one.executor.application.0);
            let drivers = worker.drivers().map(|one| one.driver.0);
            let protected = executors.chain(drivers).map(|id| id.to_string());
            children.clean(protected.collect(), Clock::calendar());
        }
    }

    fn screen(&self, _connection: Connection, parcel: Parcel) -> Screened {
        Screened::Same(parcel)
    }

    fn launch(&self, process: Process) {
        if let Some(children) = &self.children {
            children.launch(process);
        }
    }

    fn terminate(&self, process: ProcessId, signal: Signal) {
        if let Some(children) = &self.children {
            children.terminate(process, signal);
        }
    }

    fn exit(&self, code: i32) {
        self.exit_code.set(Some(code));
    }

    /// No store on real files says that its process was ended.
    fn crash(&self) {}
}
