//! The Driver and its one match; no logic.

mod ending;
mod executors;
mod recovery;
mod registration;
mod requests;

use crate::node::{Call, Input, Node};
use crate::settings::Shared;
use crate::turn::Turn;
use deploysim_protocol::address::{Address, Peer, Reference};
use deploysim_protocol::description::{ApplicationDescription, ResourceProfile};
use deploysim_protocol::event::{DeathReason, Event};
use deploysim_protocol::id::{ApplicationId, ProfileId};
use deploysim_protocol::message::{Answer, AskDriver, ToDriver};
use deploysim_protocol::text::Text;
use deploysim_protocol::thrown::Thrown;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub use executors::RegisteredExecutor;

/// What one Driver process is started with.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DriverSettings {
    /// The configured masters, in order.
    pub masters: Arc<[Address]>,
    /// The application that it registers; none for a submitted driver that opens no
    /// application client.
    pub application: Option<Arc<ApplicationDescription>>,
    /// The worker whose end it watches for, if a worker started it.
    pub worker: Option<Address>,
    /// What all nodes share.
    pub shared: Shared,
}

/// The deadlines of a Driver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DriverTimer {
    /// When to register again, or to give up. Numbered from 0; only the generation whose timers
    /// pile up (S-34 `nested`) has more than one.
    RegistrationTimeOut(u32),
}

/// Which executors a kill request leaves wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KillAdjustment {
    /// Lower the target, so that they are not replaced.
    LowerTarget,
    /// Keep the target, so that they are replaced.
    Replace,
}

/// What the user's program can ask of a Driver.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum DriverOperation {
    /// `requestExecutors`: so many more of the default profile; negative is an error.
    RequestExecutors {
        /// How many more.
        additional: i32,
    },
    /// `requestTotalExecutors`: these totals replace the whole table.
    RequestTotalExecutors {
        /// Per profile.
        totals: Vec<(Arc<ResourceProfile>, i32)>,
    },
    /// `killExecutors`.
    KillExecutors {
        /// Their numbers.
        numbers: Vec<u32>,
        /// What becomes of the target.
        adjustment: KillAdjustment,
    },
    /// Executors on this host are refused from here on.
    ExcludeHost {
        /// The host.
        host: Text,
    },
    /// The program is over: stop the application client, if any, then exit.
    Finish {
        /// The program's exit code.
        code: i32,
    },
}

/// A driver process: the user's program with its application client and scheduler backend.
/// Spark: `StandaloneAppClient.ClientEndpoint` and `StandaloneSchedulerBackend`, in the process
/// of `DriverWrapper` where a worker started it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Driver {
    settings: Arc<DriverSettings>,
    /// The master that answered last, or announced itself since.
    master: Option<Reference>,
    /// The id in the last answer.
    application: Option<ApplicationId>,
    /// Whether any master ever answered. Never becomes false again.
    registered: bool,
    /// Whether the loss of the present master was reported.
    already_disconnected: bool,
    /// Why the client is dead; set once.
    dead: Option<DeathReason>,
    /// For each registration timer, by its number, the attempt that it follows.
    attempts: Vec<u32>,
    /// What this driver waits for.
    calls: BTreeMap<Call, Pending>,
    /// Executors accepted and not forgotten, by number.
    executors: BTreeMap<u32, RegisteredExecutor>,
    /// Hosts whose executors are refused.
    excluded: BTreeSet<Text>,
    /// Executors wanted in all, per profile; empty until the first request.
    totals: BTreeMap<ProfileId, (Arc<ResourceProfile>, i32)>,
    /// Whether it exits: nothing that still comes matters.
    ended: bool,
}

/// What an answer or a resolved address belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Pending {
    /// A registration attempt at a master.
    Registration {
        /// Where.
        master: Address,
    },
    /// `RequestExecutors`.
    Totals {
        /// Executors to be killed once it is answered.
        then_kill: Option<Vec<u32>>,
    },
    /// `KillExecutors`.
    Kill,
}

impl Driver {
    /// A Driver that was not started yet.
    pub fn new(settings: DriverSettings) -> Self {
        Self {
            settings: Arc::new(settings),
            master: None,
            application: None,
            registered: false,
            already_disconnected: false,
            dead: None,
            attempts: Vec::new(),
            calls: BTreeMap::new(),
            executors: BTreeMap::new(),
            excluded: BTreeSet::new(),
            totals: BTreeMap::new(),
            ended: false,
        }
    }

    /// The application's id in the last answer to a registration. For the audit.
    pub const fn application(&self) -> Option<ApplicationId> {
        self.application
    }

    /// Whether a master ever answered a registration. For the audit.
    pub const fn is_registered(&self) -> bool {
        self.registered
    }

    /// The master that it follows. For the audit.
    pub const fn master(&self) -> Option<Reference> {
        self.master
    }

    /// Why the application client is dead, if it is. For the audit.
    pub const fn death(&self) -> Option<DeathReason> {
        self.dead
    }

    /// The table of executors wanted in all, by profile; empty until the first request. For the
    /// audit.
    pub fn targets(&self) -> impl Iterator<Item = (ProfileId, i32)> + '_ {
        self.totals
            .iter()
            .map(|(profile, (_, total))| (*profile, *total))
    }

    /// The executors that the backend accepted and has not forgotten, by number ascending. For
    /// the audit.
    pub fn executors(&self) -> impl Iterator<Item = (u32, &RegisteredExecutor)> + '_ {
        self.executors
            .iter()
            .map(|(number, executor)| (*number, executor))
    }

    /// Spark: `ClientEndpoint.receive`.
    fn handle_message(
        &mut self,
        message: ToDriver,
        turn: &mut Turn<'_, Self>,
    ) -> Result<(), Thrown> {
        if self.settings.application.is_none() {
            return Err(unhandled(message.kind()));
        }
        match message {
            ToDriver::RegisteredApplication {
                application,
                master,
            } => self.handle_registered(application, master, turn),
            ToDriver::ExecutorAdded {
                number,
                worker_id,
                cores,
                worker_address: _,
                memory_mib: _,
            } => self.handle_executor_added(number, worker_id, cores, turn),
            ToDriver::ExecutorUpdated(update) => self.handle_executor_updated(&update, turn),
            ToDriver::ApplicationRemoved { state: _ } => self.handle_removed(turn),
            ToDriver::WorkerRemoved {
                worker_id,
                host: _,
                message: _,
            } => self.handle_worker_removed(worker_id, turn),
            ToDriver::MasterChanged {
                master,
                master_web_ui_url: _,
            } => self.handle_master_changed(master, turn),
        }
        Ok(())
    }

    /// Spark: `CoarseGrainedSchedulerBackend.DriverEndpoint.receiveAndReply`.
    fn handle_ask(&mut self, call: Call, ask: AskDriver, turn: &mut Turn<'_, Self>) {
        if self.settings.application.is_none() {
            let thrown = unhandled(ask.kind());
            turn.note(Event::HandlerThrew { thrown });
            return turn.reply(call, Err(thrown));
        }
        let answer = match ask {
            AskDriver::RegisterExecutor(executor) => self.handle_register_executor(&executor, turn),
        };
        turn.reply(call, answer.map(Answer::Flag));
    }

    fn handle_disconnected(&mut self, peer: Peer, turn: &mut Turn<'_, Self>) {
        if self.is_watched_worker(peer) {
            return self.end_without_worker(turn);
        }
        self.handle_master_disconnected(peer, turn);
        self.handle_executor_disconnected(peer, turn);
    }
}

fn unhandled(kind: &str) -> Thrown {
    Thrown::Unhandled {
        kind: Text::new(kind),
    }
}

impl Node for Driver {
    type Message = ToDriver;
    type Ask = AskDriver;
    type Answer = bool;
    type Timer = DriverTimer;
    type Operation = DriverOperation;

    fn handle(&mut self, input: Input<Self>, turn: &mut Turn<'_, Self>) {
        if self.ended {
            return;
        }
        let outcome = match input {
            Input::Started => {
                self.start(turn);
                Ok(())
            }
            Input::Received { message, .. } => self.handle_message(message, turn),
            Input::Asked { call, ask, .. } => {
                self.handle_ask(call, ask, turn);
                Ok(())
            }
            Input::Answered { call, answer } => {
                self.handle_request_answered(call, answer, turn);
                Ok(())
            }
            Input::Resolved { call, endpoint } => {
                self.handle_resolved(call, endpoint, turn);
                Ok(())
            }
            Input::Disconnected { peer } => {
                self.handle_disconnected(peer, turn);
                Ok(())
            }
            Input::ConnectionError { peer } => {
                self.handle_connection_error(peer, turn);
                Ok(())
            }
            Input::Fired {
                timer: DriverTimer::RegistrationTimeOut(number),
                due,
            } => {
                self.handle_registration_time_out(number, due, turn);
                Ok(())
            }
            Input::Operator(operation) => self.handle_operation(operation, turn),
            // A Driver has no children of its own and is never elected.
            Input::ProcessStarted { .. }
            | Input::ProcessEnded { .. }
            | Input::Elected
            | Input::Revoked => Ok(()),
        };
        if let Err(thrown) = outcome {
            turn.note(Event::HandlerThrew { thrown });
        }
    }
}

#[cfg(test)]
mod tests;
