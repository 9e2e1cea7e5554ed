//! Keys of expectations.

use super::{COUNT, Form, Keys, closed, key};
use crate::scenario::known::MESSAGE_KINDS;

pub(in crate::scenario) const SUBJECTS: &[&str] = &[
    "master",
    "worker",
    "driver",
    "application",
    "executor",
    "message",
    "process",
];

pub(in crate::scenario) static EXPECT: Keys = closed(
    "[[expect]]",
    &[
        key(
            "by",
            Form::Time,
            "True at some instant up to this one; end of the window for always and never.",
        ),
        key("at", Form::Time, "True at this instant."),
        key(
            "after",
            Form::Time,
            "Beginning of the window; default \"0s\".",
        ),
        key("always", Form::True, "True at every instant of the window."),
        key("never", Form::True, "True at no instant of the window."),
        key(
            "sometimes",
            Form::Flag,
            "Whether one seed of a test is enough; default false.",
        ),
        key("master", Form::Names, "About masters."),
        key(
            "worker",
            Form::Names,
            "About workers, as the master lists them.",
        ),
        key("driver", Form::Names, "About submitted drivers."),
        key("application", Form::Names, "About applications."),
        key(
            "executor",
            Form::Text,
            "About an executor <application>/<n>, or <application>/* for all.",
        ),
        key(
            "message",
            Form::Word(MESSAGE_KINDS),
            "About how many messages were handled in the window.",
        ),
        key("process", Form::Names, "About processes."),
        key(
            "count",
            Form::Quantity,
            "How many of them; default all. message: how many.",
        ),
        key("state", Form::Text, "The state, spelt as in Spark."),
        key("listed", Form::Flag, "worker: whether the master lists it."),
        key("cores_used", Form::Quantity, "worker: cores in use."),
        key("memory_used", Form::Memory, "worker: memory in use."),
        key(
            "executors",
            Form::Quantity,
            "worker, application: how many executors.",
        ),
        key(
            "drivers",
            Form::Quantity,
            "worker: how many submitted drivers.",
        ),
        key(
            "on_worker",
            Form::Text,
            "driver, executor: the worker that it is on.",
        ),
        key(
            "ids",
            Form::Quantity,
            "driver, application: how many ids the master made for it.",
        ),
        key(
            "copies",
            Form::Quantity,
            "driver: how many of its processes live.",
        ),
        key(
            "cores",
            Form::Quantity,
            "application, executor: granted cores.",
        ),
        key("from", Form::Names, "message: the senders; default any."),
        key("to", Form::Names, "message: the receivers; default any."),
        key("running", Form::Flag, "process: whether it runs."),
        key(
            "exit",
            Form::Integer(i32::MIN as i64, i32::MAX as i64),
            "process: the code with which it ended last.",
        ),
    ],
);

pub(in crate::scenario) static QUANTITY: Keys = closed(
    "a count",
    &[
        key("at_least", COUNT, "The least."),
        key("at_most", COUNT, "The most."),
    ],
);
