//! Who takes part in a trace, and which receipt belongs to which sending. Hosts are names: the
//! number of a process that ended may be borne by another one.

use super::reader::{Fact, Line};
use crate::pairing::{Pairing, Sending, Way};
use std::collections::BTreeMap;

/// A host, by its place in the order of first starts.
pub(super) type Host = usize;

/// What is known so far.
#[derive(Debug, Default)]
pub(super) struct Scene {
    names: Vec<String>,
    hosts: BTreeMap<String, Host>,
    /// The host that bears a number.
    bearers: BTreeMap<u32, Host>,
    addresses: BTreeMap<String, u32>,
    peers: BTreeMap<u64, u32>,
    pairing: Pairing<u32>,
    kinds: BTreeMap<(String, String), u32>,
    /// Messages that left, so far: each has its number.
    messages: u64,
}

/// What an entry means.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Met {
    /// Where it happened; `None`: it is about the whole run.
    pub(super) host: Option<Host>,
    /// Whether nothing was known of the host before.
    pub(super) is_new: bool,
    /// What crossed.
    pub(super) crossing: Option<Crossing>,
    /// Numbers of messages that will not arrive.
    pub(super) lost: Vec<u64>,
}

/// A message leaves or arrives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Crossing {
    /// It leaves, with this number.
    Left(u64),
    /// It arrives; the number with which it left, if that is known.
    Arrived(Option<u64>),
}

impl Scene {
    /// Takes an entry into account.
    ///
    /// # Errors
    /// If it names a process that has not started.
    pub(super) fn meet(&mut self, line: &Line) -> Result<Met, String> {
        let mut met = Met::default();
        match &line.fact {
            Fact::Started {
                node,
                name,
                address,
                ..
            } => {
                let next = self.names.len();
                let host = *self.hosts.entry(name.clone()).or_insert(next);
                if host == next {
                    self.names.push(name.clone());
                    met.is_new = true;
                }
                self.bearers.insert(*node, host);
                // A process that does not listen cannot be found by its address.
                if !address.ends_with(":0") {
                    self.addresses.insert(address.clone(), *node);
                }
                met.host = Some(host);
            }
            Fact::Ended { node, .. } => {
                met.host = Some(self.bearer(*node)?);
                met.lost = marks(self.pairing.gone(*node).into_iter().map(|(_, one)| one));
            }
            Fact::Paused { node }
            | Fact::Resumed { node }
            | Fact::ChildLaunched { node, .. }
            | Fact::ChildLost { node, .. }
            | Fact::ChildSignalled { node, .. }
            | Fact::Note { node, .. } => met.host = Some(self.bearer(*node)?),
            Fact::Sent { .. } | Fact::Received { .. } | Fact::Tampered { .. } => {
                self.traffic(&line.fact, &mut met)?;
            }
            Fact::ConnectionOpened {
                node,
                connection,
                peer,
                ..
            } => {
                met.host = Some(self.bearer(*node)?);
                self.bearer(*peer)?;
                self.peers.insert(*connection, *peer);
            }
            Fact::ConnectionEnded {
                node, connection, ..
            } => {
                met.host = Some(self.bearer(*node)?);
                if let Some(peer) = self.peers.remove(connection) {
                    self.pairing.disconnected(*node, peer);
                }
            }
            Fact::DialFailed { node, to, .. } => {
                met.host = Some(self.bearer(*node)?);
                if let Some(to) = self.addresses.get(to) {
                    let way = Way {
                        to: *to,
                        from: *node,
                    };
                    met.lost = marks(self.pairing.not_connected(way));
                }
            }
            Fact::FaultBegan { .. } | Fact::FaultEnded { .. } | Fact::Settling | Fact::Finished => {
            }
        }
        Ok(met)
    }

    /// The name of a host.
    pub(super) fn name(&self, host: Host) -> &str {
        &self.names[host]
    }

    fn traffic(&mut self, fact: &Fact, met: &mut Met) -> Result<(), String> {
        if let Fact::Sent {
            node,
            to,
            fate,
            unit,
            kind,
        } = fact
        {
            met.host = Some(self.bearer(*node)?);
            // What waits for its connection is told of again when it leaves.
            if fate == "carried"
                && let Some(to) = self.addresses.get(to).copied()
            {
                self.messages += 1;
                let kind = self.kind(unit, kind);
                let way = Way { to, from: *node };
                met.lost = marks(self.pairing.left(way, kind, self.messages));
                met.crossing = Some(Crossing::Left(self.messages));
            }
        } else if let Fact::Received {
            node,
            from,
            unit,
            kind,
        } = fact
        {
            met.host = Some(self.bearer(*node)?);
            self.bearer(*from)?;
            met.crossing = Some(Crossing::Arrived(self.arrived(*from, *node, unit, kind)));
        } else if let Fact::Tampered {
            node,
            from,
            tampering,
            unit,
            kind,
        } = fact
        {
            met.host = Some(self.bearer(*node)?);
            self.bearer(*from)?;
            if tampering == "dropped" {
                met.lost.extend(self.arrived(*from, *node, unit, kind));
            }
        }
        Ok(())
    }

    fn arrived(&mut self, from: u32, to: u32, unit: &str, kind: &str) -> Option<u64> {
        let kind = self.kind(unit, kind);
        self.pairing.arrived(Way { to, from }, kind)
    }

    fn kind(&mut self, unit: &str, kind: &str) -> u32 {
        let next = u32::try_from(self.kinds.len()).unwrap_or(u32::MAX);
        let key = (unit.to_owned(), kind.to_owned());
        *self.kinds.entry(key).or_insert(next)
    }

    fn bearer(&self, node: u32) -> Result<Host, String> {
        let bearer = self.bearers.get(&node).copied();
        bearer.ok_or_else(|| format!("node {node} has not started"))
    }
}

fn marks(sendings: impl IntoIterator<Item = Sending<u32>>) -> Vec<u64> {
    sendings.into_iter().map(|one| one.mark).collect()
}
