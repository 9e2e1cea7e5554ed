//! The keys of a scenario file: one table of keys per TOML table, with forms and meanings. The
//! readers, the JSON Schema and the check of the documents all use these tables; what a value
//! may be beyond its form is the readers' business.

mod distributions;
mod expect;
mod failures;
mod faults;
mod machines;
mod nemesis;
mod sweep;
mod work;
mod workload;

pub(super) use distributions::{AMOUNT, DISTRIBUTIONS, LATENCY, SIZE};
pub(super) use expect::{EXPECT, QUANTITY, SUBJECTS};
pub(super) use failures::FAILURES;
pub(super) use faults::{FAULT, FAULT_WORDS, LATER_WORDS, TRIGGER, TRIGGER_SUBJECTS};
pub(super) use machines::{CLUSTER, ELECTION, LINK, MASTERS_MAX, NETWORK, PROCESS, STORE, WORKER};
pub(super) use nemesis::{NEMESIS, RANDOM_FAULTS};
pub(super) use sweep::{RANGE, SWEEP};
pub(super) use work::{
    APPLICATION, DRIVER, EXECUTOR_EXIT, HOSTED, KILL, OPERATOR, PROFILE, REQUEST,
};
pub(super) use workload::{CLASS, WORKLOAD};

/// The keys of one TOML table.
pub(super) struct Keys {
    /// How messages call the table.
    pub(super) title: &'static str,
    pub(super) keys: &'static [Key],
    /// Whether the table takes other keys too, which its reader checks.
    pub(super) is_open: bool,
}

/// One key.
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) form: Form,
    /// What it means, in one sentence.
    pub(super) meaning: &'static str,
}

/// The form of a value.
pub(super) enum Form {
    /// Any text that is not blank.
    Text,
    /// A list of texts.
    Texts,
    /// `true` or `false`.
    Flag,
    /// `true`.
    True,
    /// A whole number in a range.
    Integer(i64, i64),
    /// Whole numbers, or one.
    Integers,
    /// A number with or without a point.
    Number,
    /// A time with its unit.
    Time,
    /// A memory size with its unit.
    Memory,
    /// A rate with its unit.
    Rate,
    /// A time, or a distribution.
    Latency,
    /// A whole number, or a distribution.
    Amount,
    /// A memory size, or a distribution.
    Size,
    /// A list of samples, each of a form.
    Samples(&'static Self),
    /// One of a few words.
    Word(&'static [&'static str]),
    /// A number, or `{ at_least, at_most }`.
    Quantity,
    /// A name, or a list of names.
    Names,
    /// Two groups, each a name or a list of names.
    Pair,
    /// Amounts by name.
    Resources,
    /// Spark's configuration keys.
    Conf,
    /// A profile, or a table of switches.
    Behaviour,
    /// A table.
    Table(&'static Keys),
    /// A list of tables.
    Tables(&'static Keys),
    /// A table or a list of tables.
    TableOrTables(&'static Keys),
    /// How many seeds, or which.
    Seeds,
    /// Values by key: a list of them, or a range.
    Axes,
    /// Tables of lists of values by key.
    Zips,
    /// Tables of values by key.
    Skips,
    /// A whole number, or a time.
    Step,
    /// Known, but not playable yet.
    Later,
}

impl Keys {
    pub(super) fn find(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }
}

const fn key(name: &'static str, form: Form, meaning: &'static str) -> Key {
    Key {
        name,
        form,
        meaning,
    }
}

const fn closed(title: &'static str, keys: &'static [Key]) -> Keys {
    Keys {
        title,
        keys,
        is_open: false,
    }
}

const COUNT: Form = Form::Integer(0, i32::MAX as i64);
const POSITIVE: Form = Form::Integer(1, i32::MAX as i64);

pub(super) static TOP: Keys = closed(
    "the file",
    &[
        key("title", Form::Text, "A sentence that says what happens."),
        key("spark", Form::Text, "The method of Spark that is shown."),
        key(
            "seed",
            Form::Integer(0, i64::MAX),
            "Seed of a run that is given no other; default 1.",
        ),
        key(
            "until",
            Form::Time,
            "End of the fault phase: faults are lifted, no new work arrives.",
        ),
        key(
            "settle",
            Form::Time,
            "Longest time that pending liveness obligations get after `until`; default: as long as their bounds; \"0s\" turns them off.",
        ),
        key(
            "behaviour",
            Form::Behaviour,
            "Profile or switches of the nodes; default \"v4\".",
        ),
        key(
            "expect_violation",
            Form::Tables(&VIOLATION),
            "Violations that real Spark shows too, and that must be seen.",
        ),
        key(
            "tolerate",
            Form::Texts,
            "Known defects whose violations do not count.",
        ),
        key("cluster", Form::Table(&CLUSTER), "The machines."),
        key("network", Form::Table(&NETWORK), "How bytes travel."),
        key(
            "process",
            Form::Table(&PROCESS),
            "How processes start and end.",
        ),
        key(
            "store",
            Form::Table(&STORE),
            "Timing of the persistence engine.",
        ),
        key(
            "election",
            Form::Table(&ELECTION),
            "The election service, which there is with recovery mode ZOOKEEPER.",
        ),
        key("conf", Form::Conf, "Spark's configuration keys."),
        key(
            "application",
            Form::Tables(&APPLICATION),
            "Applications on machines of their own.",
        ),
        key(
            "driver",
            Form::Tables(&DRIVER),
            "Drivers that are submitted to the master.",
        ),
        key(
            "workload",
            Form::Tables(&WORKLOAD),
            "Jobs that arrive at random.",
        ),
        key(
            "operator",
            Form::Tables(&OPERATOR),
            "What the operator does.",
        ),
        key("fault", Form::Tables(&FAULT), "What goes wrong."),
        key(
            "nemesis",
            Form::Table(&NEMESIS),
            "What goes wrong at random.",
        ),
        key(
            "failures",
            Form::Tables(&FAILURES),
            "Machines that fail and are repaired, at random or from a trace.",
        ),
        key(
            "expect",
            Form::Tables(&EXPECT),
            "What must hold beyond the invariants.",
        ),
        key(
            "sweep",
            Form::Table(&SWEEP),
            "Which keys `deploysim sweep` varies; one run takes no notice.",
        ),
    ],
);

pub(super) static VIOLATION: Keys = closed(
    "expect_violation",
    &[
        key("invariant", Form::Text, "Id of the invariant."),
        key("defect", Form::Text, "Id of the defect that explains it."),
        key(
            "sometimes",
            Form::Flag,
            "Whether one seed is enough; default false: every seed.",
        ),
    ],
);

pub(super) static BEHAVIOUR: Keys = Keys {
    title: "behaviour",
    keys: &[key(
        "profile",
        Form::Text,
        "Profile that the switches change; default \"v4\".",
    )],
    is_open: true,
};

/// Tables whose keys are not known beforehand.
pub(super) static OPEN: Keys = Keys {
    title: "the table",
    keys: &[],
    is_open: true,
};
