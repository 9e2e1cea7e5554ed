//! Keys of work: applications, submitted drivers, the operator.

use super::{COUNT, Form, Keys, POSITIVE, closed, key};

macro_rules! application_keys {
    ($title:literal, $($own:expr),*) => {
        closed($title, &[
            $($own,)*
            key("name", Form::Text, "Its name: of the node, and in executor:<name>/<n>."),
            key("app_name", Form::Text, "Its name in Spark's messages; default: name."),
            key("cores_max", POSITIVE, "Most cores; default spark.cores.max, or none."),
            key("cores_per_executor", POSITIVE, "Default spark.executor.cores, or what a worker has free."),
            key("memory_per_executor", Form::Memory, "Default spark.executor.memory, \"1g\"."),
            key("gpu_per_executor", COUNT, "Short for resources_per_executor = { gpu = … }."),
            key("resources_per_executor", Form::Resources, "Amounts by name; default spark.executor.resource.*."),
            key("initial_executors", COUNT, "Executors that it may have at first; default none under dynamic allocation (0), otherwise no limit."),
            key("profile", Form::Tables(&PROFILE), "Resource profiles 1, 2, …"),
            key("run", Form::Time, "It ends this long after its start; default never."),
            key("service", Form::Time, "It ends this long after its first executor began to work."),
            key("work", Form::Time, "It ends after so much work of its cores: core-seconds."),
            key("task", Form::Latency, "work: it is done in tasks that each take one core so long; default: all cores share it evenly."),
            key("stay", Form::Time, "task: how long it stays after its last task; default \"0s\"."),
            key("unregister_at", Form::Time, "It is told to end."),
            key("executor_exit", Form::Table(&EXECUTOR_EXIT), "How its executors end by themselves; default not at all."),
            key("request", Form::Tables(&REQUEST), "Its requests for executors."),
            key("kill", Form::Tables(&KILL), "Its requests to kill executors."),
        ])
    };
}

pub(in crate::scenario) static APPLICATION: Keys = application_keys!(
    "[[application]]",
    key("at", Form::Time, "When its process starts; default \"0s\".")
);

pub(in crate::scenario) static HOSTED: Keys = application_keys!(
    "[driver.application]",
    key(
        "after",
        Form::Time,
        "How long after its driver's process; default \"0s\"."
    )
);

pub(in crate::scenario) static PROFILE: Keys = closed(
    "[[application.profile]]",
    &[
        key(
            "cores_per_executor",
            POSITIVE,
            "Default as the default profile.",
        ),
        key(
            "memory_per_executor",
            Form::Memory,
            "Default as the default profile.",
        ),
        key(
            "gpu_per_executor",
            COUNT,
            "Short for resources_per_executor = { gpu = … }.",
        ),
        key(
            "resources_per_executor",
            Form::Resources,
            "Amounts by name; default none.",
        ),
    ],
);

pub(in crate::scenario) static EXECUTOR_EXIT: Keys = closed(
    "executor_exit",
    &[
        key("codes", Form::Integers, "Exit codes of executors 0, 1, …"),
        key(
            "after",
            Form::Latency,
            "From the running process to its end; default \"0s\".",
        ),
        key(
            "then",
            Form::Word(&["stay", "repeat"]),
            "What further executors do; default stay.",
        ),
    ],
);

pub(in crate::scenario) static REQUEST: Keys = closed(
    "[[application.request]]",
    &[
        key("at", Form::Time, "When, from the beginning of the run."),
        key("after", Form::Time, "When, from the application's start."),
        key("executors", COUNT, "The total that it wants."),
        key("profile", COUNT, "For which resource profile; default 0."),
    ],
);

pub(in crate::scenario) static KILL: Keys = closed(
    "[[application.kill]]",
    &[
        key("at", Form::Time, "When, from the beginning of the run."),
        key("after", Form::Time, "When, from the application's start."),
        key("executors", Form::Integers, "Numbers of the executors."),
        key(
            "totals",
            Form::Word(&["lower", "keep"]),
            "What becomes of its totals; default lower.",
        ),
    ],
);

pub(in crate::scenario) static DRIVER: Keys = closed(
    "[[driver]]",
    &[
        key("at", Form::Time, "When it is submitted; default \"0s\"."),
        key(
            "name",
            Form::Text,
            "Its name: its process is driver:<name>.",
        ),
        key("cores", POSITIVE, "Default spark.driver.cores, 1."),
        key(
            "memory",
            Form::Memory,
            "Default spark.driver.memory, \"1g\".",
        ),
        key("gpu", COUNT, "Short for resources = { gpu = … }."),
        key(
            "resources",
            Form::Resources,
            "Amounts by name; default spark.driver.resource.*.",
        ),
        key(
            "supervise",
            Form::Flag,
            "Default spark.driver.supervise, false.",
        ),
        key(
            "run",
            Form::Latency,
            "How long each process runs; default until told, or until its application ends.",
        ),
        key(
            "exit_codes",
            Form::Integers,
            "Codes of its first, second … process, the last repeats; default 0.",
        ),
        key(
            "application",
            Form::Table(&HOSTED),
            "The application that its process opens.",
        ),
        key("kill_at", Form::Time, "When a submit client kills it."),
    ],
);

pub(in crate::scenario) static OPERATOR: Keys = closed(
    "[[operator]]",
    &[
        key("at", Form::Time, "When."),
        key(
            "stop",
            Form::Names,
            "Sends processes the polite signal to end (SIGTERM).",
        ),
        key("decommission", Form::Names, "Decommissions workers."),
        key(
            "via",
            Form::Word(&["signal", "master"]),
            "How they are decommissioned; default signal.",
        ),
        key(
            "kill_driver",
            Form::Names,
            "Has a submit client kill submitted drivers.",
        ),
        key(
            "kill_all_drivers",
            Form::True,
            "Has a submit client kill every submitted driver.",
        ),
        key(
            "driver_status",
            Form::Names,
            "Has a submit client ask for the status of submitted drivers.",
        ),
        key(
            "kill_application",
            Form::Names,
            "Removes applications by the master's web page.",
        ),
        key(
            "clear_completed",
            Form::True,
            "Clears the lists of ended drivers and applications.",
        ),
    ],
);
