//! INV-R1 and INV-R2: what masters keep in their stores, against what they have in their books
//! and what they have promised. What is in a store is added up from the notes of its calls.

use super::scene::Scene;
use super::violation::Finding;
use crate::ledger::Ledger;
use crate::trace::NodeId;
use deploysim_protocol::address::Address;
use deploysim_protocol::conf::RecoveryMode;
use deploysim_protocol::message::{Answer, Message, ToDriver, ToWorker};
use deploysim_protocol::record::RecordKey;
use deploysim_protocol::text::Text;
use deploysim_protocol::time::Time;
use std::collections::{BTreeMap, BTreeSet};

/// What the stores and the books of masters have.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    mode: RecoveryMode,
    /// By the master whose store it is; by the first of all where all share one.
    stores: BTreeMap<NodeId, BTreeSet<RecordKey>>,
    books: BTreeMap<NodeId, BTreeSet<RecordKey>>,
    /// What is in a master's books and not in its store, or the other way round.
    wrong: BTreeMap<NodeId, BTreeSet<RecordKey>>,
    /// Applications that were stored and never entered.
    phantoms: BTreeSet<RecordKey>,
    /// What left a master's books last, and what its store then refused to remove (ND-04).
    leaving: BTreeMap<NodeId, RecordKey>,
    refused: BTreeSet<RecordKey>,
    /// What a master enters into its books because it has read it: how much is still to come of
    /// applications, drivers and workers.
    read: BTreeMap<NodeId, [u32; 3]>,
}

/// Who shares a store with everybody.
const EVERYBODY: NodeId = NodeId(u32::MAX);

impl Stored {
    pub(super) const fn new(mode: RecoveryMode) -> Self {
        Self {
            mode,
            stores: BTreeMap::new(),
            books: BTreeMap::new(),
            wrong: BTreeMap::new(),
            phantoms: BTreeSet::new(),
            leaving: BTreeMap::new(),
            refused: BTreeSet::new(),
            read: BTreeMap::new(),
        }
    }

    /// Whose store a master uses; nobody's if nothing is kept.
    fn owner(&self, master: NodeId) -> Option<NodeId> {
        match self.mode {
            RecoveryMode::None | RecoveryMode::Custom => None,
            RecoveryMode::Zookeeper => Some(EVERYBODY),
            RecoveryMode::Filesystem | RecoveryMode::Rocksdb => Some(master),
        }
    }

    /// A master began: its books are empty.
    pub(super) fn forget(&mut self, master: NodeId) {
        self.books.remove(&master);
        self.wrong.remove(&master);
        self.read.remove(&master);
    }

    /// A record is in the store.
    pub(super) fn added(&mut self, master: NodeId, key: RecordKey) {
        if let Some(owner) = self.owner(master) {
            self.stores.entry(owner).or_default().insert(key);
            self.compare(master, key);
        }
    }

    /// A record is not in the store any more.
    pub(super) fn removed(&mut self, master: NodeId, key: RecordKey) {
        if let Some(owner) = self.owner(master) {
            self.stores.entry(owner).or_default().remove(&key);
            self.compare(master, key);
        }
    }

    /// The store was read: what it has is what is entered next, as much as was read of each.
    pub(super) fn was_read(&mut self, master: NodeId, counts: [u32; 3]) {
        if let Some(owner) = self.owner(master) {
            self.stores.insert(owner, BTreeSet::new());
            self.read.insert(master, counts);
            self.books.remove(&master);
            self.wrong.remove(&master);
        }
    }

    /// Something is entered into the books, or answered as if it were.
    pub(super) fn entered(&mut self, master: NodeId, key: RecordKey, entry: Entry) {
        if self.owner(master).is_none() {
            return;
        }
        let kind = match key {
            RecordKey::Application(_) => 0,
            RecordKey::Driver(_) => 1,
            RecordKey::Worker(_) => 2,
        };
        let left = self.read.get_mut(&master).map(|counts| &mut counts[kind]);
        if let Some(left) = left
            && *left > 0
        {
            *left -= 1;
            self.added(master, key);
        }
        match entry {
            Entry::Real => {
                self.books.entry(master).or_default().insert(key);
            }
            Entry::Phantom => {
                self.phantoms.insert(key);
            }
        }
        self.compare(master, key);
    }

    /// Something is in the books no more.
    pub(super) fn left(&mut self, master: NodeId, key: RecordKey) {
        if self.owner(master).is_some() {
            self.books.entry(master).or_default().remove(&key);
            self.leaving.insert(master, key);
            self.compare(master, key);
        }
    }

    /// A master's store failed to remove what has left the books.
    pub(super) fn refuses(&mut self, master: NodeId) {
        self.refused.extend(self.leaving.get(&master));
    }

    fn compare(&mut self, master: NodeId, key: RecordKey) {
        let is_booked = has(&self.books, master, key);
        let owner = self.owner(master).unwrap_or(master);
        let wrong = self.wrong.entry(master).or_default();
        if is_booked == has(&self.stores, owner, key) {
            wrong.remove(&key);
        } else {
            wrong.insert(key);
        }
    }

    /// INV-R2: a master promises something to somebody.
    pub(super) fn promises(
        &self,
        master: NodeId,
        to: Address,
        message: &Message,
        ledger: &Ledger,
    ) -> Option<Finding> {
        let key = match message {
            Message::ToWorker(ToWorker::RegisteredWorker(message)) if !message.duplicate => {
                let worker = ledger.worker(ledger.node_at(to)?)?;
                RecordKey::Worker(worker.id?)
            }
            Message::ToDriver(ToDriver::RegisteredApplication { application, .. }) => {
                RecordKey::Application(*application)
            }
            Message::ToMaster(_)
            | Message::ToWorker(_)
            | Message::ToDriver(_)
            | Message::ToExecutor(_)
            | Message::ToElection(_) => return None,
        };
        self.missing(master, key)
    }

    /// INV-R2: a master answers a submission.
    pub(super) fn answers(&self, master: NodeId, answer: &Answer) -> Option<Finding> {
        if let Answer::SubmitDriver(answer) = answer
            && answer.success
        {
            return self.missing(master, RecordKey::Driver(answer.driver?));
        }
        None
    }

    /// Whether a record is in the master's store, or nothing is kept at all.
    pub(super) fn is_kept(&self, master: NodeId, key: RecordKey) -> bool {
        let owner = self.owner(master);
        owner.is_none_or(|owner| has(&self.stores, owner, key))
    }

    fn missing(&self, master: NodeId, key: RecordKey) -> Option<Finding> {
        let sentence = || format!("{key} is acknowledged and is not in the store");
        (!self.is_kept(master, key)).then(|| {
            Finding::new("INV-R2", sentence())
                .at(master)
                .about(name_of(key))
                .mark("unstored")
        })
    }
}

/// How something comes into a master's books.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// It does.
    Real,
    /// It is only answered as if it did (RD-03).
    Phantom,
}

fn has(sets: &BTreeMap<NodeId, BTreeSet<RecordKey>>, of: NodeId, key: RecordKey) -> bool {
    sets.get(&of).is_some_and(|set| set.contains(&key))
}

fn name_of(key: RecordKey) -> Text {
    match key {
        RecordKey::Application(id) => id.0,
        RecordKey::Driver(id) => id.0,
        RecordKey::Worker(id) => id.0,
    }
}

/// INV-R1: whether the store of the leader and its books differ.
pub(super) fn is_at_odds(scene: &Scene<'_>, master: NodeId) -> bool {
    let wrong = scene.stored.wrong.get(&master);
    scene.ledger.leader() == Some(master) && wrong.is_some_and(|wrong| !wrong.is_empty())
}

/// INV-R1: they have differed for too long.
pub(super) fn at_odds(scene: &Scene<'_>, master: NodeId, since: Time) -> Finding {
    let stored = scene.stored;
    let wrong = stored.wrong.get(&master).and_then(BTreeSet::first).copied();
    let Some(key) = wrong else {
        return Finding::new("INV-R1", format!("the store differed since {since}")).at(master);
    };
    let (what, mark) = if has(&stored.books, master, key) {
        ("in the books and not in the store", "unstored")
    } else if stored.phantoms.contains(&key) {
        ("in the store and was never in the books", "phantom")
    } else if stored.refused.contains(&key) {
        ("in the store, which refused to remove it", "remove-failed")
    } else {
        ("in the store and not in the books", "left-over")
    };
    let sentence = format!("since {since} {key} is {what}");
    Finding::new("INV-R1", sentence)
        .at(master)
        .about(name_of(key))
        .mark(mark)
}
