//! A node of any role behind one interface, with its armed timers. What its effects come to is
//! the world's business.

use deploysim_nodes::dice::Dice;
use deploysim_nodes::hosted::{AnyOperation, AnyTimer, Hosted};
use deploysim_nodes::node::{Call, Counters, Effect, Input, Signal};
use deploysim_nodes::process::{Exit, Process, ProcessId};
use deploysim_nodes::store::Store;
use deploysim_nodes::turn::{Tools, Turn};
use deploysim_protocol::address::{Address, Peer, Reference};
use deploysim_protocol::event::Event;
use deploysim_protocol::message::{Answer, Ask, Message};
use deploysim_protocol::thrown::{AskError, Thrown};
use deploysim_protocol::time::{Time, WallTime};
use std::collections::BTreeMap;
use std::time::Duration;

/// Everything that can happen to a node, save its own timers.
#[derive(Debug)]
pub(super) enum Happening {
    Started,
    Received(Reference, Message),
    Asked(Reference, Call, Ask),
    Answered(Call, Result<Answer, AskError>),
    Resolved(Call, Result<Reference, AskError>),
    Disconnected(Peer),
    ConnectionError(Peer),
    ProcessStarted(ProcessId),
    ProcessEnded(ProcessId, Exit),
    Elected,
    Revoked,
    Operator(AnyOperation),
}

/// Everything that a node causes, save its own timers.
#[derive(Debug)]
pub(super) enum Act {
    Send(Reference, Message),
    Ask(Reference, Call, Ask, Duration),
    Resolve(Address, Call, Duration),
    Reply(Call, Result<Answer, Thrown>),
    Abandon(Call),
    Launch(Process),
    Terminate(ProcessId, Signal),
    Exit(i32),
    Note(Event),
}

/// What the world lends a node for one turn.
pub(super) struct Lent<'a> {
    pub(super) now: Time,
    pub(super) me: Address,
    pub(super) store: &'a mut (dyn Store + 'static),
    /// Counts what is put in order: timers as well as everything else.
    pub(super) order: &'a mut u64,
}

/// A node.
pub(super) trait Actor {
    /// Lets something happen to it.
    fn feed(&mut self, happening: Happening, lent: Lent<'_>) -> Vec<Act>;
    /// When its next timer is due, and in which order it was armed.
    fn deadline(&self) -> Option<(Time, u64)>;
    /// The name of the timer that is due next.
    fn timer(&self) -> String;
    /// Fires that timer.
    fn fire(&mut self, lent: Lent<'_>) -> Vec<Act>;
}

/// A node of one role.
pub(super) struct Playing<N: Hosted> {
    node: N,
    dice: Dice,
    counters: Counters,
    timers: BTreeMap<N::Timer, (Time, u64)>,
}

impl<N: Hosted> Playing<N> {
    pub(super) fn new(node: N, dice: Dice) -> Self {
        Self {
            node,
            dice,
            counters: Counters::default(),
            timers: BTreeMap::new(),
        }
    }

    fn next(&self) -> Option<(N::Timer, (Time, u64))> {
        let timers = self.timers.iter().map(|(timer, due)| (*timer, *due));
        timers.min_by_key(|(_, due)| *due)
    }

    fn input(happening: Happening) -> Option<Input<N>> {
        Some(match happening {
            Happening::Started => Input::Started,
            Happening::Received(from, message) => Input::Received {
                from,
                message: N::message(message).ok()?,
            },
            Happening::Asked(from, call, ask) => Input::Asked {
                from,
                call,
                ask: N::ask(ask).ok()?,
            },
            Happening::Answered(call, answer) => Input::Answered {
                call,
                answer: match answer {
                    Ok(answer) => Ok(N::Answer::try_from(answer).ok()?),
                    Err(error) => Err(error),
                },
            },
            Happening::Resolved(call, endpoint) => Input::Resolved { call, endpoint },
            Happening::Disconnected(peer) => Input::Disconnected { peer },
            Happening::ConnectionError(peer) => Input::ConnectionError { peer },
            Happening::ProcessStarted(process) => Input::ProcessStarted { process },
            Happening::ProcessEnded(process, exit) => Input::ProcessEnded { process, exit },
            Happening::Elected => Input::Elected,
            Happening::Revoked => Input::Revoked,
            Happening::Operator(operation) => Input::Operator(N::operation(operation)?),
        })
    }

    fn handle(&mut self, input: Input<N>, lent: Lent<'_>) -> Vec<Act> {
        let mut effects = Vec::new();
        let tools = Tools {
            dice: &mut self.dice,
            store: lent.store,
            counters: &mut self.counters,
        };
        let wall = WallTime::at(lent.now);
        let mut turn = Turn::new(lent.now, wall, lent.me, tools, &mut effects);
        self.node.handle(input, &mut turn);
        let mut acts = Vec::new();
        for stamped in effects {
            acts.push(match stamped.effect {
                Effect::Arm { timer, at } => {
                    *lent.order += 1;
                    self.timers.insert(own::<N>(timer), (at, *lent.order));
                    continue;
                }
                Effect::Disarm { timer } => {
                    self.timers.remove(&own::<N>(timer));
                    continue;
                }
                Effect::Send { to, message } => Act::Send(to, message),
                Effect::Ask {
                    to,
                    call,
                    ask,
                    timeout,
                } => Act::Ask(to, call, ask, timeout),
                Effect::Resolve { at, call, timeout } => Act::Resolve(at, call, timeout),
                Effect::Reply { call, answer } => Act::Reply(call, answer),
                Effect::Abandon { call } => Act::Abandon(call),
                Effect::Launch(process) => Act::Launch(process),
                Effect::Terminate { process, signal } => Act::Terminate(process, signal),
                Effect::Exit { code } => Act::Exit(code),
                Effect::Note(event) => Act::Note(event),
            });
        }
        acts
    }
}

impl<N: Hosted> Actor for Playing<N> {
    fn feed(&mut self, happening: Happening, lent: Lent<'_>) -> Vec<Act> {
        let shown = format!("{happening:?}");
        match Self::input(happening) {
            Some(input) => self.handle(input, lent),
            None => panic!("a role that does not know {shown}"),
        }
    }

    fn deadline(&self) -> Option<(Time, u64)> {
        self.next().map(|(_, due)| due)
    }

    fn timer(&self) -> String {
        self.next()
            .map_or_else(String::new, |(timer, _)| format!("{timer:?}"))
    }

    fn fire(&mut self, lent: Lent<'_>) -> Vec<Act> {
        let Some((timer, (due, _))) = self.next() else {
            return Vec::new();
        };
        self.timers.remove(&timer);
        self.handle(Input::Fired { timer, due }, lent)
    }
}

/// A role arms its own timers only.
fn own<N: Hosted>(timer: AnyTimer) -> N::Timer {
    N::unwrap(timer).expect("a role's own timer")
}
