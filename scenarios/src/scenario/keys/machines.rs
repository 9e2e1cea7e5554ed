//! Keys of machines: cluster, network, processes, store, election service.

use super::{COUNT, Form, Keys, POSITIVE, closed, key};

/// More masters than anybody has.
pub(in crate::scenario) const MASTERS_MAX: i64 = 100;

pub(in crate::scenario) static CLUSTER: Keys = closed(
    "[cluster]",
    &[
        key(
            "master",
            Form::Integer(1, MASTERS_MAX),
            "How many: master-1 …; default 1.",
        ),
        key(
            "worker",
            Form::TableOrTables(&WORKER),
            "A group of workers, or a list of groups.",
        ),
    ],
);

pub(in crate::scenario) static WORKER: Keys = closed(
    "[cluster] worker",
    &[
        key("count", Form::Integer(1, 1_000_000), "How many; default 1."),
        key(
            "name",
            Form::Text,
            "Name of the worker, or of the group: <name>-1 …; default worker-1 …, over all groups.",
        ),
        key("cores", POSITIVE, "Cores of each; default 8."),
        key("memory", Form::Memory, "Memory of each; default \"16g\"."),
        key("gpu", COUNT, "Short for resources = { gpu = … }."),
        key(
            "resources",
            Form::Resources,
            "Named resources of each: amounts by name.",
        ),
        key("at", Form::Time, "When they start; default \"0s\"."),
    ],
);

pub(in crate::scenario) static NETWORK: Keys = closed(
    "[network]",
    &[
        key(
            "latency",
            Form::Latency,
            "One-way latency; default uniform, 0.5 to 2 ms.",
        ),
        key(
            "bandwidth",
            Form::Rate,
            "Bytes per second of each link and direction; default unlimited.",
        ),
        key(
            "answer_delay",
            Form::Time,
            "How much later an answer is handled than it arrives; default \"0s\".",
        ),
        key(
            "tcp_user_timeout",
            Form::Time,
            "Age of the oldest unacknowledged byte at which a connection breaks; default \"924.6s\".",
        ),
        key(
            "connect_timeout",
            Form::Time,
            "How long dialling may take; default \"120s\".",
        ),
        key(
            "link",
            Form::Tables(&LINK),
            "Links with properties of their own.",
        ),
    ],
);

pub(in crate::scenario) static LINK: Keys = closed(
    "[[network.link]]",
    &[
        key(
            "between",
            Form::Pair,
            "The two ends; every link between the two groups.",
        ),
        key("latency", Form::Latency, "One-way latency."),
        key("bandwidth", Form::Rate, "Bytes per second."),
    ],
);

pub(in crate::scenario) static PROCESS: Keys = closed(
    "[process]",
    &[
        key(
            "start",
            Form::Latency,
            "From the order to the running process; default uniform, 0.5 to 2 s.",
        ),
        key(
            "stop",
            Form::Latency,
            "How long a process takes to obey a polite signal; default \"100ms\".",
        ),
    ],
);

pub(in crate::scenario) static STORE: Keys = closed(
    "[store]",
    &[
        key(
            "call",
            Form::Time,
            "Time of one call, or of one request to ZooKeeper; default \"0s\" for recovery mode NONE, otherwise \"1ms\".",
        ),
        key(
            "spark_writes",
            Form::Flag,
            "Whether FILESYSTEM and ROCKSDB write as Spark does, without waiting until it is safe; default false.",
        ),
    ],
);

pub(in crate::scenario) static ELECTION: Keys = closed(
    "[election]",
    &[
        key(
            "session_timeout",
            Form::Time,
            "How long a session lives after it was heard of last; default \"60s\".",
        ),
        key(
            "connection_timeout",
            Form::Time,
            "How long a master waits for an answer; default \"15s\".",
        ),
        key(
            "suspend_delay",
            Form::Latency,
            "From the loss of the connection until word of it reaches the master, at most to the end of the session; default uniform, 0 to 20 s.",
        ),
        key(
            "callback_delay",
            Form::Latency,
            "From a change of the leader until the master is told; default \"0s\".",
        ),
    ],
);
