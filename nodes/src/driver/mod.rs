//! The Driver and its one match; no logic.

use crate::node::{Input, Node};
use crate::settings::Shared;
use crate::turn::Turn;
use deploysim_protocol::address::Address;
use deploysim_protocol::description::{ApplicationDescription, ResourceProfile};
use deploysim_protocol::message::{AskDriver, ToDriver};
use deploysim_protocol::text::Text;
use std::sync::Arc;

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
    /// pile up (S-34 fixed rate) has more than one.
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
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Driver {
    settings: Arc<DriverSettings>,
}

impl Driver {
    /// A Driver that was not started yet.
    pub fn new(settings: DriverSettings) -> Self {
        Self {
            settings: Arc::new(settings),
        }
    }
}

impl Node for Driver {
    type Message = ToDriver;
    type Ask = AskDriver;
    type Answer = bool;
    type Timer = DriverTimer;
    type Operation = DriverOperation;

    fn handle(&mut self, _input: Input<Self>, _turn: &mut Turn<'_, Self>) {}
}
