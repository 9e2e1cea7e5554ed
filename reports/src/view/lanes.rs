//! The lanes of the run view: one per process name and the worker that started it, and the state
//! that each is in. States are read from the ledger; nothing here judges.

use super::record::{Fact, NewLane};
use deploysim_scenarios::ledger::{Books, Ledger, Standing, Touch};
use deploysim_scenarios::trace::{self, Entry, NodeId, Role};
use std::collections::BTreeMap;

/// The most lanes of a page; later processes are counted and not shown.
const LANES_MAX: usize = 60_000;

/// A lane, by its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct LaneId(pub(super) u32);

/// All lanes.
#[derive(Debug, Default)]
pub(super) struct Lanes {
    by_name: BTreeMap<(String, Option<LaneId>), LaneId>,
    /// The lane of the process that bears a number.
    by_node: Vec<Option<LaneId>>,
    /// What was written last of each lane.
    states: Vec<(&'static str, String)>,
    /// Processes that have no lane, because there are too many.
    left_out: u64,
}

impl Lanes {
    /// The lane of a node.
    pub(super) fn of(&self, node: NodeId) -> Option<LaneId> {
        self.by_node.get(node.index()).copied().flatten()
    }

    /// Processes without a lane.
    pub(super) const fn left_out(&self) -> u64 {
        self.left_out
    }

    /// Looks at an entry that may make a lane. Returns lanes that are new.
    pub(super) fn meet(&mut self, entry: &Entry<'_>) -> Option<NewLane> {
        match &entry.fact {
            trace::Fact::Started(start) => {
                let parent = start.parent.and_then(|parent| self.of(parent));
                let (lane, new) = self.lane(&start.name.to_string(), start.role, parent);
                if self.by_node.len() <= entry.node.index() {
                    self.by_node.resize(entry.node.index() + 1, None);
                }
                self.by_node[entry.node.index()] = lane;
                new
            }
            trace::Fact::ChildLaunched { name, child } => {
                let parent = self.of(entry.node);
                self.lane(&name.to_string(), role_of(*child), parent).1
            }
            trace::Fact::Ended { .. }
            | trace::Fact::Paused
            | trace::Fact::Resumed
            | trace::Fact::ChildLost { .. }
            | trace::Fact::ChildSignalled { .. }
            | trace::Fact::Note(_)
            | trace::Fact::Sent { .. }
            | trace::Fact::Received { .. }
            | trace::Fact::Tampered { .. }
            | trace::Fact::ConnectionOpened { .. }
            | trace::Fact::ConnectionEnded { .. }
            | trace::Fact::DialFailed { .. }
            | trace::Fact::FaultBegan { .. }
            | trace::Fact::FaultEnded { .. }
            | trace::Fact::Settling
            | trace::Fact::Finished => None,
        }
    }

    /// The states that an entry, which the ledger has applied, changed.
    pub(super) fn changes(&mut self, entry: &Entry<'_>, ledger: &Ledger) -> Vec<Fact> {
        let mut changes = Vec::new();
        if let trace::Fact::ChildLaunched { name, .. } = &entry.fact {
            self.child(entry.node, &name.to_string(), STARTING, &mut changes);
        } else if let trace::Fact::ChildLost { name, .. } = &entry.fact {
            self.child(entry.node, &name.to_string(), ENDED, &mut changes);
        }
        if let Some(touch) = ledger.touch(entry) {
            self.touched(&touch, ledger, &mut changes);
        }
        changes
    }

    fn touched(&mut self, touch: &Touch, ledger: &Ledger, changes: &mut Vec<Fact>) {
        if touch.all {
            for (node, _) in ledger.processes() {
                self.look(node, ledger, changes);
            }
            return;
        }
        let client = touch.application.and_then(|name| {
            let (_, record) = ledger.leader_books()?.application_named(name)?;
            record.client
        });
        let touched = [touch.process, touch.master, touch.worker, client];
        for node in touched.into_iter().flatten() {
            self.look(node, ledger, changes);
        }
    }

    fn look(&mut self, node: NodeId, ledger: &Ledger, changes: &mut Vec<Fact>) {
        if let Some(lane) = self.of(node)
            && let Some((word, details)) = state(node, ledger)
        {
            self.set(lane, word, details, changes);
        }
    }

    fn child(
        &mut self,
        worker: NodeId,
        name: &str,
        (word, details): (&'static str, &str),
        changes: &mut Vec<Fact>,
    ) {
        let key = (name.to_owned(), self.of(worker));
        if let Some(lane) = self.by_name.get(&key).copied() {
            self.set(lane, word, details.to_owned(), changes);
        }
    }

    fn set(&mut self, lane: LaneId, word: &'static str, details: String, out: &mut Vec<Fact>) {
        let known = &mut self.states[lane.0 as usize];
        if known.0 == word && known.1 == details {
            return;
        }
        *known = (word, details.clone());
        out.push(Fact::State {
            lane,
            word,
            details,
        });
    }

    fn lane(
        &mut self,
        name: &str,
        role: Role,
        parent: Option<LaneId>,
    ) -> (Option<LaneId>, Option<NewLane>) {
        let key = (name.to_owned(), parent);
        if let Some(lane) = self.by_name.get(&key) {
            return (Some(*lane), None);
        }
        if self.states.len() >= LANES_MAX {
            self.left_out += 1;
            return (None, None);
        }
        let lane = LaneId(u32::try_from(self.states.len()).unwrap_or(u32::MAX));
        self.by_name.insert(key, lane);
        self.states.push(("", String::new()));
        let parent = parent.map_or(-1, |parent| i64::from(parent.0));
        let new = NewLane(name.to_owned(), role.name(), parent);
        (Some(lane), Some(new))
    }
}

const STARTING: (&str, &str) = ("STARTING", "");
const ENDED: (&str, &str) = ("ENDED", "before it had started up");

const fn role_of(child: trace::Child) -> Role {
    match child {
        trace::Child::Driver(_) => Role::Driver,
        trace::Child::Executor(_) => Role::Executor,
    }
}

/// The state of a node in a word, and what else there is to know.
fn state(node: NodeId, ledger: &Ledger) -> Option<(&'static str, String)> {
    let process = ledger.process(node)?;
    match process.standing {
        Standing::Ended => {
            let how = process.end.map(|(_, end)| trace::text::ending(end));
            return Some(("ENDED", how.unwrap_or_default()));
        }
        Standing::Paused => return Some(("PAUSED", String::new())),
        Standing::Running => {}
    }
    let leader = ledger.leader_books();
    Some(match process.role {
        Role::Master => {
            let state = ledger.books(node).map(|books| books.state().name());
            let leads = ledger.leader() == Some(node);
            let details = if leads { "leads" } else { "" };
            (state.unwrap_or("RUNNING"), details.to_owned())
        }
        Role::Worker => (leader.and_then(|books| worker(node, books)))
            .unwrap_or(("UNREGISTERED", String::new())),
        Role::Driver if ledger.application_of(node).is_some() => (leader
            .and_then(|books| application(node, books, ledger)))
        .unwrap_or(("UNREGISTERED", String::new())),
        Role::Driver | Role::Executor | Role::SubmitClient | Role::ElectionService => {
            ("RUNNING", String::new())
        }
    })
}

/// A worker, as the leader's books have it.
fn worker(node: NodeId, books: &Books) -> Option<(&'static str, String)> {
    let (_, record) = books.worker_of(node)?;
    let details = format!(
        "{} of {} cores used, {} of {} MiB, executors {}, drivers {}",
        record.cores_used,
        record.cores,
        record.memory_used_mib,
        record.memory_mib,
        record.executors.len(),
        record.drivers.len()
    );
    Some((record.state.name(), details))
}

/// The application of a process, as the leader's books have it.
fn application(node: NodeId, books: &Books, ledger: &Ledger) -> Option<(&'static str, String)> {
    let (_, record) = books.application_named(ledger.application_of(node)?)?;
    let details = format!(
        "{} cores granted, executors {}",
        record.cores_granted, record.executors_booked
    );
    Some((record.state.name(), details))
}
