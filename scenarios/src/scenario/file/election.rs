//! `[election]`: the election service, which there is with recovery mode ZOOKEEPER.

use super::{Context, distribution};
use crate::scenario::keys::ELECTION;
use crate::scenario::plan::{ElectionPlan, LatencyPlan};
use crate::scenario::table::Table;
use deploysim_protocol::conf::RecoveryMode;
use std::time::Duration;

/// Spark: `SparkCuratorUtil.ZK_SESSION_TIMEOUT_MILLIS`.
const SESSION_TIMEOUT: Duration = Duration::from_secs(60);
/// Spark: `SparkCuratorUtil.ZK_CONNECTION_TIMEOUT_MILLIS`.
const CONNECTION_TIMEOUT: Duration = Duration::from_secs(15);
/// ZooKeeper's client looks for signs of life at most every third of the session time-out.
const SUSPEND_DELAY: LatencyPlan = LatencyPlan::uniform(Duration::ZERO, Duration::from_secs(20));

/// Reads the table, or its defaults. Another recovery mode has no election service: what the
/// table says is checked, and means nothing.
pub(super) fn read(top: Table<'_>, context: &Context<'_>) -> Option<ElectionPlan> {
    let table = top
        .find("election")
        .and_then(|value| value.table(&ELECTION));
    let find = |key| table.and_then(|table| table.find(key));
    let time = |key, default| {
        let given = find(key).and_then(|value| value.positive_duration());
        given.unwrap_or(default)
    };
    let delay = |key, default| {
        let given = find(key).and_then(|value| distribution::latency(value, context));
        given.unwrap_or(default)
    };
    let plan = ElectionPlan {
        session_timeout: time("session_timeout", SESSION_TIMEOUT),
        connection_timeout: time("connection_timeout", CONNECTION_TIMEOUT),
        suspend_delay: delay("suspend_delay", SUSPEND_DELAY),
        callback_delay: delay("callback_delay", LatencyPlan::constant(Duration::ZERO)),
    };
    match context.conf.recovery_mode {
        RecoveryMode::Zookeeper => Some(plan),
        RecoveryMode::None
        | RecoveryMode::Filesystem
        | RecoveryMode::Rocksdb
        | RecoveryMode::Custom => None,
    }
}
