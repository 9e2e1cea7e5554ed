//! Keys of faults and of the events that set them off.

use super::{Form, Keys, POSITIVE, closed, key};
use crate::scenario::known::MESSAGE_KINDS;

pub(in crate::scenario) const FAULT_WORDS: &[&str] = &[
    "partition",
    "delay",
    "reset",
    "message",
    "crash",
    "power_loss",
    "disk",
    "pause",
    "exit",
];
pub(in crate::scenario) const LATER_WORDS: &[&str] = &["loss", "bandwidth", "clock"];

pub(in crate::scenario) static FAULT: Keys = closed(
    "[[fault]]",
    &[
        key("at", Form::Time, "When it begins."),
        key("on", Form::Table(&TRIGGER), "The event at which it begins."),
        key(
            "until",
            Form::Time,
            "When it ends; with `every`, when it begins last.",
        ),
        key(
            "for",
            Form::Time,
            "How long it lasts; a process that crashed or lost its power is started again then.",
        ),
        key("every", Form::Time, "From one beginning to the next."),
        key(
            "partition",
            Form::Pair,
            "Nothing crosses between two groups.",
        ),
        key(
            "direction",
            Form::Word(&["both", "to"]),
            "partition, delay: both ways, or only first to second; default both.",
        ),
        key("delay", Form::Latency, "Extra latency."),
        key("between", Form::Pair, "delay: the two groups."),
        key("from", Form::Names, "delay, message: the senders."),
        key("to", Form::Names, "delay, message: the receivers."),
        key("reset", Form::Pair, "Connections between two groups break."),
        key(
            "told",
            Form::Text,
            "reset: both, none, or the name of the side that is told; default both.",
        ),
        key(
            "message",
            Form::Word(MESSAGE_KINDS),
            "One message is touched as it is handed over.",
        ),
        key(
            "nth",
            POSITIVE,
            "message: the first that is touched, counted from the fault's beginning; default 1.",
        ),
        key(
            "count",
            POSITIVE,
            "message: how many are touched; default 1.",
        ),
        key(
            "action",
            Form::Word(&["drop", "delay", "duplicate", "reorder"]),
            "message: what is done.",
        ),
        key(
            "by",
            Form::Time,
            "message: how long it is held, for action delay.",
        ),
        key(
            "crash",
            Form::Names,
            "Processes end; peers see their connections close.",
        ),
        key(
            "wipe",
            Form::Flag,
            "crash: whether the disk is lost; default false.",
        ),
        key(
            "power_loss",
            Form::Names,
            "Machines of masters, workers or applications lose their power: no peer is told, and unsynced writes are lost.",
        ),
        key(
            "disk",
            Form::Names,
            "Something is wrong with the disks of masters: slow, full, failing or torn.",
        ),
        key(
            "slow",
            Form::Time,
            "disk: how much longer each operation takes.",
        ),
        key("full", Form::True, "disk: nothing can be written."),
        key("failing", Form::True, "disk: every operation fails."),
        key(
            "torn",
            Form::True,
            "disk: only a part of each write reaches it, and nobody is told.",
        ),
        key("pause", Form::Names, "Processes stand still."),
        key(
            "timers_first",
            Form::Number,
            "pause: probability that an overdue timer comes before a queued message; default 0.9.",
        ),
        key(
            "exit",
            Form::Names,
            "Processes of drivers, executors or applications end by themselves.",
        ),
        key(
            "code",
            Form::Integer(i32::MIN as i64, i32::MAX as i64),
            "exit: the exit code; default 1.",
        ),
        key("loss", Form::Later, ""),
        key("bandwidth", Form::Later, ""),
        key("clock", Form::Later, ""),
    ],
);

pub(in crate::scenario) const TRIGGER_SUBJECTS: &[&str] = &[
    "master",
    "worker",
    "application",
    "driver",
    "executor",
    "message",
];

pub(in crate::scenario) static TRIGGER: Keys = closed(
    "on",
    &[
        key("master", Form::Text, "A master that enters a state."),
        key(
            "worker",
            Form::Text,
            "A worker that enters a state at the leader.",
        ),
        key(
            "application",
            Form::Text,
            "An application that enters a state.",
        ),
        key(
            "driver",
            Form::Text,
            "A submitted driver that enters a state.",
        ),
        key(
            "executor",
            Form::Text,
            "An executor <application>/<n>, or <application>/*, that enters a state.",
        ),
        key("state", Form::Text, "The state, spelt as in Spark."),
        key(
            "store_call",
            POSITIVE,
            "master: which call of its store, counted over the run, instead of a state; that call does not happen. For crash and power_loss of that master.",
        ),
        key(
            "message",
            Form::Word(MESSAGE_KINDS),
            "A message that is handed to its receiver.",
        ),
        key("from", Form::Names, "message: the senders; default any."),
        key("to", Form::Names, "message: the receivers; default any."),
        key("nth", POSITIVE, "Which occurrence; default 1."),
        key(
            "after",
            Form::Time,
            "How long after it the fault begins; default \"0s\".",
        ),
    ],
);
