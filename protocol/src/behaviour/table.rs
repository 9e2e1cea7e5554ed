//! The table of all behaviour switches: id, name, what it is about, and its value per profile.
//! Values of switches that cannot be selected yet are for readers only.

/// The profiles, in the order of [`Switch::values`]: Spark 1.3.1, 2.1.1, 3.5 and 4.3.0.
pub const PROFILES: [&str; 4] = ["v1", "v2", "v3", "v4"];

/// One difference between Spark releases.
#[derive(Debug, PartialEq, Eq)]
pub struct Switch {
    /// Its id, `S-01` to `S-58`.
    pub id: &'static str,
    /// Its name.
    pub name: &'static str,
    /// What it is about.
    pub sentence: &'static str,
    /// Its value in each of [`PROFILES`].
    pub values: [&'static str; 4],
}

impl Switch {
    /// The switch called `id`.
    pub fn find(id: &str) -> Option<&'static Self> {
        SWITCHES.iter().find(|switch| switch.id == id)
    }

    /// Whether a scenario can choose its value.
    pub fn is_selectable(&self) -> bool {
        super::Behaviour::SELECTABLE.contains(&self.id)
    }
}

const fn row(
    id: &'static str,
    name: &'static str,
    sentence: &'static str,
    values: [&'static str; 4],
) -> Switch {
    Switch {
        id,
        name,
        sentence,
        values,
    }
}

/// Every switch, in the order of ids.
pub static SWITCHES: &[Switch] = &[
    row(
        "S-01",
        "standby registration",
        "Whether a standby master answers a worker's registration or stays silent.",
        [
            "silent",
            "reply_in_standby",
            "reply_in_standby",
            "reply_in_standby",
        ],
    ),
    row(
        "S-02",
        "duplicate worker",
        "Whether a registration under a known worker id is refused or acknowledged as a duplicate.",
        ["fail", "fail", "ack_duplicate", "ack_duplicate"],
    ),
    row(
        "S-03",
        "registration transport",
        "How a worker's registration and its answer travel, and thereby whether the answer is ordered with launch orders.",
        ["one_way", "ask", "one_way_ref", "one_way_ref"],
    ),
    row(
        "S-04",
        "failed registration ask",
        "What a worker does when its registration message itself cannot be delivered.",
        ["nothing", "exit", "nothing", "nothing"],
    ),
    row(
        "S-05",
        "registration in recovery",
        "How a recovering master answers a worker of which it has not heard yet.",
        ["fail", "fail", "ack_keep_unknown", "ack_set_alive"],
    ),
    row(
        "S-06",
        "relaunched driver",
        "Whether a relaunched driver keeps its id or gets a new one.",
        ["keep_id", "keep_id", "new_id", "new_id"],
    ),
    row(
        "S-07",
        "store at relaunch",
        "Whether a relaunch rewrites the driver's stored record.",
        [
            "untouched",
            "untouched",
            "remove_old_add_new",
            "remove_old_add_new",
        ],
    ),
    row(
        "S-08",
        "state after registration",
        "Whether a worker reports what it runs after registering, so that unknown children are killed.",
        ["off", "on", "on", "on"],
    ),
    row(
        "S-09",
        "recovered driver cores",
        "Whether a driver that was recovered counts against its worker's cores.",
        ["skip", "skip", "count", "count"],
    ),
    row(
        "S-10",
        "recovered applications",
        "In which state recovered applications are when recovery ends.",
        ["waiting", "waiting", "running", "running"],
    ),
    row(
        "S-11",
        "running report",
        "Who reports an executor as RUNNING, and when.",
        [
            "app_client",
            "worker_immediate",
            "worker_after_start",
            "worker_after_start",
        ],
    ),
    row(
        "S-12",
        "executor state report",
        "Whether a worker's report of an executor state is acknowledged and repeated.",
        ["one_way", "one_way", "ask_wait", "ask_wait"],
    ),
    row(
        "S-13",
        "schedule after executor",
        "Whether the master schedules after every end of an executor or only after abnormal ones.",
        ["only_abnormal", "always", "always", "always"],
    ),
    row(
        "S-14",
        "schedule after worker",
        "Whether the master schedules after it removed a worker.",
        ["no", "no", "yes", "yes"],
    ),
    row(
        "S-15",
        "executor retry limit",
        "Whether the limit of failed executors in a row is a constant or a key.",
        ["constant", "key", "key", "key"],
    ),
    row(
        "S-16",
        "executors of a lost worker",
        "Whether the books show the executors of a lost worker as LOST.",
        ["off", "on", "on", "on"],
    ),
    row(
        "S-17",
        "address after disconnect",
        "Which master address a worker goes back to after it lost its connection.",
        ["own", "own", "key", "key"],
    ),
    row(
        "S-18",
        "worker removed broadcast",
        "Whether applications are told that a worker was removed.",
        ["off", "off", "on", "on"],
    ),
    row(
        "S-19",
        "status from standby",
        "Whether a master that does not lead answers questions about drivers.",
        [
            "answer",
            "refuse_with_prefix",
            "refuse_with_prefix",
            "refuse_with_prefix",
        ],
    ),
    row(
        "S-20",
        "cores dealing",
        "Whether cores are dealt to executors one by one or an executor's worth at a time.",
        [
            "core_by_core",
            "executor_by_executor",
            "executor_by_executor",
            "executor_by_executor",
        ],
    ),
    row(
        "S-21",
        "second executor",
        "When one application may have a second executor on a worker.",
        [
            "never",
            "if_cores_set_or_later_pass",
            "if_cores_set_or_later_pass",
            "if_cores_set_or_later_pass",
        ],
    ),
    row(
        "S-22",
        "consolidating order",
        "Whether consolidating placement goes worker by worker or application by application.",
        [
            "worker_major",
            "application_major",
            "application_major",
            "application_major",
        ],
    ),
    row(
        "S-23",
        "worker order",
        "In which order workers are tried for executors.",
        [
            "cores_free_desc",
            "cores_free_desc",
            "cores_free_desc",
            "policy_key",
        ],
    ),
    row(
        "S-24",
        "driver placement",
        "How workers are tried for submitted drivers.",
        ["shuffled", "shuffled", "shuffled", "key"],
    ),
    row(
        "S-25",
        "running driver limit",
        "Whether the number of running drivers has a limit.",
        ["none", "none", "none", "key"],
    ),
    row(
        "S-26",
        "decommission",
        "Whether workers can be decommissioned, and when the web page offers it.",
        ["absent", "absent", "always_offered", "if_enabled"],
    ),
    row(
        "S-27",
        "recovery time-out",
        "Whether the recovery time-out has a key of its own.",
        ["worker_timeout", "worker_timeout", "worker_timeout", "key"],
    ),
    row(
        "S-28",
        "empty recovery",
        "Whether recovery with an empty store ends at once.",
        ["wait", "wait", "wait", "at_once"],
    ),
    row(
        "S-29",
        "cleanup default",
        "Whether workers clean their work directories by default.",
        ["off", "off", "on", "on"],
    ),
    row(
        "S-30",
        "cleanup of drivers",
        "Whether cleanup spares the directories of running drivers.",
        ["no", "no", "yes", "yes"],
    ),
    row(
        "S-31",
        "REST default",
        "Whether a master has a REST server by default.",
        ["on", "on", "off", "on"],
    ),
    row(
        "S-32",
        "master of REST drivers",
        "Which masters a driver submitted by REST is told about.",
        ["accepting", "accepting", "request", "request"],
    ),
    row(
        "S-33",
        "REST actions",
        "Which actions the REST server offers beyond create, kill and status.",
        ["basic", "basic", "basic", "extended"],
    ),
    row(
        "S-34",
        "application retry timer",
        "How an application client times its registration attempts.",
        ["periodic", "one_shot", "one_shot", "one_shot"],
    ),
    row(
        "S-35",
        "client end",
        "Whether an application client tells the master that it ends.",
        ["no", "yes", "yes", "yes"],
    ),
    row(
        "S-36",
        "dynamic allocation",
        "Whether totals of wanted executors exist, and whether they are per profile.",
        ["none", "per_application", "per_profile", "per_profile"],
    ),
    row(
        "S-37",
        "submission masters",
        "Whether the submission client speaks to one master or to all.",
        ["one", "all", "all", "all"],
    ),
    row(
        "S-38",
        "submission polling",
        "How often and of which masters the submission client asks for a driver's status.",
        ["once", "once_active", "loop", "loop"],
    ),
    row(
        "S-39",
        "killed with exit code 0",
        "In which state a driver ends that was killed and exited with 0.",
        ["KILLED", "FINISHED", "FINISHED", "FINISHED"],
    ),
    row(
        "S-40",
        "ending a process",
        "Whether a child process that ignores a polite signal is forced to end.",
        ["polite_only", "forced", "forced", "forced"],
    ),
    row(
        "S-41",
        "named resources",
        "Whether workers have named resources such as gpu.",
        ["none", "none", "yes", "yes"],
    ),
    row(
        "S-42",
        "resource profiles",
        "Whether an application can have several resource profiles.",
        ["none", "none", "yes", "yes"],
    ),
    row(
        "S-43",
        "removed worker's heartbeat",
        "Whether a worker that is remembered as DEAD is asked to register again when it beats.",
        ["reconnect", "reconnect", "reconnect", "reconnect"],
    ),
    row(
        "S-44",
        "driver and its worker",
        "How a driver process notices that its worker died.",
        [
            "watcher",
            "watcher_and_hook",
            "watcher_and_hook",
            "watcher_and_hook",
        ],
    ),
    row(
        "S-45",
        "dropped executor",
        "Whether a driver tells an executor that it drops to stop.",
        ["no", "yes", "yes", "yes"],
    ),
    row(
        "S-46",
        "initial executor limit",
        "Whether the master honours the executor limit of an application's description.",
        ["unlimited", "honoured", "honoured", "honoured"],
    ),
    row(
        "S-47",
        "registration retry keys",
        "Whether the registration retry counts have keys.",
        ["constants", "constants", "constants", "keys"],
    ),
    row(
        "S-48",
        "id keys",
        "Whether the patterns of ids have keys.",
        ["constants", "constants", "constants", "keys"],
    ),
    row(
        "S-49",
        "newer engines",
        "Whether there is a ROCKSDB engine, and compression for the file engine.",
        ["none", "none", "none", "yes"],
    ),
    row(
        "S-50",
        "handler exception",
        "What an exception in a handler does to its node.",
        ["restart", "logged", "logged", "logged"],
    ),
    row(
        "S-51",
        "application kill page",
        "Whether the web page offers to kill applications.",
        ["none", "yes", "yes", "yes"],
    ),
    row(
        "S-52",
        "worker web address",
        "In which form a registration carries the worker's web address.",
        ["port", "url", "url", "url"],
    ),
    row(
        "S-53",
        "REST on standby",
        "Whether a standby master answers REST questions from its own tables.",
        ["answered", "refused", "refused", "refused"],
    ),
    row(
        "S-54",
        "lost worker message",
        "How applications are told that an executor's worker was lost.",
        ["plain", "flag", "reason_and_host", "reason_and_host"],
    ),
    row(
        "S-55",
        "deployed timers",
        "Where the timers of deployed nodes run.",
        [
            "actor_scheduler",
            "message_thread",
            "message_thread",
            "message_thread",
        ],
    ),
    row(
        "S-56",
        "heartbeat timer",
        "Whether a further acknowledged registration starts a further heartbeat timer.",
        ["pile_up", "pile_up", "pile_up", "one_timer"],
    ),
    row(
        "S-57",
        "executor directory",
        "Whether an executor can start in a directory that exists.",
        ["fail_launch", "fail_launch", "fail_launch", "reuse"],
    ),
    row(
        "S-58",
        "unreadable record",
        "What the file engine does with a record that it cannot read.",
        ["throw", "throw", "throw", "rename_and_go_on"],
    ),
];
