//! Each role's own types among those of all roles. One impl per role, all alike.

use super::{AnyOperation, AnyTimer, Hosted};
use crate::driver::{Driver, DriverOperation, DriverTimer};
use crate::election::{ElectionService, ElectionTimer};
use crate::executor::{Executor, ExecutorOperation, ExecutorTimer};
use crate::master::{Master, MasterOperation, MasterTimer};
use crate::submission::{ClientOperation, ClientTimer, SubmitClient};
use crate::worker::{Worker, WorkerOperation, WorkerTimer};
use deploysim_protocol::message::{Ask, AskDriver, AskElection, AskMaster, AskWorker, Message};
use deploysim_protocol::message::{ToDriver, ToElection, ToExecutor, ToMaster, ToWorker};
use std::convert::Infallible;

macro_rules! own {
    ($union:ident :: $variant:ident, $value:ident) => {
        if let $union::$variant(own) = $value {
            Ok(own)
        } else {
            Err($value)
        }
    };
}

impl From<MasterTimer> for AnyTimer {
    fn from(timer: MasterTimer) -> Self {
        Self::Master(timer)
    }
}

impl Hosted for Master {
    fn unwrap(timer: AnyTimer) -> Option<MasterTimer> {
        if let AnyTimer::Master(own) = timer {
            Some(own)
        } else {
            None
        }
    }
    fn message(message: Message) -> Result<ToMaster, Message> {
        own!(Message::ToMaster, message)
    }
    fn ask(ask: Ask) -> Result<AskMaster, Ask> {
        own!(Ask::AskMaster, ask)
    }
    fn operation(operation: AnyOperation) -> Option<MasterOperation> {
        if let AnyOperation::Master(own) = operation {
            Some(own)
        } else {
            None
        }
    }
}

impl From<WorkerTimer> for AnyTimer {
    fn from(timer: WorkerTimer) -> Self {
        Self::Worker(timer)
    }
}

impl Hosted for Worker {
    fn unwrap(timer: AnyTimer) -> Option<WorkerTimer> {
        if let AnyTimer::Worker(own) = timer {
            Some(own)
        } else {
            None
        }
    }
    fn message(message: Message) -> Result<ToWorker, Message> {
        own!(Message::ToWorker, message)
    }
    fn ask(ask: Ask) -> Result<AskWorker, Ask> {
        own!(Ask::AskWorker, ask)
    }
    fn operation(operation: AnyOperation) -> Option<WorkerOperation> {
        if let AnyOperation::Worker(own) = operation {
            Some(own)
        } else {
            None
        }
    }
}

impl From<DriverTimer> for AnyTimer {
    fn from(timer: DriverTimer) -> Self {
        Self::Driver(timer)
    }
}

impl Hosted for Driver {
    fn unwrap(timer: AnyTimer) -> Option<DriverTimer> {
        if let AnyTimer::Driver(own) = timer {
            Some(own)
        } else {
            None
        }
    }
    fn message(message: Message) -> Result<ToDriver, Message> {
        own!(Message::ToDriver, message)
    }
    fn ask(ask: Ask) -> Result<AskDriver, Ask> {
        own!(Ask::AskDriver, ask)
    }
    fn operation(operation: AnyOperation) -> Option<DriverOperation> {
        if let AnyOperation::Driver(own) = operation {
            Some(own)
        } else {
            None
        }
    }
}

impl From<ExecutorTimer> for AnyTimer {
    fn from(timer: ExecutorTimer) -> Self {
        match timer {}
    }
}

impl Hosted for Executor {
    fn unwrap(_timer: AnyTimer) -> Option<ExecutorTimer> {
        None
    }
    fn message(message: Message) -> Result<ToExecutor, Message> {
        own!(Message::ToExecutor, message)
    }
    fn ask(ask: Ask) -> Result<Infallible, Ask> {
        Err(ask)
    }
    fn operation(operation: AnyOperation) -> Option<ExecutorOperation> {
        if let AnyOperation::Executor(own) = operation {
            Some(own)
        } else {
            None
        }
    }
}

impl From<ClientTimer> for AnyTimer {
    fn from(timer: ClientTimer) -> Self {
        Self::Client(timer)
    }
}

impl Hosted for SubmitClient {
    fn unwrap(timer: AnyTimer) -> Option<ClientTimer> {
        if let AnyTimer::Client(own) = timer {
            Some(own)
        } else {
            None
        }
    }
    fn message(message: Message) -> Result<Infallible, Message> {
        Err(message)
    }
    fn ask(ask: Ask) -> Result<Infallible, Ask> {
        Err(ask)
    }
    fn operation(_operation: AnyOperation) -> Option<ClientOperation> {
        None
    }
}

impl From<ElectionTimer> for AnyTimer {
    fn from(timer: ElectionTimer) -> Self {
        Self::Election(timer)
    }
}

impl Hosted for ElectionService {
    fn unwrap(timer: AnyTimer) -> Option<ElectionTimer> {
        if let AnyTimer::Election(own) = timer {
            Some(own)
        } else {
            None
        }
    }
    fn message(message: Message) -> Result<ToElection, Message> {
        own!(Message::ToElection, message)
    }
    fn ask(ask: Ask) -> Result<AskElection, Ask> {
        own!(Ask::AskElection, ask)
    }
    fn operation(_operation: AnyOperation) -> Option<Infallible> {
        None
    }
}
