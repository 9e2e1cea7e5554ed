//! The nodes of a run, whatever their role, and how one thing that happens is fed to one of
//! them. Where things come from and where effects go is the business of a world.

use crate::trace::Role;
use deploysim_nodes::driver::{Driver, DriverOperation, DriverTimer};
use deploysim_nodes::executor::{Executor, ExecutorOperation, ExecutorTimer};
use deploysim_nodes::master::{Master, MasterOperation, MasterTimer};
use deploysim_nodes::node::{Call, Input, Node};
use deploysim_nodes::process::{Exit, ProcessId};
use deploysim_nodes::submission::{ClientOperation, ClientTimer, SubmitClient};
use deploysim_nodes::turn::Turn;
use deploysim_nodes::worker::{Worker, WorkerOperation, WorkerTimer};
use deploysim_protocol::address::{Peer, Reference};
use deploysim_protocol::message::{Answer, Ask, AskDriver, AskMaster, AskWorker, Message};
use deploysim_protocol::message::{ToDriver, ToExecutor, ToMaster, ToWorker};
use deploysim_protocol::text::Text;
use deploysim_protocol::thrown::{AskError, Thrown};
use deploysim_protocol::time::Time;
use std::convert::Infallible;

/// One node.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum AnyNode {
    /// A Master.
    Master(Box<Master>),
    /// A Worker.
    Worker(Box<Worker>),
    /// A Driver.
    Driver(Box<Driver>),
    /// An executor.
    Executor(Box<Executor>),
    /// A submit client.
    Client(Box<SubmitClient>),
}

impl AnyNode {
    /// Which role it plays.
    pub const fn role(&self) -> Role {
        match self {
            Self::Master(_) => Role::Master,
            Self::Worker(_) => Role::Worker,
            Self::Driver(_) => Role::Driver,
            Self::Executor(_) => Role::Executor,
            Self::Client(_) => Role::SubmitClient,
        }
    }
}

/// A deadline of any role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AnyTimer {
    /// Of a Master.
    Master(MasterTimer),
    /// Of a Worker.
    Worker(WorkerTimer),
    /// Of a Driver.
    Driver(DriverTimer),
    /// Of a submit client.
    Client(ClientTimer),
}

/// What an operator, a signal or the user's program asks of any role.
#[derive(Clone, Debug)]
pub enum AnyOperation {
    /// Of a Master.
    Master(MasterOperation),
    /// Of a Worker.
    Worker(WorkerOperation),
    /// Of a Driver.
    Driver(DriverOperation),
    /// Of an executor.
    Executor(ExecutorOperation),
}

/// Everything that can happen to a node, before it is known which role it plays.
#[derive(Debug)]
pub enum Happening {
    /// See [`Input::Started`].
    Started,
    /// See [`Input::Received`].
    Received {
        /// Who sent it.
        from: Reference,
        /// What was said.
        message: Message,
    },
    /// See [`Input::Asked`].
    Asked {
        /// Who asks.
        from: Reference,
        /// What the reply has to name.
        call: Call,
        /// What is asked.
        ask: Ask,
    },
    /// See [`Input::Answered`].
    Answered {
        /// Which question.
        call: Call,
        /// The answer.
        answer: Result<Answer, AskError>,
    },
    /// See [`Input::Resolved`].
    Resolved {
        /// Which look-up.
        call: Call,
        /// The endpoint.
        endpoint: Result<Reference, AskError>,
    },
    /// See [`Input::Disconnected`].
    Disconnected {
        /// Whose.
        peer: Peer,
    },
    /// See [`Input::ConnectionError`].
    ConnectionError {
        /// Whose.
        peer: Peer,
    },
    /// See [`Input::Fired`].
    Fired {
        /// Which deadline.
        timer: AnyTimer,
        /// When it was due.
        due: Time,
    },
    /// See [`Input::ProcessStarted`].
    ProcessStarted {
        /// Which child.
        process: ProcessId,
    },
    /// See [`Input::ProcessEnded`].
    ProcessEnded {
        /// Which child.
        process: ProcessId,
        /// How.
        exit: Exit,
    },
    /// See [`Input::Elected`].
    Elected,
    /// See [`Input::Revoked`].
    Revoked,
    /// See [`Input::Operator`].
    Operator(AnyOperation),
}

/// Something arrived for which the role has no handler. It throws there, as in Spark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unhandled {
    /// The question to refuse, if it was one.
    pub call: Option<Call>,
    /// What the role throws.
    pub thrown: Thrown,
}

/// A role that worlds can host: how its own types are found among those of all roles.
pub trait Hosted: Node {
    /// The role's deadline among all deadlines.
    fn wrap(timer: Self::Timer) -> AnyTimer;
    /// The role's own deadline; `None` if it is another role's.
    fn unwrap(timer: AnyTimer) -> Option<Self::Timer>;
    /// The role's own message; the message itself if it is another role's.
    fn message(message: Message) -> Result<Self::Message, Message>;
    /// The role's own question; the question itself if it is another role's.
    fn ask(ask: Ask) -> Result<Self::Ask, Ask>;
    /// The role's own operation; `None` if it is another role's.
    fn operation(operation: AnyOperation) -> Option<Self::Operation>;
}

/// Feeds one happening to a node.
///
/// # Errors
/// If the role has no handler for it; the node is then unchanged.
///
/// # Panics
/// If a timer or an operation of another role is fed: only a bug of a world does that.
pub fn feed<N: Hosted>(node: &mut N, happening: Happening, turn: &mut Turn<'_, N>) -> Result<(), Unhandled> {
    let input = match happening {
        Happening::Started => Input::Started,
        Happening::Received { from, message } => match N::message(message) {
            Ok(message) => Input::Received { from, message },
            Err(message) => return Err(unhandled(None, message.kind())),
        },
        Happening::Asked { from, call, ask } => match N::ask(ask) {
            Ok(ask) => Input::Asked { from, call, ask },
            Err(ask) => return Err(unhandled(Some(call), ask.kind())),
        },
        Happening::Answered { call, answer } => Input::Answered { call, answer: answer.and_then(own_answer::<N>) },
        Happening::Resolved { call, endpoint } => Input::Resolved { call, endpoint },
        Happening::Disconnected { peer } => Input::Disconnected { peer },
        Happening::ConnectionError { peer } => Input::ConnectionError { peer },
        Happening::Fired { timer, due } => {
            Input::Fired { timer: N::unwrap(timer).expect("a timer fires at the role that armed it"), due }
        }
        Happening::ProcessStarted { process } => Input::ProcessStarted { process },
        Happening::ProcessEnded { process, exit } => Input::ProcessEnded { process, exit },
        Happening::Elected => Input::Elected,
        Happening::Revoked => Input::Revoked,
        Happening::Operator(operation) => {
            Input::Operator(N::operation(operation).expect("an operation is meant for the node's role"))
        }
    };
    node.handle(input, turn);
    Ok(())
}

/// An answer of a kind that this role never asks for counts as a failure of the other side.
fn own_answer<N: Hosted>(answer: Answer) -> Result<N::Answer, AskError> {
    let kind = answer.kind();
    N::Answer::try_from(answer).map_err(|_| AskError::Remote(Thrown::Unhandled { kind: Text::new(kind) }))
}

fn unhandled(call: Option<Call>, kind: &str) -> Unhandled {
    Unhandled { call, thrown: Thrown::Unhandled { kind: Text::new(kind) } }
}

macro_rules! own {
    ($union:ident :: $variant:ident, $value:ident) => {
        if let $union::$variant(own) = $value { Ok(own) } else { Err($value) }
    };
}

impl Hosted for Master {
    fn wrap(timer: MasterTimer) -> AnyTimer {
        AnyTimer::Master(timer)
    }
    fn unwrap(timer: AnyTimer) -> Option<MasterTimer> {
        if let AnyTimer::Master(own) = timer { Some(own) } else { None }
    }
    fn message(message: Message) -> Result<ToMaster, Message> {
        own!(Message::ToMaster, message)
    }
    fn ask(ask: Ask) -> Result<AskMaster, Ask> {
        own!(Ask::AskMaster, ask)
    }
    fn operation(operation: AnyOperation) -> Option<MasterOperation> {
        if let AnyOperation::Master(own) = operation { Some(own) } else { None }
    }
}

impl Hosted for Worker {
    fn wrap(timer: WorkerTimer) -> AnyTimer {
        AnyTimer::Worker(timer)
    }
    fn unwrap(timer: AnyTimer) -> Option<WorkerTimer> {
        if let AnyTimer::Worker(own) = timer { Some(own) } else { None }
    }
    fn message(message: Message) -> Result<ToWorker, Message> {
        own!(Message::ToWorker, message)
    }
    fn ask(ask: Ask) -> Result<AskWorker, Ask> {
        own!(Ask::AskWorker, ask)
    }
    fn operation(operation: AnyOperation) -> Option<WorkerOperation> {
        if let AnyOperation::Worker(own) = operation { Some(own) } else { None }
    }
}

impl Hosted for Driver {
    fn wrap(timer: DriverTimer) -> AnyTimer {
        AnyTimer::Driver(timer)
    }
    fn unwrap(timer: AnyTimer) -> Option<DriverTimer> {
        if let AnyTimer::Driver(own) = timer { Some(own) } else { None }
    }
    fn message(message: Message) -> Result<ToDriver, Message> {
        own!(Message::ToDriver, message)
    }
    fn ask(ask: Ask) -> Result<AskDriver, Ask> {
        own!(Ask::AskDriver, ask)
    }
    fn operation(operation: AnyOperation) -> Option<DriverOperation> {
        if let AnyOperation::Driver(own) = operation { Some(own) } else { None }
    }
}

impl Hosted for Executor {
    fn wrap(timer: ExecutorTimer) -> AnyTimer {
        match timer {}
    }
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
        if let AnyOperation::Executor(own) = operation { Some(own) } else { None }
    }
}

impl Hosted for SubmitClient {
    fn wrap(timer: ClientTimer) -> AnyTimer {
        AnyTimer::Client(timer)
    }
    fn unwrap(timer: AnyTimer) -> Option<ClientTimer> {
        if let AnyTimer::Client(own) = timer { Some(own) } else { None }
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
