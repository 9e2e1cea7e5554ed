//! What is sent: messages, and the bytes of their frames. The trace has no sizes; a frame's length
//! follows from what it carries. Heartbeats of one process have all the same length, which is
//! reckoned once.

use super::value::{Total, Unit, Value};
use crate::trace::{NodeId, Unit as Sent};
use deploysim_nodes::growth::lengthen;
use deploysim_protocol::text::Text;
use deploysim_protocol::wire::{self, Envelope};

/// The call number that sizes are reckoned with: the trace does not have the real one, which takes
/// a byte up to 127 and one more for each further factor of 128.
const CALL: u64 = 0;

/// The length in bytes of the frame that carries this, with a call number of one byte.
pub fn frame_bytes(sent: &Sent<'_>) -> usize {
    match sent {
        Sent::Message(message) => wire::one_way_len(message),
        Sent::Ask(ask) => wire::ask_len(CALL, ask),
        Sent::Answer(answer) => wire::answer_len(CALL, answer),
        Sent::Resolve => wire::encoded_len(&Envelope::Resolve {
            call: CALL,
            endpoint: Text::new("Master"),
        }),
        Sent::Resolved => wire::encoded_len(&Envelope::Resolved {
            call: CALL,
            found: true,
        }),
    }
}

/// The length of each process's heartbeats, by node; 0 before its first.
#[derive(Clone, Debug, Default)]
pub struct BeatLengths(Vec<u32>);

impl BeatLengths {
    /// Another process bears this number.
    pub fn started(&mut self, node: NodeId) {
        if let Some(known) = self.0.get_mut(node.index()) {
            *known = 0;
        }
    }

    /// The length in bytes of the frame of this heartbeat of a worker's.
    pub fn of(&mut self, node: NodeId, unit: &Sent<'_>) -> u64 {
        lengthen(&mut self.0, node.index());
        let known = &mut self.0[node.index()];
        if *known == 0 {
            *known = u32::try_from(frame_bytes(unit)).expect("a frame is shorter than 4 GiB");
        }
        u64::from(*known)
    }
}

/// Messages, questions and answers that nodes sent.
#[derive(Clone, Debug, Default)]
pub(super) struct Traffic {
    sent: u64,
    bytes: u64,
    beat_lengths: BeatLengths,
}

impl Traffic {
    /// Another process bears this number.
    pub(super) fn started(&mut self, node: NodeId) {
        self.beat_lengths.started(node);
    }

    /// A node sent something.
    pub(super) fn sent(&mut self, unit: &Sent<'_>) {
        self.sent += 1;
        self.bytes += frame_bytes(unit) as u64;
    }

    /// A worker sent a heartbeat of the ordinary kind.
    pub(super) fn beat(&mut self, node: NodeId, unit: &Sent<'_>) {
        self.sent += 1;
        self.bytes += self.beat_lengths.of(node, unit);
    }

    pub(super) fn totals(&self) -> [Total; 2] {
        let total = |name, count: u64, things| Total {
            name,
            value: Some(Value::Integer(count.into())),
            unit: Unit::Of(things),
        };
        [
            total("messages_sent", self.sent, "messages"),
            total("bytes_sent", self.bytes, "bytes"),
        ]
    }
}
