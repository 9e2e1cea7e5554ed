//! Keys of random faults: one table per kind.

use super::{Form, Keys, closed, key};

macro_rules! random_keys {
    ($title:literal, $($own:expr),*) => {
        closed($title, &[
            $($own,)*
            key("every", Form::Time, "Mean time from one beginning to the next; the gaps are exponential."),
            key("for", Form::Latency, "How long each lasts."),
            key("at", Form::Time, "From when on; default \"0s\"."),
            key("until", Form::Time, "When one begins at the latest; default: the end of the fault phase."),
        ])
    };
}

macro_rules! of {
    ($meaning:literal) => {
        key("of", Form::Names, $meaning)
    };
}

pub(in crate::scenario) static NEMESIS: Keys = closed(
    "[nemesis]",
    &[
        key(
            "crash",
            Form::TableOrTables(&CRASH),
            "Processes end and are started again.",
        ),
        key(
            "power_loss",
            Form::TableOrTables(&POWER_LOSS),
            "Machines lose their power and get it back.",
        ),
        key(
            "pause",
            Form::TableOrTables(&PAUSE),
            "Processes stand still for a while.",
        ),
        key(
            "disk",
            Form::TableOrTables(&DISK),
            "Something is wrong with the disk of a master for a while.",
        ),
        key(
            "partition",
            Form::TableOrTables(&PARTITION),
            "One of a group is cut off from another group.",
        ),
        key(
            "delay",
            Form::TableOrTables(&DELAY),
            "One of a group is slow to reach another group, and to be reached.",
        ),
    ],
);

static CRASH: Keys = random_keys!(
    "nemesis.crash",
    of!("One of these is hit each time."),
    key(
        "wipe",
        Form::Flag,
        "Whether the disk is lost; default false."
    )
);

static POWER_LOSS: Keys = random_keys!("nemesis.power_loss", of!("One of these is hit each time."));

static PAUSE: Keys = random_keys!(
    "nemesis.pause",
    of!("One of these is hit each time."),
    key(
        "timers_first",
        Form::Number,
        "Probability that an overdue timer comes before a queued message; default 0.9."
    )
);

static DISK: Keys = random_keys!(
    "nemesis.disk",
    of!("One of these masters is hit each time."),
    key("slow", Form::Time, "How much longer each operation takes."),
    key("full", Form::True, "Nothing can be written."),
    key("failing", Form::True, "Every operation fails."),
    key(
        "torn",
        Form::True,
        "Only a part of each write reaches the disk, and nobody is told."
    )
);

static PARTITION: Keys = random_keys!(
    "nemesis.partition",
    key(
        "between",
        Form::Pair,
        "One of the first group is cut off from all of the second."
    ),
    key(
        "direction",
        Form::Word(&["both", "to"]),
        "Both ways, or only first to second; default both."
    )
);

static DELAY: Keys = random_keys!(
    "nemesis.delay",
    key(
        "between",
        Form::Pair,
        "One of the first group has the delay to all of the second."
    ),
    key(
        "direction",
        Form::Word(&["both", "to"]),
        "Both ways, or only first to second; default both."
    ),
    key("by", Form::Latency, "How much longer everything takes.")
);

/// The keys of one kind of random fault.
pub(in crate::scenario) const RANDOM_FAULTS: [(&str, &Keys); 6] = [
    ("crash", &CRASH),
    ("power_loss", &POWER_LOSS),
    ("pause", &PAUSE),
    ("disk", &DISK),
    ("partition", &PARTITION),
    ("delay", &DELAY),
];
