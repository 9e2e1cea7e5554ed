//! What nodes report about themselves: facts, not logs. There is one event for every change of
//! a node's books, and one for every strange thing that a node ignores as Spark ignores it.
//!
//! Events are `Copy` and allocate nothing. A Master's events name workers, applications and
//! drivers by the slot of its books; only the event that adds a record carries its id. Text
//! for people and JSON for tools are both made from [`Event::fields`], elsewhere.

mod driver;
mod election;
mod master;
mod worker;

pub use driver::{ClientEvent, DeathReason, DriverEvent, ExecutorEvent};
pub use election::{ElectionEvent, SessionEnd};
pub use master::{MasterEvent, RecordFate, RefusalReason, RemovalReason, StoreAccess};
pub use worker::{IgnoredOrder, IgnoredReason, WorkerEvent};

use crate::address::Address;
use crate::id::{ApplicationId, DriverId, ExecutorId, ProfileId, SessionId, WorkerId};
use crate::record::RecordKey;
use crate::state::{ApplicationState, DriverState, ExecutorState, MasterState, WorkerState};
use crate::text::Text;
use crate::thrown::Thrown;
use crate::time::WallTime;

macro_rules! slots {
    ($($(#[$doc:meta])* $name:ident)*) => {
        $($(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl $name {
            /// As an index into a vector.
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        })*
    };
}

slots! {
    /// A worker's place in one Master's books. Used again after the worker was forgotten.
    WorkerSlot
    /// An application's place in one Master's books. Used again after it was forgotten.
    ApplicationSlot
    /// A driver's place in one Master's books. Used again after it was forgotten.
    DriverSlot
}

/// The value of one field of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// A worker in the books of the Master that reports.
    Worker(WorkerSlot),
    /// An application in the books of the Master that reports.
    Application(ApplicationSlot),
    /// A driver in the books of the Master that reports.
    Driver(DriverSlot),
    /// A name or an id.
    Text(Text),
    /// A full executor id.
    Executor(ExecutorId),
    /// A host and port.
    Address(Address),
    /// Where a stored record is found.
    Record(RecordKey),
    /// A number.
    Number(i64),
    /// A state or another word of an enumeration.
    Word(&'static str),
    /// An instant of the reporting node's calendar clock.
    Wall(WallTime),
    /// What a handler threw.
    Thrown(Thrown),
}

macro_rules! fields {
    ($($from:ty => |$value:ident| $field:expr;)*) => {
        $(impl From<$from> for Field {
            fn from($value: $from) -> Self {
                $field
            }
        })*
    };
}
fields! {
    WorkerSlot => |value| Self::Worker(value);
    ApplicationSlot => |value| Self::Application(value);
    DriverSlot => |value| Self::Driver(value);
    Text => |value| Self::Text(value);
    WorkerId => |value| Self::Text(value.0);
    ApplicationId => |value| Self::Text(value.0);
    DriverId => |value| Self::Text(value.0);
    ExecutorId => |value| Self::Executor(value);
    Address => |value| Self::Address(value);
    RecordKey => |value| Self::Record(value);
    ProfileId => |value| Self::Number(i64::from(value.0));
    SessionId => |value| Self::Number(i64::try_from(value.0).unwrap_or(i64::MAX));
    i32 => |value| Self::Number(i64::from(value));
    u32 => |value| Self::Number(i64::from(value));
    bool => |value| Self::Word(if value { "true" } else { "false" });
    WallTime => |value| Self::Wall(value);
    Thrown => |value| Self::Thrown(value);
    MasterState => |value| Self::Word(value.name());
    WorkerState => |value| Self::Word(value.name());
    ApplicationState => |value| Self::Word(value.name());
    DriverState => |value| Self::Word(value.name());
    ExecutorState => |value| Self::Word(value.name());
    RefusalReason => |value| Self::Word(value.name());
    RemovalReason => |value| Self::Word(value.name());
    RecordFate => |value| Self::Word(value.name());
    StoreAccess => |value| Self::Word(value.name());
    IgnoredOrder => |value| Self::Word(value.name());
    IgnoredReason => |value| Self::Word(value.name());
    DeathReason => |value| Self::Word(value.name());
    SessionEnd => |value| Self::Word(value.name());
}

/// Defines an enumeration of events whose kinds and fields can be listed.
macro_rules! events {
    ($(#[$doc:meta])* $name:ident { $(
        $(#[$variant_doc:meta])* $variant:ident $({ $($(#[$field_doc:meta])* $field:ident : $type:ty,)* })?,
    )* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$variant_doc])* $variant $({ $($(#[$field_doc])* $field: $type,)* })?,)*
        }

        impl $name {
            /// The name of every kind.
            pub const KINDS: &'static [&'static str] = &[$(stringify!($variant),)*];

            /// The name of this kind.
            pub const fn kind(&self) -> &'static str {
                match self { $(Self::$variant $({ $($field: _,)* })? => stringify!($variant),)* }
            }

            /// Shows each field to `visit`: its name and its value, in order of declaration.
            pub fn fields(&self, visit: &mut dyn FnMut(&'static str, $crate::event::Field)) {
                match self {
                    $(Self::$variant $({ $($field,)* })? => {
                        $($(visit(stringify!($field), (*$field).into());)*)?
                        let _ = &visit;
                    })*
                }
            }
        }
    };
}

/// Defines an enumeration of plain words.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$variant_doc])* $variant,)* }

        impl $name {
            /// The word, as traces print it.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }
    };
}
pub(crate) use {events, words};

/// What a node reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// By a Master.
    Master(MasterEvent),
    /// By a Worker.
    Worker(WorkerEvent),
    /// By a Driver.
    Driver(DriverEvent),
    /// By an executor.
    Executor(ExecutorEvent),
    /// By a submit client.
    Client(ClientEvent),
    /// By the election service, or by the election agent of a Master.
    Election(ElectionEvent),
    /// By any node: a handler threw; what it had changed before stays.
    HandlerThrew {
        /// What it threw.
        thrown: Thrown,
    },
}

impl Event {
    /// The name of this kind.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Master(event) => event.kind(),
            Self::Worker(event) => event.kind(),
            Self::Driver(event) => event.kind(),
            Self::Executor(event) => event.kind(),
            Self::Client(event) => event.kind(),
            Self::Election(event) => event.kind(),
            Self::HandlerThrew { .. } => "HandlerThrew",
        }
    }

    /// Shows each field to `visit`: its name and its value, in order of declaration.
    pub fn fields(&self, visit: &mut dyn FnMut(&'static str, Field)) {
        match self {
            Self::Master(event) => event.fields(visit),
            Self::Worker(event) => event.fields(visit),
            Self::Driver(event) => event.fields(visit),
            Self::Executor(event) => event.fields(visit),
            Self::Client(event) => event.fields(visit),
            Self::Election(event) => event.fields(visit),
            Self::HandlerThrew { thrown } => visit("thrown", Field::Thrown(*thrown)),
        }
    }
}

impl From<MasterEvent> for Event {
    fn from(event: MasterEvent) -> Self {
        Self::Master(event)
    }
}
impl From<WorkerEvent> for Event {
    fn from(event: WorkerEvent) -> Self {
        Self::Worker(event)
    }
}
impl From<DriverEvent> for Event {
    fn from(event: DriverEvent) -> Self {
        Self::Driver(event)
    }
}
impl From<ExecutorEvent> for Event {
    fn from(event: ExecutorEvent) -> Self {
        Self::Executor(event)
    }
}
impl From<ClientEvent> for Event {
    fn from(event: ClientEvent) -> Self {
        Self::Client(event)
    }
}
impl From<ElectionEvent> for Event {
    fn from(event: ElectionEvent) -> Self {
        Self::Election(event)
    }
}
