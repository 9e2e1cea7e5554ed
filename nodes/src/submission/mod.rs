//! The submit client, which asks masters to run or kill a driver and follows its status, and its
//! one match; no logic.

mod answers;
mod masters;

use crate::node::{Call, Input, Node};
use crate::settings::Shared;
use crate::turn::Turn;
use deploysim_protocol::address::Address;
use deploysim_protocol::description::DriverDescription;
use deploysim_protocol::event::Event;
use deploysim_protocol::id::DriverId;
use deploysim_protocol::message::Answer;
use deploysim_protocol::state::DriverState;
use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::sync::Arc;

/// With what the client exits when it fails: Java's −1 as a process shows it.
pub const FAILURE_EXIT_CODE: i32 = 255;

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
