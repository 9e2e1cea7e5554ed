//! Drives one node by hand, for unit tests: each input gives the effects as lines of text. There
//! is no network and no queue; whoever writes the test is both.

use crate::dice::Dice;
use crate::hosted::AnyTimer;
use crate::node::{Call, Counters, Effect, Input, Node};
use crate::store::NoStore;
use crate::turn::{Tools, Turn};
use deploysim_protocol::address::{Address, Connection, Peer, Reference};
use deploysim_protocol::event::Event;
use deploysim_protocol::message::{Ask, AskMaster, Message, ToMaster};
use deploysim_protocol::thrown::AskError;
use deploysim_protocol::time::{Time, WallTime};
use std::num::NonZeroU64;

/// A node, its process's counters, and the time.
pub(crate) struct ByHand<N: Node> {
    /// The node itself.
    pub(crate) node: N,
    me: Address,
    now: Time,
    dice: Dice,
    counters: Counters,
}

impl<N: Node> ByHand<N> {
    /// A node that listens at `me`, at the beginning of the run.
    pub(crate) fn new(node: N, me: Address) -> Self {
        Self {
            node,
            me,
            now: Time::ZERO,
            dice: Dice::from_seed([0; 32]),
            counters: Counters::default(),
        }
    }

    /// Lets the clock show `seconds`.
    pub(crate) fn at(&mut self, seconds: u64) -> &mut Self {
        self.now = Time::from_secs(seconds);
        self
    }

    /// Feeds one input.
    pub(crate) fn feed(&mut self, input: Input<N>) -> Vec<String> {
        let mut effects = Vec::new();
        let mut store = NoStore;
        let mut turn = Turn::new(
            self.now,
            WallTime::at(self.now),
            self.me,
            Tools {
                dice: &mut self.dice,
                store: &mut store,
                counters: &mut self.counters,
            },
            &mut effects,
        );
        self.node.handle(input, &mut turn);
        let stamped = effects.iter();
        stamped
            .map(|stamped| effect_line(&stamped.effect))
            .collect()
    }

    /// Feeds the beginning of the process.
    pub(crate) fn start(&mut self) -> Vec<String> {
        self.feed(Input::Started)
    }

    /// Feeds a message from `from`.
    pub(crate) fn receive(&mut self, from: Reference, message: N::Message) -> Vec<String> {
        self.feed(Input::Received { from, message })
    }

    /// Feeds a timer that fires on time.
    pub(crate) fn fire(&mut self, timer: N::Timer) -> Vec<String> {
        let due = self.now;
        self.feed(Input::Fired { timer, due })
    }

    /// Feeds a found address.
    pub(crate) fn resolve(&mut self, call: u64, address: Address) -> Vec<String> {
        self.feed(Input::Resolved {
            call: Call(call),
            endpoint: Ok(Reference::unbound(address)),
        })
    }

    /// Feeds an address that was not found.
    pub(crate) fn fail_to_resolve(&mut self, call: u64) -> Vec<String> {
        self.feed(Input::Resolved {
            call: Call(call),
            endpoint: Err(AskError::Connection),
        })
    }

    /// Feeds an answer.
    pub(crate) fn answer(&mut self, call: u64, answer: N::Answer) -> Vec<String> {
        self.feed(Input::Answered {
            call: Call(call),
            answer: Ok(answer),
        })
    }

    /// Feeds the failure of a question.
    pub(crate) fn fail(&mut self, call: u64, error: AskError) -> Vec<String> {
        self.feed(Input::Answered {
            call: Call(call),
            answer: Err(error),
        })
    }

    /// Feeds the end of a connection, named by the address that the peer listens at.
    pub(crate) fn disconnect(&mut self, address: Address) -> Vec<String> {
        self.feed(Input::Disconnected {
            peer: Peer::Listening(address),
        })
    }

    /// Feeds an error on a connection, named by the address that the peer listens at.
    pub(crate) fn connection_error(&mut self, address: Address) -> Vec<String> {
        self.feed(Input::ConnectionError {
            peer: Peer::Listening(address),
        })
    }
}

/// The connection of this number.
pub(crate) fn connection(number: u64) -> Connection {
    Connection(NonZeroU64::new(number).expect("connections are numbered from 1"))
}

/// A deadline, as its role calls it.
pub(crate) fn timer_text(timer: AnyTimer) -> String {
    match timer {
        AnyTimer::Master(timer) => format!("{timer:?}"),
        AnyTimer::Worker(timer) => format!("{timer:?}"),
        AnyTimer::Driver(timer) => format!("{timer:?}"),
        AnyTimer::Client(timer) => format!("{timer:?}"),
        AnyTimer::Election(timer) => format!("{timer:?}"),
    }
}

fn effect_line(effect: &Effect) -> String {
    match effect {
        Effect::Send { to, message } => format!("send {to:?} {}", message_text(message)),
        Effect::Ask {
            to,
            call,
            ask,
            timeout,
        } => format!("ask#{} {to:?} {} {timeout:?}", call.0, ask_text(ask)),
        Effect::Resolve { at, call, timeout } => format!("resolve#{} {at} {timeout:?}", call.0),
        Effect::Reply { call, answer } => match answer {
            Ok(answer) => format!("reply#{} {answer:?}", call.0),
            Err(thrown) => format!("reply#{} throws {thrown}", call.0),
        },
        Effect::Abandon { call } => format!("abandon#{}", call.0),
        Effect::Arm { timer, at } => format!("arm {} {at}", timer_text(*timer)),
        Effect::Disarm { timer } => format!("disarm {}", timer_text(*timer)),
        Effect::Launch(process) => format!("launch {:?}", process.id),
        Effect::Terminate { process, signal } => format!("terminate {process:?} {signal:?}"),
        Effect::Exit { code } => format!("exit {code}"),
        Effect::Note(event) => format!("note {}", event_text(event)),
    }
}

fn message_text(message: &Message) -> String {
    let kind = message.kind();
    if let Message::ToMaster(
        ToMaster::UnregisterApplication { application }
        | ToMaster::MasterChangeAcknowledged { application },
    ) = message
    {
        return format!("{kind} {application}");
    }
    kind.to_owned()
}

fn ask_text(ask: &Ask) -> String {
    let kind = ask.kind();
    if let Ask::AskMaster(ask) = ask {
        if let AskMaster::RequestExecutors {
            application,
            totals,
        } = ask
        {
            let totals = totals.iter();
            let totals: Vec<String> = totals
                .map(|(profile, total)| format!("{}={total}", profile.id))
                .collect();
            return format!("{kind} {application} [{}]", totals.join(" "));
        }
        if let AskMaster::KillExecutors {
            application,
            executors,
        } = ask
        {
            let numbers: Vec<String> = executors.iter().map(ToString::to_string).collect();
            return format!("{kind} {application} [{}]", numbers.join(" "));
        }
        if let AskMaster::RequestKillDriver { driver } | AskMaster::RequestDriverStatus { driver } =
            ask
        {
            return format!("{kind} {driver}");
        }
    }
    kind.to_owned()
}

fn event_text(event: &Event) -> String {
    let mut text = event.kind().to_owned();
    event.fields(&mut |name, value| text.push_str(&format!(" {name}={}", field_text(value))));
    text
}

fn field_text(field: deploysim_protocol::event::Field) -> String {
    use deploysim_protocol::event::Field;
    match field {
        Field::Worker(slot) => slot.0.to_string(),
        Field::Application(slot) => slot.0.to_string(),
        Field::Driver(slot) => slot.0.to_string(),
        Field::Text(text) => text.to_string(),
        Field::Executor(executor) => executor.to_string(),
        Field::Record(record) => record.to_string(),
        Field::Address(address) => address.to_string(),
        Field::Number(number) => number.to_string(),
        Field::Word(word) => word.to_owned(),
        Field::Wall(wall) => wall.as_millis().to_string(),
        Field::Thrown(thrown) => thrown.to_string(),
    }
}
