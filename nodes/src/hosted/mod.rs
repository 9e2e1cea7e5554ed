//! Nodes of any role behind one type, and how one thing that happens is fed to one of them: what
//! a world holds. Where things come from and where effects go is the business of that world.

mod own;

use crate::driver::{Driver, DriverOperation, DriverTimer};
use crate::election::{ElectionService, ElectionTimer};
use crate::executor::{Executor, ExecutorOperation};
use crate::master::{Master, MasterOperation, MasterTimer};
use crate::node::{Call, Input, Node};
use crate::process::{Exit, ProcessId};
use crate::submission::{ClientTimer, SubmitClient};
use crate::turn::{Handled, Stamped, Tools, Turn};
use crate::worker::{Worker, WorkerOperation, WorkerTimer};
use deploysim_protocol::address::{Address, Peer, Reference};
use deploysim_protocol::event::Event;
use deploysim_protocol::message::{Answer, Ask, Message};
use deploysim_protocol::text::Text;
use deploysim_protocol::thrown::{AskError, Thrown};
use deploysim_protocol::time::{Time, WallTime};

/// The role of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// A cluster manager.
    Master,
    /// Runs what masters order.
    Worker,
    /// An application's or submitted driver's process.
    Driver,
    /// An executor's process.
    Executor,
    /// Asks for a submitted driver.
    SubmitClient,
    /// Says which master leads.
    ElectionService,
}

impl Role {
    /// The word, as traces print it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Master => "master",
            Self::Worker => "worker",
            Self::Driver => "driver",
            Self::Executor => "executor",
            Self::SubmitClient => "submit-client",
            Self::ElectionService => "election-service",
        }
    }

    /// Whether others can dial it. Spark: an executor's environment has no server.
    pub const fn listens(self) -> bool {
        match self {
            Self::Master
            | Self::Worker
            | Self::Driver
            | Self::SubmitClient
            | Self::ElectionService => true,
            Self::Executor => false,
        }
    }
}

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
    /// An election service.
    Election(Box<ElectionService>),
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
            Self::Election(_) => Role::ElectionService,
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
    /// Of an election service.
    Election(ElectionTimer),
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
#[derive(Clone, Debug)]
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

/// A role that worlds can host: how its own types are found among those of all roles.
pub trait Hosted: Node {
    /// The role's own deadline; `None` if it is another role's.
    fn unwrap(timer: AnyTimer) -> Option<Self::Timer>;
    /// The role's own message; the message itself if it is another role's.
    fn message(message: Message) -> Result<Self::Message, Message>;
    /// The role's own question; the question itself if it is another role's.
    fn ask(ask: Ask) -> Result<Self::Ask, Ask>;
    /// The role's own operation; `None` if it is another role's.
    fn operation(operation: AnyOperation) -> Option<Self::Operation>;
}

/// What a turn is given beside the happening.
pub struct Moment<'a> {
    /// Now.
    pub now: Time,
    /// The node's calendar clock.
    pub wall: WallTime,
    /// The node's listening address.
    pub me: Address,
    /// What belongs to the node's process.
    pub tools: Tools<'a>,
}

/// Lets `node` handle one happening and appends what it causes to `effects`. Returns how long the
/// node was busy, and whether it still lives.
///
/// A happening that the role has no handler for throws there, as in Spark: the node reports it,
/// and refuses if it was a question.
///
/// # Panics
/// If a timer or an operation of another role is fed: only a bug of a world does that.
pub fn turn(
    node: &mut AnyNode,
    happening: Happening,
    moment: Moment<'_>,
    effects: &mut Vec<Stamped>,
) -> Handled {
    match node {
        AnyNode::Master(node) => turn_of(node.as_mut(), happening, moment, effects),
        AnyNode::Worker(node) => turn_of(node.as_mut(), happening, moment, effects),
        AnyNode::Driver(node) => turn_of(node.as_mut(), happening, moment, effects),
        AnyNode::Executor(node) => turn_of(node.as_mut(), happening, moment, effects),
        AnyNode::Client(node) => turn_of(node.as_mut(), happening, moment, effects),
        AnyNode::Election(node) => turn_of(node.as_mut(), happening, moment, effects),
    }
}

fn turn_of<N: Hosted>(
    node: &mut N,
    happening: Happening,
    moment: Moment<'_>,
    effects: &mut Vec<Stamped>,
) -> Handled {
    let mut turn = Turn::new(moment.now, moment.wall, moment.me, moment.tools, effects);
    match input(happening) {
        Ok(input) => node.handle(input, &mut turn),
        Err(unhandled) => {
            turn.note(Event::HandlerThrew {
                thrown: unhandled.thrown,
            });
            if let Some(call) = unhandled.call {
                turn.reply(call, Err(unhandled.thrown));
            }
        }
    }
    turn.handled()
}

/// Something arrived for which the role has no handler.
struct Unhandled {
    /// The question to refuse, if it was one.
    call: Option<Call>,
    /// What the role throws.
    thrown: Thrown,
}

fn input<N: Hosted>(happening: Happening) -> Result<Input<N>, Unhandled> {
    Ok(match happening {
        Happening::Started => Input::Started,
        Happening::Received { from, message } => match N::message(message) {
            Ok(message) => Input::Received { from, message },
            Err(message) => return Err(unhandled(None, message.kind())),
        },
        Happening::Asked { from, call, ask } => match N::ask(ask) {
            Ok(ask) => Input::Asked { from, call, ask },
            Err(ask) => return Err(unhandled(Some(call), ask.kind())),
        },
        Happening::Answered { call, answer } => Input::Answered {
            call,
            answer: answer.and_then(own_answer::<N>),
        },
        Happening::Resolved { call, endpoint } => Input::Resolved { call, endpoint },
        Happening::Disconnected { peer } => Input::Disconnected { peer },
        Happening::ConnectionError { peer } => Input::ConnectionError { peer },
        Happening::Fired { timer, due } => Input::Fired {
            timer: N::unwrap(timer).expect("a timer fires at the role that armed it"),
            due,
        },
        Happening::ProcessStarted { process } => Input::ProcessStarted { process },
        Happening::ProcessEnded { process, exit } => Input::ProcessEnded { process, exit },
        Happening::Elected => Input::Elected,
        Happening::Revoked => Input::Revoked,
        Happening::Operator(operation) => Input::Operator(
            N::operation(operation).expect("an operation is meant for the node's role"),
        ),
    })
}

/// An answer of a kind that this role never asks for counts as a failure of the other side.
fn own_answer<N: Hosted>(answer: Answer) -> Result<N::Answer, AskError> {
    let kind = answer.kind();
    N::Answer::try_from(answer).map_err(|_| {
        AskError::Remote(Thrown::Unhandled {
            kind: Text::new(kind),
        })
    })
}

fn unhandled(call: Option<Call>, kind: &str) -> Unhandled {
    Unhandled {
        call,
        thrown: Thrown::Unhandled {
            kind: Text::new(kind),
        },
    }
}
