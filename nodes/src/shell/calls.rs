//! Questions and answers: this process's own calls, which wait for an answer, and others', to
//! which it owes one.

use super::Shell;
use super::connections::{Route, endpoint};
use super::deadlines::Deadline;
use super::surroundings::{Outcome, Surroundings};
use crate::hosted::Happening;
use crate::node::Call;
use crate::report::{Fate, Unit};
use deploysim_protocol::address::{Address, Connection, Reference};
use deploysim_protocol::message::{Answer, Ask};
use deploysim_protocol::text::Text;
use deploysim_protocol::thrown::{AskError, Thrown};
use deploysim_protocol::wire::Envelope;
use std::time::Duration;
use tokio::sync::oneshot;

/// A process's own calls that have no answer yet, in the order in which they were made.
#[derive(Debug, Default)]
pub(super) struct Calls {
    waiting: Vec<Outstanding>,
}

/// A call of this process's own.
#[derive(Clone, Copy, Debug)]
struct Outstanding {
    call: u64,
    kind: Kind,
    /// On which connection it waits; none while that is being dialled.
    on: Option<Connection>,
    at: Address,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Ask,
    Resolve,
}

/// Whether a peer has the endpoint that was looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presence {
    Found,
    Missing,
}

impl Calls {
    /// The dial behind which calls waited has ended in a connection.
    pub(super) fn put_on(&mut self, connection: Connection, to: Address) {
        for outstanding in &mut self.waiting {
            if outstanding.on.is_none() && outstanding.at == to {
                outstanding.on = Some(connection);
            }
        }
    }

    /// Whether a call waits on a connection.
    pub(super) fn wait_on(&self, connection: Connection) -> bool {
        self.waiting
            .iter()
            .any(|outstanding| outstanding.on == Some(connection))
    }

    fn take(&mut self, is_meant: impl Fn(&Outstanding) -> bool) -> Option<Outstanding> {
        let at = self.waiting.iter().position(is_meant)?;
        Some(self.waiting.remove(at))
    }
}

/// Others' questions: this process's number for each, where it came from, and its number there.
#[derive(Debug, Default)]
pub(super) struct Inquiries {
    next: u64,
    open: Vec<Inquiry>,
}

#[derive(Debug)]
struct Inquiry {
    number: u64,
    asker: Asker,
}

/// Who is owed an answer.
#[derive(Debug)]
pub(super) enum Asker {
    /// Somebody at the other end of a connection.
    Peer {
        from: Connection,
        address: Address,
        /// The peer's own number for it.
        call: u64,
    },
    /// The world itself.
    World(oneshot::Sender<Outcome>),
}

impl Inquiries {
    /// Notes a question; returns this process's number for it.
    pub(super) fn add(&mut self, asker: Asker) -> Call {
        let number = self.next;
        self.next += 1;
        self.open.push(Inquiry { number, asker });
        Call(number)
    }

    fn take(&mut self, number: u64) -> Option<Inquiry> {
        let at = self
            .open
            .iter()
            .position(|inquiry| inquiry.number == number)?;
        Some(self.open.swap_remove(at))
    }
}

impl<S: Surroundings> Shell<S> {
    pub(super) fn ask(&mut self, to: Reference, call: Call, ask: Ask, timeout: Duration) {
        let envelope = Envelope::Ask { call: call.0, ask };
        self.call(to, call, Kind::Ask, envelope, timeout);
    }

    pub(super) fn resolve(&mut self, at: Address, call: Call, timeout: Duration) {
        let envelope = Envelope::Resolve {
            call: call.0,
            endpoint: endpoint(),
        };
        let to = Reference::unbound(at);
        self.call(to, call, Kind::Resolve, envelope, timeout);
    }

    fn call(
        &mut self,
        to: Reference,
        call: Call,
        kind: Kind,
        envelope: Envelope,
        timeout: Duration,
    ) {
        let route = self.route(to);
        let on = match route {
            Route::Open(connection) => Some(connection),
            Route::Dialling | Route::Local | Route::Gone => None,
        };
        self.calls.waiting.push(Outstanding {
            call: call.0,
            kind,
            on,
            at: to.address,
        });
        let at = self.clock.now() + timeout;
        self.deadlines.arm(Deadline::Call(call.0), at);
        match route {
            Route::Open(connection) => {
                self.transmit(connection, envelope);
                self.watch_idleness(connection);
            }
            Route::Dialling => self.wait_for_dial(to.address, envelope),
            Route::Local | Route::Gone => {
                let unit = Unit::of(&envelope);
                self.report_sent(to.address, unit.unwrap_or(Unit::Resolve), Fate::Lost);
                self.fail_calls_where(|outstanding| outstanding.call == call.0);
            }
        }
    }

    pub(super) fn abandon(&mut self, call: Call) {
        self.take_call(|outstanding| outstanding.call == call.0);
    }

    /// Ends the wait of a call, also that for its time-out.
    fn take_call(&mut self, is_meant: impl Fn(&Outstanding) -> bool) -> Option<Outstanding> {
        let outstanding = self.calls.take(is_meant)?;
        self.deadlines.disarm(Deadline::Call(outstanding.call));
        Some(outstanding)
    }

    /// Ends the wait of a call that a peer answers. Only the peer that was asked can, and only
    /// in the way in which it was asked.
    fn take_answered(
        &mut self,
        connection: Connection,
        number: u64,
        kind: Kind,
    ) -> Option<Outstanding> {
        self.take_call(|outstanding| {
            outstanding.call == number
                && outstanding.kind == kind
                && outstanding.on == Some(connection)
        })
    }

    pub(super) fn reply(&mut self, call: Call, outcome: Result<Answer, Thrown>) {
        let Some(inquiry) = self.inquiries.take(call.0) else {
            return;
        };
        match inquiry.asker {
            Asker::Peer { from, call, .. } if self.is_open(from) => {
                self.transmit(from, Envelope::Answer { call, outcome });
            }
            Asker::Peer { address, .. } => {
                self.report_sent(address, Unit::Answer(&outcome), Fate::Lost);
            }
            // Whoever does not wait any more has nothing to be told.
            Asker::World(reply) => drop(reply.send(outcome)),
        }
    }

    /// An answer came. One that nobody waits for there, or not any more, is dropped.
    pub(super) fn answered(
        &mut self,
        connection: Connection,
        number: u64,
        outcome: Result<Answer, Thrown>,
    ) -> Option<Happening> {
        self.take_answered(connection, number, Kind::Ask)?;
        let answer = outcome.map_err(AskError::Remote);
        Some(Happening::Answered {
            call: Call(number),
            answer,
        })
    }

    /// The answer to a look-up came.
    pub(super) fn resolved(
        &mut self,
        connection: Connection,
        number: u64,
        presence: Presence,
    ) -> Option<Happening> {
        let outstanding = self.take_answered(connection, number, Kind::Resolve)?;
        Some(match presence {
            Presence::Found => Happening::Resolved {
                call: Call(number),
                endpoint: Ok(Reference::unbound(outstanding.at)),
            },
            Presence::Missing => {
                let reason = Text::new("there is no such endpoint");
                let thrown = Thrown::IllegalArgument { reason };
                failure(outstanding, AskError::Remote(thrown))
            }
        })
    }

    /// A call has waited long enough; nothing happens if it was answered meanwhile.
    pub(super) fn time_out(&mut self, number: u64) -> Option<Happening> {
        let outstanding = self.take_call(|outstanding| outstanding.call == number)?;
        Some(failure(outstanding, AskError::TimedOut))
    }

    pub(super) fn fail_calls_on(&mut self, connection: Connection) {
        self.fail_calls_where(|outstanding| outstanding.on == Some(connection));
    }

    pub(super) fn fail_calls_of_dial(&mut self, to: Address) {
        self.fail_calls_where(|outstanding| outstanding.on.is_none() && outstanding.at == to);
    }

    fn fail_calls_where(&mut self, fails: impl Fn(&Outstanding) -> bool) {
        let failed: Vec<Outstanding> = self
            .calls
            .waiting
            .extract_if(.., |outstanding| fails(outstanding))
            .collect();
        for outstanding in failed {
            self.deadlines.disarm(Deadline::Call(outstanding.call));
            self.post(failure(outstanding, AskError::Connection));
        }
    }
}

const fn failure(outstanding: Outstanding, error: AskError) -> Happening {
    let call = Call(outstanding.call);
    match outstanding.kind {
        Kind::Ask => Happening::Answered {
            call,
            answer: Err(error),
        },
        Kind::Resolve => Happening::Resolved {
            call,
            endpoint: Err(error),
        },
    }
}
