//! INV-W6 and INV-L9: how often a worker says that it lives, and how long it has to be silent
//! before it is declared DEAD.

use super::bounds::Bounds;
use super::violation::Finding;
use crate::ledger::{Books, Ledger};
use crate::trace::NodeId;
use deploysim_nodes::growth::lengthen;
use deploysim_protocol::behaviour::HeartbeatTimer;
use deploysim_protocol::event::WorkerSlot;
use deploysim_protocol::time::{Time, WallTime};
use std::time::Duration;

/// The latest heartbeat of one worker: what every heartbeat looks at, so it is small.
#[derive(Clone, Copy, Debug, Default)]
struct Latest {
    at: Time,
    /// Beats that may come early: at a registration, and those that were missed in a pause.
    early: u32,
    /// Whether there was one.
    is_known: bool,
}

/// What else is known of one worker's heartbeats.
#[derive(Clone, Copy, Debug, Default)]
struct Timing {
    paused: Option<Time>,
    /// Timers that run: one, or where they pile up (S-56) one for each registration.
    timers: u32,
    /// Since when beats are counted, and how many there were, where timers pile up.
    window: (Time, u32),
}

/// Heartbeats of all workers, by number of their nodes.
#[derive(Clone, Debug)]
pub(super) struct Heartbeats {
    interval: Duration,
    timers: HeartbeatTimer,
    latest: Vec<Latest>,
    timings: Vec<Timing>,
}

impl Heartbeats {
    pub(super) const fn new(bounds: &Bounds, timers: HeartbeatTimer) -> Self {
        Self {
            interval: bounds.heartbeat,
            timers,
            latest: Vec::new(),
            timings: Vec::new(),
        }
    }

    /// Makes room for a worker.
    fn know(&mut self, worker: NodeId) -> usize {
        let index = worker.index();
        lengthen(&mut self.latest, index);
        lengthen(&mut self.timings, index);
        index
    }

    /// A process began.
    pub(super) fn forget(&mut self, worker: NodeId) {
        let index = worker.index();
        if index < self.latest.len() {
            self.latest[index] = Latest::default();
            self.timings[index] = Timing::default();
        }
    }

    pub(super) fn registered(&mut self, worker: NodeId) {
        let index = self.know(worker);
        self.latest[index].early = self.latest[index].early.max(1);
        self.timings[index].timers += 1;
    }

    pub(super) fn paused(&mut self, worker: NodeId, at: Time) {
        if let Some(timing) = self.timings.get_mut(worker.index()) {
            timing.paused = Some(at);
        }
    }

    pub(super) fn resumed(&mut self, worker: NodeId, at: Time) {
        let interval = self.interval;
        let index = worker.index();
        if let Some(timing) = self.timings.get_mut(index)
            && let Some(paused) = timing.paused.take()
        {
            let missed = at.since(paused).as_nanos() / interval.as_nanos().max(1);
            let missed = u32::try_from(missed).unwrap_or(u32::MAX);
            self.latest[index].early = missed.saturating_add(2);
        }
    }

    /// INV-W6: a worker sent a heartbeat.
    pub(super) fn sent(&mut self, worker: NodeId, at: Time, ledger: &Ledger) -> Option<Finding> {
        let interval = self.interval;
        let index = self.know(worker);
        let latest = &mut self.latest[index];
        let last = std::mem::replace(&mut latest.at, at);
        if !std::mem::replace(&mut latest.is_known, true) {
            return None;
        }
        match self.timers {
            HeartbeatTimer::OneTimer if at.since(last) >= interval => return None,
            HeartbeatTimer::OneTimer => {}
            HeartbeatTimer::PileUp => {
                let timing = &mut self.timings[index];
                if at.since(timing.window.0) >= interval {
                    timing.window = (at, 0);
                }
                timing.window.1 += 1;
                if timing.window.1 <= timing.timers + 1 {
                    return None;
                }
            }
        }
        if latest.early > 0 {
            latest.early -= 1;
            return None;
        }
        let sentence = format!(
            "{} sent heartbeats at {last} and at {at}, and the interval is {:.3} s",
            ledger.name(worker),
            interval.as_secs_f64()
        );
        Some(
            Finding::new("INV-W6", sentence)
                .at(worker)
                .mark("too-often"),
        )
    }
}

/// INV-L9: a worker is removed for silence.
pub(super) fn silent(
    books: &Books,
    worker: WorkerSlot,
    last_heartbeat: WallTime,
    now: WallTime,
    timeout: Duration,
) -> Option<Finding> {
    let record = books.worker(worker)?;
    let heard = books.last_heartbeat(worker).unwrap_or(last_heartbeat);
    let silent_ms = now.as_millis().saturating_sub(heard.as_millis());
    let timeout_ms = i64::try_from(timeout.as_millis()).unwrap_or(i64::MAX);
    if silent_ms > timeout_ms && heard == last_heartbeat {
        return None;
    }
    let (sentence, mark) = if heard == last_heartbeat {
        let sentence = format!(
            "{} is declared DEAD after {silent_ms} ms of silence, and {timeout_ms} ms are allowed",
            record.id
        );
        (sentence, "too-early")
    } else {
        let sentence = format!(
            "{} is declared DEAD for its heartbeat at {} ms, and its last one was handled at {} ms",
            record.id,
            last_heartbeat.as_millis(),
            heard.as_millis()
        );
        (sentence, "another-heartbeat")
    };
    Some(Finding::new("INV-L9", sentence).about(record.id).mark(mark))
}
