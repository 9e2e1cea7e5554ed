//! Keys of sweeps. Which keys an axis may name is not listed here: all that `--set` accepts.

use super::{Form, Keys, closed, key};

pub(in crate::scenario) static SWEEP: Keys = closed(
    "[sweep]",
    &[
        key(
            "seeds",
            Form::Seeds,
            "Seeds of every cell, both ends included: \"A..B\", or N for 1..N; default: the scenario's own.",
        ),
        key(
            "axes",
            Form::Axes,
            "Keys of the scenario, each with the values that it takes in turn: a list, or a range.",
        ),
        key(
            "zip",
            Form::Zips,
            "Keys that change together: lists of one length.",
        ),
        key(
            "skip",
            Form::Skips,
            "Combinations that are left out: keys of axes, each with one of its values.",
        ),
    ],
);

pub(in crate::scenario) static RANGE: Keys = closed(
    "a range",
    &[
        key("from", Form::Step, "The first value."),
        key("to", Form::Step, "The value that none exceeds."),
        key("step", Form::Step, "From one value to the next."),
    ],
);
