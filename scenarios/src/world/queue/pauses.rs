//! Standing still and going on: a paused process goes on with everything that queued up.
//! Overdue timers and queued messages race, as they do in real Spark's mailbox.

use super::QueueWorld;
use super::life::{Cold, Standing, Waiting};
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
    pub(super) fn resume(&mut self, node: u32, timers_first: f64, dice: ChaCha8Rng) {
        let life = &mut self.lives[node as usize];
        let Standing::Paused(faults) = life.standing else {
            return;
        };
        if faults > 1 {
            life.standing = Standing::Paused(faults - 1);
            return;
        }
        life.standing = Standing::CatchingUp;
        let catch_up = life.cold.catch_up.get_or_insert_default();
        catch_up.race = Some((timers_first, dice));
        self.record(node, Fact::Resumed);
        self.catch_up(node);
    }

    /// Works through what has queued up, until nothing is left or the store takes time.
    pub(super) fn catch_up(&mut self, node: u32) {
        let process = self.lives[node as usize].place.process;
        loop {
            let life = &mut self.lives[node as usize];
            let goes_on = life.is_alive()
                && life.place.process == process
                && life.standing == Standing::CatchingUp;
            if !goes_on {
                return;
            }
            let Cold {
                catch_up, backlog, ..
            } = &mut *life.cold;
            match catch_up.as_mut().and_then(|it| it.next(backlog)) {
                Some(next) => self.hand_over(node, next),
                None => {
                    *catch_up = None;
                    life.standing = Standing::Going;
                    return;
                }
            }
        }
    }
}

/// What a process works through after a pause.
#[derive(Debug, Default)]
pub(super) struct CatchUp {
    timers: Vec<Waiting>,
    others: VecDeque<Waiting>,
    /// The probability with which an overdue timer comes before a queued message, and the stream
    /// that decides.
    race: Option<(f64, ChaCha8Rng)>,
}

impl CatchUp {
    /// The next of what is left and of what has come meanwhile.
    fn next(&mut self, backlog: &mut VecDeque<Waiting>) -> Option<Waiting> {
        for waiting in backlog.drain(..) {
            match due(waiting) {
                Some(_) => self.timers.push(waiting),
                None => self.others.push_back(waiting),
            }
        }
        // The sort is stable: deadlines of one instant stay in the order of their arming.
        self.timers.sort_by_key(|waiting| due(*waiting));
        if self.timers.is_empty() {
            return self.others.pop_front();
        }
        let timers_first = match &mut self.race {
            Some((timers_first, dice)) if !self.others.is_empty() => {
                dice.random::<f64>() < *timers_first
            }
            Some(_) | None => true,
        };
        if timers_first {
            Some(self.timers.remove(0))
        } else {
            self.others.pop_front()
        }
    }

    /// What is left.
    pub(super) fn left(self) -> impl Iterator<Item = Waiting> {
        self.timers.into_iter().chain(self.others)
    }
}

/// When a deadline was due; `None` for everything else.
const fn due(waiting: Waiting) -> Option<Time> {
    match waiting {
        Waiting::Fire { due, .. } | Waiting::CallTimeout { due, .. } => Some(due),
        Waiting::Parcel { .. } | Waiting::Post(_) => None,
    }
}
