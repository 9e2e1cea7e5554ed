//! Keys of machines that fail and are repaired.

use super::{Form, Keys, POSITIVE, closed, key};

pub(in crate::scenario) static FAILURES: Keys = closed(
    "[[failures]]",
    &[
        key("of", Form::Names, "The machines: each fails by itself."),
        key(
            "up",
            Form::Latency,
            "From a repair, or the beginning, to the next failure: its mean is the MTBF.",
        ),
        key(
            "down",
            Form::Latency,
            "From a failure to its repair: its mean is the MTTR.",
        ),
        key(
            "how",
            Form::Word(&["power_loss", "crash"]),
            "What happens: as the fault of that name; default power_loss.",
        ),
        key(
            "wipe",
            Form::Flag,
            "crash: whether the disk is lost; default false.",
        ),
        key(
            "rack",
            POSITIVE,
            "How many machines a rack has, in their order; default: there are no racks.",
        ),
        key(
            "unit",
            Form::Word(&["machine", "rack"]),
            "What fails: each machine, or each rack as a whole; default machine.",
        ),
        key(
            "together",
            Form::Number,
            "machine: probability that a machine takes its rack with it; default 0.",
        ),
        key("at", Form::Time, "From when on; default \"0s\"."),
        key(
            "until",
            Form::Time,
            "When one fails at the latest; default: the end of the fault phase.",
        ),
        key(
            "csv",
            Form::Text,
            "Instead of `of`, `up` and `down`: a CSV file beside the scenario.",
        ),
    ],
);
