//! Trace events as JSON, which Perfetto and `chrome://tracing` open. Each node is a process: its
//! life and what it runs are slices, what it notes are instants, messages are flows from a short
//! slice at the sender to one at the receiver. Faults are slices of a process of their own.
//! Source: "Trace Event Format" (Google, 2016).

use super::reader::{Fact, Line};
use super::scene::{Crossing, Host, Met, Scene};
use super::{Writer, fault_words, json, words};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// The process of the faults. Nodes come after it.
const FAULTS: u64 = 1;

/// Threads of a process: its life, what it says, what it hears.
const LIFE: u64 = 1;
const OUT: u64 = 2;
const IN: u64 = 3;

/// How long the slices are to which flows are attached, in microseconds. A flow needs a slice at
/// either end; sending takes no simulated time.
const MOMENT: u64 = 1;

/// Writes trace events.
#[derive(Debug)]
pub(super) struct Perfetto<W> {
    out: W,
    faults: Vec<String>,
    is_first: bool,
    /// Children that workers run, by name: the worker, and the number of the slice.
    children: BTreeMap<String, (Host, u64)>,
    slices: u64,
    /// Faults that are active, by row: the numbers of their slices.
    active: BTreeMap<u32, u64>,
    /// When the last entry was.
    at: u64,
}

impl<W: Write> Perfetto<W> {
    /// Begins.
    pub(super) fn begin(mut out: W, faults: Vec<String>) -> io::Result<Self> {
        out.write_all(b"{\"displayTimeUnit\":\"ms\",\"traceEvents\":[")?;
        let mut writer = Self {
            out,
            faults,
            is_first: true,
            children: BTreeMap::new(),
            slices: 0,
            active: BTreeMap::new(),
            at: 0,
        };
        writer.names_process(FAULTS, "faults")?;
        Ok(writer)
    }

    fn event(&mut self, at: Option<u64>, mut event: Value) -> io::Result<()> {
        if let Some(at) = at {
            event["ts"] = microseconds(at);
        }
        let separator: &[u8] = if self.is_first { b"\n" } else { b",\n" };
        self.is_first = false;
        self.out.write_all(separator)?;
        json(&mut self.out, &event)
    }

    fn names_process(&mut self, process: u64, name: &str) -> io::Result<()> {
        let name =
            json!({"ph": "M", "pid": process, "name": "process_name", "args": {"name": name}});
        self.event(None, name)?;
        let order = json!({
            "ph": "M", "pid": process, "name": "process_sort_index", "args": {"sort_index": process}
        });
        self.event(None, order)
    }

    fn meets(&mut self, host: Host, scene: &Scene) -> io::Result<()> {
        let process = process(host);
        self.names_process(process, scene.name(host))?;
        for (thread, name) in [(LIFE, "life"), (OUT, "sends"), (IN, "receives")] {
            let name = json!({
                "ph": "M", "pid": process, "tid": thread, "name": "thread_name", "args": {"name": name}
            });
            self.event(None, name)?;
        }
        Ok(())
    }

    fn instant(&mut self, at: u64, host: Host, name: &str, details: Value) -> io::Result<()> {
        let event = json!({
            "ph": "i", "s": "t", "pid": process(host), "tid": LIFE, "name": name, "args": details
        });
        self.event(Some(at), event)
    }

    /// A message leaves or arrives: a short slice, and one end of a flow.
    fn crosses(&mut self, at: u64, host: Host, kind: &str, crossing: Crossing) -> io::Result<()> {
        let (thread, name, flow, number) = match crossing {
            Crossing::Left(number) => (OUT, format!("→ {kind}"), "s", Some(number)),
            Crossing::Arrived(number) => (IN, format!("← {kind}"), "f", number),
        };
        let process = process(host);
        let slice = json!({
            "ph": "X", "dur": MOMENT, "pid": process, "tid": thread, "cat": "message", "name": name
        });
        self.event(Some(at), slice)?;
        let Some(number) = number else {
            return Ok(());
        };
        let mut end = json!({
            "ph": flow, "id": number, "pid": process, "tid": thread, "cat": "message", "name": kind
        });
        if flow == "f" {
            end["bp"] = "e".into();
        }
        self.event(Some(at), end)
    }

    /// One end of a slice that may overlap others of its process.
    fn edge(
        &mut self,
        at: u64,
        phase: &str,
        process: u64,
        (category, number): (&str, u64),
        name: &str,
    ) -> io::Result<()> {
        let edge = json!({
            "ph": phase, "id": number, "pid": process, "tid": LIFE, "cat": category, "name": name
        });
        self.event(Some(at), edge)
    }

    fn child_begins(&mut self, at: u64, host: Host, child: &str) -> io::Result<()> {
        self.slices += 1;
        let number = self.slices;
        self.children.insert(child.to_owned(), (host, number));
        self.edge(at, "b", process(host), ("child", number), child)
    }

    fn child_ends(&mut self, at: u64, child: &str) -> io::Result<()> {
        match self.children.remove(child) {
            Some((host, number)) => self.edge(at, "e", process(host), ("child", number), child),
            None => Ok(()),
        }
    }

    fn fault_begins(&mut self, at: u64, row: u32) -> io::Result<()> {
        self.slices += 1;
        let number = self.slices;
        self.active.insert(row, number);
        self.fault_edge(at, "b", row, number)?;
        self.everywhere(at, &format!("{} begins", fault_words(row, &self.faults)))
    }

    fn fault_ends(&mut self, at: u64, row: u32) -> io::Result<()> {
        if let Some(number) = self.active.remove(&row) {
            self.fault_edge(at, "e", row, number)?;
        }
        self.everywhere(at, &format!("{} ends", fault_words(row, &self.faults)))
    }

    fn fault_edge(&mut self, at: u64, phase: &str, row: u32, number: u64) -> io::Result<()> {
        let name = fault_words(row, &self.faults);
        self.edge(at, phase, FAULTS, ("fault", number), &name)
    }

    /// An instant that concerns all processes.
    fn everywhere(&mut self, at: u64, name: &str) -> io::Result<()> {
        let event = json!({"ph": "i", "s": "g", "pid": FAULTS, "tid": LIFE, "name": name});
        self.event(Some(at), event)
    }
}

impl<W: Write> Writer for Perfetto<W> {
    fn entry(&mut self, line: &Line, met: &Met, scene: &Scene) -> io::Result<()> {
        let at = line.at;
        self.at = at;
        let Some(host) = met.host else {
            return if let Fact::FaultBegan { fault } = &line.fact {
                self.fault_begins(at, *fault)
            } else if let Fact::FaultEnded { fault } = &line.fact {
                self.fault_ends(at, *fault)
            } else {
                self.everywhere(at, &words(&line.fact))
            };
        };
        if met.is_new {
            self.meets(host, scene)?;
        }
        if let (Fact::Sent { kind, .. } | Fact::Received { kind, .. }, Some(crossing)) =
            (&line.fact, met.crossing)
        {
            return self.crosses(at, host, kind, crossing);
        }
        match &line.fact {
            Fact::Started { role, .. } => {
                let slice = json!({"ph": "B", "pid": process(host), "tid": LIFE, "name": role});
                self.event(Some(at), slice)
            }
            Fact::Ended { .. } => {
                let how = words(&line.fact);
                let slice = json!({
                    "ph": "E", "pid": process(host), "tid": LIFE, "args": {"end": how}
                });
                self.event(Some(at), slice)?;
                self.child_ends(at, scene.name(host))
            }
            Fact::ChildLaunched { child, .. } => self.child_begins(at, host, child),
            Fact::ChildLost { child, .. } => self.child_ends(at, child),
            Fact::Note { kind, content, .. } => self.instant(at, host, kind, content.clone()),
            fact @ (Fact::Paused { .. }
            | Fact::Resumed { .. }
            | Fact::ChildSignalled { .. }
            | Fact::Sent { .. }
            | Fact::Received { .. }
            | Fact::Tampered { .. }
            | Fact::ConnectionOpened { .. }
            | Fact::ConnectionEnded { .. }
            | Fact::DialFailed { .. }
            | Fact::FaultBegan { .. }
            | Fact::FaultEnded { .. }
            | Fact::Settling
            | Fact::Finished) => self.instant(at, host, &words(fact), json!({})),
        }
    }

    /// What still runs ends with the trace: a slice of its own number needs an end.
    fn finish(mut self: Box<Self>) -> io::Result<()> {
        let at = self.at;
        for (child, (host, number)) in std::mem::take(&mut self.children) {
            self.edge(at, "e", process(host), ("child", number), &child)?;
        }
        for (row, number) in std::mem::take(&mut self.active) {
            self.fault_edge(at, "e", row, number)?;
        }
        self.out.write_all(b"\n]}\n")?;
        self.out.flush()
    }
}

/// The number of a host's process.
const fn process(host: Host) -> u64 {
    host as u64 + FAULTS + 1
}

/// An instant in microseconds. Up to a hundred days the nearest number is exact to the nanosecond
/// when it is shown with three decimals.
fn microseconds(at: u64) -> Value {
    json!(at as f64 / 1e3)
}
