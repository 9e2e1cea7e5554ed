//! Violations, and the evidence for them: the latest notable entries, of which those are shown
//! that name what a violation is about.

use crate::ledger::Ledger;
use crate::trace::{End, Entry, Fact, NodeId, Tampering};
use deploysim_nodes::node::Signal;
use deploysim_protocol::event::{Event, Field, MasterEvent, WorkerEvent};
use deploysim_protocol::text::Text;
use deploysim_protocol::time::Time;
use std::collections::{BTreeMap, VecDeque};
use std::fmt;

/// Lines of evidence at most.
const EVIDENCE_MAX: usize = 12;

/// Notable entries that are remembered.
const REMEMBERED: usize = 1024;

/// Something did not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The invariant's id.
    pub invariant: &'static str,
    /// When it was seen first.
    pub at: Time,
    /// Names of the nodes that it is about.
    pub nodes: Vec<String>,
    /// What was found: ids, times and numbers.
    pub sentence: String,
    /// The last lines of the trace that name what it is about.
    pub evidence: Vec<String>,
    /// What led to it, in fixed words; known defects are recognised by them.
    pub marks: Vec<&'static str>,
    /// The same for violations that differ only in names, times and numbers.
    pub fingerprint: String,
    /// How often it was seen.
    pub count: u64,
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "{} at {}: {}",
            self.invariant, self.at, self.sentence
        )?;
        for line in &self.evidence {
            write!(formatter, "\n    {line}")?;
        }
        Ok(())
    }
}

/// What a checker found.
#[derive(Clone, Debug, Default)]
pub(super) struct Finding {
    pub(super) invariant: &'static str,
    pub(super) nodes: Vec<NodeId>,
    /// Texts of which a line of evidence names one.
    pub(super) subjects: Vec<String>,
    pub(super) marks: Vec<&'static str>,
    pub(super) sentence: String,
}

impl Finding {
    pub(super) fn new(invariant: &'static str, sentence: String) -> Self {
        Self {
            invariant,
            sentence,
            ..Self::default()
        }
    }

    pub(super) fn at(mut self, node: NodeId) -> Self {
        self.nodes.push(node);
        self
    }

    pub(super) fn about(mut self, subject: impl fmt::Display) -> Self {
        self.subjects.push(subject.to_string());
        self
    }

    pub(super) fn mark(mut self, mark: &'static str) -> Self {
        if !mark.is_empty() {
            self.marks.push(mark);
        }
        self
    }
}

/// A notable entry.
#[derive(Clone, Copy, Debug)]
enum Trail {
    Note(Event),
    FaultBegan(u32),
    FaultEnded(u32),
    Started,
    Ended(End),
    Paused,
    Resumed,
    Signalled(Text, Signal),
    Tampered(&'static str, Tampering),
    Settling,
}

/// What was found so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Log {
    trail: VecDeque<(Time, NodeId, Trail)>,
    violations: Vec<Violation>,
    known: BTreeMap<String, usize>,
}

impl Log {
    pub(super) fn violations(&self) -> &[Violation] {
        &self.violations
    }

    /// Remembers an entry if it is notable.
    pub(super) fn remember(&mut self, entry: &Entry<'_>) {
        let trail = match entry.fact {
            Fact::Note(event) => {
                if is_routine(&event) {
                    return;
                }
                Trail::Note(event)
            }
            Fact::FaultBegan { fault } => Trail::FaultBegan(fault),
            Fact::FaultEnded { fault } => Trail::FaultEnded(fault),
            Fact::Started(_) => Trail::Started,
            Fact::Ended { end } => Trail::Ended(end),
            Fact::Paused => Trail::Paused,
            Fact::Resumed => Trail::Resumed,
            Fact::ChildSignalled { name, signal } => Trail::Signalled(name, signal),
            Fact::Tampered {
                unit, tampering, ..
            } => Trail::Tampered(unit.kind(), tampering),
            Fact::Settling => Trail::Settling,
            Fact::ChildLaunched { .. }
            | Fact::ChildLost { .. }
            | Fact::Sent { .. }
            | Fact::Received { .. }
            | Fact::ConnectionOpened { .. }
            | Fact::ConnectionEnded { .. }
            | Fact::DialFailed { .. }
            | Fact::Finished => return,
        };
        if self.trail.len() == REMEMBERED {
            self.trail.pop_front();
        }
        self.trail.push_back((entry.at, entry.node, trail));
    }

    /// Records a finding; one that differs from an earlier one only in names, times and numbers
    /// is counted there.
    pub(super) fn record(&mut self, at: Time, finding: Finding, ledger: &Ledger) {
        let mut fingerprint = finding.invariant.to_owned();
        for mark in &finding.marks {
            fingerprint.push(' ');
            fingerprint.push_str(mark);
        }
        if let Some(known) = self.known.get(&fingerprint) {
            self.violations[*known].count += 1;
            return;
        }
        let nodes = finding.nodes.iter();
        let nodes: Vec<String> = nodes.map(|node| ledger.name(*node).to_string()).collect();
        let mut subjects = finding.subjects;
        subjects.extend(
            nodes
                .iter()
                .filter(|name| !name.starts_with("master-"))
                .cloned(),
        );
        let evidence = self.evidence(&subjects, ledger);
        self.known
            .insert(fingerprint.clone(), self.violations.len());
        self.violations.push(Violation {
            invariant: finding.invariant,
            at,
            nodes,
            sentence: finding.sentence,
            evidence,
            marks: finding.marks,
            fingerprint,
            count: 1,
        });
    }

    fn evidence(&self, subjects: &[String], ledger: &Ledger) -> Vec<String> {
        let mut lines = VecDeque::new();
        for (at, node, trail) in self.trail.iter().rev() {
            if lines.len() == EVIDENCE_MAX {
                break;
            }
            let line = line(*at, *node, trail, ledger);
            let is_fault = matches!(
                trail,
                Trail::FaultBegan(_) | Trail::FaultEnded(_) | Trail::Tampered(..)
            );
            if is_fault || subjects.iter().any(|subject| names(&line, subject)) {
                lines.push_front(line);
            }
        }
        lines.into()
    }
}

/// Whether a line names the subject, and not only something that begins with the same letters.
fn names(line: &str, subject: &str) -> bool {
    line.match_indices(subject).any(|(at, found)| {
        let next = line[at + found.len()..].chars().next();
        !next.is_some_and(char::is_alphanumeric)
    })
}

/// Notes that come all the time, and say nothing of their own.
const fn is_routine(event: &Event) -> bool {
    matches!(
        event,
        Event::Worker(WorkerEvent::HeartbeatSent)
            | Event::Master(
                MasterEvent::WorkerHeard { .. }
                    | MasterEvent::ScheduleBegan
                    | MasterEvent::ScheduleEnded { .. }
            )
    )
}

fn line(at: Time, node: NodeId, trail: &Trail, ledger: &Ledger) -> String {
    let name = ledger.name(node);
    match trail {
        Trail::Note(event) => {
            let mut line = format!("{at} {name} {}", event.kind());
            event.fields(&mut |field, value| {
                line.push_str(&format!(" {field}={}", show(value, node, ledger)));
            });
            line
        }
        Trail::FaultBegan(fault) => format!("{at} fault {} begins", fault + 1),
        Trail::FaultEnded(fault) => format!("{at} fault {} ends", fault + 1),
        Trail::Started => format!("{at} {name} started"),
        Trail::Ended(end) => match end {
            End::Exited(code) => format!("{at} {name} exited with {code}"),
            End::Signalled(code) => format!("{at} {name} ended by a signal, with {code}"),
            End::Crashed => format!("{at} {name} crashed"),
        },
        Trail::Paused => format!("{at} {name} stands still"),
        Trail::Resumed => format!("{at} {name} goes on"),
        Trail::Signalled(child, signal) => {
            let how = match signal {
                Signal::Polite => "politely",
                Signal::Forced => "by force",
            };
            format!("{at} {name} ends {child} {how}")
        }
        Trail::Tampered(kind, tampering) => {
            let what = match tampering {
                Tampering::Dropped => "dropped",
                Tampering::Duplicated => "duplicated",
                Tampering::Delayed => "held",
                Tampering::Reordered => "swapped with the next",
            };
            format!("{at} {kind} to {name} {what}")
        }
        Trail::Settling => format!("{at} the fault phase is over"),
    }
}

/// A field's value; slots of a master's books by their ids.
fn show(value: Field, node: NodeId, ledger: &Ledger) -> String {
    let books = ledger.books(node);
    let found = match value {
        Field::Worker(slot) => books
            .and_then(|books| books.worker(slot))
            .map(|record| record.id.to_string()),
        Field::Application(slot) => books
            .and_then(|books| books.application(slot))
            .map(|record| record.id.to_string()),
        Field::Driver(slot) => books
            .and_then(|books| books.driver(slot))
            .map(|record| record.id.to_string()),
        Field::Text(text) => Some(text.to_string()),
        Field::Executor(id) => Some(id.to_string()),
        Field::Address(address) => Some(address.to_string()),
        Field::Number(number) => Some(number.to_string()),
        Field::Word(word) => Some(word.to_owned()),
        Field::Wall(wall) => Some(format!("{}ms", wall.as_millis())),
        Field::Thrown(thrown) => Some(thrown.to_string()),
    };
    found.unwrap_or_else(|| "?".to_owned())
}
