//! A scenario cut short, with heartbeats so close that much happens before its end: cheap enough
//! to be compared at each change, on ticks of a millisecond.

use crate::scenario::plan::{Plan, Settle};
use deploysim_protocol::time::Time;
use std::time::Duration;

/// How long a worker may be silent: a heartbeat each 1.5 s, a check each 6 s.
const WORKER_TIMEOUT: Duration = Duration::from_secs(6);

/// When it ends at the latest.
const UNTIL: Time = Time::from_secs(30);

/// `plan` with `spark.worker.timeout = 6`, over after 30 s, without what would be judged later.
/// Its verdict means nothing by itself; two worlds must come to the same.
pub fn short(plan: &Plan) -> Plan {
    let mut short = plan.clone();
    short.conf.worker_timeout = WORKER_TIMEOUT;
    short.until = plan.until.min(UNTIL);
    short.settle = Settle::Off;
    short.expectations.retain(|expectation| {
        expectation
            .window
            .end()
            .is_none_or(|end| end <= short.until)
    });
    short
}
