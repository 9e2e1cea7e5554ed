//! The submit client: asks masters to run or kill a driver, and follows its status.

use crate::node::{Input, Node};
use crate::settings::Shared;
use crate::turn::Turn;
use deploysim_protocol::address::Address;
use deploysim_protocol::description::DriverDescription;
use deploysim_protocol::id::DriverId;
use deploysim_protocol::message::Answer;
use std::convert::Infallible;
use std::sync::Arc;

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
    /// When to ask for the driver's status. First after 5 s, then every 10 s.
    MonitorDriver,
}

/// A submit client does what it was started for; nobody operates it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ClientOperation {}

/// Asks for a submitted driver.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SubmitClient {
    settings: Arc<ClientSettings>,
}

impl SubmitClient {
    /// A submit client that was not started yet.
    pub fn new(settings: ClientSettings) -> Self {
        Self {
            settings: Arc::new(settings),
        }
    }
}

impl Node for SubmitClient {
    type Message = Infallible;
    type Ask = Infallible;
    type Answer = Answer;
    type Timer = ClientTimer;
    type Operation = ClientOperation;

    fn handle(&mut self, _input: Input<Self>, _turn: &mut Turn<'_, Self>) {}
}
