//! The words by which traces name the kinds of facts and what became of things.

use super::{End, Fact, Tampering};
use deploysim_nodes::node::Signal;

impl Fact<'_> {
    /// The name of this kind of fact.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Started(_) => "started",
            Self::Ended { .. } => "ended",
            Self::Paused => "paused",
            Self::Resumed => "resumed",
            Self::ChildLaunched { .. } => "child-launched",
            Self::ChildLost { .. } => "child-lost",
            Self::ChildSignalled { .. } => "child-signalled",
            Self::Note(_) => "note",
            Self::Sent { .. } => "sent",
            Self::Received { .. } => "received",
            Self::Tampered { .. } => "tampered",
            Self::ConnectionOpened { .. } => "connection-opened",
            Self::ConnectionEnded { .. } => "connection-ended",
            Self::DialFailed { .. } => "dial-failed",
            Self::FaultBegan { .. } => "fault-began",
            Self::FaultEnded { .. } => "fault-ended",
            Self::Settling => "settling",
            Self::Finished => "finished",
        }
    }

    /// What a fact says more exactly: the kind of its event or of what crosses a connection.
    pub const fn detail(&self) -> Option<&'static str> {
        match self {
            Self::Note(event) => Some(event.kind()),
            Self::Sent { unit, .. } | Self::Received { unit, .. } | Self::Tampered { unit, .. } => {
                Some(unit.kind())
            }
            Self::Started(_)
            | Self::Ended { .. }
            | Self::Paused
            | Self::Resumed
            | Self::ChildLaunched { .. }
            | Self::ChildLost { .. }
            | Self::ChildSignalled { .. }
            | Self::ConnectionOpened { .. }
            | Self::ConnectionEnded { .. }
            | Self::DialFailed { .. }
            | Self::FaultBegan { .. }
            | Self::FaultEnded { .. }
            | Self::Settling
            | Self::Finished => None,
        }
    }
}

impl End {
    /// The word, as traces print it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exited(_) => "exited",
            Self::Signalled(_) => "signalled",
            Self::Crashed => "crashed",
            Self::PowerLost => "power-lost",
        }
    }

    /// The exit code; none after a crash or a loss of power.
    pub const fn code(self) -> Option<i32> {
        match self {
            Self::Exited(code) | Self::Signalled(code) => Some(code),
            Self::Crashed | Self::PowerLost => None,
        }
    }
}

impl Tampering {
    /// The word, as traces print it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Dropped => "dropped",
            Self::Duplicated => "duplicated",
            Self::Delayed => "delayed",
            Self::Reordered => "reordered",
        }
    }
}

/// The word for a signal, as traces print it.
pub(super) const fn signal_name(signal: Signal) -> &'static str {
    match signal {
        Signal::Polite => "polite",
        Signal::Forced => "forced",
    }
}
