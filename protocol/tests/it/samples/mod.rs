//! One envelope of every kind, with values that differ from field to field, so that a swapped
//! or forgotten field changes the bytes. The list of kinds is the compiler's: a new variant
//! does not compile until it is listed here, and a listed one fails until it has a sample.

mod answers;
mod asks;
mod election;
mod one_way;
mod records;

use deploysim_protocol::address::Address;
use deploysim_protocol::message::{
    Answer, Ask, AskDriver, AskElection, AskMaster, AskWorker, Message, ToDriver, ToElection,
    ToExecutor, ToMaster, ToWorker,
};
use deploysim_protocol::text::Text;
use deploysim_protocol::thrown::Thrown;
use deploysim_protocol::wire::Envelope;

/// An envelope and the name of its vector: a kind, and after a dot what is special about it.
pub(crate) struct Sample {
    pub(crate) name: String,
    pub(crate) envelope: Envelope,
}

impl Sample {
    /// The kind that this sample is named after.
    pub(crate) fn kind(&self) -> &str {
        self.name.split('.').next().unwrap()
    }
}

macro_rules! kinds {
    ($($enum:ident { $($variant:ident)* })*) => {
        /// Every kind that has bytes of its own.
        pub(crate) const KINDS: &[&str] =
            &[$($(concat!(stringify!($enum), "::", stringify!($variant)),)*)*];

        trait Kind {
            fn kind_name(&self) -> &'static str;
        }

        $(impl Kind for $enum {
            fn kind_name(&self) -> &'static str {
                match self {
                    $(Self::$variant { .. } => {
                        concat!(stringify!($enum), "::", stringify!($variant))
                    })*
                }
            }
        })*
    };
}

kinds! {
    Envelope { Hello OneWay Ask Answer Resolve Resolved }
    ToMaster {
        RegisterWorker Heartbeat DriverStateChanged WorkerSchedulerStateResponse
        WorkerLatestState WorkerDecommissioning RegisterApplication UnregisterApplication
        MasterChangeAcknowledged DecommissionWorkers LatchChanged ElectedLeader RevokedLeadership
    }
    ToWorker {
        RegisteredWorker RegisterWorkerFailed MasterInStandby ReconnectWorker LaunchExecutor
        KillExecutor LaunchDriver KillDriver ApplicationFinished DecommissionWorker
        MasterChanged ExecutorStateChanged DriverStateChanged
    }
    ToDriver {
        RegisteredApplication ExecutorAdded ExecutorUpdated ApplicationRemoved WorkerRemoved
        MasterChanged
    }
    ToExecutor { StopExecutor }
    ToElection { CloseSession }
    AskMaster {
        ExecutorStateChanged RequestExecutors KillExecutors RequestSubmitDriver
        RequestKillDriver RequestKillAllDrivers RequestDriverStatus
        RequestClearCompletedDriversAndApps RequestReadyz RequestMasterState BoundPortsRequest
        DecommissionWorkersOnHosts
    }
    AskWorker { RequestWorkerState }
    AskDriver { RegisterExecutor }
    AskElection { OpenSession PingSession EnterLatch ReadLatch }
    Answer {
        Flag Count SubmitDriver KillDriver KillAllDrivers DriverStatus BoundPorts MasterState
        WorkerState Session Latch
    }
    Thrown {
        IllegalStateTransfer UnexpectedDriverState Store Unhandled DuplicateExecutor
        ExecutorExcluded IllegalArgument
    }
}

/// The kind of an envelope and, where it carries something, the kind of that.
pub(crate) fn kinds_in(envelope: &Envelope) -> Vec<&'static str> {
    let carried = match envelope {
        Envelope::OneWay(message) => Some(match message {
            Message::ToMaster(message) => message.kind_name(),
            Message::ToWorker(message) => message.kind_name(),
            Message::ToDriver(message) => message.kind_name(),
            Message::ToExecutor(message) => message.kind_name(),
            Message::ToElection(message) => message.kind_name(),
        }),
        Envelope::Ask { ask, .. } => Some(match ask {
            Ask::AskMaster(ask) => ask.kind_name(),
            Ask::AskWorker(ask) => ask.kind_name(),
            Ask::AskDriver(ask) => ask.kind_name(),
            Ask::AskElection(ask) => ask.kind_name(),
        }),
        Envelope::Answer { outcome, .. } => Some(match outcome {
            Ok(answer) => answer.kind_name(),
            Err(thrown) => thrown.kind_name(),
        }),
        Envelope::Hello { .. } | Envelope::Resolve { .. } | Envelope::Resolved { .. } => None,
    };
    std::iter::once(envelope.kind_name())
        .chain(carried)
        .collect()
}

/// Every sample, in the order in which the vectors are kept.
pub(crate) fn all() -> Vec<Sample> {
    let mut samples = envelopes();
    samples.extend(one_way::samples());
    samples.extend(asks::samples());
    samples.extend(answers::samples());
    samples.extend(election::samples());
    samples
}

fn sample(name: &str, envelope: Envelope) -> Sample {
    Sample {
        name: name.to_owned(),
        envelope,
    }
}

fn envelopes() -> Vec<Sample> {
    let standby = Message::ToWorker(ToWorker::MasterInStandby);
    vec![
        sample(
            "Envelope::Hello",
            Envelope::Hello {
                name: Text::new("worker-1"),
                listening: Some(Address::new("h1", 7001)),
            },
        ),
        sample(
            "Envelope::Hello.not-listening",
            Envelope::Hello {
                name: Text::new("executor:π/0"),
                listening: None,
            },
        ),
        sample("Envelope::OneWay", Envelope::OneWay(standby)),
        sample(
            "Envelope::Ask",
            Envelope::Ask {
                call: u64::MAX,
                ask: Ask::AskMaster(AskMaster::RequestReadyz),
            },
        ),
        sample(
            "Envelope::Answer",
            Envelope::Answer {
                call: u64::MAX,
                outcome: Ok(Answer::Flag(false)),
            },
        ),
        sample(
            "Envelope::Resolve",
            Envelope::Resolve {
                call: 300,
                endpoint: Text::new("Master"),
            },
        ),
        sample(
            "Envelope::Resolved",
            Envelope::Resolved {
                call: 300,
                found: true,
            },
        ),
        sample(
            "Envelope::Resolved.not-found",
            Envelope::Resolved {
                call: 0,
                found: false,
            },
        ),
    ]
}
