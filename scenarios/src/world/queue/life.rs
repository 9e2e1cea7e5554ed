//! The life of one process: its node, its timers, its calls, its connections, and whether it
//! goes on or stands still.

use super::own_lines::OwnLines;
use super::pauses::CatchUp;
use super::wire::WireEnd;
use crate::network::Place;
use crate::trace::Role;
use crate::world::simulated::stores::MasterStore;
use deploysim_nodes::dice::Dice;
use deploysim_nodes::hosted::{AnyNode, AnyTimer};
use deploysim_nodes::node::Counters;
use deploysim_protocol::address::Address;
use deploysim_protocol::text::Text;
use deploysim_protocol::time::Time;
use std::collections::VecDeque;

/// One process, or the place of one that is gone and may come back. What every input needs is
/// here and fills one line of the processor's cache, the rest is behind a pointer: a run has
/// thousands of these.
#[derive(Debug)]
#[repr(align(64))]
pub(super) struct Life {
    /// Its node; none while it is dead.
    pub(super) node: Option<AnyNode>,
    /// Its machine, and the number of this process.
    pub(super) place: Place,
    /// Its address.
    pub(super) address: Address,
    /// Whether it goes on.
    pub(super) standing: Standing,
    /// The first of its timers: most processes have no other armed.
    timer: Armed,
    /// The rest.
    pub(super) cold: Box<Cold>,
}

/// What a process has that not every input needs.
#[derive(Debug)]
pub(super) struct Cold {
    /// Its name in the scenario.
    pub(super) name: Text,
    /// Its role.
    pub(super) role: Role,
    /// Its timers but the first, each at a place of its own as long as it is armed.
    timers: Vec<Armed>,
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
    /// Its own connection, or dial, to each address.
    pub(super) lines: OwnLines,
    /// What waits for it to go on, in the order in which it came.
    pub(super) backlog: VecDeque<Waiting>,
    /// What it works through after a pause.
    pub(super) catch_up: Option<Box<CatchUp>>,
    /// Its persistence engine, if it has one.
    pub(super) store: Option<Box<MasterStore>>,
    /// What it has caused that happens later, because its store takes time.
    pub(super) carries: u32,
}

impl Cold {
    /// Of a new process.
    pub(super) fn new(name: Text, role: Role, dice: Dice) -> Self {
        Self {
            name,
            role,
            timers: Vec::new(),
            restarts: 0,
            child: None,
            is_free: false,
            attached: 0,
            dice,
            counters: Counters::default(),
            calls: Vec::new(),
            inquiries: Inquiries::default(),
            wires: Vec::new(),
            lines: OwnLines::new(),
            backlog: VecDeque::new(),
            catch_up: None,
            store: None,
            carries: 0,
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
    Paused(u16),
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
    Parcel {
        /// Which.
        parcel: u32,
        /// Since when it is there.
        since: Time,
    },
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

/// The place of a timer.
#[derive(Clone, Copy, Debug, Default)]
struct Armed {
    timer: Option<AnyTimer>,
    /// Counts armings and disarmings: it is odd as long as the timer is armed.
    generation: u32,
}

impl Armed {
    const fn is_armed(self) -> bool {
        self.generation % 2 == 1
    }

    const fn disarm(&mut self) {
        if self.is_armed() {
            self.generation = self.generation.wrapping_add(1);
        }
    }

    /// Arms it, again if it is armed; returns the generation of this arming.
    fn arm(&mut self, timer: AnyTimer) -> u32 {
        self.disarm();
        self.timer = Some(timer);
        self.generation = self.generation.wrapping_add(1);
        self.generation
    }
}

/// Timers.
impl Life {
    /// The place of a timer that keeps it, armed or not.
    fn place_of(&self, timer: AnyTimer) -> Option<usize> {
        if self.timer.timer == Some(timer) {
            return Some(0);
        }
        let others = &self.cold.timers;
        let other = others.iter().position(|own| own.timer == Some(timer))?;
        Some(other + 1)
    }

    fn free_place(&mut self) -> usize {
        if !self.timer.is_armed() {
            return 0;
        }
        let others = &mut self.cold.timers;
        let free = others.iter().position(|own| !own.is_armed());
        let free = free.unwrap_or_else(|| {
            others.push(Armed::default());
            others.len() - 1
        });
        free + 1
    }

    fn armed_at(&mut self, place: usize) -> Option<&mut Armed> {
        match place.checked_sub(1) {
            None => Some(&mut self.timer),
            Some(other) => self.cold.timers.get_mut(other),
        }
    }

    /// Arms a timer; returns its place and the generation of this arming.
    ///
    /// # Panics
    /// If 2¹⁶ timers are armed at once.
    pub(super) fn arm(&mut self, timer: AnyTimer) -> (u16, u32) {
        let place = self.place_of(timer);
        let place = place.unwrap_or_else(|| self.free_place());
        let armed = self.armed_at(place).expect("the place was found");
        let generation = armed.arm(timer);
        let slot = u16::try_from(place).expect("a process has fewer than 2^16 timers armed");
        (slot, generation)
    }

    /// Disarms a timer, if it is armed.
    pub(super) fn disarm(&mut self, timer: AnyTimer) {
        if let Some(place) = self.place_of(timer)
            && let Some(armed) = self.armed_at(place)
        {
            armed.disarm();
        }
    }

    /// The timer of this arming, which is over with this; `None` if it was disarmed or armed
    /// again meanwhile.
    pub(super) fn fire(&mut self, slot: u16, generation: u32) -> Option<AnyTimer> {
        let armed = self.armed_at(usize::from(slot))?;
        if armed.generation != generation {
            return None;
        }
        armed.disarm();
        armed.timer
    }

    /// Disarms everything. Former armings stay recognisable.
    pub(super) fn disarm_all(&mut self) {
        self.timer.disarm();
        for armed in &mut self.cold.timers {
            armed.disarm();
        }
    }

    /// Lets a new process have this place. Armings of the former one stay recognisable.
    pub(super) fn replace(&mut self, mut new: Self) {
        new.timer = self.timer;
        new.cold.timers = std::mem::take(&mut self.cold.timers);
        *self = new;
    }
}

impl Life {
    /// A new process.
    pub(super) const fn new(
        node: AnyNode,
        place: Place,
        address: Address,
        cold: Box<Cold>,
    ) -> Self {
        Self {
            node: Some(node),
            place,
            address,
            standing: Standing::Going,
            timer: Armed {
                timer: None,
                generation: 0,
            },
            cold,
        }
    }

    /// Whether there is a process.
    pub(super) const fn is_alive(&self) -> bool {
        self.node.is_some()
    }

    /// The node between two inputs; `None` while effects of the last one are still to come.
    pub(super) const fn view(&self) -> Option<&AnyNode> {
        match self.cold.carries {
            0 => self.node.as_ref(),
            _ => None,
        }
    }

    /// Whether others can dial it.
    pub(super) const fn listens(&self) -> bool {
        self.cold.role.listens()
    }

    /// Whether something that comes has to wait.
    pub(super) fn waits(&self) -> bool {
        self.standing != Standing::Going
    }
}
