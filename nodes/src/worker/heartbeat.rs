//! Heartbeats: the timer that never stops once it runs, and what it sends. What a master
//! concludes from silence is in the master's file of the same name.

use super::{Worker, WorkerTimer};
use crate::turn::Turn;
use deploysim_protocol::address::Reference;
use deploysim_protocol::behaviour::HeartbeatTimer;
use deploysim_protocol::event::WorkerEvent;
use deploysim_protocol::message::ToMaster;
use deploysim_protocol::time::Time;

impl Worker {
    /// Starts the heartbeat timer, with a first beat at once, as an acknowledged registration
    /// does. Spark: `Worker.handleRegisterResponse`. RD-11.
    pub(super) fn start_heartbeats(&mut self, turn: &mut Turn<'_, Self>) {
        if self.starts_timer(self.heartbeat_timers) {
            let now = turn.uptime();
            turn.arm(WorkerTimer::SendHeartbeat(self.heartbeat_timers), now);
            self.heartbeat_timers += 1;
        }
    }

    /// One tick: tells the followed master that this worker lives, if it is connected.
    /// A late tick is followed by the missed ones at once, because the rate is fixed.
    /// Spark: `Worker.receive`, `SendHeartbeat`.
    pub(super) fn send_heartbeat(&self, number: u32, due: Time, turn: &mut Turn<'_, Self>) {
        turn.arm(
            WorkerTimer::SendHeartbeat(number),
            due + self.heartbeat_interval,
        );
        let (true, Some(followed), Some(worker_id)) = (self.connected, self.followed, self.id)
        else {
            return;
        };
        turn.note(WorkerEvent::HeartbeatSent);
        let worker = Reference::unbound(turn.me());
        turn.send(followed.master, ToMaster::Heartbeat { worker_id, worker });
    }

    /// Whether an acknowledged registration starts a further timer of a kind of which `running`
    /// run. S-56: up to 3.5 always, since then only the first time.
    pub(super) fn starts_timer(&self, running: u32) -> bool {
        match self.settings.shared.behaviour.heartbeat_timer {
            HeartbeatTimer::PileUp => true,
            HeartbeatTimer::OneTimer => running == 0,
        }
    }
}
