//! Heartbeats of the ordinary kind: of all entries of a long run nearly all belong to one. Whoever
//! watches a run may read them on a shorter way than the rest; what it concludes is the same.

use super::{Entry, Fact, Unit};
use deploysim_protocol::event::{Event, MasterEvent, WorkerEvent, WorkerSlot};
use deploysim_protocol::message::{Message, ToMaster};
use deploysim_protocol::time::WallTime;

/// What an ordinary heartbeat writes into a trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beat {
    /// A worker notes that it sends one.
    Noted,
    /// It goes into a connection, or waits for one.
    Sent,
    /// A node gets it.
    Received,
    /// A master writes it down.
    Heard {
        /// Whose.
        worker: WorkerSlot,
        /// When, by the master's clock.
        at: WallTime,
    },
}

impl Entry<'_> {
    /// Which part of an ordinary heartbeat this is; `None` for everything else.
    #[inline]
    pub const fn beat(&self) -> Option<Beat> {
        match &self.fact {
            Fact::Note(Event::Worker(WorkerEvent::HeartbeatSent)) => Some(Beat::Noted),
            Fact::Note(Event::Master(MasterEvent::WorkerHeard { worker, at })) => {
                Some(Beat::Heard {
                    worker: *worker,
                    at: *at,
                })
            }
            Fact::Sent {
                unit: Unit::Message(Message::ToMaster(ToMaster::Heartbeat { .. })),
                ..
            } => Some(Beat::Sent),
            Fact::Received {
                unit: Unit::Message(Message::ToMaster(ToMaster::Heartbeat { .. })),
                ..
            } => Some(Beat::Received),
            Fact::Started(_)
            | Fact::Ended { .. }
            | Fact::Paused
            | Fact::Resumed
            | Fact::ChildLaunched { .. }
            | Fact::ChildLost { .. }
            | Fact::ChildSignalled { .. }
            | Fact::Note(_)
            | Fact::Sent { .. }
            | Fact::Received { .. }
            | Fact::Tampered { .. }
            | Fact::ConnectionOpened { .. }
            | Fact::ConnectionEnded { .. }
            | Fact::DialFailed { .. }
            | Fact::FaultBegan { .. }
            | Fact::FaultEnded { .. }
            | Fact::Settling
            | Fact::Finished => None,
        }
    }
}
