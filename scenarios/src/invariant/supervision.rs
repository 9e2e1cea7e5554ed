//! INV-D9: how a worker restarts the process of a supervised driver.

use super::pending::Name;
use super::violation::Finding;
use crate::trace::NodeId;
use deploysim_protocol::id::DriverId;
use deploysim_protocol::time::Time;
use std::collections::BTreeMap;
use std::time::Duration;

/// A run that is longer starts the pauses from the beginning.
const LONG_RUN: Duration = Duration::from_secs(5);

/// The worker measures in whole milliseconds of its own clock.
const TOLERANCE: Duration = Duration::from_millis(2);

/// One driver on one worker.
#[derive(Clone, Copy, Debug, Default)]
struct Runner {
    /// The pause before the next restart after a short run, in seconds.
    next_s: u32,
    began: Option<Time>,
    /// How long the last process ran; `None` if it never started.
    ran: Option<Duration>,
    code: Option<i32>,
    /// When the present pause began, and how long it is.
    pause: Option<(Time, u32)>,
    killed: bool,
    /// Whether the worker stood still, so that its clock says nothing about the process.
    paused: bool,
}

/// What was seen of runners.
#[derive(Clone, Debug, Default)]
pub(super) struct Supervision {
    runners: BTreeMap<(NodeId, Name), Runner>,
}

impl Supervision {
    /// A worker began or ended.
    pub(super) fn forget(&mut self, worker: NodeId) {
        let runners = self
            .runners
            .range((worker, Name(0))..=(worker, Name(u32::MAX)));
        let own: Vec<_> = runners.map(|(key, _)| *key).collect();
        for key in own {
            self.runners.remove(&key);
        }
    }

    /// A worker stood still.
    pub(super) fn stood_still(&mut self, worker: NodeId) {
        let runners = self
            .runners
            .range_mut((worker, Name(0))..=(worker, Name(u32::MAX)));
        for (_, runner) in runners {
            runner.paused = true;
        }
    }

    pub(super) fn accepted(&mut self, worker: NodeId, id: DriverId) {
        let runner = Runner {
            next_s: 1,
            ..Runner::default()
        };
        self.runners.insert((worker, id.0.into()), runner);
    }

    pub(super) fn kill_ordered(&mut self, worker: NodeId, id: DriverId) {
        if let Some(runner) = self.runners.get_mut(&(worker, id.0.into())) {
            runner.killed = true;
        }
    }

    pub(super) fn began(&mut self, worker: NodeId, id: DriverId, at: Time) {
        if let Some(runner) = self.runners.get_mut(&(worker, id.0.into())) {
            runner.began = Some(at);
        }
    }

    pub(super) fn ended(&mut self, worker: NodeId, id: DriverId, at: Time, code: Option<i32>) {
        if let Some(runner) = self.runners.get_mut(&(worker, id.0.into())) {
            runner.ran = runner.began.take().map(|began| at.since(began));
            runner.code = code;
        }
    }

    /// The worker waits before the next process.
    pub(super) fn backed_off(
        &mut self,
        worker: NodeId,
        id: DriverId,
        at: Time,
        pause_s: u32,
    ) -> Option<Finding> {
        let runner = self.runners.get_mut(&(worker, id.0.into()))?;
        let doubled = runner.next_s;
        let expected: &[u32] = match runner.ran {
            _ if runner.paused => &[1, doubled],
            Some(ran) if ran > LONG_RUN + TOLERANCE => &[1],
            Some(ran) if ran + TOLERANCE < LONG_RUN => &[doubled],
            Some(_) => &[1, doubled],
            None => &[doubled],
        };
        let sentence = if runner.code == Some(0) {
            Some(format!(
                "driver {id} ended with code 0 and is to be restarted"
            ))
        } else if runner.killed {
            Some(format!("driver {id} was killed and is to be restarted"))
        } else if expected.contains(&pause_s) {
            None
        } else {
            let ran = runner.ran.unwrap_or_default().as_secs_f64();
            Some(format!(
                "driver {id} ran for {ran:.3} s and pauses for {pause_s} s, not for {} s",
                expected[0]
            ))
        };
        runner.next_s = pause_s.saturating_mul(2);
        runner.pause = Some((at, pause_s));
        runner.paused = false;
        Some(Finding::new("INV-D9", sentence?).at(worker).about(id))
    }

    /// The worker starts a process.
    pub(super) fn attempted(
        &mut self,
        worker: NodeId,
        id: DriverId,
        at: Time,
        attempt: u32,
    ) -> Option<Finding> {
        let runner = self.runners.get_mut(&(worker, id.0.into()))?;
        let pause = runner.pause.take();
        let sentence = if runner.killed {
            format!("driver {id} was killed, and attempt {attempt} follows")
        } else {
            match pause {
                None if attempt > 1 => {
                    format!("attempt {attempt} of driver {id} follows without a pause")
                }
                Some((began, pause_s)) if !runner.paused => {
                    let paused = at.since(began);
                    let expected = Duration::from_secs(u64::from(pause_s));
                    if paused >= expected && paused <= expected + TOLERANCE {
                        return None;
                    }
                    format!(
                        "attempt {attempt} of driver {id} follows after {:.3} s, not after {pause_s} s",
                        paused.as_secs_f64()
                    )
                }
                None | Some(_) => return None,
            }
        };
        Some(Finding::new("INV-D9", sentence).at(worker).about(id))
    }
}
