//! Which receipt belongs to which sending. A trace says what a node sent and what a node received,
//! and not which of both belong together: between two nodes, things of one kind arrive in the
//! order in which they were sent, as long as their connection lives.
//!
//! What was sent before a connection ended is doubtful: it is taken for a receipt only if nothing
//! sent later fits. Nothing here knows what is sent; a kind is whatever can be compared.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, VecDeque};

/// The most sendings between two nodes that are waited for; beyond, the oldest counts as lost.
pub(crate) const WAITING_MAX: usize = 4096;

/// From one node to another, by their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Way {
    /// Who receives.
    pub(crate) to: u32,
    /// Who sends.
    pub(crate) from: u32,
}

/// Something that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sending<K> {
    /// By what it is remembered: its instant, or a number.
    pub(crate) mark: u64,
    /// What.
    pub(crate) kind: K,
    standing: Standing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// It waits until its connection is open; the trace says so again when it leaves.
    Waits,
    /// It left.
    Left,
    /// It left, and its connection ended.
    Doubtful,
}

/// What was sent and has not arrived.
#[derive(Clone, Debug)]
pub(crate) struct Pairing<K> {
    waiting: BTreeMap<Way, VecDeque<Sending<K>>>,
}

impl<K> Default for Pairing<K> {
    fn default() -> Self {
        Self {
            waiting: BTreeMap::new(),
        }
    }
}

impl<K: Copy + PartialEq> Pairing<K> {
    /// Something left its node. Returns what is given up for it, if too much is waited for.
    pub(crate) fn left(&mut self, way: Way, kind: K, mark: u64) -> Option<Sending<K>> {
        let waiting = self.waiting.entry(way).or_default();
        let waited = |one: &Sending<K>| one.standing == Standing::Waits && one.kind == kind;
        if let Some(place) = waiting.iter().position(waited) {
            waiting.remove(place);
        }
        Self::push(waiting, kind, mark, Standing::Left)
    }

    /// Something waits for its connection. Returns what is given up for it.
    pub(crate) fn waits(&mut self, way: Way, kind: K, mark: u64) -> Option<Sending<K>> {
        let waiting = self.waiting.entry(way).or_default();
        Self::push(waiting, kind, mark, Standing::Waits)
    }

    /// Something arrived: the mark of what was sent; `None` if nothing that was sent fits.
    pub(crate) fn arrived(&mut self, way: Way, kind: K) -> Option<u64> {
        let waiting = self.waiting.get_mut(&way)?;
        let order = [Standing::Left, Standing::Doubtful, Standing::Waits];
        let place = order.into_iter().find_map(|standing| {
            let fits = |one: &Sending<K>| one.kind == kind && one.standing == standing;
            waiting.iter().position(fits)
        })?;
        waiting.remove(place).map(|one| one.mark)
    }

    /// One of two nodes was told that a connection between them ended.
    pub(crate) fn disconnected(&mut self, one: u32, other: u32) {
        for (from, to) in [(one, other), (other, one)] {
            for sending in self
                .waiting
                .get_mut(&Way { to, from })
                .into_iter()
                .flatten()
            {
                if sending.standing == Standing::Left {
                    sending.standing = Standing::Doubtful;
                }
            }
        }
    }

    /// A node could not connect to another: what waited for that is given up.
    pub(crate) fn not_connected(&mut self, way: Way) -> Vec<Sending<K>> {
        let Some(waiting) = self.waiting.get_mut(&way) else {
            return Vec::new();
        };
        let waits = |one: &&Sending<K>| one.standing == Standing::Waits;
        let lost = waiting.iter().filter(waits).copied().collect();
        waiting.retain(|one| !waits(&one));
        lost
    }

    /// A node's process is gone: nothing that was sent to it arrives.
    pub(crate) fn gone(&mut self, node: u32) -> Vec<(Way, Sending<K>)> {
        let (first, last) = (
            Way { to: node, from: 0 },
            Way {
                to: node,
                from: u32::MAX,
            },
        );
        let mut lost = Vec::new();
        for (way, waiting) in self.waiting.range_mut(first..=last) {
            lost.extend(waiting.drain(..).map(|one| (*way, one)));
        }
        lost
    }

    /// Everything that has not arrived.
    pub(crate) fn finish(self) -> impl Iterator<Item = (Way, Sending<K>)> {
        let all = self.waiting.into_iter();
        all.flat_map(|(way, waiting)| waiting.into_iter().map(move |one| (way, one)))
    }

    fn push(
        waiting: &mut VecDeque<Sending<K>>,
        kind: K,
        mark: u64,
        standing: Standing,
    ) -> Option<Sending<K>> {
        waiting.push_back(Sending {
            mark,
            kind,
            standing,
        });
        (waiting.len() > WAITING_MAX)
            .then(|| waiting.pop_front())
            .flatten()
    }
}
