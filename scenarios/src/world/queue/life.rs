//! The life of one process: its node, its timers, its calls, its connections, and whether it
//! goes on or stands still.

use super::wire::WireEnd;
use crate::network::Place;
use crate::trace::Role;
use deploysim_nodes::dice::Dice;
use deploysim_nodes::hosted::{AnyNode, AnyTimer};
use deploysim_nodes::node::Counters;
use deploysim_protocol::address::Address;
use deploysim_protocol::text::Text;
use deploysim_protocol::time::Time;
use rustc_hash::FxHashMap;
use std::collections::VecDeque;

/// One process, or the place of one that is gone and may come back. What every input needs is
/// here, the rest is behind a pointer: a run has thousands of these.
#[derive(Debug)]
pub(super) struct Life {
    /// Its node; none while it is dead.
    pub(super) node: Option<AnyNode>,
    /// Its machine, and the number of this process.
    pub(super) place: Place,
    /// Its address.
    pub(super) address: Address,
    /// Whether it goes on.
    pub(super) standing: Standing,
    /// Its name in the scenario.
    pub(super) name: Text,
    /// Its role.
    pub(super) role: Role,
    /// Its timers.
    pub(super) timers: Timers,
    /// The rest.
    pub(super) cold: Box<Cold>,
}

/// What a process has that not every input needs.
#[derive(Debug)]
pub(super) struct Cold {
    /// How often it was started again.
    pub(super) restarts: u32,
    /// The child that it is, if a worker started it.
    pub(super) child: Option<(u32, u32)>,
    /// Whether its place may be used again.
    pub(super) is_free: bool,
    /// Connections that name it, also those that it has closed and are not forgotten.
    pub(super) attached: u32,
    /// Its stream of random numbers.
    pub(super) dice: Dice,
    /// Its counters.
    pub(super) counters: Counters,
    /// Its own questions that have no answer yet.
    pub(super) calls: Vec<Outstanding>,
    /// Others' questions that it has not answered yet.
    pub(super) inquiries: Inquiries,
    /// Its connections.
    pub(super) wires: Vec<WireEnd>,
    /// Its own connection, or dial, to each address. Looked up, never walked through.
    pub(super) lines: FxHashMap<Address, Line>,
    /// What waits for it to go on, in the order in which it came.
    pub(super) backlog: VecDeque<Waiting>,
}

impl Cold {
    /// Of a new process.
    pub(super) fn new(dice: Dice) -> Self {
        Self {
            restarts: 0,
            child: None,
            is_free: false,
            attached: 0,
            dice,
            counters: Counters::default(),
            calls: Vec::new(),
            inquiries: Inquiries::default(),
            wires: Vec::new(),
            lines: FxHashMap::default(),
            backlog: VecDeque::new(),
        }
    }
}

/// Whether a process goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It handles what comes.
    Going,
    /// Its store takes time.
    Busy,
    /// It stands still, by this many faults at once.
    Paused(u32),
    /// It goes on after a pause, and works through what has queued up.
    CatchingUp,
}

/// A node's own connection to an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// Being dialled.
    Dialling(u32),
    /// Open.
    Open(WireEnd),
}

/// A question of the node's own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outstanding {
    /// Its number.
    pub(super) call: u64,
    /// Whether it is a question or a look-up.
    pub(super) kind: CallKind,
    /// On which connection it waits; none while that is being dialled.
    pub(super) on: Option<WireEnd>,
    /// The address, for a look-up.
    pub(super) at: Address,
}

/// The kind of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CallKind {
    /// A question.
    Ask,
    /// A look-up.
    Resolve,
}

/// Others' questions: this node's number for each, where it came from, and its number there.
#[derive(Debug, Default)]
pub(super) struct Inquiries {
    next: u64,
    open: Vec<(u64, WireEnd, u64)>,
}

impl Inquiries {
    /// Notes a question; returns this node's number for it.
    pub(super) fn add(&mut self, from: WireEnd, call: u64) -> u64 {
        let number = self.next;
        self.next += 1;
        self.open.push((number, from, call));
        number
    }

    /// Where the question with this number came from, and its number there. It is then answered.
    pub(super) fn take(&mut self, number: u64) -> Option<(WireEnd, u64)> {
        let at = self.open.iter().position(|(known, ..)| *known == number)?;
        let (_, from, call) = self.open.swap_remove(at);
        Some((from, call))
    }
}

/// Something that waits until a node goes on.
#[derive(Clone, Copy, Debug)]
pub(super) enum Waiting {
    /// A parcel at its lane.
    Parcel(u32),
    /// A deadline that has come.
    Fire {
        /// Which timer, by place.
        slot: u16,
        /// Which arming of it.
        generation: u32,
        /// When it was due.
        due: Time,
    },
    /// Something that happened at the node itself.
    Post(u32),
    /// A question that has waited long enough.
    CallTimeout {
        /// Which.
        call: u32,
        /// When it was due.
        due: Time,
    },
}

/// A process's timers, each at a place of its own as long as it is armed.
#[derive(Debug, Default)]
pub(super) struct Timers {
    armed: Vec<Armed>,
}

#[derive(Clone, Copy, Debug)]
struct Armed {
    timer: AnyTimer,
    generation: u32,
    is_armed: bool,
}

impl Timers {
    /// Arms a timer; returns its place and the generation of this arming.
    pub(super) fn arm(&mut self, timer: AnyTimer) -> (u16, u32) {
        let own = self.armed.iter().position(|armed| armed.timer == timer);
        let at = own.or_else(|| self.armed.iter().position(|armed| !armed.is_armed));
        let at = at.unwrap_or_else(|| {
            self.armed.push(Armed {
                timer,
                generation: 0,
                is_armed: false,
            });
            self.armed.len() - 1
        });
        let armed = &mut self.armed[at];
        armed.timer = timer;
        armed.is_armed = true;
        armed.generation = armed.generation.wrapping_add(1);
        let slot = u16::try_from(at).expect("a process has fewer than 2^16 timers armed at once");
        (slot, armed.generation)
    }

    /// Disarms a timer, if it is armed.
    pub(super) fn disarm(&mut self, timer: AnyTimer) {
        if let Some(armed) = self.armed.iter_mut().find(|armed| armed.timer == timer) {
            armed.is_armed = false;
            armed.generation = armed.generation.wrapping_add(1);
        }
    }

    /// The timer of this arming, which is over with this; `None` if it was disarmed or armed
    /// again meanwhile.
    pub(super) fn fire(&mut self, slot: u16, generation: u32) -> Option<AnyTimer> {
        let armed = self.armed.get_mut(usize::from(slot))?;
        if !armed.is_armed || armed.generation != generation {
            return None;
        }
        armed.is_armed = false;
        Some(armed.timer)
    }

    /// Disarms everything. Former armings stay recognisable.
    pub(super) fn disarm_all(&mut self) {
        for armed in &mut self.armed {
            armed.is_armed = false;
            armed.generation = armed.generation.wrapping_add(1);
        }
    }
}

impl Life {
    /// Whether there is a process.
    pub(super) const fn is_alive(&self) -> bool {
        self.node.is_some()
    }

    /// Whether others can dial it.
    pub(super) const fn listens(&self) -> bool {
        self.role.listens()
    }

    /// Whether something that comes has to wait.
    pub(super) fn waits(&self) -> bool {
        self.standing != Standing::Going
    }
}
