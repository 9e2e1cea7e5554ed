//! What each node of a run was handed, as lines that can be compared between worlds: when, from
//! whom, and what. Numbers that a world gives out (connections, others' calls) are left out.

use crate::ledger::Ledger;
use crate::run::Witness;
use crate::trace::{Entry, Fact, NodeId};
use deploysim_nodes::hosted::Happening;
use deploysim_protocol::address::Peer;
use deploysim_protocol::time::Time;
use std::collections::BTreeMap;
use std::fmt;
use std::io;

/// One input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// When it was handed over.
    pub at: Time,
    /// Who it came from; empty for what the process itself is the source of.
    pub peer: String,
    /// What it is.
    pub text: String,
}

impl fmt::Display for Line {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let peer = if self.peer.is_empty() {
            "itself"
        } else {
            &self.peer
        };
        write!(formatter, "{} from {peer}: {}", self.at, self.text)
    }
}

/// The inputs of every node, by the node's name, in the order of handing over. Those of the
/// instant at which its process ends are left out: how many of them it still handles depends on
/// the order of one instant.
#[derive(Clone, Debug, Default)]
pub struct Story {
    nodes: BTreeMap<String, Vec<Line>>,
    /// Who bears a number at this moment.
    names: BTreeMap<NodeId, String>,
}

impl Story {
    /// The inputs of every node.
    pub const fn nodes(&self) -> &BTreeMap<String, Vec<Line>> {
        &self.nodes
    }
}

#[cfg(test)]
impl Story {
    /// Adds an input that was never played.
    pub(super) fn add(&mut self, node: &str, line: Line) {
        self.nodes.entry(node.to_owned()).or_default().push(line);
    }
}

impl Witness for Story {
    fn see(&mut self, entry: &Entry<'_>, _ledger: &Ledger) -> io::Result<()> {
        if let Fact::Started(start) = entry.fact {
            let name = start.name.as_str().to_string();
            self.names.insert(entry.node, name);
        } else if let Fact::Ended { .. } = entry.fact
            && let Some(lines) = self
                .names
                .get(&entry.node)
                .and_then(|name| self.nodes.get_mut(name))
        {
            lines.retain(|line| line.at < entry.at);
        }
        Ok(())
    }

    fn shows_inputs(&self) -> bool {
        true
    }

    fn handed(&mut self, at: Time, node: NodeId, happening: &Happening) {
        let name = self.names.get(&node).cloned().unwrap_or_default();
        let (peer, text) = told(happening);
        let lines = self.nodes.entry(name).or_default();
        lines.push(Line { at, peer, text });
    }
}

fn told(happening: &Happening) -> (String, String) {
    match happening {
        Happening::Received { from, message } => {
            let text = format!("{} {message:?}", message.kind());
            (from.address.to_string(), without_connections(&text))
        }
        Happening::Asked { from, ask, .. } => {
            let text = format!("asks {} {ask:?}", ask.kind());
            (from.address.to_string(), without_connections(&text))
        }
        Happening::Disconnected { peer } => (of(*peer), "disconnected".to_owned()),
        Happening::ConnectionError { peer } => (of(*peer), "connection error".to_owned()),
        Happening::Started
        | Happening::Answered { .. }
        | Happening::Resolved { .. }
        | Happening::Fired { .. }
        | Happening::ProcessStarted { .. }
        | Happening::ProcessEnded { .. }
        | Happening::Elected
        | Happening::Revoked
        | Happening::Operator(_) => {
            let text = format!("{happening:?}");
            (String::new(), without_connections(&text))
        }
    }
}

fn of(peer: Peer) -> String {
    match peer {
        Peer::Socket(_) => "socket".to_owned(),
        Peer::Listening(address) => address.to_string(),
    }
}

/// A reference prints as `host:port@c7`; the number is the world's.
fn without_connections(text: &str) -> String {
    let mut parts = text.split("@c");
    let mut plain = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|letter: char| letter.is_ascii_digit());
        if rest.len() == part.len() {
            plain.push_str("@c");
        }
        plain.push_str(rest);
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::without_connections;

    #[test]
    fn only_the_numbers_of_connections_are_left_out() {
        let text = "worker-1:7078@c12, driver@cluster a:1@c3";
        assert_eq!(
            without_connections(text),
            "worker-1:7078, driver@cluster a:1"
        );
    }
}
