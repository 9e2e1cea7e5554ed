//! Reads `trace.jsonl` line by line. Whatever is wrong is named with its line.

use super::ExportError;
use deploysim_scenarios::trace::json::VERSION;
use serde::Deserialize;
use serde_json::Value;
use std::io::{BufRead, Read};
use std::path::{Path, PathBuf};

/// The longest line that is read, in bytes. The largest message has a few kilobytes.
const LINE_MAX: u64 = 16 << 20;

/// One entry.
#[derive(Debug, Deserialize)]
pub(super) struct Line {
    /// Nanoseconds since the run began.
    pub(super) at: u64,
    #[serde(flatten)]
    pub(super) fact: Fact,
}

/// What an entry records, as it is written in a trace.
#[derive(Debug, Deserialize)]
#[serde(tag = "fact", rename_all = "kebab-case")]
pub(super) enum Fact {
    Started {
        node: u32,
        name: String,
        role: String,
        address: String,
        restarts: u32,
    },
    Ended {
        node: u32,
        end: String,
        code: Option<i32>,
    },
    Paused {
        node: u32,
    },
    Resumed {
        node: u32,
    },
    ChildLaunched {
        node: u32,
        child: String,
    },
    ChildLost {
        node: u32,
        child: String,
    },
    ChildSignalled {
        node: u32,
        child: String,
        signal: String,
    },
    Note {
        node: u32,
        kind: String,
        content: Value,
    },
    Sent {
        node: u32,
        to: String,
        fate: String,
        unit: String,
        kind: String,
    },
    Received {
        node: u32,
        from: u32,
        unit: String,
        kind: String,
    },
    Tampered {
        node: u32,
        from: u32,
        tampering: String,
        unit: String,
        kind: String,
    },
    ConnectionOpened {
        node: u32,
        connection: u64,
        peer: u32,
        peer_name: String,
    },
    ConnectionEnded {
        node: u32,
        connection: u64,
        cause: String,
    },
    DialFailed {
        node: u32,
        to: String,
        cause: String,
    },
    FaultBegan {
        fault: u32,
    },
    FaultEnded {
        fault: u32,
    },
    Settling,
    Finished,
}

#[derive(Deserialize)]
struct Header {
    format: String,
    version: u32,
}

/// Reads a trace.
#[derive(Debug)]
pub(super) struct Reader<R> {
    path: PathBuf,
    lines: R,
    /// The number of the line that was read last.
    line: u64,
    text: Vec<u8>,
    at: u64,
    is_finished: bool,
}

impl<R: BufRead> Reader<R> {
    /// Reads the first line of a trace, which says what follows.
    pub(super) fn open(path: &Path, lines: R) -> Result<Self, ExportError> {
        let mut reader = Self {
            path: path.to_owned(),
            lines,
            line: 0,
            text: Vec::new(),
            at: 0,
            is_finished: false,
        };
        if !reader.advance()? {
            reader.line = 1;
            return Err(reader.wrong("the file is empty; expected a trace of deploysim"));
        }
        let ours = "the first line of a trace of deploysim is {\"format\":\"deploysim-trace\",…}";
        let header: Header = serde_json::from_slice(&reader.text)
            .map_err(|error| reader.wrong(format!("not a trace: {error}; {ours}")))?;
        if header.format != "deploysim-trace" {
            let found = format!("the format is `{}`; {ours}", header.format);
            return Err(reader.wrong(found));
        }
        if header.version != VERSION {
            let found = header.version;
            let what = format!("the trace has version {found}; this program reads {VERSION}");
            return Err(reader.wrong(what));
        }
        Ok(reader)
    }

    /// The next entry; `None` when the run is over.
    pub(super) fn next(&mut self) -> Result<Option<Line>, ExportError> {
        if !self.advance()? {
            if self.is_finished {
                return Ok(None);
            }
            return Err(self.wrong("the trace is cut off: after this line the run is not over"));
        }
        if self.is_finished {
            return Err(self.wrong("the run is over in the line before; nothing may follow"));
        }
        let is_whole = self.text.ends_with(b"\n");
        let line: Line = serde_json::from_slice(&self.text).map_err(|error| {
            if is_whole {
                self.wrong(format!("not an entry of a trace: {error}"))
            } else {
                self.wrong("the trace is cut off in this line")
            }
        })?;
        if line.at < self.at {
            let (found, before) = (line.at, self.at);
            let what = format!("time goes back: {found} ns, after {before} ns in the line before");
            return Err(self.wrong(what));
        }
        self.at = line.at;
        self.is_finished = matches!(line.fact, Fact::Finished);
        Ok(Some(line))
    }

    /// Something is wrong with the line that was read last.
    pub(super) fn wrong(&self, what: impl Into<String>) -> ExportError {
        ExportError::Wrong {
            path: self.path.clone(),
            line: self.line,
            what: what.into(),
        }
    }

    /// Reads a line; whether there is one.
    fn advance(&mut self) -> Result<bool, ExportError> {
        self.text.clear();
        let mut limited = (&mut self.lines).take(LINE_MAX);
        let read = limited.read_until(b'\n', &mut self.text);
        let read = read.map_err(|reason| ExportError::Unreadable {
            path: self.path.clone(),
            reason,
        })?;
        if read == 0 {
            return Ok(false);
        }
        self.line += 1;
        if read as u64 == LINE_MAX {
            let megabytes = LINE_MAX >> 20;
            return Err(self.wrong(format!("the line is longer than {megabytes} MiB")));
        }
        Ok(true)
    }
}
