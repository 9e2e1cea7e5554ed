//! One turn of one node: what is handed to it, its timers, and effects that happen later because
//! its store took time.

use super::QueueWorld;
use super::life::{Standing, Waiting};
use super::step::Step;
use crate::network::Process;
use crate::trace::Observer;
use crate::world::Class;
use deploysim_nodes::hosted::{self, AnyTimer, Happening, Moment, Role};
use deploysim_nodes::node::Effect;
use deploysim_nodes::store::{NoStore, Store};
use deploysim_nodes::turn::{Handled, Tools};
use deploysim_protocol::time::{Time, WallTime};

/// Something that happened at a node itself and waits to be handed to it.
#[derive(Debug)]
pub(super) struct Posted {
    node: u32,
    process: Process,
    happening: Happening,
}

/// What a node caused while its store took time.
#[derive(Debug)]
pub(super) struct Carried {
    node: u32,
    process: Process,
    effect: Effect,
}

impl<O: Observer> QueueWorld<'_, O> {
    /// Runs the node's handler; effects are left in `self.effects`.
    pub(super) fn turn(&mut self, node: u32, happening: Happening) -> Handled {
        let life = &mut self.lives[node as usize];
        let role = life.node.as_mut().expect("only a living node is fed");
        let mut no_store = NoStore;
        // Only a Master's is looked for: the rest of most processes stays untouched.
        let store: &mut dyn Store = if role.role() == Role::Master
            && let Some(store) = &mut life.cold.store
        {
            store.as_mut()
        } else {
            &mut no_store
        };
        let moment = Moment {
            now: self.now,
            wall: WallTime::at(self.now),
            me: life.address,
            tools: Tools {
                dice: &mut life.cold.dice,
                store,
                counters: &mut life.cold.counters,
            },
        };
        let handled = hosted::turn(role, happening, moment, &mut self.effects);
        if !handled.took.is_zero() || handled.is_crashed {
            life.standing = Standing::Busy;
        }
        handled
    }

    /// A process that is busy goes on when its store has answered, behind everything that it has
    /// caused by then; unless that answer is its end.
    pub(super) fn wake_after(&mut self, node: u32, process: Process, handled: Handled) {
        let life = &self.lives[node as usize];
        if life.standing != Standing::Busy || life.place.process != process {
            return;
        }
        let step = if handled.is_crashed {
            Step::Strike { node }
        } else {
            Step::Wake { node, process }
        };
        self.push(self.now + handled.took, Class::Message, step);
    }

    /// Hands something to a process when its turn comes: at this instant, unless it stands still.
    pub(super) fn post(&mut self, class: Class, node: u32, happening: Happening) {
        self.post_at(self.now, class, node, happening);
    }

    /// As [`Self::post`], at a later instant.
    pub(super) fn post_at(&mut self, at: Time, class: Class, node: u32, happening: Happening) {
        let process = self.lives[node as usize].place.process;
        let (post, _) = self.posts.insert(Posted {
            node,
            process,
            happening,
        });
        self.push(at, class, Step::Post { post });
    }

    /// Hands something over at once, as the step that is being taken says.
    pub(super) fn post_now(&mut self, node: u32, process: Process, happening: Happening) {
        let life = &mut self.lives[node as usize];
        if life.place.process != process || !life.is_alive() {
            return;
        }
        if life.waits() {
            let (post, _) = self.posts.insert(Posted {
                node,
                process,
                happening,
            });
            life.cold.backlog.push_back(Waiting::Post(post));
        } else {
            self.feed(node, happening);
        }
    }

    pub(super) fn take_post(&mut self, post: u32) {
        if let Some(Posted {
            node,
            process,
            happening,
        }) = self.posts.take(post)
        {
            self.post_now(node, process, happening);
        }
    }

    pub(super) fn arm(&mut self, node: u32, timer: AnyTimer, at: Time) {
        let life = &mut self.lives[node as usize];
        let (slot, generation) = life.arm(timer);
        // After a pause an overdue deadline races with what has queued up, also when the store
        // takes time meanwhile.
        let has_waited = matches!(life.standing, Standing::CatchingUp | Standing::Busy)
            && life.cold.catch_up.is_some();
        if has_waited && at <= self.now {
            life.cold.backlog.push_back(Waiting::Fire {
                slot,
                generation,
                due: at,
            });
            return;
        }
        // A timer that is overdue fires at once; its due time is then told by the backlog only.
        let at = at.max(self.now);
        self.agenda.push_after(
            self.now,
            at.since(self.now),
            Class::Timer,
            Step::Fire {
                node,
                slot,
                generation,
            },
        );
    }

    pub(super) fn fire(&mut self, node: u32, slot: u16, generation: u32) {
        let life = &mut self.lives[node as usize];
        if life.waits() {
            life.cold.backlog.push_back(Waiting::Fire {
                slot,
                generation,
                due: self.now,
            });
            return;
        }
        if let Some(timer) = life.fire(slot, generation) {
            self.feed(
                node,
                Happening::Fired {
                    timer,
                    due: self.now,
                },
            );
        }
    }

    pub(super) fn defer(&mut self, at: Time, node: u32, effect: Effect) {
        let life = &mut self.lives[node as usize];
        life.cold.carries += 1;
        let process = life.place.process;
        let (effect, _) = self.carries.insert(Carried {
            node,
            process,
            effect,
        });
        self.push(at, Class::Message, Step::Carry { effect });
    }

    pub(super) fn carry_later(&mut self, effect: u32) {
        if let Some(Carried {
            node,
            process,
            effect,
        }) = self.carries.take(effect)
            && self.is_alive(node)
            && self.lives[node as usize].place.process == process
        {
            self.lives[node as usize].cold.carries -= 1;
            self.carry_out(node, effect);
            self.inspect(node);
        }
    }

    /// Hands over what waited, in the order in which it came, until nothing is left or the
    /// store takes time again.
    pub(super) fn wake(&mut self, node: u32, process: Process) {
        let life = &mut self.lives[node as usize];
        if life.place.process != process || life.standing != Standing::Busy {
            return;
        }
        if life.cold.catch_up.is_some() {
            life.standing = Standing::CatchingUp;
            self.catch_up(node);
            return;
        }
        life.standing = Standing::Going;
        while let Some(waiting) = self.next_waiting(node) {
            self.hand_over(node, waiting);
        }
    }

    fn next_waiting(&mut self, node: u32) -> Option<Waiting> {
        let life = &mut self.lives[node as usize];
        if life.standing != Standing::Going {
            None
        } else {
            life.cold.backlog.pop_front()
        }
    }

    /// Hands over one thing that waited.
    pub(super) fn hand_over(&mut self, node: u32, waiting: Waiting) {
        match waiting {
            Waiting::Parcel { parcel, since } => self.open(parcel, since),
            Waiting::Fire {
                slot,
                generation,
                due,
            } => {
                if let Some(timer) = self.lives[node as usize].fire(slot, generation) {
                    self.feed(node, Happening::Fired { timer, due });
                }
            }
            Waiting::Post(post) => {
                if let Some(Posted { happening, .. }) = self.posts.take(post) {
                    self.feed(node, happening);
                }
            }
            Waiting::CallTimeout { call, .. } => self.fail_call(node, call),
        }
    }
}
