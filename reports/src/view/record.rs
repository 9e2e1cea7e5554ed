//! One thing that the run view may show, and the chunks in which these are written into the page.
//!
//! A chunk is a JSON object in a script element of its own: the lanes that are new in it, the
//! texts that it uses, and its records as one list of whole numbers. Each record begins with its
//! kind and the nanoseconds since the record before; what follows is listed at [`Fact`]. The
//! reader of this form is `page/records.js`.

use super::lanes::LaneId;
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{self, Write};

/// A chunk is written when its records have this many bytes.
const CHUNK_BYTES: usize = 64 * 1024;

/// One thing that may be shown.
#[derive(Clone, Debug)]
pub(super) struct Record {
    /// When, in nanoseconds since the run began. Records are written in this order.
    pub(super) at: u64,
    /// What.
    pub(super) fact: Fact,
}

/// What a record says. The numbers after kind and time, in this order.
#[derive(Clone, Debug)]
pub(super) enum Fact {
    /// Kind 0, notable; kind 1, a detail: lane (-1: the whole run), text.
    Event {
        lane: Option<LaneId>,
        text: String,
        is_notable: bool,
    },
    /// Kind 2: lane of the receiver, lane of the sender, kind of message, nanoseconds since it
    /// was sent (-1: not known), fate.
    Arrow {
        to: LaneId,
        from: LaneId,
        kind: u32,
        sent: Option<u64>,
        fate: Arrival,
    },
    /// Kind 3: lane, word, text with details. From here on a lane has another state.
    State {
        lane: LaneId,
        word: &'static str,
        details: String,
    },
    /// Kind 4, begins; kind 5, ends: the fault's row in the scenario.
    Fault { row: u32, begins: bool },
    /// Kind 6: lane, heartbeats of it that are counted and not shown, nanoseconds in which they
    /// were sent, up to this record.
    Fold { lane: LaneId, count: u64, span: u64 },
}

/// What became of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arrival {
    Arrived,
    /// It never arrived, as far as the trace goes.
    Lost,
    /// A `message` fault took it away at its receiver.
    Dropped,
    /// A `message` fault repeated, held or moved it at its receiver.
    Tampered,
}

impl Arrival {
    const fn number(self) -> i64 {
        match self {
            Self::Arrived => 0,
            Self::Lost => 1,
            Self::Dropped => 2,
            Self::Tampered => 3,
        }
    }
}

/// Records that are not written yet.
#[derive(Debug, Default)]
pub(super) struct Chunk {
    /// The time of the latest record, also of the chunks before.
    at: u64,
    began: u64,
    count: u64,
    numbers: String,
    words: Vec<String>,
    known: BTreeMap<String, usize>,
    lanes: Vec<NewLane>,
}

/// A lane as it is written: name, role, and the worker that started it.
#[derive(Clone, Debug, Serialize)]
pub(super) struct NewLane(pub(super) String, pub(super) &'static str, pub(super) i64);

#[derive(Serialize)]
struct Written<'a> {
    lanes: &'a [NewLane],
    words: &'a [String],
}

impl Chunk {
    /// Adds a lane, which has the next number.
    pub(super) fn lane(&mut self, lane: NewLane) {
        self.lanes.push(lane);
    }

    /// Adds a record; how many bytes that takes.
    pub(super) fn push(&mut self, record: &Record) -> u64 {
        let before = self.numbers.len();
        if self.count == 0 {
            self.began = record.at;
            self.at = record.at;
        }
        let mut texts = 0;
        let passed = i64::try_from(record.at.saturating_sub(self.at)).unwrap_or(i64::MAX);
        self.at = self.at.max(record.at);
        self.count += 1;
        let lane_number = |lane: &LaneId| i64::from(lane.0);
        match &record.fact {
            Fact::Event {
                lane,
                text,
                is_notable,
            } => {
                let kind = if *is_notable { 0 } else { 1 };
                let word = self.word(text, &mut texts);
                let lane = lane.as_ref().map_or(-1, lane_number);
                self.numbers(&[kind, passed, lane, word]);
            }
            Fact::Arrow {
                to,
                from,
                kind,
                sent,
                fate,
            } => {
                let sent = sent.map(|sent| record.at.saturating_sub(sent));
                let sent = sent.map_or(-1, |passed| i64::try_from(passed).unwrap_or(i64::MAX));
                let (to, from) = (lane_number(to), lane_number(from));
                self.numbers(&[2, passed, to, from, i64::from(*kind), sent, fate.number()]);
            }
            Fact::State {
                lane,
                word,
                details,
            } => {
                let word = self.word(word, &mut texts);
                let details = self.word(details, &mut texts);
                self.numbers(&[3, passed, lane_number(lane), word, details]);
            }
            Fact::Fault { row, begins } => {
                let kind = if *begins { 4 } else { 5 };
                self.numbers(&[kind, passed, i64::from(*row)]);
            }
            Fact::Fold { lane, count, span } => {
                let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
                self.numbers(&[6, passed, lane_number(lane), whole(*count), whole(*span)]);
            }
        }
        (self.numbers.len() - before) as u64 + texts
    }

    /// Whether it is large enough to be written.
    pub(super) const fn is_full(&self) -> bool {
        self.numbers.len() >= CHUNK_BYTES
    }

    /// Writes it, if there is anything, and begins the next.
    pub(super) fn write(&mut self, out: &mut impl Write) -> io::Result<()> {
        if self.count == 0 && self.lanes.is_empty() {
            return Ok(());
        }
        let head = Written {
            lanes: &self.lanes,
            words: &self.words,
        };
        let head = script_json(&head)?;
        let head = head.strip_suffix('}').unwrap_or(&head);
        writeln!(
            out,
            "<script type=\"application/json\" class=\"chunk\">{head},\"at\":{},\"records\":[{}]}}</script>",
            self.began, self.numbers
        )?;
        *self = Self {
            at: self.at,
            ..Self::default()
        };
        Ok(())
    }

    fn numbers(&mut self, numbers: &[i64]) {
        for number in numbers {
            if !self.numbers.is_empty() {
                self.numbers.push(',');
            }
            self.numbers += &number.to_string();
        }
    }

    fn word(&mut self, word: &str, bytes: &mut u64) -> i64 {
        let next = self.words.len();
        let number = match self.known.get(word) {
            Some(number) => *number,
            None => {
                *bytes += word.len() as u64 + 3;
                self.known.insert(word.to_owned(), next);
                self.words.push(word.to_owned());
                next
            }
        };
        i64::try_from(number).unwrap_or(i64::MAX)
    }
}

/// JSON that can stand in a script element.
pub(super) fn script_json(value: &impl Serialize) -> io::Result<String> {
    Ok(serde_json::to_string(value)?.replace('<', "\\u003c"))
}
