//! The submit client: asks masters to run or kill a driver, and follows its status. This file
//! has its life and its list of masters; what masters answer is judged in `answers.rs`.

mod answers;

use crate::node::{Call, Input, Node};
use crate::settings::Shared;
use crate::turn::Turn;
use deploysim_protocol::address::{Address, Peer, Reference};
use deploysim_protocol::conf::SUBMISSION_ASK_TIMEOUT;
use deploysim_protocol::description::DriverDescription;
use deploysim_protocol::event::{ClientEvent, Event};
use deploysim_protocol::id::DriverId;
use deploysim_protocol::message::{Answer, AskMaster};
use deploysim_protocol::state::DriverState;
use deploysim_protocol::thrown::{AskError, Thrown};
use deploysim_protocol::time::Time;
use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

/// With what the client exits when it fails: Java's −1 as a process shows it.
pub const FAILURE_EXIT_CODE: i32 = 255;

/// When the driver's status is asked for first. Spark: `ClientEndpoint.onStart`.
const MONITOR_DELAY: Duration = Duration::from_secs(5);

/// How often after that. Spark: `ClientEndpoint.REPORT_DRIVER_STATUS_INTERVAL`.
const MONITOR_PERIOD: Duration = Duration::from_secs(10);

/// What one submit client is started with.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ClientSettings {
    /// The configured masters, in order.
    pub masters: Arc<[Address]>,
    /// What it is to do.
    pub request: ClientRequest,
    /// What all nodes share.
    pub shared: Shared,
}

/// What a submit client is to do.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ClientRequest {
    /// `launch`.
    Launch {
        /// What to run.
        description: Arc<DriverDescription>,
    },
    /// `kill`.
    Kill {
        /// Which driver.
        driver: DriverId,
    },
}

/// The deadlines of a submit client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClientTimer {
    /// When to ask for the driver's status. First after 5 s, then every 10 s. Fixed rate.
    MonitorDriver,
}

/// A submit client does what it was started for; nobody operates it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ClientOperation {}

/// Asks for a submitted driver. Spark: `ClientEndpoint` in `deploy.Client`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SubmitClient {
    settings: Arc<ClientSettings>,
    /// The driver to be followed, once its id is known.
    driver: Option<DriverId>,
    /// Which master each look-up and question under way is for.
    calls: BTreeMap<Call, Address>,
    /// Masters given up, for ever.
    lost: BTreeSet<Address>,
    /// The driver's state as reported last.
    reported: Option<DriverState>,
    /// Whether it exits: nothing that still comes matters.
    ended: bool,
}

impl SubmitClient {
    /// A submit client that was not started yet.
    pub fn new(settings: ClientSettings) -> Self {
        Self {
            settings: Arc::new(settings),
            driver: None,
            calls: BTreeMap::new(),
            lost: BTreeSet::new(),
            reported: None,
            ended: false,
        }
    }

    /// The driver that it follows, once its id is known. For the audit.
    pub const fn driver(&self) -> Option<DriverId> {
        self.driver
    }

    /// The masters that it gave up, by address ascending. For the audit.
    pub fn lost_masters(&self) -> impl Iterator<Item = Address> + '_ {
        self.lost.iter().copied()
    }

    /// Looks every master up, and begins to watch the clock.
    /// Spark: `ClientApp.start`, `ClientEndpoint.onStart`.
    ///
    /// **Differs:** Spark looks the masters up one after the other before anything else, and the
    /// process fails if one of them cannot be found. Here each is asked as soon as it is found,
    /// and one that is not is lost.
    // S-37: up to 1.3 there is one master, and the end of any connection ends the client.
    fn start(&mut self, turn: &mut Turn<'_, Self>) {
        turn.note(match &self.settings.request {
            ClientRequest::Launch { .. } => ClientEvent::SubmissionRequested,
            ClientRequest::Kill { driver } => {
                self.driver = Some(*driver);
                ClientEvent::KillRequested { driver: *driver }
            }
        });
        let settings = Arc::clone(&self.settings);
        for &master in settings.masters.iter() {
            let call = turn.resolve(master, self.ask_timeout());
            self.calls.insert(call, master);
        }
        turn.arm_after(ClientTimer::MonitorDriver, MONITOR_DELAY);
    }

    /// Asks a master that was found; one that was not is lost.
    /// Spark: `ClientEndpoint.asyncSendToMasterAndForwardReply`.
    fn handle_resolved(
        &mut self,
        call: Call,
        endpoint: Result<Reference, AskError>,
        turn: &mut Turn<'_, Self>,
    ) {
        let Some(master) = self.calls.remove(&call) else {
            return;
        };
        let Ok(endpoint) = endpoint else {
            return self.lose(master, turn);
        };
        let ask = match &self.settings.request {
            ClientRequest::Launch { description } => AskMaster::RequestSubmitDriver {
                description: Arc::clone(description),
            },
            ClientRequest::Kill { driver } => AskMaster::RequestKillDriver { driver: *driver },
        };
        let call = turn.ask(endpoint, ask, self.ask_timeout());
        self.calls.insert(call, master);
    }

    /// Asks every master for the driver's status, once its id is known. While every master only
    /// answers that it stands by, no id is known, nothing is asked, and the client hangs.
    /// Spark: `ClientEndpoint.monitorDriverStatus`.
    // S-38: before 3.1 the active master is asked once, and the client exits.
    fn monitor(&mut self, due: Time, turn: &mut Turn<'_, Self>) {
        turn.arm(ClientTimer::MonitorDriver, due + MONITOR_PERIOD);
        let Some(driver) = self.driver else {
            return;
        };
        let settings = Arc::clone(&self.settings);
        for &master in settings.masters.iter() {
            let ask = AskMaster::RequestDriverStatus { driver };
            let call = turn.ask(Reference::unbound(master), ask, self.ask_timeout());
            self.calls.insert(call, master);
        }
    }

    /// A question without an answer is only reported; nothing is asked again.
    /// Spark: `ClientEndpoint.asyncSendToMasterAndForwardReply`.
    fn handle_answered(
        &mut self,
        call: Call,
        answer: Result<Answer, AskError>,
        turn: &mut Turn<'_, Self>,
    ) -> Result<(), Thrown> {
        let Some(master) = self.calls.remove(&call) else {
            return Ok(());
        };
        match answer {
            Ok(answer) => self.judge(answer, turn),
            Err(_) => {
                turn.note(ClientEvent::RequestFailed { master });
                Ok(())
            }
        }
    }

    /// The end of, or an error on, a connection loses the master at its other end.
    /// Spark: `ClientEndpoint.onDisconnected`, `onNetworkError`.
    fn handle_connection_loss(&mut self, peer: Peer, turn: &mut Turn<'_, Self>) {
        match peer {
            Peer::Listening(master) => self.lose(master, turn),
            // A client dials all its connections, so each is named by a listening address.
            Peer::Socket(_) => {}
        }
    }

    /// A master that is lost once is lost for ever; without any, the client gives up.
    fn lose(&mut self, master: Address, turn: &mut Turn<'_, Self>) {
        if !self.lost.insert(master) {
            return;
        }
        turn.note(ClientEvent::MasterLost { master });
        if self.lost.len() >= self.settings.masters.len() {
            self.exit(FAILURE_EXIT_CODE, turn);
        }
    }

    fn exit(&mut self, code: i32, turn: &mut Turn<'_, Self>) {
        self.ended = true;
        turn.exit(code);
    }

    /// `spark.rpc.askTimeout` where it is set; this client has a default of its own.
    fn ask_timeout(&self) -> Duration {
        let configured = self.settings.shared.conf.ask_timeout_or_network;
        configured.unwrap_or(SUBMISSION_ASK_TIMEOUT)
    }
}

impl Node for SubmitClient {
    type Message = Infallible;
    type Ask = Infallible;
    type Answer = Answer;
    type Timer = ClientTimer;
    type Operation = ClientOperation;

    fn handle(&mut self, input: Input<Self>, turn: &mut Turn<'_, Self>) {
        if self.ended {
            return;
        }
        let mut outcome = Ok(());
        match input {
            Input::Started => self.start(turn),
            Input::Received { message, .. } => match message {},
            Input::Asked { ask, .. } => match ask {},
            Input::Answered { call, answer } => outcome = self.handle_answered(call, answer, turn),
            Input::Resolved { call, endpoint } => self.handle_resolved(call, endpoint, turn),
            Input::Disconnected { peer } | Input::ConnectionError { peer } => {
                self.handle_connection_loss(peer, turn);
            }
            Input::Fired {
                timer: ClientTimer::MonitorDriver,
                due,
            } => self.monitor(due, turn),
            Input::Operator(operation) => match operation {},
            // A submit client has no children and is never elected.
            Input::ProcessStarted { .. }
            | Input::ProcessEnded { .. }
            | Input::Elected
            | Input::Revoked => {}
        }
        // Spark: `ClientEndpoint.onError`. This endpoint alone does not survive what it throws.
        if let Err(thrown) = outcome {
            turn.note(Event::HandlerThrew { thrown });
            self.exit(FAILURE_EXIT_CODE, turn);
        }
    }
}

#[cfg(test)]
mod tests;
