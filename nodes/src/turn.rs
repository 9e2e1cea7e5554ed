//! [`Turn`]: what a node has at hand while it handles one input, and where its effects go.

use crate::dice::Dice;
use crate::node::{Call, Counters, Effect, Node, Signal};
use crate::process::{Process, ProcessId, Program};
use crate::store::{Store, StoreCall, StoreFailure};
use deploysim_protocol::address::{Address, Reference};
use deploysim_protocol::event::{Event, MasterEvent, StoreAccess};
use deploysim_protocol::message::{Answer, Ask, Message};
use deploysim_protocol::record::{Record, RecordKey, Records};
use deploysim_protocol::text::Text;
use deploysim_protocol::thrown::Thrown;
use deploysim_protocol::time::{Time, WallTime};
use std::marker::PhantomData;
use std::time::Duration;

/// An effect and the instant at which it happens: the turn's beginning, or later where the
/// store took time before it.
#[derive(Debug)]
pub struct Stamped {
    /// When.
    pub at: Time,
    /// What.
    pub effect: Effect,
}

/// What belongs to a node's process rather than to its role, lent for one turn.
pub struct Tools<'a> {
    /// The node's own stream.
    pub dice: &'a mut Dice,
    /// The persistence engine; [`crate::store::NoStore`] for roles that have none.
    pub store: &'a mut (dyn Store + 'static),
    /// The process's counters.
    pub counters: &'a mut Counters,
}

/// The handling of one input.
pub struct Turn<'a, N: Node> {
    uptime: Time,
    wall: WallTime,
    began: Time,
    me: Address,
    tools: Tools<'a>,
    effects: &'a mut Vec<Stamped>,
    crashed: bool,
    /// Only this role's timers can be armed.
    role: PhantomData<fn(N)>,
}

impl<'a, N: Node> Turn<'a, N> {
    /// Begins a turn of the node that listens at `me`. For worlds.
    pub const fn new(
        began: Time,
        wall: WallTime,
        me: Address,
        tools: Tools<'a>,
        effects: &'a mut Vec<Stamped>,
    ) -> Self {
        Self {
            uptime: began,
            wall,
            began,
            me,
            tools,
            effects,
            crashed: false,
            role: PhantomData,
        }
    }

    /// Nanoseconds since the run began: for timers.
    pub const fn uptime(&self) -> Time {
        self.uptime
    }

    /// The node's own calendar clock: for everything that Spark compares in milliseconds.
    pub const fn wall(&self) -> WallTime {
        let passed_ms = (self.uptime.as_nanos() - self.began.as_nanos()) / 1_000_000;
        WallTime::from_millis(self.wall.as_millis() + passed_ms as i64)
    }

    /// This node's own listening address.
    pub const fn me(&self) -> Address {
        self.me
    }

    /// The node's own stream of random numbers.
    pub const fn dice(&mut self) -> &mut Dice {
        self.tools.dice
    }

    /// Makes room for as many effects as are about to follow: growing step by step would copy
    /// those of a long turn several times.
    pub fn expect_effects(&mut self, count: usize) {
        self.effects.reserve(count);
    }

    /// Sends a one-way message.
    pub fn send(&mut self, to: Reference, message: impl Into<Message>) {
        self.push(Effect::Send {
            to,
            message: message.into(),
        });
    }

    /// Puts a message into this node's own mailbox: never lost, ordered with other local posts.
    pub fn send_self(&mut self, message: impl Into<Message>) {
        self.send(Reference::unbound(self.me), message);
    }

    /// Asks a question; the answer is an input that carries the number returned.
    pub fn ask(&mut self, to: Reference, ask: impl Into<Ask>, timeout: Duration) -> Call {
        let call = self.next_call();
        self.push(Effect::Ask {
            to,
            call,
            ask: ask.into(),
            timeout,
        });
        call
    }

    /// Looks an address up; the answer is an input that carries the number returned.
    pub fn resolve(&mut self, at: Address, timeout: Duration) -> Call {
        let call = self.next_call();
        self.push(Effect::Resolve { at, call, timeout });
        call
    }

    /// Answers a question.
    pub fn reply(&mut self, call: Call, answer: Result<Answer, Thrown>) {
        self.push(Effect::Reply { call, answer });
    }

    /// Stops waiting for an answer.
    pub fn abandon(&mut self, call: Call) {
        self.push(Effect::Abandon { call });
    }

    /// Wakes this node at an instant; a former deadline of this timer is forgotten.
    pub fn arm(&mut self, timer: N::Timer, at: Time) {
        let timer = timer.into();
        self.push(Effect::Arm { timer, at });
    }

    /// Wakes this node some time from now; a former deadline of this timer is forgotten.
    pub fn arm_after(&mut self, timer: N::Timer, delay: Duration) {
        self.arm(timer, self.uptime + delay);
    }

    /// Forgets a timer's deadline.
    pub fn disarm(&mut self, timer: N::Timer) {
        let timer = timer.into();
        self.push(Effect::Disarm { timer });
    }

    /// Starts a child process.
    pub fn launch(&mut self, program: Program) -> ProcessId {
        let id = ProcessId(self.tools.counters.processes);
        self.tools.counters.processes += 1;
        self.push(Effect::Launch(Process { id, program }));
        id
    }

    /// Ends a child process.
    pub fn terminate(&mut self, process: ProcessId, signal: Signal) {
        self.push(Effect::Terminate { process, signal });
    }

    /// Ends this node's own process.
    pub fn exit(&mut self, code: i32) {
        self.push(Effect::Exit { code });
    }

    /// Reports a fact.
    pub fn note(&mut self, event: impl Into<Event>) {
        self.push(Effect::Note(event.into()));
    }

    /// Writes a new record to the store, and waits for it. Spark: `PersistenceEngine.persist`.
    ///
    /// # Errors
    /// What the engine throws; also if the process was ended during the call, after which
    /// nothing that this turn still does has any effect.
    pub fn add(&mut self, record: &Record) -> Result<(), Thrown> {
        if self.crashed {
            return Err(crashed());
        }
        let call = self.tools.store.add(record);
        self.called(StoreAccess::Add, call)?;
        if self.tools.store.keeps_records() {
            let record = record.key();
            self.note(MasterEvent::RecordStored { record });
        }
        Ok(())
    }

    /// Removes a record from the store, and waits for it. Spark: `PersistenceEngine.unpersist`.
    ///
    /// # Errors
    /// As [`Turn::add`].
    pub fn remove(&mut self, key: RecordKey) -> Result<(), Thrown> {
        if self.crashed {
            return Err(crashed());
        }
        let call = self.tools.store.remove(key);
        let is_removed = call.remarks.is_empty();
        self.called(StoreAccess::Remove, call)?;
        if is_removed && self.tools.store.keeps_records() {
            self.note(MasterEvent::RecordRemoved { record: key });
        }
        Ok(())
    }

    /// Reads everything in the store, and waits for it. Spark: `readPersistedData`.
    ///
    /// # Errors
    /// As [`Turn::add`].
    pub fn read_all(&mut self) -> Result<Records, Thrown> {
        if self.crashed {
            return Err(crashed());
        }
        let call = self.tools.store.read_all();
        let records = self.called(StoreAccess::Read, call)?;
        if self.tools.store.keeps_records() {
            let count = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
            self.note(MasterEvent::RecordsRead {
                applications: count(records.applications.len()),
                drivers: count(records.drivers.len()),
                workers: count(records.workers.len()),
            });
        }
        Ok(records)
    }

    /// What came of a call, which is over by then.
    fn called<T>(&mut self, access: StoreAccess, call: StoreCall<T>) -> Result<T, Thrown> {
        self.uptime += call.took;
        for remark in call.remarks {
            self.note(MasterEvent::from(remark));
        }
        call.outcome.map_err(|failure| match failure {
            StoreFailure::Failed { reason } => {
                if self.tools.store.keeps_records() {
                    let call = access;
                    self.note(MasterEvent::StoreFailed { call, reason });
                }
                Thrown::Store { reason }
            }
            StoreFailure::Crashed => {
                self.crashed = true;
                crashed()
            }
        })
    }

    const fn next_call(&mut self) -> Call {
        let call = Call(self.tools.counters.calls);
        self.tools.counters.calls += 1;
        call
    }

    fn push(&mut self, effect: Effect) {
        if !self.crashed {
            self.effects.push(Stamped {
                at: self.uptime,
                effect,
            });
        }
    }
}

impl<N: Node> Turn<'_, N> {
    /// What the turn came to. For worlds.
    pub const fn handled(&self) -> Handled {
        Handled {
            took: self.uptime.since(self.began),
            is_crashed: self.crashed,
        }
    }
}

/// What the handling of one input came to, beside its effects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handled {
    /// How long the node was busy with it: the time that the store took.
    pub took: Duration,
    /// Whether the process was ended during a call of the store, after that time.
    pub is_crashed: bool,
}

fn crashed() -> Thrown {
    Thrown::Store {
        reason: Text::new("the process ended during the call"),
    }
}
