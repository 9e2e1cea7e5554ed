//! Which masters the submit client asks, when, and what it does about those it loses. What they
//! answer is judged in `answers.rs`.

use super::{ClientRequest, ClientTimer, FAILURE_EXIT_CODE, SubmitClient};
use crate::node::Call;
use crate::turn::Turn;
use deploysim_protocol::address::{Address, Peer, Reference};
use deploysim_protocol::conf::SUBMISSION_ASK_TIMEOUT;
use deploysim_protocol::event::ClientEvent;
use deploysim_protocol::message::{Answer, AskMaster};
use deploysim_protocol::thrown::{AskError, Thrown};
use deploysim_protocol::time::Time;
use std::sync::Arc;
use std::time::Duration;

/// When the driver's status is asked for first. Spark: `ClientEndpoint.onStart`.
const MONITOR_DELAY: Duration = Duration::from_secs(5);

/// How often after that. Spark: `ClientEndpoint.REPORT_DRIVER_STATUS_INTERVAL`.
const MONITOR_PERIOD: Duration = Duration::from_secs(10);

impl SubmitClient {
    /// Looks every master up, and begins to watch the clock.
    /// Spark: `ClientApp.start`, `ClientEndpoint.onStart`.
    ///
    /// **Differs:** Spark looks the masters up one after the other before anything else, and the
    /// process fails if one of them cannot be found. Here each is asked as soon as it is found,
    /// and one that is not is lost.
    // S-37: up to 1.3 there is one master, and the end of any connection ends the client.
    pub(super) fn start(&mut self, turn: &mut Turn<'_, Self>) {
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
    pub(super) fn handle_resolved(
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
    pub(super) fn monitor(&mut self, due: Time, turn: &mut Turn<'_, Self>) {
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
    pub(super) fn handle_answered(
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
    pub(super) fn handle_connection_loss(&mut self, peer: Peer, turn: &mut Turn<'_, Self>) {
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

    pub(super) fn exit(&mut self, code: i32, turn: &mut Turn<'_, Self>) {
        self.ended = true;
        turn.exit(code);
    }

    /// `spark.rpc.askTimeout` where it is set; this client has a default of its own.
    fn ask_timeout(&self) -> Duration {
        let configured = self.settings.shared.conf.ask_timeout_or_network;
        configured.unwrap_or(SUBMISSION_ASK_TIMEOUT)
    }
}
