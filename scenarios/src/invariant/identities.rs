//! INV-I1 and INV-I2: ids of drivers and applications, and numbers of executors, are given out
//! once.

use super::pending::Name;
use super::violation::Finding;
use crate::trace::NodeId;
use deploysim_protocol::conf::RecoveryMode;
use deploysim_protocol::id::ExecutorId;
use deploysim_protocol::text::Text;
use std::collections::{BTreeMap, BTreeSet};

/// Which masters share a store, and with it the duty to give out an id once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Sharing {
    All,
    Own(NodeId),
}

/// What was given out.
#[derive(Clone, Debug)]
pub(super) struct Identities {
    mode: RecoveryMode,
    issued: BTreeSet<(Sharing, Name)>,
    /// What a master enters into its books from its store: applications and drivers that are
    /// still to come.
    recovered: BTreeMap<NodeId, (u32, u32)>,
    /// Numbers of the executors that were ordered, by application.
    launched: BTreeMap<Name, BTreeSet<u32>>,
}

impl Identities {
    pub(super) const fn new(mode: RecoveryMode) -> Self {
        Self {
            mode,
            issued: BTreeSet::new(),
            recovered: BTreeMap::new(),
            launched: BTreeMap::new(),
        }
    }

    /// A master began.
    pub(super) fn forget(&mut self, master: NodeId) {
        self.recovered.remove(&master);
    }

    /// A master begins to enter what it has read.
    pub(super) fn recovers(&mut self, master: NodeId, applications: u32, drivers: u32) {
        self.recovered.insert(master, (applications, drivers));
    }

    /// INV-I1: an application is entered. One that was not read from the store begins to count
    /// its executors, also if it has the id of a namesake that is over.
    pub(super) fn application(&mut self, master: NodeId, id: Text) -> Option<Finding> {
        let left = self.recovered.get_mut(&master).map(|(left, _)| left);
        let is_recovered = left.is_some_and(take);
        if !is_recovered {
            self.launched.remove(&id.into());
        }
        self.issue(master, id, is_recovered)
    }

    /// INV-I1: an application is answered, or read, without being entered.
    pub(super) fn phantom(&mut self, master: NodeId, id: Text) -> Option<Finding> {
        let left = self.recovered.get_mut(&master).map(|(left, _)| left);
        let is_recovered = left.is_some_and(take);
        self.issue(master, id, is_recovered)
    }

    /// INV-I1: a driver is entered.
    pub(super) fn driver(&mut self, master: NodeId, id: Text) -> Option<Finding> {
        let left = self.recovered.get_mut(&master).map(|(_, left)| left);
        let is_recovered = left.is_some_and(take);
        self.issue(master, id, is_recovered)
    }

    fn issue(&mut self, master: NodeId, id: Text, is_recovered: bool) -> Option<Finding> {
        let sharing = match self.mode {
            RecoveryMode::None | RecoveryMode::Custom => return None,
            RecoveryMode::Zookeeper => Sharing::All,
            RecoveryMode::Filesystem | RecoveryMode::Rocksdb => Sharing::Own(master),
        };
        if self.issued.insert((sharing, id.into())) || is_recovered {
            return None;
        }
        let sentence = format!("{id} is given out a second time");
        let finding = Finding::new("INV-I1", sentence).at(master).about(id);
        Some(finding.mark("again"))
    }

    /// INV-I2: a master orders an executor.
    pub(super) fn launches(&mut self, master: NodeId, executor: ExecutorId) -> Option<Finding> {
        let application = executor.application.0.into();
        let numbers = self.launched.entry(application).or_default();
        let is_again = !numbers.insert(executor.number);
        let sentence = || format!("executor {executor} is ordered a second time");
        is_again.then(|| {
            Finding::new("INV-I2", sentence())
                .at(master)
                .about(executor)
                .mark("again")
        })
    }
}

fn take(left: &mut u32) -> bool {
    let is_one = *left > 0;
    *left = left.saturating_sub(1);
    is_one
}
