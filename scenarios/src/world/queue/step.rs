//! The steps of the queue world: everything that can be due.

use super::wire::WireEnd;
use crate::network::{Cause, Process};
use crate::world::simulated::Cue;

/// One thing that is due. Small and plain; what is larger waits in a slab.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    /// A fault of the scenario begins.
    FaultBegins {
        /// Its row.
        fault: u32,
    },
    /// One occurrence of a fault ends.
    FaultEnds {
        /// Its row.
        fault: u32,
        /// Which occurrence.
        cause: Cause,
    },
    /// The fault phase ends.
    PhaseEnds,
    /// A dial sends its next connection request, or gives up.
    DialAttempt {
        /// Which dial.
        dial: u32,
        /// Of which use of its place.
        generation: u32,
    },
    /// The answer to a dial's request is back.
    DialAnswered {
        /// Which dial.
        dial: u32,
        /// Of which use of its place.
        generation: u32,
    },
    /// A retransmission is due at this sending end.
    Retransmit(WireEnd),
    /// A reset reaches this end.
    ResetArrives(WireEnd),
    /// It is time to see whether a question waits on an idle connection.
    IdleCheck(WireEnd),
    /// A child process has started up.
    ChildStarts {
        /// Which child.
        child: u32,
        /// Of which use of its place.
        generation: u32,
    },
    /// A child process obeys a polite signal.
    ChildObeys {
        /// Which child.
        child: u32,
        /// Of which use of its place.
        generation: u32,
    },
    /// A crashed node starts again.
    Restart {
        /// Which node.
        node: u32,
    },
    /// A node begins.
    Begin {
        /// Which node.
        node: u32,
        /// Which of its processes.
        process: Process,
    },
    /// The election agent speaks to a master.
    Elect {
        /// Which node.
        node: u32,
        /// Which of its processes.
        process: Process,
    },
    /// A node's deadline has come.
    Fire {
        /// Which node.
        node: u32,
        /// Which of its timers, by place.
        slot: u16,
        /// Which arming of it.
        generation: u32,
    },
    /// A question has waited long enough.
    CallTimeout {
        /// Which node.
        node: u32,
        /// Which call, by its number's low half (a process makes fewer than 2³² calls).
        call: u32,
        /// Which of its processes.
        process: Process,
    },
    /// A parcel reaches the end of its byte stream.
    Arrive {
        /// Which parcel.
        parcel: u32,
    },
    /// A parcel is let go by its lane.
    Hand {
        /// Which parcel.
        parcel: u32,
    },
    /// Something that happened at a node itself is handed to it.
    Post {
        /// Which post.
        post: u32,
    },
    /// A node that was busy with its store is free again.
    Wake {
        /// Which node.
        node: u32,
        /// Which of its processes.
        process: Process,
    },
    /// What a node caused while its store took time happens.
    Carry {
        /// Which effect.
        effect: u32,
    },
    /// A fault has ended a process during a call of its store.
    Strike {
        /// Which node.
        node: u32,
    },
    /// Something on the work list is due.
    Work {
        /// Which entry.
        work: u32,
    },
    /// All of an application's work in core-seconds is done.
    WorkDone {
        /// Its driver's node.
        node: u32,
        /// Which calculation.
        generation: u32,
    },
    /// Tasks of an application end, or it may have a request to make.
    TasksDue {
        /// Its driver's node.
        node: u32,
        /// Which calculation.
        generation: u32,
    },
}

/// A cue is a step of its own, so that a step stays as small as it is.
impl From<Cue> for Step {
    #[inline]
    fn from(cue: Cue) -> Self {
        match cue {
            Cue::FaultBegins { fault } => Self::FaultBegins { fault },
            Cue::FaultEnds { fault, cause } => Self::FaultEnds { fault, cause },
            Cue::PhaseEnds => Self::PhaseEnds,
            Cue::ChildStarts { child, generation } => Self::ChildStarts { child, generation },
            Cue::ChildObeys { child, generation } => Self::ChildObeys { child, generation },
            Cue::Begin { node, process } => Self::Begin { node, process },
            Cue::Elect { node, process } => Self::Elect { node, process },
            Cue::Restart { node } => Self::Restart { node },
            Cue::Strike { node } => Self::Strike { node },
            Cue::Work { work } => Self::Work { work },
            Cue::WorkDone { node, generation } => Self::WorkDone { node, generation },
            Cue::TasksDue { node, generation } => Self::TasksDue { node, generation },
        }
    }
}
