//! Keys of jobs that arrive at random.

use super::{Form, Keys, POSITIVE, closed, key};
use crate::scenario::plan::JOBS_MAX;

pub(in crate::scenario) static WORKLOAD: Keys = closed(
    "[[workload]]",
    &[
        key("name", Form::Text, "Its name."),
        key(
            "arrivals",
            Form::Word(&["poisson", "deterministic", "bursts", "diurnal", "trace"]),
            "How jobs arrive.",
        ),
        key(
            "every",
            Form::Time,
            "Mean time from one job to the next, whatever the process.",
        ),
        key(
            "load",
            Form::Number,
            "Instead of `every`: what jobs ask for on average, as a share of the cluster's cores.",
        ),
        key(
            "jobs",
            Form::Integer(1, JOBS_MAX as i64),
            "How many arrive at most; default any number.",
        ),
        key(
            "at",
            Form::Time,
            "Where the first gap begins; default \"0s\".",
        ),
        key(
            "until",
            Form::Time,
            "When one arrives at the latest; default: the end of the fault phase.",
        ),
        key(
            "grain",
            Form::Time,
            "Times of arrival are rounded up to whole multiples of this; default \"10ms\".",
        ),
        key("burst", Form::Amount, "bursts: how many jobs a burst has."),
        key(
            "within",
            Form::Time,
            "bursts: from one job of a burst to the next; default \"0s\".",
        ),
        key(
            "period",
            Form::Time,
            "diurnal: from one peak to the next; default \"1d\".",
        ),
        key(
            "amplitude",
            Form::Number,
            "diurnal: how far the rate goes up and down, as a share of its mean; default 0.5.",
        ),
        key(
            "peak",
            Form::Time,
            "diurnal: when the first peak is; default half a period.",
        ),
        key(
            "csv",
            Form::Text,
            "trace: a table of jobs, beside the scenario, in the place of `class`.",
        ),
        key("class", Form::Tables(&CLASS), "The kinds of jobs."),
    ],
);

pub(in crate::scenario) static CLASS: Keys = closed(
    "[[workload.class]]",
    &[
        key(
            "name",
            Form::Text,
            "Its name: jobs are called <name>-<number of the arrival>.",
        ),
        key(
            "weight",
            Form::Number,
            "How often it is the one that arrives, beside the weights of the others; default 1.",
        ),
        key(
            "cores_max",
            Form::Amount,
            "Most cores; default spark.cores.max, or none.",
        ),
        key(
            "cores_per_executor",
            Form::Amount,
            "Default spark.executor.cores, or what a worker has free.",
        ),
        key(
            "memory_per_executor",
            Form::Size,
            "Default spark.executor.memory, \"1g\".",
        ),
        key(
            "gpu_per_executor",
            super::COUNT,
            "Short for resources_per_executor = { gpu = … }.",
        ),
        key(
            "resources_per_executor",
            Form::Resources,
            "Amounts by name; default spark.executor.resource.*.",
        ),
        key(
            "run",
            Form::Latency,
            "It ends this long after its start, whether it has executors or not.",
        ),
        key(
            "service",
            Form::Latency,
            "It ends this long after its first executor began to work.",
        ),
        key(
            "work",
            Form::Latency,
            "It ends after so much work of its cores: core-seconds.",
        ),
        key(
            "task",
            Form::Latency,
            "work: it is done in tasks that each take one core so long; default: all cores share it evenly.",
        ),
        key(
            "stay",
            Form::Time,
            "task: how long it stays after its last task; default \"0s\".",
        ),
        key(
            "submit",
            Form::Flag,
            "Whether it is submitted to the master, so that its driver runs on a worker; default false.",
        ),
        key(
            "driver_cores",
            POSITIVE,
            "submit: cores of the driver; default spark.driver.cores, 1.",
        ),
        key(
            "driver_memory",
            Form::Memory,
            "submit: memory of the driver; default spark.driver.memory, \"1g\".",
        ),
        key(
            "supervise",
            Form::Flag,
            "submit: default spark.driver.supervise, false.",
        ),
    ],
);
