//! Standing still and going on: a paused process goes on with everything that queued up.
//! Overdue timers and queued messages race, as they do in real Spark's mailbox.

use super::QueueWorld;
use super::life::{Standing, Waiting};
use crate::trace::{Fact, Observer};
use deploysim_protocol::time::Time;
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use std::collections::VecDeque;

impl<O: Observer> QueueWorld<'_, O> {
    /// Stops a process, or counts one more reason why it stands still.
    pub(super) fn pause(&mut self, node: u32) {
        let life = &mut self.lives[node as usize];
        if !life.is_alive() {
            return;
        }
        match life.standing {
            Standing::Paused(faults) => life.standing = Standing::Paused(faults + 1),
            Standing::Going | Standing::Busy | Standing::CatchingUp => {
                life.standing = Standing::Paused(1);
                self.record(node, Fact::Paused);
            }
        }
    }

    /// Lets a process go on, if this was the last reason why it stood still. `dice` decides
    /// between an overdue timer and a queued message; timers come first with probability
    /// `timers_first`.
    pub(super) fn resume(&mut self, node: u32, timers_first: f64, mut dice: ChaCha8Rng) {
        let life = &mut self.lives[node as usize];
        let Standing::Paused(faults) = life.standing else {
            return;
        };
        if faults > 1 {
            life.standing = Standing::Paused(faults - 1);
            return;
        }
        life.standing = Standing::CatchingUp;
        self.record(node, Fact::Resumed);
        let process = self.lives[node as usize].place.process;
        let mut timers: Vec<Waiting> = Vec::new();
        let mut others: VecDeque<Waiting> = VecDeque::new();
        loop {
            let life = &mut self.lives[node as usize];
            if !life.is_alive() || life.place.process != process {
                return;
            }
            for waiting in life.cold.backlog.drain(..) {
                match due(waiting) {
                    Some(_) => timers.push(waiting),
                    None => others.push_back(waiting),
                }
            }
            // The sort is stable: deadlines of one instant stay in the order of their arming.
            timers.sort_by_key(|waiting| due(*waiting));
            let next = match (timers.is_empty(), others.is_empty()) {
                (true, true) => break,
                (false, true) => timers.remove(0),
                (true, false) => others.pop_front().expect("something is there"),
                (false, false) if dice.random::<f64>() < timers_first => timers.remove(0),
                (false, false) => others.pop_front().expect("something is there"),
            };
            self.hand_over(node, next);
        }
        self.lives[node as usize].standing = Standing::Going;
    }
}

/// When a deadline was due; `None` for everything else.
const fn due(waiting: Waiting) -> Option<Time> {
    match waiting {
        Waiting::Fire { due, .. } | Waiting::CallTimeout { due, .. } => Some(due),
        Waiting::Parcel(_) | Waiting::Post(_) => None,
    }
}
