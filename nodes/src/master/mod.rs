//! The Master and its one match; no logic.

pub mod scheduling;

use crate::node::{Input, Node};
use crate::settings::Shared;
use crate::turn::Turn;
use deploysim_protocol::id::ApplicationId;
use deploysim_protocol::message::{Answer, AskMaster, ToMaster};
use deploysim_protocol::text::Text;

/// What one Master process is started with.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MasterSettings {
    /// Its web page.
    pub web_ui_url: Text,
    /// What all nodes share.
    pub shared: Shared,
}

/// The deadlines of a Master.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MasterTimer {
    /// When to look for workers that are silent for longer than the time-out. Fixed rate.
    CheckForWorkerTimeOut,
    /// When to stop waiting for those that were read from the store.
    CompleteRecovery,
}

/// What an operator can ask of a Master.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MasterOperation {
    /// `/app/kill` of the web page.
    KillApplication {
        /// Which application.
        application: ApplicationId,
    },
}

/// The cluster manager.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Master {
    settings: MasterSettings,
}

impl Master {
    /// A Master that was not started yet.
    pub const fn new(settings: MasterSettings) -> Self {
        Self { settings }
    }
}

impl Node for Master {
    type Message = ToMaster;
    type Ask = AskMaster;
    type Answer = Answer;
    type Timer = MasterTimer;
    type Operation = MasterOperation;

    fn handle(&mut self, _input: Input<Self>, _turn: &mut Turn<'_, Self>) {}
}
