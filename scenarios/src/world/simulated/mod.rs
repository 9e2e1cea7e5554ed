//! The direction of a run, the same in every world that simulates processes: which faults are
//! active, which work arrives, which children live, and what programs do. How messages travel and
//! how nodes are run is not here: it is the world's own, behind [`SimulatedWorld`].

pub(in crate::world) mod addresses;
mod fault_streams;
pub(in crate::world) mod faults;
pub(in crate::world) mod links;
pub(in crate::world) mod processes;
pub(in crate::world) mod progress;
pub(in crate::world) mod reigns;
pub(in crate::world) mod start;
pub(in crate::world) mod stores;
pub(in crate::world) mod tampering;
pub(in crate::world) mod work;

use super::Class;
use super::slab::Slab;
use crate::network::{Cause, Cuts, Place, Process};
use crate::programs::Programs;
use crate::scenario::plan::{Plan, Told};
use crate::stream::Seeds;
use crate::trace::{End, Fact, Role};
use deploysim_nodes::dice::Dice;
use deploysim_nodes::hosted::{AnyNode, Happening};
use deploysim_nodes::process::ProcessId;
use deploysim_nodes::settings::{Settings, Shared};
use deploysim_protocol::address::Address;
use deploysim_protocol::text::Text;
use deploysim_protocol::time::Time;
use rand::Rng;
use rand_chacha::ChaCha8Rng;
use rustc_hash::FxHashMap;
use std::ops::Deref;

/// A world that simulates processes: what the direction of a run needs of it. Each process has a
/// place, a number below [`Self::count`], which it keeps when it starts again; the place of a
/// child that is gone may be given to another.
pub(in crate::world) trait SimulatedWorld: Sized {
    /// How the world holds the scenario.
    type PlanRef: Deref<Target = Plan> + Clone;

    /// The scenario that is played.
    fn plan(&self) -> Self::PlanRef;

    /// The state of the direction.
    fn state(&self) -> &Direction;

    /// As [`Self::state`], to change it.
    fn state_mut(&mut self) -> &mut Direction;

    /// The time.
    fn now(&self) -> Time;

    /// Has [`Self::take_cue`] called at an instant, or now if that is over, after every cue of
    /// that instant and class that was scheduled before.
    fn cue(&mut self, at: Time, class: Class, cue: Cue);

    /// Hands something that happened at a node itself to its process, when the turn of that
    /// class comes at an instant; nobody gets it if that process is gone by then.
    fn post_at(&mut self, at: Time, class: Class, node: u32, happening: Happening);

    /// Hands something over at once, as the cue that is being taken says, unless this process is
    /// gone. It waits with a process that stands still.
    fn post_now(&mut self, node: u32, process: Process, happening: Happening);

    /// Tells the observer.
    fn record(&mut self, node: u32, fact: Fact<'_>);

    /// How many places of processes there are.
    fn count(&self) -> u32;

    /// What is known of the process at a place, or of the last one there.
    fn part(&self, node: u32) -> Part;

    /// Puts a new process into a free place, and returns the place. Nobody is told and nothing
    /// is handed to it yet.
    fn make(&mut self, part: Part, node: AnyNode, dice: Dice) -> u32;

    /// Starts a node that has ended again, as a new process in the same place with one more
    /// restart. Nobody is told and nothing is handed to it yet.
    fn revive(&mut self, node: u32, role: AnyNode, dice: Dice, process: Process);

    /// Ends a process, if there is one: what it has written still leaves, then the end of each
    /// stream; nothing leaves if its machine has lost its power. The world records it and calls
    /// [`processes::part_ended`].
    fn end_process(&mut self, node: u32, end: End);

    /// Stops a process, or counts one more reason why it stands still.
    fn pause(&mut self, node: u32);

    /// Lets a process go on, if this was the last reason why it stood still. `dice` decides
    /// between an overdue timer and a queued message; timers come first with probability
    /// `timers_first`.
    fn resume(&mut self, node: u32, timers_first: f64, dice: ChaCha8Rng);

    /// Shows every living node to the observer.
    fn inspect_all(&mut self);

    /// Breaks every connection that these cuts cut, and tells the sides that
    /// [`faults::is_told`] names.
    fn sever(&mut self, between: &Cuts, told: &Told);

    /// Lanes that wait for a next message, to swap it with the one before, wait no longer.
    fn release_reordered(&mut self);

    /// As [`Self::post_at`], at this instant.
    #[inline]
    fn post(&mut self, class: Class, node: u32, happening: Happening) {
        self.post_at(self.now(), class, node, happening);
    }

    /// Whether there is a process at a place.
    #[inline]
    fn is_alive(&self, node: u32) -> bool {
        self.part(node).is_alive
    }

    /// Does what a cue says, when it is due.
    #[inline]
    fn take_cue(&mut self, cue: Cue) {
        match cue {
            Cue::FaultBegins { fault } => faults::begin_fault(self, fault),
            Cue::FaultEnds { fault, cause } => faults::end_fault(self, fault, cause),
            Cue::PhaseEnds => faults::end_phase(self),
            Cue::ChildStarts { child, generation } => {
                processes::start_child(self, child, generation);
            }
            Cue::ChildObeys { child, generation } => {
                processes::child_obeys(self, child, generation);
            }
            Cue::Begin { node, process } => self.post_now(node, process, Happening::Started),
            Cue::Elect { node, process } => self.post_now(node, process, Happening::Elected),
            Cue::Restart { node } => processes::restart(self, node),
            Cue::Strike { node } => stores::strike(self, node),
            Cue::Work { work } => work::start_work(self, work),
            Cue::WorkDone { node, generation } => progress::finish_work(self, node, generation),
        }
    }
}

/// One thing that the direction has put on the world's list.
#[derive(Clone, Copy, Debug)]
pub(in crate::world) enum Cue {
    /// A fault of the scenario begins.
    FaultBegins {
        /// Its row.
        fault: u32,
    },
    /// One occurrence of a fault ends.
    FaultEnds {
        /// Its row.
        fault: u32,
        /// Which occurrence.
        cause: Cause,
    },
    /// The fault phase ends.
    PhaseEnds,
    /// A child process has started up.
    ChildStarts {
        /// Which child.
        child: u32,
        /// Of which use of its place.
        generation: u32,
    },
    /// A child process obeys a polite signal.
    ChildObeys {
        /// Which child.
        child: u32,
        /// Of which use of its place.
        generation: u32,
    },
    /// A node begins.
    Begin {
        /// Which node.
        node: u32,
        /// Which of its processes.
        process: Process,
    },
    /// The election agent speaks to a master.
    Elect {
        /// Which node.
        node: u32,
        /// Which of its processes.
        process: Process,
    },
    /// A crashed node starts again.
    Restart {
        /// Which node.
        node: u32,
    },
    /// A fault has ended a process during a call of its store.
    Strike {
        /// Which node.
        node: u32,
    },
    /// Something on the work list is due.
    Work {
        /// Which entry.
        work: u32,
    },
    /// All of an application's work in core-seconds is done.
    WorkDone {
        /// Its driver's node.
        node: u32,
        /// Which calculation.
        generation: u32,
    },
}

/// One process as the direction sees it, or the last one of a place where none is left.
#[derive(Clone, Copy, Debug)]
pub(in crate::world) struct Part {
    /// Its name in the scenario.
    pub(in crate::world) name: Text,
    /// Its role.
    pub(in crate::world) role: Role,
    /// Its machine, and the number of this process.
    pub(in crate::world) place: Place,
    /// Its address.
    pub(in crate::world) address: Address,
    /// Whether there is a process.
    pub(in crate::world) is_alive: bool,
    /// How often it was started again.
    pub(in crate::world) restarts: u32,
    /// The child that it is, if a worker started it: its place and the use of that.
    pub(in crate::world) child: Option<(u32, u32)>,
}

impl Part {
    /// Of a first process that no worker started.
    fn new(name: Text, address: Address, place: Place, node: &AnyNode) -> Self {
        Self {
            name,
            role: node.role(),
            place,
            address,
            is_alive: true,
            restarts: 0,
            child: None,
        }
    }
}

/// What the direction of a run knows.
pub(in crate::world) struct Direction {
    /// The source of all streams of random numbers.
    pub(in crate::world) seeds: Seeds,
    /// What all nodes share.
    pub(in crate::world) settings: Shared,
    /// Which part of the scenario runs in a process.
    pub(in crate::world) programs: Programs,
    /// Who bears a name. Looked up, never walked through.
    pub(in crate::world) names: FxHashMap<Text, u32>,
    /// Who listens, or listened, at an address. Looked up, never walked through.
    pub(in crate::world) addresses: FxHashMap<Address, u32>,
    /// Processes that were ever made.
    pub(in crate::world) processes_made: u32,
    /// The machines, and the links between them.
    pub(in crate::world) links: links::Links,
    /// What the active `partition` faults cut.
    pub(in crate::world) cuts: Cuts,
    /// The active `delay` faults.
    pub(in crate::world) slowdowns: Vec<faults::Slowdown>,
    /// The active `message` faults.
    pub(in crate::world) tamperings: Vec<tampering::Tamper>,
    /// Faults that have begun and not ended.
    pub(in crate::world) active_faults: Vec<faults::Active>,
    /// Occurrences of faults so far.
    pub(in crate::world) causes: u32,
    /// What draws for faults.
    pub(in crate::world) fault_streams: fault_streams::FaultStreams,
    /// The children of workers, from the order to the end.
    pub(in crate::world) children: Slab<processes::ChildProcess>,
    /// Where the child is that a worker's process knows by a number. Looked up, never walked
    /// through.
    pub(in crate::world) children_found: FxHashMap<(Process, ProcessId), (u32, u32)>,
    /// What arrives, and what the operator knows.
    pub(in crate::world) work: work::Work,
    /// What applications have done.
    pub(in crate::world) progress: progress::Progress,
    /// Who leads.
    pub(in crate::world) reigns: reigns::Reigns,
    /// What masters keep beyond the end of their processes.
    pub(in crate::world) stores: stores::Stores,
    /// Whether the fault phase is over.
    pub(in crate::world) is_settling: bool,
}

impl Direction {
    /// Of a run that has not begun.
    pub(in crate::world) fn new(plan: &Plan, seed: u64) -> Self {
        Self {
            seeds: Seeds::new(seed),
            settings: Shared::new(Settings {
                conf: plan.conf.clone(),
                behaviour: plan.behaviour,
            }),
            programs: Programs::new(plan),
            names: FxHashMap::default(),
            addresses: FxHashMap::default(),
            processes_made: 0,
            links: links::Links::new(plan),
            cuts: Cuts::default(),
            slowdowns: Vec::new(),
            tamperings: Vec::new(),
            active_faults: Vec::new(),
            causes: 0,
            fault_streams: fault_streams::FaultStreams::new(&plan.faults),
            children: Slab::new(),
            children_found: FxHashMap::default(),
            work: work::Work::new(plan),
            progress: progress::Progress::default(),
            reigns: reigns::Reigns::default(),
            stores: stores::Stores::new(plan, Seeds::new(seed)),
            is_settling: false,
        }
    }

    /// Whether no fault is active, so that every way is open.
    #[inline]
    pub(in crate::world) const fn cuts_are_none(&self) -> bool {
        self.active_faults.is_empty()
    }

    /// A number for a new process.
    fn next_process(&mut self) -> Process {
        let process = Process(self.processes_made);
        self.processes_made += 1;
        process
    }

    /// A node's own stream of random numbers.
    fn dice(&self, name: &str) -> Dice {
        let mut seed = [0; 32];
        self.seeds.chacha(&format!("node {name}")).fill(&mut seed);
        Dice::from_seed(seed)
    }
}
